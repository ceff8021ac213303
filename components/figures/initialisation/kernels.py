"""Figures of page 2.1, what settles: both kernels against width, two outputs."""

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
    dots,
    figure,
    line,
    number,
)
from components.figures.initialisation.outputs import WIDTH
from compute.experiments.initialisation.run import Result
from compute.experiments.initialisation.samples import KERNEL_WIDTHS, KernelSample, PairSample
from compute.experiments.initialisation.setting import LARGEST_WIDTH, Params
from compute.experiments.initialisation.settle import ENTRIES, Settle
from compute.sampling import Sample

_MARKS = ("circle", "diamond", "circle-open")
_LETTERS = ("●", "◆", "○")
_ROOTS = np.array(KERNEL_WIDTHS, dtype=np.float64) ** -0.5


PRINTED = "(2.1.9) as printed"


def tangent_spread(_params: Params, result: Result, sample: Sample[KernelSample] | None) -> Figure:
    """Relative fluctuation of the tangent kernel's entries against the width."""
    part = result.width
    assert part is not None
    return _spread_figure(part, sample, 1, "tangent kernel", "relative deviation of NTK")


def covariance_spread(
    _params: Params, result: Result, sample: Sample[KernelSample] | None
) -> Figure:
    """The same of the conditional covariance."""
    part = result.width
    assert part is not None
    return _spread_figure(part, sample, 0, "conditional covariance", "relative deviation")


def _spread_figure(
    part: Settle, sample: Sample[KernelSample] | None, kernel: int, name: str, label: str
) -> Figure:
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    shown = part.spreads[1:] if kernel else part.spreads[:1]
    for entry in (0, 1):
        theory = part.spreads[kernel, entry]
        if theory > 0 and sample is None:
            ends.append(_entry(part, theory, ENTRIES[entry]))
        printed = part.spreads[2, entry] if kernel else 0.0
        for size, role, words in ((theory, "theory", "exact"), (printed, "printed", PRINTED)):
            if size > 0:
                data.append(_law(part, size, role, words, ENTRIES[entry]))
    if sample is not None:
        value, error = sample.current.deviations()
        data += [_measured(part, sample.current, value, error, kernel, k) for k in range(3)]
        notes = _slopes(sample.current, kernel)
    positive = shown[shown > 0]
    high, low = (float(positive.max()), float(positive.min())) if positive.size else (1.0, 1.0)
    title = f"The {name} settles like N<sub>1</sub><sup>−½</sup>" if kernel else f"The {name}"
    if not positive.size:
        title = f"The {name} does not vary here"
    named = set()
    for trace in data:
        told = notes and trace["mode"] == "markers"
        trace["showlegend"] = not told and trace["name"] not in named
        named.add(trace["name"])
    return figure(
        title,
        axis(WIDTH, log=True, range=(3, 1.3 * LARGEST_WIDTH)),
        axis(label, log=True, range=(low * float(_ROOTS[-1]) / 12, 8 * high)),
        data,
        annotations=notes + ends,
        legend={"orientation": "h", "bgcolor": "@background"},
    )


def _law(part: Settle, size: float, role: str, name: str, entry: str) -> Trace:
    hover = f"({entry})<br>N₁ = %{{x}}<br>deviation %{{y:.4g}}"
    return line(part.widths, size * _ROOTS, role, name, hover)


def _entry(part: Settle, size: float, entry: str) -> dict[str, Any]:
    """Which entry of the kernel a line is of, above its end."""
    end = float(part.widths[-1]), float(size * _ROOTS[-1])
    return at_end(*end, f"({entry})", "theory", log_x=True, log_y=True, yshift=8)


def _measured(
    part: Settle, state: KernelSample, value: Array, error: Array, kernel: int, entry: int
) -> Trace:
    column = 3 * kernel + entry
    seen = np.isfinite(value[:, column])
    return dots(
        part.widths[seen],
        value[seen, column],
        f"networks, ({ENTRIES[entry]})",
        "N₁ = %{x}, %{customdata} networks<br>deviation %{y:.4g} ± %{error_y.array:.2g}",
        error=error[seen, column],
        customdata=state.drawn[seen].astype(int).tolist(),
        marker={"color": "@measurement", "size": 9 if entry < 2 else 14, "symbol": _MARKS[entry]},
    )


def _slopes(state: KernelSample, kernel: int) -> list[dict[str, Any]]:
    """The fitted slopes with their 95 % intervals, in the empty corner: they name the dots."""
    lines = []
    for entry in (0, 1, 2):
        fit = state.slope(3 * kernel + entry)
        if math.isfinite(fit.value):
            half = 1.96 * fit.standard_error
            said = f"{_LETTERS[entry]} ({ENTRIES[entry]})"
            lines.append(f"{said}: {number(fit.value)} ± {number(half, 2)}")
    if not lines:
        return []
    return [
        {
            "x": 0.02,
            "y": 0.03,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "left",
            "yanchor": "bottom",
            "align": "left",
            "text": "<br>".join(["fitted slope, 95 %", *lines]),
            "font": {"color": "@measurement"},
            "bgcolor": "@background",
            "showarrow": False,
        }
    ]


def one_kernel(_params: Params, result: Result, _sample: Any) -> Figure:
    """The tangent kernel of one network against the angle: (2.1.9) twice, numerical, limit."""
    part = result.width
    assert part is not None
    hover = "angle %{x:.0f}°<br>NTK = %{y:.6g}"
    data = [
        line(part.angles, part.limit, "bound", "limit (2.1.10)", hover),
        line(part.angles, part.corrected, "theory", "(2.1.9) with (W⁽²⁾)²", hover),
        line(part.angles, part.printed, "printed", "(2.1.9) as printed", hover),
        dots(part.angles, part.numerical, f"numerical gradients, N₁ = {part.neurons}", hover),
    ]
    for trace in data:
        trace["showlegend"] = True
    values = np.concatenate([part.limit, part.corrected, part.printed])
    low, high = min(0.0, float(values.min())), float(values.max())
    return figure(
        "Numerical gradients decide",
        axis("angle between the inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis("tangent kernel NTK(x, x′)", range=(1.1 * low, 1.12 * high)),
        data,
    )


def square_correlation(params: Params, result: Result, sample: Sample[PairSample] | None) -> Figure:
    """Correlation of z_1² and z_2² against the width."""
    part = result.outputs
    assert part is not None
    hover = "N₁ = %{x}<br>correlation %{y:.4g}"
    data = [
        line(part.widths, np.zeros_like(part.widths), "bound", "independent", hover),
        line(part.widths, part.correlation, "theory", "exact", hover),
    ]
    top = float(part.correlation[0])
    if sample is not None:
        state = sample.current
        found = [state.correlation(i) for i in range(state.widths.size)]
        value = np.array([e.value for e in found])
        error = np.array([e.standard_error for e in found])
        here = state.widths == params.width
        for kept, name, size in ((~here, "networks", 8), (here, "at the page's width", 13)):
            seen = kept & np.isfinite(value) & np.isfinite(error)
            data.append(
                dots(
                    state.widths[seen],
                    value[seen],
                    name,
                    "N₁ = %{x}<br>correlation %{y:.4f} ± %{error_y.array:.2g}",
                    error=error[seen],
                    marker={"color": "@measurement", "size": size},
                )
            )
    return figure(
        "Independent in the limit only: they share a random covariance",
        axis(WIDTH, log=True, range=(0.8, 1.3 * LARGEST_WIDTH)),
        axis(
            "correlation of z<sub>1</sub>² and z<sub>2</sub>²",
            range=(-0.12 * top - 0.01, 1.2 * top + 0.01),
        ),
        data,
        annotations=[
            at_end(
                float(part.widths[24]),
                float(part.correlation[24]),
                "exact, v/(2 + 3v)",
                "theory",
                log_x=True,
                xanchor="left",
                xshift=10,
            ),
            at_end(float(part.widths[-1]), 0.0, "independent", "bound", log_x=True),
        ],
    )


def cloud(params: Params, _result: Result, sample: Sample[PairSample] | None) -> Figure:
    """Two outputs of each network: a cross where some networks are large in both."""
    turn = np.linspace(0, 2 * np.pi, 121)
    square = {"constrain": "domain"}
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
    if sample is not None:
        points = sample.current.cloud
        data.append(
            dots(
                points[:, 0],
                points[:, 1],
                "networks",
                "z₁ = %{x:.3f}<br>z₂ = %{y:.3f}",
                marker={"color": "@measurement", "size": 5, "opacity": 0.7},
                cliponaxis=True,
            )
        )
    return figure(
        f"{params.width} neurons: both outputs of {0 if sample is None else len(points)} networks",
        axis("output z<sub>1</sub>(x) over its deviation", range=(-4.2, 4.2)) | square,
        axis("z<sub>2</sub>(x) over its deviation", range=(-4.2, 4.2))
        | square
        | {"scaleanchor": "x"},
        data,
        annotations=[at_end(-1.9, 1.6, "95 % of the limit", "bound", xshift=-8)],
    )
