"""Figures of page 2.2, the kernel regime: the plane of two predictions and its metric."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    beside,
    dots,
    figure,
    line,
    number,
)
from components.figures.labels import on_logs
from components.figures.orders import Order
from components.figures.playing import frame_trace
from components.figures.trained import over_time, time_axis
from compute.experiments.ntk_regime.setting import Params
from compute.experiments.ntk_regime.training import Metric


def _pair(points: Array) -> tuple[Array, Array]:
    """The x and y of points (m, 2)."""
    return points[:, 0], points[:, 1]


def _point(point: Array) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def plane(params: Params, part: Metric, _sample: object) -> Figure:
    """The plane of two predictions: paths, target, and unit balls of the metric Θ⁻¹."""
    hover = "z(x₁) = %{x:.4f}<br>z(x₂) = %{y:.4f}"
    chosen = np.unique(np.linspace(0, len(part.times) - 1, 5).round().astype(int))
    data: list[Trace] = [
        line(*_pair(part.ellipses[-1]), "measurement", "metric now", "unit ball of Θ⁻¹"),
        dots(*_pair(part.path[-1:]), "network now", hover, size=12),
    ]
    for k in chosen:
        name = f"unit ball of Θ⁻¹ at t = {number(part.times[k])}"
        data.append(line(*_pair(part.ellipses[k]), "faint", name, " "))
    distance = float(np.linalg.norm(part.path[0] - part.target))
    turn = np.linspace(0, 2 * math.pi, 73)
    ring = distance * np.column_stack([np.cos(turn), np.sin(turn)])
    for share in (0.25, 0.5, 0.75, 1.0):
        losses = [f"{share**2:.2g} L₀"] * 73
        circle = _pair(part.target + share * ring)
        data.append(line(*circle, "bound", "equal loss", "loss %{text}", text=losses))
    data += [
        line(*_pair(part.linear_path), "theory", "linearisation", hover),
        dots(*_pair(part.path), f"network, N₁ = {params.width}", hover, size=6),
        dots(*_pair(part.target[None]), "target y", hover, role="text", size=14, symbol="x"),
    ]
    leftmost = part.ellipses[0][np.argmin(part.ellipses[0][:, 0])]
    notes = [
        at_end(*_point(part.target), "target", "text", yanchor="middle", **beside(12)),
        at_end(*_point(part.path[0]), "start", "measurement", yanchor="top", **beside(12)),
        at_end(*_point(leftmost), "unit ball of Θ⁻¹", "bound", yanchor="top"),
    ]
    centre = 0.5 * (part.path[0] + part.target)
    reach = 0.85 * distance + 0.1
    up = axis("prediction z(x₂)", range=(centre[1] - reach, centre[1] + reach))
    return figure(
        _plane_title(part),
        axis("prediction z(x₁)", range=(centre[0] - 1.7 * reach, centre[0] + 1.7 * reach)),
        up | {"scaleanchor": "x", "scaleratio": 1},
        data,
        annotations=notes,
    )


def _plane_title(part: Metric) -> str:
    ratio = part.ratio
    if part.rates[0, 1] <= 0:
        return "No neuron is on at either input: there is no way to the target"
    if not math.isfinite(ratio):
        return "One kernel for both inputs: the metric is a line"
    if ratio > 30:
        return f"The metric is a needle: its axes differ by a factor {number(ratio**0.5, 2)}"
    if ratio > 2:
        return "The path follows the metric, not the shortest way"
    return "A round metric: straight to the target"


def plane_frames(_params: Params, part: Metric) -> dict[str, Any] | None:
    """The ball of the metric moving along the path."""
    return over_time(
        part.times,
        frame_trace("metric now", "x", part.ellipses[:, :, 0]),
        frame_trace("metric now", "y", part.ellipses[:, :, 1]),
        frame_trace("network now", "x", part.path[:, :1]),
        frame_trace("network now", "y", part.path[:, 1:]),
        digits=3,
    )


def metric_rates(_params: Params, part: Metric, _sample: object) -> Figure:
    """The two eigenvalues of Θ over time."""
    times = part.times[1:]
    top = float(part.rates.max()) or 1.0
    low = max(float(part.rates[:, 0].min()), 1e-8 * top)
    data, notes = [], []
    for k, name in ((1, "long axis"), (0, "short axis")):
        kept, *values = np.maximum(part.rates[:, k], low)
        constant = np.full(len(times), kept)
        data += [
            line(times, constant, "theory", f"linearisation, {name}", "λ = %{y}"),
            dots(times, values, f"network, {name}", "t = %{x:.3g}<br>λ = %{y:.4g}"),
        ]
        notes.append(on_logs(times[0], kept, name, "theory", xanchor="left"))
    moves = "The linearised metric stays; the network’s moves"
    return figure(
        (Order("Here the metric stays", "network, long axis", "still", otherwise=moves),),
        time_axis(times),
        axis("eigenvalues of Θ<sub>t</sub>", log=True, range=(low / 2, 3 * top)),
        data,
        annotations=notes,
    )
