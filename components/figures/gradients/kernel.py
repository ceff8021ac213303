"""Figures of page 3.5: the tangent kernel against depth, its fluctuation, its first change."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, axis, figure, line, measured, reach
from components.figures.gradients.levels import depth_axis
from components.figures.labels import at_last, on_logs
from components.figures.orders import Order
from compute.experiments.gradients.run import UNSEEN, AgainstRatio, Kernel, Step
from compute.experiments.gradients.sampler import KernelSample, StepSample
from compute.experiments.gradients.setting import Params
from compute.sampling import Sample, values_and_errors

EXACT, LIMIT, MEASURED = "exact", "limit of large N", "measured"
UNSURE = "measured, tail not sampled"
RATIO = "depth over width L/N"
_MEAN_TITLE = (
    Order(
        "The tangent kernel grows with depth",
        "infinitely wide",
        "rises",
        otherwise="The tangent kernel against depth",
    ),
    Order(
        "; the mean of finite networks follows", MEASURED, "follows", ("infinitely wide",), slack=0
    ),
)
_FLUCTUATION_TITLE = (
    Order(
        "Networks differ more with depth over width",
        EXACT,
        "rises",
        otherwise="How much the tangent kernel differs between networks",
    ),
    "; measured deviations follow",
)
_DRIFT_TITLE = (
    Order(
        "A step shrinks the kernel more with depth over width",
        EXACT,
        "rises",
        otherwise="What the first step does to the tangent kernel",
    ),
    "; measured steps follow",
)


def mean(params: Params, part: Kernel, sample: Sample[KernelSample] | None) -> Figure:
    """Θ of the infinitely wide network against depth, means of real networks on it."""
    hover = "%{x} layers: Θ = %{y:.4g}"
    known = part.fluctuation.ratios.size > 0
    role = "theory" if known else "bound"
    data = [line(part.depths, part.wide, role, "infinitely wide", hover)]
    word = "infinitely wide, and the mean at every width" if known else "limit of infinite width"
    shown = [part.wide]
    if sample is not None:
        found = values_and_errors(m.mean_estimate() for m in sample.current.mean)
        y, error = (v * part.scales for v in found)
        data.append(measured(part.fluctuation.stops, y, error, MEASURED, hover, log=True))
        shown.append(y)
    return figure(
        _MEAN_TITLE,
        depth_axis(params),
        axis("tangent kernel Θ(x, x)", log=True, range=reach(shown, 0.6, 1.8)),
        data,
        annotations=[at_last(part.depths, part.wide, word, role)],
    )


def fluctuation(params: Params, part: Kernel, sample: Sample[KernelSample] | None) -> Figure:
    """Standard deviation of Θ over its mean against L/N."""
    hover = "L/N = %{x:.3g}: %{y:.3g} of the mean"
    found = None if sample is None else sample.current.fluctuations()
    words = _FLUCTUATION_TITLE, "deviation of Θ over its mean", hover
    return _against_ratio(params, part.fluctuation, found, words)


def drift(params: Params, part: Step, sample: Sample[StepSample] | None) -> Figure:
    """What Θ loses per time in the first step, over the square of its mean, against L/N."""
    hover = "L/N = %{x:.3g}: Θ falls by %{y:.3g}"
    found = None if sample is None else sample.current.losses()
    words = _DRIFT_TITLE, "share of Θ lost per time 1/E Θ", hover
    drawn = _against_ratio(params, part.loss, found, words)
    if part.loss.ratios.size:
        first = part.loss.ratios, part.slope * part.loss.ratios
        drawn["data"].append(line(*first, "bound", "first order", hover))
        label = f"{'4' if part.slope > 1 else '2'}/3 L/N"
        drawn["layout"]["annotations"].append(at_last(*first, label, "bound", 8, yanchor="middle"))
    return drawn


def _against_ratio(
    params: Params,
    part: AgainstRatio,
    found: tuple[Array, Array] | None,
    words: tuple[Any, str, str],
) -> Figure:
    """Exact line, limit of large N, and what was measured: hollow where no sample can tell."""
    (falls, follow), quantity, hover = words
    data: list[Trace] = []
    notes = []
    shown: list[Array] = []
    for x, y, role, name, word in (
        (part.ratios, part.exact, "theory", EXACT, "exact"),
        (part.smooth, part.limits, "bound", LIMIT, "N → ∞"),
    ):
        kept = np.isfinite(y) & (y > 0) & (y < 1e12)
        if kept.any():
            data.append(line(x[kept], y[kept], role, name, hover))
            shown.append(y[kept])
            notes.append(at_last(x[kept], y[kept], word, role, 8, yanchor="middle"))
    places = part.stops / params.width
    if found is not None:
        y, error = found
        for side, name, symbol in (
            (places < UNSEEN, MEASURED, "circle"),
            (places >= UNSEEN, UNSURE, "circle-open"),
        ):
            kept = side & np.isfinite(y) & (y > 0)
            if kept.any():
                bars, more = np.nan_to_num(error[kept]), {"log": True, "symbol": symbol}
                data.append(measured(places[kept], y[kept], bars, name, hover, **more))
                shown.append(y[kept])
    low, high = 0.8 * float(places[0]), float(places[-1])
    high *= max(1.25, (high / low) ** 0.2)
    ends = reach(shown, 0.6, 1.7)
    if low < UNSEEN < high:
        data.append(line([UNSEEN, UNSEEN], ends, "bound", "L/N = ½", hoverinfo="skip"))
        word = "tail unseen →"
        notes.append(on_logs(UNSEEN, ends[1], word, "bound", 8, yanchor="top"))
    if not data:
        data.append(line([low, high], [1, 1], "faint", "no network yet", hoverinfo="skip"))
    told = f"{follow} up to L/N = ½" if places[-1] > UNSEEN else follow
    return figure(
        (falls, Order(told, MEASURED, "follows", (EXACT,), slack=0)),
        axis(RATIO, log=True, range=(low, high)),
        axis(quantity, log=True, range=ends),
        data,
        annotations=notes,
    )
