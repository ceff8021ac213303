"""What page 3.1 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number
from components.figures.labels import of_part
from compute.experiments.linear_products.law import Law, Plane
from compute.experiments.linear_products.run import Result
from compute.experiments.linear_products.sampler import ImageSample, LawSample, SpectrumSample
from compute.experiments.linear_products.setting import (
    SPECTRUM_DEPTH,
    SPECTRUM_WIDTH,
    Params,
    log_mean,
    multiplied,
    route_of,
)
from compute.experiments.linear_products.spectrum import Direction, Spectrum
from compute.sampling import Estimate, Sample

_WEIGHTS = {"gaussian": "Gaussian", "sign": "±1", "uniform": "uniform", "student": "Student-t"}
_SHAPES = {"constant": "", "linear": " tapering", "bottleneck": " with a bottleneck"}


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    return of_part(params, result, law=_law, plane=_plane, spectrum=_spectrum, direction=_direction)


def _law(params: Params, part: Law) -> str:
    weights = "" if params.entries == "gaussian" else " with Gaussian weights"
    return (
        f"{params.width} wide, {params.depth} deep{_SHAPES[params.taper]}, {params.outputs} "
        f"outputs: β = {number(part.beta)}, and{weights} the median of ‖z‖² is "
        f"{_share(part.median)} of its mean{_scale(params)}."
    )


def _plane(params: Params, part: Plane) -> str:
    return (
        f"{params.width} wide, {params.depth} deep: β = {number(part.beta)}, and log X "
        f"has {params.shows} {number(part.here)}."
    )


def _spectrum(params: Params, part: Spectrum) -> str:
    weights = "" if params.entries == "gaussian" else " and with Gaussian weights"
    return (
        f"At width {params.width}{weights} the largest singular value changes by "
        f"{number(float(part.lyapunov[0]))} in its logarithm per layer in the long run, "
        f"the smallest by {number(float(part.lyapunov[-1]))}."
    )


def _direction(params: Params, part: Direction) -> str:
    return (
        f"{params.inputs} inputs, {params.width} outputs, {_WEIGHTS[params.entries]} weights: "
        f"over {part.log_norm.size} matrices norm and direction have correlation "
        f"{number(part.correlation, 2)} ± {number(part.correlation_error, 1)}."
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
    if params.figure == "spectrum" and multiplied(params) != (params.width, params.depth):
        width, depth = multiplied(params)
        return (
            f"Products are multiplied out up to width {SPECTRUM_WIDTH} and depth "
            f"{SPECTRUM_DEPTH}: the dots are of {width} wide, {depth} deep. The Lyapunov exponents "
            f"are those of width {params.width}."
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


def progress(params: Params, sample: Sample[LawSample | SpectrumSample | ImageSample]) -> str:
    """How far the sample is, where it comes from, and the present standard error."""
    state = sample.current
    if isinstance(state, ImageSample):
        return f"{state.drawn} matrices; correlation {_with_error(state.correlation(), 2, 1)}"
    if isinstance(state, SpectrumSample):
        exponent = ""
        if state.top is not None:
            exponent = f"; largest exponent {_with_error(state.top.centred_estimate())}"
        return f"{state.drawn} of {params.samples}{exponent}"
    source = "from weights" if route_of(params) == "weights" else "from the exact law"
    dead = f", {state.dead} of them dead" if state.dead else ""
    error = ""
    if state.log_norm is not None and state.log_norm.count > 1:
        error = f"; mean {_with_error(state.log_norm.centred_estimate())}"
    return f"{state.drawn} of {params.samples} {source}{dead}{error}"


def _with_error(e: Estimate, digits: int = 3, of_error: int = 2) -> str:
    return f"{number(e.value, digits)} ± {number(e.standard_error, of_error)}"
