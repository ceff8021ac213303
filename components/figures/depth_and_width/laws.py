"""Figures of page 3.6, laws over networks and paths of a few: what stays random at L = tN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    axis,
    dots,
    figure,
    line,
    middles,
    named,
    number,
    together,
)
from components.figures.playing import frame_trace, frames
from compute.experiments.depth_and_width.paths import Paths
from compute.experiments.depth_and_width.run import Spread
from compute.experiments.depth_and_width.sampler import Networks
from compute.experiments.depth_and_width.setting import Params
from compute.sampling import Sample

Drawn = Sample[Networks] | None

LIMIT, REAL, ERRORS, WIDE = "limit L = tN", "real networks", "their errors", "width first"
_MARKS = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999)


def correlation_axis(title: str, low: float, high: float) -> dict[str, Any]:
    """An axis on which artanh ρ is evenly spaced, ρ at its ticks."""
    made = axis(title, range=(low, high), steady=True)
    low, high = made["range"]
    marks = sorted({sign * mark for mark in _MARKS for sign in (-1, 1)})
    shown = [m for m in marks if low <= math.atanh(m) <= high]
    if len(shown) < 2:
        shown = [math.tanh(low + k * (high - low) / 4) for k in range(1, 4)]
    text = [number(m, 6 if abs(m) in _MARKS else 3) for m in shown]
    return made | {"tickvals": [math.atanh(m) for m in shown], "ticktext": text}


def spread(params: Params, part: Spread, sample: Drawn) -> Figure:
    """Density of ρ (on an axis of artanh ρ) or of log V over networks, in the last layer."""
    top, place = 1.1 * float(part.density.max()), float(part.wide[-1])
    angles = params.figure == "density"
    hover = f"{'artanh ρ' if angles else 'log V'} = %{{x:.3f}}<br>density %{{y:.3f}}"
    data = [
        line([place, place], [0, top], "bound", WIDE, "width first: %{x:.3f}"),
        line(part.points, part.density[-1], "theory", LIMIT, hover),
    ]
    if sample is not None:
        data += _histogram(part, sample.current, hover)
    known = part.wide[np.isfinite(part.wide)]
    low = min([float(part.edges[0]), *(known - 0.1)])
    high = max([float(part.edges[-1]), *(known + 0.1)])
    return figure(
        "",
        correlation_axis("correlation ρ (even in artanh ρ)", low, high)
        if angles
        else axis("log of the variance, log V", range=(low, high), steady=True),
        axis("density", range=(0, top), steady=True),
        data,
    )


def _histogram(part: Spread, networks: Networks, hover: str) -> list[Trace]:
    """Dots, and their standard errors as strokes that can be played."""
    height, error = networks.density(-1, part.edges)
    at = middles(part.edges)
    where = np.repeat(at, 3)
    look = {"color": "@measurement", "width": 1.5}
    strokes = line(where, _strokes(height, error), "faint", ERRORS, hoverinfo="skip", line=look)
    return [dots(at, height, REAL, hover, size=6), strokes]


def _strokes(height: Array, error: Array) -> Array:
    """From one error below to one above, with a gap after."""
    rows = [height - error, height + error, np.full(height.shape, np.nan)]
    return np.stack(rows, axis=-1).reshape(*height.shape[:-1], -1)


def spread_frames(params: Params, part: Spread, sample: Drawn) -> dict[str, Any] | None:
    """The layers of :func:`spread`."""
    if part.layers.size < 2:
        return None
    wide = np.column_stack([part.wide, part.wide])
    moving = [frame_trace(WIDE, "x", wide), frame_trace(LIMIT, "y", part.density)]
    if sample is not None:
        seen = [sample.current.density(k, part.edges) for k in range(part.layers.size)]
        height, error = (np.array(rows) for rows in zip(*seen, strict=True))
        moving.append(frame_trace(REAL, "y", height))
        moving.append(frame_trace(ERRORS, "y", _strokes(height, error)))
    return frames("layer", [str(n) for n in part.layers], *moving)


def spread_title(params: Params, part: Spread, _sample: Drawn, frame: int | None) -> str:
    """What is drawn, in the layer in front."""
    k = -1 if frame is None else frame
    of = "ρ" if params.figure == "density" else "log V"
    at = f"Layer {part.layers[k]}, ℓ/N = {number(float(part.times[k]))}"
    return f"{at}: {of} over networks; dotted, width first"


def paths(_params: Params, part: Paths, _sample: Any) -> Figure:
    """A few networks and, with the same random numbers, the limit."""
    hover = "ℓ/N = %{x:.2f}<br>artanh ρ = %{y:.3f}"
    step = max(1, part.times.size // 60)
    few = [(part.times[::step], y[::step], f"network {i}") for i, y in enumerate(part.networks, 1)]
    lines = [(part.times, y, f"limit {i}") for i, y in enumerate(part.limit, 1)]
    x, y, more = together(lines)
    u, v, also = together(few)
    data = [
        line(part.times, part.wide, "bound", WIDE, hover),
        line(x, y, "theory", "limit, common random numbers", hover, **more),
        dots(u, v, REAL, hover, size=5, **also),
    ]
    every = np.concatenate([part.networks.ravel(), part.limit.ravel(), part.wide])
    every = np.clip(every[np.isfinite(every)], -18, 18)
    low, high = float(every.min()) - 0.2, float(every.max()) + 0.2
    return figure(
        "Five networks, and the diffusion driven by their random numbers",
        axis("depth ℓ/N", range=(0, float(part.times[-1]))),
        correlation_axis("correlation ρ (even in artanh ρ)", low, high),
        named(data),
        **BELOW,
    )
