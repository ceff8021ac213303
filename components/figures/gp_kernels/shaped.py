"""Figures of page 3.3, shaped networks against their limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import BELOW, Figure, axis, dots, figure, line, named, number
from compute.experiments.gp_kernels.setting import Params
from compute.experiments.gp_kernels.shaped import Shaped

_TIME_AXIS = axis("depth τ = ℓ/L", range=(0, 1))


def shaped_variance(params: Params, part: Shaped, _sample: Any) -> Figure:
    """K^(τ): recursion at depth L, limit, and both misprints."""
    hover, time = "τ = %{x:.2f}<br>K = %{y:.4f}", part.time
    broken = {"color": "@printed", "width": 2, "dash": "dashdot"}
    layout: dict[str, Any] = {}
    title = "Shaped networks keep a kernel of order 1 at any depth"
    if part.blow_up <= 1:
        at = {"x0": part.blow_up, "x1": part.blow_up, "y0": 0, "y1": 1, "yref": "paper"}
        look = {"color": "@bound", "width": 1.5, "dash": "dot"}
        layout["shapes"] = [{"type": "line", **at, "line": look}]
        title = f"For ψ > 0 the kernel blows up at τ* = {number(part.blow_up)}"
    data = [
        line(time, part.limit, "theory", "limit (3.3.7)", hover),
        dots(time[::8], part.finite[::8], f"recursion, L = {params.depth}", hover),
        line(time, part.printed_ode, "printed", "(3.3.6) as printed", hover),
        line(time, part.printed_cubic, "printed", "t + ψt/(3L) as printed", hover, line=broken),
    ]
    top = float(min(np.nanmax(part.finite) * 1.15, 12 * part.limit[0]))
    variance = axis("variance K<sup>(τ)</sup>(x, x)", range=(0, top))
    return figure(title, _TIME_AXIS, variance, named(data), **layout, **BELOW)


def shaped_correlation(params: Params, part: Shaped, _sample: Any) -> Figure:
    """C^(τ): constant for the cubic, the ODE of the shaped ReLU."""
    hover, time = "τ = %{x:.2f}<br>C = %{y:.5f}", part.time
    broken = {"color": "@theory", "width": 2.5, "dash": "dashdot"}
    late = slice(4, None, 8)
    relu = time[late], 1 - part.relu_gap[late], f"shaped ReLU, L = {params.depth}"
    data = [
        line(time, np.full(time.size, 1 - part.finite_gap[0]), "theory", "cubic, limit", hover),
        dots(time[::8], 1 - part.finite_gap[::8], f"cubic, L = {params.depth}", hover),
        line(time, 1 - part.relu_limit, "theory", "shaped ReLU, ODE", hover, line=broken),
        dots(*relu, hover, symbol="diamond"),
    ]
    title = "The cubic keeps the correlation; the shaped ReLU moves it smoothly"
    return figure(title, _TIME_AXIS, axis("correlation C<sup>(τ)</sup>"), named(data), **BELOW)
