"""Figures of page 4.2: valid in every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.labels import with_error
from components.figures.region_counts import depths as by_depth
from components.figures.region_counts import growth
from components.figures.region_counts.words import notice, progress, sentence
from compute.claims import Verdict
from compute.experiments.region_counts import EXPERIMENT, Params, run, sampler
from compute.experiments.region_counts.sampler import SAMPLER
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

assert app.server  # pages register themselves with the app
from pages.chapter_4.region_counts import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
EXTREMES = [
    Params(neurons=6, layers=6, deep=6),
    Params(inputs=1, neurons=20),
    Params(bias_variance=0.0, neurons=12),
    Params(weight_variance=0.2, bias_variance=4.0, half_width=0.1, neurons=16),
    Params(half_width=10_000.0, neurons=16, weight_variance=4.0, layers=4, deep=1),
]
SETTINGS = [p.params for p in PAGE.presets] + EXTREMES


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples here are only there to be drawn."""
    monkeypatch.setattr(sampler, "BATCH_MS", 10.0)


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, networks=100)
    result = run(params)
    for sample in (None, collect(SAMPLER, params, 1)):
        for plot in PAGE.shown(params):
            spec = plot.draw(params, result, sample)
            json.dumps(spec, allow_nan=False)
            go.Figure(coloured(spec))
            assert spec["layout"]["title"]["text"]
            assert all(t["name"] for t in spec["data"])
            assert all(
                t.get("hoverinfo") == "skip" or t["hovertemplate"].strip() for t in spec["data"]
            )
            for place in spec["layout"].get("annotations", ()):
                assert np.isfinite([place["x"], place["y"]]).all()
    assert sentence(params, result, None, None).endswith(".")
    assert "nan" not in sentence(params, result, None, None) + notice(params, result, None, None)
    assert "nan" not in progress(params, collect(SAMPLER, params, 1))


def test_what_is_measured_leads_and_the_limit_is_called_one() -> None:
    """640 is a limit that six narrow layers, here 399, are far from."""
    params = Params(networks=100)
    result, sample = run(params), collect(SAMPLER, params, 100)
    now = sample.current.cells[-1]
    assert now is not None
    mean = now.regions.mean_estimate()
    for state, words in (
        (None, "852 (exact), 6 layers 640 (limit of wide layers)."),
        (sample, f"6 layers {with_error(mean)} (limit of wide layers: 640)."),
    ):
        assert sentence(params, result, state, None).endswith(words)
    assert mean.value < 500


def test_the_notice_says_when_fewer_networks_are_drawn() -> None:
    assert notice(Params(), run(Params()), None, None) == ""
    many = Params(figure="counts", neurons=384, networks=100_000)
    assert "are drawn" in notice(many, run(many), None, None)


def test_the_conjecture_is_not_overclaimed() -> None:
    """Without a sample it is a question; with one the title says that it is no proof."""
    params = Params(neurons=24, networks=400)
    result = run(params)
    plain = by_depth.variance_by_depth(params, result.arrangements, None)
    assert plain["layout"]["title"]["text"].endswith("An open question")
    sample = collect(SAMPLER, params, 1000)
    spec = by_depth.variance_by_depth(params, result.arrangements, sample)
    assert "no proof" in spec["layout"]["title"]["text"]
    (measured,) = (t for t in spec["data"] if t["name"] == "measured")
    assert measured["error_y"]["array"]["bdata"]


def test_the_page_has_what_it_promises() -> None:
    assert PAGE.slots == 3
    assert len(PAGE.try_this) == 3
    labels = {p.label for p in PAGE.presets}
    assert {"Same neurons, more depth", "One layer, exact", "On a line"} <= labels
    assert {"Variance conjecture", "Narrow"} <= labels


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Regions: (ΣN)<sup>1.95</sup> in 1 layer, (ΣN)<sup>1.93</sup> in 4 layers"),
        ({"half_width": 0.1}, "<sup>1."),
        ({"bias_variance": 0.0}, "Regions against the number of neurons"),
        ({"neurons": 6, "deep": 2}, "Regions against the number of neurons"),
    ],
)
def test_growth_is_measured_or_the_laws(changes: dict[str, Any], words: str) -> None:
    params = dataclasses.replace(Params(figure="growth"), **changes)
    result, title = run(params), {}
    for batches in (0, 30):
        sample = collect(SAMPLER, params, batches) if batches else None
        figure = growth.regions_by_neurons(params, result.arrangements, sample)
        title[batches] = figure["layout"]["title"]["text"]
    assert words in title[0]
    assert changes or title[30] != title[0], "what is measured of narrow layers is steeper"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"figure": "growth"}, "into 96 regions"),
        ({"figure": "depth"}, "into 96 regions"),
        ({"figure": "line"}, "two pieces"),
        ({"figure": "depth", "inputs": 1}, "two pieces"),
    ],
)
def test_regions_without_biases(changes: dict[str, Any], text: str) -> None:
    params = dataclasses.replace(Params(bias_variance=0.0), **changes)
    assert text in sentence(params, run(params), None, None)


def test_no_bound_is_judged_as_if_it_were_a_value() -> None:
    """A measurement below a bound confirms it."""
    params = Params(figure="counts")
    for claim in EXPERIMENT.claims:
        found = claim.check(params, run(params), collect(SAMPLER, params, 2))
        if found is not None:
            assert all(s.verdict != Verdict.REFUTED for s in found.statements if "bound" in s.label)
