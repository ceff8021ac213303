"""Figures of page 2.3 against the width: propagation of chaos, clouds, drawn networks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    axis,
    dots,
    figure,
    line,
    named,
    number,
    reach,
)
from components.figures.labels import on_logs, width_axis
from components.figures.mean_field.inputs import input_axis, unit_of
from components.figures.orders import Order, Words
from compute.experiments.mean_field.sampler import DRAWN_WIDTHS, Approximation, Chaos, Drawn, Theory
from compute.experiments.mean_field.setting import Params
from compute.experiments.mean_field.squares import Squares
from compute.sampling import Sample

EXACT = "√(Var/N₁), exact"
WIDTH = "width N<sub>1</sub>"
# What is not larger is rounding.
_NOTHING = 1e-12


class _Panel:
    """What is drawn against the width so far: traces, labels, and heights for the axis."""

    def __init__(self, widths: tuple[int, ...], name: str) -> None:
        self.widths, self.name = widths, name
        self.data: list[Trace] = []
        self.notes: list[dict[str, Any]] = []
        self.heights: list[Array] = []

    def curve(self, widths: ArrayLike, values: Array, *look: str) -> None:
        """A line; `look` is its role, name and hover."""
        self.data.append(line(widths, values, *look))
        self.heights.append(values)

    def label(self, y: float, text: str, role: str) -> None:
        """Beside the widest networks."""
        side = {"yanchor": "middle", "align": "left"}
        self.notes.append(on_logs(self.widths[-1], y, text, role, 12, **side))

    def guide(self, start: float, slope: float, text: str) -> None:
        """A line of that slope through a height at the narrowest width."""
        ends = np.array([self.widths[0], self.widths[-1]], dtype=np.float64)
        values = start * (ends / ends[0]) ** slope
        self.curve(ends, values, "bound", text, "%{y:.3g}")
        self.label(values[-1], text, "bound")

    def measured(self, squares: Squares, name: str, symbol: str, *, fit: bool = True) -> None:
        """Dots with error bars, the fitted line through them, and its slope as a label."""
        value, error = squares.root()
        if not np.all(value > _NOTHING):
            return
        self.heights.append(value)
        hover = f"N₁ = %{{x}}<br>{name} %{{y:.3g}} ± %{{error_y.array:.1g}}"
        slope, text = squares.slope(self.widths), name
        if fit and math.isfinite(slope.value):
            middle = np.exp(np.mean(np.log(value)))
            at = np.array(self.widths) / np.exp(np.mean(np.log(self.widths)))
            fitted = middle * at**slope.value
            self.data.append(line(self.widths, fitted, "faint", "fit", hoverinfo="skip"))
            known = f"{slope.value:.2f} ± {number(slope.standard_error, 1)}".replace("-", "−")
            text = f"{name}:<br>slope {known}"
        self.data.append(dots(self.widths, value, name, hover, error=error, size=10, symbol=symbol))
        self.label(value[-1], text, "measurement")

    def figure(self, title: Words) -> Figure:
        """The figure of it all."""
        heights = [values for values in self.heights if np.any(values > _NOTHING)]
        shown = reach(heights) if heights else (1e-3, 1.0)
        x = width_axis(WIDTH, self.widths, 0.8, 2.6)
        return figure(title, x, fine(self.name, *shown), self.data, annotations=self.notes)


def fine(title: str, low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis with 1, 2, 5 marked where it spans little."""
    made = axis(title, log=True, range=(low, high))
    if high / low > 300:
        return made
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
    marks = [m * 10.0**k for k in powers for m in (1, 2, 5)]
    return made | {"tickvals": marks, "ticktext": [number(m) for m in marks]}


# ---- chaos ---------------------------------------------------------------------------


def coupled(params: Params, known: Theory, sample: Sample[Chaos] | None) -> Figure:
    """Distance of narrow networks from the wide one that contains them."""
    panel = _Panel(known.widths, f"distance up to t = {params.horizon:g}")
    start, words = np.sqrt(known.initial / np.array(known.widths)), "output at t = 0, exact"
    panel.curve(known.widths, start, "theory", words, "N₁ = %{x}<br>%{y:.4g}")
    if sample is None:
        panel.label(start[-1], "output at<br>t = 0, exact", "theory")
    else:
        panel.measured(sample.current.path, "neurons", "circle")
        panel.measured(sample.current.output, "output", "square")
        panel.measured(sample.current.initial, "output, t = 0", "diamond-open", fit=False)
    wide = f"the one {known.reference} wide"
    words, otherwise = f"Wider networks come closer to {wide}", f"How far networks are from {wide}"
    return panel.figure((Order(words, "neurons", "falls", otherwise=otherwise),))


def clouds(params: Params, known: Theory, sample: Sample[Chaos] | None) -> Figure:
    """W_2 of two independent trained clouds."""
    panel = _Panel(known.cloud_widths, f"W<sub>2</sub> of two clouds at t = {params.horizon:g}")
    first = 1.0
    if sample is not None:
        panel.measured(sample.current.cloud, "measured", "circle")
        first = float(panel.heights[0][0]) if panel.heights else 1.0
    if math.isfinite(known.cloud_exponent):
        panel.guide(first, known.cloud_exponent, f"−1/d = −1/{known.dimension}")
    panel.guide(first, -0.5, "−½")
    apart = f"Distance of two clouds, as sets in d = {known.dimension}"
    words = f"{apart}: it falls with the width"
    return panel.figure((Order(words, "measured", "falls", otherwise=apart),))


# ---- approximation -------------------------------------------------------------------


def functions(params: Params, part: Approximation, _sample: object) -> Figure:
    """The function of the measure and ten networks drawn from it."""
    at = unit_of(params) * part.grid
    look = {"line": {"color": "@measurement", "width": 1}, "opacity": 0.55}
    data = []
    for k, values in enumerate(part.drawn):
        hover = f"network {k + 1}<br>z = %{{y:.3f}}"
        data.append(line(at, values, "measurement", "networks", hover, **look, showlegend=k == 0))
    exact = line(at, part.function, "theory", "function of μ", "%{x:.3g}: f = %{y:.4f}")
    return figure(
        f"Ten networks of {params.width} neurons drawn from one measure",
        input_axis(params),
        axis("f(x) and z<sup>(2)</sup>(x)"),
        [*data, *named([exact])],
        **BELOW,
    )


def errors(_params: Params, part: Approximation, sample: Sample[Drawn] | None) -> Figure:
    """Root mean square of f_{N_1} − f against the width."""
    panel = _Panel(DRAWN_WIDTHS, "root mean square error")
    exact = np.sqrt(part.constant / np.array(DRAWN_WIDTHS))
    hover = "N₁ = %{x}<br>√(Var/N₁) = %{y:.4g}"
    panel.curve(DRAWN_WIDTHS, exact, "theory", EXACT, hover)
    if sample is not None:
        panel.measured(sample.current.error, "measured", "circle")
    if not np.any(exact > _NOTHING):
        return panel.figure("Every network drawn from this measure is its mean: there is no error")
    law = f"√({number(part.constant)}/N₁)"
    if sample is None:
        return panel.figure(f"The error is {law}, exactly")
    words, otherwise = (
        f"Measured errors follow {law}",
        f"Measured errors beside {law}, the exact ones",
    )
    return panel.figure((Order(words, "measured", "follows", (EXACT,), otherwise=otherwise),))
