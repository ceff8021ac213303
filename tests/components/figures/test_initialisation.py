"""Figures of page 2.1: valid in every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.initialisation import table as tables
from components.figures.initialisation.words import notice, progress, sentence
from compute.experiments.initialisation import EXPERIMENT, Params, run
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

assert app.server  # pages register themselves with the app
from pages.chapter_2.initialisation import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
EXTREMES = [
    Params(width=1, norm=0.1, angle=180.0),
    Params(width=1, activation="exp", norm=2.0),
    Params(width=65_536, activation="sin", scaling="root"),
    Params(width=3, activation="linear", angle=90.0, scaling="power", exponent=1.0, eta=1e5),
    Params(width=2000, activation="shaped_tanh", saturation=0.1, norm=2.0),
]


SETTINGS = [p.params for p in PAGE.presets] + EXTREMES


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, networks=100)
    result = run(params)
    sample = collect(EXPERIMENT.sampler, params, 1) if EXPERIMENT.sampler.batches(params) else None
    for state in (None, sample):
        for plot in PAGE.shown(params):
            spec = plot.draw(params, result, state)
            json.dumps(spec, allow_nan=False)
            go.Figure(coloured(spec))
            for part in ("title", "xaxis", "yaxis"):
                text = spec["layout"][part]
                assert (text.get("text") or text["title"]["text"]).strip()
            assert all(t.get("hovertemplate") or t["hoverinfo"] == "skip" for t in spec["data"])
            assert all(t["name"] for t in spec["data"])
            for kind, place in itertools.product("xy", spec["layout"].get("annotations", ())):
                assert np.isfinite(place[kind])
    said = sentence(params, result, None, None)
    assert said.endswith(".")
    assert "finite number" not in said
    assert "nan" not in notice(params, result, None, None)
    if sample is not None:
        assert "nan" not in progress(params, sample)


def test_the_sentence_at_the_default() -> None:
    assert sentence(Params(), run(Params()), None, None) == (
        "8 neurons, ReLU, γ = 1: the output has variance 0.5 and excess kurtosis 1.87, and "
        "0.39\u00a0% of the networks give exactly 0."
    )


def test_notices_say_what_is_shown_instead() -> None:
    def said(**changes: Any) -> str:
        params = Params(**changes)
        return notice(params, run(params), None, None)

    assert said() == ""
    assert "too long" in said(figure="width", width=65_536)
    assert "tails" in said(activation="exp", norm=2.0)


def test_frames_end_where_the_figure_is() -> None:
    params = Params(figure="functions", width=50)
    plot = next(p for p in PAGE.plots if p.key == "functions")
    assert plot.frames is not None
    played = plot.play(params, run(params), plot.draw(params, run(params), None))
    assert played is not None
    assert played["names"] == ["1", "2", "4", "8", "16", "32", "50"]
    wide = Params(figure="functions", width=5000)
    assert plot.play(wide, run(wide), plot.draw(wide, run(wide), None)) is None


def test_the_table_is_a_place_to_click() -> None:
    params = Params(figure="table")
    layout = tables.table(params, run(params).table, None)["layout"]
    assert layout["meta"]["click"] == {"y": "eta"}


def test_no_tab_has_more_than_three_figures() -> None:
    assert PAGE.slots <= 3
    assert len(PAGE.try_this) == 3
