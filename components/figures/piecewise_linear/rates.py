"""Figures of page 1.1: error against knots beside depth, and composed hats."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import BELOW, Figure, axis, dots, figure, line, measured, named, reach
from components.figures.orders import Order, Words
from compute.experiments.piecewise_linear.error import Error
from compute.experiments.piecewise_linear.run import Hats
from compute.experiments.piecewise_linear.setting import Params

_HOVER = "%{x} neurons<br>error %{y:.4g}"


def errors(params: Params, part: Error, _sample: Any) -> Figure:
    """Sup error against hidden neurons: wide with knots uniform or graded, and deep."""
    data = [dots(part.sizes, part.uniform, "knots evenly spaced", _HOVER)]
    graded = part.graded, "knots graded by √|f″|"
    data.append(dots(part.sizes, *graded, _HOVER, symbol="diamond-open", size=10))
    if np.isfinite(part.law).any():
        data.append(line(part.sizes, part.law, "theory", "(∫√|f″|)²/(8m²)", _HOVER))
    if np.isfinite(part.bound).any():
        data.append(line(part.sizes, part.bound, "bound", "max|f″| h²/8", _HOVER))
    title: Words = (
        "Graded knots ",
        Order(
            "end below evenly spaced ones",
            "knots graded by √|f″|",
            "below",
            ("knots evenly spaced",),
            at="last",
            otherwise="end no lower than evenly spaced ones",
        ),
    )
    if np.isfinite(part.deep).any():
        look = {"symbol": "square", "size": 9}
        deep = dots(3 * part.depths, part.deep, "composed hats", _HOVER, **look)
        data.append(
            deep | {"mode": "lines+markers", "line": {"color": "@measurement", "width": 1.5}}
        )
        title = "Knots draw x² with an error like 1/m², depth with one that is exponentially small"
    heights = [part.uniform, part.graded, part.deep[np.isfinite(part.deep)]]
    seen = [np.maximum(h, 1e-9) for h in heights]
    return figure(
        title,
        axis("hidden neurons", log=True, range=(1.7, 600)),
        axis("largest error on [−1, 1]", log=True, range=reach(seen)),
        named(data),
        **BELOW,
    )


def broken_lines(params: Params, part: Error, _sample: Any) -> Figure:
    """The function and two broken lines with as many pieces."""
    place = "x = %{x:.3f}<br>%{y:.4f}"
    data = [line(part.x, part.f, "theory", "function", place)]
    data.append(
        dots(*part.uniform_corners, "evenly spaced", place, size=7)
        | {"mode": "lines+markers", "line": {"color": "@measurement", "width": 1.5}}
    )
    data.append(
        dots(*part.graded_corners, "graded", place, role="bound", symbol="diamond", size=7)
        | {"mode": "lines+markers", "line": {"color": "@bound", "width": 1.5}}
    )
    return figure(
        f"The function and two broken lines of {params.pieces} pieces",
        axis("input x", range=(-1.03, 1.03)),
        axis("f(x)"),
        named(data),
        **BELOW,
    )


def hat(params: Params, part: Hats, _sample: Any) -> Figure:
    """The composed hat; at L = 1 with the right half as printed."""
    data = [line(part.x, part.y, "theory", "hat composed", "x = %{x:.4f}<br>%{y:.4f}")]
    low = -0.06
    if params.depth == 1:
        data.append(line([0.5, 1], [0, -1], "printed", "1 − 2x as printed", "%{x}: %{y}"))
        low = -1.06
    return figure(
        f"The hat composed {params.depth} times" if params.depth > 1 else "The hat",
        axis("input x", range=(-0.02, 1.02)),
        axis("output", range=(low, 1.06)),
        named(data) if params.depth == 1 else data,
        **(BELOW if params.depth == 1 else {}),
    )


def pieces(params: Params, part: Hats, _sample: Any) -> Figure:
    """Pieces by depth: composed hats, the law 2^L, random networks of the same shape."""
    depth = part.depths
    hover = "L = %{x}<br>%{y:.4g} pieces"
    data = [
        line(depth, 2.0**depth, "theory", "2ᴸ", hover),
        dots(depth, part.pieces, "composed hats, counted", hover, size=9),
        measured(
            depth,
            part.random[:, 0],
            part.random[:, 1],
            "24 random networks of width 2",
            hover,
            log=True,
            symbol="diamond-open",
        ),
    ]
    fewer = Order(
        ": random networks have fewer than the hats",
        "24 random networks of width 2",
        "below",
        ("composed hats, counted",),
        at="last",
    )
    title: Words = ("Linear pieces on [0, 1], counted", *([fewer] if params.depth > 1 else []))
    return figure(
        title,
        axis("depth L", range=(0.5, params.depth + 0.5)) | {"dtick": 1},
        axis("linear pieces", log=True, range=(0.8, 2.0 ** (params.depth + 1))),
        named(data),
        **BELOW,
    )
