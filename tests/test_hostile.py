"""Generated addresses and bodies at every open route: refused in words or answered, within budget.

Ten thousand of them under `make thorough`, some under `make test`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import answer as module
from components.door import digest
from components.page import path_of
from compute.experiment import affordable_work
from compute.experiments import EXPERIMENTS
from compute.params import parameters, to_query, values
from tests.components.test_follow import SECRET, served
from tests.strategies import EXTREMES, HOSTILE_JSON, HOSTILE_TEXTS, legal_params
from tests.test_app import ROUTE, post, router_body
from tests.thorough import some

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ADDRESSES, BODIES = some(60, 6000), some(40, 4000)
DEEPEST = 9_000
GUESSER = {"REMOTE_ADDR": "192.0.2.9"}


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str]:
    """The path of a page and a query: a legal setting, some words of which say something else."""
    experiment = draw(st.sampled_from(EXPERIMENTS))
    setting = draw(legal_params(experiment.params))
    words = dict(part.partition("=")[::2] for part in to_query(setting).split("&") if part)
    names = st.sampled_from([*parameters(experiment.params), "batch", "b", "view", "claim"])
    texts = (
        st.sampled_from([text for text in HOSTILE_TEXTS if len(text) < 3000])
        | st.text(max_size=12)
        | st.integers().map(str)
        | st.floats().map(repr)
        | st.sampled_from([str(value) for value in values(setting).values()])
    )
    changed = draw(st.dictionaries(names | st.text(max_size=6), texts, max_size=2))
    words |= {_spelled(name): _spelled(text) for name, text in changed.items()}
    return path_of(experiment.key), "&".join(f"{name}={text}" for name, text in words.items())


def _spelled(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The work of what is computed, in milliseconds; it is noted, and then left."""
    found: list[float] = []

    def note(page: Any, params: Any, _batch: int) -> dict[str, Any]:
        found.append(page.experiment.work(params))
        return {"problem": None, "figures": []}

    monkeypatch.setattr(module, "_answer", note)
    return found


def test_no_address_breaks_the_server_or_asks_for_more_than_the_budget(
    client: FlaskClient, begun: list[float]
) -> None:
    states = set()

    @settings(max_examples=ADDRESSES)
    @given(asked=addresses(), opened=st.sampled_from([False] * 9 + [True]))
    def try_one(asked: tuple[str, str], opened: bool) -> None:
        path, query = asked
        if opened:  # the page itself repairs what it does not understand, and says so
            assert client.get(f"{path}?{query}").status_code == 200
            assert post(client, router_body(path, f"?{query}")).status_code == 200
            return
        answer = client.get(f"/answer/{digest()}{path}?{query}")
        states.add(answer.status_code)
        assert answer.status_code in {200, 400, 414}
        problem = answer.json["problem"]
        assert problem is None or 0 < len(problem["text"]) < 1000
        assert answer.status_code == 200 or problem

    try_one()
    assert {200, 400} <= states
    assert begun
    assert max(begun) <= affordable_work()


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """JSON that nobody means, too deep, with numbers that are none, or cut off."""
    inner = json.dumps(draw(HOSTILE_JSON | st.sampled_from(EXTREMES)))
    word = draw(st.sampled_from(["NaN", "-Infinity", "1e400", "9" * 5000, "1" + "0" * 400, inner]))
    depth = draw(st.sampled_from([0, 1, 30, DEEPEST]))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"a":', "}"), ('{"secret":', "}")]))
    body = json.dumps({"secret": 0, "output": 1, "inputs": 2}) if draw(st.booleans()) else "0"
    nested = body.replace(draw(st.sampled_from("012")), opening * depth + word + closing * depth)
    whole = nested.encode("utf-8", "surrogatepass")
    return whole[: draw(st.sampled_from([len(whole), len(whole) // 2]))]


def test_no_body_breaks_the_server(client: FlaskClient, tmp_path: Path) -> None:
    rooms = served(tmp_path)
    opened = rooms.post("/follow", json={"secret": SECRET}).json
    key = {"Authorization": f"Bearer {opened['key']}"}
    room = f"/follow/{opened['code']}/room"

    @settings(max_examples=BODIES)
    @given(body=bodies(), kind=st.sampled_from(["application/json", "text/plain", ""]))
    def try_one(body: bytes, kind: str) -> None:
        answers = [
            client.post(ROUTE, data=body, content_type=kind),
            rooms.post("/follow", data=body, content_type=kind, environ_base=GUESSER),
            rooms.put(room, data=body, content_type=kind, headers=key),
            rooms.put(room, data=body, content_type=kind),
        ]
        assert all(400 <= one.status_code < 500 for one in answers)
        assert all(one.json["problem"] for one in answers[1:])

    try_one()
    assert rooms.get(room).json["address"] == "/", "nobody has moved it"
