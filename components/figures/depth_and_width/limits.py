"""Figures of page 3.6, three limits: the angle of ReLU, explosion, alignment."""

from __future__ import annotations

import numpy as np

from components.figures.base import BELOW, Figure, axis, figure, level, line, measured, named, reach
from components.figures.depth_and_width.laws import REAL, WIDE, Drawn
from components.figures.orders import Order
from compute.experiments.depth_and_width.run import Alignment, Angle, Explosion
from compute.experiments.depth_and_width.setting import Params

NEXT, LIMIT, EVER = "next order", "limit N → ∞", "1 − exp(−gV₀)"
LAW, SIZE = "1 − arccos(ρ₀)/π", "limit L = tN"
_BROKEN = {"color": "@theory", "width": 2.5, "dash": "dashdot"}

_SMALLER = Order(
    "Real ReLU networks turn inputs together faster than width first says",
    REAL,
    "above",
    (WIDE,),
    at="last",
    otherwise="Unshaped ReLU: how the angle of two inputs closes down",
)
_NEXT = Order("; the next order in 1/N tells by how much", REAL, "follows", (NEXT,), slack=0.05)
_SAVED = Order(
    "Width saves networks: fewer explode than width first says",
    REAL,
    "below",
    (WIDE,),
    at="last",
    otherwise="Which share of networks has exploded by depth ℓ",
)
_LATE = Order(
    "; they are late, as the next order in 1/N says", REAL, "follows", (NEXT,), slack=0.05
)
_LINE = Order(
    "Deep linear networks align: with which sign, the angle of the inputs decides",
    REAL,
    "follows",
    (LAW,),
    slack=0.03,
    otherwise="Deep linear networks align: how often on the side of ρ = +1",
)
_GROWS = Order(
    "With depth two outputs come to lie on one line",
    SIZE,
    "rises",
    otherwise="Mean of |ρ| over networks",
)


def angle(params: Params, part: Angle, sample: Drawn) -> Figure:
    """Median of X = 3π/(Nθ) against depth."""
    hover, times = "ℓ/N = %{x:.2f}<br>X = %{y:.4g}", part.times
    low, median, high = part.predicted.T
    data = named(
        [
            line(times, median, "theory", NEXT, hover),
            line(times, part.limit, "theory", LIMIT, hover, line=_BROKEN),
            line(times, part.wide, "bound", WIDE, hover),
        ]
    )
    for share, values in (("a tenth lies below", low), ("a tenth lies above", high)):
        data.append(line(times, values, "faint", share, hover))
    heights = [part.predicted, part.limit, part.wide]
    if sample is not None:
        middle, error = sample.current.medians(part.edges)
        x = np.exp(middle)
        data += named([measured(times, x, x * error, REAL, hover, log=True)])
        heights.append(x)
    return figure(
        (_SMALLER, _NEXT) if times.size > 1 else "The angle of two inputs after one layer",
        axis("depth ℓ/N", range=(0, 1.02 * float(times[-1]))),
        axis("median of X = 3π/(Nθ)", log=True, range=reach(heights, 0.8, 1.25), steady=True),
        data,
        **BELOW,
    )


def explosion(params: Params, part: Explosion, sample: Drawn) -> Figure:
    """Share of exploded networks against depth."""
    hover, last = "ℓ/N = %{x:.2f}<br>share %{y:.4f}", float(part.fine_times[-1])
    after = (part.fine_times > part.blow_up).astype(float)
    at, certain = part.fine_times, after
    if part.blow_up < last:
        place = int(np.searchsorted(at, part.blow_up, side="right"))
        at = np.insert(at, place, [part.blow_up, part.blow_up])
        certain = np.insert(certain, place, [0.0, 1.0])
    data = [
        line(at, certain, "bound", WIDE, "width first: %{y:.0f} at ℓ/N = %{x:.2f}"),
        level([0, last], part.ever, "bound", EVER, "ever: %{y:.4f}"),
        line(part.fine_times, part.fine_late, "theory", NEXT, hover),
        line(part.fine_times, part.fine_share, "theory", LIMIT, hover, line=_BROKEN),
    ]
    if sample is not None:
        share, error = sample.current.shares()
        data.append(measured(part.times, share, error, REAL, hover))
    return figure(
        (_SAVED, _LATE) if part.late.any() else (_SAVED,),
        axis("depth ℓ/N", range=(0, 1.02 * last)),
        axis("share of networks whose variance exploded", range=(-0.02, 1.05)),
        named(data),
        **BELOW,
    )


def alignment(params: Params, part: Alignment, sample: Drawn) -> Figure:
    """Share of networks whose two outputs end on the same side, against ρ_0."""
    hover = "ρ₀ = %{x:.3f}<br>share %{y:.4f}"
    data = [line(part.correlations, part.aligned, "theory", LAW, hover)]
    if sample is not None:
        n = sample.current.drawn
        share = sample.current.positive / n
        error = np.sqrt(np.maximum(share * (1 - share), 1 / n) / n)
        data.append(measured(part.starts, share, error, REAL, hover))
    return figure(
        (_LINE,),
        axis("correlation ρ₀ of the inputs", range=(-1.02, 1.02)),
        axis("share of networks that end with ρ > 0", range=(-0.02, 1.02)),
        named(data),
        **BELOW,
    )


def alignment_size(params: Params, part: Alignment, sample: Drawn) -> Figure:
    """Mean of |ρ| against depth."""
    hover = "ℓ/N = %{x:.2f}<br>mean of |ρ| %{y:.4f}"
    data = [line(part.times, part.size, "theory", SIZE, hover)]
    if sample is not None:
        data.append(measured(part.times, *sample.current.means(), REAL, hover))
    return figure(
        (_GROWS,),
        axis("depth ℓ/N", range=(0, 1.02 * float(part.times[-1]))),
        axis("mean of |ρ| over networks", range=(0, 1.04)),
        named(data),
        **BELOW,
    )
