"""Figures of page 2.2, the kernel regime: movement in training, and against the width."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
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
from components.figures.ntk_regime import TIME
from compute.experiments.ntk_regime.regime import KINKED, Params, Result
from compute.experiments.ntk_regime.sweep import (
    APART,
    BEND,
    CHANGE,
    SIZES,
    WIDTHS,
    Sweep,
    expected_slopes,
)
from compute.sampling import Sample

# σ″ is 0 wherever it exists: no logarithm. Of these others it is not bounded: another law.
FLAT, UNBOUNDED = (*KINKED, "linear"), ("exp", "cubic")
HOVER = "t = %{x:.4g}<br>%{y:.4g}"
_TINY = 1e-14


def positive(values: Array, low: float = _TINY) -> Array:
    return np.where(values > low, values, np.nan)


def ends(*curves: Array) -> tuple[float, float]:
    """A logarithmic range around everything that is positive."""
    shown = np.concatenate([np.ravel(c) for c in curves])
    shown = shown[np.isfinite(shown) & (shown > _TINY)]
    if not shown.size:
        return 1e-3, 1.0
    return 0.5 * float(shown.min()), 2.5 * float(shown.max())


def label(x: Array, y: Array, text: str, role: str, **more: Any) -> list[dict[str, Any]]:
    """A label at the last point that is drawn; none where nothing is."""
    kept = np.flatnonzero(np.isfinite(y) & (y > 0))
    if not kept.size:
        return []
    at = int(kept[-1])
    return [at_end(float(x[at]), float(y[at]), text, role, log_x=True, log_y=True, **more)]


def kernel_change(params: Params, result: Result, _sample: Any) -> Figure:
    """‖Θ_t − Θ_0‖ over time, with the corrected and the printed bound."""
    part = result.movement
    assert part is not None
    t = part.times[1:]
    change, corrected, printed = (
        positive(v[1:]) for v in (part.change, part.corrected, part.printed)
    )
    data = [
        line(t, printed, "printed", "bound as printed", HOVER),
        line(t, corrected, "bound", "bound with 2η²|D| max‖∇z‖", HOVER),
        dots(t, change, f"network, N₁ = {params.width}", HOVER),
    ]
    notes = [
        *label(t, printed, "bound as printed", "printed"),
        *label(t, corrected, "corrected bound", "bound"),
        *label(t, change, "‖Θ<sub>t</sub> − Θ<sub>0</sub>‖", "measurement", yshift=6),
    ]
    halves = np.array([part.half])
    if part.half > _TINY:
        data.append(line(t[[0, -1]], np.full(2, part.half), "faint", "δ/2 of (2.2.5)", "%{y:.4g}"))
        notes.append(
            at_end(float(t[0]), part.half, "δ/2 of (2.2.5)", "muted", log_x=True, log_y=True)
            | {"xanchor": "left"}
        )
    return figure(
        _change_title(params, part.change[-1], part.printed[-1]),
        axis(TIME, log=True, range=(t[0], max(t[-1], 1.01 * t[0]))),
        axis(
            "change of the kernel ‖Θ<sub>t</sub> − Θ<sub>0</sub>‖",
            log=True,
            range=ends(change, corrected[-1:], printed[-1:], halves),
        ),
        data,
        annotations=notes,
    )


def _change_title(params: Params, change: float, printed: float) -> str:
    if params.activation in KINKED:
        return "A kink has no σ″: no bound of this kind applies"
    if change > printed:
        return "The kernel moves beyond the printed bound"
    return "The kernel moves far less than its bounds allow"


def spectrum(_params: Params, result: Result, _sample: Any) -> Figure:
    """Eigenvalues of Θ before and after, beside those of E Θ."""
    part = result.movement
    assert part is not None
    rank = np.arange(1, len(part.start_rates) + 1)
    low = 1e-13 * float(part.start_rates[0])
    hover = "eigenvalue %{x}<br>%{y:.4g}"
    start, end, limit = (
        positive(v, low) for v in (part.start_rates, part.end_rates, part.limit_rates)
    )
    ring = {"color": "@measurement", "size": 11, "symbol": "circle-open", "line": {"width": 2}}
    data = [
        line(rank, limit, "theory", "E Θ, infinite width", hover),
        dots(rank, start, "Θ₀", hover),
        dots(rank, end, "Θ at the end", hover, marker=ring),
    ]
    for trace in data:
        trace["showlegend"] = True
    return figure(
        "The spectrum before and after training",
        axis("number of the eigenvalue k", range=(0.5, len(rank) + 0.5)),
        axis("eigenvalue λ<sub>k</sub>", log=True, range=ends(start, end, limit)),
        data,
        legend={"x": 0.02, "xanchor": "left", "y": 0.05, "yanchor": "bottom"},
    )


def parameters(params: Params, result: Result, _sample: Any) -> Figure:
    """How far the parameters go, and how far from those of the linearisation."""
    part = result.movement
    assert part is not None
    t = part.times[1:]
    moved, apart = positive(part.moved[1:]), positive(part.apart[1:])
    data = [
        dots(t, moved, "‖θ_t − θ₀‖", HOVER),
        dots(
            t,
            apart,
            "‖θ_t − θ_t^lin‖",
            HOVER,
            marker={"color": "@measurement", "size": 8, "symbol": "diamond-open"},
        ),
    ]
    above = {"yshift": 6}
    return figure(
        "The parameters travel, close to the linear path",
        axis(TIME, log=True, range=(t[0], max(t[-1], 1.01 * t[0]))),
        axis("distance of parameters", log=True, range=ends(moved, apart)),
        data,
        annotations=[
            *label(t, moved, "‖θ<sub>t</sub> − θ<sub>0</sub>‖", "measurement", **above),
            *label(
                t, apart, "‖θ<sub>t</sub> − θ<sub>t</sub><sup>lin</sup>‖", "measurement", **above
            ),
        ],
    )


_SWEPT = (
    (APART, "sup ‖θ<sub>t</sub> − θ<sub>t</sub><sup>lin</sup>‖", "circle"),
    (BEND, "‖Hess z‖ at θ<sub>0</sub>", "square"),
    (CHANGE, "sup ‖Θ<sub>t</sub> − Θ<sub>0</sub>‖", "diamond"),
)


def sweep(params: Params, _result: Result, sample: Sample[Sweep] | None) -> Figure:
    """Three distances against width, with their fitted slopes."""
    widths = np.array(WIDTHS, dtype=np.float64)
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    shown = np.array([0.01, 1.0])
    state = sample.current if sample is not None else None
    if state is not None and state.counted:
        curves = [state.by_width(which)[0] for which, _, _ in _SWEPT]
        shown = np.concatenate(curves)
        for (which, name, symbol), curve in zip(_SWEPT, curves, strict=True):
            data += _swept(params, state, which, name, symbol, widths)
            slope = state.slope(which)
            half = 1.96 * slope.standard_error
            interval = f" ± {half:.2f}" if np.isfinite(half) else ""
            text = f"{name}: slope {slope.value:.2f}{interval}".replace("-", "−")
            place = float(widths[0])
            height = float(curve[0])
            notes.append(
                at_end(place, height, text, "measurement", log_x=True, log_y=True, yshift=18)
                | {"xanchor": "left"}
            )
    else:
        # before the first seed: how steep each line is expected to be
        for which, name, _ in _SWEPT:
            words, law = _law(params, which, widths)
            data.append(line(widths, law, "theory", f"{name}, expected: {words}", "N₁ = %{x}"))
    return figure(
        _sweep_title(params),
        axis("width N₁", log=True, range=(50, 2700)) | _width_ticks(),
        axis("distance from linearity", log=True, range=ends(shown)),
        data,
        annotations=notes,
    )


def _width_ticks() -> dict[str, Any]:
    return {"tickvals": list(WIDTHS), "ticktext": [str(n) for n in WIDTHS]}


def _swept(
    params: Params, state: Sweep, which: int, name: str, symbol: str, widths: Array
) -> list[Trace]:
    mean, error = state.by_width(which)
    marker = {"color": "@measurement", "size": 10, "symbol": symbol}
    hover = "N₁ = %{x}<br>%{y:.4g} ± %{error_y.array:.2g}"
    plain = f"{name}, mean of {state.counted} seeds"
    traces = [dots(widths, mean, plain, hover, error=np.nan_to_num(mean * error), marker=marker)]
    name, law = _law(params, which, widths)
    law = law * np.exp(np.mean(np.log(mean / law)))
    return [
        line(widths, law, "theory", f"{name}, through the mean", "N₁ = %{x}<br>%{y:.4g}"),
        *traces,
    ]


def _law(params: Params, which: int, widths: Array) -> tuple[str, Array]:
    """The expected dependence on the width, in words and as a curve that starts at 1."""
    if which == BEND:
        flat = params.activation in FLAT
        law = widths ** (-0.5 - params.exponent) * (1.0 if flat else np.sqrt(np.log(widths)))
        return f"{'1' if flat else '√(2 log N₁)'}/(γ√N₁)", law / law[0]
    slope = expected_slopes(params)[0 if which == APART else 1]
    return f"slope {number(slope)}", (widths / widths[0]) ** slope


def _sweep_title(params: Params) -> str:
    if params.activation in KINKED:
        return "A kink halves the exponent: −¼ instead of −½"
    if params.exponent >= 0.45:
        return "γ = √N₁: the kernel moves by as much at every width"
    if params.exponent > 0:
        return f"γ = N₁ to the {params.exponent:g}: width helps less"
    return "Width makes a network its linearisation"


def peaks(params: Params, _result: Result, sample: Sample[Sweep] | None) -> Figure:
    """√N‖Hess‖ from 10² to 10⁶ neurons against √(2 log N) and a constant."""
    sizes = np.array(SIZES, dtype=np.float64)
    growth = np.sqrt(np.log(sizes))
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    top = 5.0
    if sample is None:
        data = [line(sizes, 0.7 * growth * np.sqrt(2), "theory", "expected growth", "N₁ = %{x}")]
    else:
        mean, error = sample.current.peak()
        hover = "N₁ = %{x}<br>√N₁‖Hess‖ = %{y:.4g}"
        level = np.full(len(sizes), mean[0])
        top = 1.3 * float(mean.max())
        data = [dots(sizes, mean, "largest block, mean", hover, error=error)]
        data.insert(0, line(sizes, level, "printed", "constant, as printed", hover))
        left = {"log_x": True, "xanchor": "right"}
        notes = [at_end(1e6, float(mean[0]), "∝ 1, as printed", "printed", **left)]
        if params.activation not in (*FLAT, *UNBOUNDED):
            law = growth * float(np.mean(mean / growth))
            data.insert(0, line(sizes, law, "theory", "constant × √(2 log N₁)", hover))
            notes.append(at_end(1e6, float(law[-1]), "∝ √(2 log N₁)", "theory", **left, yshift=8))
    return figure(
        _peak_title(params),
        axis("width N₁", log=True, range=(70, 1.5e6)),
        axis("√N₁ ‖Hess z‖ at θ<sub>0</sub>, γ = 1", range=(0, top)),
        data,
        annotations=notes,
    )


def _peak_title(params: Params) -> str:
    if params.activation in FLAT:
        return "Where σ″ = 0 the Hessian is of order 1/√N₁"
    return "The Hessian is not of order 1/√N₁"
