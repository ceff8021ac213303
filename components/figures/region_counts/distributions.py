"""Figures of page 4.2: distributions of N_A, Z_A and C_A for two arrangements (Q1, Q2, Q3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
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
    line,
    number,
    plural,
)
from components.figures.region_counts.depths import CELLS, Found, amount
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Arrangement, Result
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


def regions(params: Params, result: Result, sample: Found) -> Figure:
    """Distribution of N_A for both arrangements (Q2)."""
    parts = [
        _Part(a, a.region_edges, a.regions, None if s is None else s.region_histogram)
        for a, s in _pairs(result, sample)
    ]
    return _distribution(_title(params, result), CELLS, parts)


def lengths(params: Params, result: Result, sample: Found) -> Figure:
    """Distribution of Z_A for both arrangements (Q1)."""
    parts = [
        _Part(a, a.length_edges, a.length, None if s is None else s.length_histogram)
        for a, s in _pairs(result, sample)
    ]
    return _distribution("How much nodal set there is (Q1)", amount(params), parts)


def _pairs(result: Result, sample: Found) -> list[tuple[Arrangement, Statistics | None]]:
    """Every arrangement with what its networks showed, None before there is one."""
    nothing: tuple[Statistics | None, ...] = (None,) * len(result.arrangements)
    states = nothing if sample is None else sample.current.cells
    return list(zip(result.arrangements, states, strict=True))


def _title(params: Params, result: Result) -> str:
    depths = sorted(a.cell.layers for a in result.arrangements)
    if len(depths) == 1:
        return f"{layers(depths[0])}: how many regions, network by network (Q2)"
    if result.arrangements[-1].regions > 0.97 * result.arrangements[0].regions:
        return "Deeper: as many regions in the limit of wide layers, but more scatter (Q2)"
    if params.inputs == 1:
        return "On the line depth scatters the number of pieces (Q2)"
    return "Deeper: fewer regions, and more scatter (Q2)"


def _distribution(title: str, quantity: str, parts: list[_Part]) -> Figure:
    """Dots for the bins; the expected mean as a line, exact for one layer."""
    low = min(float(p.edges[0]) for p in parts)
    high = max(float(p.edges[-1]) for p in parts)
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    tops, beyond = [], 0
    for place, part in enumerate(parts):
        if part.histogram is None:
            continue
        height, error = summaries.density(part.histogram, part.edges)
        beyond += sum(summaries.outside(part.histogram))
        tops.append(float(height.max()))
        middle = 0.5 * (part.edges[1:] + part.edges[:-1])
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
        notes += [n | _side(left=inward) for n in label]
    if not data:
        data.append(line([low, high], [0, 0], "bound", "no mean is known here"))
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
    marker = {"color": "@measurement", "size": 7, "symbol": SYMBOLS[place % 2]}
    label = f"{hover}<br>share %{{y:.3g}} ± %{{error_y.array:.2g}} per unit"
    return dots(x[seen], height[seen], name, label, error=error[seen], marker=marker)


def _flank(x: Array, height: Array, text: str, *, left: bool) -> dict[str, Any]:
    """A label half-way up the left or the right side of a bump."""
    high = np.flatnonzero(height > 0.5 * height.max())
    at = high[0] if left else high[-1]
    place = at_end(float(x[at]), float(height[at]), text, "measurement", yanchor="middle")
    return place | _side(left=left)


def _mean(part: _Part, quantity: str, height: float) -> tuple[list[Trace], list[dict[str, Any]]]:
    """The expected mean as a vertical line with its label."""
    if not math.isfinite(part.mean):
        return [], []
    exact = part.arrangement.cell.layers == 1
    role = "theory" if exact else "bound"
    words = f"mean of {layers(part.arrangement.cell.layers)}, "
    words += "exact" if exact else "limit of wide layers"
    at = [part.mean, part.mean]
    hover = f"{quantity} = {part.mean:.5g}"
    label = at_end(part.mean, height, words, role, yanchor="middle")
    return [line(at, [0, height], role, words, hover)], [label]


def _is_left(part: _Part, parts: list[_Part]) -> bool:
    """Whether its bump is the left one of two."""
    return len(parts) > 1 and part.mean < max(p.mean for p in parts)


def _side(*, left: bool) -> dict[str, Any]:
    """Where a label goes that stands beside its mark."""
    return {"xanchor": "right", "xshift": -12} if left else {"xanchor": "left", "xshift": 12}


def layers(count: int) -> str:
    """So many layers, in words."""
    return plural(count, "layer")


def components(params: Params, result: Result, sample: Found) -> Figure:
    """Share of the last layer's neurons with C_A = 0, 1, 2, … components (Q3)."""
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    closed: list[str] = []
    smallest, most = 0.1, 3
    for place, (a, state) in enumerate(_pairs(result, sample)):
        if a.cell.layers == 1:
            data.append(_exact_shares(a.single))
            smallest = min(smallest, max(min(a.single, 1 - a.single), 1e-4))
        if state is None:
            continue
        share, error = summaries.component_shares(state, a.cell.layers - 1, a.widths[-1])
        seen = np.flatnonzero(share > 0)
        smallest, most = min(smallest, float(share[seen].min())), max(most, int(seen[-1]))
        errors = np.minimum(error[seen], 0.9 * share[seen])
        marker = {"color": "@measurement", "size": 8, "symbol": SYMBOLS[place % 2]}
        name = f"neuron of layer {a.cell.layers}"
        label = "C_A = %{x}<br>share %{y:.3g} ± %{error_y.array:.2g}"
        data.append(dots(seen, share[seen], name, label, error=errors, marker=marker))
        at = float(seen[-1]), float(share[seen[-1]])
        notes.append(at_end(*at, name, "measurement", log_y=True, xshift=4, yshift=8))
        if params.inputs == 2:
            closed.append(_closed(state, a))
    if not data:
        data.append(line(_SHARES, _SHARES, "faint", "no network yet", hoverinfo="skip"))
    noun = "components" if params.inputs == 2 else "zeros"
    if closed:
        corner = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top"}
        words = "closed curves per network:<br>" + "<br>".join(closed)
        notes.append(at_end(1, 1, words, "measurement", align="right", **corner))
    return figure(
        f"One neuron’s nodal set: how many {noun} (Q3)",
        axis(f"{noun} C<sub>A</sub> of one neuron", range=(-0.6, most + 0.8)),
        axis("share of neurons", log=True, range=(smallest / 3, 4.0)),
        data,
        annotations=notes,
    )


def _closed(state: Statistics, a: Arrangement) -> str:
    found = state.loops.centred_estimate()
    error = f" ± {number(found.standard_error, 2)}" if found.value > 0 else ""
    return f"{number(found.value)}{error} in {layers(a.cell.layers)}"


def _exact_shares(single: float) -> Trace:
    """A line meets the window once or not at all."""
    shares = np.maximum([1 - single, single], _SHARES[0])
    marker = {"size": 18, "symbol": "line-ew", "line": {"width": 3, "color": "@theory"}}
    hover = "C_A = %{x}<br>%{y:.4g}"
    return dots([0, 1], shares, "layer 1, exact", hover, role="theory", marker=marker)
