"""Figures of page 2.2, the kernel regime: movement in training, and against the width."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    axis,
    dots,
    figure,
    level,
    line,
    named,
    number,
    reach,
)
from components.figures.labels import on_logs
from components.figures.trained import time_axis
from compute.experiments.ntk_regime.setting import Params
from compute.experiments.ntk_regime.training import Movement
from compute.experiments.one_layer_fields import KINKED

HOVER = "t = %{x:.4g}<br>%{y:.4g}"
_TINY = 1e-14


def positive(values: Array, low: float = _TINY) -> Array:
    """The numbers above `low`; nan for the others."""
    return np.where((values > low) & np.isfinite(values), values, np.nan)


def ends(*curves: Array) -> tuple[float, float]:
    """A logarithmic range around everything that is positive."""
    shown = [positive(curve) for curve in curves]
    return reach(shown, 0.5, 2.5) if any(np.any(c > 0) for c in shown) else (1e-3, 1.0)


def label(x: Array, y: Array, text: str, role: str, **more: Any) -> list[dict[str, Any]]:
    """A label at the last point that is drawn; none where nothing is."""
    kept = np.flatnonzero(np.isfinite(y) & (y > 0))
    if not kept.size:
        return []
    return [on_logs(x[kept[-1]], y[kept[-1]], text, role, **more)]


def kernel_change(params: Params, part: Movement, _sample: object) -> Figure:
    """‖Θ_t − Θ_0‖ over time, with the corrected and the printed bound."""
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
        data.append(level(t, part.half, "faint", "δ/2 of (2.2.5)", "%{y:.4g}"))
        notes.append(on_logs(t[0], part.half, "δ/2 of (2.2.5)", "muted", xanchor="left"))
    return figure(
        _change_title(params, part.change[-1], part.printed[-1]),
        time_axis(t),
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
    if change <= 0:
        return "The kernel does not move"
    if change > printed:
        return "The kernel moves beyond the printed bound"
    return f"The kernel moves {number(change / printed, 2)} of what its printed bound allows"


def spectrum(_params: Params, part: Movement, _sample: object) -> Figure:
    """Eigenvalues of Θ before and after, beside those of E Θ."""
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
    return figure(
        "The spectrum before and after training",
        axis("number of the eigenvalue k", range=(0.5, len(rank) + 0.5)),
        axis("eigenvalue λ<sub>k</sub>", log=True, range=ends(start, end, limit)),
        named(data),
        legend={"x": 0.02, "xanchor": "left", "y": 0.05, "yanchor": "bottom"},
    )


def parameters(_params: Params, part: Movement, _sample: object) -> Figure:
    """How far the parameters go, and how far from those of the linearisation."""
    t = part.times[1:]
    moved, apart = positive(part.moved[1:]), positive(part.apart[1:])
    data = [
        dots(t, moved, "‖θ_t − θ₀‖", HOVER),
        dots(t, apart, "‖θ_t − θ_t^lin‖", HOVER, symbol="diamond-open"),
    ]
    above: dict[str, Any] = {"yshift": 6}
    below: dict[str, Any] = {"yshift": -6, "yanchor": "top"}
    first, second = (below, above) if part.apart[-1] > part.moved[-1] else (above, below)
    linear = "‖θ<sub>t</sub> − θ<sub>t</sub><sup>lin</sup>‖"
    return figure(
        _path_title(float(part.moved[-1]), float(part.apart[-1])),
        time_axis(t),
        axis("distance of parameters", log=True, range=ends(moved, apart)),
        data,
        annotations=[
            *label(t, moved, "‖θ<sub>t</sub> − θ<sub>0</sub>‖", "measurement", **first),
            *label(t, apart, linear, "measurement", **second),
        ],
    )


def _path_title(moved: float, apart: float) -> str:
    if moved <= 0:
        return "The parameters do not move"
    if apart < 0.3 * moved:
        return "The parameters travel, close to the linear path"
    if apart < moved:
        return "The parameters travel, away from the linear path"
    return "The parameters end farther from the linear path than from their start"
