"""Figures of page 2.2, the kernel regime: the plane of two predictions and its metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from components.figures.base import (
    Figure,
    Trace,
    at_end,
    axis,
    dots,
    figure,
    frame_trace,
    frames,
    line,
    number,
)
from components.figures.ntk_regime.training import TIME, span
from compute.experiments.ntk_regime.run import Params, Result
from compute.experiments.ntk_regime.training import Metric


def _pair(rows: Any) -> tuple[Any, Any]:
    """The x and y of an array of two rows."""
    return rows[0], rows[1]


def plane(params: Params, result: Result, _sample: Any) -> Figure:
    """The plane of two predictions: paths, target, and unit balls of the metric Θ⁻¹."""
    part = result.metric
    assert part is not None
    hover = "z(x₁) = %{x:.4f}<br>z(x₂) = %{y:.4f}"
    chosen = np.unique(np.linspace(0, len(part.times) - 1, 5).round().astype(int))
    data: list[Trace] = [
        line(*_pair(part.ellipses[-1].T), "measurement", "metric now", "unit ball of Θ⁻¹"),
        dots(
            *_pair(part.path[-1:].T),
            "network now",
            hover,
            marker={"color": "@measurement", "size": 12},
        ),
    ]
    data += [
        line(
            *_pair(part.ellipses[k].T),
            "faint",
            f"unit ball of Θ⁻¹ at t = {number(part.times[k])}",
            " ",
        )
        for k in chosen
    ]
    distance = float(np.linalg.norm(part.path[0] - part.target))
    turn = np.linspace(0, 2 * math.pi, 73)
    ring = np.stack([np.cos(turn), np.sin(turn)])
    for share in (0.25, 0.5, 0.75, 1.0):
        circle = part.target[:, None] + share * distance * ring
        data.append(
            line(
                *_pair(circle),
                "bound",
                "equal loss",
                "loss %{text}",
                text=[f"{share**2:.2g} L₀"] * 73,
            )
        )
    marker = {"color": "@text", "size": 14, "symbol": "x"}
    data += [
        line(*_pair(part.linear_path.T), "theory", "linearisation", hover),
        dots(*_pair(part.path.T), f"network, N₁ = {params.width}", hover, **_small()),
        dots(*_pair(part.target[:, None]), "target y", hover, marker=marker),
    ]
    notes = [
        at_end(*_pair(part.target), "target", "text", xanchor="left", xshift=12, yanchor="middle"),
        at_end(
            *_pair(part.path[0]), "start", "measurement", xanchor="left", xshift=12, yanchor="top"
        ),
        at_end(
            float(part.ellipses[0][:, 0].min()),
            float(part.ellipses[0][np.argmin(part.ellipses[0][:, 0]), 1]),
            "unit ball of Θ⁻¹",
            "bound",
            yanchor="top",
        ),
    ]
    centre = 0.5 * (part.path[0] + part.target)
    reach = 0.85 * distance + 0.1
    return figure(
        _plane_title(part),
        axis("prediction z(x₁)", range=(centre[0] - 1.7 * reach, centre[0] + 1.7 * reach)),
        axis("prediction z(x₂)", range=(centre[1] - reach, centre[1] + reach))
        | {"scaleanchor": "x", "scaleratio": 1},
        data,
        annotations=notes,
    )


def _small() -> dict[str, Any]:
    return {"marker": {"color": "@measurement", "size": 6}}


def _plane_title(part: Metric) -> str:
    ratio = float(part.rates[0, 1] / max(part.rates[0, 0], 1e-300))
    if ratio > 30:
        return "Close inputs: the metric is a needle"
    if ratio > 2:
        return "The path follows the metric, not the shortest way"
    return "A round metric: straight to the target"


def plane_frames(_params: Params, result: Result) -> Mapping[str, Any] | None:
    """The ball of the metric moving along the path."""
    part = result.metric
    assert part is not None
    if len(part.times) < 2:
        return None
    return frames(
        "t =",
        [number(float(t)) for t in part.times],
        frame_trace("metric now", "x", part.ellipses[:, :, 0]),
        frame_trace("metric now", "y", part.ellipses[:, :, 1]),
        frame_trace("network now", "x", part.path[:, :1]),
        frame_trace("network now", "y", part.path[:, 1:]),
    )


def metric_rates(params: Params, result: Result, _sample: Any) -> Figure:
    """The two eigenvalues of Θ over time."""
    part = result.metric
    assert part is not None
    low = max(float(part.rates[:, 0].min()), 1e-8 * float(part.rates.max()))
    data, notes = [], []
    for k, name in ((1, "long axis"), (0, "short axis")):
        constant = np.full(len(part.times) - 1, max(float(part.rates[0, k]), low))
        data.append(line(part.times[1:], constant, "theory", f"linearisation, {name}", "λ = %{y}"))
        values = np.maximum(part.rates[1:, k], low)
        data.append(
            dots(part.times[1:], values, f"network, {name}", "t = %{x:.3g}<br>λ = %{y:.4g}")
        )
        notes.append(
            at_end(float(part.times[1]), float(constant[0]), name, "theory", log_x=True, log_y=True)
            | {"xanchor": "left"}
        )
    return figure(
        "The linearised metric stays; the network’s moves",
        axis(TIME, log=True, range=span(part.times[1:]), steady=True),
        axis("eigenvalues of Θ<sub>t</sub>", log=True, range=(low / 2, 3 * part.rates.max())),
        data,
        annotations=notes,
    )
