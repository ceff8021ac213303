"""Figures of page 3.1: valid in every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.linear_products import law as figures
from components.figures.linear_products.words import notice, progress, sentence
from compute.experiments.linear_products import EXPERIMENT, Params, run
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured

assert app.server  # pages register themselves with the app
from pages.chapter_3.linear_products import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
EXTREMES = [
    Params(width=1, depth=1, inputs=1, outputs=1),
    Params(width=1, depth=1000, inputs=1, outputs=1, weight_variance=0.2, route="exact"),
    Params(width=1000, depth=1000, weight_variance=4.0),
    Params(width=1000, depth=1, outputs=1, taper="linear", neck=3),
    Params(width=2, depth=16, inputs=2, outputs=1, entries="sign"),
    Params(width=1000, depth=1000, entries="student"),
    Params(width=9, depth=9, inputs=3, shows="mean", entries="uniform"),
]


def drawn(params: Params, batches: int) -> list[dict[str, Any]]:
    result = run(params)
    sample = None
    if batches and EXPERIMENT.sampler.batches(params):
        sample = collect(EXPERIMENT.sampler, params, batches)
    return [plot.draw(params, result, sample) for plot in PAGE.shown(params)]


SETTINGS = [p.params for p in PAGE.presets] + EXTREMES


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, samples=100)
    for batches in (0, 1):
        for spec in drawn(params, batches):
            json.dumps(spec, allow_nan=False)
            go.Figure(coloured(spec))
            assert spec["layout"]["title"]["text"]
            assert spec["layout"]["xaxis"]["title"]["text"]
            assert spec["layout"]["yaxis"]["title"]["text"]
            assert all(t.get("hovertemplate") or t["hoverinfo"] == "skip" for t in spec["data"])
            assert all(t["name"] for t in spec["data"])
            for kind, place in itertools.product(("x", "y"), spec["layout"].get("annotations", ())):
                assert np.isfinite(place[kind])


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_every_setting_has_its_words(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, samples=100)
    result = run(params)
    said = sentence(params, result, None, None)
    assert said.endswith(".")
    assert "finite number" not in said
    assert "nan" not in said + notice(params, result, None, None)
    if EXPERIMENT.sampler.batches(params):
        assert "nan" not in progress(params, collect(EXPERIMENT.sampler, params, 1))


def test_the_sentence_at_the_default() -> None:
    said = sentence(Params(), run(Params()), None, None)
    assert said == (
        "64 wide, 32 deep, 64 outputs: β = 0.516, and the median of ‖z‖² is 0.60 of its mean."
    )


def test_notices_say_what_is_shown_instead() -> None:
    def said(**changes: Any) -> str:
        params = Params(**changes)
        return notice(params, run(params), None, None)

    assert said() == ""
    assert "64 wide" in said(figure="spectrum", width=1000)
    assert "takes too long" in said(width=1000, depth=1000, route="weights")
    assert "no sample" in said(width=1000, depth=1000, entries="sign")


def test_the_plane_is_a_place_to_click() -> None:
    params = Params(figure="plane")
    layout = figures.plane(params, run(params).plane, None)["layout"]
    assert layout["meta"]["click"] == {"x": "width", "y": "depth"}


def test_no_tab_has_more_than_three_figures() -> None:
    assert PAGE.slots <= 3
    assert len(PAGE.try_this) == 3
