"""Figures of page 3.4 without a recursion: output density, criticality, test functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Figure,
    Trace,
    at_end,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    middles,
    named,
    number,
    reach,
    subscripts,
    together,
)
from components.figures.labels import width_axis
from components.figures.orders import Order
from compute.estimates import bin_density
from compute.experiments.finite_width.critical import FOLLOWED, Critical
from compute.experiments.finite_width.density import Density
from compute.experiments.finite_width.observable import DEPTHS, Observable
from compute.experiments.finite_width.sampler import Networks
from compute.experiments.finite_width.setting import ACTIVATIONS, FUNCTIONS, NEGATIVE, Params
from compute.finite_width import Solution
from compute.sampling import Sample

# What a logarithmic density axis shows at least.
_LEAST = 1e-15


def output_density(params: Params, part: Density, sample: Sample[Networks] | None) -> Figure:
    """The law of z/√K: histogram, exact, Gaussian, and the first order with its negative part."""
    log, hover = params.axis == "log", "z/√K = %{x:.3f}<br>density %{y:.4g}"
    first = part.first
    data: list[Trace] = [
        line(part.points, part.gaussian, "bound", "Gaussian", hover),
        line(part.points, first, "printed", "first order", hover),
    ]
    if part.ratio > NEGATIVE and not log:
        shade = {"fill": "tozeroy", "line": {"color": "@printed", "width": 0}}
        below = np.minimum(first, 0.0)
        data.append(line(part.points, below, "printed", "a negative density", hover, **shade))
    if np.isfinite(part.exact).any():
        data.append(line(part.points, part.exact, "theory", "exact law", hover))
    width = float(np.diff(part.edges)[0])
    if part.atom > 1e-6:
        dead = f"dead networks: {number(part.atom)} of all"
        bar = {"type": "bar", "x": [0.0], "y": [part.atom / width], "name": dead}
        look = {"marker": {"color": "@theory", "opacity": 0.45}, "width": [width / 2]}
        data.append(bar | {"hovertemplate": f"{dead}<extra></extra>"} | look)
    if sample is not None and sample.current.histogram.sum() > 0:
        drawn = float(sample.current.count[0])
        density, error = bin_density(sample.current.histogram, part.edges, drawn)
        kept = density > 0 if log else np.ones(density.size, dtype=bool)
        shown = middles(part.edges)[kept], density[kept], error[kept]
        data.append(measured(*shown, "networks", hover, log=log, size=6))
        share = float(sample.current.dead[0]) / drawn
        if share > 0:
            spread = (share * (1 - share) / drawn) ** 0.5 / width
            atom = [0.0], [share / width], [spread]
            data.append(measured(*atom, "dead networks, counted", hover, log=log, symbol="square"))
    finite = part.exact[np.isfinite(part.exact) & (np.abs(part.points) > width / 2)]
    high = max(0.45, 1.3 * float(finite.max(initial=0.0)))
    low = min(-0.02, 1.2 * max(float(first.min()), -2.0))
    across = axis("output z/√K", range=(float(part.edges[0]), float(part.edges[-1])))
    low, high = (_LEAST, 10 * high) if log else (low, high)
    up = axis("density of z/√K, per unit", log=log, range=(low, high))
    negative = (
        f"The first-order density is negative in places: κ₄/K² = {number(part.ratio)} > 4/3"
        if part.ratio > NEGATIVE
        else f"The law of one output at κ₄/K² = {number(part.ratio)}"
    )
    title = (
        negative,
        Order("; networks follow the exact law", "networks", "follows", ("exact law",), slack=0.1),
    )
    return figure(title, across, up, named(data), **BELOW)


def classes(params: Params, part: Critical, _sample: Any) -> Figure:
    """Each activation's slope at criticality, and the C_W, C_b that give it, or why none do."""
    names, rows = zip(*part.rows[::-1], strict=True)
    slopes = np.array([row.slope for row in rows])
    data, notes, top, hover = [], [], 6.0, "C = %{x:.4g}<br>%{customdata}"
    for name, symbol, kept in (
        ("K fixed at K₀", "circle", [row.solved for row in rows]),
        (f"only as K → 0, after {FOLLOWED} layers", "circle-open", [r.fading for r in rows]),
    ):
        at = np.flatnonzero(np.array(kept) & (slopes <= top))
        look = {"size": 12, "symbol": symbol, "customdata": [names[k] for k in at]}
        data.append(dots(slopes[at], at.astype(float), name, hover, role="theory", **look))
    for k, row in enumerate(rows):
        look = {"xanchor": "left", "yanchor": "middle", "xshift": 12, "name": "row"}
        here, text = (row.slope if row.slope <= top else 0.0), _in_short(row)
        if row.slope > top:
            # to the right of the axis
            here, text, look = 1.9 * top, f"{text} →", {"yanchor": "middle", "name": "row"}
        notes.append(at_end(here, float(k), text, "text", **look))
    solved = sum(row.solved for row in rows)
    ticks = {"tickvals": list(range(len(rows))), "ticktext": list(names)}
    return figure(
        f"At K₀ = {params.variance0:g} criticality has a solution for {solved} of "
        f"{len(rows)} activations",
        axis("slope C in κ₄/K² = C L/N", range=(0, 1.9 * top)),
        axis("", range=(-0.6, len(rows) - 0.4)) | ticks | {"showgrid": False, "zeroline": False},
        named(data),
        annotations=notes,
        **BELOW,
    )


def verdict(row: Solution) -> str:
    """The solution of one activation in words."""
    if row.solved:
        return f"{number(row.slope)}: C_W = {number(row.weight)}, C_b = {number(row.bias)}"
    limit = f"; {number(row.slope)} as K → 0" if row.fading else ""
    return f"no solution: {row.reason.replace('-', '−')}{limit}"


def _in_short(row: Solution) -> str:
    """The same where there is little room: the open circle says that there is no solution."""
    text = verdict(row).replace("no solution: it would need", "needs")
    return subscripts(text.replace(", below 0", " &lt; 0"))


def solution(params: Params, part: Critical, _sample: Any) -> Figure:
    """C_W and C_b of the chosen activation along K: a network where C_b ≥ 0."""
    hover = "K = %{x:.3g}<br>%{y:.5g}"
    weight, bias = np.minimum(part.weight, 8.0), np.clip(part.bias, -4.0, 8.0)
    broken = {"color": "@muted", "width": 2, "dash": "solid"}
    data = [
        line(part.kernel, weight, "theory", "C_W", hover, line=broken),
        line(part.kernel, bias, "theory", "C_b", hover),
        level(part.kernel, 0.0, "bound", "C_b = 0", "below: no network"),
    ]
    if np.isfinite(part.half[0]):
        star, look = ([part.half[0]], [part.half[2]]), {"size": 13, "symbol": "star"}
        where = "K* = %{x:.5g}<br>C_b = %{y:.5g}"
        data.append(dots(*star, "both susceptibilities 1", where, role="theory", **look))
    band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": -2.0, "y1": 0.0}
    band |= {"fillcolor": "@refuted", "opacity": 0.1, "line": {"width": 0}, "layer": "below"}
    title = (
        f"Criticality of {dict(ACTIVATIONS)[params.activation]}: ",
        Order("a C_b above 0 at each K", "C_b", "above", (0.0,), otherwise="C_b along K", slack=0),
        Order("; below 0, so no network", "C_b", "below", (0.0,), slack=0),
    )
    high = max(1.0, 1.15 * float(np.nanmax([bias, weight])))
    return figure(
        title,
        axis("variance K", log=True, range=(part.kernel[0], part.kernel[-1])),
        axis("C<sub>W</sub> and C<sub>b</sub> of criticality", range=(-2.0, high)),
        named(data),
        shapes=[band],
        **BELOW,
    )


def theorem_error(params: Params, part: Observable, _sample: Any) -> Figure:
    """What (3.4.2) is off by, against N: as it should be, as printed, and without correction."""
    hover = "N = %{x}, L = %{customdata}<br>relative error %{y:.3g}"
    data: list[Trace] = []
    for values, role, name in (
        (part.gaussian, "faint", "Gaussian alone"),
        (part.printed, "printed", "(3.4.2) as printed, κ₄ one layer on"),
        (part.error, "theory", "(3.4.2) corrected"),
    ):
        x, y, more = together(
            [(part.widths, row, str(depth)) for depth, row in zip(DEPTHS, values, strict=True)]
        )
        data.append(line(x, y, role, name, hover, mode="lines+markers", **more))
    steep = part.error[0, 0] * (part.widths[0] / part.widths) ** 2 / 3
    if part.error[0, 0] > 1e-14:
        data.append(line(part.widths, steep, "bound", "N⁻²", "N⁻²"))
    low, high = reach(
        [np.where(v > 1e-14, v, 0) for v in (part.error, part.printed, part.gaussian)]
    )
    function = dict(FUNCTIONS)[params.function]
    title = f"For f = {function} (3.4.2) is exact once κ₄ is; as printed it errs like N⁻¹"
    if np.isfinite(part.slope).all():
        slopes = ", ".join(number(s) for s in part.slope)
        title = f"For f = {function} the error of (3.4.2) goes like N to the {slopes} (L = 1, 2, 3)"
    return figure(
        title,
        width_axis("width N", [int(n) for n in part.widths], 0.8, 1.25),
        axis("error of E f over its Gaussian value", log=True, range=(low, high)),
        named(data),
        **BELOW,
    )
