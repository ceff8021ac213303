"""Page: from a request to an answer, on a page made here; nothing of a request is trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from dash._utils import to_json

from components import compare
from components.answer import answer, python
from components.layout import layout
from components.page import Page, Plot, Preset, Try, link, path_of
from compute.claims import Claim, Statement, exact, sampled
from compute.experiment import Experiment
from compute.params import check, choice, integer, seed, values
from compute.sampling import Moments, Sampler, stream
from tests.layouts import nodes


@dataclass(frozen=True)
class Params:
    """Two tabs and a size."""

    figure: str = choice("one", (("one", "One"), ("two", "Two")), label="figure", help="Tab.")
    size: int = integer(10, 1, 10_000, label="size", help="How many.", ladder=(1, 10, 100, 1000))
    seed: int = seed()

    __post_init__ = check


def run(params: Params) -> int:
    """The size."""
    return params.size


def batch(params: Params, index: int) -> Moments:
    """Normal numbers."""
    return Moments.of(stream(params.seed, "batch", index).standard_normal(1000))


COUNT = Claim(
    key="count",
    section="1",
    statement="Counted.",
    route="count",
    params=Params(),
    check=lambda p, r, _s: exact("n", r, Statement("true", p.size), tolerance=0),
)
MEAN = Claim(
    key="mean",
    section="1",
    statement="Drawn.",
    route="draw",
    params=Params(),
    check=lambda _p, _r, s: sampled("m", s, Moments.centred_estimate, Statement("true", 0.0)),
    batches=2,
)
EXPERIMENT: Experiment[Any, Any] = Experiment(
    "fake_page",
    1,
    "1",
    "Fake",
    Params,
    run,
    lambda p: float(p.size),
    Sampler(batch, Moments.merge, lambda _: 4),
    (COUNT, MEAN),
)


def drawn(_params: Any, result: Any, sample: Any) -> dict[str, Any]:
    """Says what it was given."""
    said = {"name": "given", "customdata": [result, sample.batches if sample else None]}
    return {"data": [said], "layout": {}}


PAGE = Page(
    EXPERIMENT,
    "What is it?",
    "It is.",
    (
        Plot("first", drawn, ("one",)),
        Plot("second", drawn, ("one",), sampled=True),
        Plot("third", drawn, ("two",)),
        Plot("fourth", drawn),
    ),
    lambda p, r, *_: f"{p.size} gives {r}.",
    (Preset("Large", "To see it large", Params(size=100)),),
    (Try("a", Params()), Try("b", Params(size=20)), Try("c", Params(figure="two"))),
    notice=lambda p, *_: "Large." if p.size > 50 else "",
    progress=lambda _p, s: f"{s.batches} batches",
)


def ask(params: Any = None, batch: int = 0) -> dict[str, Any]:
    """The answer to a setting, as it reaches the browser."""
    return json.loads(to_json(answer(PAGE, params or Params(), batch)))  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _cold(cold_store: Path) -> None:
    assert cold_store.exists()


def test_an_answer_holds_all_that_a_page_shows() -> None:
    got = ask(Params(size=100))
    assert got["problem"] is None
    assert got["query"] == "size=100"
    assert (got["sentence"], got["warning"]) == ("100 gives 100.", "Large.")
    assert [f["key"] for f in got["figures"]] == ["first", "second", "fourth"]
    assert got["figures"][0]["spec"]["data"][0]["customdata"] == [100, None]
    assert got["checks"]["count"]["verdict"] == "agrees"
    assert got["checks"]["mean"]["reason"] == "no sample yet"
    assert got["sampling"] == {"done": 0, "total": 4, "text": ""}


def test_a_tab_shows_its_own_figures_and_samples_only_where_they_are_drawn() -> None:
    got = ask(Params(figure="two"))
    assert [f["key"] for f in got["figures"]] == ["third", "fourth"]
    assert got["sampling"] is None
    assert PAGE.slots == 3


def test_batches_come_one_by_one_and_redraw_only_what_they_change() -> None:
    for batch in (1, 2, 3, 4):
        got = ask(batch=batch)
        assert [f and f["spec"]["data"][0]["customdata"] for f in got["figures"]] == [
            None,
            [10, batch],
            None,
        ]
        assert got["sampling"] == {"done": batch, "total": 4, "text": f"{batch} batches"}
        assert got["checks"]["mean"]["verdict"] == "agrees"
    assert "has no batch" in ask(batch=5)["problem"]["text"]


def test_a_batch_too_far_ahead_is_refused() -> None:
    assert "comes after" in ask(batch=2)["problem"]["text"]


def test_over_budget_names_the_nearest_setting() -> None:
    got = ask(Params(size=1000, seed=5))
    assert got["problem"]["nearest"] == values(Params(size=100, seed=5))
    assert "size 100" in got["problem"]["text"]
    assert "figures" not in got


def test_what_cannot_be_computed_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    broken = replace(PAGE, sentence=lambda *_: f"{1 // 0}")
    assert "cannot be computed" in answer(broken, Params())["problem"]["text"]
    assert "fake_page cannot be computed" in caplog.text


def test_addresses() -> None:
    assert path_of("fake_page") == PAGE.path == "/fake-page"
    assert link(EXPERIMENT, Params()) == "/fake-page"
    assert link(EXPERIMENT, Params(size=7, figure="two")) == "/fake-page?figure=two&size=7"


def test_an_answer_has_its_python_in_parts_for_the_browser_to_join() -> None:
    params = Params(size=7, figure="two")
    parts = answer(PAGE, params)["python"]
    values = ", ".join(f"{name}={value}" for name, value in parts["values"].items())
    assert parts["before"] + values + parts["after"] == python(EXPERIMENT, params)
    assert f"Params({values})" == repr(params)


def test_exported_python_is_a_few_lines() -> None:
    text = python(EXPERIMENT, Params(size=7))
    assert text.splitlines() == [
        "from compute.experiments.fake_page import Params, run",
        "params = Params(figure='one', size=7, seed=0)",
        "result = run(params)",
    ]
    text = python(EXPERIMENT, Params(size=7), batches=3)
    assert text.splitlines() == [
        "from compute.experiments.fake_page import EXPERIMENT, Params, run",
        "from compute.sampling import collect",
        "params = Params(figure='one', size=7, seed=0)",
        "result = run(params)",
        "sample = collect(EXPERIMENT.sampler, params, 3)",
    ]


def test_a_value_that_side_b_is_given_twice_is_told() -> None:
    params, notices = compare.from_address(EXPERIMENT, "size:7,size:8")
    assert params == Params()
    assert len(notices) == 1
    assert "“7 and 8”" in notices[0]


def test_side_b_that_takes_too_long_is_left_out() -> None:
    affordable, notices = compare.from_address(EXPERIMENT, "size:7")
    assert affordable == Params(size=7)
    assert notices == ()
    assert compare.from_address(EXPERIMENT, "") == (None, ())
    dear = replace(EXPERIMENT, work=lambda p: 1e6 * (p.size == 7))
    params, notices = compare.from_address(dear, "size:7")
    assert params is None
    assert notices[0].startswith("Side B: This setting needs")
    opened = layout(replace(PAGE, experiment=dear), {"b": "size:7"})
    meta = next(n for n in nodes(opened) if n["props"].get("id") == "fake_page-meta")
    assert (meta["props"]["data"]["pinned"], meta["props"]["data"]["beside"]) == (None, None)


def test_a_page_opens_with_the_answers_to_both_sides() -> None:
    opened = layout(PAGE, {"size": "3", "b": "size:7"})
    meta = next(n for n in nodes(opened) if n["props"].get("id") == "fake_page-meta")["props"]
    assert meta["data"]["first"] == ask(Params(size=3))
    assert meta["data"]["beside"] == ask(Params(size=7))
    assert meta["data"]["pinned"] == values(Params(size=7))


def ids(query: dict[str, Any], page: Page = PAGE) -> set[str]:
    """The plain ids of a layout."""
    found = (node["props"].get("id") for node in nodes(layout(page, query)))
    return {name for name in found if isinstance(name, str)}


def test_a_layout_has_what_the_browser_writes_to() -> None:
    found = ids({})
    for part in ("drawn", "meta", "sentence", "problem"):
        assert f"fake_page-{part}" in found
    assert {f"fake_page-graph-{slot}" for slot in range(3)} <= found
    assert "fake_page-graph-3" not in found
    assert "fake_page-sampler" in found
    without = replace(PAGE, experiment=replace(EXPERIMENT, sampler=None))
    assert "fake_page-sampler" not in ids({}, without)


def test_words_about_the_view_are_no_parameters() -> None:
    said = to_json(layout(PAGE, {"view": "embed", "controls": "size"}))
    assert "which this page does not have" not in said
    assert "which this page does not have" in to_json(layout(PAGE, {"views": "embed"}))
