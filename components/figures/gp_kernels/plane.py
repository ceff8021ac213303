"""Figures of page 3.3, the phase plane and random functions on the circle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Figure,
    at_end,
    axis,
    dots,
    figure,
    heatmap,
    line,
    random_function,
)
from components.figures.gp_kernels.depth import LAYER
from components.figures.playing import frame_trace, frames
from components.theme import SIGN_SCALE
from compute.experiments.gp_kernels.run import Circle, Plane
from compute.experiments.gp_kernels.setting import Params

_SHADES = (0.1, 0.3, 1, 3, 10)
_WEIGHT_AXIS = axis("weight variance C<sub>W</sub>", range=(0.1, 6.0))


def phase_plane(params: Params, part: Plane, _sample: Any) -> Figure:
    """log₁₀ χ over (C_W, C_b), the edge of chaos, and where the page stands."""
    unbounded = np.isinf(part.chi)
    with np.errstate(divide="ignore", invalid="ignore"):
        shade = np.where(unbounded, np.nan, np.log10(part.chi))
    place = "C_W = %{x:.2f}<br>C_b = %{y:.2f}"
    data = [
        heatmap(
            part.weight,
            part.bias,
            shade,
            "χ",
            f"{place}<br>log₁₀ χ = %{{z:.3f}}<extra>click to go there</extra>",
            scale=SIGN_SCALE,
            ends=(-1, 1),
            bar={
                "title": {"text": "χ", "side": "top"},
                "tickvals": [math.log10(chi) for chi in _SHADES],
                "ticktext": [str(chi) for chi in _SHADES],
            },
            meta="log10",
        )
    ]
    if part.edge_weight.size:
        hover = "edge<br>C_W = %{x:.3f}<br>C_b = %{y:.3f}"
        edge = part.edge_weight, part.edge_bias
        data.append(line(*edge, "theory", "edge of chaos, χ = 1", hover))
    cross = {"color": "@measurement", "size": 14, "symbol": "cross"}
    cross |= {"line": {"color": "@background", "width": 1.5}}
    here = [params.weight_variance], [params.bias_variance]
    data.append(dots(*here, "this page", place, marker=cross))
    notes = []
    if unbounded.mean() > 0.05:
        row, column = (round(float(np.mean(found))) for found in np.nonzero(unbounded))
        at = float(part.weight[column]), float(part.bias[row])
        centre = {"xanchor": "center", "yanchor": "middle"}
        notes.append(at_end(*at, "K grows without bound", "text", **centre))
    return figure(
        part.reason or "Order (χ < 1), chaos (χ > 1) and the edge between: click to go there",
        _WEIGHT_AXIS,
        axis("bias variance C<sub>b</sub>", range=(0.0, 2.0)),
        data,
        annotations=notes,
        meta={"click": {"x": "weight_variance", "y": "bias_variance"}},
    )


def depth_scale(params: Params, part: Plane, _sample: Any) -> Figure:
    """1/|log χ| along C_W at the present C_b: in how many layers gaps change by a factor e.

    In the ordered phase it is the correlation length ξ; in chaos ξ is that of the slope at C*.
    """
    chi = part.here.chi
    here = 1 / abs(math.log(chi)) if chi not in (0.0, 1.0) else math.inf
    # the curve is sampled; the present point is on it too
    place = int(np.searchsorted(part.weight, params.weight_variance))
    weight = np.insert(part.weight, place, params.weight_variance)
    scale = np.insert(part.scale, place, here)
    scale = np.where(np.isfinite(scale), np.clip(scale, 0.1, 1e4), np.nan)
    hover = "C_W = %{x:.2f}<br>1/|log χ| = %{y:.3g} layers"
    data = [line(weight, scale, "theory", "1/|log χ|", hover)]
    if 0.1 < here < 1e4:
        data.append(dots([params.weight_variance], [here], "this page", hover))
    return figure(
        f"1/|log χ| {'along C_W' if part.reason else 'diverges at the edge'} "
        f"(C_b = {params.bias_variance:g})",
        _WEIGHT_AXIS,
        axis("layers for a factor e, 1/|log χ|", log=True, range=(0.3, 1e4)),
        data,
    )


def functions_on_circle(_params: Params, part: Circle, _sample: Any) -> Figure:
    """Samples of GP(0, C^(ℓ)) at the deepest layer; the frames play the layers."""
    hover, turn, last = "angle %{x:.0f}°<br>z = %{y:.3f}", np.degrees(part.turn), part.functions[-1]
    data = [
        random_function(i, len(last), turn, values, "theory", "sample", hover)
        for i, values in enumerate(last)
    ]
    reach = float(np.abs(part.functions).max()) * 1.05
    return figure(
        "Random functions of the infinitely wide network, same noise in every layer",
        axis("angle of the input (degrees)", range=(0, 360)) | {"dtick": 45},
        axis("output z(x)/√K<sup>(ℓ)</sup>", range=(-reach, reach)),
        data,
    )


def function_frames(_params: Params, part: Circle) -> dict[str, Any]:
    """The layers of :func:`functions_on_circle`."""
    functions = np.swapaxes(part.functions, 0, 1)
    moving = [frame_trace(f"sample {i}", "y", values) for i, values in enumerate(functions, 1)]
    return frames("layer", [str(n) for n in part.layers], *moving)


def kernel_on_circle(_params: Params, part: Circle, _sample: Any) -> Figure:
    """C^(ℓ) against the angle between the inputs, played over the layers."""
    angle, first, last = np.degrees(part.angle), 1 - part.gap[0], 1 - part.gap[-1]
    return figure(
        "Correlation of two inputs at an angle",
        _angle_axis(),
        axis("correlation C<sup>(ℓ)</sup>", range=(-1.05, 1.05)),
        [
            line(angle, first, "faint", "layer 0", "%{x:.0f}°: C = %{y:.4f}"),
            line(angle, last, "theory", "layer ℓ", "%{x:.0f}°: C = %{y:.5f}"),
        ],
    )


def _angle_axis() -> dict[str, Any]:
    return axis("angle between inputs (degrees)", range=(0, 180)) | {"dtick": 45}


def kernel_frames(_params: Params, part: Circle) -> dict[str, Any]:
    """The layers of :func:`kernel_on_circle`."""
    return frames("layer", [str(n) for n in part.layers], frame_trace("layer ℓ", "y", 1 - part.gap))


def kernel_map(_params: Params, part: Circle, _sample: Any) -> Figure:
    """C^(ℓ) over angle and layer as a heat map: where the colour is one, the kernel is dead."""
    kept = part.layers > 0
    colours = heatmap(
        np.degrees(part.angle),
        part.layers[kept],
        1 - part.gap[kept],
        "C",
        "%{x:.0f}°, layer %{y:.0f}<br>C = %{z:.4f}<extra></extra>",
        scale=SIGN_SCALE,
        ends=(-1, 1),
        bar={"title": {"text": "C", "side": "right"}},
    )
    return figure(
        "The kernel over angle and layer",
        _angle_axis(),
        axis(LAYER, log=True, range=(1, max(int(part.layers[-1]), 2))),
        [colours],
    )
