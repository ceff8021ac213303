"""Figures of page 4.2: distributions of N_A, Z_A and C_A for two arrangements (Q1, Q2, Q3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    beside,
    dots,
    figure,
    level,
    line,
    measured,
    middles,
    number,
    plural,
)
from components.figures.labels import on_paper
from components.figures.region_counts.depths import (
    CELLS,
    LIMIT,
    Arrangements,
    Found,
    Notes,
    amount,
    exact_bar,
)
from compute.estimates import bin_density
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Arrangement
from compute.experiments.region_counts.setting import Params
from compute.regions.statistics import Statistics

SYMBOLS = ("circle", "diamond-open")
_SHARES = (1e-6, 1.0)


@dataclass(frozen=True)
class _Part:
    """One arrangement's bins, expected mean and, once there are some, counts in the bins."""

    arrangement: Arrangement
    edges: Array
    mean: float
    histogram: Array | None


def regions(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Distribution of N_A for both arrangements (Q2)."""
    bins = [
        _Part(a, a.region_edges, a.regions, None if s is None else s.region_histogram)
        for a, s in _pairs(parts, sample)
    ]
    return _distribution(_title(parts, sample), CELLS, bins)


def lengths(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Distribution of Z_A for both arrangements (Q1)."""
    bins = [
        _Part(a, a.length_edges, a.length, None if s is None else s.length_histogram)
        for a, s in _pairs(parts, sample)
    ]
    return _distribution("How much nodal set there is (Q1)", amount(params), bins)


def _pairs(parts: Arrangements, sample: Found) -> list[tuple[Arrangement, Statistics | None]]:
    """Every arrangement with what its networks showed, None before there is one."""
    states = (None,) * len(parts) if sample is None else sample.current.cells
    return list(zip(parts, states, strict=True))


def _title(parts: Arrangements, sample: Found) -> str:
    """What the sample shows beyond its errors of the deeper networks."""
    if len(parts) == 1:
        return f"{layers(parts[0].cell.layers)}: how many regions, network by network (Q2)"
    if sample is None or not summaries.enough(sample.current):
        return "How many regions, network by network (Q2)"
    mean, scatter = (
        summaries.change(sample.current, m) for m in (summaries.regions, summaries.regions_variance)
    )
    words = {-1: "fewer regions", 0: "as many regions", 1: "more regions"}
    scattered = {-1: ", and less scatter", 0: "", 1: ", and more scatter"}
    return f"Deeper: {words[mean]}{scattered[scatter]} (Q2)"


def _distribution(title: str, quantity: str, parts: list[_Part]) -> Figure:
    """Dots for the bins; the expected mean as a line, exact for one layer."""
    low = min(float(p.edges[0]) for p in parts)
    high = max(float(p.edges[-1]) for p in parts)
    data: list[Trace] = []
    notes: Notes = []
    tops, beyond = [], 0
    for place, part in enumerate(parts):
        if part.histogram is None:
            continue
        height, error = bin_density(part.histogram, part.edges, part.histogram.sum())
        beyond += sum(summaries.outside(part.histogram))
        tops.append(float(height.max()))
        middle = middles(part.edges)
        name = layers(part.arrangement.cell.layers)
        data.append(_bins(middle, height, error, f"{quantity} = %{{x:.4g}}", name, place))
        if height.any():
            notes.append(_flank(middle, height, name, left=_is_left(part, parts)))
    # before the sample: as high as a bump over half the bins would be
    top = max(tops, default=max(4.0 / float(p.edges[-1] - p.edges[0]) for p in parts)) or 1.0
    for place, part in enumerate(parts):
        mean, label = _mean(part, quantity, top * (1.22 + 0.1 * place))
        share = (part.mean - low) / (high - low)
        inward = share > 0.7 or (share > 0.4 and _is_left(part, parts))
        data += mean
        notes += [n | beside(-12 if inward else 12) for n in label]
    if not data:
        data.append(level([low, high], 0, "bound", "no mean is known here"))
    words = quantity + (f" ({beyond} networks lie outside)" if beyond else "")
    return figure(
        title,
        axis(words, range=(low, high)),
        axis("share of networks per unit", range=(0, 1.42 * top)),
        data,
        annotations=notes,
    )


def _bins(x: Array, height: Array, error: Array, hover: str, name: str, place: int) -> Trace:
    seen = height > 0
    label = f"{hover}<br>share %{{y:.3g}} ± %{{error_y.array:.2g}} per unit"
    look: dict[str, Any] = {"size": 7, "symbol": SYMBOLS[place % 2]}
    return dots(x[seen], height[seen], name, label, error=error[seen], **look)


def _flank(x: Array, height: Array, text: str, *, left: bool) -> dict[str, Any]:
    """A label half-way up the left or the right side of a bump."""
    high = np.flatnonzero(height > 0.5 * height.max())
    at = high[0] if left else high[-1]
    place = {"yanchor": "middle"} | beside(-12 if left else 12)
    return at_end(float(x[at]), float(height[at]), text, "measurement", **place)


def _mean(part: _Part, quantity: str, height: float) -> tuple[list[Trace], Notes]:
    """The expected mean as a vertical line with its label."""
    if not math.isfinite(part.mean):
        return [], []
    exact = part.arrangement.cell.layers == 1
    role = "theory" if exact else "bound"
    words = f"mean of {layers(part.arrangement.cell.layers)}, {'exact' if exact else LIMIT}"
    at = [part.mean, part.mean]
    hover = f"{quantity} = {part.mean:.5g}"
    label = at_end(part.mean, height, words, role, yanchor="middle")
    return [line(at, [0, height], role, words, hover)], [label]


def _is_left(part: _Part, parts: list[_Part]) -> bool:
    """Whether its bump is the left one of two."""
    return len(parts) > 1 and part.mean < max(p.mean for p in parts)


def layers(count: int) -> str:
    """So many layers, in words."""
    return plural(count, "layer")


def components(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Share of the last layer's neurons with C_A = 0, 1, 2, … components (Q3)."""
    data: list[Trace] = []
    notes: Notes = []
    closed: list[str] = []
    smallest, most = 0.1, 3
    for place, (a, state) in enumerate(_pairs(parts, sample)):
        if a.cell.layers == 1:
            data.append(_exact_shares(a.single))
            smallest = min(smallest, max(min(a.single, 1 - a.single), 1e-4))
        if state is None:
            continue
        name = f"neuron of layer {a.cell.layers}"
        symbol = SYMBOLS[place % 2]
        found, seen, share = shares(state, a.widths, name, "C_A = %{x}", symbol=symbol)
        data.append(found)
        smallest, most = min(smallest, float(share.min())), max(most, int(seen[-1]))
        at = float(seen[-1]), float(share[-1])
        notes.append(at_end(*at, name, "measurement", log_y=True, xshift=4, yshift=8))
        if params.inputs == 2:
            closed.append(_closed(state, a))
    if not data:
        data.append(line(_SHARES, _SHARES, "faint", "no network yet", hoverinfo="skip"))
    noun = "components" if params.inputs == 2 else "zeros"
    if closed:
        words = "closed curves per network:<br>" + "<br>".join(closed)
        font = {"color": "@measurement"}
        corner = {"xanchor": "right", "yanchor": "top", "align": "right"}
        notes.append(on_paper(1, 1, words, font=font, **corner))
    return figure(
        f"One neuron’s nodal set: how many {noun} (Q3)",
        axis(f"{noun} C<sub>A</sub> of one neuron", range=(-0.6, most + 0.8)),
        axis("share of neurons", log=True, range=(smallest / 3, 4.0)),
        data,
        annotations=notes,
    )


def shares(
    state: Statistics, widths: tuple[int, ...], name: str, what: str, **look: Any
) -> tuple[Trace, NDArray[np.int64], Array]:
    """Shares of the last layer's neurons by the number of components; the numbers and shares."""
    share, error = summaries.component_shares(state, len(widths) - 1, widths[-1])
    seen = np.flatnonzero(share > 0)
    hover = f"{what}<br>share %{{y:.3g}}"
    return (
        measured(seen, share[seen], error[seen], name, hover, log=True, **look),
        seen,
        share[seen],
    )


def _closed(state: Statistics, a: Arrangement) -> str:
    found = state.loops.centred_estimate()
    error = f" ± {number(found.standard_error, 2)}" if found.value > 0 else ""
    return f"{number(found.value)}{error} in {layers(a.cell.layers)}"


def _exact_shares(single: float) -> Trace:
    """A line meets the window once or not at all."""
    known = [0, 1], np.maximum([1 - single, single], _SHARES[0]), "layer 1, exact"
    return dots(*known, "C_A = %{x}<br>%{y:.4g}", role="theory", marker=exact_bar(18))
