"""What page 3.2 says in words: result, warning, progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number
from components.figures.labels import of_part, plus_minus, with_error
from compute.experiments.gp_limit.run import (
    PROBE,
    RATE_WIDTHS,
    WIDEST_DRAWN,
    Inputs,
    Joint,
    Layers,
    Result,
    Transform,
)
from compute.experiments.gp_limit.setting import ACTIVATIONS, METRIC_NAMES, Params, exact_law
from compute.gaussian_limit import CircleFunctions, KernelMoments, Rates
from compute.sampling import Sample

Drawn = Sample[Any] | None


def sentence(params: Params, result: Result, sample: Drawn, frame: int | None) -> str:
    """The result in words, measurement first."""
    parts = {"joint": _joint, "rate": _rate, "functions": _functions, "kernel": _kernel}
    parts |= {"transform": _transform, "moments": _moments, "inputs": _inputs}
    width = f", N = {params.width}" if params.figure not in {"rate", "moments"} else ""
    head = f"{dict(ACTIVATIONS)[params.activation]}, L = {params.depth}{width}"
    setting = f"C_W = {params.weight_variance:g}, C_b = {params.bias_variance:g}"
    return f"{head}, {setting}: {of_part(params, result, sample, frame, **parts)}"


def _exactly(value: float) -> str:
    return "" if math.isnan(value) else f", exactly {number(value)}"


def _joint(_params: Params, part: Joint, *_: Any) -> str:
    """What holds before anything is drawn: the title and the progress say what is measured."""
    limit = "in the Gaussian limit 1.24 % of the outputs lie beyond 2.5 √K, K = "
    exact = "" if math.isnan(part.far) else f", by the exact law {number(100 * part.far)} %"
    return f"{limit}{number(float(part.kernel[0, 0]))}{exact}."


def _rate(params: Params, part: Rates, sample: Drawn, _: Any) -> str:
    metric, width, said = dict(METRIC_NAMES)[params.metric], RATE_WIDTHS[1], []
    if sample is not None:
        value, error = (v[1] for v in sample.current.means())
        fixed = f"one fixed network of width {width} is {plus_minus(value, error)} from the limit"
        said.append(f"{metric}: {fixed}")
    if np.isfinite(part.slope):
        law = f"the law over the weights {number(float(part.law[part.widths == width][0]))}"
        said.append(f"{law} at N = {width}, with slope {number(part.slope)} from 128 on")
    return "; ".join(said) + "." if said else "no exact law is known here, only a sample."


def _functions(_params: Params, part: CircleFunctions, _sample: Drawn, frame: int | None) -> str:
    at = len(part.widths) - 1 if frame is None else frame
    here, first = (number(float(part.apart[k]), 2) for k in (at, 0))
    return (
        f"at width {part.widths[at]} network and process, drawn with common noise, are "
        f"{here} √K apart on the circle, {first} √K at width 1."
    )


def _kernel(params: Params, part: Layers, sample: Drawn, _: Any) -> str:
    limit = f"the limit is {number(float(part.variance[-1]))}"
    printed = f"(3.3.1) as printed {number(float(part.printed[-1]))}"
    if sample is None:
        return f"in layer {params.depth} {limit}, {printed}."
    kernels = sample.current.kernels
    mean, error, spread = (v[-1, 0] for v in (*kernels.means(), kernels.deviations()))
    return (
        f"K̂(x, x) in layer {params.depth} is {plus_minus(mean, error)} in the mean, "
        f"{number(spread, 2)} from network to network; {limit}, {printed}."
    )


def _transform(_params: Params, part: Transform, sample: Drawn, _: Any) -> str:
    known = _exactly(float(part.exact[PROBE]))
    limit = f"the Gaussian limit {number(float(part.limit[PROBE]))}"
    where = f"at ξ = {part.frequencies[PROBE]:g}/√K"
    if sample is None:
        return f"{where}{known}{', ' if known else ' '}{limit}."
    state = sample.current
    cosine, given = (with_error(found.estimate(PROBE)) for found in (state.cosine, state.given))
    return f"{where} the mean of cos(ξz) is {cosine}, of exp(−ξ²K̂/2) {given}{known}, {limit}."


def _moments(_params: Params, part: KernelMoments, sample: Drawn, _: Any) -> str:
    said = []
    if sample is not None:
        value, error = (v[2] for v in sample.current.centred(2))
        said.append(f"the variance at N = 16 is {plus_minus(value, error)}")
    if part.known:
        near, far = (", ".join(number(float(s)) for s in row) for row in part.slopes)
        said.append(
            f"exact slopes for k = 2, 3, 4, 5: {far} over N = 256…4096, {near} over N = 16…256, "
            "where powers of L/N count"
        )
    return "; ".join(said) + "." if said else "what is averaged is drawn below."


def _inputs(params: Params, part: Inputs, sample: Drawn, _: Any) -> str:
    known, where = _exactly(float(part.exact[-1])), f"at ρ = {part.correlations[-1]:g}"
    if sample is None:
        return f"{where} N Var(K̂_v)/K_v²{known or ' is measured below'}."
    value, error = (v[-1] for v in sample.current.fluctuations(params.width))
    return f"{where} N Var(K̂_v)/K_v² is {plus_minus(value, error)}{known}."


def warning(params: Params, result: Result, _sample: Drawn, _frame: int | None) -> str:
    """What lies outside the theorem, out of range, or is dead."""
    said = []
    if params.activation == "exp":
        said.append(
            "exp is not polynomially bounded: Theorem 3.3.1 does not speak of it, and in deeper "
            "layers K̂ has no mean."
        )
    if not 0 < result.variance < math.inf:
        said.append("The kernel leaves the range of numbers; outputs are shown as they are.")
    if params.figure == "rate" and not exact_law(params):
        said.append("The exact law is known for linear and ReLU networks without biases.")
    if params.figure == "functions" and params.width > WIDEST_DRAWN:
        said.append(f"Functions are drawn up to width {WIDEST_DRAWN}.")
    if result.joint is not None and result.joint.dead >= 1e-3:
        share = f"{number(100 * result.joint.dead)} % of these networks give exactly 0 at x"
        said.append(f"Dead: {share}; the progress counts them.")
    return " ".join(said)


def progress(params: Params, sample: Sample[Any]) -> str:
    """How far the measurement is."""
    state = sample.current
    if params.figure == "joint":
        share = with_error(state.far.mean_estimate().scaled(100))
        return f"{state.drawn} networks, {state.dead} dead; {share} % far"
    if params.figure == "rate":
        return f"{int(state.count.sum())} networks of {len(RATE_WIDTHS)} widths"
    if params.figure == "moments":
        return f"{int(state.powers[0].sum())} networks of several widths"
    if params.figure == "inputs":
        return f"{state.along[0].count} networks"
    means = state.kernels if params.figure == "kernel" else state.cosine
    return f"{means.count} networks"
