"""Figures of page 2.4: the outputs of both sides, their losses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    axis,
    beside,
    dots,
    figure,
    line,
    named,
    number,
    reach,
)
from components.figures.playing import frame_trace
from components.figures.side_by_side import headings, on_right, side_by_side
from components.figures.trained import HOLLOW, over_time, tamed, time_axis
from components.figures.trained import own_points as points_of
from compute.experiments.ntk_vs_mean_field.run import Result, Side, Sides
from compute.experiments.ntk_vs_mean_field.setting import WINDOW, Params


def power(exponent: float) -> str:
    """γ as a power of the width, in words where it has a name."""
    named = {0.0: "γ = 1 (kernel)", 0.5: "γ = √N₁ (mean field)", 0.25: "γ = N₁<sup>¼</sup>"}
    return named.get(round(exponent, 6), f"γ = N₁<sup>{exponent:.4g}</sup>")


def names(sides: Sequence[Side]) -> list[str]:
    """The heading of each side: its letter and its γ."""
    return [f"<b>{k}</b>  {power(side.exponent)}" for k, side in zip("AB", sides, strict=True)]


def end_label(
    x: float, y: float, text: str, colour: str = "@measurement", shift: float = 8
) -> dict[str, Any]:
    """The name of a line right of its end, which is in the units of the axes."""
    look = {"font": {"color": colour}, "showarrow": False}
    return {"x": x, "y": y, "text": text} | look | beside(shift)


def outputs(_params: Params, result: Result, _sample: object) -> Figure:
    """Data, initial and present output, and the linearised network, on both sides."""
    sides = result.sides or ()
    left, right = (_output_traces(result, side) for side in sides)
    heights = [result.target, result.y]
    heights += [values for side in sides for values in (side.outputs, side.linear)]
    # all but the wildest initial outputs
    shown = tamed(heights, 2.5 * max(float(np.abs(result.y).max()), 0.4))
    return side_by_side(
        _output_title(sides, result.obstacle),
        axis("input x", range=(-WINDOW, WINDOW)),
        axis("output z<sup>(2)</sup>(x)", range=shown, steady=True),
        [*named(left), *on_right(right)],
        annotations=headings(*names(sides)),
        margin={"t": 74},
        legend=BELOW["legend"] | {"bgcolor": "rgba(0,0,0,0)"},
    )


def _output_traces(result: Result, side: Side) -> list[Trace]:
    hover = "x = %{x:.2f}<br>z = %{y:.3f}"
    trained = {"color": "@measurement", "width": 3.5}
    return [
        line(result.grid, result.target, "faint", "target", hover),
        line(result.grid, side.outputs[0], "bound", "at t = 0", hover),
        line(result.grid, side.linear[-1], "theory", "linearised", hover),
        line(result.grid, side.outputs[-1], "measurement", "network", hover, line=trained),
        dots(result.x, result.y, "data", hover, marker=HOLLOW),
    ]


def _output_title(sides: Sequence[Side], obstacle: str) -> str:
    if obstacle:
        return "No width and no γ can fit these data"
    if sides[0].exponent == sides[1].exponent:
        return "The same γ on both sides: the same network"
    a, b = (number(100 * _gap(side), 2) for side in sides)
    end = f"By t = {sides[0].times[-1]:g}"
    return f"{end} A is {a} % off its linearisation, B {b} % off its own"


def _gap(side: Side) -> float:
    """Distance of the last output from the linear one, over the size of the latter."""
    size = float(np.linalg.norm(side.linear[-1]))
    return float(np.linalg.norm(side.outputs[-1] - side.linear[-1])) / max(size, 1e-9)


def output_frames(_params: Params, result: Result) -> dict[str, Any] | None:
    """The training times of :func:`outputs`."""
    moving = []
    for k, side in enumerate(result.sides or ()):
        moving += [
            frame_trace("linearised", "y", side.linear, nth=k),
            frame_trace("network", "y", side.outputs, nth=k),
        ]
    return over_time(result.times, *moving)


def own_points(_params: Params, result: Result) -> dict[str, Any]:
    """The data as points, for the clicks that change them."""
    return {"points": points_of(result.x, result.y)}


def losses(_params: Params, sides: Sides, _sample: object) -> Figure:
    """Loss over time of both networks and both linearisations."""
    times = sides[0].times[1:]
    data: list[Trace] = []
    notes = []
    top = max(float(s.loss.max()) for s in sides) or 1.0
    floor = max(1e-12, least(*(loss for s in sides for loss in (s.loss, s.linear_loss)), share=0.3))
    hover = "t = %{x:.3g}<br>loss %{y:.3g}"
    for name, side, symbol in zip("AB", sides, ("circle", "square-open"), strict=True):
        label = f"{name}: {power(side.exponent)}"
        data += [
            line(times, side.linear_loss[1:], "theory", f"{name}, linearised", hover),
            dots(times, side.loss[1:], label, hover, symbol=symbol),
        ]
        last = max(float(side.loss[-1]), floor)
        notes.append(end_label(math.log10(times[-1]), math.log10(last), name))
    shown = floor, 2 * max(top, 10 * floor)
    return figure(
        "Loss of the networks (dots) and of their linearisations (lines)",
        time_axis(times, 1.35),
        axis("loss ½|D|⁻¹ Σ(z − y)²", log=True, range=shown, steady=True),
        data,
        annotations=notes,
    )


def least(*arrays: Array, share: float = 1.0) -> float:
    """This share of the smallest positive number in the arrays."""
    return reach(arrays, share)[0] if any(np.any(a > 0) for a in arrays) else share * 1e-6
