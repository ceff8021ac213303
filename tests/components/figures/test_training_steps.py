"""Figures and words of page 1.2: valid, finite, and they say where a rate diverged."""

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.packed import decoded
from components.registry import built_pages
from compute.experiments.training_steps import Params, run
from compute.experiments.training_steps.sampler import SAMPLER, batches
from compute.params import tabs
from compute.sampling import collect

assert app.server
PAGE = built_pages()["training_steps"]


@pytest.mark.parametrize("tab", tabs(Params))
@pytest.mark.parametrize("dataset", ["hat", "moons"])
@pytest.mark.parametrize("rate", [1.0, 16.0])
def test_every_figure_is_valid_before_and_after_steps(tab, dataset, rate):
    params = Params(figure=tab, dataset=dataset, rate=rate, steps=50)
    result = run(params)
    for sample in (None, collect(SAMPLER, params, 3)):
        for plot in PAGE.shown(params):
            figure = plot.draw(params, result, sample)
            plain = [{k: v for k, v in t.items() if k in {"type", "mode"}} for t in figure["data"]]
            go.Figure(data=plain)
            assert figure["layout"]["title"]["text"]
            for trace in figure["data"]:
                assert not np.isinf(decoded(trace["y"])).any()
        assert PAGE.sentence(params, result, sample, None)


def test_the_predictor_plays_from_step_0():
    params = Params(steps=50)
    result, sample = run(params), collect(SAMPLER, params, 4)
    plot = PAGE.shown(params)[0]
    played = plot.play(params, result, plot.draw(params, result, sample), sample)
    assert played["names"][0] == "0"
    assert len(played["names"]) > 3


def test_a_divergence_ends_in_words_with_its_last_finite_step():
    params = Params(rate=16.0, steps=50)
    result, sample = run(params), collect(SAMPLER, params, batches(params))
    last = int(sample.current.lost[0]) - 1
    assert f"last finite step is {last}" in PAGE.sentence(params, result, sample, None)
    assert "2(1 + β)" in PAGE.notice(params, result, sample, None)
    assert "diverged" in PAGE.progress(params, sample)
