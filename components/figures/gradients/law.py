"""Figures of page 3.5: the law of ‖∇_x z‖² over networks, and how it spreads with depth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    beside,
    dots,
    figure,
    line,
    measured,
    middles,
    number,
)
from components.figures.gradients.levels import depth_axis, ends, look_of, name_of
from components.figures.labels import at_last, plus_minus
from components.figures.orders import Order
from compute.experiments.gradients.limits import JOINED
from compute.experiments.gradients.run import LEVELS, Law
from compute.experiments.gradients.sampler import LawSample
from compute.experiments.gradients.setting import Params
from compute.sampling import Sample

Found = Sample[LawSample] | None

SQUARE = "squared gradient ‖∇<sub>x</sub>z‖²"
EXACT, MEASURED = "exact law", "measured"
FOLLOWS = Order("; measured networks follow the exact law", MEASURED, "follows", (EXACT,), slack=0)
# The bar of dead networks is as wide as so many bins, and a dot needs so many networks.
_BAR, _FEWEST = 8, 5


def density(params: Params, part: Law, sample: Found) -> Figure:
    """Density of log₁₀‖∇_x z‖²; dead networks as a bar of the same area per network."""
    decade = math.log(10)
    low, high = (end / decade for end in part.picture)
    wide = float(part.edges[JOINED] - part.edges[0]) / decade
    exact = part.density * decade
    heights = [float(exact.max())] if exact.size else []
    data: list[Trace] = []
    if exact.size:
        hover = "10^%{x:.2f}: density %{y:.3g} per decade"
        data.append(line(part.points / decade, exact, "theory", EXACT, hover))
    bar = _BAR * wide
    place = math.floor(2 * (low - 0.7 * bar)) / 2  # steady, as its tick on the axis
    tall = [part.dead / bar] if part.dead > 0 else []
    if tall:
        data.append(_bar(place, bar, part.dead))
    if sample is not None:
        state = sample.current
        edges, height, error = state.density(part.edges, JOINED)
        edges, height, error = edges / decade, height * decade, error * decade
        kept = height * state.drawn * wide >= _FEWEST
        words = "10^%{x:.2f}: density %{y:.3g}"
        data.append(measured(middles(edges)[kept], height[kept], error[kept], MEASURED, words))
        heights += height[kept].tolist()
        share = state.dead.mean_estimate()
        if share.value > 0:
            data.append(_dead_dot(place, bar, share.value, share.standard_error))
            tall.append(share.value / bar)
    top = 1.15 * max([*heights, *tall, 1e-3])
    marks, notes = _means(params, part, top)
    barred = max(tall, default=0) > 1e-4 / bar
    across = axis(SQUARE, range=(place - bar if barred else low, high), steady=True)
    ticks = _powers(low, across["range"][1])
    if barred:
        notes.append(at_end(place, max(tall), "dead", "theory", xanchor="center"))
        ticks["tickvals"] = [place, *ticks["tickvals"]]
        ticks["ticktext"] = ["0", *ticks["ticktext"]]
    return figure(
        (f"One setting, many gradients: L/N = {number(params.depth / params.width, 2)}", FOLLOWS),
        across | ticks,
        axis("share of networks per decade", range=(0, top), steady=True),
        data + marks,
        annotations=notes,
    )


def _bar(at: float, width: float, share: float) -> Trace:
    left, right, top = at - width / 2, at + width / 2, share / width
    said = f"gradient 0: a share of {number(share)}"
    look = {"color": "@theory", "width": 2}
    x, y = [left, left, right, right, left], [0, top, top, 0, 0]
    return line(x, y, "theory", "dead networks, exact", said, line=look) | {
        "fill": "toself",
        "fillcolor": "@faint",
        "showlegend": False,
    }


def _dead_dot(at: float, width: float, share: float, error: float) -> Trace:
    hover = f"gradient 0: a share of {plus_minus(share, error)}"
    return dots([at], [share / width], "dead networks, measured", hover, error=[error / width])


def _means(params: Params, part: Law, top: float) -> tuple[list[Trace], list[dict[str, object]]]:
    """Where the mean is and, where that is another number, where the notes print it."""
    here, printed = math.log10(part.mean), math.log10(part.printed_mean)
    ends = [0, 0.92 * top]
    known = math.isfinite(part.dead)
    role, word = ("theory", "mean") if known else ("bound", "infinitely wide")
    look = {"color": f"@{role}", "width": 1.5, "dash": "solid" if known else "dot"}
    said = f"{word} {number(part.mean)}"
    data = [line([here, here], ends, role, word, said, line=look)]
    left = here < printed
    notes = [at_end(here, ends[1], said, role, **beside(-6 if left else 6))]
    if params.weight_variance != 1:
        word = f"as printed {number(part.printed_mean)}"
        data.append(line([printed, printed], ends, "printed", "mean as printed", word))
        notes.append(at_end(printed, ends[1], word, "printed", **beside(6 if left else -6)))
    return data, notes


def _powers(low: float, high: float) -> dict[str, Any]:
    """Ticks at powers of ten of an axis in their exponents."""
    step = max(1, math.ceil((high - low) / 7))
    exponents = [k for k in range(math.ceil(low), math.floor(high) + 1) if k % step == 0]
    return {
        "tickangle": 0,
        "tickvals": list(exponents),
        "ticktext": [f"10<sup>{k}</sup>" for k in exponents],
    }


def fan(params: Params, part: Law, sample: Found) -> Figure:
    """Mean, median and the middle four fifths of ‖∇_x z‖² against depth."""
    hover = "%{x} layers: %{y:.3g}"
    known = math.isfinite(part.dead)
    role = "theory" if known else "bound"
    data = [line(part.depths, part.means, role, "mean", hover)]
    shown = [part.means]
    if params.weight_variance != 1:
        data.append(line(part.depths, part.printed_means, "printed", "mean as printed", hover))
    notes = [at_last(part.depths, part.means, "mean" if known else "mean, wide limit", role)]
    for level, row in zip(LEVELS, part.quantiles, strict=True):
        exact = np.where(row > 0, row, np.nan)
        if np.isnan(exact).all():
            continue
        short = name_of(level)
        name = short if level == 0.5 else f"{short} of networks below"
        data.append(line(part.depths, exact, "theory", name, hover, line=look_of(level)))
        shown.append(exact)
        if np.isfinite(exact[-1]):
            notes.append(at_last(part.depths, exact, short, "theory"))
    if sample is not None:
        state = sample.current
        mean = state.square.mean_estimate().scaled(part.mean)
        if mean.value > 0:
            dot = [params.depth], [mean.value], [mean.standard_error]
            data.append(measured(*dot, "measured mean", hover, log=True))
        found = quantiles(state, part.edges)
        kept = np.isfinite(found) & (found > 0)
        if kept.any():
            x = np.full(int(kept.sum()), float(params.depth))
            data.append(dots(x, found[kept], "measured 10 %, 50 %, 90 %", hover, symbol="diamond"))
            shown.append(found[kept])
    return figure(
        _FAN_TITLE,
        depth_axis(params),
        axis(SQUARE, log=True, range=ends(shown, 0.3, 4), steady=True),
        data,
        annotations=notes,
    )


_FAN_TITLE = (
    Order(
        "The median falls with depth", "median", "falls", otherwise="Mean and spread against depth"
    ),
    Order(", the mean keeps its place", "mean", "still"),
)


def quantiles(state: LawSample, edges: Array) -> Array:
    """Measured quantiles (3,) of ‖∇_x z‖² at the levels .1 .5 .9, dead networks counted."""
    shares = np.cumsum(state.counts)[:-1] / state.drawn
    return np.asarray(np.exp(np.interp(LEVELS, shares, edges, left=-np.inf, right=np.nan)))
