"""Figures of page 3.2: how fast the law of an output becomes Gaussian."""

from __future__ import annotations

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    number,
    reach,
)
from components.figures.labels import on_logs, on_paper
from components.figures.orders import Order, Words
from compute.experiments.gp_limit.run import RATE_WIDTHS
from compute.experiments.gp_limit.setting import METRIC_NAMES, Params
from compute.gaussian_limit import Rates
from compute.sampling import Sample
from compute.sums import Means

_ALL, _ONE = "all networks together", "one fixed network"


def distance_axis(params: Params, *heights: Array) -> dict[str, object]:
    """The distance that is chosen, on a logarithmic axis."""
    name = dict(METRIC_NAMES)[params.metric]
    title = f"{name} distance" if params.metric != "total_variation" else "total variation"
    shown = [h[np.isfinite(h)] for h in heights]
    return axis(f"{title} from the normal law", log=True, range=reach(shown, 0.6, 1.7))


def rates(params: Params, part: Rates, sample: Sample[Means] | None) -> Figure:
    """Exact distance of the law, and the mean distance of one fixed network, against N."""
    hover, widths = "N = %{x}<br>distance %{y:.4g}", part.widths
    title: Words = "Mean distance of one fixed network, drawn"
    data = [line(widths, 0.5 / np.sqrt(widths), "bound", "a slope of −½", hover)]
    notes, heights = [], []
    if np.isfinite(part.law).all():
        title = (
            f"Law of the output: slope {number(part.slope)} over N = 128…4096",
            Order("; one fixed network lies farther away", _ONE, "above", (_ALL,)),
        )
        data = [
            line(widths, part.leading, "bound", "leading order, 1/N", hover),
            line(widths, part.fixed_leading, "bound", "leading order, 1/√N", hover),
            line(widths, part.law, "theory", _ALL, hover),
            line(widths, part.fixed, "theory", _ONE, hover),
        ]
        notes = [
            on_logs(widths[5], part.law[5], f"{_ALL}: 1/N", "theory", -8, yanchor="top"),
            on_logs(widths[5], part.fixed[5], f"{_ONE}: 1/√N", "theory", 8),
        ]
        heights = [part.law, part.fixed]
    if sample is not None:
        points = RATE_WIDTHS, *sample.current.means()
        data.append(measured(*points, "fixed networks, drawn", hover, log=True))
        heights.append(points[1])
    return figure(
        title,
        axis("width N", log=True, range=(1.6, 6000)),
        distance_axis(params, *heights),
        data,
        annotations=notes,
    )


def collapse(params: Params, part: Rates, _sample: object) -> Figure:
    """The same distances against v = cL/N: both families on one curve."""
    hover = "v = %{x:.4g}<br>distance %{y:.4g}"
    diamond = {"color": "@theory", "size": 9, "symbol": "diamond-open"}
    data = [
        line(part.curve, part.limit, "theory", "limit D(v)", hover),
        dots(part.spread_linear, part.linear, "linear, c = 2", hover, role="theory"),
        dots(part.spread_relu, part.relu, "ReLU, c = 5", hover, marker=diamond),
    ]
    title = (
        "Against v = cL/N",
        Order(
            " linear and ReLU networks follow one curve",
            "ReLU, c = 5",
            "follows",
            ("limit D(v)",),
            slack=0.1,
            otherwise=" both families near one curve; at small N they leave it",
        ),
    )
    spread = np.concatenate([part.spread_linear, part.spread_relu])
    low, high = 0.6 * float(spread.min()), 1.7 * float(spread.max())
    return figure(
        title,
        axis("v = cL/N, about Var log K̂", log=True, range=(low, max(high, 3 * low))),
        distance_axis(params, part.linear, part.relu),
        data,
        annotations=[on_paper(0.02, 0.93, "● linear   ◇ ReLU   — limit")],
    )


def outputs(params: Params, part: Rates, _sample: object) -> Figure:
    """Total variation of m outputs from m normals at the page's N and L."""
    across = axis("number of outputs m = N<sub>L+1</sub>", log=True, range=(0.8, 130))
    if not np.isfinite(part.outputs).all():
        why = "Several outputs are compared in total variation, linear or ReLU without biases"
        most = level([1, 100], 1.0, "bound", "largest possible")
        return figure(why, across, axis("total variation", range=(0, 1.1)), [most])
    hover = "m = %{x}<br>distance %{y:.4g}"
    leading = np.minimum(part.outputs_leading, 2.0)
    data = [
        line(part.many, leading, "bound", "leading order", hover),
        dots(part.many, part.outputs, "exact", hover, role="theory"),
    ]
    title = (
        Order("More outputs are farther from Gaussian", "exact", "rises", otherwise="m outputs"),
        f": N = {params.width}, L = {params.depth}",
    )
    limits = reach([part.outputs], 0.6, 1.7)
    up = axis("total variation from m normals", log=True, range=limits)
    return figure(title, across, up, data)
