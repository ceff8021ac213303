"""Figures of page 2.1, one output and random functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    at_end,
    axis,
    dots,
    figure,
    frame_trace,
    frames,
    line,
    number,
)
from compute.experiments.initialisation.circle import Circle, CircleSample
from compute.experiments.initialisation.law import Law
from compute.experiments.initialisation.run import Result
from compute.experiments.initialisation.samples import OutputSample
from compute.experiments.initialisation.setting import LARGEST_WIDTH, Params, power_of, scale_of
from compute.sampling import Sample

WIDTH = "width N<sub>1</sub>"
ANGLE = "angle of the input (degrees)"
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def histogram(params: Params, result: Result, sample: Sample[OutputSample] | None) -> Figure:
    """Density of z(x): exact mixture, Gaussian limit, single first layers, sampled networks."""
    law = result.output
    assert law is not None
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
        middle = 0.5 * (law.edges[1:] + law.edges[:-1])
        label = "z = %{x:.3f}: density %{y:.4g} ± %{error_y.array:.2g}"
        data.append(
            dots(
                middle[seen],
                height[seen],
                f"{state.drawn} networks",
                label,
                error=error[seen],
            )
        )
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
        beside = {"xanchor": "left" if side > 0 else "right", "xshift": 16 * side}
        place = at_end(side * float(x[at]), float(curve[at]), text, role, **beside)
        places.append(place | {"yanchor": "middle", "bgcolor": "@background"})
    return places


def kurtosis(params: Params, result: Result, sample: Sample[OutputSample] | None) -> Figure:
    """Excess kurtosis against the width: 3 Var S/(E S)², a line of slope −1."""
    law = result.output
    assert law is not None
    hover = "N₁ = %{x}<br>excess kurtosis %{y:.4g}"
    data = [line(law.widths, law.kurtoses, "theory", "exact", hover)]
    if sample is not None:
        found = sample.current.kurtosis()
        if found.value > 0 and np.isfinite(found.standard_error):
            data.append(
                dots(
                    [params.width],
                    [found.value],
                    f"{sample.current.drawn} networks",
                    "%{y:.4g} ± %{error_y.array:.2g}",
                    error=[min(found.standard_error, 0.95 * found.value)],
                )
            )
    constant = float(law.kurtoses[0])
    low, high = float(law.kurtoses[-1]), constant
    return figure(
        f"Excess kurtosis: {number(constant)}/N<sub>1</sub>",
        axis(WIDTH, log=True, range=(0.8, 1.3 * LARGEST_WIDTH)),
        axis("excess kurtosis of z(x)", log=True, range=(low / 3, high * 3), steady=True),
        data,
        annotations=[_middle(law.widths, law.kurtoses, "exact at every width", "theory")],
    )


def variance(params: Params, result: Result, sample: Sample[OutputSample] | None) -> Figure:
    """Var z(x) against the width: with 1/√N_1, and with the printed 1/√N_0."""
    law = result.output
    assert law is not None
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
        scale = law.limit / result.variance * scale_of(params) ** 2
        data.append(
            dots(
                [params.width],
                [scale * found.value],
                f"{sample.current.drawn} networks",
                "%{y:.4g} ± %{error_y.array:.2g}",
                error=[scale * found.standard_error],
            )
        )
    everything = np.concatenate([correct, printed])
    low, high = float(everything.min()), float(everything.max())
    return figure(
        "Only 1/√N<sub>1</sub> keeps the variance",
        axis(WIDTH, log=True, range=(0.8, 1.3 * LARGEST_WIDTH)),
        axis("γ² × variance of z(x)", log=True, range=(low / 3, high * 3), steady=True),
        data,
        annotations=[
            _middle(law.widths, correct, "1/(γ√N<sub>1</sub>)", "theory"),
            _middle(law.widths, printed, "as printed, 1/(γ√N<sub>0</sub>)", "printed", False),
        ],
    )


def _middle(x: Array, y: Array, text: str, role: str, right: bool = True) -> dict[str, Any]:
    """A label beside the middle of a line on two logarithmic axes."""
    at = (2 * x.size) // 3
    beside = {"xanchor": "left" if right else "right", "xshift": 8 if right else -8}
    return at_end(float(x[at]), float(y[at]), text, role, log_x=True, log_y=True, **beside)


def _state(part: Circle, sample: Sample[CircleSample] | None) -> CircleSample:
    return part.sample if sample is None else sample.current


def functions(params: Params, result: Result, sample: Sample[CircleSample] | None) -> Figure:
    """Five networks on the circle of inputs; the frames play their width."""
    part = result.functions
    assert part is not None
    state = _state(part, sample)
    title = f"Five random networks of {state.neurons} neurons, on a circle of inputs"
    if state.neurons < params.width:
        title = f"Five random networks: the first {state.neurons} of {params.width} neurons"
    return figure(
        title,
        axis(ANGLE, range=(0, 360)) | {"dtick": 45},
        axis("output z(x)", range=_reach(part), steady=True),
        _curves(part.angles, part.functions(state), "network", "measurement"),
        annotations=[],
    )


def function_frames(_params: Params, result: Result) -> dict[str, Any] | None:
    """The same networks cut off at 1, 2, 4, … neurons."""
    part = result.functions
    assert part is not None
    if part.widths.size < 2:
        return None
    traces = (
        frame_trace(f"network {i + 1}", "y", part.growing[:, i])
        for i in range(part.growing.shape[1])
    )
    return frames("neurons", [str(w) for w in part.widths], *traces)


def process(_params: Params, result: Result, _sample: Any) -> Figure:
    """Five draws of the Gaussian process of the limit, on the same axes."""
    part = result.functions
    assert part is not None
    return figure(
        "Draws of the limiting process",
        axis(ANGLE, range=(0, 360)) | {"dtick": 90},
        axis("output z(x)", range=_reach(part), steady=True),
        _curves(part.angles, part.process, "process draw", "theory"),
    )


def _curves(angles: Array, values: Array, name: str, role: str) -> list[dict[str, Any]]:
    return [
        line(
            angles,
            row,
            role,
            f"{name} {i + 1}",
            "angle %{x:.0f}°<br>z = %{y:.3g}",
            line={"color": f"@{role}", "width": 2.2, "dash": _DASHES[i % 5]},
        )
        for i, row in enumerate(values)
    ]


def _reach(part: Circle) -> tuple[float, float]:
    """One range for networks and process, that no frame leaves by much."""
    limit = 3.2 * float(part.covariance[0]) ** 0.5
    shown = float(np.abs(part.growing).max()) if part.growing.size else 0.0
    reach = max(limit, min(1.05 * shown, 2 * limit))
    return -reach, reach


def covariances(params: Params, result: Result, sample: Sample[CircleSample] | None) -> Figure:
    """Cov(z(x_0), z(x) | W^(1)) of the same five networks, against its limit."""
    part = result.functions
    assert part is not None
    state = _state(part, sample)
    half = part.angles.size // 2 + 1
    found = part.covariances(state)[:, :half]
    limit = part.covariance[:half]
    data = _curves(part.angles[:half], found, "network", "measurement")
    for trace in data:
        trace["hovertemplate"] = "angle %{x:.0f}°<br>covariance %{y:.4g}<extra></extra>"
        trace["line"]["width"] = 1.5
    data.append(line(part.angles[:half], limit, "theory", "limit", "limit %{y:.4g}"))
    low = min(float(found.min()), float(limit.min()), 0.0)
    high = max(float(found.max()), float(limit.max()))
    return figure(
        "Each network’s own covariance",
        axis("angle between the inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis("Cov(z(x), z(x′) | W<sup>(1)</sup>)", range=(1.08 * low, 1.08 * high)),
        data,
        annotations=[
            at_end(
                60.0,
                float(limit[half // 3]),
                "limit",
                "theory",
                xanchor="left",
                xshift=10,
                bgcolor="@background",
            )
        ],
    )
