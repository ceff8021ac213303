"""What page 3.5's figures share: the axis of depth, the quantiles over networks and theirs."""

from __future__ import annotations

from typing import Any

from components.figures.base import Array, axis, reach
from compute.experiments.gradients.setting import Params


def depth_axis(params: Params) -> dict[str, Any]:
    """The depth, on a logarithmic axis."""
    return axis("depth L", log=True, range=(0.9, max(params.depth, 2) * 1.15))


def name_of(level: float) -> str:
    """The median by its name, other levels in percent."""
    return "median" if level == 0.5 else f"{level:.0%}"


def look_of(level: float) -> dict[str, Any]:
    """A line of theory, thin but for the median."""
    return {"color": "@theory", "width": 2.5 if level == 0.5 else 1.2, "dash": "solid"}


def ends(shown: list[Array], low: float, high: float) -> tuple[float, float]:
    """Ends of the axis: what is drawn, with room, but not more than 14 decades below the top."""
    least, most = reach(shown, low, high)
    return max(least, 1e-14 * most), most
