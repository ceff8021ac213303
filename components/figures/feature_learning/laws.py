"""Figures of page 1.5: escape by information exponent, and the staircase."""

from __future__ import annotations

import numpy as np

from components.figures.base import BELOW, Figure, axis, dots, figure, line, measured, named, reach
from components.figures.feature_learning.training import mean_and_spread
from components.figures.labels import on_logs, width_axis
from components.figures.orders import Order
from compute.experiments.feature_learning.networks import Climb
from compute.experiments.feature_learning.run import Flow, Limit
from compute.experiments.feature_learning.sampler import EXPONENTS, Escapes
from compute.experiments.feature_learning.setting import Params
from compute.sampling import Sample

TITLE = "Samples until u is found"
LAW = Order("; k = 1 follows its flow", "sampled, k = 1", "follows", ("flow, k = 1",), slack=0.1)
NOISE = Order("; noise holds k = 3 back", "sampled, k = 3", "above", ("flow, k = 3",), at="last")
STAIRS, PARITY = "staircase, N₀ = ∞", "parity, N₀ = ∞"
REAL_STAIRS, REAL_PARITY = "staircase, networks", "parity, networks"
CLIMBS = Order(
    "At N₀ = ∞ the staircase is learned, parity is not",
    STAIRS,
    "below",
    (PARITY,),
    at="last",
    otherwise="Risk of the staircase and of parity",
)
LATER = Order("; by networks, later", REAL_PARITY, "below", (1.0,), at="last")
ORDERED = Order(
    "One step after the other: x₁, x₁x₂, x₁x₂x₃",
    "x₁x₂x₃, N₀ = ∞",
    "below",
    ("x₁x₂, N₀ = ∞",),
    otherwise="How much of each product the network holds",
)
SYMBOLS = ("circle", "diamond", "square")
NAMES = ("x₁", "x₁x₂", "x₁x₂x₃")


def escape(_params: Params, part: Flow, sample: Sample[Escapes] | None) -> Figure:
    """Samples until the overlap is ½ against the dimension."""
    data, notes, heights = [], [], [part.counts]
    hover = "d = %{x}<br>%{y:.0f} samples"
    medians, errors = (None, None) if sample is None else sample.current.median()
    for i, k in enumerate(EXPONENTS):
        data.append(line(part.dimensions, part.counts[i], "theory", f"flow, k = {k}", hover))
        end = part.dimensions[-1], part.counts[i, -1]
        notes.append(on_logs(*end, f"k = {k}", "theory", shift=8, yanchor="middle"))
        if medians is not None and errors is not None:
            look = {"log": True, "symbol": SYMBOLS[i]}
            name = f"sampled, k = {k}"
            data.append(measured(part.dimensions, medians[i], errors[i], name, hover, **look))
            heights.append(np.nan_to_num(medians[i]))
    widths = [int(d) for d in part.dimensions]
    return figure(
        (TITLE, LAW, NOISE),
        width_axis("dimension d", widths, 0.85, 1.35),
        axis("samples until ⟨u, w⟩ = ½", log=True, range=reach(heights), steady=True),
        data,
        annotations=notes,
    )


def risk(params: Params, part: Limit, sample: Sample[Climb] | None) -> Figure:
    """Risk of staircase and parity against time: limit and networks."""
    hover = "t = %{x:.3g}<br>risk %{y:.3g}"
    data = [
        line(part.times, part.risk[0], "theory", STAIRS, hover),
        line(part.times, part.risk[1], "bound", PARITY, hover),
    ]
    if sample is not None:
        state = sample.current
        for i, name in enumerate((REAL_STAIRS, REAL_PARITY)):
            mean, error = mean_and_spread(state.risk[:, i])
            data.append(measured(state.times, mean, error, name, hover, symbol=SYMBOLS[i]))
    return figure(
        (CLIMBS, LATER),
        axis("training time t", range=(0, params.stairs_time)),
        axis("risk E(z − y)²", range=(0, 3.6)),
        named(data),
        **BELOW,
    )


def parts(params: Params, part: Limit, sample: Sample[Climb] | None) -> Figure:
    """The staircase's three coefficients in the output."""
    data = []
    for i, name in enumerate(NAMES):
        hover = f"t = %{{x:.3g}}<br>{name}: %{{y:.3f}}"
        look = {"dash": ("solid", "dash", "dot")[i], "color": "@theory", "width": 2.5}
        data.append(
            line(part.times, part.parts[:, i], "theory", f"{name}, N₀ = ∞", hover, line=look)
        )
        if sample is not None:
            state, label = sample.current, f"{name}, one network"
            held = state.parts[:, i]
            data.append(dots(state.times, held, label, hover, symbol=SYMBOLS[i], size=6))
    return figure(
        (ORDERED,),
        axis("training time t", range=(0, params.stairs_time)),
        axis("coefficient of the product in z", range=(-0.4, 1.7)),
        named(data),
        **BELOW,
    )
