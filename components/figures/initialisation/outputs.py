"""Figures of page 2.1, one output and random functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    at_end,
    axis,
    beside,
    figure,
    line,
    measured,
    middles,
    number,
    random_function,
    reach,
)
from components.figures.labels import on_logs
from components.figures.playing import frame_trace, frames
from compute.experiments.initialisation.circle import Circle, CircleSample
from compute.experiments.initialisation.law import Law
from compute.experiments.initialisation.samples import OutputSample
from compute.experiments.initialisation.setting import LARGEST_WIDTH, Params, power_of
from compute.sampling import Sample

WIDTH = "width N<sub>1</sub>"
ANGLE = "angle of the input (degrees)"


def widths_axis(low: float = 0.8) -> dict[str, Any]:
    """The axis of the width, to the largest there is."""
    return axis(WIDTH, log=True, range=(low, 1.3 * LARGEST_WIDTH))


def histogram(params: Params, law: Law, sample: Sample[OutputSample] | None) -> Figure:
    """Density of z(x): exact mixture, Gaussian limit, single first layers, sampled networks."""
    hover = "z = %{x:.3f}<br>density %{y:.4g}"
    top = 1.12 * min(float(law.mixture.max()), 3.0 * float(law.gaussian.max()))
    data = [
        line(law.points, layer, "faint", "given one first layer", hover) for layer in law.layers
    ]
    data += [
        line(law.points, law.gaussian, "bound", "Gaussian limit", hover),
        line(law.points, law.mixture, "theory", "mixture over first layers", hover),
    ]
    if sample is not None:
        state = sample.current
        height, error = state.density(law.edges)
        seen = height > 0
        found = middles(law.edges)[seen], height[seen], error[seen]
        name = f"{state.drawn} networks"
        data.append(measured(*found, name, "z = %{x:.3f}: density %{y:.4g}"))
    return figure(
        _law_title(params, law),
        axis("output z(x)", range=(law.points[0], law.points[-1]), steady=True),
        axis("density", range=(0, max(top, 1.12 * float(law.gaussian.max()))), steady=True),
        data,
        annotations=_law_labels(law),
    )


def _law_title(params: Params, law: Law) -> str:
    if law.atom > 0.005:
        share = number(100 * law.atom, 2)
        return f"A mixture; {share} % of the networks give exactly 0 (not drawn)"
    if law.kurtosis > 0.3:
        return "Gaussian given its first layer; over all networks, a mixture"
    if law.kurtosis > 0.02:
        return "Nearly Gaussian: the first layers hardly differ any more"
    return f"At {params.width} neurons, mixture and Gaussian limit look the same"


def _law_labels(law: Law) -> list[dict[str, Any]]:
    """The mixture's label on its left flank, the limit's on its right."""
    half = law.points.size // 2
    x = law.points[half:]
    places = []
    for curve, share, text, role, side in (
        (law.mixture[half:], 0.9, "mixture, exact", "theory", -1),
        (law.gaussian[half:], 0.5, "limit (dotted)", "bound", 1),
    ):
        level = share * float(law.gaussian.max())
        at = int(np.argmax(curve <= level)) or x.size // 2
        place = at_end(side * float(x[at]), float(curve[at]), text, role, **beside(16 * side))
        places.append(place | {"yanchor": "middle", "bgcolor": "@background"})
    return places


def kurtosis(params: Params, law: Law, sample: Sample[OutputSample] | None) -> Figure:
    """Excess kurtosis against the width: 3 Var S/(E S)², a line of slope −1."""
    hover = "N₁ = %{x}<br>excess kurtosis %{y:.4g}"
    data = [line(law.widths, law.kurtoses, "theory", "exact", hover)]
    if sample is not None:
        found = sample.current.kurtosis()
        if found.value > 0 and np.isfinite(found.standard_error):
            error = min(found.standard_error, 0.95 * found.value)
            data.append(_at_width(params, sample.current, found.value, error))
    return figure(
        f"Excess kurtosis: {number(float(law.kurtoses[0]))}/N<sub>1</sub>",
        widths_axis(),
        _around("excess kurtosis of z(x)", law.kurtoses),
        data,
        annotations=[_middle(law.widths, law.kurtoses, "exact at every width", "theory")],
    )


def _at_width(params: Params, state: OutputSample, value: float, error: float) -> dict[str, Any]:
    return measured([params.width], [value], [error], f"{state.drawn} networks", "%{y:.4g}")


def _around(title: str, *curves: Array) -> dict[str, Any]:
    """A logarithmic axis with room above and below the curves."""
    return axis(title, log=True, range=reach(curves, 1 / 3, 3), steady=True)


def variance(params: Params, law: Law, sample: Sample[OutputSample] | None) -> Figure:
    """Var z(x) against the width: with 1/√N_1, and with the printed 1/√N_0."""
    hover = "N₁ = %{x}<br>γ² × variance %{y:.4g}"
    # times γ², so that what is left is what the prefactor does
    unit = law.widths ** (2 * power_of(params))
    printed = law.printed * unit
    correct = printed * params.inputs / law.widths
    data = [
        line(law.widths, correct, "theory", "prefactor 1/(γ√N₁)", hover),
        line(law.widths, printed, "printed", "prefactor 1/(γ√N₀) as printed", hover),
    ]
    if sample is not None:
        found = sample.current.square.mean_estimate()
        data.append(_at_width(params, sample.current, found.value, found.standard_error))
    return figure(
        "Only 1/√N<sub>1</sub> keeps the variance",
        widths_axis(),
        _around("γ² × variance of z(x)", correct, printed),
        data,
        annotations=[
            _middle(law.widths, correct, "1/(γ√N<sub>1</sub>)", "theory"),
            _middle(law.widths, printed, "as printed, 1/(γ√N<sub>0</sub>)", "printed", -8),
        ],
    )


def _middle(x: Array, y: Array, text: str, role: str, shift: float = 8) -> dict[str, Any]:
    """A label beside the middle of a line."""
    at = (2 * x.size) // 3
    return on_logs(x[at], y[at], text, role, shift)


def functions(params: Params, part: Circle, sample: Sample[CircleSample] | None) -> Figure:
    """Five networks on the circle of inputs; the frames play their width."""
    state = part.sample if sample is None else sample.current
    title = f"Five random networks of {state.neurons} neurons, on a circle of inputs"
    if state.neurons < params.width:
        title = f"Five random networks: the first {state.neurons} of {params.width} neurons"
    return figure(
        title,
        axis(ANGLE, range=(0, 360)) | {"dtick": 45},
        _output_axis(part),
        _curves(part.angles, part.functions(state), "network", "measurement"),
        annotations=[],
    )


def function_frames(_params: Params, part: Circle, _sample: object = None) -> dict[str, Any] | None:
    """The same networks cut off at 1, 2, 4, … neurons."""
    if part.widths.size < 2:
        return None
    traces = (
        frame_trace(f"network {i + 1}", "y", grown)
        for i, grown in enumerate(part.growing.swapaxes(0, 1))
    )
    return frames("neurons", [str(w) for w in part.widths], *traces)


def process(_params: Params, part: Circle, _sample: object) -> Figure:
    """Five draws of the Gaussian process of the limit, on the same axes."""
    return figure(
        "Draws of the limiting process",
        axis(ANGLE, range=(0, 360)) | {"dtick": 90},
        _output_axis(part),
        _curves(part.angles, part.process, "process draw", "theory"),
    )


def _curves(angles: Array, values: Array, name: str, role: str) -> list[dict[str, Any]]:
    hover = "angle %{x:.0f}°<br>z = %{y:.3g}"
    return [
        random_function(i, len(values), angles, row, role, name, hover)
        for i, row in enumerate(values)
    ]


def _output_axis(part: Circle) -> dict[str, Any]:
    """One axis for networks and process, whose range no frame leaves by much."""
    limit = 3.2 * float(part.covariance[0]) ** 0.5
    shown = float(np.abs(part.growing).max()) if part.growing.size else 0.0
    end = max(limit, min(1.05 * shown, 2 * limit))
    return axis("output z(x)", range=(-end, end), steady=True)


def covariances(_params: Params, part: Circle, sample: Sample[CircleSample] | None) -> Figure:
    """Cov(z(x_0), z(x) | W^(1)) of the same five networks, against its limit."""
    half = part.angles.size // 2 + 1
    found = part.covariances(part.sample if sample is None else sample.current)[:, :half]
    limit = part.covariance[:half]
    data = _curves(part.angles[:half], found, "network", "measurement")
    for trace in data:
        trace["hovertemplate"] = "angle %{x:.0f}°<br>covariance %{y:.4g}<extra></extra>"
        trace["line"]["width"] = 1.5
    data.append(line(part.angles[:half], limit, "theory", "limit", "limit %{y:.4g}"))
    low, high = min(found.min(), limit.min(), 0.0), max(found.max(), limit.max())
    place = 60.0, float(limit[half // 3])
    return figure(
        "Each network’s own covariance",
        axis("angle between the inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis("Cov(z(x), z(x′) | W<sup>(1)</sup>)", range=(1.08 * low, 1.08 * high)),
        data,
        annotations=[at_end(*place, "limit", "theory", bgcolor="@background", **beside(10))],
    )
