"""Figures of page 2.4: the tangent kernel before and after training, on both sides.

Colours are of the root ±√|Θ|, on one scale for all six maps: a mean-field kernel grows several
times over, and a linear scale that holds it would show nothing of the other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, axis, dots, figure, number
from components.figures.labels import on_paper
from components.figures.ntk_vs_mean_field.outputs import end_label, power
from components.figures.packed import typed
from components.figures.playing import frame_trace
from components.figures.trained import over_time, time_axis
from components.theme import SIGN_SCALE
from compute.experiments.ntk_vs_mean_field.run import Sides
from compute.experiments.ntk_vs_mean_field.setting import KERNEL_POINTS, Params
from compute.experiments.one_layer_fields import REACH

_COLUMNS = ((0.0, 0.27), (0.335, 0.605), (0.67, 0.94))
_ROWS = ((0.57, 1.0), (0.0, 0.43))
# inside of each map, whose neighbours are near
_TICKS = (-1, 0, 1)
_HOVER = "x = %{x:.2f}, x′ = %{y:.2f}<br>±√|Θ| = %{z:.3f}"
_HEADINGS = ("Θ₀", "Θ<sub>t</sub>", "change")


def heat_maps(_params: Params, sides: Sides, _sample: object) -> Figure:
    """Θ_0, Θ_t and their difference, one row a side."""
    at = np.linspace(-REACH, REACH, KERNEL_POINTS)
    largest = max(float(np.abs(side.kernels).max()) for side in sides) or 1.0
    data: list[Trace] = []
    layout: dict[str, Any] = {}
    notes = []
    for row, (name, side) in enumerate(zip("AB", sides, strict=True)):
        shown = (side.kernels[0], side.kernels[-1], side.kernels[-1] - side.kernels[0])
        for column, values in enumerate(shown):
            place = 3 * row + column + 1
            data.append(_map(at, values, largest, place, f"{name}: {_HEADINGS[column]}"))
            layout |= _axes(place, row, column)
            corner = _COLUMNS[column][0], _ROWS[row][1]
            notes.append(on_paper(*corner, f"<b>{name}</b>  {_HEADINGS[column]}"))
    x, y = layout.pop("xaxis"), layout.pop("yaxis")
    layout |= {"annotations": notes, "margin": {"t": 74}}
    return figure(_title(sides), x, y, data, **layout)


def _root(values: Array) -> Array:
    """±√|Θ|."""
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))


def _map(at: Array, values: Array, largest: float, place: int, name: str) -> Trace:
    trace: Trace = {
        "type": "heatmap",
        "x": typed(at),
        "y": typed(at),
        "z": typed(_root(values)),
        "meta": "root",
        "zmin": -math.sqrt(largest),
        "zmax": math.sqrt(largest),
        "zsmooth": "fast",
        "colorscale": SIGN_SCALE,
        "name": name,
        "showscale": place == 1,
        "hovertemplate": f"{_HOVER}<extra>{name}</extra>",
    }
    if place > 1:
        return trace | {"xaxis": f"x{place}", "yaxis": f"y{place}"}
    unit = 10.0 ** math.floor(math.log10(largest))
    step = next(m for m in (0.5, 1.0, 2.0, 5.0) if 3.2 * m * unit > largest) * unit
    ticks = [k * step for k in range(-3, 4) if abs(k) * step <= largest]
    trace["colorbar"] = {
        "x": 0.95,
        "thickness": 14,
        "outlinewidth": 0,
        "tickvals": [float(v) for v in _root(np.array(ticks))],
        "ticktext": [f"{v:.3g}".replace("-", "−") for v in ticks],
        "title": {"text": "Θ", "side": "top"},
    }
    return trace


def _axes(place: int, row: int, column: int) -> dict[str, Any]:
    suffix = str(place) if place > 1 else ""
    lowest, first = row == 1, column == 0
    x = axis("input x" if lowest or place == 1 else "", range=(-REACH, REACH))
    y = axis("input x′" if first else "", range=(-REACH, REACH))
    x |= {
        "domain": _COLUMNS[column],
        "anchor": f"y{suffix}",
        "showticklabels": lowest,
        "tickvals": _TICKS,
    }
    y |= {"domain": _ROWS[row], "anchor": f"x{suffix}", "showticklabels": first, "tickvals": _TICKS}
    if place == 1:
        # named, but drawn only under the lower row
        x["title"]["font"] = {"size": 1, "color": "rgba(0,0,0,0)"}
    return {f"xaxis{suffix}": x, f"yaxis{suffix}": y}


def _title(sides: Sides) -> str:
    a, b = (number(100 * float(side.kernel_change[-1]), 2) for side in sides)
    left, right = (power(side.exponent).partition(" (")[0] for side in sides)
    end = f"{sides[0].times[-1]:g}"
    return f"By t = {end} A ({left}) changes the kernel by {a} %, B ({right}) by {b} %"


def heat_frames(_params: Params, sides: Sides) -> dict[str, Any] | None:
    """The training times of :func:`heat_maps`."""
    moving = []
    for letter, side in zip("AB", sides, strict=True):
        moving += [
            frame_trace(f"{letter}: {_HEADINGS[1]}", "z", _root(side.kernels)),
            frame_trace(f"{letter}: {_HEADINGS[2]}", "z", _root(side.kernels - side.kernels[0])),
        ]
    return over_time(sides[0].times, *moving)


def alignment(_params: Params, sides: Sides, _sample: object) -> Figure:
    """Alignment of the kernel with yyᵀ over time, on both sides."""
    times = sides[0].times[1:]
    data, notes = [], []
    looks = zip("AB", sides, ("circle", "square-open"), ("solid", "dash"), strict=True)
    for name, side, symbol, dash in looks:
        data.append(
            dots(
                times,
                side.alignment[1:],
                f"{name}: {power(side.exponent)}",
                "t = %{x:.3g}<br>alignment %{y:.3f}",
                mode="lines+markers",
                line={"color": "@measurement", "width": 1.5, "dash": dash},
                size=7,
                symbol=symbol,
            )
        )
        if math.isfinite(side.alignment[-1]):
            notes.append(end_label(math.log10(times[-1]), float(side.alignment[-1]), name))
    return figure(
        _alignment_title(sides),
        time_axis(times, 1.35),
        axis("alignment yᵀΘy / (‖Θ‖ ‖y‖²)", range=(0, 1.04)),
        data,
        annotations=notes,
    )


def _alignment_title(sides: Sides) -> str:
    gains = [float(side.alignment[-1] - side.alignment[0]) for side in sides]
    if not all(map(math.isfinite, gains)):
        return "All targets are 0: there is nothing to align with"
    if max(gains) > 0.05:
        return f"The kernel of {'AB'[int(np.argmax(gains))]} turns towards the target"
    if min(gains) < -0.05:
        return f"The kernel of {'AB'[int(np.argmin(gains))]} learns, and turns away from yyᵀ"
    return "Neither kernel turns towards the target"
