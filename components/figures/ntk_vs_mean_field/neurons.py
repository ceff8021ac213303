"""Figures of page 2.4: the neurons of both sides as points that move."""

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
    frame_trace,
    frames,
    line,
    number,
)
from components.figures.ntk_vs_mean_field.outputs import (
    TIME,
    least,
    on_right,
    paired,
    panels,
    sides_of,
    time_names,
)
from compute.experiments.ntk_vs_mean_field.run import Result, Side
from compute.experiments.ntk_vs_mean_field.setting import Params

# Where breakpoints are marked on the axis of angles, for neurons that look right and left.
_MARKS = tuple(
    (math.pi * (k + quarter / 4), text)
    for k in range(-2, 4)
    for quarter, text in ((-2, "∞"), (-1, "−1"), (0, "0"), (1, "1"))
)


def cloud(params: Params, result: Result, _sample: Any) -> Figure:
    """Every neuron with the way it goes, on both sides."""
    sides = sides_of(result)
    data: list[Trace] = []
    for k, side in enumerate(sides):
        made = _cloud_traces(params, side)
        data += [on_right(t) for t in made] if k else made
    places = np.concatenate([s.neurons.path.reshape(-1, 2) for s in sides if s.neurons])
    x, y = _cloud_axes(params, places)
    layout = panels(sides, "outgoing weight W<sup>(2)</sup>", x, y)
    return paired(_cloud_title(sides), layout, data)


def _cloud_axes(params: Params, places: Array) -> tuple[dict[str, Any], dict[str, Any]]:
    low, high = places.min(axis=0), places.max(axis=0)
    pad = 0.04 * np.maximum(high - low, 0.5)
    y = axis("", range=(low[1] - pad[1], high[1] + pad[1]), steady=True)
    if not params.bias:
        x = axis(
            "incoming weight W<sup>(1)</sup>",
            range=(low[0] - pad[0], high[0] + pad[0]),
            steady=True,
        )
        return x, y
    ends = min(low[0], -0.5 * math.pi) - 0.1, max(high[0], 1.5 * math.pi) + 0.1
    name = "breakpoint ξ = −b/W<sup>(1)</sup>;  W<sup>(1)</sup> &gt; 0 | &lt; 0"
    x = axis(name, range=ends, steady=True)
    marks = [mark for mark in _MARKS if x["range"][0] <= mark[0] <= x["range"][1]]
    return x | {"tickvals": [m[0] for m in marks], "ticktext": [m[1] for m in marks]}, y


def _cloud_traces(params: Params, side: Side) -> list[Trace]:
    assert side.neurons is not None
    path = side.neurons.path
    where = "ψ = %{x:.2f}" if params.bias else "W⁽¹⁾ = %{x:.2f}"
    hover = where + "<br>W⁽²⁾ = %{y:.2f}"
    stops = np.unique(np.concatenate([np.arange(0, len(path), 3), [len(path) - 1]]))
    gap = np.full((1, path.shape[1], 2), np.nan)
    trail = np.concatenate([path[stops], gap]).transpose(1, 0, 2).reshape(-1, 2)
    size = 8 if path.shape[1] <= 100 else 6
    started = {"color": "@bound", "size": 3}
    arrows: Trace = line(
        trail[:, 0],
        trail[:, 1],
        "faint",
        "its way",
        hoverinfo="skip",
        hovertemplate=None,
        line={"color": "@faint", "width": 1.3},
    )
    return [
        arrows,
        dots(path[0, :, 0], path[0, :, 1], "neuron at t = 0", hover, marker=started),
        dots(
            path[-1, :, 0],
            path[-1, :, 1],
            "neuron",
            hover,
            marker={"color": "@measurement", "size": size, "opacity": 0.8},
        ),
    ]


def _cloud_title(sides: tuple[Side, Side]) -> str:
    moved = [
        float(np.sqrt(np.mean(s.neurons.displacement**2))) if s.neurons else 0.0 for s in sides
    ]
    if max(moved) < 0.1:
        return "No neuron goes anywhere, and yet the output has learned"
    if min(moved) > 0.5 * max(moved):
        return "On both sides every neuron travels"
    far, near = ("A", "B") if moved[0] > moved[1] else ("B", "A")
    return f"In {far} the neurons travel; in {near} the same neurons hardly move"


def cloud_frames(_params: Params, result: Result) -> dict[str, Any]:
    """The training times of :func:`cloud`."""
    moving = []
    for k, side in enumerate(sides_of(result)):
        assert side.neurons is not None
        for column, name in enumerate("xy"):
            moving.append(frame_trace("neuron", name, side.neurons.path[:, :, column], nth=k))
    return frames("t =", time_names(result.times), *moving)


def _movement_title(sides: tuple[Side, Side]) -> str:
    a, b = (float(side.hidden_movement[-1]) for side in sides)
    if min(a, b) <= 0 or max(a, b) < 1.05 * min(a, b):
        return "Pre-activations move equally far on both sides"
    far, near = ("B", "A") if b > a else ("A", "B")
    ratio = number(max(a, b) / min(a, b), 2)
    return f"Pre-activations move {ratio} times as far in {far} as in {near}"


def movement(_params: Params, result: Result, _sample: Any) -> Figure:
    """How far pre-activations and output have gone, over time, on both sides."""
    sides, times = sides_of(result), result.times[1:]
    curves = [
        (name, side, values, symbol, colour, words)
        for name, side in zip("AB", sides, strict=True)
        for values, symbol, colour, words in (
            (side.hidden_movement[1:], "circle", "@measurement", "z<sup>(1)</sup>"),
            (side.output_movement[1:], "square-open", "@text", "z<sup>(2)</sup>"),
        )
    ]
    data, notes = [], []
    for name, _, values, symbol, colour, words in curves:
        dash = "solid" if name == "A" else "dash"
        data.append(
            dots(
                times,
                values,
                f"{name}: {words}",
                "t = %{x:.3g}<br>moved by %{y:.3g}",
                mode="lines+markers",
                line={"color": colour, "width": 1.5, "dash": dash},
                marker={"color": colour, "size": 6, "symbol": symbol},
            )
        )
        notes.append(
            {
                "x": math.log10(times[-1]),
                "y": math.log10(max(float(values[-1]), 1e-9)),
                "text": f"{name}: {words}",
                "font": {"color": colour},
                "xanchor": "left",
                "xshift": 6,
                "showarrow": False,
            }
        )
    everything = np.concatenate([values for _, _, values, *_ in curves])
    low, high = least(everything), max(float(everything.max()), 1e-6)
    return figure(
        _movement_title(sides),
        axis(TIME, log=True, range=(times[0], 2.2 * times[-1]), steady=True),
        axis(
            "root mean square change",
            log=True,
            range=(0.7 * low, max(1.6 * high, 10 * low)),
            steady=True,
        ),
        data,
        annotations=notes,
    )
