"""§3.3: the Gaussian-process limit, Theorems 3.3.1 and 3.3.3, and how fast it is reached.

At fixed depth the outputs of a random network at finitely many inputs become jointly Gaussian as
its layers become wide, with the covariance K^(L) of (3.3.1). The pages' networks have L hidden
layers of one width N, and every number here is exact: what is sampled stands in `sampler`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.deep_networks import PIECEWISE_LINEAR, variances
from compute.experiments.gp_limit.setting import (
    BOUNDED,
    Params,
    activation_of,
    exact_law,
    inputs_of,
    start,
)
from compute.finite_width import difference_fluctuation, first_order_shift
from compute.gaussian_limit import (
    CircleFunctions,
    KernelMoments,
    Rates,
    circle_functions,
    kernel_moments,
    level_ellipses,
    rates,
)
from compute.kernels import input_covariance, nngp
from compute.output_law import characteristic_function, dead_probability, output_score, output_tail
from compute.sampling import stream

Array = NDArray[np.float64]

# In units of √K: where shares are counted, what is near and far, and the frequencies of E e^{−iξz}.
THRESHOLDS: Final = np.linspace(-4.5, 4.5, 37)
NEAR, FAR = 0.5, 2.5
FREQUENCIES: Final = np.linspace(0.0, 6.0, 31)
PROBE: Final = 10
LEVELS: Final = (0.5, 0.9, 0.99)
# The widths that are drawn where one number's size is seen against N.
RATE_WIDTHS: Final = (4, 16, 64, 256)
MOMENT_WIDTHS: Final = (4, 8, 16, 32, 64, 128)
CORRELATIONS: Final = np.array([-1.0, -0.5, 0.0, 0.3, 0.6, 0.8, 0.9, 0.97, 0.99, 0.999])
DRAWS, POINTS, WIDEST_DRAWN = 3, 48, 256


@dataclass(frozen=True)
class Joint:
    """The limit of (z(x), z(x')) and the exact law of one output.

    kernel (2, 2): K^(L); ellipses (3, 2, 121): where the limit's density is level, with 50, 90 and
    99 % inside. thresholds (t,): values of z/√K; score (t,): Φ^{-1} of the exact share below
    them; near, far: P(|z| ≤ ½√K) and P(|z| > 2.5√K); nan where the law is not known. dead: the
    exact share of networks with output 0 at x.
    """

    kernel: Array
    ellipses: Array
    thresholds: Array
    score: Array
    near: float
    far: float
    dead: float


@dataclass(frozen=True)
class Layers:
    """K^(ℓ), ℓ = 0…L: variance at x, covariance of x and x', (L+1,) each; printed (L+1,) the
    variance as (3.3.1) prints it, without C_W in layer 0 and without C_b, and so the covariance.

    shift: N(E K̂^(L)(x, x') − K^(L)(x, x')) to first order in 1/N; 0 where K is the mean at every
    width (L = 1, piecewise linear σ), nan where σ is not bounded."""

    variance: Array
    covariance: Array
    printed: Array
    printed_covariance: Array
    shift: float


@dataclass(frozen=True)
class Transform:
    """E e^{−iξz} at frequencies (f,) in units of 1/√K: exact, nan where unknown, and its limit."""

    frequencies: Array
    exact: Array
    limit: Array


@dataclass(frozen=True)
class Inputs:
    """N Var(K̂_v)/K_v² along v = (1, −1) for two inputs of equal norm and correlation ρ.

    correlations (r,), exact (r,) at L = 1 without biases and for piecewise linear σ, else nan;
    axis, curve (c,): the same as a curve.
    """

    correlations: Array
    exact: Array
    axis: Array
    curve: Array


@dataclass(frozen=True)
class Result:
    """The part that the figure in front needs; the others are None. variance: K^(L)(x, x)."""

    variance: float
    joint: Joint | None = None
    rate: Rates | None = None
    functions: CircleFunctions | None = None
    kernel: Layers | None = None
    transform: Transform | None = None
    moments: KernelMoments | None = None
    inputs: Inputs | None = None


def run(params: Params) -> Result:
    """The exact numbers of the figure in front. Cost: ≤ 40 ms, see `work`."""
    part = _PARTS[params.figure](params)
    return read_only(Result(float(limit_of(params)[-1, 0, 0]), **{params.figure: part}))


def limit_of(params: Params) -> Array:
    """K^(ℓ) of both inputs, ℓ = 0…L, (L+1, 2, 2)."""
    return nngp(start(params), params.depth, activation_of(params), **variances(params))


def unit_of(params: Params) -> float:
    """√K^(L)(x, x), in which outputs are measured; 1 where that is no positive number."""
    variance = float(limit_of(params)[-1, 0, 0])
    return math.sqrt(variance) if 1e-300 < variance < math.inf else 1.0


def _joint(params: Params) -> Joint:
    kernel, name, hidden = limit_of(params)[-1], exact_law(params), [params.width] * params.depth
    score, near, far = np.full(THRESHOLDS.size, math.nan), math.nan, math.nan
    if name:
        tails = output_tail([NEAR, FAR], hidden, name)
        near, far = 1 - float(tails[0]), float(tails[1])
        score = output_score(THRESHOLDS, hidden, name)
    dead = dead_probability(hidden) if name == "relu" else 0.0
    return Joint(kernel, level_ellipses(kernel, LEVELS), THRESHOLDS, score, near, far, dead)


def _rate(params: Params) -> Rates:
    name, many = exact_law(params), params.outputs
    return rates(name, params.depth, params.metric, width=params.width, outputs=many)


def _functions(params: Params) -> CircleFunctions:
    """At widths 1, 2, 4, … up to N: each has every weight drawn."""
    top = min(params.width, WIDEST_DRAWN)
    return circle_functions(
        params.norm,
        sorted({*(2**k for k in range(top.bit_length())), top}),
        params.depth,
        activation_of(params),
        stream(params.seed, "last layer").standard_normal((DRAWS, POINTS)),
        stream(params.seed, "hidden layers"),
        **variances(params),
    )


def _kernel(params: Params) -> Layers:
    kernels = limit_of(params)
    plain = input_covariance(inputs_of(params), weight_variance=1.0, first_layer="plain")
    activation, weight = activation_of(params), params.weight_variance
    printed = nngp(plain, params.depth, activation, weight_variance=weight)
    shift = 0.0 if params.depth == 1 or params.activation in PIECEWISE_LINEAR else math.nan
    if math.isnan(shift) and params.activation in BOUNDED:
        shift = float(first_order_shift(kernels, activation, weight)[1])
    return Layers(kernels[:, 0, 0], kernels[:, 0, 1], printed[:, 0, 0], printed[:, 0, 1], shift)


def _transform(params: Params) -> Transform:
    name, exact = exact_law(params), np.full(FREQUENCIES.size, math.nan)
    if name:
        exact = characteristic_function(FREQUENCIES, [params.width] * params.depth, name)
    return Transform(FREQUENCIES, exact, np.exp(-0.5 * FREQUENCIES**2))


def _moments(params: Params) -> KernelMoments:
    known = params.observable == "square"
    return kernel_moments(exact_law(params) if known else "", params.depth)


def _inputs(params: Params) -> Inputs:
    axis = np.cos(np.linspace(np.pi, 0.0, 101))
    exact, curve = np.full(CORRELATIONS.size, math.nan), np.full(axis.size, math.nan)
    activation, one = activation_of(params), params.depth == 1 and params.bias_variance == 0
    if one and params.activation in PIECEWISE_LINEAR:
        exact, curve = (
            np.array([difference_fluctuation(c, activation.a, activation.b) for c in at])
            for at in (CORRELATIONS, axis)
        )
    return Inputs(CORRELATIONS, exact, axis, curve)


_PARTS: dict[str, Callable[[Params], Any]]
_PARTS = {"joint": _joint, "rate": _rate, "functions": _functions, "kernel": _kernel}
_PARTS |= {"transform": _transform, "moments": _moments, "inputs": _inputs}


def work(params: Params) -> float:
    """Milliseconds of `run`, from measured rates."""
    if params.figure == "rate":
        return 40.0
    if params.figure == "functions":
        top = min(params.width, WIDEST_DRAWN)
        return 20.0 + params.depth * (4.5e-5 * top**2 + 0.02 * top / 4)
    if params.figure == "kernel" and params.activation in BOUNDED:
        return 15.0 + 1.5 * params.depth
    return 15.0
