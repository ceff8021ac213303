"""Figures of page 3.1, products of random matrices: the law of ‖z‖ and the (N, L) plane."""

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
    heatmap,
    line,
    measured,
    middles,
    number,
    reach,
    superscript,
)
from components.figures.labels import on_logs
from components.figures.orders import Order, Words
from components.figures.packed import typed
from components.theme import DEPTH_SCALE
from compute.experiments.linear_products.law import FAR, Law, Plane
from compute.experiments.linear_products.sampler import LawSample
from compute.experiments.linear_products.setting import Params, route_of
from compute.sampling import Sample

LOG_X = "log norm of the output, log X = log‖z<sup>(L+1)</sup>‖"
EXACT = "exact law (3.2.3), Gaussian weights"
PRINTED = "lognormal as printed: −β/4, β/4"
NO = "Sampled networks beside the exact law"
TYPICAL = "typical, exp(2 E log X)"
SQUARE = "squared norm over its mean, ‖z‖² / E‖z‖²"
AGREE = 0.05
_SHALLOWEST = 1e-12
_RATIOS = (0.01, 0.1, 1.0, 10.0, 100.0)


def density(params: Params, part: Law, sample: Sample[LawSample] | None) -> Figure:
    """Density of log X: exact, both lognormal laws, and the sampled histogram."""
    hover = "log X = %{x:.3f}<br>density %{y:.4g}"
    top = 1.3 * max(part.exact.max(), min(part.printed.max(), 2 * part.exact.max()))
    data = [
        line(part.points, part.exact, "theory", EXACT, hover),
        line(part.points, part.corrected, "bound", "lognormal, mean −β/2, variance β/2", hover),
        line(part.points, part.printed, "printed", PRINTED, hover),
    ]
    notes = [
        _flank(part.points, part.exact, 0.62, "exact", "theory"),
        _flank(part.points, part.corrected, 0.3, "lognormal, β/2", "bound"),
        _crest(part.points, part.printed, top, "as printed, β/4"),
    ]
    name = ""
    if sample is not None:
        state = sample.current
        height, error = state.density(part.edges)
        name = _drawn(params, state)
        data.append(histogram(part.edges, height, error, name))
        seen = np.flatnonzero(height > 0)
        if seen.size:
            first = seen[np.argmax(height[seen] > 0.5 * height.max())]
            at = float(part.edges[first]), float(height[first])
            notes.append(at_end(*at, "sampled networks", "measurement", xshift=-8))
    return figure(
        _density_title(params, part, name),
        axis(LOG_X, range=(part.edges[0], part.edges[-1]), steady=True),
        axis("density of log X", range=(0, top), steady=True),
        data,
        annotations=notes,
    )


def _density_title(params: Params, law: Law, drawn: str) -> Words:
    """`drawn` names the sampled histogram; '' where there is none."""
    if params.entries != "gaussian":
        return "Not Gaussian: (3.2.3) is only an approximation"
    if law.beta < 0.1:
        return f"Wide and shallow: norms vary by {100 * math.sqrt(law.variance):.2g} %"
    if law.beta > 5:
        return f"Deep: the norm's standard deviation is a factor {number(_spread(law), 2)}"
    if not drawn or route_of(params) != "weights":
        return "The exact law is not the printed one"
    return (
        Order("Sampled networks follow the exact law", drawn, "follows", (EXACT,), otherwise=NO),
        Order(", and the printed", drawn, "follows", (PRINTED,), otherwise=", not the printed one"),
    )


def _spread(law: Law) -> float:
    return math.exp(min(math.sqrt(law.variance), 700.0))


def _drawn(params: Params, state: LawSample) -> str:
    source = "multiplied weights" if route_of(params) == "weights" else "draws from the exact law"
    return f"{state.drawn} networks, {source}"


def mean_and_median(params: Params, part: Law, sample: Sample[LawSample] | None) -> Figure:
    """Mean, median and typical ‖z‖² against depth, over the mean."""
    low = max(_SHALLOWEST, 0.5 * float(min(part.typical.min(), part.medians.min())))
    log = low < 0.02
    hover = "depth %{x}<br>‖z‖² / E‖z‖² = %{y:.4g}"
    data = [
        line(part.depths, np.ones_like(part.depths), "theory", "mean E‖z‖²", hover),
        line(part.depths, part.medians, "theory", "median of ‖z‖²", hover),
        line(part.depths, part.typical, "bound", TYPICAL, hover),
    ]
    if sample is not None:
        data += _sampled_averages(params, part, sample.current)
    end = float(part.depths[-1])
    notes = [at_end(end, 1.0, "mean", "theory", log_y=log)]
    for value, text, role, yshift in (
        (float(part.medians[-1]), "median", "theory", 4),
        (float(part.typical[-1]), "typical", "bound", -14),
    ):
        if value > low:
            notes.append(at_end(end, value, text, role, log_y=log, xshift=-8, yshift=yshift))
    agree = "Mean, median and typical norm agree"
    shrink = "Most networks shrink, measured by the mean"
    return figure(
        (
            Order(agree, TYPICAL, "follows", (1.0,), at="last", slack=AGREE),
            Order(shrink, TYPICAL, "below", (1.0,), at="last", slack=AGREE),
        ),
        axis("depth L of networks of this shape", range=(0, 1.04 * end + 0.1)),
        axis(SQUARE, log=True, range=(low, 4.0)) if log else axis(SQUARE, range=(0, 1.15)),
        data,
        annotations=notes,
    )


def _sampled_averages(params: Params, part: Law, state: LawSample) -> list[Trace]:
    hover = "depth %{x}<br>%{y:.4g}"
    mean = state.square.mean_estimate()
    name = "mean over the sample"
    traces = [measured([params.depth], [mean.value], [mean.standard_error], name, hover)]
    if state.log_norm is not None and state.log_norm.count > 1:
        log = state.log_norm.centred_estimate()
        typical = math.exp(2 * (log.value - part.offset))
        error = 2 * log.standard_error * typical
        name = "typical: exp(2 · mean of log X) in the sample"
        look: dict[str, Any] = {"size": 9, "symbol": "diamond"}
        traces.append(measured([params.depth], [typical], [error], name, hover, **look))
    return traces


def plane(params: Params, part: Plane, _sample: Any) -> Figure:
    """Mean or variance of log X over (N, L), lines of equal depth/width, the two ways out."""
    sign, word = _shown(params)
    exponent = np.log10(np.maximum(sign * part.values, 1e-300))
    low, high = float(exponent.min()), float(exponent.max())
    widths, depths = _borders(part.widths), _borders(part.depths)
    data = [
        heatmap(
            widths,
            depths,
            exponent,
            word,
            f"{word} = %{{customdata:.4g}}<extra></extra>",
            scale=DEPTH_SCALE,
            ends=(low, high),
            bar=_colour_bar(word, sign, low, high),
            customdata=typed(part.values),
        )
    ]
    notes = []
    last_width, last_depth = float(part.widths[-1]), float(part.depths[-1])
    for ratio in _RATIOS:
        ends = np.array([max(1.0, 1 / ratio), min(last_width, last_depth / ratio)])
        data.append(_outlined(ends, ends * ratio, f"L/N = {ratio:g}", "dot", 1.5))
        at = math.sqrt(ends[0] * ends[1])
        notes.append(_tag(at, at * ratio, f"L/N = {ratio:g}"))
    for path, name in ((part.wide_first, "width first"), (part.deep_first, "depth first")):
        data += [
            _outlined(path[0], path[1], name, "solid", 6, "@background"),
            _outlined(path[0], path[1], name, "solid", 2.5),
        ]
    data.append(_here(params, word, part.here))
    if params.width < last_width:
        notes.append(_tag(math.sqrt(params.width * last_width), params.depth, "width first →"))
    if params.depth < last_depth:
        notes.append(_tag(params.width, math.sqrt(params.depth * last_depth), "depth first ↑"))
    return figure(
        f"Equal depth/width, equal {word}: click to go there",
        axis("width N", log=True, range=(widths[0], widths[-1])),
        axis("depth L", log=True, range=(depths[0], depths[-1])),
        data,
        annotations=notes,
        meta={"click": {"x": "width", "y": "depth"}},
    )


def _shown(params: Params) -> tuple[float, str]:
    """The sign that makes the shown numbers positive, and their name."""
    return (-1.0, "mean of log X") if params.shows == "mean" else (1.0, "variance of log X")


def _borders(stops: Array) -> Array:
    """Borders of the cells around a ladder's stops, geometrically halfway, (n + 1,)."""
    inner = np.sqrt(stops[1:] * stops[:-1])
    return np.concatenate([[stops[0] ** 2 / inner[0]], inner, [stops[-1] ** 2 / inner[-1]]])


def _colour_bar(word: str, sign: float, low: float, high: float) -> dict[str, Any]:
    powers = range(math.ceil(low), math.floor(high) + 1)
    return {
        "title": {"text": word, "side": "right"},
        "tickvals": list(powers),
        "ticktext": [f"{'−' if sign < 0 else ''}10<sup>{p}</sup>" for p in powers],
    }


def _outlined(x: Any, y: Any, name: str, dash: str, width: float, colour: str = "@text") -> Trace:
    style = {"color": colour, "width": width, "dash": dash}
    return line(x, y, "faint", name, hoverinfo="skip", hovertemplate=None, line=style)


def _tag(x: float, y: float, text: str) -> dict[str, Any]:
    centred = {"xanchor": "center", "yanchor": "middle", "bgcolor": "@background", "borderpad": 2}
    return on_logs(x, y, text, "text", **centred)


def _here(params: Params, word: str, value: float) -> Trace:
    marker = {"size": 15, "color": "@measurement", "line": {"color": "@background", "width": 2}}
    hover = f"here: N = %{{x}}, L = %{{y}}<br>{word} = {value:.4g}"
    return dots([params.width], [params.depth], "the present point", hover, marker=marker)


def two_ways(params: Params, part: Plane, _sample: Any) -> Figure:
    """The same number on two ways out: one limit taken long before the other."""
    sign, word = _shown(params)
    hover = "N = %{customdata[0]}, L = %{customdata[1]}<br>" + word + " = %{text}"
    data, notes = [], []
    for path, moving, label, where in (
        (part.wide_first, 0, "width first", "top"),
        (part.deep_first, 1, "depth first", "bottom"),
    ):
        first = int(np.count_nonzero(np.diff(path[moving])))
        second = path.shape[1] - 1 - first
        x = np.concatenate([np.arange(first) / max(first, 1), 1 + np.linspace(0, 1, second + 1)])
        values = [f"{v:.4g}" for v in path[2]]
        stops = path[:2].T.astype(int).tolist()
        data.append(line(x, sign * path[2], "theory", label, hover, customdata=stops, text=values))
        centred = {"xanchor": "center", "yanchor": where}
        corner = sign * float(path[2][first])
        notes.append(at_end(1, corner, label, "theory", log_y=True, **centred))
    far = f"10{superscript(round(math.log10(FAR)))}"
    stages = {"tickvals": [0, 1, 2], "ticktext": ["here", f"one at {far}", "the other at 1000"]}
    heights = [sign * part.wide_first[2], sign * part.deep_first[2]]
    wide, deep = (number(float(path[2, -1]), 2) for path in (part.wide_first, part.deep_first))
    return figure(
        f"Widen to {far}, then deepen: {wide}. Deepen to {far}, then widen: {deep}.",
        axis("way out of the plane above", range=(-0.05, 2.05)) | stages,
        axis(word if sign > 0 else f"minus {word}", log=True, range=reach(heights, 1 / 3, 3)),
        data,
        annotations=notes,
    )


def histogram(edges: Array, height: Array, error: Array, name: str) -> Trace:
    """Dots in the middle of the bins that hold something."""
    seen = height > 0
    return measured(
        middles(edges)[seen], height[seen], error[seen], name, "%{x:.3f}: density %{y:.4g}"
    )


def _flank(x: Array, y: Array, share: float, text: str, role: str) -> dict[str, Any]:
    """A label on the right flank of a bump, where it has fallen to a share of its height."""
    peak = int(np.argmax(y))
    at = peak + int(np.argmax(y[peak:] <= share * y[peak]))
    place = {"yanchor": "middle", "bgcolor": "@background"} | beside(20)
    return at_end(float(x[at]), float(y[at]), text, role, **place)


def _crest(x: Array, y: Array, top: float, text: str) -> dict[str, Any]:
    peak = int(np.argmax(y))
    height = min(float(y[peak]), 0.94 * top)
    return at_end(float(x[peak]), height, text, "printed", **beside(6))
