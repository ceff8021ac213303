"""Figures of page 2.2: valid in every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.base import number
from components.figures.labels import with_error
from components.figures.ntk_regime import kernel, movement
from components.figures.ntk_regime.words import notice, progress, sentence
from compute.experiment import BUDGET_MS
from compute.experiments.ntk_regime import EXPERIMENT, Params, run
from compute.experiments.ntk_regime.sampler import APART, CHANGE
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

assert app.server  # pages register themselves with the app
from pages.chapter_2.ntk_regime import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
EXTREMES = [
    Params(width=4, count=2, time=1.0, rate=0.1),
    Params(width=64, count=40, activation="exp", rate=10.0, exponent=0.5),
    Params(activation="linear", dataset="line", count=12),
    Params(activation="cubic", dataset="sphere", count=5, time=1e5),
    Params(activation="abs", dataset="points", points=((0.0, 0.0), (0.0, 1.0)), angle=1.0),
    Params(dataset="points", points=()),
    Params(activation="relu", exponent=0.5, angle=180.0, width=32),
]
# Width 4: every neuron is off at both data, as one start in sixteen is.
DEAD = Params(width=4, activation="relu", count=2, time=20.0)


SETTINGS = [p.params for p in PAGE.presets] + EXTREMES


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, seeds=4)
    assert EXPERIMENT.work(params) <= BUDGET_MS
    result = run(params)
    assert EXPERIMENT.sampler is not None
    samples = [None]
    if tab == "width":
        samples.append(collect(EXPERIMENT.sampler, params, 1))
        assert progress(params, samples[-1])
    assert len(sentence(params, result, None, None)) > 40
    assert "nan" not in sentence(params, result, None, None)
    assert isinstance(notice(params, result, None, None), str)
    for plot, sample in itertools.product(PAGE.shown(params), samples):
        spec = plot.draw(params, result, sample)
        json.dumps(spec, allow_nan=False)
        go.Figure(coloured(spec))
        assert spec["layout"]["title"]["text"]
        assert spec["layout"]["xaxis"]["title"]["text"]
        assert spec["layout"]["yaxis"]["title"]["text"]
        assert all(t.get("hovertemplate") or t["hoverinfo"] == "skip" for t in spec["data"])
        assert all(t["name"] for t in spec["data"])
        for name in ("xaxis", "yaxis"):
            assert np.all(np.isfinite(spec["layout"][name].get("range", [0.0])))
        for kind, place in itertools.product(("x", "y"), spec["layout"].get("annotations", ())):
            assert np.isfinite(place[kind])
        if plot.frames:
            json.dumps(plot.play(params, result, plot.draw(params, result, None)), allow_nan=False)
        if plot.extra:
            json.dumps(plot.more(params, result), allow_nan=False)


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_has_more_than_three_figures(tab: str) -> None:
    assert 1 <= len(PAGE.shown(Params(figure=tab))) <= 3


def test_frames_move_the_traces_they_name() -> None:
    params = Params()
    result = run(params)
    plot = PAGE.plots[0]
    assert plot.frames is not None
    played = plot.play(params, result, plot.draw(params, result, None))
    assert played is not None
    spec = plot.draw(params, result, None)
    assert len(played["names"]) == len(result.training.times)  # type: ignore[union-attr]
    assert [spec["data"][t["index"]]["name"] for t in played["traces"]] == [
        "linearisation (2.1.5)",
        "network, N₁ = 256",
    ]


def test_own_points_can_be_added_on_the_line_only() -> None:
    plot = PAGE.plots[0]
    assert plot.extra is not None
    line = Params(dataset="line", count=3)
    assert len(plot.more(line, run(line))["points"]) == 3
    assert plot.more(Params(), run(Params()))["points"] is None


@pytest.mark.parametrize("name", ["by_angle", "by_width"])
def test_a_singular_kernel_is_said_to_be_singular(name: str) -> None:
    params = Params(figure="eigenvalues", activation="cubic", count=12)
    made = getattr(kernel, name)(params, run(params).eigenvalues, None)
    assert [n["text"] for n in made["layout"]["annotations"]] == [
        "λ<sub>min</sub> is 0 here, to every digit"
    ]
    params = Params(figure="eigenvalues")
    made = getattr(kernel, name)(params, run(params).eigenvalues, None)
    assert all("is 0" not in n["text"] for n in made["layout"]["annotations"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [({}, "close to the linear path"), ({"exponent": 0.5}, "farther from the linear path")],
)
def test_the_path_is_called_what_it_is(changes: dict[str, Any], words: str) -> None:
    params = Params(figure="movement", **changes)
    title = movement.parameters(params, run(params).movement, None)["layout"]["title"]["text"]
    assert words in title


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"figure": "training", "seed": 5}, "Every neuron is off"),
        ({"figure": "movement", "dataset": "line", "seed": 6}, "Every neuron is off"),
        ({"figure": "metric", "seed": 4}, "Every neuron is off"),
        ({"figure": "metric", "seed": 0}, "Inputs 60° apart"),
    ],
)
def test_a_dead_network_is_said_to_be_dead(changes: dict[str, Any], words: str) -> None:
    params = dataclasses.replace(DEAD, **changes)
    result = run(params)
    for plot in PAGE.shown(params):
        json.dumps(plot.draw(params, result, None), allow_nan=False)
    assert sentence(params, result, None, None).startswith(words)


def test_slopes_are_those_that_are_measured_beside_the_limit() -> None:
    params = Params(figure="width", seeds=4)
    sample = collect(EXPERIMENT.sampler, params, 4)
    words = sentence(params, run(params), sample, None)
    found = [sample.current.slope(which) for which in (APART, CHANGE)]
    for slope, limit in zip(found, (-0.5, -1.0), strict=True):
        off = ", still off" if abs(slope.value - limit) > 3.5 * slope.standard_error else ""
        assert f"{with_error(slope)} (limit {number(limit)}{off})" in words
