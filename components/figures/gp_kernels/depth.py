"""Figures of page 3.3, kernel against depth and the map of one layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    dots,
    figure,
    line,
    number,
)
from compute.experiments.gp_kernels.run import Map, Result
from compute.experiments.gp_kernels.sampler import Networks
from compute.experiments.gp_kernels.setting import Params
from compute.sampling import Sample

GAP = "correlation gap 1 − C<sup>(ℓ)</sup>"
LAYER = "layer ℓ"


def gap_against_depth(params: Params, result: Result, sample: Sample[Networks] | None) -> Figure:
    """1 − C^(ℓ) on double logarithmic axes, with the law it follows."""
    depth = result.depth
    assert depth is not None
    layers = depth.layers
    gap = depth.gap[layers]
    data = [line(layers, gap, "theory", "kernel recursion", "layer %{x}<br>1 − C = %{y:.4g}")]
    notes = []
    visible = gap[gap > 0]
    low = float(visible.min()) if visible.size else 1e-16
    high = float(max(visible.max(), depth.gap[0])) if visible.size else 2.0
    if math.isfinite(depth.law):
        law = depth.law / layers.astype(float) ** 2
        data.append(line(layers, law, "bound", "asymptote", "layer %{x}<br>c/ℓ² = %{y:.4g}"))
        low, high = min(low, law[-1]), max(high, 2.5)
        at = float(layers[-1]) ** 0.45
        notes.append(
            at_end(
                at,
                depth.law / at**2,
                f"{number(depth.law)}/ℓ²",
                "bound",
                log_x=True,
                log_y=True,
                xanchor="left",
                xshift=8,
            )
        )
    elif depth.phase == "chaotic" and depth.fixed_variance > 0:
        level = np.full(2, depth.fixed_gap)
        data.append(line([1, layers[-1]], level, "bound", "fixed point", "1 − C* = %{y:.4g}"))
        low = min(low, depth.fixed_gap)
        notes.append(
            at_end(
                float(layers[-1]),
                depth.fixed_gap,
                "fixed point 1 − C*",
                "bound",
                log_x=True,
                log_y=True,
            )
        )
    elif depth.phase == "ordered" and depth.fixed_variance > 0 and visible.size:
        last = int(layers[gap > 0][-1])
        decay = depth.gap[last] * np.exp(np.minimum((last - layers) / depth.scale, 700))
        kept = decay < 10
        data.append(line(layers[kept], decay[kept], "bound", "e^(−ℓ/ξ)", "e^(−ℓ/ξ) = %{y:.3g}"))
    low = max(low, 1e-18)
    if sample is not None:
        measured, error = sample.current.gap()
        data.append(_measured(params, measured, error, "1 − C = %{y:.4g}"))
    return figure(
        _gap_title(params, result),
        axis(LAYER, log=True, range=(1, max(params.depth, 10))),
        axis(GAP, log=True, range=(low / 2, min(high, 2.5) * 1.6)),
        data,
        annotations=notes,
    )


def _gap_title(params: Params, result: Result) -> str:
    depth = result.depth
    assert depth is not None
    if depth.gap[0] == 0:
        return "The two inputs are one and the same: no gap to close"
    if math.isfinite(depth.law):
        return "The correlation gap closes like 1/ℓ²: a straight line on these axes"
    if depth.phase == "chaotic":
        return "Chaos: close inputs are torn apart to a fixed correlation"
    if depth.phase == "ordered" and depth.fixed_variance > 0:
        return "Order: all inputs are drawn together exponentially fast"
    change = depth.gap[-1] / depth.gap[0]
    if change < 0.01:
        return "The two inputs are drawn together, layer by layer"
    if change > 1.5:
        return "The two inputs are torn apart, layer by layer"
    return "The correlation survives depth"


def variance_against_depth(
    params: Params, result: Result, sample: Sample[Networks] | None
) -> Figure:
    """K^(ℓ)(x, x); as log₁₀ K where K leaves the range of a picture."""
    depth = result.depth
    assert depth is not None
    layers = depth.layers
    log_variance = depth.log_variance[layers]
    finite = log_variance[np.isfinite(log_variance)]
    wide = bool(finite.size) and float(np.abs(finite).max()) > 60
    hover = "layer %{x}<br>K = %{y:.5g}"
    if wide:
        y = log_variance / math.log(10)
        label, y_axis = "log₁₀ K", axis("variance, log₁₀ K<sup>(ℓ)</sup>(x, x)")
        hover = "layer %{x}<br>log₁₀ K = %{y:.5g}"
    else:
        y = np.exp(log_variance)
        low, high = float(y[np.isfinite(y)].min()), float(y[np.isfinite(y)].max())
        span = max(high / max(low, 1e-300), 1.0)
        label = "K"
        y_axis = axis(
            "variance K<sup>(ℓ)</sup>(x, x)",
            log=True,
            range=(low / max(1.3, span**0.05), high * max(1.3, span**0.05)),
        )
        if span < 30:
            y_axis = axis("variance K<sup>(ℓ)</sup>(x, x)", range=(0, 1.25 * high))
    data = [line(layers, y, "theory", label, hover)]
    if math.isfinite(depth.variance_law) and not wide:
        law = depth.variance_law / layers
        data.append(line(layers, law, "bound", "asymptote c/ℓ", "c/ℓ = %{y:.4g}"))
    if sample is not None:
        measured, error = sample.current.variance()
        if wide:
            with np.errstate(divide="ignore", invalid="ignore"):
                measured, error = np.log10(measured), error / measured / math.log(10)
        data.append(_measured(params, measured, error, f"{label} = %{{y:.4g}}"))
    return figure(
        "The variance of one input",
        axis(LAYER, log=True, range=(1, max(params.depth, 10))),
        y_axis,
        data,
    )


def _measured(params: Params, values: Array, error: Array, hover: str) -> Trace:
    return dots(
        np.arange(1, values.size + 1),
        values,
        f"real networks, N = {params.width}",
        f"layer %{{x}}<br>{hover} ± %{{error_y.array:.2g}}",
        error=error,
    )


def slope_of(part: Map) -> str:
    """The slope at C = 1, by its name where it has one."""
    return f"slope {'χ = ' if part.settled else ''}{number(part.slope, 4)}"


def cobweb(_params: Params, result: Result, _sample: Any) -> Figure:
    """The map of the correlation, and the staircase of the two inputs on it."""
    part = result.map
    assert part is not None
    orbit = part.orbit
    stairs_x = np.repeat(orbit, 2)[1:-1]
    stairs_y = np.repeat(orbit[1:], 2)[: stairs_x.size]
    data = [
        line([-1, 1], [-1, 1], "bound", "C unchanged", hoverinfo="skip"),
        line(
            part.correlation,
            part.image,
            "theory",
            "one layer",
            "C = %{x:.4f}<br>next layer %{y:.4f}",
        ),
        line(stairs_x, stairs_y, "faint", "the two inputs", hoverinfo="skip"),
        dots(
            orbit[:-1],
            orbit[1:],
            "the two inputs",
            "layer %{customdata}<br>C = %{x:.5f}<br>next %{y:.5f}",
            customdata=list(range(orbit.size - 1)),
            marker={"color": "@measurement", "size": 7},
        ),
    ]
    how = "as steep as"
    if abs(part.slope - 1) > 1e-9:
        how = "flatter than" if part.slope < 1 else "steeper than"
    return figure(
        f"At C = 1 the map is {how} the diagonal: {slope_of(part)}",
        axis("correlation C<sup>(ℓ)</sup>", range=(-1.02, 1.02)),
        axis("correlation one layer later", range=(-1.02, 1.02)),
        data,
    )
