"""Figures of page 3.3, the phase plane and random functions on the circle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Figure, at_end, axis, dots, figure, frame_trace, frames, line
from components.figures.packed import typed
from components.theme import SIGN_SCALE
from compute.experiments.gp_kernels.run import Circle, Result
from compute.experiments.gp_kernels.setting import Params

GAP = "correlation gap 1 − C<sup>(ℓ)</sup>"
LAYER = "layer ℓ"
_SHADES = (0.1, 0.3, 1, 3, 10)


def phase_plane(params: Params, result: Result, _sample: Any) -> Figure:
    """log₁₀ χ over (C_W, C_b), the edge of chaos, and where the page stands."""
    part = result.plane
    assert part is not None
    unbounded = np.isinf(part.chi)
    with np.errstate(divide="ignore", invalid="ignore"):
        shade = np.where(unbounded, np.nan, np.log10(part.chi))
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": typed(part.weight),
            "y": typed(part.bias),
            "z": typed(shade),
            "zmin": -1,
            "zmax": 1,
            "colorscale": SIGN_SCALE,
            "name": "χ",
            "meta": "log10",
            "colorbar": {
                "title": {"text": "χ", "side": "top"},
                "outlinewidth": 0,
                "thickness": 14,
                "tickvals": [math.log10(chi) for chi in _SHADES],
                "ticktext": [str(chi) for chi in _SHADES],
            },
            "hovertemplate": "C_W = %{x:.2f}<br>C_b = %{y:.2f}<br>log₁₀ χ = %{z:.3f}"
            "<extra>click to go there</extra>",
        }
    ]
    if part.edge_weight.size:
        data.append(
            line(
                part.edge_weight,
                part.edge_bias,
                "theory",
                "edge of chaos, χ = 1",
                "edge<br>C_W = %{x:.3f}<br>C_b = %{y:.3f}",
            )
        )
    data.append(
        dots(
            [params.weight_variance],
            [params.bias_variance],
            "this page",
            "C_W = %{x:.2f}<br>C_b = %{y:.2f}",
            marker={
                "color": "@measurement",
                "size": 14,
                "symbol": "cross",
                "line": {"color": "@background", "width": 1.5},
            },
        )
    )
    notes = []
    if unbounded.mean() > 0.05:
        row, column = (float(np.mean(found)) for found in np.nonzero(unbounded))
        centre = {"xanchor": "center", "yanchor": "middle"}
        at = part.weight[round(column)], part.bias[round(row)]
        notes.append(at_end(float(at[0]), float(at[1]), "K grows without bound", "text", **centre))
    title = "Order (χ < 1), chaos (χ > 1) and the edge between: click to go there"
    if part.reason:
        title = part.reason
    return figure(
        title,
        axis("weight variance C<sub>W</sub>", range=(0.1, 6.0)),
        axis("bias variance C<sub>b</sub>", range=(0.0, 2.0)),
        data,
        annotations=notes,
        meta={"click": {"x": "weight_variance", "y": "bias_variance"}},
    )


def depth_scale(params: Params, result: Result, _sample: Any) -> Figure:
    """1/|log χ| along C_W at the present C_b: in how many layers gaps change by a factor e.

    In the ordered phase it is the correlation length ξ; in chaos ξ is that of the slope at C*.
    """
    part = result.plane
    assert part is not None
    here = 1 / abs(math.log(part.present_chi)) if part.present_chi not in (0.0, 1.0) else math.inf
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
        axis("weight variance C<sub>W</sub>", range=(0.1, 6.0)),
        axis("layers for a factor e, 1/|log χ|", log=True, range=(0.3, 1e4)),
        data,
    )


def functions_on_circle(_params: Params, result: Result, _sample: Any) -> Figure:
    """Samples of GP(0, C^(ℓ)) at the deepest layer; the frames play the layers."""
    part = result.circle
    assert part is not None
    styles = ["solid", "dash", "dot", "dashdot", "longdash"]
    data = [
        line(
            np.degrees(part.turn),
            values,
            "theory",
            f"sample {i + 1}",
            "angle %{x:.0f}°<br>z = %{y:.3f}",
            line={
                "color": "@theory" if i % 2 == 0 else "@muted",
                "width": 2.2,
                "dash": styles[i % 5],
            },
        )
        for i, values in enumerate(part.functions[-1])
    ]
    reach = float(np.abs(part.functions).max()) * 1.05
    return figure(
        "Random functions of the infinitely wide network, same noise in every layer",
        axis("angle of the input (degrees)", range=(0, 360)) | {"dtick": 45},
        axis("output z(x)/√K<sup>(ℓ)</sup>", range=(-reach, reach)),
        data,
    )


def function_frames(_params: Params, result: Result) -> dict[str, Any] | None:
    """The layers of :func:`functions_on_circle`."""
    part = result.circle
    assert part is not None
    return frames(
        "layer",
        [str(n) for n in part.layers],
        *(
            frame_trace(f"sample {i + 1}", "y", part.functions[:, i])
            for i in range(part.functions.shape[1])
        ),
    )


def kernel_on_circle(_params: Params, result: Result, _sample: Any) -> Figure:
    """C^(ℓ) against the angle between the inputs, played over the layers."""
    part = result.circle
    assert part is not None
    return figure(
        "Correlation of two inputs at an angle",
        axis("angle between inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis("correlation C<sup>(ℓ)</sup>", range=(-1.05, 1.05)),
        [
            line(
                np.degrees(part.angle),
                1 - part.gap[0],
                "faint",
                "layer 0",
                "%{x:.0f}°: C = %{y:.4f}",
            ),
            line(
                np.degrees(part.angle),
                1 - part.gap[-1],
                "theory",
                "layer ℓ",
                "%{x:.0f}°: C = %{y:.5f}",
            ),
        ],
    )


def kernel_frames(_params: Params, result: Result) -> dict[str, Any] | None:
    """The layers of :func:`kernel_on_circle`."""
    part = result.circle
    assert part is not None
    return frames("layer", [str(n) for n in part.layers], frame_trace("layer ℓ", "y", 1 - part.gap))


def kernel_map(_params: Params, result: Result, _sample: Any) -> Figure:
    """C^(ℓ) over angle and layer as a heat map: where the colour is one, the kernel is dead."""
    part: Circle | None = result.circle
    assert part is not None
    kept = part.layers > 0
    return figure(
        "The kernel over angle and layer",
        axis("angle between inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis(LAYER, log=True, range=(1, max(int(part.layers[-1]), 2))),
        [
            {
                "type": "heatmap",
                "x": typed(np.degrees(part.angle)),
                "y": typed(part.layers[kept]),
                "z": typed(1 - part.gap[kept]),
                "zmin": -1,
                "zmax": 1,
                "colorscale": SIGN_SCALE,
                "name": "C",
                "colorbar": {
                    "title": {"text": "C", "side": "right"},
                    "outlinewidth": 0,
                    "thickness": 14,
                },
                "hovertemplate": "%{x:.0f}°, layer %{y:.0f}<br>C = %{z:.4f}<extra></extra>",
            }
        ],
    )
