"""What page 3.2 draws and says, with a sample and without, where the usual words would be wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from components.figures.gp_limit import circle, joint, layers, rate, words
from components.figures.orders import tell
from components.figures.playing import resolved
from compute.experiments.gp_limit import Params, run
from compute.experiments.gp_limit.sampler import SAMPLER, batches
from compute.sampling import collect

DRAWN = {
    "joint": (joint.cloud, joint.scores),
    "rate": (rate.rates, rate.collapse, rate.outputs),
    "functions": (circle.functions, circle.apart),
    "kernel": (layers.kernels,),
    "transform": (layers.transform,),
    "moments": (layers.moments,),
    "inputs": (layers.close_inputs,),
}


def said(figure: str, *, sampled: bool = True, **changes: Any) -> str:
    """All titles of a tab, its sentence and its notice."""
    params = Params(figure, **{"networks": 2000, **changes})
    result = run(params)
    sample = collect(SAMPLER, params, batches(params)) if sampled and batches(params) else None
    part, traces, titles = getattr(result, figure), [], []
    for build in DRAWN[figure]:
        drawn = build(params, part, sample)
        traces += drawn["data"]
        titles.append(drawn["layout"]["title"]["text"])
    told = tell(words.sentence(params, result, sample, None), traces)
    return " | ".join([*titles, told, words.warning(params, result, sample, None)])


@pytest.mark.parametrize("figure", DRAWN)
@pytest.mark.parametrize("sampled", [True, False])
@pytest.mark.parametrize(
    "changes",
    [{}, {"activation": "tanh", "depth": 1}, {"activation": "exp", "depth": 3}, {"width": 1}],
)
def test_every_figure_is_drawn(figure: str, sampled: bool, changes: dict[str, Any]) -> None:
    text = said(figure, sampled=sampled, **changes)
    assert "nan" not in text


@pytest.mark.parametrize(
    ("changes", "expected", "wrong"),
    [
        ({"figure": "joint", "width": 4}, "Tails heavier than the limit’s; the networks", "dotted"),
        ({"figure": "joint", "width": 512, "depth": 1, "networks": 500}, "Close to", "heavier"),
        ({"figure": "joint", "width": 3}, "give exactly 0 at x", "polynomially"),
        ({"figure": "joint", "activation": "exp"}, "not polynomially bounded", "heavier"),
        ({"figure": "rate", "depth": 1}, "one fixed network lies farther away", "no exact law"),
        ({"figure": "rate", "activation": "tanh"}, "drawn", "slope"),
        ({"figure": "rate", "metric": "kolmogorov"}, "compared in total variation", "More out"),
        ({"figure": "kernel"}, "their mean follows it, not what is printed", ""),
        ({"figure": "kernel", "weight_variance": 1.0}, "their mean follows it", "printed; "),
        ({"figure": "inputs", "depth": 1}, "cost nothing", "Fluctuation"),
        ({"figure": "moments"}, "−1.01, −2.02, −2.08, −3.07", ""),
        ({"figure": "functions", "width": 512}, "drawn up to width 256", ""),
    ],
)
def test_words_fit_the_setting(changes: dict[str, Any], expected: str, wrong: str) -> None:
    text = said(**changes)
    assert expected in text
    assert not wrong or wrong not in text


@pytest.mark.parametrize(("depth", "step"), [(1, 1), (3, 1), (10, 2), (16, 2)])
def test_a_layer_has_one_mark(depth: int, step: int) -> None:
    params = Params(figure="kernel", depth=depth)
    part = run(params).kernel
    assert part is not None
    assert layers.kernels(params, part, None)["layout"]["xaxis"]["dtick"] == step


def test_the_widths_play_in_the_networks_only() -> None:
    params = Params("functions", width=64)
    part = run(params).functions
    assert part is not None
    figure = circle.functions(params, part, None)
    played = resolved(circle.function_frames(params, part), figure["data"])
    assert played["names"] == ["1", "2", "4", "8", "16", "32", "64"]
    moving = {figure["data"][t["index"]]["name"] for t in played["traces"]}
    assert moving == {"network 1", "network 2", "network 3"}
    titles = [circle.function_title(params, part, None, k) for k in (0, None)]
    assert "N = 1:" in titles[0]
    assert "N = 64:" in titles[1]
    assert np.all(np.isfinite(part.apart))


def test_moments_whose_tail_is_not_sampled_are_left_out() -> None:
    params = Params("moments", networks=500)
    sample = collect(SAMPLER, params, batches(params))
    drawn = layers.moments(params, run(params).moments, sample)["data"]
    shown = {t["name"]: len(np.atleast_1d(t["x"]["bdata"])) for t in drawn if "k = 5" in t["name"]}
    assert "exact, k = 5" in shown
    assert not sample.current.told(5).all()
