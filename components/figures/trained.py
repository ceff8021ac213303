"""What figures of networks in training share: the time, its frames, the data, the output's axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from components.figures.base import Array, axis, number
from components.figures.playing import frames

TIME = "training time t"
# How data look, before or behind curves.
HOLLOW = {"color": "rgba(0,0,0,0)", "line": {"color": "@text", "width": 2}, "size": 10}


def time_axis(times: Array, room: float = 1.0) -> dict[str, Any]:
    """From the first of the times, which is > 0, to `room` times the last."""
    first, last = float(times[0]), room * float(times[-1])
    return axis(TIME, log=True, range=(first, max(last, 1.01 * first)), steady=True)


def over_time(times: Array, *traces: dict[str, Any], digits: int = 2) -> dict[str, Any] | None:
    """Frames that play these times; none where training did not go on."""
    names = [number(float(t), digits) for t in times]
    return frames("t =", names, *traces) if len(names) > 1 else None


def own_points(x: ArrayLike, y: ArrayLike) -> list[list[float]]:
    """The data as points, for the clicks that change them."""
    pairs: list[list[float]] = np.column_stack([x, y]).round(4).tolist()
    return pairs


def tamed(heights: Sequence[Array], most: float) -> tuple[float, float]:
    """Ends of an axis that holds the heights but not those beyond ±most."""
    joined = np.concatenate([np.ravel(h) for h in heights])
    low, high = max(float(joined.min()), -most), min(float(joined.max()), most)
    room = 0.06 * (high - low) + 0.05
    return low - room, high + room
