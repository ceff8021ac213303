"""Page 4.1: the network along the line, and the lines of layer 1 in the whole plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Array, Figure, axis, dots, figure, line, named
from components.figures.nodal_sets.colours import depth_colour
from compute.experiments.nodal_sets.plane import Plane
from compute.experiments.nodal_sets.run import Cut
from compute.experiments.nodal_sets.setting import Params

BELOW = {"orientation": "h", "x": 0, "y": -0.28, "xanchor": "left", "yanchor": "top"}


def cut(params: Params, part: Cut | None, _sample: Any) -> Figure:
    """z along the line, with its breakpoints by layer."""
    if part is None:
        return figure(
            "A line needs two different points",
            axis("distance along the line", range=(0, 1)),
            axis("output z(x)", range=(-1, 1)),
            [line(np.empty(0), np.empty(0), "theory", "z")],
        )
    hover = "%{x:.4g}: z = %{y:.4g}"
    data = [line(part.position, part.output, "theory", "z", hover)]
    for layer in range(1, params.depth + 1):
        at = part.layer == layer
        neurons = part.neuron[at].tolist()
        look = {"color": depth_colour(layer, params.depth), "size": 10}
        look |= {"line": {"color": "@muted", "width": 1}}
        found = part.position[at], part.output[at], f"layer {layer}"
        hover_neuron = hover + "<br>neuron %{customdata}"
        data += named([dots(*found, hover_neuron, customdata=neurons, marker=look)])
    low, high = float(part.output.min()), float(part.output.max())
    margin = 0.06 * (high - low) or 1.0
    length = float(part.position[-1])
    return figure(
        _cut_title(part),
        axis("distance along the line", range=(-0.03 * length, 1.03 * length), steady=True),
        axis("output z(x)", range=(low - margin, high + margin), steady=True),
        data,
        legend=BELOW,
        margin={"b": 96},
    )


def _cut_title(part: Cut) -> str:
    met, folds = int((part.layer > 0).sum()), _bends(part.position, part.output)
    if folds == met:
        return f"Along the line z is piecewise linear and folds {_times(folds)}"
    meets = f"The line meets folds of neurons {_times(met)}"
    return f"{meets}; z bends at {folds} of these places"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _bends(position: Array, output: Array) -> int:
    """How often the slope of z changes: where neurons fold, z need not."""
    apart = np.diff(position) > 1e-9 * float(position[-1] - position[0])
    slopes = np.diff(output)[apart] / np.diff(position)[apart]
    return int((np.abs(np.diff(slopes)) > 1e-7 * np.abs(slopes).max(initial=0)).sum())


def plane(params: Params, part: Plane, _sample: Any) -> Figure:
    """Regions of the whole plane under 1 … N_1 lines: counted, exact and as printed."""
    most = int(part.lines[-1])
    n = np.arange(1, most + 1)
    general = 1 + n + n * (n - 1) / 2
    printed = np.minimum(2.0**n, n * n / 2)
    hover = "%{x} lines: %{y} regions"
    data = [
        line(n, general, "theory", "1 + N + N(N − 1)/2", hover),
        line(n, 2 * n, "theory", "2N without biases", hover, line={"color": "@agrees"}),
        line(n, printed, "printed", "min{2ᴺ, N²/2}, as printed", hover),
        dots(part.lines, part.regions, "counted", hover),
        dots(part.lines, part.central, "counted without biases", hover, symbol="circle-open"),
    ]
    return figure(
        f"Layer 1 alone, in the whole plane: {_finding(params)}",
        axis("lines N<sub>1</sub>", range=(0, max(most, 3) * 1.06)),
        axis("regions", range=(0, 1.12 * max(float(general[-1]), 4))),
        named(data),
        legend=BELOW,
        margin={"b": 134},
    )


def _finding(params: Params) -> str:
    if params.network == "hats":
        return "parallel lines cut fewer regions"
    if params.bias_variance == 0:
        return "lines through one point cut 2N sectors"
    return "counts decide against the printed minimum"
