"""What page 3.4 draws and says, at settings where the usual words would be wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from components.figures.finite_width import cumulant, laws, words
from components.figures.packed import decoded
from compute.experiments.finite_width import EXPERIMENT, Params, run
from compute.sampling import collect


def drawn(build: Any, part: str, batches: int = 0, **changes: Any) -> dict[str, Any]:
    """A figure, valid as plotly reads it."""
    params = Params(**changes)
    sampler = EXPERIMENT.sampler
    assert sampler is not None
    sample = collect(sampler, params, batches) if batches else None
    figure: dict[str, Any] = build(params, getattr(run(params), part), sample)
    for trace in figure["data"]:
        assert trace["type"] in {"scatter", "bar"}
    go.Figure(layout={"title": figure["layout"]["title"]})
    return figure


def title(figure: dict[str, Any]) -> str:
    return str(figure["layout"]["title"]["text"])


def trace(figure: dict[str, Any], name: str) -> Any:
    return next(t for t in figure["data"] if t["name"] == name)


def said(**changes: Any) -> str:
    """Sentence and notice without a sample."""
    params = Params(**changes)
    result = run(params)
    sentence = words.sentence(params, result, None, None)
    return f"{sentence} | {words.warning(params, result, None, None)}"


def test_depth_shows_each_kind_in_its_style() -> None:
    figure = drawn(cumulant.against_depth, "cumulant", batches=2)
    assert trace(figure, "(3.4.1), N = 100")["line"]["dash"] == "solid"
    assert trace(figure, "as printed, N = 100")["line"]["dash"] == "dash"
    assert trace(figure, "networks, N = 100")["error_y"]
    np.testing.assert_allclose(decoded(trace(figure, "(3.4.1), N = 200")["y"])[-1], 0.25)
    assert trace(figure, "trusted up to κ₄/K² = 0.2")["line"]["dash"] == "dot"


@pytest.mark.parametrize(
    ("changes", "curves", "expected"),
    [
        ({}, {"C L/N", "exp(C L/N) − 1"}, "At criticality"),
        ({"activation": "tanh", "weight_variance": 1.0}, {"C L/N"}, "C = 0.667"),
        ({"activation": "tanh", "weight_variance": 1.5}, set(), "wrong variable"),
        ({"bias_variance": 0.3}, set(), "wrong variable"),
        ({"activation": "gelu", "tuning": "critical", "variance0": 3.56}, {"C L/N"}, "C = 4.9"),
    ],
)
def test_the_exponential_is_drawn_at_criticality_only(
    changes: dict[str, Any], curves: set[str], expected: str
) -> None:
    figure = drawn(cumulant.collapse, "cumulant", figure="collapse", **changes)
    assert expected in title(figure)
    assert {"C L/N", "exp(C L/N) − 1"} & {t["name"] for t in figure["data"]} == curves


def test_a_negative_density_is_shaded_exactly_above_four_thirds() -> None:
    for depth, negative in ((4, False), (5, True)):  # ∏(1 + 5/24) − 1 = 1.13, 1.58
        given = {"figure": "density", "width": 24, "depth": depth, "axis": "linear"}
        figure = drawn(laws.output_density, "density", **given)
        names = {t["name"] for t in figure["data"]}
        assert ("a negative density" in names) == negative == ("negative" in title(figure))
        assert (decoded(trace(figure, "first order")["y"]).min() < 0) == negative


def test_dead_networks_are_a_bar_and_counted() -> None:
    given = {"figure": "density", "width": 3, "depth": 4, "axis": "linear"}
    figure = drawn(laws.output_density, "density", batches=1, **given)
    bar = next(t for t in figure["data"] if t["type"] == "bar")
    dots = trace(figure, "dead networks, counted")
    share, step = 1 - (1 - 2.0**-3) ** 4, 10 / 60
    assert bar["y"][0] == pytest.approx(share / step)
    assert decoded(dots["y"])[0] == pytest.approx(share / step, rel=0.1)


def test_the_table_says_who_has_no_solution() -> None:
    figure = drawn(laws.classes, "critical", figure="critical")
    texts = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert texts.count("needs") == 4
    assert "7 of 11" in title(figure)
    below = drawn(laws.solution, "critical", figure="critical", activation="tanh")
    assert "no network" in title(below)
    assert "above 0" in title(
        drawn(laws.solution, "critical", figure="critical", activation="gelu")
    )


def test_words_name_the_first_variance_wherever_a_number_stands() -> None:
    for name in ("cumulant", "critical", "density", "width", "neurons", "observable"):
        assert "K₀ = 1" in said(figure=name)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"figure": "width"}, "not to be trusted"),
        ({"activation": "exp"}, "beyond a float"),
        ({"activation": "tanh", "tuning": "critical"}, "No solution at K₀ = 1: it would need"),
        ({"activation": "exp", "tuning": "critical", "variance0": 0.3}, "nothing is tuned here"),
        ({"figure": "critical", "activation": "gelu"}, "K* = 3.56155"),
        ({"figure": "critical", "activation": "erf"}, "no solution"),
        ({"figure": "observable", "function": "fourth"}, "is exact for f = z⁴"),
    ],
)
def test_what_cannot_be_is_said(changes: dict[str, Any], expected: str) -> None:
    assert expected in said(**changes)


def test_a_sample_that_dwarfs_the_recursion_is_compared_with_it() -> None:
    params = Params(figure="width", activation="gelu", width=50)
    sampler = EXPERIMENT.sampler
    assert sampler is not None
    text = words.sentence(params, run(params), collect(sampler, params, 6), None)
    assert "times the recursion" in text
    assert "goes to" not in text, "no line is drawn through what leading order cannot tell"
    assert words.progress(params, collect(sampler, params, 1)).endswith("%")


def test_a_slope_beyond_the_axis_points_there() -> None:
    notes = drawn(laws.classes, "critical", figure="critical")["layout"]["annotations"]
    (beyond,) = [note for note in notes if note["text"].endswith("→")]
    assert beyond["text"].startswith("13.4")
    assert beyond["xanchor"] == "right"
