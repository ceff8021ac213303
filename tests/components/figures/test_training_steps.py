"""Figures and words of page 1.2: valid, finite, and they say where a rate diverged."""

import base64

import numpy as np
import plotly.graph_objects as go
import pytest

import app
from components.figures.base import plural
from components.figures.packed import decoded
from components.figures.training_steps import training
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


def test_decision_line_title_and_sentence_follow_the_played_step():
    """At every frame the line lies where the frame's own colours change their sign."""
    params = Params(dataset="moons", steps=50, count=16)
    result, sample = run(params), collect(SAMPLER, params, 3)
    plot = PAGE.shown(params)[0]
    figure = plot.draw(params, result, sample)
    played = plot.play(params, result, figure, sample)
    steps, drawn = training.predictors(result.start, sample)
    lines = {t["attribute"]: t for t in played["traces"] if t["attribute"] in "xy"}
    assert {figure["data"][t["index"]]["name"] for t in lines.values()} == {training.DECISION}
    counts = set()
    for k, name in enumerate(played["names"]):
        assert played["titles"][k] == f"The network on its data, step {name}"
        assert f"After {plural(int(name), 'step')} of" in PAGE.sentence(params, result, sample, k)
        codes = np.frombuffer(base64.b64decode(lines["x"]["bdata"]), "<i2")
        row = codes.reshape(lines["x"]["shape"])[k]
        sign = np.sign(drawn[k, 0].reshape(training.SIDE, training.SIDE))
        changes = (np.diff(sign, axis=0) != 0).sum() + (np.diff(sign, axis=1) != 0).sum()
        assert (row != -32768).sum() == changes
        counts.add(int(changes))
    assert len(counts) > 1, "the line moves"
    assert len(steps) == len(played["names"])


def test_a_divergence_ends_in_words_with_its_last_finite_step():
    params = Params(rate=16.0, steps=50)
    result, sample = run(params), collect(SAMPLER, params, batches(params))
    last = int(sample.current.lost[0]) - 1
    assert f"last finite step is {last}" in PAGE.sentence(params, result, sample, None)
    assert "2(1 + β)" in PAGE.notice(params, result, sample, None)
    assert training.predictor_title(params, result.start, sample, None).endswith(
        ": beyond the picture"
    )
    assert "beyond" not in training.predictor_title(params, result.start, sample, 0)
    assert "diverged" in PAGE.progress(params, sample)
