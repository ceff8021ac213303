"""Figures of page 2.4: valid in every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.base import number
from components.figures.ntk_vs_mean_field import outputs as figures
from components.figures.ntk_vs_mean_field.words import notice, progress, sentence
from compute.experiments.ntk_vs_mean_field import EXPERIMENT, Params, run
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

assert app.server  # pages register themselves with the app
from pages.chapter_2.ntk_vs_mean_field import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
CORNERS = [
    Params(width=1, data=2, time=1.0, widest=256),
    Params(width=20, bias=False, activation="relu", target="hat"),
    Params(width=20, target="own", points=((0.5, 0.0),), exponent_a=0.5),
    Params(width=20, activation="linear", exponent_a=0.2, exponent_b=0.35, shows="speed"),
]
SETTINGS = [p.params for p in PAGE.presets] + CORNERS


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, networks=4, widest=256, time=20.0)
    result = run(params)
    samples = [None]
    if tab in {"width", "phase"}:
        samples.append(collect(EXPERIMENT.sampler, params, 2))
        assert "nan" not in progress(params, samples[1])
    for sample in samples:
        for plot in PAGE.shown(params):
            spec = plot.draw(params, result, sample)
            json.dumps(spec, allow_nan=False)
            go.Figure(coloured(spec))
            assert spec["layout"]["title"]["text"]
            assert spec["layout"]["xaxis"]["title"]["text"]
            assert spec["layout"]["yaxis"]["title"]["text"]
            assert all(t["name"] for t in spec["data"])
            for note in spec["layout"]["annotations"]:
                assert np.isfinite([note["x"], note["y"]]).all()
            moving = plot.play(params, result, plot.draw(params, result, None))
            for trace in (moving or {}).get("traces", ()):
                assert trace["shape"][0] == len(moving["names"])
                assert trace["attribute"] in spec["data"][trace["index"]]
    said = sentence(params, result, None, None)
    assert said.endswith(".")
    assert "nan" not in said + notice(params, result, None, None)


def test_the_sentence_at_the_default() -> None:
    said = sentence(Params(), run(Params()), None, None)
    assert said == (
        "256 wide, t = 300: test error 0.22 in A (linearised 0.21), 0.13 in B (linearised 0.22)."
    )


def test_notices_say_why_nothing_fits() -> None:
    params = Params(bias=False, target="hat", width=20)
    assert "odd" in notice(params, run(params), None, None)
    params = Params(target="own", points=(), width=20)
    assert "four stand in" in notice(params, run(params), None, None)
    assert notice(Params(width=20), run(Params(width=20)), None, None) == ""


def test_networks_that_stop_early_are_told() -> None:
    params = Params(figure="phase", width=1, activation="abs", networks=4, data=2, time=2.0)
    result, first = run(params), collect(EXPERIMENT.sampler, params, 1)
    state = dataclasses.replace(first.current, stopped=np.ones_like(first.current.stopped))
    sample = dataclasses.replace(first, current=state)
    said = notice(params, result, sample, None)
    count = state.stopped.size
    told = f"{count} of {count + int(state.counts.sum())} networks used up their steps before t = 2"
    assert told in said
    assert result.strip is not None
    early = result.strip.measured[:, -1] < 1
    assert f"at {early.sum()} of {early.size} places" in said
    seed = PAGE.shown(params)[0].draw(params, result, sample)["data"][0]
    hollow = [symbol == "circle-open" for symbol in seed["marker"]["symbol"]]
    assert hollow == [*early]


@pytest.mark.parametrize("tab", ["width", "phase"])
def test_the_sentence_speaks_of_the_sample_where_there_is_one(tab: str) -> None:
    params = Params(figure=tab, width=16, widest=256, time=5.0, networks=4)
    result, sample = run(params), collect(EXPERIMENT.sampler, params, 100)
    said = sentence(params, result, sample, None)
    assert said != sentence(params, result, None, None)
    state = sample.current
    if tab == "width":
        assert f"{state.slope(0.0, 'hidden_movement').value:.2f}".replace("-", "−") in said
    else:
        assert number(float(state.mean("test_error")[-1, 0])) in said
    assert said.count("±") == (2 if tab == "width" else 4)


def test_a_click_finds_the_present_points() -> None:
    params = Params(target="own", points=((0.5, 1.0), (1.0, -1.0)), width=8)
    assert figures.own_points(params, run(params)) == {"points": [[0.5, 1.0], [1.0, -1.0]]}


def test_no_tab_has_more_than_three_figures() -> None:
    assert PAGE.slots <= 3
    assert len(PAGE.try_this) == 3


@pytest.mark.parametrize("tab", ["particles", "kernel"])
def test_the_sentence_follows_the_played_moment(tab: str) -> None:
    """It names the time of the frame in front, and the numbers of that time."""
    params = Params(figure=tab, width=16, time=10.0)
    result = run(params)
    assert result.sides is not None
    for frame in (1, -1):
        said = sentence(params, result, None, frame)
        assert f"y t = {number(float(result.sides[0].times[frame]))} " in said
        for side in result.sides:
            value = side.hidden_movement if tab == "particles" else 100 * side.kernel_change
            assert number(float(value[frame]), 2) in said
