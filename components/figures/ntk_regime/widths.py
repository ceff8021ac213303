"""Figures of page 2.2, the kernel regime: distance from linearity against the width."""

from __future__ import annotations

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
    measured,
    number,
    plural,
)
from components.figures.labels import on_logs, width_axis
from components.figures.ntk_regime.movement import ends
from components.figures.orders import Order, Words
from compute.experiments.ntk_regime.deep_sweep import GAP, MOVED, DeepSweep
from compute.experiments.ntk_regime.run import Result
from compute.experiments.ntk_regime.sampler import (
    APART,
    BEND,
    CHANGE,
    SIZES,
    Sweep,
    Swept,
    expected_slopes,
    widths_of,
)
from compute.experiments.ntk_regime.setting import Params
from compute.experiments.one_layer_fields import KINKED
from compute.sampling import Sample

# σ″ is 0 wherever it exists: no logarithm. Of these others it is not bounded: another law.
FLAT, UNBOUNDED = (*KINKED, "linear"), ("exp", "cubic")

_APART = (APART, "sup ‖θ<sub>t</sub> − θ<sub>t</sub><sup>lin</sup>‖", "circle")
_CHANGE = (CHANGE, "sup ‖Θ<sub>t</sub> − Θ<sub>0</sub>‖", "diamond")
_SWEPT = (_APART, (BEND, "‖Hess z‖ at θ<sub>0</sub>", "square"), _CHANGE)
_DEEP = (_APART, (GAP, "sup ‖z<sub>t</sub> − z<sub>t</sub><sup>lin</sup>‖/√|D|", "square"), _CHANGE)


def _width_axis(params: Params, room: float) -> dict[str, Any]:
    name = "width N₁" if params.layers == 1 else "width N of every hidden layer"
    return width_axis(name, widths_of(params), 0.8, room)


def sweep(params: Params, _result: Result, sample: Sample[Swept] | None) -> Figure:
    """Three distances against width, with their fitted slopes."""
    widths = np.array(widths_of(params), dtype=np.float64)
    swept = _SWEPT if params.layers == 1 else _DEEP
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    shown = np.array([0.01, 1.0])
    state = sample.current if sample is not None else None
    if state is not None and state.counted:
        curves = [state.by_width(which)[0] for which, _, _ in swept]
        shown = np.concatenate(curves)
        for (which, name, symbol), curve in zip(swept, curves, strict=True):
            data += _swept(params, state, which, name, symbol, widths)
            slope = state.slope(which)
            error = slope.standard_error
            # one seed has a slope but no error; before that there is no slope either
            fitted = f"<br>slope {slope.value:.2f}" if np.isfinite(slope.value) else ""
            known = f" ± {number(error, 1)}" if np.isfinite(error) and error > 0 else ""
            text = f"{name}{fitted}{known}".replace("-", "−")
            side = {"yanchor": "middle", "align": "left"}
            notes.append(on_logs(widths[-1], curve[-1], text, "measurement", 12, **side))
    else:
        # before the first seed: how steep each line is expected to be
        for which, name, _ in swept:
            words, law = _law(params, which, widths)
            data.append(line(widths, law, "theory", f"{name}, expected: {words}", "N₁ = %{x}"))
    return figure(
        _sweep_title(params, data),
        _width_axis(params, 8),
        axis("distance from linearity", log=True, range=ends(shown)),
        data,
        annotations=notes,
    )


def _swept(
    params: Params, state: Swept, which: int, name: str, symbol: str, widths: Array
) -> list[Trace]:
    mean, error = state.by_width(which)
    hover, seeds = "N₁ = %{x}<br>%{y:.4g}", plural(state.counted, "seed")
    words, law = _law(params, which, widths)
    law = law * np.exp(np.mean(np.log(mean / law)))
    found = widths, mean, mean * error, f"{name}, mean of {seeds}"
    return [
        line(widths, law, "theory", f"{words}, through the mean", hover),
        measured(*found, hover, size=10, symbol=symbol),
    ]


def _law(params: Params, which: int, widths: Array) -> tuple[str, Array]:
    """The expected dependence on the width, in words and as a curve that starts at 1."""
    if which == BEND and params.layers == 1:
        flat = params.activation in FLAT
        law = widths ** (-0.5 - params.exponent) * (1.0 if flat else np.sqrt(np.log(widths)))
        return f"{'1' if flat else '√(2 log N₁)'}/(γ√N₁)", law / law[0]
    slope = expected_slopes(params)[0 if which == APART else 1]
    return f"slope {number(slope)}", (widths / widths[0]) ** slope


def _sweep_title(params: Params, data: list[Trace]) -> Words:
    if params.exponent > 0:
        return f"γ = N₁ to the {params.exponent:g}: where the distances go with the width"
    if params.activation in KINKED:
        return "A kink halves the exponent that is expected: −¼ instead of −½"
    many = {1: "A layer becomes", 2: "Two hidden layers become", 3: "Three hidden layers become"}
    words = f"{many[params.layers]} linear with width"
    nearest = str(data[1]["name"]) if len(data) > 3 else str(data[0]["name"])
    return (Order(words, nearest, "falls", otherwise="Distance from linearity against the width"),)


def second(params: Params, _result: Result, sample: Sample[Any] | None) -> Figure:
    """Beside the distances: the Hessian of one layer, or how far deep networks travel."""
    return peaks(params, sample) if params.layers == 1 else travel(params, sample)


def travel(params: Params, sample: Sample[DeepSweep] | None) -> Figure:
    """‖θ_t − θ_0‖ at the end against the width: of order γ, however wide."""
    widths = np.array(widths_of(params), dtype=np.float64)
    law = widths**params.exponent
    data, shown = [line(widths, law, "theory", "expected growth", "N = %{x}")], law
    if sample is not None and sample.current.counted:
        mean, error = sample.current.by_width(MOVED)
        law = law * np.exp(np.mean(np.log(mean / law)))
        hover = "N = %{x}<br>%{y:.4g}"
        data = [
            line(widths, law, "theory", "∝ γ", hover),
            measured(widths, mean, mean * error, "‖θ_t − θ₀‖", hover),
        ]
        shown = mean
    return figure(
        "How far the parameters travel: expected ∝ γ, whatever the width",
        _width_axis(params, 1.3),
        axis("‖θ<sub>t</sub> − θ<sub>0</sub>‖ at the end", range=(0, 1.4 * float(shown.max()))),
        data,
    )


def peaks(params: Params, sample: Sample[Sweep] | None) -> Figure:
    """√N‖Hess‖ from 10² to 10⁶ neurons against √(2 log N) and a constant."""
    sizes = np.array(SIZES, dtype=np.float64)
    growth = np.sqrt(np.log(sizes))
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    top = 5.0
    if sample is None:
        data = [line(sizes, 0.7 * growth * np.sqrt(2), "theory", "expected growth", "N₁ = %{x}")]
    else:
        mean, error = sample.current.peak()
        hover = "N₁ = %{x}<br>√N₁‖Hess‖ = %{y:.4g}"
        top = 1.3 * float(mean.max())
        constant = np.full(len(sizes), mean[0])
        data = [
            line(sizes, constant, "printed", "constant, as printed", hover),
            dots(sizes, mean, "largest block, mean", hover, error=error),
        ]
        left = {"log_x": True, "xanchor": "right"}
        notes = [at_end(1e6, float(mean[0]), "∝ 1, as printed", "printed", **left)]
        if params.activation not in (*FLAT, *UNBOUNDED):
            law = growth * float(np.mean(mean / growth))
            data.insert(0, line(sizes, law, "theory", "constant × √(2 log N₁)", hover))
            notes.append(at_end(1e6, float(law[-1]), "∝ √(2 log N₁)", "theory", **left, yshift=8))
    return figure(
        _peak_title(params),
        axis("width N₁", log=True, range=(70, 1.5e6)),
        axis("√N₁ ‖Hess z‖ at θ<sub>0</sub>, γ = 1", range=(0, top)),
        data,
        annotations=notes,
    )


def _peak_title(params: Params) -> str:
    if params.activation in FLAT:
        return "Where σ″ = 0 the Hessian is of order 1/√N₁"
    return "The Hessian is not of order 1/√N₁"
