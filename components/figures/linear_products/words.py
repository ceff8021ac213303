"""What page 3.1 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number, plural
from components.figures.labels import power, with_error
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


def sentence(params: Params, result: Result, sample: Sample[Any] | None, _frame: int | None) -> str:
    """The result of the tab in front, in one sentence; what is measured leads."""
    now = None if sample is None else sample.current
    if result.law is not None:
        return _law(params, result.law, now)
    if result.plane is not None:
        return _plane(params, result.plane)
    if result.spectrum is not None:
        return _spectrum(params, result.spectrum, now)
    assert result.direction is not None
    return _direction(params, result.direction, now)


def _law(params: Params, part: Law, now: LawSample | None) -> str:
    weights = "" if params.entries == "gaussian" else ", Gaussian"
    mean, alive = f"{number(part.mean)} (exact{weights})", ""
    if now is not None and now.log_norm is not None and now.log_norm.count > 1:
        alive = " of the living" if now.dead else ""
        found = with_error(now.log_norm.centred_estimate())
        mean = f"{found} (exact{weights}: {number(part.mean)})"
    return (
        f"{params.width} wide, {params.depth} deep{_SHAPES[params.taper]}, "
        f"{plural(params.outputs, 'output')}: β = {number(part.beta)}, E log X{alive} {mean}, "
        f"median ‖z‖² {power(part.log_median, 2)} of its mean{_scale(params)}."
    )


def _plane(params: Params, part: Plane) -> str:
    return (
        f"{params.width} wide, {params.depth} deep: β = {number(part.beta)}, and log X "
        f"has {params.shows} {number(part.here)}."
    )


def _spectrum(params: Params, part: Spectrum, now: SpectrumSample | None) -> str:
    gaussian = "" if params.entries == "gaussian" else " (Gaussian)"
    limit = [number(float(part.lyapunov[k])) for k in (0, -1)]
    opening = f"{part.width} wide, {part.depth + 1} factors, log s/(L+1):"
    if now is None or now.drawn < 2:
        return f"{opening} in the limit of depth from {limit[0]} to {limit[1]}{gaussian}."
    value, error = now.by_rank()
    found = [Estimate(float(value[k]), float(error[k]), now.drawn) for k in (0, -1)]
    seen = [with_error(e) if math.isfinite(e.value) else "−∞" for e in found]
    return (
        f"{opening} from {seen[0]} to {seen[1]}; in the limit of depth {limit[0]} to "
        f"{limit[1]}{gaussian}."
    )


def _direction(params: Params, part: Direction, now: ImageSample | None) -> str:
    seen, drawn = Estimate(part.correlation, part.correlation_error, 0), part.log_norm.size
    if now is not None:
        seen, drawn = now.correlation(), now.drawn
    if params.width == 1:
        return (
            f"{params.inputs} inputs, 1 output: Wu is one number, whose direction is its sign; "
            "Σ v⁴ does not vary, and nothing can depend on it."
        )
    return (
        f"{params.inputs} inputs, {params.width} outputs, {_WEIGHTS[params.entries]} weights: "
        f"over {drawn} matrices norm and direction have correlation {with_error(seen, 2)}."
    )


def _scale(params: Params) -> str:
    """The mean itself, where it is not simply preserved."""
    exponent = log_mean(params)
    return "" if abs(exponent) < 1e-12 else f", which is {power(exponent)}"


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
        return f"{state.drawn} matrices; correlation {with_error(state.correlation(), 2)}"
    if isinstance(state, SpectrumSample):
        exponent = ""
        if state.top is not None:
            exponent = f"; largest exponent {with_error(state.top.centred_estimate())}"
        return f"{state.drawn} of {params.samples}{exponent}"
    source = "from weights" if route_of(params) == "weights" else "from the exact law"
    dead = f", {state.dead} of them dead" if state.dead else ""
    error = ""
    if state.log_norm is not None and state.log_norm.count > 1:
        error = f"; mean {with_error(state.log_norm.centred_estimate())}"
    return f"{state.drawn} of {params.samples} {source}{dead}{error}"
