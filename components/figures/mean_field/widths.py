"""Figures of page 2.3 against the width: propagation of chaos, clouds, drawn networks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    dots,
    figure,
    line,
    number,
)
from compute.experiments.mean_field.run import Result
from compute.experiments.mean_field.sampler import DRAWN_WIDTHS, Approximation, Chaos, Drawn
from compute.experiments.mean_field.setting import WINDOW, Params
from compute.experiments.mean_field.squares import Squares
from compute.experiments.one_layer_fields import REACH
from compute.sampling import Sample

WIDTH = "width N<sub>1</sub>"


def _width_axis(widths: tuple[int, ...]) -> dict[str, Any]:
    made = axis(WIDTH, log=True, range=(0.8 * widths[0], 2.6 * widths[-1]))
    return made | {"tickvals": list(widths), "ticktext": [str(n) for n in widths]}


def fine(title: str, low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis with 1, 2, 5 marked where it spans little."""
    made = axis(title, log=True, range=(low, high))
    if high / low > 300:
        return made
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
    marks = [m * 10.0**k for k in powers for m in (1, 2, 5)]
    return made | {"tickvals": marks, "ticktext": [number(m) for m in marks]}


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


def _series(
    squares: Squares, widths: tuple[int, ...], name: str, symbol: str, *, fit: bool = True
) -> tuple[list[Trace], list[dict[str, Any]]]:
    """Dots with error bars, the fitted line through them, and its slope as a label."""
    value, error = squares.root()
    if not np.all(value > 1e-12):
        return [], []
    hover = f"N₁ = %{{x}}<br>{name} %{{y:.3g}} ± %{{error_y.array:.1g}}"
    made = [
        dots(
            widths,
            value,
            name,
            hover,
            error=error,
            marker={"color": "@measurement", "size": 10, "symbol": symbol},
        )
    ]
    slope, text = squares.slope(widths), name
    if fit and math.isfinite(slope.value):
        middle = np.exp(np.mean(np.log(value)))
        at = np.array(widths) / np.exp(np.mean(np.log(widths)))
        made.insert(0, line(widths, middle * at**slope.value, "faint", "fit", hoverinfo="skip"))
        text = f"{name}:<br>slope {_signed(slope.value)} ± {number(slope.standard_error, 1)}"
    return made, [_label(widths[-1], float(value[-1]), text, "measurement")]


def _label(x: float, y: float, text: str, role: str) -> dict[str, Any]:
    where = {"xanchor": "left", "yanchor": "middle", "xshift": 12, "align": "left"}
    return at_end(x, y, text, role, log_x=True, log_y=True, **where)


def _guide(widths: tuple[int, ...], start: float, slope: float, text: str) -> tuple[Trace, Any]:
    at = np.array([widths[0], widths[-1]], dtype=np.float64)
    values = start * (at / at[0]) ** slope
    label = _label(float(at[-1]), float(values[-1]), text, "bound")
    return line(at, values, "bound", text, "%{y:.3g}"), label


def _range(values: list[Array]) -> tuple[float, float]:
    """Low and high of an axis that shows all positive values."""
    joined = np.concatenate([np.ravel(v) for v in values])
    joined = joined[np.isfinite(joined) & (joined > 1e-12)]
    return 0.5 * float(joined.min()), 2.0 * float(joined.max())


# ---- chaos ---------------------------------------------------------------------------


def coupled(params: Params, result: Result, sample: Sample[Chaos] | None) -> Figure:
    """Distance of narrow networks from the wide one that contains them."""
    known = result.theory
    assert known is not None
    widths = known.widths
    start = np.sqrt(known.initial / np.array(widths))
    exact = line(widths, start, "theory", "output at t = 0, exact", "N₁ = %{x}<br>%{y:.4g}")
    data, notes, shown = [exact], [], [start]
    if sample is None:
        notes.append(_label(widths[-1], float(start[-1]), "output at<br>t = 0, exact", "theory"))
    else:
        state = sample.current
        for squares, name, symbol, fit in (
            (state.path, "neurons", "circle", True),
            (state.output, "output", "square", True),
            (state.initial, "output, t = 0", "diamond-open", False),
        ):
            made, labels = _series(squares, widths, name, symbol, fit=fit)
            data += made
            notes += labels
            shown.append(squares.root()[0])
    low, high = _range(shown)
    return figure(
        f"Narrow networks track the one {known.reference} wide: their distance falls like 1/√N₁",
        _width_axis(widths),
        fine(f"distance up to t = {params.horizon:g}", low, high),
        data,
        annotations=notes,
    )


def clouds(params: Params, result: Result, sample: Sample[Chaos] | None) -> Figure:
    """W_2 of two independent trained clouds."""
    known = result.theory
    assert known is not None
    widths, first = known.cloud_widths, 1.0
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    shown = []
    if sample is not None:
        data, notes = _series(sample.current.cloud, widths, "measured", "circle")
        value = sample.current.cloud.root()[0]
        shown.append(value)
        first = float(value[0]) if value[0] > 1e-12 else 1.0
    guides = [(-0.5, "−½")]
    if math.isfinite(known.cloud_exponent):
        guides.insert(0, (known.cloud_exponent, f"−1/d = −1/{known.dimension}"))
    for slope, text in guides:
        trace, label = _guide(widths, first, slope, text)
        data.append(trace)
        notes.append(label)
        shown.append(np.array([first, first * (widths[-1] / widths[0]) ** slope]))
    low, high = _range(shown)
    return figure(
        _cloud_title(known.dimension),
        _width_axis(widths),
        fine(f"W<sub>2</sub> of two clouds at t = {params.horizon:g}", low, high),
        data,
        annotations=notes,
    )


def _cloud_title(dimension: int) -> str:
    if dimension == 2:
        return "In the plane (d = 2) a logarithm holds the clouds back"
    return f"As sets in d = {dimension} the clouds agree far more slowly"


# ---- approximation -------------------------------------------------------------------


def part_of(result: Result) -> Approximation:
    """The measure of the tab in front."""
    assert result.approximation is not None
    return result.approximation


def functions(params: Params, result: Result, _sample: Any) -> Figure:
    """The function of the measure and ten networks drawn from it."""
    part = part_of(result)
    line_case = params.inputs == "line"
    unit = 1.0 if line_case else 90.0
    faint = {"color": "@measurement", "width": 1}
    data = [
        line(
            unit * part.grid,
            values,
            "measurement",
            "networks",
            f"network {k + 1}<br>z = %{{y:.3f}}",
            line=faint,
            opacity=0.55,
            showlegend=k == 0,
        )
        for k, values in enumerate(part.drawn)
    ]
    hover = "%{x:.3g}: f = %{y:.4f}"
    data.append(
        line(unit * part.grid, part.function, "theory", "function of μ", hover, showlegend=True)
    )
    x_axis = (
        axis("input x", range=(-WINDOW, WINDOW))
        if line_case
        else axis("angle of the input (degrees)", range=(-90 * REACH, 90 * REACH)) | {"dtick": 90}
    )
    return figure(
        f"Ten networks of {params.width} neurons drawn from one measure",
        x_axis,
        axis("f(x) and z<sup>(2)</sup>(x)"),
        data,
        **BELOW,
    )


def errors(_params: Params, result: Result, sample: Sample[Drawn] | None) -> Figure:
    """Root mean square of f_{N_1} − f against the width."""
    part = part_of(result)
    widths = np.array(DRAWN_WIDTHS, dtype=np.float64)
    exact = np.sqrt(part.constant / widths)
    hover = "N₁ = %{x}<br>√(Var/N₁) = %{y:.4g}"
    data = [line(widths, exact, "theory", "√(Var/N₁), exact", hover)]
    shown = [exact]
    notes: list[dict[str, Any]] = []
    if sample is not None:
        made, notes = _series(sample.current.error, DRAWN_WIDTHS, "measured", "circle")
        data += made
        shown.append(sample.current.error.root()[0])
    title = f"The error is √({number(part.constant)}/N₁) at every width"
    if not np.any(exact > 1e-12):
        low, high = 1e-3, 1.0
        title = "Every network drawn from this measure is its mean: there is no error"
    else:
        low, high = _range(shown)
    return figure(
        title,
        _width_axis(DRAWN_WIDTHS),
        fine("root mean square error", low, high),
        data,
        annotations=notes,
    )
