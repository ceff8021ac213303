"""Figures of page 4.2: the same neurons in one to six layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    number,
    reach,
)
from components.figures.orders import Order, Words
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Arrangement
from compute.experiments.region_counts.sampler import RegionSample
from compute.experiments.region_counts.setting import Params
from compute.regions.statistics import Statistics
from compute.sampling import Estimate, Sample

Found = Sample[RegionSample] | None
Arrangements = tuple[Arrangement, ...]
Notes = list[dict[str, Any]]

DEPTH = "hidden layers L, the same neurons in all"
CELLS = "regions N<sub>A</sub>"
LIMIT = "limit of wide layers"
_ENDS = (0.6, 6.4)
_TITLES = {
    "every": "Var Z grows with every layer: evidence, no proof",
    "overall": "Var Z is larger in 6 layers than in 1: evidence, no proof",
    "mixed": "At this setting Var Z does not grow with depth",
    "unknown": "Does Var Z grow with depth? An open question",
}


def bound_words(params: Params) -> str:
    """The bound of Theorem 4.2.1 by name, with its constant 1/√(π C_b) where C_W = 2."""
    if params.weight_variance != 2:
        return "bound by the co-area"
    under = "π" if params.bias_variance == 1 else f"({number(params.bias_variance)} π)"
    return f"bound (4.2.1), C = 1/√{under}"


def amount(params: Params) -> str:
    """What Z_A counts."""
    return "length Z<sub>A</sub>" if params.inputs == 2 else "zeros Z<sub>A</sub>"


def exact_bar(size: int) -> dict[str, Any]:
    """How a number that is known exactly is marked at its place."""
    return {"size": size, "symbol": "line-ew", "line": {"width": 3, "color": "@theory"}}


def regions_by_depth(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Mean N_A against depth: limit of wide layers, measured, and one layer's maximum."""
    law = np.array([a.regions for a in parts])
    hover = "%{x} layers<br>N_A = %{y:.4g}"
    data, notes, top = _law_by_depth(parts, law, hover)
    most, words = parts[0].zaslavsky, "most that lines can make"
    if params.inputs == 2 and most < 2.2 * top:
        data.append(level(_ENDS, most, "bound", words, hover))
        notes.append(at_end(6.4, most, words, "bound"))
        top = most
    found, highest = _measured_by_depth(sample, summaries.regions, hover)
    return figure(
        _depth_title(params, law, found),
        _depth_axis(),
        axis(f"mean {CELLS}", range=(0, 1.12 * max(top, highest)), steady=True),
        data + found,
        annotations=notes,
    )


def _depth_title(params: Params, law: Array, found: list[Trace]) -> Words:
    """Of the deepest networks that are measured, or of the limit before there are some."""
    if not np.isfinite(law).all():
        return "Without biases all folds run through the origin"
    what = "pieces on the line" if params.inputs == 1 else "regions in the same window"
    of, one = "measured" if found else LIMIT, (float(law[0]),)
    return (
        "Same neurons, more layers: ",
        Order(f"fewer {what}", of, "below", one, at="last"),
        Order(f"as many {what}", of, "follows", one, at="last"),
        Order(f"more {what}", of, "above", one, at="last"),
    )


def variance_by_depth(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Var Z_A against depth, with intervals: the open conjecture."""
    hover = "%{x} layers<br>Var Z_A = %{y:.4g}"
    data: list[Trace] = []
    notes: Notes = []
    heights: list[Array] = []
    one = parts[0].variance
    if math.isfinite(one) and one > 0:
        words = "one layer, exact: N₁ × that of one line"
        data.append(level(_ENDS, one, "theory", words, hover))
        notes.append(at_end(6.4, one, words, "theory", log_y=True, yanchor="top"))
        heights.append(np.array([one]))
    trend = "unknown"
    if sample is not None:
        value, error = summaries.by_cell(sample.current, summaries.length_variance)
        kept = value > 0
        x = np.arange(1, value.size + 1)[kept]
        data.append(measured(x, value[kept], error[kept], "measured", hover, log=True))
        heights.append(value[kept])
        trend = summaries.variance_trend(sample.current)
    low, high = reach(heights, 1 / 2.5, 2.5) if heights else (0.1, 10.0)
    if not data:
        data.append(level(_ENDS, 1.0, "bound", "nothing is known exactly here", hover))
    ends = low, max(high, 10 * low)
    return figure(
        _TITLES[trend],
        _depth_axis(),
        axis(f"variance of {amount(params)}", log=True, range=ends, steady=True),
        data,
        annotations=notes,
    )


def length_by_depth(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Mean Z_A against depth: limit of wide layers, measured, and the bound of Theorem 4.2.1."""
    law, bound = np.array([(a.length, a.bound) for a in parts]).T
    hover = "%{x} layers<br>Z_A = %{y:.4g}"
    data, notes, top = _law_by_depth(parts, law, hover)
    words = bound_words(params)
    if np.isfinite(bound).all() and bound.max() < 5 * top:
        data.append(line(np.arange(1, bound.size + 1), bound, "bound", words, hover))
        notes.append(at_end(6.4, float(bound[-1]), words, "bound"))
        top = float(bound.max())
    found, highest = _measured_by_depth(sample, summaries.length, hover)
    below, of = "Mean Z stays below the bound", "measured" if found else LIMIT
    return figure(
        (Order(below, of, "below", (words,), otherwise="Mean Z against depth", slack=0),),
        _depth_axis(),
        axis(f"mean {amount(params)}", range=(0, 1.15 * max(top, highest)), steady=True),
        data + found,
        annotations=notes,
    )


def _depth_axis() -> dict[str, Any]:
    return axis(DEPTH, range=(0.6, 6.45)) | {"dtick": 1}


def _law_by_depth(parts: Arrangements, law: Array, hover: str) -> tuple[list[Trace], Notes, float]:
    """One layer's expectation, which is exact, and the limit of the others; the largest."""
    x = np.arange(1, law.size + 1)
    kept = np.isfinite(law)
    exact = x[:1], law[:1], "one layer, exact", hover
    data = [
        line(x[kept], law[kept], "bound", LIMIT, hover),
        dots(*exact, role="theory", marker=exact_bar(20)),
    ]
    notes = []
    if kept[0]:
        notes.append(at_end(1, float(law[0]), "exact", "theory", yshift=6, xanchor="center"))
    if kept.all():
        notes.append(at_end(6.4, float(law[-1]), LIMIT, "bound", yshift=4))
    top = float(law[kept].max()) if kept.any() else 4.0 * parts[0].cell.neurons
    return data, notes, max(top, 1e-3)


def _measured_by_depth(
    sample: Found, measure: Callable[[Statistics], Estimate], hover: str
) -> tuple[list[Trace], float]:
    """The sampled means, and the largest of them."""
    if sample is None:
        return [], 0.0
    value, error = summaries.by_cell(sample.current, measure)
    kept = np.isfinite(value)
    x = np.arange(1, value.size + 1)[kept]
    found = measured(x, value[kept], error[kept], "measured", hover)
    return [found], float(value[kept].max(initial=0.0))
