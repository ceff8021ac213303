"""Figures of page 2.3: valid on every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.base import number
from components.figures.labels import with_error
from components.figures.mean_field.words import notice, progress, sentence
from compute.experiments.mean_field import EXPERIMENT, Params, run
from compute.experiments.mean_field.sampler import SAMPLED
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

assert app.server  # pages register themselves with the app
from pages.chapter_2.mean_field import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
SMALL = {"draws": 200, "replicates": 8, "widest": 16, "horizon": 1.0, "time": 5.0}
EXTREMES = [
    Params(width=1, particles=1, data=1, tilt=0.0),
    Params(inputs="circle", target="neurons", bias=True, data=32, activation="abs"),
    Params(inputs="circle", target="own", own=((-2.0, 1.0), (0.0, -1.0))),
    Params(target="own", own=(), smooth="sin", activation="sin"),
    Params(target="step", activation="linear", smooth="linear", width=1000),
    Params(target="neuron", activation="leaky_relu", tilt=-3.0),
]
SETTINGS = [p.params for p in PAGE.presets] + EXTREMES


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, **SMALL)
    result = run(params)
    samples = [None]
    if tab in SAMPLED:
        samples.append(collect(EXPERIMENT.sampler, params, 1))
    for sample, plot in itertools.product(samples, PAGE.shown(params)):
        spec = plot.draw(params, result, sample)
        json.dumps(spec, allow_nan=False)
        go.Figure(coloured(spec))
        assert spec["layout"]["title"]["text"]
        assert spec["layout"]["xaxis"]["title"]["text"]
        assert spec["layout"]["yaxis"]["title"]["text"]
        assert all(t.get("hovertemplate") or t["hoverinfo"] == "skip" for t in spec["data"])
        assert all(t["name"] for t in spec["data"])
        for kind, place in itertools.product(("x", "y"), spec["layout"].get("annotations", ())):
            assert np.isfinite(place[kind])
        if plot.frames:
            played = plot.play(params, result, plot.draw(params, result, None))
            assert len(played["names"]) == played["traces"][0]["shape"][0]
            assert all(t["index"] < len(spec["data"]) for t in played["traces"])
        if plot.extra:
            json.dumps(plot.more(params, result), allow_nan=False)


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_setting_has_its_words(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, **SMALL)
    result = run(params)
    said = sentence(params, result, None, None)
    assert said.endswith(".")
    assert "finite number" not in said
    assert "nan" not in said + notice(params, result, None, None)
    if tab in SAMPLED:
        assert "nan" not in progress(params, collect(EXPERIMENT.sampler, params, 1))


def test_the_sentence_at_the_default() -> None:
    said = sentence(Params(), run(Params()), None, None)
    assert said == ("256 neurons: by t = 120 the loss goes from 0.224 to 0.0283; they move by 2.1.")


def test_the_words_follow_the_played_frame() -> None:
    """Title and sentence name the time and the loss of the frame in front."""
    params = Params(width=20, time=10.0)
    result = run(params)
    plot = next(p for p in PAGE.shown(params) if p.title)
    titles = plot.play(params, result, plot.draw(params, result, None))["titles"]  # type: ignore[index]
    part = result.cloud
    assert part is not None
    assert len(titles) == len(part.times)
    for frame in (0, 3, -1):
        share = number(100 * float(part.loss[frame] / part.loss[0]), 2)
        at = f"t = {number(float(part.times[frame]))}"
        assert titles[frame] == f"The cloud's average at {at}: {share} % of the loss is left"
        said = sentence(params, result, None, frame)
        assert f"by {at} " in said
        assert f"to {number(float(part.loss[frame]))};" in said


@pytest.mark.parametrize("inputs", ["line", "circle"])
def test_slopes_are_those_of_the_widths_that_are_compared(inputs: str) -> None:
    params = Params(figure="chaos", inputs=inputs, **SMALL)
    result = run(params)
    sample = collect(EXPERIMENT.sampler, params, 2)
    part, now = result.theory, sample.current
    assert part is not None
    said = sentence(params, result, sample, None)
    assert with_error(now.path.slope(part.widths)) in said
    assert f", {with_error(now.cloud.slope(part.cloud_widths))} of that of two clouds (" in said


def test_the_page_says_why_a_target_is_out_of_reach() -> None:
    params = Params(target="hat", width=20, time=1.0)
    assert "tanh is odd" in notice(params, run(params), None, None)
    wide = Params(width=512, time=1.0)
    assert "first 320 of 512" in notice(wide, run(wide), None, None)


def test_answers_stay_small() -> None:
    params = Params(width=1024, inputs="circle", time=5.0)
    result = run(params)
    drawn = [(plot, plot.draw(params, result, None)) for plot in PAGE.shown(params)]
    size = sum(len(json.dumps([f, plot.play(params, result, f)])) for plot, f in drawn)
    assert size < 1_000_000


def test_no_tab_has_more_than_three_figures() -> None:
    assert PAGE.slots <= 3
    assert len(PAGE.try_this) == 3
