"""Figures of page 1.4: how far a network's gradient turns out of the first row space."""

from __future__ import annotations

import numpy as np

from components.figures.base import BELOW, Figure, axis, dots, figure, line, named
from compute.experiments.implicit_bias.sampler import Measured
from compute.experiments.implicit_bias.setting import Params
from compute.experiments.implicit_bias.turning import EARLY, FIRST, Turn
from compute.sampling import Sample

Drawn = Sample[Measured] | None
_HIGH = "sine of the angle"


def turn_of_width(params: Params, part: Turn, sample: Drawn) -> Figure:
    """The sine at t = ½ and at the end against the width, and the law through the first."""
    hover = "N₁ = %{x}<br>sine %{y:.3g}"
    end = f"t = {part.times[-1]:g}"
    data, heights = [], []
    turns = sample.current.turns if sample is not None else None
    mean, error = turns.sines() if turns is not None else (part.sines[:, 1:], None)
    widths = part.widths if turns is not None else part.widths[:FIRST]
    for at, name, symbol, role in (
        (EARLY - 1, "t = ½", "circle", "measurement"),
        (-1, end, "square", "text"),
    ):
        bars = None if error is None else np.nan_to_num(error[:, at])
        data.append(
            dots(widths, mean[:, at], name, hover, error=bars, role=role, symbol=symbol, size=9)
        )
        heights.append(mean[:, at])
    middle = np.exp(np.mean(np.log(np.maximum(mean[:, EARLY - 1], 1e-12))))
    law = middle * (part.widths / np.exp(np.log(widths).mean())) ** (params.exponent - 0.5)
    data.insert(0, line(part.widths, law, "theory", "slope a − ½", hover))
    shown = np.maximum(np.concatenate([*heights, law]), 1e-6)
    return figure(
        "How far the gradient has turned out of the space in which descent began",
        axis("width N₁", log=True, range=(part.widths[0] / 1.3, part.widths[-1] * 1.3)),
        axis(_HIGH, log=True, range=(shown.min() / 2, min(2 * shown.max(), 1.5)), steady=True),
        named(data),
        **BELOW,
    )


def turn_of_time(_params: Params, part: Turn, _sample: Drawn) -> Figure:
    """The sine in training, of one start at three widths."""
    hover = "t = %{x}<br>sine %{y:.3g}"
    look = {"color": "@measurement", "width": 2}
    # wider is darker; dashes mean something else here
    data = [
        line(part.times, row, "measurement", f"{width:g} wide", hover, line=look, opacity=shade)
        for row, width, shade in zip(part.sines, part.widths, (0.4, 0.7, 1.0), strict=False)
    ]
    return figure(
        "One start at three widths; for a linear model the sine is 0",
        axis("time t", range=(0, part.times[-1])),
        axis(_HIGH, range=(0, 1.1 * max(float(part.sines.max()), 1e-3)), steady=True),
        named(data),
        **BELOW,
    )
