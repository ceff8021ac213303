"""Figures of page 1.5: valid on every tab, at every preset, with and without a sample."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.feature_learning import training
from components.figures.feature_learning.words import notice, progress, sentence
from compute.experiments.feature_learning import EXPERIMENT, Params, networks, run
from compute.params import parameters
from compute.sampling import collect
from tests.figures import coloured
from tests.thorough import crossed

assert app.server  # pages register themselves with the app
from pages.chapter_1.feature_learning import PAGE  # noqa: E402

TABS = [name for name, _ in parameters(Params)["figure"].choices]
SMALL = {"width": 16, "data": 64, "neurons": 20, "stairs_dim": 10, "stairs_time": 10.0}
SETTINGS = [
    Params(),
    Params(target="sign", exponent=0.0),
    Params(target="hermite1", rate=2.0, input_dim=2),
    Params(target="hermite4", start=1.0, sgd_rate=0.5),
]


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, SETTINGS), ids=str)
def test_every_figure_is_one_that_plotly_draws(tab: str, setting: Params) -> None:
    params = dataclasses.replace(setting, figure=tab, **SMALL)
    result = run(params)
    for sample in (None, *(collect(EXPERIMENT.sampler, params, n) for n in (1, 3))):
        for plot in PAGE.shown(params):
            spec = plot.draw(params, result, sample)
            json.dumps(spec, allow_nan=False)
            go.Figure(coloured(spec))
            assert spec["layout"]["title"]["text"]
            assert all(t["name"] for t in spec["data"])
            if plot.frames:
                played = plot.play(params, result, spec, sample)
                assert len(played["names"]) == EXPERIMENT.sampler.batches(params)
                assert played["traces"][0]["shape"] == [len(played["names"]), params.width]
        said = sentence(params, result, sample, None)
        assert said.endswith(".")
        assert "not a finite" not in said
        assert isinstance(notice(params, result, sample, None), str)
        if sample is not None:
            assert progress(params, sample)


def test_a_training_that_diverges_says_its_last_finite_step() -> None:
    params = Params(width=16, data=64, input_dim=2, target="hermite4", rate=2.0, steps=100)
    sample = collect(EXPERIMENT.sampler, params, 21)
    test = sample.current.test.copy()
    test[-3:] = float("nan")
    state = dataclasses.replace(sample.current, test=test)
    broken = dataclasses.replace(sample, current=state)
    said = sentence(params, run(params), broken, None)
    assert str(sample.current.steps[-4]) in said
    assert "smaller η" in notice(params, run(params), broken, None)
    for plot in PAGE.shown(params):
        json.dumps(plot.draw(params, run(params), broken), allow_nan=False)


def test_means_of_the_runs_that_are_there() -> None:
    values = np.array([[1.0, 2.0, np.inf, np.nan], [3.0, np.nan, 1.0, np.nan]])
    mean, error = training.over_runs(values)
    np.testing.assert_array_equal(mean, [2.0, 2.0, np.nan, np.nan])
    np.testing.assert_array_equal(error[[0, 1, 3]], [1.0, np.nan, np.nan])


def test_a_network_that_diverged_at_some_data_is_said() -> None:
    params = dataclasses.replace(Params(figure="curve"), width=16, steps=100, input_dim=4)
    sample = collect(EXPERIMENT.sampler, params, 7)
    network = sample.current.network.copy()
    network[:, 0] = float("inf")
    state = dataclasses.replace(sample.current, network=network)
    broken = dataclasses.replace(sample, current=state)
    assert "diverged" in notice(params, run(params), broken, None)
    assert "|D| = 128" in sentence(params, run(params), broken, None)
    for plot in PAGE.shown(params):
        json.dumps(plot.draw(params, run(params), broken), allow_nan=False)


def test_features_along_u_are_those_of_the_weights() -> None:
    params = Params(figure="features", width=16, data=64, input_dim=4, steps=100)
    state = collect(EXPERIMENT.sampler, params, 1000).current
    begun, _ = networks.drawn_network(params, 0)
    t = np.linspace(-3, 3, 13)
    x = np.zeros((13, 4))
    x[:, 0] = t
    for bent, first in zip(state.bent, (begun, state.first[0]), strict=True):
        wanted = np.maximum(networks.with_bias(x, 0.5) @ first.T, 0).T
        for i, (slope, bias) in enumerate(bent.tolist()):
            places, heights, name = training._feature(i, slope, bias)
            np.testing.assert_allclose(np.interp(t, places, heights), wanted[i], atol=1e-5)
            assert name == f"neuron {i + 1}"
    assert np.abs(state.bent[1] - state.bent[0]).max() > 0.1
