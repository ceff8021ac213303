"""The integrator of the reduced flow: stiff where the outer layer is fast.

A Rosenbrock method of order 4 (Kaps and Rentrop, with the coefficients of Shampine); the Jacobian
is 2 × 2 blocks and as many rank-one terms as components, so that a step costs O(m).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled, summed

Array = NDArray[np.float64]


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
def integrate(
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
