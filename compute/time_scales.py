r"""Layers that learn at different speeds: one index in high dimension (Berthier, Montanari, Zhou).

Target Σ φ_k h_k(⟨u, x⟩) and network (1/m) Σ_i a_i σ(⟨w_i, x⟩), |w_i| = 1, σ = Σ σ_k h_k in
normalised Hermite polynomials. As the dimension grows, gradient flow on a and w closes in a_i and
the overlaps s_i = ⟨w_i, u⟩, which start at 0:

    r_k = φ_k − (σ_k/m) Σ_j a_j s_j^k,    ½ Σ_k r_k² the risk,
    ε a_i' = Σ_k σ_k r_k s_i^k,           s_i' = a_i (1 − s_i²) Σ_k k σ_k r_k s_i^{k−1}.

Small ε: the outer layer is fast, and the components of the target are learned one after the other.
The flow is stiff there; a Rosenbrock method of order 4 (Kaps and Rentrop, with the coefficients of
Shampine) solves it, its Jacobian being 2 × 2 blocks and as many rank-one terms as components.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int
from compute.compiled import compiled, summed

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
    steps, times, ended = _integrate(
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


# ---- the integrator --------------------------------------------------------------------------


@summed
def _mean_of_product(x: Array, y: Array) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] * y[i]
    return total / x.size


@compiled
def _outputs(sigma: Array, y: Array, powers: Array) -> Array:
    """σ_k mean(a s^k), (K,); the powers s^k into `powers` (K, m)."""
    a, s = y[0], y[1]
    powers[0] = 1.0
    for k in range(1, sigma.size):
        for i in range(a.size):
            powers[k, i] = powers[k - 1, i] * s[i]
    found = np.empty(sigma.size)
    for k in range(sigma.size):
        found[k] = sigma[k] * _mean_of_product(a, powers[k])
    return found


@compiled
def _slopes(epsilon: float, sigma: Array, phi: Array, y: Array, powers: Array, out: Array) -> Array:
    """a' and s' into `out`, each (2, m); the outputs, as `_outputs` finds them."""
    a, s = y[0], y[1]
    found = _outputs(sigma, y, powers)
    out[:] = 0.0
    for k in range(sigma.size):
        pull = sigma[k] * (phi[k] - found[k])
        for i in range(a.size):
            out[0, i] += pull / epsilon * powers[k, i]
        if k:
            for i in range(a.size):
                out[1, i] += k * pull * powers[k - 1, i]
    for i in range(a.size):
        out[1, i] *= a[i] * (1 - s[i] * s[i])
    return found


@compiled
def _prepare(
    c: float,
    epsilon: float,
    sigma: Array,
    phi: Array,
    y: Array,
    powers: Array,
    inverse: Array,
    u: Array,
    v: Array,
) -> Array:
    """What solves (c − J)x = b: inverse (4, m) of its blocks B, u (K, 2, m) = B⁻¹U, v, and
    (1 − VᵀB⁻¹U)⁻¹, (K, K)."""
    a, s = y[0], y[1]
    m, count = a.size, sigma.size
    pull = sigma * (phi - _outputs(sigma, y, powers))
    slope, bend = inverse[2], inverse[3]
    slope[:] = 0.0
    bend[:] = 0.0
    for k in range(1, count):
        for i in range(m):
            slope[i] += k * pull[k] * powers[k - 1, i]
        if k > 1:
            for i in range(m):
                bend[i] += k * (k - 1) * pull[k] * powers[k - 2, i]
    for i in range(m):
        left = 1 - s[i] * s[i]
        b, d = -slope[i] / epsilon, -left * slope[i]
        e = c - a[i] * (left * bend[i] - 2 * s[i] * slope[i])
        size = c * e - b * d
        inverse[0, i], inverse[1, i] = e / size, -b / size
        inverse[2, i], inverse[3, i] = -d / size, c / size
    for k in range(count):
        for i in range(m):
            before = powers[k - 1, i] if k else 0.0
            up = sigma[k] * powers[k, i] / epsilon
            side = a[i] * (1 - s[i] * s[i]) * k * sigma[k] * before
            u[k, 0, i] = inverse[0, i] * up + inverse[1, i] * side
            u[k, 1, i] = inverse[2, i] * up + inverse[3, i] * side
            v[k, 0, i] = -sigma[k] * powers[k, i]
            v[k, 1, i] = -sigma[k] * a[i] * k * before
    small = np.eye(count)
    for k in range(count):
        for j in range(count):
            small[k, j] -= _mean_of_product(v[k, 0], u[j, 0]) + _mean_of_product(v[k, 1], u[j, 1])
    return np.linalg.inv(small)  # type: ignore[return-value]


@compiled
def _solve(b: Array, inverse: Array, u: Array, v: Array, small: Array, out: Array) -> None:
    """The solution of (c − J)x = b into `out`, by Woodbury's formula."""
    count = small.shape[0]
    for i in range(b.shape[1]):
        out[0, i] = inverse[0, i] * b[0, i] + inverse[1, i] * b[1, i]
        out[1, i] = inverse[2, i] * b[0, i] + inverse[3, i] * b[1, i]
    along = np.empty(count)
    for k in range(count):
        along[k] = _mean_of_product(v[k, 0], out[0]) + _mean_of_product(v[k, 1], out[1])
    for j in range(count):
        weight = 0.0
        for k in range(count):
            weight += small[j, k] * along[k]
        for i in range(b.shape[1]):
            out[0, i] += weight * u[j, 0, i]
            out[1, i] += weight * u[j, 1, i]


@compiled
def _crossing(half: float, t: float, h: float, at: Array, rate: Array) -> float:
    """When the cubic through values `at` and slopes `rate` at both ends is first `half`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        x = 0.5 * (low + high)
        y = 1 - x
        value = y * y * ((1 + 2 * x) * at[0] + x * h * rate[0])
        value += x * x * ((3 - 2 * x) * at[1] - y * h * rate[1])
        if (value - half) * (at[0] - half) > 0:
            low = x
        else:
            high = x
    return t + h * low


@compiled
def _rates(sigma: Array, y: Array, slopes: Array, powers: Array) -> Array:
    """d/dt of σ_k mean(a s^k), (K,)."""
    out = np.empty(sigma.size)
    turned = y[0] * slopes[1]
    for k in range(sigma.size):
        out[k] = _mean_of_product(slopes[0], powers[k])
        if k:
            out[k] += k * _mean_of_product(turned, powers[k - 1])
    rates: Array = sigma * out
    return rates


@compiled
def _integrate(
    epsilon: float,
    sigma: Array,
    phi: Array,
    start: Array,
    horizon: float,
    tolerance: float,
    brief: bool,
    kept: Array,
) -> tuple[int, Array, bool]:
    """Steps into `kept` (time, outputs), how many, when each output is half, whether it ended."""
    m, count = start.size, sigma.size
    y = np.zeros((2, m))
    y[0] = start
    g = np.empty((4, 2, m))
    slopes, trial = np.empty((2, m)), np.empty((2, m))
    third, b = np.empty((2, m)), np.empty((2, m))
    inverse, u, v = np.empty((4, m)), np.empty((count, 2, m)), np.empty((count, 2, m))
    powers = np.empty((count, m))
    times = np.full(count, np.inf)
    now = _slopes(epsilon, sigma, phi, y, powers, slopes)
    kept[0, 0] = 0.0
    kept[0, 1:] = now
    rate = _rates(sigma, y, slopes, powers)
    t, h, steps = 0.0, 1e-3 * min(epsilon, 1.0, horizon), 0
    for _ in range(5 * kept.shape[0]):
        done = brief and np.all(np.isfinite(times))
        if done or t >= horizon or np.all(np.abs(now - phi) <= 1e-4 * np.abs(phi) + 1e-12):
            return steps, times, True
        if steps + 1 == kept.shape[0] or h < 1e-14 * max(t, epsilon):
            return steps, times, False
        h = min(h, horizon - t)
        small = _prepare(2.0 / h, epsilon, sigma, phi, y, powers, inverse, u, v)
        _solve(slopes, inverse, u, v, small, g[0])
        trial[:] = y + 2.0 * g[0]
        _slopes(epsilon, sigma, phi, trial, powers, b)
        b -= 8.0 / h * g[0]
        _solve(b, inverse, u, v, small, g[1])
        trial[:] = y + 48.0 / 25.0 * g[0] + 6.0 / 25.0 * g[1]
        _slopes(epsilon, sigma, phi, trial, powers, third)
        b[:] = third + (372.0 / 25.0 * g[0] + 12.0 / 5.0 * g[1]) / h
        _solve(b, inverse, u, v, small, g[2])
        b[:] = third - (112.0 / 125.0 * g[0] + 54.0 / 125.0 * g[1] + 2.0 / 5.0 * g[2]) / h
        _solve(b, inverse, u, v, small, g[3])
        trial[:] = 17.0 / 54.0 * g[0] + 7.0 / 36.0 * g[1] + 125.0 / 108.0 * g[3]
        scale = tolerance * (np.sqrt(np.mean(y * y)) + np.abs(y))
        wrong = np.sqrt(np.mean((trial / scale) ** 2))
        if not wrong <= 1.0:
            h *= max(0.2, 0.9 * wrong ** (-1.0 / 3.0)) if np.isfinite(wrong) else 0.1
            continue
        y += 19.0 / 9.0 * g[0] + 0.5 * g[1] + 25.0 / 108.0 * g[2] + 125.0 / 108.0 * g[3]
        after = _slopes(epsilon, sigma, phi, y, powers, slopes)
        later = _rates(sigma, y, slopes, powers)
        for k in range(count):
            half = 0.5 * phi[k]
            if times[k] == np.inf and (now[k] - half) * (after[k] - half) <= 0 and half != 0:
                at, rates = np.array([now[k], after[k]]), np.array([rate[k], later[k]])
                times[k] = _crossing(half, t, h, at, rates)
        t, now, rate = t + h, after, later
        steps += 1
        kept[steps, 0] = t
        kept[steps, 1:] = now
        h *= min(3.0, max(0.3, 0.9 * max(wrong, 1e-8) ** -0.25))
    return steps, times, False
