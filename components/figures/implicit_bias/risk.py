"""Figures of page 1.4, double descent, and overfitting that harms or does not."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Figure,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    named,
    number,
)
from components.figures.orders import Order
from components.figures.side_by_side import headings, on_right, side_by_side
from components.figures.trained import HOLLOW
from compute.experiments.implicit_bias.checks import HONEST
from compute.experiments.implicit_bias.fit import Fit
from compute.experiments.implicit_bias.run import Risk
from compute.experiments.implicit_bias.sampler import Measured
from compute.experiments.implicit_bias.setting import Params
from compute.sampling import Sample

EXACT, MEDIAN, MEAN = "exact mean", "median, quartiles", "mean of the sample"


def double_descent(params: Params, part: Risk, sample: Sample[Measured] | None) -> Figure:
    """Excess risk against P: the exact mean, measured medians with quartiles, honest means."""
    n = params.samples
    hover = "P = %{x}<br>risk %{y:.4g}"
    finite = np.isfinite(part.exact)
    low, high = float(part.exact[finite].min()), float(part.exact[finite].max())
    exact = np.where(finite, part.exact, np.nan)
    data = [line(part.used, exact, "theory", EXACT, hover, connectgaps=False)]
    risks = sample.current.risks if sample is not None else None
    if risks is not None:
        first, median, third = risks.quartiles()
        high, low = max(high, float(third.max())), min(low, float(first.min()))
        bars = {"type": "data", "symmetric": False, "array": third - median}
        bars |= {"arrayminus": median - first, "color": "@text", "thickness": 1.2, "width": 0}
        between = dots(part.used, median, MEDIAN, hover, role="text", size=6, symbol="diamond-open")
        data.append(between | {"error_y": bars})
        honest = np.abs(part.used - n) >= HONEST
        mean = [m.mean_estimate() for m in risks.moments]
        value, error = (
            np.array([getattr(m, name) for m in mean]) for name in ("value", "standard_error")
        )
        if honest.any():
            shown = part.used[honest], value[honest], error[honest]
            data.append(measured(*shown, MEAN, hover, log=True))
    low, high = max(low, 1e-4), min(high, 1e5)
    reach = (low / 1.6, max(high * 3, low * 10))
    at = {"x0": n, "x1": n, "y0": 0, "y1": 1, "yref": "paper", "type": "line"}
    endless = part.used[~finite]
    where = f"|D| = {n}" if n in endless else f"{endless.min(initial=n)}"
    return figure(
        f"At P = {where} the mean is infinite; quartiles are shown there instead"
        if endless.size
        else "The mean risk is finite: it has no peak",
        axis("features used P", range=(0, max(params.features, 2) + 1)),
        axis("excess risk |θ − β|²", log=True, range=reach, steady=True),
        named(data),
        shapes=[at | {"line": {"color": "@bound", "width": 1.5, "dash": "dot"}}],
        **BELOW,
    )


def overfitting(_params: Params, part: Fit, _sample: Any) -> Figure:
    """Two functions through one set of noisy data: few and many weak frequencies."""
    turn, hover = np.degrees(part.turn), "angle %{x:.0f}°<br>z = %{y:.3f}"
    where = np.degrees(part.x)
    data = []
    for place, values, name in (
        (named, part.harmful, "through the data"),
        (on_right, part.benign, "through the data"),
    ):
        shown = [
            line(turn, part.truth, "bound", "truth", hover),
            line(turn, part.ridge, "theory", "ridge on the strong frequencies", hover),
            line(turn, values, "measurement", name, hover),
            dots(where, part.y, "data", hover, marker=HOLLOW),
        ]
        data += place(shown)
    top = 1.25 * max(float(np.abs(part.y).max()), float(np.abs(part.truth).max()))
    left, right = (
        f"M = {m}: risk {number(r)}"
        for m, r in ((part.few, part.risk_harmful), (part.many, part.risk_benign))
    )
    return side_by_side(
        "Both go through the noisy data; with many weak frequencies only spikes do so"
        if part.many >= 20 * part.few
        else "Two functions through one set of noisy data",
        axis("angle of the input (degrees)", range=(0, 360)) | {"tickvals": [0, 90, 180, 270]},
        axis("output z", range=(-1.3 * top, 1.3 * top)),
        data,
        annotations=headings(left, right),
        **BELOW | {"margin": {"t": 74, "b": 96}},
    )


def risk_of_overfitting(params: Params, part: Fit, _sample: Any) -> Figure:
    """The risk against the number of weak frequencies, with what the ridge has."""
    ends = part.counts[[0, -1]]
    hover = "M = %{x}<br>risk %{y:.4g}"
    high = max(float(part.risks.max()), part.risk_ridge)
    low = max(min(float(part.risks.min()), part.risk_ridge), 1e-5)
    return figure(
        [
            "Interpolation's risk against the ridge's",
            Order(": it falls all the way", "interpolation", "falls"),
        ],
        axis("weak frequencies M", log=True, range=(ends[0] / 1.2, ends[1] * 1.2)),
        axis("mean square error", log=True, range=(low / 2, max(high, 10 * low) * 2), steady=True),
        named(
            [
                dots(part.counts, part.risks, "interpolation", hover, size=7),
                level(ends, part.risk_ridge, "theory", f"ridge {params.share:g}", hover),
            ]
        ),
        **BELOW,
    )
