"""What page 3.3 says in words: result, warning, progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    number,
    plural,
    superscript,
)
from components.figures.gp_kernels.depth import slope_of
from compute.experiments.gp_kernels.run import Plane, Result
from compute.experiments.gp_kernels.sampler import Networks
from compute.experiments.gp_kernels.setting import ACTIVATIONS, Params
from compute.sampling import Sample

GAP = "correlation gap 1 − C<sup>(ℓ)</sup>"
LAYER = "layer ℓ"


def _drawn_last(params: Params, layer: int) -> str:
    return ", the last that is drawn," if layer < params.depth else ""


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result in words."""
    name = dict(ACTIVATIONS)[params.activation]
    setting = f"{name}, C_W = {params.weight_variance:g}, C_b = {params.bias_variance:g}"
    if result.depth is not None:
        return f"{setting}: {_depth_sentence(params, result)}"
    if result.map is not None:
        return (
            f"{setting}: starting at C = {number(float(result.map.orbit[0]))}, layer "
            f"{result.map.orbit.size - 1}{_drawn_last(params, result.map.orbit.size - 1)} has "
            f"C = {number(float(result.map.orbit[-1]), 4)}; "
            f"at C = 1 the map has {slope_of(result.map)}."
        )
    if result.plane is not None:
        return f"{setting}: {_plane_sentence(result.plane)}."
    if result.circle is not None:
        layers, gap = result.circle.layers, result.circle.gap
        return (
            f"{setting}: at layer {layers[-1]} two inputs at a right angle have correlation "
            f"{number(round(1 - float(gap[-1, gap.shape[1] // 2]), 9), 4)}."
        )
    return _shaped_sentence(params, result)


def _plane_sentence(part: Plane) -> str:
    chi = part.present_chi
    if part.phase == "unbounded":
        return "the variance grows without bound, and no χ says what the correlation does"
    length = number(1 / abs(math.log(chi))) if chi > 0 and abs(math.log(chi)) > 1e-9 else ""
    if part.present_variance == 0 and length:
        return (
            f"the variance falls by a factor e every {length} layers; χ = {number(chi, 4)} says "
            "nothing of the correlation"
        )
    reach = "no length can be given" if chi == 0 else "a signal reaches any depth"
    if length:
        reach = f"a signal reaches about {length} layers"
        if chi > 1:
            reach = f"a small gap grows by a factor e every {length} layers"
    return f"{part.phase}, χ = {number(chi, 4)}, {reach}"


def _depth_sentence(params: Params, result: Result) -> str:
    depth = result.depth
    assert depth is not None
    last, log_variance = float(depth.gap[-1]), float(depth.log_variance[-1])
    variance = (
        number(math.exp(log_variance))
        if abs(log_variance) < 300
        else "beyond every number"
        if log_variance == math.inf
        else f"10{superscript(round(log_variance / math.log(10)))}"
    )
    end = f"1 − {number(last)}" if 0 < last < 0.01 else number(1 - last, 4)
    return (
        f"after {plural(params.depth, 'layer')} the correlation has gone from "
        f"{number(1 - result.gap0, 3)} to {end}, and the variance is {variance}."
    )


def _shaped_sentence(params: Params, result: Result) -> str:
    part = result.shaped
    assert part is not None
    text = (
        f"ψ = {number(params.psi)}, L = {params.depth}: at τ = {number(part.probe, 2)} "
        f"the recursion has K = {number(float(part.at_probe[0]), 5)}, "
        f"the limit {number(part.limit_at_probe, 5)}"
    )
    if part.blow_up < math.inf:
        text += f"; the limit blows up at τ* = {number(part.blow_up)}"
    return text + "."


def warning(
    _params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """What the page has to say about numbers that leave the range of a float."""
    if result.depth is not None and bool(np.isinf(result.depth.log_variance).any()):
        first = int(np.argmax(np.isinf(result.depth.log_variance)))
        return (
            f"The variance grows doubly exponentially: from layer {first} on even its logarithm "
            "is beyond a float; the curve ends there."
        )
    return ""


def progress(_params: Params, sample: Sample[Networks]) -> str:
    """How far the measurement is."""
    mean, error = sample.current.variance()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = float(error[-1] / mean[-1])
    text = f"{sample.current.count} real networks"
    if not math.isfinite(share):
        return text
    return f"{text}; variance in layer {mean.size} to ± {number(100 * share, 2)} %"
