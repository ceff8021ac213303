"""What page 3.6 draws and says, at settings where the usual words would be wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import app
from components.figures.depth_and_width import laws, limits, words
from components.figures.orders import points, tell
from compute.experiments.depth_and_width import Params, run
from compute.experiments.depth_and_width.sampler import SAMPLER
from compute.sampling import collect

assert app.server  # pages register themselves with the app
from pages.chapter_3.depth_and_width import PAGE  # noqa: E402

SAMPLED = {"networks": 100, "width": 20}


def drawn(sampled: bool = True, **changes: Any) -> tuple[list[Any], str, str]:
    """The figures of a setting, its sentence and its notice."""
    params = Params(**SAMPLED | changes)
    result = run(params)
    sample = collect(SAMPLER, params, 1) if sampled and PAGE.batches(params) else None
    figures = [plot.draw(params, result, sample) for plot in PAGE.shown(params)]
    traces = [t for f in figures for t in f["data"]]
    said = tell(words.sentence(params, result, sample, None), traces)
    return figures, said, tell(words.notice(params, result, sample, None), traces)


@pytest.mark.parametrize(
    "figure", ["density", "variance", "paths", "angle", "explosion", "alignment"]
)
@pytest.mark.parametrize("shape", ["shaped", "relu", "smooth", "linear"])
def test_figures_are_drawn_and_speak(figure: str, shape: str) -> None:
    for sampled in (False, True):
        figures, said, _ = drawn(sampled, figure=figure, shape=shape)
        for made in figures:
            assert made["layout"]["title"]["text"]
        assert "nan" not in said
        assert ("±" in said) == (sampled and figure != "paths")


def test_a_played_layer_has_its_dots_and_its_words() -> None:
    """Frames of law, sample and dotted line; the sentence is that of the frame."""
    params = Params(**SAMPLED)
    result, sample = run(params), collect(SAMPLER, params, 1)
    plot = PAGE.shown(params)[0]
    figure = plot.draw(params, result, sample)
    played = plot.play(params, result, figure, sample)
    assert played is not None
    assert len(played["traces"]) == 4
    assert played["names"][-1] == "20"
    assert played["titles"][0].startswith("Layer 4, ℓ/N = 0.2")
    part = result.density
    assert part is not None
    _, height, _ = points(next(t for t in figure["data"] if t["name"] == laws.REAL))
    width = part.edges[1] - part.edges[0]
    inside = sample.current.counts[-1, 1:-1].sum() / 100
    assert height.sum() * width == pytest.approx(inside, rel=1e-5)
    early = tell(words.sentence(params, result, sample, 0), figure["data"])
    assert early.startswith("N = 20, layer 4: ρ has mean")
    bare = plot.play(params, result, plot.draw(params, result, None), None)
    assert bare is not None
    assert len(bare["traces"]) == 2


def test_one_layer_is_not_played() -> None:
    params = Params(width=1, ratio=0.05)
    part = run(params).density
    assert part is not None
    assert laws.spread_frames(params, part, None) is None


def test_the_axis_of_correlations_has_them_where_they_are() -> None:
    made = laws.correlation_axis("ρ", -1.0, 3.0)
    assert made["ticktext"] == ["−0.5", "0", "0.5", "0.9", "0.99"]
    assert made["tickvals"] == pytest.approx([math.atanh(v) for v in (-0.5, 0, 0.5, 0.9, 0.99)])
    narrow = laws.correlation_axis("ρ", 0.30, 0.34)
    assert len(narrow["ticktext"]) == 3


def test_width_saves_only_where_it_does() -> None:
    """Before the blow-up the infinitely wide network is ahead of nobody."""
    figures, said, notice = drawn(figure="explosion", ratio=3.0)
    assert "fewer explode" in figures[0]["layout"]["title"]["text"]
    assert "network does at ℓ/N = 1 (E 20)" in said
    assert "rough one" in notice or "Undecided" in notice
    figures, said, _ = drawn(figure="explosion", ratio=0.5)
    assert "fewer" not in figures[0]["layout"]["title"]["text"]
    _, said, _ = drawn(figure="explosion", strength=-1.0)
    assert "never does" in said
    step = next(t for t in figures[0]["data"] if t["name"] == laws.WIDE)
    assert not points(step)[1].any()


def test_what_is_left_out_is_said() -> None:
    _, _, notice = drawn(figure="variance", shape="relu", width=1, ratio=2.0)
    assert "died" in notice
    _, said, _ = drawn(figure="angle", width=1, ratio=10.0)
    assert "±" not in said
    _, _, notice = drawn(shape="smooth", strength=3.0, ratio=3.0)
    assert "without explosions" in notice
    assert "exploded" in notice
    _, said, notice = drawn(figure="variance", shape="smooth", strength=3.0, ratio=3.0)
    assert "has blown up" in said


def test_a_median_is_drawn_where_it_is() -> None:
    params = Params(figure="angle", networks=500, width=50, correlation=0.5)
    part, sample = run(params).angle, collect(SAMPLER, params, 1)
    assert part is not None
    made = limits.angle(params, part, sample)
    _, x, error = points(next(t for t in made["data"] if t["name"] == laws.REAL))
    assert np.all(np.abs(x - part.predicted[:, 1]) < 5 * error + 0.12 * x)
    assert made["layout"]["title"]["text"].startswith("Real ReLU networks turn inputs together")
