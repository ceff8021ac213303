"""Figures of page 3.1, products of random matrices: the law of ‖z‖ and the (N, L) plane."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, at_end, axis, dots, figure, line
from components.figures.packed import typed
from components.theme import DEPTH_SCALE
from compute.experiments.linear_products.law import Law
from compute.experiments.linear_products.run import Params, Result, route_of
from compute.experiments.linear_products.sampler import LawSample
from compute.sampling import Sample

LOG_X = "log norm of the output, log X = log‖z<sup>(L+1)</sup>‖"
SQUARE = "squared norm over its mean, ‖z‖² / E‖z‖²"
_SHALLOWEST = 1e-12
_RATIOS = (0.01, 0.1, 1.0, 10.0, 100.0)


def density(params: Params, result: Result, sample: Sample[LawSample] | None) -> Figure:
    """Density of log X: exact, both lognormal laws, and the sampled histogram."""
    law = result.law
    assert law is not None
    hover = "log X = %{x:.3f}<br>density %{y:.4g}"
    top = 1.3 * max(law.exact.max(), min(law.printed.max(), 2 * law.exact.max()))
    data = [
        line(law.points, law.exact, "theory", "exact law (3.2.3), Gaussian weights", hover),
        line(law.points, law.corrected, "bound", "lognormal, mean −β/2, variance β/2", hover),
        line(law.points, law.printed, "printed", "lognormal as printed: −β/4, β/4", hover),
    ]
    notes = [
        _flank(law.points, law.exact, 0.62, "exact", "theory"),
        _flank(law.points, law.corrected, 0.3, "lognormal, β/2 (dotted)", "bound"),
        _crest(law.points, law.printed, top, "as printed, β/4"),
    ]
    if sample is not None:
        state = sample.current
        height, error = state.density(law.edges)
        data.append(_histogram(law.edges, height, error, _drawn(params, state)))
        seen = np.flatnonzero(height > 0)
        if seen.size:
            at = seen[np.argmax(height[seen] > 0.5 * height.max())]
            notes.append(
                at_end(
                    float(law.edges[at]),
                    float(height[at]),
                    "sampled networks",
                    "measurement",
                    xshift=-8,
                )
            )
    return figure(
        _density_title(params, law, sampled=sample is not None),
        axis(LOG_X, range=(law.edges[0], law.edges[-1]), steady=True),
        axis("density of log X", range=(0, top), steady=True),
        data,
        annotations=notes,
    )


def _density_title(params: Params, law: Law, *, sampled: bool) -> str:
    if params.entries != "gaussian":
        return "Not Gaussian: (3.2.3) is only an approximation"
    if law.beta < 0.1:
        return "Wide and shallow: every network has nearly the same norm"
    if law.beta > 5:
        return "Deep: norms differ by factors of thousands"
    if not sampled or route_of(params) != "weights":
        return "The exact law is not the printed one"
    return "Sampled networks follow the exact law, not the printed one"


def _drawn(params: Params, state: LawSample) -> str:
    source = "multiplied weights" if route_of(params) == "weights" else "draws from the exact law"
    return f"{state.drawn} networks, {source}"


def mean_and_median(params: Params, result: Result, sample: Sample[LawSample] | None) -> Figure:
    """Mean, median and typical ‖z‖² against depth, over the mean."""
    law = result.law
    assert law is not None
    low = max(_SHALLOWEST, 0.5 * float(min(law.typical.min(), law.medians.min())))
    log = low < 0.02
    hover = "depth %{x}<br>‖z‖² / E‖z‖² = %{y:.4g}"
    data = [
        line(law.depths, np.ones_like(law.depths), "theory", "mean E‖z‖²", hover),
        line(law.depths, law.medians, "theory", "median of ‖z‖²", hover),
        line(law.depths, law.typical, "bound", "typical, exp(2 E log X)", hover),
    ]
    if sample is not None:
        data += _sampled_averages(params, law, sample.current)
    end = float(law.depths[-1])
    notes = [at_end(end, 1.0, "mean", "theory", log_y=log)]
    if law.median > low:
        label = at_end(end, law.median, "median", "theory", log_y=log, xshift=-8, yshift=4)
        notes.append(label)
    if law.typical[-1] > low:
        below = {"xshift": -8, "yshift": -14}
        notes.append(at_end(end, float(law.typical[-1]), "typical", "bound", log_y=log, **below))
    return figure(
        _mean_title(law),
        axis("depth L of networks of this shape", range=(0, 1.04 * end + 0.1)),
        axis(SQUARE, log=True, range=(low, 4.0)) if log else axis(SQUARE, range=(0, 1.15)),
        data,
        annotations=notes,
    )


def _mean_title(law: Law) -> str:
    if law.beta < 0.1:
        return "Wide and shallow: mean, median and typical norm agree"
    if law.beta < 2:
        return "Measured by the mean, most networks shrink with depth"
    return "Measured by the mean, almost every network shrinks with depth"


def _sampled_averages(params: Params, law: Law, state: LawSample) -> list[Trace]:
    mean = state.square.mean_estimate()
    hover = "depth %{x}<br>%{y:.4g} ± %{error_y.array:.2g}"
    traces = [
        dots(
            [params.depth], [mean.value], "mean over the sample", hover, error=[mean.standard_error]
        )
    ]
    if state.log_norm is not None and state.log_norm.count > 1:
        log = state.log_norm.centred_estimate()
        typical = math.exp(2 * (log.value - law.offset))
        traces.append(
            dots(
                [params.depth],
                [typical],
                "typical: exp(2 · mean of log X) in the sample",
                hover,
                error=[2 * log.standard_error * typical],
                marker={"color": "@measurement", "size": 9, "symbol": "diamond"},
            )
        )
    return traces


def plane(params: Params, result: Result, _sample: Any) -> Figure:
    """Mean or variance of log X over (N, L), lines of equal depth/width, the two ways out."""
    part = result.plane
    assert part is not None
    sign, word = _shown(params)
    exponent = np.log10(np.maximum(sign * part.values, 1e-300))
    low, high = float(exponent.min()), float(exponent.max())
    data: list[Trace] = [
        {
            "type": "heatmap",
            "x": typed(_borders(part.widths)),
            "y": typed(_borders(part.depths)),
            "z": typed(exponent),
            "customdata": typed(part.values),
            "zmin": low,
            "zmax": high,
            "colorscale": DEPTH_SCALE,
            "name": word,
            "colorbar": _colour_bar(word, sign, low, high),
            "hovertemplate": f"{word} = %{{customdata:.4g}}<extra></extra>",
        }
    ]
    notes = []
    last_width, last_depth = float(part.widths[-1]), float(part.depths[-1])
    for ratio in _RATIOS:
        ends = (max(1.0, 1 / ratio), min(last_width, last_depth / ratio))
        heights = (ends[0] * ratio, ends[1] * ratio)
        data.append(_outlined(ends, heights, f"L/N = {ratio:g}", "dot", 1.5))
        at = math.sqrt(ends[0] * ends[1])
        notes.append(_tag(at, at * ratio, f"L/N = {ratio:g}"))
    for path, name in ((part.wide_first, "width first"), (part.deep_first, "depth first")):
        data += [
            _outlined(path[0], path[1], name, "solid", 6, "@background"),
            _outlined(path[0], path[1], name, "solid", 2.5),
        ]
    data.append(_here(params, word, part.here))
    if part.wide_first.shape[1] > 1:
        notes += [
            _tag(math.sqrt(params.width * last_width), params.depth, "width first →"),
            _tag(params.width, math.sqrt(params.depth * last_depth), "depth first ↑"),
        ]
    return figure(
        f"Equal depth/width, equal {word}: click to go there",
        axis("width N", log=True, range=(_borders(part.widths)[0], _borders(part.widths)[-1])),
        axis("depth L", log=True, range=(_borders(part.depths)[0], _borders(part.depths)[-1])),
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
        "outlinewidth": 0,
        "thickness": 14,
        "tickvals": list(powers),
        "ticktext": [f"{'−' if sign < 0 else ''}10<sup>{p}</sup>" for p in powers],
    }


def _outlined(x: Any, y: Any, name: str, dash: str, width: float, colour: str = "@text") -> Trace:
    style = {"color": colour, "width": width, "dash": dash}
    return line(x, y, "faint", name, hoverinfo="skip", hovertemplate=None, line=style)


def _tag(x: float, y: float, text: str) -> dict[str, Any]:
    centred = {"xanchor": "center", "yanchor": "middle", "bgcolor": "@background", "borderpad": 2}
    return at_end(x, y, text, "text", log_x=True, log_y=True, **centred)


def _here(params: Params, word: str, value: float) -> Trace:
    marker = {"size": 15, "color": "@measurement", "line": {"color": "@background", "width": 2}}
    hover = f"here: N = %{{x}}, L = %{{y}}<br>{word} = {value:.4g}"
    return dots([params.width], [params.depth], "the present point", hover, marker=marker)


def two_ways(params: Params, result: Result, _sample: Any) -> Figure:
    """The same number along the two ways from here to the largest width and depth."""
    part = result.plane
    assert part is not None
    sign, word = _shown(params)
    data, notes = [], []
    for path, moving, label, where in (
        (part.wide_first, 0, "width first", "top"),
        (part.deep_first, 1, "depth first", "bottom"),
    ):
        first = int(np.count_nonzero(np.diff(path[moving])))
        second = path.shape[1] - 1 - first
        x = np.concatenate([np.arange(first) / max(first, 1), 1 + np.linspace(0, 1, second + 1)])
        hover = "N = %{customdata[0]}, L = %{customdata[1]}<br>" + word + " = %{text}"
        values = [f"{v:.4g}" for v in path[2]]
        stops = path[:2].T.astype(int).tolist()
        trace = line(x, sign * path[2], "theory", label, hover, customdata=stops, text=values)
        data.append(trace)
        corner = sign * float(path[2][first])
        notes.append(
            at_end(1, corner, label, "theory", log_y=True, xanchor="center", yanchor=where)
        )
    heights = np.concatenate([part.wide_first[2], part.deep_first[2]]) * sign
    stages = {"tickvals": [0, 1, 2], "ticktext": ["here", "one at 1000", "both at 1000"]}
    name = word if sign > 0 else f"minus {word}"
    return figure(
        "Widen first: nothing varies. Deepen first: everything does.",
        axis("way through the plane above", range=(-0.05, 2.05)) | stages,
        axis(name, log=True, range=(heights.min() / 3, heights.max() * 3)),
        data,
        annotations=notes,
    )


def _histogram(edges: Array, height: Array, error: Array, name: str) -> Trace:
    """Dots in the middle of the bins that hold something."""
    seen = height > 0
    middle = 0.5 * (edges[1:] + edges[:-1])
    hover = "%{x:.3f}: density %{y:.4g} ± %{error_y.array:.2g}"
    return dots(middle[seen], height[seen], name, hover, error=error[seen])


def _flank(x: Array, y: Array, share: float, text: str, role: str) -> dict[str, Any]:
    """A label on the right flank of a bump, where it has fallen to a share of its height."""
    peak = int(np.argmax(y))
    at = peak + int(np.argmax(y[peak:] <= share * y[peak]))
    beside = {"xanchor": "left", "yanchor": "middle", "xshift": 20, "bgcolor": "@background"}
    return at_end(float(x[at]), float(y[at]), text, role, **beside)


def _crest(x: Array, y: Array, top: float, text: str) -> dict[str, Any]:
    peak = int(np.argmax(y))
    height = min(float(y[peak]), 0.94 * top)
    return at_end(float(x[peak]), height, text, "printed", xanchor="left", xshift=6)
