"""The pages across the chapters: ledger, errata, teacher's page, map, and what the README says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import dash
import numpy as np
import pytest
from dash._utils import to_json

from app import app
from components import ledger_view
from components.contents import CONTENTS
from components.figures.base import axis, dots, figure, line
from components.figures.packed import decoded, typed
from components.formulas import formulas
from components.ledger_view import answer, batches_of, key_of
from components.registry import built_pages
from components.settings import HERE, SERVING, SETTINGS
from components.thumbnail import tells, thumbnail
from components.words import taken
from compute.claims import Check, Claim, Statement, exact, sampled
from compute.errata import ERRATA
from compute.experiment import Experiment
from compute.ledger import Entry, entries
from compute.params import ParameterError, check, from_query, integer, parameters, seed
from compute.sampling import Moments, Sampler, stream
from tests.layouts import nodes, text
from tests.thorough import several

README = (HERE / "README.md").read_text()
LAYOUTS = {
    entry["path"]: entry["layout"]
    for name, entry in dash.page_registry.items()
    if name.startswith("pages.") and name.count(".") == 1
}


def tree(path: str, **query: str) -> Any:
    """The layout of a page across the chapters, as the browser gets it."""
    return json.loads(to_json(LAYOUTS[path](**query)))


def shown_notices(page: Any) -> list[str]:
    """The notices that are not hidden."""
    return [
        text(n)
        for n in nodes(page)
        if "notice" in str(n["props"].get("className", "")).split() and not n["props"].get("hidden")
    ]


# ---- the ledger ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coin:
    """Parameters of an experiment for these tests alone."""

    flips: int = integer(100, 1, 1000, label="flips", help="Flips per batch.")
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def flip(params: Coin, index: int) -> Moments:
    """A batch of fair coins."""
    return Moments.of(stream(params.seed, "coin", index).integers(0, 2, params.flips).astype(float))


def fair(_params: Any, _result: Any, sample: Any) -> Check:
    """Half of the coins."""
    return sampled("heads", sample, Moments.mean_estimate, Statement("half", 0.5))


def even(_params: Any, result: Any, _sample: Any) -> Check:
    """An exact claim with a rival."""
    rivals = Statement("one", 1.0), Statement("as printed", 2.0)
    return exact("the number", result, *rivals, tolerance=1e-9)


COIN = Experiment(
    "coin",
    3,
    "3.1",
    "A coin",
    Coin,
    lambda _p: 1.0,
    lambda _p: 1.0,
    Sampler(flip, Moments.merge, lambda _p: 6),
    (
        Claim(
            key="fair",
            section="3.1",
            statement="Heads: $1/2$.",
            route="coins",
            params=Coin(),
            check=fair,
            batches=1000,
            errata=(17,),
        ),
        Claim(
            key="even",
            section="3.1",
            statement="The number is one.",
            route="none",
            params=Coin(),
            check=even,
        ),
        Claim(
            key="silent",
            section="3.1",
            statement="Nothing.",
            route="none",
            params=Coin(),
            check=lambda *_: None,
        ),
    ),
)


@pytest.fixture
def coins(monkeypatch: pytest.MonkeyPatch, cold_store: Path) -> Path:
    """The ledger holds the coin's claims only; the cache is empty."""
    found = tuple(Entry(COIN, claim) for claim in COIN.claims)
    monkeypatch.setattr(ledger_view, "entries", lambda: found)
    return cold_store


def ask(claim: str, batch: int = 0) -> dict[str, Any]:
    """What the ledger answers, as it reaches the browser."""
    return dict(json.loads(to_json(answer(claim, batch))))


def test_the_ledger_has_a_row_for_every_claim() -> None:
    page = tree("/claims")
    rows = {n["props"]["data-key"]: n for n in nodes(page) if "data-key" in n["props"]}
    assert list(rows) == [key_of(e) for e in entries()]
    assert len({n["props"]["id"] for n in rows.values()}) == len(rows)
    for entry in entries():
        row = rows[key_of(entry)]
        assert f"§{entry.claim.section}" in text(row)
        assert entry.claim.route in text(row)
        assert "not run yet" in text(row)
        links = [n["props"]["href"] for n in nodes(row) if "href" in n["props"]]
        assert [f"/errata#e{n}" for n in entry.claim.errata] == links[:-1]
        address, _, anchor = links[-1].partition("#")
        assert anchor == f"claim-{entry.claim.key}"
        path, _, query = address.partition("?")
        assert path == "/" + entry.experiment.key.replace("_", "-")
        words = dict(pair.split("=") for pair in query.split("&")) if query else {}
        params, notices = from_query(type(entry.claim.params), words)
        assert (params, notices) == (entry.claim.params, ())


def test_every_claim_is_answered(cold_store: Path) -> None:
    for entry in several(entries(), 90):
        opened = ask(key_of(entry))
        assert opened["problem"] is None, entry.claim.key
        assert (opened["done"], opened["total"]) == (0, batches_of(entry))
        found = ask(key_of(entry), min(batches_of(entry), 1))
        assert found["problem"] is None, entry.claim.key
        assert found["done"] == min(batches_of(entry), 1)
        assert found["finished"] == (batches_of(entry) <= 1)
        assert found["check"]["statements"]
        if found["finished"]:
            assert found["check"]["verdict"] == "agrees", entry.claim.key
    assert cold_store.exists()


def test_an_exact_claim_is_one_request(coins: Path) -> None:
    found = ask("coin.even")
    assert (found["done"], found["total"], found["finished"]) == (0, 0, True)
    assert found["check"]["verdict"] == "agrees"
    assert [s[2] for s in found["check"]["statements"]] == ["agrees", "refuted"]
    assert coins.exists()


def test_a_sampled_claim_goes_batch_by_batch_and_is_whole_the_second_time(coins: Path) -> None:
    opened = ask("coin.fair")
    assert (opened["done"], opened["total"], opened["finished"]) == (0, 6, False)
    assert opened["check"]["measured"] == ""
    errors = []
    for batch in range(1, 7):  # the sampler has 6 batches, whatever the claim asks for
        found = ask("coin.fair", batch)
        assert (found["done"], found["total"]) == (batch, 6)
        assert found["finished"] == (batch == 6)
        errors.append(float(found["check"]["error"]))
    assert errors[-1] < errors[0]
    assert ask("coin.fair") == found, "cached: one request"
    assert coins.exists()


def test_batches_that_are_no_longer_kept_begin_again(coins: Path) -> None:
    found = ask("coin.fair", 4)
    assert found["restart"]
    assert "no longer kept" in found["problem"]["text"]
    assert ask("coin.fair", 1)["done"] == 1
    assert coins.exists()


@pytest.mark.parametrize("claim", ["", "coin", "coin.nothing", "fair", "x" * 10_000])
def test_claims_that_are_not_there_are_refused(coins: Path, claim: str) -> None:
    with pytest.raises(ParameterError, match="The ledger has no claim") as refused:
        answer(claim)
    assert len(str(refused.value)) < 200
    assert coins.exists()


@pytest.mark.parametrize("batch", [7, 10**6 - 1])
def test_batches_that_are_not_there_are_refused(coins: Path, batch: int) -> None:
    for claim in ("coin.fair", "coin.even"):
        with pytest.raises(ParameterError, match="no batch"):
            answer(claim, batch)
    assert coins.exists()


def test_a_claim_that_says_nothing_is_told(coins: Path) -> None:
    assert "says nothing" in ask("coin.silent")["problem"]["text"]
    assert coins.exists()


# ---- filters in the address ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/claims", "/errata"])
def test_filters_come_from_the_address(path: str) -> None:
    page = tree(path, chapter="3")
    chosen = [
        n["props"]["value"] for n in nodes(page) if str(n["props"].get("id")).endswith("-chapter")
    ]
    assert chosen == ["3"]
    assert shown_notices(page) == []
    bad = shown_notices(tree(path, chapter="9", foo="1"))
    assert "must be one of all, 1, 2, 3, 4" in bad[0]
    assert "“foo”" in bad[0]


def test_view_words_are_known_everywhere_and_notices_are_few() -> None:
    for path in LAYOUTS:
        assert shown_notices(tree(path, view="projector", controls="a")) == []
    _, notices = taken({f"w{i}": "1" for i in range(50)}, {})
    assert len(notices) == 9
    assert "42 more" in notices[-1]
    found, notices = taken({"find": "x" * 61}, {"find": None})
    assert (found["find"], len(notices)) == ("", 1)
    assert taken({"find": "tanh"}, {"find": None}) == ({"find": "tanh"}, [])


# ---- the errata ------------------------------------------------------------------------------


def test_every_erratum_has_its_row_and_anchor() -> None:
    page = tree("/errata")
    rows = {n["props"]["id"]: n for n in nodes(page) if n["type"] == "Article"}
    assert set(rows) == {f"e{n}" for n in range(1, 60)}
    numbers = {entry.key: entry for chapter in CONTENTS for entry in chapter.entries}
    for erratum in ERRATA:
        row = rows[f"e{erratum.number}"]
        said = text(row)
        for part in (erratum.printed, erratum.correct, erratum.why, erratum.evidence):
            plain = "".join(text(json.loads(to_json(p))) for p in formulas(part))
            assert plain in said
        assert erratum.confidence in said
        assert row["props"]["data-chapter"] == erratum.section[0]
        entry = numbers[erratum.page]
        measured = any(e.claim.key in erratum.claims for e in entries())
        assert ("Planned: " in said) == (not entry.built and not measured)
        assert ("See it: " in said) == (measured or bool(erratum.query))
        links = [n["props"]["href"] for n in nodes(row) if "href" in n["props"]]
        ledger = [href for href in links if href.startswith("/claims#")]
        assert len(ledger) == sum(e.claim.key in erratum.claims for e in entries())
        if entry.built:
            assert any(href.startswith("/" + entry.key.replace("_", "-")) for href in links)
    assert "machine transcription" in text(page)


def test_links_between_errata_and_claims_hold_on_both_sides() -> None:
    claims = {n["props"].get("id") for n in nodes(tree("/claims"))}
    for node in nodes(tree("/errata")):
        href = str(node["props"].get("href", ""))
        if href.startswith("/claims#"):
            assert href.partition("#")[2] in claims


def test_formulas_are_marked_and_stars_are_emphasis() -> None:
    assert formulas("no formula") == ["no formula"]
    assert "".join(formulas("let $x$ be $y_1$.")) == r"let \(x\) be \(y_1\)."
    first, word, em, rest = formulas("$a*b*c$ and *this* **")
    assert (first + word, em.children, rest) == (r"\(a*b*c\) and ", "this", " **")


# ---- for the lecturer ------------------------------------------------------------------------


def test_the_teachers_page_lists_every_parameter_of_every_page() -> None:
    page = tree("/teach")
    tables = {
        n["props"]["id"].removeprefix("parameters-"): n
        for n in nodes(page)
        if n["type"] == "Details"
    }
    assert set(tables) == set(built_pages())
    for key, built in built_pages().items():
        rows = [n for n in nodes(tables[key]) if n["type"] == "Tr"][1:]
        listed = [text(row["props"]["children"][0]) for row in rows]
        specs = parameters(built.experiment.params)
        assert listed == list(specs)
        for row, spec in zip(rows, specs.values(), strict=True):
            assert spec.label in text(row)
            if spec.kind == "choice":
                assert all(name in text(row) for name, _ in spec.choices)
            else:
                assert spec.legal in text(row)


def test_the_teachers_page_lists_every_setting_and_link_word() -> None:
    said = text(tree("/teach"))
    for name, _, _help in (*SETTINGS, *SERVING):
        assert name in said
    for word in ("view=projector", "view=embed", "controls=a,b", "ALLOW_EMBED_FROM", "<iframe"):
        assert word in said
    assert str(HERE) not in said


def test_lecture_scripts_open_every_preset() -> None:
    links = [str(n["props"].get("href", "")) for n in nodes(tree("/teach"))]
    for page in built_pages().values():
        steps = [h for h in links if h.startswith(page.path + "?") and h.endswith("view=projector")]
        found = []
        for step in steps:
            words = dict(w.split("=", 1) for w in step.partition("?")[2].split("&"))
            if "controls" in words:
                continue
            del words["view"]
            params, notices = from_query(page.experiment.params, words)
            assert notices == ()
            found.append(params)
        assert found == [p.params for p in page.presets]


# ---- the map ---------------------------------------------------------------------------------


def test_the_map_shows_every_page_with_a_picture_if_it_is_built(cold_store: Path) -> None:
    page = tree("/")
    said = text(page)
    cards = {n["props"]["href"]: n for n in nodes(page) if n["type"] == "A"}
    for chapter in CONTENTS:
        for entry in chapter.entries:
            assert entry.question in said
    for built in built_pages().values():
        pictures = [n["props"]["src"] for n in nodes(cards[built.path]) if n["type"] == "Img"]
        assert len(pictures) == 2, "light and dark"
        assert pictures[0] != pictures[1]
        assert max(map(len, pictures)) < 40_000
    assert said.count("planned") == sum(
        entry.key not in built_pages() for chapter in CONTENTS for entry in chapter.entries
    )
    assert cold_store.exists()


def test_a_figure_that_fails_does_not_close_the_map(
    monkeypatch: pytest.MonkeyPatch, cold_store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key, page = next(iter(built_pages().items()))
    broken = replace(page, plots=(replace(page.plots[0], build=lambda *_: 1 / 0, figures=()),))
    monkeypatch.setattr(sys.modules["pages.home"], "built_pages", lambda: {key: broken})
    assert page.question in text(tree("/"))
    assert f"no picture of {key}" in caplog.text
    assert cold_store.exists()


def svg(address: str) -> ElementTree.Element:
    """The picture of an image address."""
    from urllib.parse import unquote

    kind, _, body = address.partition(",")
    assert kind == "data:image/svg+xml"
    return ElementTree.fromstring(unquote(body))


def test_thumbnails_draw_what_figures_hold() -> None:
    x = np.linspace(1, 100, 1000)
    y = np.where((x > 40) & (x < 60), np.nan, x**2)
    made = figure(
        "t",
        axis("x", log=True, range=(1, 100)),
        axis("y"),
        [
            line(x, y, "theory", "a"),
            line(x, x, "bound", "b", visible=False),
            dots([1, 10], [5, 50], "c", error=[1, 2]),
            {"type": "bar", "x": [2, 3], "y": typed([10, 20])},
            {"type": "scatter3d", "x": [1], "y": [1], "z": [1]},
        ],
        shapes=[{"type": "line", "x0": 2, "x1": 2, "y0": 0, "y1": 1, "yref": "paper"}],
    )
    light, dark = (
        ElementTree.tostring(svg(thumbnail(made, k))).decode() for k in ("light", "dark")
    )
    assert light.count("path") >= 5
    assert "#0067a5" in light
    assert "#0067a5" not in dark
    assert "nan" not in light
    assert "inf" not in light
    assert len(light) < 12_000


def test_level_and_upright_lines_tell_nothing() -> None:
    level = line([0, 1], [2, 2], "theory", "a")
    upright = line([1, 1, np.nan, 2, 2], [0, 1, np.nan, 0, 1], "bound", "b")
    assert not tells(figure("t", axis("x"), axis("y"), [level, upright]))
    assert tells(figure("t", axis("x"), axis("y"), [level, line([0, 1], [0, 1], "theory", "c")]))


def test_thumbnails_of_heat_maps_are_images() -> None:
    z = np.outer(np.arange(5.0), np.arange(4.0))
    z[0, 0] = np.nan
    heat = {
        "type": "heatmap",
        "x": typed(np.arange(4.0)),
        "y": typed(np.arange(5.0)),
        "z": typed(z),
    }
    drawn = svg(thumbnail(figure("t", axis("x"), axis("y"), [heat]), "light"))
    assert any(e.tag.endswith("image") for e in drawn.iter())
    assert np.array_equal(decoded(heat["z"]), z, equal_nan=True)


@pytest.mark.parametrize("data", [[], [{"type": "pie"}], [line([], [], "theory", "empty")]])
def test_thumbnails_of_nothing_are_nothing(data: Any) -> None:
    assert thumbnail(figure("t", axis("x"), axis("y"), data), "dark") == ""


# ---- README, changelog, container ------------------------------------------------------------


def test_the_readme_names_every_setting_with_its_default() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? *\|", README, re.MULTILINE))
    names = [name for name, *_ in (*SETTINGS, *SERVING)]
    assert list(table) == names
    for name, default, _ in (*SETTINGS, *SERVING):
        assert default.removeprefix(f"{HERE}/") == table[name], name


def test_what_the_readme_shows_exists() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (HERE / target).exists(), target
    for folder in re.findall(r"^\| `([a-z_/.]+)` \|", README, re.MULTILINE):
        assert (HERE / folder).exists(), folder
    makefile = (HERE / "Makefile").read_text()
    for target in set(re.findall(r"`?make ([a-z-]+)", README)):
        assert f"\n{target}:" in makefile, target
    assert (HERE / "assets" / "screenshot.png").stat().st_size <= 200_000


def test_the_container_gets_what_it_copies() -> None:
    docker = (HERE / "Dockerfile").read_text()
    assert "CACHE_DIR=" in docker
    for folder in re.findall(r"^COPY (\w+) \./", docker, re.MULTILINE):
        assert f"!{folder}\n" in (HERE / ".dockerignore").read_text()


CHECK = """
import json, app
from dash._utils import to_json
from components.ledger_view import answer as ledger
from components.answer import answer
from components.layout import layout
from components.registry import built_pages
page = built_pages()["dead_networks"]
params = page.experiment.params()
assert params == page.experiment.params(width=4, depth=20, seed=0)
layout(page, {"depth": "30"})
for index in range(9):
    found = json.loads(to_json(answer(page, params, index)))
    assert found["problem"] is None and len(found["figures"][0]["spec"]["data"]) == 1 + (index > 0)
last = ledger("dead_networks.dead_share", 8)
assert last["finished"] and last["check"]["verdict"] == "agrees", last
import dash
for path in ("/claims", "/teach"):  # not the map: its pictures would compile everything
    layouts = [e["layout"] for e in dash.page_registry.values() if e["path"] == path]
    assert "dead-networks" in to_json(layouts[0]()), path
client = app.server.test_client()
assert client.get("/dead-networks").status_code == 200
assert client.get("/answer/any/dead-networks?depth=30").json["query"] == "depth=30"
print("it works")
"""


def test_the_readmes_page_works(tmp_path: Path) -> None:
    experiment, page, plot = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    compile(plot, "README.md", "exec")
    for folder in ("compute", "components", "pages", "assets"):
        shutil.copytree(HERE / folder, tmp_path / folder)
    shutil.copy(HERE / "app.py", tmp_path)
    (tmp_path / "compute/experiments/dead_networks.py").write_text(experiment)
    (tmp_path / "pages/chapter_3/dead_networks.py").write_text(page)
    with (tmp_path / "compute/experiments/__init__.py").open("a") as file:
        file.write("from compute.experiments import dead_networks\n")
        file.write("EXPERIMENTS += (dead_networks.EXPERIMENT,)\n")
    with (tmp_path / "components/contents.py").open("a") as file:
        file.write('NEW = Entry("dead_networks", "3.7")\n')
        file.write('CONTENTS += (Chapter(5, "New", (NEW,)),)\n')
    run = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=tmp_path,
        env={"CACHE_DIR": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.stdout == "it works\n", run.stderr


def test_the_sheets_are_registered() -> None:
    assert {"/", "/claims", "/errata", "/teach"} <= set(LAYOUTS)
    assert app.use_pages
