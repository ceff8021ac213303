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
from components.figures.labels import with_error
from components.figures.linear_products import law as figures
from components.figures.linear_products.words import notice, progress, sentence
from compute.experiments.linear_products import EXPERIMENT, Params, run
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

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


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
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


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_setting_has_its_words(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, samples=100)
    result = run(params)
    said = sentence(params, result, None, None)
    assert said.endswith(".")
    assert "finite number" not in said
    assert "nan" not in said + notice(params, result, None, None)
    if EXPERIMENT.sampler.batches(params):
        assert "nan" not in progress(params, collect(EXPERIMENT.sampler, params, 1))


def said(batches: int = 0, **changes: Any) -> tuple[list[str], str, Any]:
    """Titles, sentence and sample of a setting."""
    params = Params(**changes)
    result = run(params)
    sample = collect(EXPERIMENT.sampler, params, batches) if batches else None
    figures = [plot.draw(params, result, sample) for plot in PAGE.shown(params)]
    titles = [figure["layout"]["title"]["text"] for figure in figures]
    return titles, sentence(params, result, sample, None), sample


def test_sentences_of_the_law() -> None:
    """What is measured leads; a median below the range of floats is a power of ten."""
    assert said()[1] == (
        "64 wide, 32 deep, 64 outputs: β = 0.516, E log X −0.259 (exact), median ‖z‖² 0.6 "
        "of its mean."
    )
    _, words, sample = said(1)
    assert (
        f"log X {with_error(sample.current.log_norm.centred_estimate())} (exact: −0.259)" in words
    )
    assert "‖z‖² 9.6 × 10⁻⁵⁵³ of its mean" in said(width=1, depth=1000, outputs=1)[1]


def test_sentences_of_matrices() -> None:
    """The sentence counts the matrices that the progress counts; a limit is called one."""
    titles, words, sample = said(1, figure="direction", width=4, inputs=4, entries="sign")
    assert titles[0].endswith("tells something of the direction")
    assert f"over {sample.current.drawn} matrices" in words
    assert with_error(sample.current.correlation(), 2) in words
    titles, words, _ = said(1, figure="direction", width=1, entries="sign")
    assert titles[0].startswith("One output: its direction is a sign")
    assert "Σ v⁴ does not vary" in words
    titles, words, _ = said(2, figure="spectrum", width=1000, depth=1000)
    assert words.startswith("64 wide, 513 factors")
    assert "in the limit of depth −5.00 × 10⁻⁴ to" in words
    assert titles[0].endswith("from Lyapunov (rms)")


def test_the_two_limits_do_not_commute() -> None:
    titles, _, _ = said(figure="plane")
    assert titles[1] == "Widen to 10⁶, then deepen: 0.0084. Deepen to 10⁶, then widen: 501."


def test_notices_say_what_is_shown_instead() -> None:
    def told(**changes: Any) -> str:
        params = Params(**changes)
        return notice(params, run(params), None, None)

    assert told() == ""
    assert "64 wide" in told(figure="spectrum", width=1000)
    assert "takes too long" in told(width=1000, depth=1000, route="weights")
    assert "no sample" in told(width=1000, depth=1000, entries="sign")


def test_the_plane_is_a_place_to_click() -> None:
    params = Params(figure="plane")
    layout = figures.plane(params, run(params).plane, None)["layout"]
    assert layout["meta"]["click"] == {"x": "width", "y": "depth"}


def test_no_tab_has_more_than_three_figures() -> None:
    assert PAGE.slots <= 3
    assert len(PAGE.try_this) == 3
