"""Figures of page 2.2, the kernel regime: movement in training, and against the width."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    at_end,
    axis,
    dots,
    figure,
    line,
)
from components.figures.ntk_regime.training import TIME
from compute.experiments.ntk_regime.run import Params, Result
from compute.experiments.one_layer_fields import KINKED

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
        axis(TIME, log=True, range=(t[0], max(t[-1], 1.01 * t[0])), steady=True),
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
    first: dict[str, Any] = {"yshift": 6}
    second: dict[str, Any] = {"yshift": -6, "yanchor": "top"}
    if part.apart[-1] > part.moved[-1]:
        first, second = second, first
    low, high = ends(moved, apart)
    return figure(
        _path_title(float(part.moved[-1]), float(part.apart[-1])),
        axis(TIME, log=True, range=(t[0], max(t[-1], 1.01 * t[0])), steady=True),
        axis("distance of parameters", log=True, range=(low, high)),
        data,
        annotations=[
            *label(t, moved, "‖θ<sub>t</sub> − θ<sub>0</sub>‖", "measurement", **first),
            *label(
                t, apart, "‖θ<sub>t</sub> − θ<sub>t</sub><sup>lin</sup>‖", "measurement", **second
            ),
        ],
    )


def _path_title(moved: float, apart: float) -> str:
    if apart < 0.3 * moved:
        return "The parameters travel, close to the linear path"
    if apart < moved:
        return "The parameters travel, away from the linear path"
    return "The parameters end farther from the linear path than from their start"
