"""Figures of page 1.4 beyond linear models: diagonal networks, logistic regression, ReLU."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import BELOW, Figure, axis, dots, figure, level, line, named
from components.figures.playing import frame_trace, frames
from components.figures.trained import HOLLOW, own_points, tamed
from compute.experiments.implicit_bias.run import Alpha, Line, Margin
from compute.experiments.implicit_bias.sampler import Measured
from compute.experiments.implicit_bias.setting import Params
from compute.sampling import Sample

Drawn = Sample[Measured] | None


def coefficients(params: Params, part: Alpha, sample: Drawn) -> Figure:
    """β coordinate by coordinate: truth, limit at α, least ℓ² norm; the trained network."""
    place = np.arange(1, part.truth.size + 1)
    hover = "coordinate %{x}<br>β = %{y:.4g}"
    data = [
        dots(place, part.truth, "truth", hover, role="text", size=10, symbol="circle-open"),
        line(place, part.limit, "theory", "limit at α", hover),
        line(place, part.dense, "bound", "least ℓ² norm", hover),
    ]
    for trained in sample.current.diagonal if sample is not None else ():
        if trained.alpha == params.alpha:
            data.append(dots(place, trained.beta, "trained network", hover, size=6))
    top = 1.15 * max(1.0, float(np.abs(np.concatenate([part.limit, part.dense])).max()))
    return figure(
        f"What a diagonal network makes of the data from α = {params.alpha:g}",
        axis("coordinate i", range=(0, part.truth.size + 1)),
        axis("β<sub>i</sub>", range=(-top, top), steady=True),
        named(data),
        **BELOW,
    )


def error_of_alpha(params: Params, part: Alpha, sample: Drawn) -> Figure:
    """|β − truth|² against α, between the interpolants of least ℓ¹ and ℓ² norm."""
    hover = "α = %{x:.3g}<br>error %{y:.4g}"
    floor = 1e-10
    ends = part.alphas[[0, -1]]
    dense, sparse = (float(np.sum((b - part.truth) ** 2)) for b in (part.dense, part.sparse))
    data = [
        line(part.alphas, np.maximum(part.errors, floor), "theory", "limit", hover),
        level(ends, max(dense, floor), "bound", "least ℓ² norm", "error %{y:.4g}"),
    ]
    if sparse > 1e-8:
        data.append(level(ends, sparse, "bound", "least ℓ¹ norm", "error %{y:.4g}"))
    trained = [t for t in (sample.current.diagonal if sample is not None else ()) if t.reached]
    if trained:
        errors = [max(float(np.sum((t.beta - part.truth) ** 2)), floor) for t in trained]
        data.append(dots([t.alpha for t in trained], errors, "trained networks", hover))
    at = int(np.searchsorted(part.alphas, params.alpha))
    here = max(float(part.errors[at]), floor)
    data.append(
        dots([params.alpha], [here], "this α", hover, role="text", size=13, symbol="circle-open")
    )
    shown = [e for e in (*part.errors, dense) if e > floor] or [1.0]
    return figure(
        "One scale of the start, from the sparse interpolant to the one of least ℓ² norm",
        axis("scale of the start α", log=True, range=(ends[0] / 1.3, ends[1] * 1.3)),
        axis("|β − truth|²", log=True, range=(min(shown) / 3, max(*shown, 10 * min(shown)) * 3)),
        named(data),
        **BELOW,
    )


def data_plane(_params: Params, part: Margin, _sample: Any) -> Figure:
    """Rows z and the direction of w, played over time."""
    reach = 1.15 * float(np.abs(part.rows).max())
    best = part.w_hat / np.linalg.norm(part.w_hat)
    margin = 1 / float(np.linalg.norm(part.w_hat))
    edge = margin * best + np.array([[-9.0], [9.0]]) * np.array([-best[1], best[0]])
    now = part.path[-1] / np.linalg.norm(part.path[-1])
    hover = "%{x:.3f}, %{y:.3f}"
    data = [
        dots(part.rows[:, 0], part.rows[:, 1], "data z = y·x", hover, marker=HOLLOW),
        line([0, reach * best[0]], [0, reach * best[1]], "theory", "largest margin ŵ", hover),
        line(edge[:, 0], edge[:, 1], "bound", "margin", hoverinfo="skip"),
        line([0, reach * now[0]], [0, reach * now[1]], "measurement", "w now", hover),
    ]
    return figure(
        "The direction of w turns to the largest margin, ever more slowly",
        axis("z<sub>1</sub>", range=(-reach, reach)),
        axis("z<sub>2</sub>", range=(-reach, reach)),
        named(data),
        **BELOW,
    )


def data_frames(_params: Params, part: Margin) -> dict[str, Any]:
    """The times of :func:`data_plane`."""
    reach = 1.15 * float(np.abs(part.rows).max())
    kept = np.arange(1, part.log_times.size)
    now = part.path[kept] / np.linalg.norm(part.path[kept], axis=1, keepdims=True) * reach
    zero = np.zeros(kept.size)
    names = [f"10^{v / math.log(10):.1f}" for v in part.log_times[kept]]
    return frames(
        "t =",
        names,
        frame_trace("w now", "x", np.stack([zero, now[:, 0]], axis=1)),
        frame_trace("w now", "y", np.stack([zero, now[:, 1]], axis=1)),
    )


def direction(params: Params, part: Margin, _sample: Any) -> Figure:
    """The distance of the direction from ŵ's against log₁₀ t."""
    decades = part.log_times / math.log(10)
    hover = "t = 10^%{x:.2f}<br>distance %{y:.4g}"
    late = decades >= min(1.0, params.decades / 2)
    floor = 1e-12
    late &= np.isfinite(part.error)
    error, said = np.maximum(part.error, floor), np.maximum(part.predicted, floor)
    still = bool(part.error[late].max() < 1e-9)
    data = [
        line(decades[late], said[late], "theory", "of ŵ log t + w̃", hover),
        dots(decades[late], error[late], "gradient flow", hover, size=5),
        dots(
            np.log10(part.steps),
            np.maximum(part.descent, floor),
            "real descent, η = 1",
            hover,
            role="text",
            size=8,
            symbol="diamond-open",
        ),
    ]
    high = max(2 * float(error[late].max()), 10 * floor)
    low = float(min(error[late].min(), said[late].min())) / 2
    return figure(
        "Data symmetric about ŵ: the direction is right from the start"
        if still
        else "Forty powers of ten in time, and the direction has not arrived"
        if params.decades == 40
        else "The direction approaches the largest margin only like 1/log t",
        axis("time, log<sub>10</sub> t", range=(0, params.decades)),
        axis("distance of the directions", log=True, range=(low, max(high, 10 * low))),
        named(data),
        **BELOW,
    )


def functions_on_line(params: Params, part: Line, sample: Drawn) -> Figure:
    """Three interpolants of the same data; the networks as they come."""
    hover = "x = %{x:.3f}<br>z = %{y:.4f}"
    spline = np.interp(part.grid, part.x, part.y, left=math.nan, right=math.nan)
    data = [
        line(part.grid, spline, "bound", "straight between data", hover),
        line(part.grid, part.random_features, "faint", "only the outer layer (kernel)", hover),
        line(part.grid, part.kernel, "theory", "all weights, kernel regime", hover),
    ]
    lines = sample.current.lines if sample is not None else ()
    if lines:
        name = f"trained network, α = {params.scale:g}"
        data.append(line(part.grid, lines[0].values, "measurement", name, hover))
    data.append(
        dots(part.x, part.y, "data", hover, marker=HOLLOW, customdata=["datum"] * part.x.size)
    )
    heights = [part.y, part.random_features, part.kernel, *(n.values for n in lines[:1])]
    return figure(
        "Same data, same neurons: what is trained, and from where, chooses the function",
        axis("input x", range=(float(part.grid[0]), float(part.grid[-1]))),
        axis("output z", range=tamed(heights, 8.0)),
        named(data),
        **BELOW,
    )


def line_extra(_params: Params, part: Line) -> dict[str, Any]:
    """What the script of the figure needs: the points that a click adds to."""
    return {"points": own_points(part.x, part.y)}


def variations(params: Params, part: Line, sample: Drawn) -> Figure:
    """The total variation of the slope: networks one by one, interpolants as levels."""
    ends = [0.5, params.networks + 0.5]
    hover = "total variation %{y:.4g}"
    data = [
        level(ends, max(part.variation_random, 1e-3), "faint", "only the outer layer", hover),
        level(ends, max(part.variation_kernel, 1e-3), "theory", "kernel regime", hover),
        level(ends, max(part.least, 1e-3), "bound", "least possible", hover),
    ]
    lines = sample.current.lines if sample is not None else ()
    values = np.array([max(n.variation, 1e-3) for n in lines])
    if lines:
        text = f"network %{{x}}<br>{hover}<br>%{{customdata:.1f}} effective kinks"
        found = dots(np.arange(1, len(lines) + 1), values, "trained networks", text)
        data.append(found | {"customdata": [n.knots for n in lines]})
    shown = [part.variation_random, part.variation_kernel, part.least, *values.tolist()]
    low = max(min(shown), 1e-3)
    return figure(
        "How much the slope varies from the first datum to the last",
        axis("network", range=tuple(ends)),
        axis(
            "total variation of z′",
            log=True,
            range=(low / 1.5, max(*shown, 5 * low) * 1.5),
            steady=True,
        ),
        named(data),
        **BELOW,
    )
