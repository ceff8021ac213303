"""Figures of page 3.3, shaped networks against their limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Figure,
    axis,
    dots,
    figure,
    line,
    number,
)
from compute.experiments.gp_kernels.run import Result
from compute.experiments.gp_kernels.setting import Params

GAP = "correlation gap 1 − C<sup>(ℓ)</sup>"
LAYER = "layer ℓ"


def shaped_variance(params: Params, result: Result, _sample: Any) -> Figure:
    """K^(τ): recursion at depth L, limit, and both misprints."""
    part = result.shaped
    assert part is not None
    top = float(min(np.nanmax(part.finite) * 1.15, 12 * result.variance0))
    data = [
        line(part.time, part.limit, "theory", "limit (3.3.7)", "τ = %{x:.2f}<br>K = %{y:.4f}"),
        dots(
            part.time[::8],
            part.finite[::8],
            f"recursion, L = {params.depth}",
            "τ = %{x:.2f}<br>K = %{y:.4f}",
        ),
        line(
            part.time,
            part.printed_ode,
            "printed",
            "(3.3.6) as printed",
            "τ = %{x:.2f}<br>K = %{y:.4f}",
        ),
        line(
            part.time,
            part.printed_cubic,
            "printed",
            "t + ψt/(3L) as printed",
            "τ = %{x:.2f}<br>K = %{y:.4f}",
            line={"color": "@printed", "width": 2, "dash": "dashdot"},
        ),
    ]
    layout: dict[str, Any] = {}
    title = "Shaped networks keep a kernel of order 1 at any depth"
    if part.blow_up <= 1:
        layout["shapes"] = [
            {
                "type": "line",
                "x0": part.blow_up,
                "x1": part.blow_up,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": "@bound", "width": 1.5, "dash": "dot"},
            }
        ]
        title = f"For ψ > 0 the kernel blows up at τ* = {number(part.blow_up)}"
    for trace in data:
        trace["showlegend"] = True
    return figure(
        title,
        axis("depth τ = ℓ/L", range=(0, 1)),
        axis("variance K<sup>(τ)</sup>(x, x)", range=(0, top)),
        data,
        **layout,
        **BELOW,
    )


def shaped_correlation(params: Params, result: Result, _sample: Any) -> Figure:
    """C^(τ): constant for the cubic, the ODE of the shaped ReLU."""
    part = result.shaped
    assert part is not None
    data = [
        line(
            part.time,
            np.full(part.time.size, 1 - result.gap0),
            "theory",
            "cubic, limit",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
        ),
        dots(
            part.time[::8],
            1 - part.finite_gap[::8],
            f"cubic, L = {params.depth}",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
        ),
        line(
            part.time,
            1 - part.relu_limit,
            "theory",
            "shaped ReLU, ODE",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
            line={"color": "@theory", "width": 2.5, "dash": "dashdot"},
        ),
        dots(
            part.time[4::8],
            1 - part.relu_gap[4::8],
            f"shaped ReLU, L = {params.depth}",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
            marker={"color": "@measurement", "size": 8, "symbol": "diamond"},
        ),
    ]
    for trace in data:
        trace["showlegend"] = True
    return figure(
        "The cubic keeps the correlation; the shaped ReLU moves it smoothly",
        axis("depth τ = ℓ/L", range=(0, 1)),
        axis("correlation C<sup>(τ)</sup>"),
        data,
        **BELOW,
    )
