"""Page 4.1: the network along the line, and the lines of layer 1 in the whole plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Array, Figure, axis, dots, figure, line
from components.figures.nodal_sets.colours import depth_colour
from compute.experiments.nodal_sets.run import Result
from compute.experiments.nodal_sets.setting import Params

_BELOW = {"orientation": "h", "x": 0, "y": -0.28, "xanchor": "left", "yanchor": "top"}


def cut(_params: Params, result: Result, _sample: Any) -> Figure:
    """z along the line, with its breakpoints by layer."""
    part = result.cut
    if part is None:
        return figure(
            "A line needs two different points",
            axis("distance along the line", range=(0, 1)),
            axis("output z(x)", range=(-1, 1)),
            [line(np.empty(0), np.empty(0), "theory", "z")],
        )
    data = [line(part.position, part.output, "theory", "z", "%{x:.4g}: z = %{y:.4g}")]
    for layer in range(1, len(result.widths) + 1):
        at = part.layer == layer
        data.append(
            dots(
                part.position[at],
                part.output[at],
                f"layer {layer}",
                "%{x:.4g}: z = %{y:.4g}<br>neuron %{customdata}",
                customdata=part.neuron[at].tolist(),
                marker={
                    "color": depth_colour(layer, len(result.widths)),
                    "size": 10,
                    "line": {"color": "@muted", "width": 1},
                },
                showlegend=True,
            )
        )
    met = int((part.layer > 0).sum())
    folds = _bends(part.position, part.output)
    low, high = float(part.output.min()), float(part.output.max())
    margin = 0.06 * (high - low) or 1.0
    length = float(part.position[-1])
    times = "once" if folds == 1 else f"{folds} times"
    title = f"Along the line z is piecewise linear and folds {times}"
    if folds != met:
        meets = "once" if met == 1 else f"{met} times"
        title = f"The line meets folds of neurons {meets}; z bends at {folds} of these places"
    return figure(
        title,
        axis("distance along the line", range=(-0.03 * length, 1.03 * length), steady=True),
        axis("output z(x)", range=(low - margin, high + margin), steady=True),
        data,
        legend=_BELOW,
        margin={"b": 96},
    )


def _bends(position: Array, output: Array) -> int:
    """How often the slope of z changes: where neurons fold, z need not."""
    apart = np.diff(position) > 1e-9 * float(position[-1] - position[0])
    slopes = np.diff(output)[apart] / np.diff(position)[apart]
    return int((np.abs(np.diff(slopes)) > 1e-7 * np.abs(slopes).max(initial=0)).sum())


def plane(params: Params, result: Result, _sample: Any) -> Figure:
    """Regions of the whole plane under 1 … N_1 lines: counted, exact and as printed."""
    part = result.plane
    most = int(part.lines[-1])
    n = np.arange(1, most + 1)
    general = 1 + n + n * (n - 1) / 2
    printed = np.minimum(2.0**n, n * n / 2)
    top = float(max(general[-1], 4))
    hover = "%{x} lines: %{y} regions"
    data = [
        line(n, general, "theory", "1 + N + N(N − 1)/2", hover),
        line(n, 2 * n, "theory", "2N without biases", hover, line={"color": "@agrees"}),
        line(n, printed, "printed", "min{2ᴺ, N²/2}, as printed", hover),
        dots(part.lines, part.regions, "counted", hover),
        dots(
            part.lines,
            part.central,
            "counted without biases",
            hover,
            marker={"color": "@measurement", "size": 8, "symbol": "circle-open"},
        ),
    ]
    return figure(
        f"Layer 1 alone, in the whole plane: {_finding(params)}",
        axis("lines N<sub>1</sub>", range=(0, max(most, 3) * 1.06)),
        axis("regions", range=(0, 1.12 * top)),
        [t | {"showlegend": True} for t in data],
        legend=_BELOW,
        margin={"b": 134},
    )


def _finding(params: Params) -> str:
    if params.network == "hats":
        return "parallel lines cut fewer regions"
    if params.bias_variance == 0:
        return "lines through one point cut 2N sectors"
    return "counts decide against the printed minimum"
