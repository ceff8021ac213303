"""Figures of page 2.4: two panels with common axes; the outputs of both sides, their losses."""

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
from compute.experiments.ntk_vs_mean_field.run import Result, Side
from compute.experiments.ntk_vs_mean_field.setting import WINDOW, Params

TIME = "training time t"
LEFT, RIGHT = (0.0, 0.485), (0.515, 1.0)
HOLLOW = {"color": "rgba(0,0,0,0)", "line": {"color": "@text", "width": 2}, "size": 10}


def sides_of(result: Result) -> tuple[Side, Side]:
    """Sides A and B."""
    assert result.sides is not None
    return result.sides


def power(exponent: float) -> str:
    """γ as a power of the width, in words where it has a name."""
    named = {0.0: "γ = 1 (kernel)", 0.5: "γ = √N₁ (mean field)", 0.25: "γ = N₁<sup>¼</sup>"}
    return named.get(round(exponent, 6), f"γ = N₁<sup>{exponent:.4g}</sup>")


def panels(sides: tuple[Side, Side], y_title: str, x: dict[str, Any], y: Any) -> dict[str, Any]:
    """Two panels beside each other with the same axes, and their headings."""
    tops = [
        {
            "x": domain[0],
            "y": 1.0,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "left",
            "yanchor": "bottom",
            "showarrow": False,
            "text": f"<b>{name}</b>  {power(side.exponent)}",
        }
        for name, domain, side in zip("AB", (LEFT, RIGHT), sides, strict=True)
    ]
    return {
        "xaxis": x | {"domain": LEFT},
        "yaxis": y | {"title": {"text": y_title}},
        "xaxis2": x | {"domain": RIGHT, "anchor": "y2", "matches": "x"},
        "yaxis2": {k: v for k, v in y.items() if k != "title"}
        | {"anchor": "x2", "matches": "y", "showticklabels": False},
        "annotations": tops,
        "margin": {"t": 74},
    }


def paired(title: str, layout: dict[str, Any], data: list[Trace], **more: Any) -> Figure:
    """A figure of two panels."""
    x, y = layout.pop("xaxis"), layout.pop("yaxis")
    return figure(title, x, y, data, **(layout | more))


def on_right(trace: Trace) -> Trace:
    """The trace on the right panel."""
    return trace | {"xaxis": "x2", "yaxis": "y2"}


# ---- outputs -------------------------------------------------------------------------


def outputs(_params: Params, result: Result, _sample: Any) -> Figure:
    """Data, initial and present output, and the linearised network, on both sides."""
    sides = sides_of(result)
    data: list[Trace] = []
    for k, side in enumerate(sides):
        made = _output_traces(result, side, legend=k == 0)
        data += [on_right(t) for t in made] if k else made
    low, high = _span(result, sides)
    layout = panels(
        sides,
        "output z<sup>(2)</sup>(x)",
        axis("input x", range=(-WINDOW, WINDOW)),
        axis("", range=(low, high), steady=True),
    )
    legend = {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
    }
    return paired(
        _output_title(sides, result.obstacle),
        layout,
        data,
        legend=legend | {"bgcolor": "rgba(0,0,0,0)"},
    )


def _output_traces(result: Result, side: Side, *, legend: bool) -> list[Trace]:
    assert side.outputs is not None
    assert side.linear is not None
    hover = "x = %{x:.2f}<br>z = %{y:.3f}"
    trained = {"line": {"color": "@measurement", "width": 3.5}, "showlegend": legend}
    return [
        line(result.grid, result.target, "faint", "target", hover, showlegend=legend),
        line(result.grid, side.outputs[0], "bound", "at t = 0", hover, showlegend=legend),
        line(result.grid, side.linear[-1], "theory", "linearised", hover, showlegend=legend),
        line(result.grid, side.outputs[-1], "measurement", "network", hover, **trained),
        dots(result.x, result.y, "data", hover, marker=HOLLOW, showlegend=legend),
    ]


def _span(result: Result, sides: tuple[Side, Side]) -> tuple[float, float]:
    """Low and high of the panels: all but the wildest initial outputs."""
    heights = [result.target, result.y]
    heights += [f for s in sides for f in (s.outputs, s.linear) if f is not None]
    joined = np.concatenate([np.ravel(h) for h in heights])
    reach = 2.5 * max(float(np.abs(result.y).max()), 0.4)
    low, high = max(float(joined.min()), -reach), min(float(joined.max()), reach)
    room = 0.06 * (high - low) + 0.05
    return low - room, high + room


def _output_title(sides: tuple[Side, Side], obstacle: str) -> str:
    if obstacle:
        return "No width and no γ can fit these data"
    if sides[0].exponent == sides[1].exponent:
        return "The same γ on both sides: the same network"
    linear = [_gap(side) < 0.05 for side in sides]
    if all(linear):
        return "Neither side goes far from its linearisation"
    if not any(linear):
        return "Both sides leave their linearisations"
    lazy, rich = "AB" if linear[0] else "BA"
    return f"{lazy} trains like its linearisation, {rich} does not"


def _gap(side: Side) -> float:
    """Distance of the last output from the linear one, over the size of the latter."""
    assert side.outputs is not None
    assert side.linear is not None
    size = float(np.linalg.norm(side.linear[-1]))
    return float(np.linalg.norm(side.outputs[-1] - side.linear[-1])) / max(size, 1e-9)


def output_frames(_params: Params, result: Result) -> dict[str, Any]:
    """The training times of :func:`outputs`."""
    moving = []
    for k, side in enumerate(sides_of(result)):
        assert side.linear is not None
        assert side.outputs is not None
        moving += [
            frame_trace("linearised", "y", side.linear, nth=k),
            frame_trace("network", "y", side.outputs, nth=k),
        ]
    return frames("t =", time_names(result.times), *moving)


def own_points(_params: Params, result: Result) -> dict[str, Any]:
    """The data as points, for the clicks that change them."""
    return {"points": [[round(float(a), 4), round(float(b), 4)] for a, b in _pairs(result)]}


def _pairs(result: Result) -> Any:
    return zip(result.x, result.y, strict=True)


def time_names(times: Array) -> list[str]:
    """Times as the player names them."""
    return ["0"] + [number(float(t), 2) for t in times[1:]]


def losses(_params: Params, result: Result, _sample: Any) -> Figure:
    """Loss over time of both networks and both linearisations."""
    sides, times = sides_of(result), result.times[1:]
    data: list[Trace] = []
    notes = []
    top = max(float(s.loss.max()) for s in sides) or 1.0
    floor = max(1e-12, 0.3 * min(least(s.loss, s.linear_loss) for s in sides))
    for name, side, symbol in zip("AB", sides, ("circle", "square-open"), strict=True):
        hover = "t = %{x:.3g}<br>loss %{y:.3g}"
        label = f"{name}: {power(side.exponent)}"
        data += [
            line(times, side.linear_loss[1:], "theory", f"{name}, linearised", hover),
            dots(
                times,
                side.loss[1:],
                label,
                hover,
                marker={"color": "@measurement", "size": 8, "symbol": symbol},
            ),
        ]
        last = max(float(side.loss[-1]), floor)
        notes.append(
            {
                "x": math.log10(times[-1]),
                "y": math.log10(last),
                "text": name,
                "font": {"color": "@measurement"},
                "xanchor": "left",
                "xshift": 8,
                "showarrow": False,
            }
        )
    return figure(
        "Loss of the networks (dots) and of their linearisations (lines)",
        axis(TIME, log=True, range=(times[0], 1.35 * times[-1]), steady=True),
        axis(
            "loss ½|D|⁻¹ Σ(z − y)²", log=True, range=(floor, 2 * max(top, 10 * floor)), steady=True
        ),
        data,
        annotations=notes,
    )


def least(*arrays: Array) -> float:
    """The smallest positive number in the arrays."""
    positive = np.concatenate([a[a > 0] for a in arrays])
    return float(positive.min()) if positive.size else 1e-6
