"""Figures of page 1.3, many starts: how many arrive, and where the others end."""

from __future__ import annotations

import numpy as np

from components.figures.base import Figure, axis, dots, figure, level, line, measured
from components.figures.orders import Order
from compute.experiments.overparameterisation.run import Widths
from compute.experiments.overparameterisation.sampler import GOAL, LARGEST, Starts
from compute.experiments.overparameterisation.setting import Params
from compute.sampling import Sample

RATIO = "parameters per datum P/|D|"


def shares(params: Params, part: Widths, sample: Sample[Starts] | None) -> Figure:
    """Share of starts with a loss of 10⁻⁴ or less against P/|D|."""
    high = 1.1 * float(part.ratios[-1])
    data = [line([1, 1], [0, 1], "bound", "P = |D|"), level([0.5, high], 1.0, "bound", "all")]
    if sample is not None:
        share, error = sample.current.shares()
        look = {"customdata": part.widths.tolist(), "mode": "markers+lines"}
        look["line"] = {"color": "@measurement", "width": 1}
        hover = "N = %{customdata}, P/|D| = %{x:.3g}<br>share %{y:.3g}"
        data.append(measured(part.ratios, share, error, "share", hover, **look))
    title = Order(
        "With parameters to spare more starts arrive",
        "share",
        "rises",
        slack=0.2,
        otherwise="How many starts arrive, against the number of parameters",
    )
    low = min(0.6, 0.9 * float(part.ratios[0]))
    marks = [0.5, 1, 2, 3, 5, 10, 20]
    x = axis(RATIO, log=True, range=(low, high))
    x |= {"tickvals": marks, "ticktext": [f"{m:g}" for m in marks]}
    return figure((title,), x, axis("share that arrives", range=(-0.04, 1.06)), data)


def losses(params: Params, part: Widths, sample: Sample[Starts] | None) -> Figure:
    """Final losses of all starts, width by width."""
    high = 1.15 * float(part.ratios[-1])
    low = min(0.6, 0.9 * float(part.ratios[0]))
    data = [level([low, high], GOAL, "bound", "goal", "descent stops at 10⁻⁴")]
    if sample is not None:
        final = np.clip(sample.current.losses, 0.3 * GOAL, LARGEST)
        lost = ~np.isfinite(sample.current.losses)
        # a fixed spread, so that dots do not hide one another
        shift = 1 + 0.06 * np.sin(2.4 * np.arange(len(final)))[:, None]
        x = np.where(lost, np.nan, part.ratios * shift)
        hover = "P/|D| = %{x:.2f}<br>loss %{y:.2g}"
        data.append(dots(x.ravel(), np.where(lost, np.nan, final).ravel(), "starts", hover, size=4))
    marks = [0.5, 1, 2, 3, 5, 10, 20]
    x_axis = axis(RATIO, log=True, range=(low, high))
    x_axis |= {"tickvals": marks, "ticktext": [f"{m:g}" for m in marks]}
    return figure(
        f"Losses after {params.steps} steps, or when they are 10⁻⁴",
        x_axis,
        axis("final loss", log=True, range=(3e-5, 3)),
        data,
    )
