"""The door: what every address is answered with, legal and hostile, and who may keep it."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import brotli
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import app
from components import door, ledger_view
from components.door import KEPT, LARGEST_HEADER, LONGEST_ADDRESS, digest, open_door
from components.page import Page, path_of
from compute.cache import Settings, store
from compute.experiment import BUDGET_MS
from compute.experiments import EXPERIMENTS
from compute.ledger import entries
from compute.params import parameters, values
from tests.components.test_page import PAGE, Params
from tests.strategies import hostile_texts
from tests.thorough import some

if TYPE_CHECKING:
    from flask.testing import FlaskClient

each_experiment = pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.key)
SAMPLED = [e for e in entries() if ledger_view.batches_of(e)]
EXACT = [e for e in entries() if not ledger_view.batches_of(e)]


def address(name: str, query: str = "", code: str = "") -> str:
    """The address of an answer, under today's digest or another one."""
    return f"/answer/{code or digest()}{name}" + (f"?{query}" if query else "")


def of(experiment: Any, query: str = "", code: str = "") -> str:
    """The address of a page's answer."""
    return address(path_of(experiment.key), query, code)


def door_to(page: Page, directory: Path) -> FlaskClient:
    """A door to one page, with an empty store."""
    server = Flask("fake")
    store.open(server, Settings(directory / "fake"))
    open_door(server, lambda: {page.key: page})
    return server.test_client()


@pytest.fixture
def fake(cold_store: Path) -> FlaskClient:
    """A door to the page that the tests of pages have."""
    return door_to(PAGE, cold_store)


def assert_refused(answer: Any, status: int, text: str = "") -> None:
    """A refusal in words that nobody keeps."""
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "application/json"
    assert text in answer.json["problem"]["text"]
    assert 0 < len(answer.json["problem"]["text"]) < 1000
    assert answer.json["digest"] == digest()


# ---- what is kept ----------------------------------------------------------------------------


@each_experiment
def test_a_page_answers_with_figures_that_may_be_kept(client: FlaskClient, experiment: Any) -> None:
    answer = client.get(of(experiment))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == KEPT
    assert answer.content_type == "application/json"
    assert answer.json["problem"] is None
    assert answer.json["query"] == ""
    assert answer.json["digest"] == digest()
    assert answer.json["figures"][0]["spec"]["data"]
    assert client.get(of(experiment)).data == answer.data
    head = client.head(of(experiment))
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Cache-Control"] == KEPT


def test_the_page_says_the_digest_and_any_part_of_the_code_changes_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f'data-digest="{digest()}"' in client.get("/").text
    assert re.fullmatch("[0-9a-f]{16}", digest())
    found = {digest()}
    for part in ("compute", "components", "pages"):
        monkeypatch.setattr(door, "code_digest", lambda path, part=part: f"{path.name == part}")
        found.add(digest.__wrapped__())
    monkeypatch.setattr(door, "version", lambda _name: "0")
    assert len(found | {digest.__wrapped__()}) == 5


@pytest.mark.parametrize("code", ["0123456789abcdef", "afresh", "x" * 2000, "%00", "é", "..", "%"])
def test_under_another_digest_are_todays_numbers_and_nobody_keeps_them(
    client: FlaskClient, code: str
) -> None:
    experiment = EXPERIMENTS[0]
    answer = client.get(of(experiment, "seed=7", code))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == client.get(of(experiment, "seed=7")).json


@each_experiment
def test_side_b_is_a_setting_like_any_other(client: FlaskClient, experiment: Any) -> None:
    assert_refused(client.get(of(experiment, "b=~")), 400, "“b” is not a parameter")


def test_answers_of_more_than_8_kb_are_compressed(client: FlaskClient) -> None:
    sizes = []
    for experiment in EXPERIMENTS:
        plain = client.get(of(experiment))
        answer = client.get(of(experiment), headers={"Accept-Encoding": "br"})
        sizes.append(len(plain.data))
        if len(plain.data) > 8000:
            assert answer.headers["Content-Encoding"] == "br"
            assert len(answer.data) < len(plain.data)
            assert brotli.decompress(answer.data) == plain.data
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert answer.headers["Cache-Control"] == KEPT
    assert max(sizes) > 8000


# ---- what is refused -------------------------------------------------------------------------


@each_experiment
def test_hostile_values_are_refused_in_words_and_at_once(
    client: FlaskClient, experiment: Any
) -> None:
    client.get(of(experiment))
    start = time.process_time()
    count = 0
    step = some(3, 1)
    for turn, (name, spec) in enumerate(parameters(experiment.params).items()):
        for text in hostile_texts(spec)[turn % step :: step]:
            spelled = quote(text.encode("utf-8", "surrogatepass"))
            if len(spelled) > 3000:
                continue
            answer = client.get(of(experiment, f"{name}={spelled}"))
            assert_refused(answer, 400)
            assert "Traceback" not in answer.text
            count += 1
    assert (time.process_time() - start) / count < 0.05


@each_experiment
def test_numbers_outside_their_range_are_refused(client: FlaskClient, experiment: Any) -> None:
    for name, spec in parameters(experiment.params).items():
        if spec.kind in {"integer", "real"}:
            for value in (spec.high + 1, spec.low - 1, 1e9 + spec.high, -1e308, "4.5e3000"):
                assert_refused(client.get(of(experiment, f"{name}={value}")), 400, spec.legal)


@pytest.mark.parametrize(
    "query",
    [
        "nothing=1",
        "seed=1&nothing=1",
        "view=projector",
        "token=1",
        "__proto__=1",
        "=1",
        "seed=1&seed=1",
        "seed=1&seed=2",
        "batch=1&batch=1",
        "seed",
        "seed=1&",
        "&seed=1",
        "seed=1;seed=2",
        "%00=%ff",
        "seed=%ff",
        "seed=%",
        "seed=1%002",
        "&".join(f"w{i}=1" for i in range(65)),
    ],
)
def test_words_that_are_unknown_or_doubled_or_none_are_refused(
    client: FlaskClient, query: str
) -> None:
    experiment = next(e for e in EXPERIMENTS if "seed" in parameters(e.params))
    assert_refused(client.get(of(experiment, query)), 400)


BATCHES = ["0", "-1", "1.0", "1e0", "01", " 1", "1 ", "", "true", "None", "nan", "２", "1_0"]


@pytest.mark.parametrize("batch", [*BATCHES, "9" * 7, "9" * 400], ids=repr)
def test_batch_numbers_that_are_none_are_refused(client: FlaskClient, batch: str) -> None:
    query = urlencode({"batch": batch})
    for asked in (of(EXPERIMENTS[0], query), address("/claims", query)):
        assert_refused(client.get(asked), 400, "The batch number must be a whole number")


@each_experiment
def test_batches_too_far_ahead_are_refused_with_the_way_back(
    client: FlaskClient, cold_store: Path, experiment: Any
) -> None:
    assert cold_store.exists()
    for batch in (2, 999_999):
        answer = client.get(of(experiment, f"batch={batch}"))
        assert_refused(answer, 200)
        assert answer.json["restart"] is True
        assert len(answer.data) < 300


@pytest.mark.parametrize("name", ["", "/", "/nowhere", "/gp_kernels", "/%00", "/é", "/__proto__"])
def test_pages_that_are_not_there_are_404(client: FlaskClient, name: str) -> None:
    answer = client.get(address(name))
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_methods_that_mean_nothing_are_refused(client: FlaskClient) -> None:
    for path in (of(EXPERIMENTS[0]), address("/claims")):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert client.open(path, method=method).status_code == 405


def test_addresses_and_headers_have_an_end(client: FlaskClient) -> None:
    assert LONGEST_ADDRESS > 2000 + 500, "every legal setting is shorter than 2000"
    room = LONGEST_ADDRESS - len(of(EXPERIMENTS[0], "a=")) + 1
    assert_refused(client.get(of(EXPERIMENTS[0], "a=" + "x" * room)), 400)
    assert_refused(client.get(of(EXPERIMENTS[0], "a=" + "x" * (room + 1))), 414, "too long")
    assert_refused(client.get(of(EXPERIMENTS[0], code="x" * 5000)), 414, "too long")
    large = {f"X-{i}": "x" * 4000 for i in range(LARGEST_HEADER // 4000)}
    assert_refused(client.get(of(EXPERIMENTS[0]), headers=large), 431, "header")


def test_what_is_sent_is_not_sent_back(client: FlaskClient) -> None:
    for query in (f"{'x' * 3000}=1", f"seed={'x' * 3000}", f"batch={'9' * 3000}"):
        assert len(client.get(of(EXPERIMENTS[0], query)).data) < 500


ALPHABET = st.text(st.sampled_from("abdepthszi=&%;+~_-.0123456789\x00é２ <"), max_size=60)
WORDS = st.dictionaries(
    st.sampled_from(["size", "seed", "figure", "batch", "b", "claim"]) | st.text(max_size=8),
    st.text(max_size=12) | st.integers().map(str) | st.floats().map(str) | st.just("x" * 5000),
    max_size=4,
)


def hostile_query(words: dict[str, str]) -> str:
    """Words as an address spells them."""
    return "&".join(
        f"{quote(n.encode('utf-8', 'replace'))}={quote(v.encode('utf-8', 'replace'))}"
        for n, v in words.items()
    )


NAMES = st.sampled_from(["/linear-products", "/gp-kernels", "/claims"])


@given(query=ALPHABET | WORDS.map(hostile_query), name=NAMES)
def test_no_address_breaks_the_door(query: str, name: str) -> None:
    answer = app.server.test_client().get(address(name, quote(query, safe="=&%;+~")))
    assert answer.status_code in {200, 400, 414}, query
    assert answer.json["problem"] is None or answer.json["problem"]["text"]
    assert answer.json["digest"] == digest()
    kept = answer.headers["Cache-Control"] == KEPT
    assert kept == (answer.status_code == 200 and answer.json["problem"] is None)


# ---- on a page made for tests ----------------------------------------------------------------


def test_too_much_work_names_the_nearest_setting_and_is_not_kept(fake: FlaskClient) -> None:
    answer = fake.get(address("/fake-page", "size=1000&seed=5"))
    assert_refused(answer, 200, "size 100")
    assert answer.json["problem"]["nearest"] == values(Params(size=100, seed=5))
    assert BUDGET_MS < 1000
    assert "figures" not in answer.json


def test_batches_come_one_by_one_each_at_its_address(fake: FlaskClient) -> None:
    assert_refused(fake.get(address("/fake-page", "seed=3&batch=2")), 200, "comes after")
    for batch in (1, 2):
        answer = fake.get(address("/fake-page", f"seed=3&batch={batch}"))
        assert answer.json["sampling"]["done"] == batch
        assert answer.headers["Cache-Control"] == KEPT
    assert_refused(fake.get(address("/fake-page", "seed=3&batch=5")), 200, "no batch")


def test_what_cannot_be_computed_is_not_kept(cold_store: Path) -> None:
    broken = door_to(replace(PAGE, sentence=lambda *_: f"{1 // 0}"), cold_store)
    assert_refused(broken.get(address("/fake-page")), 200, "cannot be computed")


# ---- the ledger ------------------------------------------------------------------------------


def claim(entry: Any, more: str = "", code: str = "") -> str:
    """The address of a row of the ledger."""
    return address("/claims", f"claim={ledger_view.key_of(entry)}{more}", code)


def test_rows_of_the_ledger_may_be_kept_when_they_depend_on_nothing_else(
    client: FlaskClient, cold_store: Path
) -> None:
    assert cold_store.exists()
    exact = client.get(claim(EXACT[0]))
    assert exact.json["finished"] is True
    assert exact.headers["Cache-Control"] == KEPT
    assert client.get(claim(EXACT[0], code="old")).headers["Cache-Control"] == "no-store"
    entry = min(SAMPLED, key=ledger_view.batches_of)
    opened = client.get(claim(entry))
    assert (opened.json["done"], opened.json["finished"]) == (0, False)
    assert opened.headers["Cache-Control"] == "no-store", "it is another one when all is drawn"
    total = ledger_view.batches_of(entry)
    for batch in range(1, total + 1):
        answer = client.get(claim(entry, f"&batch={batch}"))
        assert answer.json["done"] == batch
        assert answer.headers["Cache-Control"] == KEPT
    whole = client.get(claim(entry))
    assert whole.json == answer.json
    assert whole.headers["Cache-Control"] == KEPT


def test_rows_that_are_not_there_are_refused(client: FlaskClient, cold_store: Path) -> None:
    assert cold_store.exists()
    for query in ("", "claim=", "claim=gp_kernels", "claim=x", "batch=1", f"claim={'x' * 3000}"):
        answer = client.get(address("/claims", query))
        assert_refused(answer, 400, "The ledger has no claim")
        assert len(answer.data) < 300
    assert_refused(client.get(claim(EXACT[0], "&batch=1")), 400, "no batch")
    assert_refused(client.get(claim(SAMPLED[0], "&batch=999999")), 400, "no batch")
    assert_refused(client.get(claim(EXACT[0], "&seed=1")), 400, "not a word of the ledger")
    assert_refused(client.get(claim(EXACT[0], f"&claim={EXACT[0].claim.key}")), 400, "than once")
    sampled = next(e for e in SAMPLED if ledger_view.batches_of(e) > 1)
    answer = client.get(claim(sampled, "&batch=2"))
    assert_refused(answer, 200, "no longer kept")
    assert json.loads(answer.data)["restart"] is True


def test_answers_have_the_hardening_of_every_other(client: FlaskClient) -> None:
    for path in (of(EXPERIMENTS[0]), of(EXPERIMENTS[0], "a=1"), address("/claims")):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"
    assert app.server.config["MAX_CONTENT_LENGTH"] <= 64 * 1024
