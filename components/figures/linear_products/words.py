"""What page 3.1 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number
from compute.experiments.linear_products.run import (
    SPECTRUM_DEPTH,
    SPECTRUM_WIDTH,
    Params,
    Result,
    log_mean,
    route_of,
)
from compute.experiments.linear_products.sampler import ImageSample, LawSample, SpectrumSample
from compute.sampling import Moments, Sample

_WEIGHTS = {
    "gaussian": "Gaussian",
    "sign": "±1",
    "uniform": "uniform",
    "student": "Student-t",
}


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    if result.plane is not None:
        return (
            f"{params.width} wide, {params.depth} deep: β = {number(result.plane.beta)}, and log X "
            f"has {params.shows} {number(result.plane.here)}."
        )
    if result.spectrum is not None:
        exponents = result.spectrum.lyapunov
        weights = "" if params.entries == "gaussian" else " and with Gaussian weights"
        return (
            f"At width {params.width}{weights} the largest singular value changes by "
            f"{number(float(exponents[0]))} in its logarithm per layer in the long run, "
            f"the smallest by {number(float(exponents[-1]))}."
        )
    if result.direction is not None:
        part = result.direction
        return (
            f"{params.inputs} inputs, {params.width} outputs, {_WEIGHTS[params.entries]} weights: "
            f"over {part.log_norm.size} matrices norm and direction have correlation "
            f"{number(part.correlation, 2)} ± {number(part.correlation_error, 1)}."
        )
    assert result.law is not None
    weights = "" if params.entries == "gaussian" else " with Gaussian weights"
    shape = {"constant": "", "linear": " tapering", "bottleneck": " with a bottleneck"}
    return (
        f"{params.width} wide, {params.depth} deep{shape[params.taper]}, {params.outputs} outputs: "
        f"β = {number(result.law.beta)}, and{weights} the median of ‖z‖² is "
        f"{_share(result.law.median)} "
        f"of its mean{_scale(params)}."
    )


def _share(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else number(value, 2)


def _scale(params: Params) -> str:
    """The mean itself, where it is not simply preserved."""
    exponent = log_mean(params)
    if abs(exponent) < 1e-12:
        return ""
    if abs(exponent) < 600:
        return f", which is {number(math.exp(exponent))}"
    return f", which is 10 to the power {number(exponent / math.log(10))}"


def notice(params: Params, _result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What is shown instead of what was asked for; '' where nothing is."""
    if params.figure == "spectrum" and (
        params.width > SPECTRUM_WIDTH or params.depth > SPECTRUM_DEPTH
    ):
        return (
            f"Products are multiplied out up to width {SPECTRUM_WIDTH} and depth "
            f"{SPECTRUM_DEPTH}: the dots are of {min(params.width, SPECTRUM_WIDTH)} wide, "
            f"{min(params.depth, SPECTRUM_DEPTH)} deep. The Lyapunov exponents are those of "
            f"width {params.width}."
        )
    if params.figure != "law":
        return ""
    route = route_of(params)
    if route == "none":
        return (
            "One network of this size takes too long to multiply, and the exact law holds for "
            "Gaussian weights only: no sample here. Fewer or narrower layers have one."
        )
    if route == "exact" and params.route == "weights":
        return (
            "One network of this size takes too long to multiply: the sample is drawn from the "
            "exact law instead, and tests nothing."
        )
    return ""


def progress(params: Params, sample: Sample[Any]) -> str:
    """How far the sample is, where it comes from, and the present standard error."""
    state = sample.current
    if isinstance(state, ImageSample):
        e = state.correlation()
        return (
            f"{state.drawn} matrices; correlation {number(e.value, 2)} "
            f"± {number(e.standard_error, 1)}"
        )
    if isinstance(state, SpectrumSample):
        return f"{state.drawn} of {params.samples}{_exponent(state.top)}"
    return _law_progress(params, state)


def _law_progress(params: Params, state: LawSample) -> str:
    source = "from weights" if route_of(params) == "weights" else "from the exact law"
    dead = f", {state.dead} of them dead" if state.dead else ""
    error = ""
    if state.log_norm is not None and state.log_norm.count > 1:
        e = state.log_norm.centred_estimate()
        error = f"; mean {number(e.value)} ± {number(e.standard_error, 2)}"
    return f"{state.drawn} of {params.samples} {source}{dead}{error}"


def _exponent(top: Moments | None) -> str:
    if top is None:
        return ""
    e = top.centred_estimate()
    return f"; largest exponent {number(e.value)} ± {number(e.standard_error, 2)}"
