"""Figures of page 3.3, kernel against depth and the map of one layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    number,
)
from components.figures.labels import on_logs
from components.figures.orders import Order, Words
from compute.experiments.gp_kernels.run import Depth, Map
from compute.experiments.gp_kernels.sampler import Networks
from compute.experiments.gp_kernels.setting import Params
from compute.sampling import Sample

GAP = "correlation gap 1 − C<sup>(ℓ)</sup>"
LAYER = "layer ℓ"
VARIANCE = "variance K<sup>(ℓ)</sup>(x, x)"


def gap_against_depth(params: Params, part: Depth, sample: Sample[Networks] | None) -> Figure:
    """1 − C^(ℓ) on double logarithmic axes, with the law it follows."""
    layers = part.layers
    gap = part.gap[layers]
    visible = gap[gap > 0]
    low = float(visible.min()) if visible.size else 1e-16
    high = float(max(visible.max(), part.gap[0])) if visible.size else 2.0
    data = [line(layers, gap, "theory", "kernel recursion", "layer %{x}<br>1 − C = %{y:.4g}")]
    notes = []
    if math.isfinite(part.law):
        law = part.law / layers.astype(float) ** 2
        data.append(line(layers, law, "bound", "asymptote", "layer %{x}<br>c/ℓ² = %{y:.4g}"))
        low, high = min(low, law[-1]), max(high, 2.5)
        at = float(layers[-1]) ** 0.45
        notes.append(on_logs(at, part.law / at**2, f"{number(part.law)}/ℓ²", "bound", 8))
    elif part.fixed.phase == "chaotic" and part.fixed.variance > 0:
        end = part.fixed.gap
        data.append(level([1, layers[-1]], end, "bound", "fixed point", "1 − C* = %{y:.4g}"))
        low = min(low, end)
        notes.append(on_logs(layers[-1], end, "fixed point 1 − C*", "bound"))
    elif part.fixed.phase == "ordered" and part.fixed.variance > 0 and visible.size:
        last = int(layers[gap > 0][-1])
        decay = part.gap[last] * np.exp(np.minimum((last - layers) / part.fixed.scales[1], 700))
        kept = decay < 10
        data.append(line(layers[kept], decay[kept], "bound", "exp(−ℓ/ξ)", "exp(−ℓ/ξ) = %{y:.3g}"))
    low = max(low, 1e-18)
    if sample is not None:
        data.append(_networks(params, *sample.current.gap(), "1 − C = %{y:.4g}"))
    return figure(
        _gap_title(part),
        _layer_axis(params),
        axis(GAP, log=True, range=(low / 2, min(high, 2.5) * 1.6)),
        data,
        annotations=notes,
    )


def _layer_axis(params: Params) -> dict[str, Any]:
    return axis(LAYER, log=True, range=(1, max(params.depth, 10)))


def _gap_title(part: Depth) -> Words:
    if part.gap[0] == 0:
        return "The two inputs are one and the same: no gap to close"
    if math.isfinite(part.law):
        words = "The correlation gap closes like 1/ℓ²: a straight line on these axes"
        return (
            Order(words, "kernel recursion", "falls", otherwise="The correlation gap at depth"),
        )
    if part.fixed.phase == "chaotic":
        return "Chaos: two different inputs end at a fixed correlation"
    if part.fixed.phase == "ordered" and part.fixed.variance > 0:
        return "Order: all inputs are drawn together exponentially fast"
    first, last = (number(1 - float(part.gap[k]), 2) for k in (0, -1))
    return f"From layer to layer: the correlation goes from {first} to {last}"


def variance_against_depth(params: Params, part: Depth, sample: Sample[Networks] | None) -> Figure:
    """K^(ℓ)(x, x); as log₁₀ K where K leaves the range of a picture."""
    log_variance = part.log_variance[part.layers]
    finite = log_variance[np.isfinite(log_variance)]
    wide = bool(finite.size) and float(np.abs(finite).max()) > 60
    if wide:
        y, label = log_variance / math.log(10), "log₁₀ K"
        y_axis = axis("variance, log₁₀ K<sup>(ℓ)</sup>(x, x)")
    else:
        y, label = np.exp(log_variance), "K"
        y_axis = _variance_axis(y[np.isfinite(y)])
    data = [line(part.layers, y, "theory", label, f"layer %{{x}}<br>{label} = %{{y:.5g}}")]
    if math.isfinite(part.variance_law) and not wide:
        law = part.variance_law / part.layers
        data.append(line(part.layers, law, "bound", "asymptote c/ℓ", "c/ℓ = %{y:.4g}"))
    if sample is not None:
        mean, error = sample.current.variance()
        if wide:
            with np.errstate(divide="ignore", invalid="ignore"):
                mean, error = np.log10(mean), error / mean / math.log(10)
        data.append(_networks(params, mean, error, f"{label} = %{{y:.4g}}"))
    return figure("The variance of one input", _layer_axis(params), y_axis, data)


def _variance_axis(y: Array) -> dict[str, Any]:
    low, high = float(y.min()), float(y.max())
    span = max(high / max(low, 1e-300), 1.0)
    if span < 30:
        return axis(VARIANCE, range=(0, 1.25 * high))
    margin = max(1.3, span**0.05)
    return axis(VARIANCE, log=True, range=(low / margin, high * margin))


def _networks(params: Params, values: Array, error: Array, hover: str) -> Trace:
    layers, name = np.arange(1, values.size + 1), f"real networks, N = {params.width}"
    return measured(layers, values, error, name, f"layer %{{x}}<br>{hover}")


def slope_of(part: Map) -> str:
    """The slope at C = 1, by its name where it has one."""
    return f"slope {'χ = ' if part.settled else ''}{number(part.slope, 4)}"


def cobweb(_params: Params, part: Map, _sample: Any) -> Figure:
    """The map of the correlation, and the staircase of the two inputs on it."""
    orbit = part.orbit
    stairs_x = np.repeat(orbit, 2)[1:-1]
    stairs_y = np.repeat(orbit[1:], 2)[: stairs_x.size]
    hover = "C = %{x:.4f}<br>next layer %{y:.4f}"
    data = [
        line([-1, 1], [-1, 1], "bound", "C unchanged", hoverinfo="skip"),
        line(part.correlation, part.image, "theory", "one layer", hover),
        line(stairs_x, stairs_y, "faint", "the two inputs", hoverinfo="skip"),
        dots(
            orbit[:-1],
            orbit[1:],
            "the two inputs",
            "layer %{customdata}<br>C = %{x:.5f}<br>next %{y:.5f}",
            customdata=list(range(orbit.size - 1)),
            size=7,
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
