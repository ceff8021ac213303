"""Figures of page 3.2: random functions on the circle, network beside process."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Figure, axis, dots, figure, line, number, random_function, reach
from components.figures.labels import on_logs, on_paper, width_axis
from components.figures.orders import Words
from components.figures.playing import frame_trace, frames
from compute.experiments.gp_limit.run import DRAWS
from compute.experiments.gp_limit.setting import Params
from compute.gaussian_limit import CircleFunctions


def functions(_params: Params, part: CircleFunctions, _sample: Any) -> Figure:
    """Draws of the process and networks with the same noise; the widths play."""
    hover = "angle %{x:.0f}°<br>z/√K = %{y:.3f}"
    data = [
        random_function(draw, DRAWS, part.angles, values[draw], role, name, hover)
        for draw in range(DRAWS)
        for role, name, values in (
            ("theory", "process", part.process),
            ("measurement", "network", part.networks[-1]),
        )
    ]
    last = np.nanmax(np.abs(part.networks[-1]), initial=0.5)
    top = min(max(1.5 * float(max(np.abs(part.process).max(), last)), 1.0), 8.0)
    return figure(
        "",
        axis("angle of the input (degrees)", range=(0, 360)) | {"dtick": 45},
        axis("output z(x)/√K<sup>(L)</sup>", range=(-top, top)),
        data,
        annotations=[
            on_paper(0.02, 0.93, "process", font={"color": "@theory"}),
            on_paper(0.98, 0.93, "network", font={"color": "@measurement"}, xanchor="right"),
        ],
    )


def function_title(
    _params: Params, part: CircleFunctions, _sample: Any, frame: int | None
) -> Words:
    """What the width in front is, and how far it is from the process."""
    at = len(part.widths) - 1 if frame is None else frame
    apart = float(part.apart[at])
    if not np.isfinite(apart):
        return f"N = {part.widths[at]}: the network has left the range of numbers"
    return f"N = {part.widths[at]}: network and process are {number(apart, 2)} apart, same noise"


def function_frames(_params: Params, part: CircleFunctions) -> dict[str, Any]:
    """The widths of :func:`functions`."""
    values = np.swapaxes(part.networks, 0, 1)
    moving = [frame_trace(f"network {d}", "y", v) for d, v in enumerate(values, 1)]
    return frames("width", [str(n) for n in part.widths], *moving)


def apart(_params: Params, part: CircleFunctions, _sample: Any) -> Figure:
    """Root mean square difference of network and process against the width."""
    hover = "N = %{x}<br>%{y:.3g} apart"
    seen = np.isfinite(part.apart) & (part.apart > 0)
    data = [
        line(part.widths, part.law, "bound", "c/√N through the widest", hover),
        dots(part.widths[seen], part.apart[seen], "three draws", hover),
    ]
    limits = reach([part.apart[seen], part.law[np.isfinite(part.law)]])
    notes = [on_logs(part.widths[0], part.law[0], "1/√N", "bound", 8)] if seen[-1] else []
    return figure(
        "Root mean square difference over the circle and three draws",
        width_axis("width N", part.widths.tolist(), 0.8, 1.3),
        axis("difference over √K", log=True, range=limits),
        data,
        annotations=notes,
    )
