"""Figures of page 2.4: the neurons of both sides as points that move."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, axis, dots, figure, line, number
from components.figures.ntk_vs_mean_field.outputs import end_label, least, names
from components.figures.playing import frame_trace
from components.figures.side_by_side import headings, on_right, side_by_side
from components.figures.trained import over_time, time_axis
from compute.experiments.ntk_vs_mean_field.neurons import Neurons
from compute.experiments.ntk_vs_mean_field.run import Sides
from compute.experiments.ntk_vs_mean_field.setting import Params

# Where breakpoints are marked on the axis of angles, for neurons that look right and left.
_MARKS = tuple(
    (math.pi * (k + quarter / 4), text)
    for k in range(-2, 4)
    for quarter, text in ((-2, "∞"), (-1, "−1"), (0, "0"), (1, "1"))
)


def _neurons(sides: Sides) -> list[Neurons]:
    """Those of A and of B."""
    return [side.neurons for side in sides if side.neurons is not None]


def cloud(params: Params, sides: Sides, _sample: object) -> Figure:
    """Every neuron with the way it goes, on both sides."""
    parts = _neurons(sides)
    left, right = (_cloud_traces(params, part.path) for part in parts)
    x, y = _cloud_axes(params, np.concatenate([part.path.reshape(-1, 2) for part in parts]))
    return side_by_side(
        _cloud_title(parts, sides[0].times[-1]),
        x,
        y,
        [*left, *on_right(right)],
        annotations=headings(*names(sides)),
        margin={"t": 74},
    )


def _cloud_axes(params: Params, places: Array) -> tuple[dict[str, Any], dict[str, Any]]:
    low, high = places.min(axis=0), places.max(axis=0)
    pad = 0.04 * np.maximum(high - low, 0.5)
    (left, bottom), (right, top) = low - pad, high + pad
    y = axis("outgoing weight W<sup>(2)</sup>", range=(bottom, top), steady=True)
    if not params.bias:
        return axis("incoming weight W<sup>(1)</sup>", range=(left, right), steady=True), y
    ends = min(low[0], -0.5 * math.pi) - 0.1, max(high[0], 1.5 * math.pi) + 0.1
    name = "breakpoint ξ = −b/W<sup>(1)</sup>;  W<sup>(1)</sup> &gt; 0 | &lt; 0"
    x = axis(name, range=ends, steady=True)
    marks = [mark for mark in _MARKS if x["range"][0] <= mark[0] <= x["range"][1]]
    # where there is room for every second one, these are 0 and ∞
    marks = marks[next(i for i, (_, text) in enumerate(marks) if text in "0∞") :]
    return x | {"tickvals": [m[0] for m in marks], "ticktext": [m[1] for m in marks]}, y


def _cloud_traces(params: Params, path: Array) -> list[Trace]:
    hover = ("ψ" if params.bias else "W⁽¹⁾") + " = %{x:.2f}<br>W⁽²⁾ = %{y:.2f}"
    stops = np.unique(np.concatenate([np.arange(0, len(path), 3), [len(path) - 1]]))
    gap = np.full((1, path.shape[1], 2), np.nan)
    trail = np.concatenate([path[stops], gap]).transpose(1, 0, 2).reshape(-1, 2)
    way = {"hoverinfo": "skip", "hovertemplate": None, "line": {"color": "@faint", "width": 1.3}}
    size = 8 if path.shape[1] <= 100 else 6
    marker = {"color": "@measurement", "size": size, "opacity": 0.8}
    first, last = path[0], path[-1]
    return [
        line(trail[:, 0], trail[:, 1], "faint", "its way", **way),
        dots(first[:, 0], first[:, 1], "neuron at t = 0", hover, role="bound", size=3),
        dots(last[:, 0], last[:, 1], "neuron", hover, marker=marker),
    ]


def _cloud_title(parts: list[Neurons], end: float) -> str:
    a, b = (number(float(np.sqrt(np.mean(part.displacement**2))), 2) for part in parts)
    return f"By t = {end:g} a neuron goes {a} far in A, {b} in B (root mean square)"


def cloud_frames(_params: Params, sides: Sides) -> dict[str, Any] | None:
    """The training times of :func:`cloud`."""
    moving = [
        frame_trace("neuron", attribute, part.path[:, :, column], nth=k)
        for k, part in enumerate(_neurons(sides))
        for column, attribute in enumerate("xy")
    ]
    return over_time(sides[0].times, *moving)


def _movement_title(sides: Sides) -> str:
    a, b = (float(side.hidden_movement[-1]) for side in sides)
    if min(a, b) <= 0 or max(a, b) < 1.05 * min(a, b):
        return "Pre-activations move equally far on both sides"
    far, near = ("B", "A") if b > a else ("A", "B")
    ratio = number(max(a, b) / min(a, b), 2)
    return f"Pre-activations move {ratio} times as far in {far} as in {near}"


def movement(_params: Params, sides: Sides, _sample: object) -> Figure:
    """How far pre-activations and output have gone, over time, on both sides."""
    times = sides[0].times[1:]
    data, notes, heights = [], [], []
    for name, side, dash in zip("AB", sides, ("solid", "dash"), strict=True):
        for values, symbol, colour, words in (
            (side.hidden_movement[1:], "circle", "@measurement", "z<sup>(1)</sup>"),
            (side.output_movement[1:], "square-open", "@text", "z<sup>(2)</sup>"),
        ):
            text = f"{name}: {words}"
            look = {
                "mode": "lines+markers",
                "line": {"color": colour, "width": 1.5, "dash": dash},
                "marker": {"color": colour, "size": 6, "symbol": symbol},
            }
            data.append(dots(times, values, text, "t = %{x:.3g}<br>moved by %{y:.3g}", **look))
            end = math.log10(times[-1]), math.log10(max(float(values[-1]), 1e-9))
            notes.append(end_label(*end, text, colour, 6))
            heights.append(values)
    low, high = least(*heights), max(1e-6, *(float(values.max()) for values in heights))
    shown = 0.7 * low, max(1.6 * high, 10 * low)
    return figure(
        _movement_title(sides),
        time_axis(times, 2.2),
        axis("root mean square change", log=True, range=shown, steady=True),
        data,
        annotations=notes,
    )
