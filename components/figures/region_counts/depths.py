"""Figures of page 4.2: the same neurons in one to six layers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, at_end, axis, dots, figure, line, number
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Result
from compute.experiments.region_counts.sampler import RegionSample
from compute.experiments.region_counts.setting import Params
from compute.sampling import Sample

Found = Sample[RegionSample] | None

DEPTH = "hidden layers L, the same neurons in all"
CELLS = "regions N<sub>A</sub>"
LIMIT = "limit of wide layers"


def bound_words(params: Params) -> str:
    """The bound of Theorem 4.2.1 by name, with its constant 1/√(π C_b) where C_W = 2."""
    if params.weight_variance != 2:
        return "bound by the co-area"
    under = "π" if params.bias_variance == 1 else f"({number(params.bias_variance)} π)"
    return f"bound (4.2.1), C = 1/√{under}"


def amount(params: Params) -> str:
    """What Z_A counts."""
    return "length Z<sub>A</sub>" if params.inputs == 2 else "zeros Z<sub>A</sub>"


def regions_by_depth(params: Params, result: Result, sample: Found) -> Figure:
    """Mean N_A against depth: limit of wide layers, measured, and one layer's maximum."""
    law = np.array([a.regions for a in result.arrangements])
    hover = "%{x} layers<br>N_A = %{y:.4g}"
    data, notes, top = _law_by_depth(result, law, hover)
    most = result.arrangements[0].zaslavsky
    if params.inputs == 2 and most < 2.2 * top:
        data.append(_level(most, "most that lines can make", hover))
        notes.append(at_end(6.4, most, "most that lines can make", "bound"))
        top = most
    measured, highest = _measured_by_depth(sample, summaries.regions, hover)
    return figure(
        _depth_title(params, law),
        _depth_axis(),
        axis(f"mean {CELLS}", range=(0, 1.12 * max(top, highest)), steady=True),
        data + measured,
        annotations=notes,
    )


def _depth_title(params: Params, law: Array) -> str:
    if not np.isfinite(law).all():
        return "Without biases all folds run through the origin"
    if params.inputs == 1:
        return "Same neurons, more layers: no more pieces on the line"
    if law[-1] > 0.97 * law[0]:
        return "Same neurons, more layers: no more regions"
    return "Same neurons, more layers: fewer regions in the same window"


def variance_by_depth(params: Params, result: Result, sample: Found) -> Figure:
    """Var Z_A against depth, with intervals: the open conjecture."""
    hover = "%{x} layers<br>Var Z_A = %{y:.4g}"
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    reach: list[float] = []
    one = result.arrangements[0].variance
    if math.isfinite(one) and one > 0:
        words = "one layer, exact: N₁ × that of one line"
        data.append(_level(one, words, hover, "theory"))
        notes.append(at_end(6.4, one, words, "theory", log_y=True, yanchor="top"))
        reach.append(one)
    if sample is not None:
        value, error = summaries.by_cell(sample.current, summaries.length_variance)
        kept = value > 0
        x = np.arange(1, value.size + 1)[kept]
        reach += value[kept].tolist()
        errors = np.minimum(error[kept], 0.9 * value[kept])
        label = hover + " ± %{error_y.array:.2g}"
        data.append(dots(x, value[kept], "measured", label, error=errors))
    low, high = (min(reach) / 2.5, max(reach) * 2.5) if reach else (0.1, 10.0)
    if not data:
        data.append(_level(1.0, "nothing is known exactly here", hover))
    return figure(
        _variance_title(sample),
        _depth_axis(),
        axis(
            f"variance of {amount(params)}", log=True, range=(low, max(high, 10 * low)), steady=True
        ),
        data,
        annotations=notes,
    )


def _variance_title(sample: Found) -> str:
    trend = "unknown" if sample is None else summaries.variance_trend(sample.current)
    return {
        "every": "Var Z grows with every layer: evidence, no proof",
        "overall": "Var Z is larger in 6 layers than in 1: evidence, no proof",
        "mixed": "At this setting Var Z does not grow with depth",
        "unknown": "Does Var Z grow with depth? An open question",
    }[trend]


def length_by_depth(params: Params, result: Result, sample: Found) -> Figure:
    """Mean Z_A against depth: limit of wide layers, measured, and the bound of Theorem 4.2.1."""
    law = np.array([a.length for a in result.arrangements])
    bound = np.array([a.bound for a in result.arrangements])
    hover = "%{x} layers<br>Z_A = %{y:.4g}"
    data, notes, top = _law_by_depth(result, law, hover)
    bounded = bool(np.isfinite(bound).all() and bound.max() < 5 * top)
    if bounded:
        x = np.arange(1, bound.size + 1)
        words = bound_words(params)
        data.append(line(x, bound, "bound", words, hover))
        notes.append(at_end(6.4, float(bound[-1]), words, "bound"))
        top = float(bound.max())
    measured, highest = _measured_by_depth(sample, summaries.length, hover)
    return figure(
        "Mean Z stays below the bound" if bounded else "Mean Z against depth",
        _depth_axis(),
        axis(f"mean {amount(params)}", range=(0, 1.15 * max(top, highest)), steady=True),
        data + measured,
        annotations=notes,
    )


def _depth_axis() -> dict[str, Any]:
    return axis(DEPTH, range=(0.6, 6.45)) | {"dtick": 1}


def _law_by_depth(
    result: Result, law: Array, hover: str
) -> tuple[list[Trace], list[dict[str, Any]], float]:
    """One layer's expectation, which is exact, and the limit of the others; the largest."""
    x = np.arange(1, law.size + 1)
    kept = np.isfinite(law)
    marker = {"size": 20, "symbol": "line-ew", "line": {"width": 3, "color": "@theory"}}
    data = [line(x[kept], law[kept], "bound", LIMIT, hover)]
    data.append(dots(x[:1], law[:1], "one layer, exact", hover, role="theory", marker=marker))
    notes = []
    if kept[0]:
        notes.append(at_end(1, float(law[0]), "exact", "theory", yshift=6, xanchor="center"))
    if kept.all():
        notes.append(at_end(6.4, float(law[-1]), LIMIT, "bound", yshift=4))
    top = float(law[kept].max()) if kept.any() else 4.0 * result.arrangements[0].cell.neurons
    return data, notes, max(top, 1e-3)


def _measured_by_depth(sample: Found, measure: Any, hover: str) -> tuple[list[Trace], float]:
    """The sampled means, and the largest of them."""
    if sample is None:
        return [], 0.0
    value, error = summaries.by_cell(sample.current, measure)
    kept = np.isfinite(value)
    x = np.arange(1, value.size + 1)[kept]
    label = hover + " ± %{error_y.array:.2g}"
    found = dots(x, value[kept], "measured", label, error=error[kept])
    return [found], float(value[kept].max(initial=0.0))


def _level(height: float, name: str, hover: str, role: str = "bound") -> Trace:
    return line([0.6, 6.4], [height, height], role, name, hover)
