"""Figures of page 2.1, what settles: both kernels against width, two outputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Figure,
    Trace,
    at_end,
    axis,
    beside,
    dots,
    figure,
    line,
    measured,
    named,
    reach,
)
from components.figures.initialisation.outputs import widths_axis
from components.figures.labels import on_logs, on_paper, with_error
from compute.experiments.initialisation.run import Pair
from compute.experiments.initialisation.samples import KERNEL_WIDTHS, KernelSample, PairSample
from compute.experiments.initialisation.setting import Params
from compute.experiments.initialisation.settle import ENTRIES, Settle
from compute.sampling import Sample, values_and_errors

_MARKS = ("circle", "diamond", "circle-open")
_LETTERS = ("●", "◆", "○")
_ROOTS = np.array(KERNEL_WIDTHS, dtype=np.float64) ** -0.5
PRINTED = "(2.1.9) as printed"


def tangent_spread(_params: Params, part: Settle, sample: Sample[KernelSample] | None) -> Figure:
    """Relative fluctuation of the tangent kernel's entries against the width."""
    return _spread_figure(part, sample, 1, "tangent kernel", "relative deviation of NTK")


def covariance_spread(_params: Params, part: Settle, sample: Sample[KernelSample] | None) -> Figure:
    """The same of the conditional covariance."""
    return _spread_figure(part, sample, 0, "conditional covariance", "relative deviation")


def _spread_figure(
    part: Settle, sample: Sample[KernelSample] | None, kernel: int, name: str, label: str
) -> Figure:
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    shown = part.spreads[1:] if kernel else part.spreads[:1]
    laws = [("theory", "exact"), ("printed", PRINTED)]
    for entry, called in enumerate(ENTRIES[:2]):
        for size, (role, words) in zip(shown[:, entry], laws, strict=False):
            if size > 0:
                hover = f"({called})<br>N₁ = %{{x}}<br>deviation %{{y:.4g}}"
                data.append(line(part.widths, size * _ROOTS, role, words, hover))
        if shown[0, entry] > 0 and sample is None:
            end = part.widths[-1], shown[0, entry] * _ROOTS[-1]
            notes.append(on_logs(*end, f"({called})", "theory", yshift=8))
    if sample is not None:
        data += [_measured(part, sample.current, kernel, k) for k in range(3)]
        notes = _slopes(sample.current, kernel)
    title = f"The {name} settles like N<sub>1</sub><sup>−½</sup>" if kernel else f"The {name}"
    if not np.any(shown > 0):
        title = f"The {name} does not vary here"
    told = set()
    for trace in data:
        dotted = sample is not None and notes and trace["mode"] == "markers"
        trace["showlegend"] = not dotted and trace["name"] not in told
        told.add(trace["name"])
    return figure(
        title,
        widths_axis(3),
        axis(label, log=True, range=reach([shown], float(_ROOTS[-1]) / 12, 8)),
        data,
        annotations=notes,
        legend={"orientation": "h", "bgcolor": "@background"},
    )


def _measured(part: Settle, state: KernelSample, kernel: int, entry: int) -> Trace:
    value, error = (found[:, 3 * kernel + entry] for found in state.deviations())
    seen = np.isfinite(value)
    return measured(
        part.widths[seen],
        value[seen],
        error[seen],
        f"networks, ({ENTRIES[entry]})",
        "N₁ = %{x}, %{customdata} networks<br>deviation %{y:.4g}",
        customdata=state.drawn[seen].astype(int).tolist(),
        size=9 if entry < 2 else 14,
        symbol=_MARKS[entry],
    )


def _slopes(state: KernelSample, kernel: int) -> list[dict[str, Any]]:
    """The fitted slopes with their standard errors, in the empty corner: they name the dots."""
    lines = []
    for k, (letter, entry) in enumerate(zip(_LETTERS, ENTRIES, strict=True)):
        fit = state.slope(3 * kernel + k)
        if math.isfinite(fit.value):
            lines.append(f"{letter} ({entry}): {with_error(fit)}")
    if not lines:
        return []
    text = "<br>".join(["fitted slope", *lines])
    look = {"align": "left", "font": {"color": "@measurement"}, "bgcolor": "@background"}
    return [on_paper(0.02, 0.03, text, **look)]


def one_kernel(_params: Params, part: Settle, _sample: object) -> Figure:
    """The tangent kernel of one network against the angle: (2.1.9) twice, numerical, limit."""
    hover = "angle %{x:.0f}°<br>NTK = %{y:.6g}"
    data = [
        line(part.angles, part.limit, "bound", "limit (2.1.10)", hover),
        line(part.angles, part.corrected, "theory", "(2.1.9) with (W⁽²⁾)²", hover),
        line(part.angles, part.printed, "printed", "(2.1.9) as printed", hover),
        dots(part.angles, part.numerical, f"numerical gradients, N₁ = {part.neurons}", hover),
    ]
    values = np.concatenate([part.limit, part.corrected, part.printed])
    low, high = min(0.0, float(values.min())), float(values.max())
    return figure(
        "Numerical gradients decide",
        axis("angle between the inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis("tangent kernel NTK(x, x′)", range=(1.1 * low, 1.12 * high)),
        named(data),
    )


def square_correlation(params: Params, part: Pair, sample: Sample[PairSample] | None) -> Figure:
    """Correlation of z_1² and z_2² against the width."""
    hover = "N₁ = %{x}<br>correlation %{y:.4g}"
    data = [
        line(part.widths, np.zeros_like(part.widths), "bound", "independent", hover),
        line(part.widths, part.correlation, "theory", "exact", hover),
    ]
    if sample is not None:
        state = sample.current
        value, error = values_and_errors(map(state.correlation, range(state.widths.size)))
        here = state.widths == params.width
        for kept, name, size in ((~here, "networks", 8), (here, "at the page's width", 13)):
            seen = kept & np.isfinite(value) & np.isfinite(error)
            shown = state.widths[seen], value[seen], error[seen]
            data.append(measured(*shown, name, "N₁ = %{x}<br>correlation %{y:.4f}", size=size))
    top = float(part.correlation[0])
    label = "correlation of z<sub>1</sub>² and z<sub>2</sub>²"
    at = float(part.widths[24]), float(part.correlation[24])
    return figure(
        "Independent in the limit only: they share a random covariance",
        widths_axis(),
        axis(label, range=(-0.12 * top - 0.01, 1.2 * top + 0.01)),
        data,
        annotations=[
            at_end(*at, "exact, v/(2 + 3v)", "theory", log_x=True, **beside(10)),
            at_end(float(part.widths[-1]), 0.0, "independent", "bound", log_x=True),
        ],
    )


def cloud(params: Params, _part: Pair, sample: Sample[PairSample] | None) -> Figure:
    """Two outputs of each network: a cross where some networks are large in both."""
    turn = np.linspace(0, 2 * np.pi, 121)
    data = [
        line(
            r * np.cos(turn),
            r * np.sin(turn),
            "bound",
            f"Gaussian, {share} inside",
            f"the limit has {share} of the networks inside",
        )
        for r, share in ((1.1774, "50 %"), (2.4477, "95 %"))
    ]
    points = np.empty((0, 2)) if sample is None else sample.current.cloud
    if sample is not None:
        x, y = points.T
        marker = {"color": "@measurement", "size": 5, "opacity": 0.7}
        hover = "z₁ = %{x:.3f}<br>z₂ = %{y:.3f}"
        data.append(dots(x, y, "networks", hover, marker=marker, cliponaxis=True))
    across = axis("output z<sub>1</sub>(x) over its deviation", range=(-4.2, 4.2))
    up = axis("z<sub>2</sub>(x) over its deviation", range=(-4.2, 4.2))
    square = {"constrain": "domain"}
    return figure(
        f"{params.width} neurons: both outputs of {len(points)} networks",
        across | square,
        up | square | {"scaleanchor": "x"},
        data,
        annotations=[at_end(-1.9, 1.6, "95 % of the limit", "bound", xshift=-8)],
    )
