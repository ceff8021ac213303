"""The reduced flow to its horizon, when each component is learned, and what is known of that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int
from compute.time_scales.rosenbrock import integrate

Array = NDArray[np.float64]

TOLERANCE = 1e-7
MOST_STEPS = 20_000
_LARGEST_COUNT = 8


@dataclass(frozen=True)
class Flow:
    """The path: time (T,), from 0, and learned (T, K), σ_k mean(a s^k)/φ_k (nan where φ_k = 0).

    risk (T,) is ½ Σ r_k². `ended`: whether the horizon was reached within the steps allowed.
    `times` (K,): when `learned` is first ½, inf where it never is.
    """

    time: Array
    learned: Array
    risk: Array
    ended: bool
    times: Array


def learning_times(
    epsilon: float,
    activation_coefficients: Sequence[float],
    target_coefficients: Sequence[float],
    outer: Sequence[float],
    horizon: float,
) -> list[float]:
    """The first times at which σ_k mean(a s^k) = φ_k/2, one per component; inf where never.

    epsilon > 0: speed of the inner layer over that of the outer; coefficients σ_k and φ_k, as many
    of each, at most 8; outer: a_i at the start (m,); horizon > 0: when to stop. Relative error
    below 1e-5. ValueError otherwise. Cost 1 to 4 ms for up to 100 neurons, the more the smaller ε.
    """
    flow = reduced_flow(
        epsilon, activation_coefficients, target_coefficients, outer, horizon=horizon, brief=True
    )
    return [float(t) for t in flow.times]


def reduced_flow(
    epsilon: float,
    activation_coefficients: ArrayLike,
    target_coefficients: ArrayLike,
    outer: ArrayLike,
    *,
    horizon: float,
    brief: bool = False,
) -> Flow:
    """The flow from s = 0 to the horizon, or until every component is learned to 1e-4.

    `brief`: until every component has been half learned. Arguments, errors and cost as
    `learning_times`.
    """
    sigma, phi = _coefficients(activation_coefficients, target_coefficients)
    start = np.array(outer, dtype=np.float64)
    if start.ndim != 1 or not start.size or not np.all(np.isfinite(start)):
        raise ValueError("outer must be a non-empty list of finite numbers")
    for value, name in ((epsilon, "epsilon"), (horizon, "horizon")):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    kept = np.empty((MOST_STEPS + 1, sigma.size + 1))
    steps, times, ended = integrate(
        float(epsilon), sigma, phi, start, float(horizon), TOLERANCE, brief, kept
    )
    found, shares = np.array(kept[: steps + 1]), np.full((steps + 1, sigma.size), np.nan)
    np.divide(found[:, 1:], phi, out=shares, where=np.broadcast_to(phi != 0, shares.shape))
    risk = 0.5 * np.sum((phi - found[:, 1:]) ** 2, axis=1)
    return Flow(found[:, 0], shares, risk, bool(ended), times)


def normal_quantiles(count: int) -> Array:
    """`count` numbers that stand for a standard normal law: its quantiles at (i + ½)/count.

    ValueError or TypeError unless count is a positive integer.
    """
    count = as_positive_int(count, "count")
    return np.asarray(scipy.special.ndtri((np.arange(count) + 0.5) / count))


def first_time(
    epsilon: float,
    activation_coefficients: ArrayLike,
    target_coefficients: ArrayLike,
    outer: ArrayLike,
) -> float:
    """T_0 to first order in ε: (ε/σ_0²) log(2(1 − σ_0 ā/φ_0)), ε log 2 for ā = 0, σ_0 = 1.

    Only the mean ā of the outer weights moves at first. nan where the mean output is beyond φ_0/2
    at the start, or φ_0 σ_0 = 0. ValueError as `learning_times`.
    """
    sigma, phi = _coefficients(activation_coefficients, target_coefficients)
    if sigma[0] * phi[0] == 0:
        return math.nan
    left = 2 * (1 - sigma[0] * float(np.mean(np.asarray(outer, dtype=np.float64))) / phi[0])
    return epsilon / float(sigma[0]) ** 2 * math.log(left) if left > 1 else math.nan


def second_time(
    epsilon: float,
    activation_coefficients: ArrayLike,
    target_coefficients: ArrayLike,
    outer: ArrayLike,
    *,
    held: bool = True,
) -> float:
    """T_1 to leading order in ε: ∫_0^τ* dτ/(1 − M(τ)) / (σ_1 φ_1), where M(τ*) = ½.

    After T_0 the mean of the outer weights is held at ā = φ_0/σ_0 by the component 0, so that only
    the deviations, of variance V, feed on one another: with dτ = σ_1 r_1 dt, ε dδa/dτ = δs and
    dδs/dτ = δa, while the mean overlap is āτ, so

        M(τ) = (σ_1/φ_1) [ā² τ + ½ √ε V sinh(2τ/√ε)],   T_1 ~ √ε log(1/ε).

    Not `held`: with V + ā² in place of V and without ā²τ, as if the mean grew, too. Relative error
    of order √ε. nan where a needed coefficient is 0. ValueError as `learning_times`.
    """
    sigma, phi = _coefficients(activation_coefficients, target_coefficients)
    if sigma.size < 2 or sigma[0] == 0 or sigma[1] * phi[1] <= 0:
        return math.nan
    root, mean = math.sqrt(epsilon), float(phi[0] / sigma[0])
    spread = float(np.var(np.asarray(outer, dtype=np.float64)))
    ratio = float(sigma[1] / phi[1])
    linear, grown = (mean**2, spread) if held else (0.0, spread + mean**2)
    if grown == 0:
        return math.nan

    def share(tau: float) -> float:
        return ratio * (linear * tau + 0.5 * root * grown * math.sinh(2 * tau / root))

    last = (0.5 + 1e-9) * root * math.asinh(1 / (root * grown * ratio))
    end = float(
        scipy.optimize.brentq(lambda tau: share(tau) - 0.5, 0.0, last, xtol=1e-16, rtol=1e-13)
    )
    spent, _ = scipy.integrate.quad(
        lambda tau: 1 / (1 - share(tau)), 0.0, end, epsabs=0.0, epsrel=1e-10
    )
    return float(spent) / float(sigma[1] * phi[1])


def _coefficients(activation: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    sigma, phi = (np.array(c, dtype=np.float64) for c in (activation, target))
    if sigma.ndim != 1 or not 1 <= sigma.size <= _LARGEST_COUNT or sigma.shape != phi.shape:
        raise ValueError(
            "activation_coefficients and target_coefficients must be lists of one length, 1 to 8"
        )
    if not (np.all(np.isfinite(sigma)) and np.all(np.isfinite(phi))):
        raise ValueError("activation_coefficients and target_coefficients must be finite")
    return sigma, phi
