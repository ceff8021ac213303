"""What page 3.3 says in words: result, warning, progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural, superscript
from components.figures.gp_kernels.depth import slope_of
from components.figures.labels import of_part
from compute.experiments.gp_kernels.run import Circle, Depth, Map, Plane, Result
from compute.experiments.gp_kernels.sampler import Networks
from compute.experiments.gp_kernels.setting import ACTIVATIONS, Params
from compute.experiments.gp_kernels.shaped import Shaped
from compute.sampling import Sample


def sentence(params: Params, result: Result, _sample: Sample[Any] | None, frame: int | None) -> str:
    """The result in words, of the layer that is played."""
    if result.circle is not None:
        said = _circle(result.circle, -1 if frame is None else frame)
    else:
        said = of_part(params, result, depth=_depth, map=_map, plane=_plane, shaped=_shaped)
    if params.figure == "shaped":
        return f"ψ = {number(params.psi)}, L = {params.depth}: {said}."
    name = dict(ACTIVATIONS)[params.activation]
    return f"{name}, C_W = {params.weight_variance:g}, C_b = {params.bias_variance:g}: {said}."


def _depth(params: Params, part: Depth) -> str:
    last, log_variance = float(part.gap[-1]), float(part.log_variance[-1])
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
        f"{number(1 - float(part.gap[0]), 3)} to {end}, and the variance is {variance}"
    )


def _map(params: Params, part: Map) -> str:
    layer, orbit = part.orbit.size - 1, part.orbit
    drawn = ", the last that is drawn," if layer < params.depth else ""
    return (
        f"starting at C = {number(float(orbit[0]))}, layer {layer}{drawn} has "
        f"C = {number(float(orbit[-1]), 4)}; at C = 1 the map has {slope_of(part)}"
    )


def _plane(_params: Params, part: Plane) -> str:
    chi = part.here.chi
    if part.here.phase == "unbounded":
        return "the variance grows without bound, and no χ says what the correlation does"
    length = number(1 / abs(math.log(chi))) if chi > 0 and abs(math.log(chi)) > 1e-9 else ""
    if part.here.variance == 0 and length:
        return (
            f"the variance falls by a factor e every {length} layers; χ = {number(chi, 4)} says "
            "nothing of the correlation"
        )
    reach = "no length can be given" if chi == 0 else "a signal reaches any depth"
    if length:
        reach = f"a signal reaches about {length} layers"
        if chi > 1:
            reach = f"a small gap grows by a factor e every {length} layers"
    return f"{part.here.phase}, χ = {number(chi, 4)}, {reach}"


def _circle(part: Circle, now: int) -> str:
    across = float(part.gap[now, part.gap.shape[1] // 2])
    return (
        f"at layer {part.layers[now]} two inputs at a right angle have correlation "
        f"{number(round(1 - across, 9), 4)}"
    )


def _shaped(_params: Params, part: Shaped) -> str:
    text = (
        f"at τ = {number(part.probe, 2)} the recursion has K = "
        f"{number(float(part.at_probe[0]), 5)}, the limit {number(part.limit_at_probe, 5)}"
    )
    if part.blow_up < math.inf:
        text += f"; the limit blows up at τ* = {number(part.blow_up)}"
    return text


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
