"""Deep linear networks in gradient flow: modes learned one after another, sections 1.3.1 and 1.2.

On whitened inputs L = ½‖S − W_D…W_1‖² with S = diag(s_1, s_2, …), and τ = 1/η. From a balanced,
aligned start every mode goes its own way, τ ȧ = D a^{2−2/D}(s − a) (Saxe, McClelland and Ganguli
2014 for D = 2): nothing happens for long, then all at once. In v = log(a/(s − a)) time is

    t = (τ/(D s)) ∫ a^{2/D−1} dv,

a smooth integral; for D = 2 its integrand is 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int
from compute.compiled import compiled

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def mode_strength(time: ArrayLike, strength: float, start: float, tau: float) -> Array:
    """a(t) of a two-layer network's mode, τ ȧ = 2a(s − a), at times of any shape.

    strength: s ≥ 0; start: a_0 > 0; tau: τ = 1/η > 0. For s = 0, a_0/(1 + 2a_0 t/τ).
    ValueError for others, or a time that is negative or not finite.
    """
    t = np.asarray(time, dtype=np.float64)
    if not np.all(np.isfinite(t)) or np.any(t < 0):
        raise ValueError("time must be finite and >= 0")
    if not (math.isfinite(strength) and strength >= 0):
        raise ValueError(f"strength must be finite and >= 0, got {strength!r}")
    _positive(start, "start")
    _positive(tau, "tau")
    if strength == 0:
        return np.asarray(start / (1 + 2 * start * t / tau))
    return np.asarray(strength / (1 + (strength / start - 1) * np.exp(-2 * strength * t / tau)))


def mode_path(
    strength: float, start: float, layers: int, tau: float = 1.0, *, points: int = 200
) -> tuple[Array, Array]:
    """(t, a), (points,) each: a mode of D layers from a_0 to 1 − 10⁻⁹ of s, evenly in v.

    ValueError unless 0 < start < strength, tau > 0 and there are two points. Exact to 1e-12.
    """
    s, depth = _checked(strength, start, layers, tau)
    v = np.linspace(math.log(start / (s - start)), 9 * math.log(10), max(points, 2))
    step = 0.5 * np.diff(v)
    inner = 0.5 * (v[1:] + v[:-1])[:, None] + step[:, None] * _NODES
    slope = (s / (1 + np.exp(-inner))) ** (2 / depth - 1)
    pieces = tau / (depth * s) * step * (slope @ _WEIGHTS)
    return np.concatenate([[0.0], np.cumsum(pieces)]), s / (1 + np.exp(-v))


def waiting_time(
    strength: float, start: float, layers: int, tau: float = 1.0, *, share: float = 0.5
) -> float:
    """When a mode of D layers has grown from a_0 to `share` of s; 0 where it starts above.

    D = 2: (τ/2s) log((s/a_0 − 1) share/(1 − share)): logarithmic in a_0; D ≥ 3: of order
    a_0^{−(1−2/D)}; D = 1: no waiting. Errors as in :func:`mode_path`, and for share outside (0, 1).
    """
    s, depth = _checked(strength, start, layers, tau)
    if not 0 < share < 1:
        raise ValueError(f"share must be between 0 and 1, got {share!r}")
    first, last = math.log(start / (s - start)), math.log(share / (1 - share))
    if last <= first:
        return 0.0
    edges = np.linspace(first, last, 41)
    step = 0.5 * np.diff(edges)
    inner = 0.5 * (edges[1:] + edges[:-1])[:, None] + step[:, None] * _NODES
    slope = (s / (1 + np.exp(-inner))) ** (2 / depth - 1)
    return float(tau / (depth * s) * step @ (slope @ _WEIGHTS))


def plateau_losses(strengths: ArrayLike) -> Array:
    """½ Σ_{k>j} s_k² for j = 0, …, n − 1, (n,): the loss while j modes are learned, largest first.

    ValueError unless strengths (n,) are finite.
    """
    s = np.asarray(strengths, dtype=np.float64)
    if s.ndim != 1 or not np.all(np.isfinite(s)):
        raise ValueError("strengths must be finite numbers (n,)")
    squares = np.sort(s**2)[::-1]
    return np.asarray(0.5 * np.cumsum(squares[::-1])[::-1])


def linear_flow(
    weights: ArrayLike, target: ArrayLike, step: float, steps: int, every: int = 1
) -> Array:
    """W_D…W_1 along gradient flow of ½‖S − W_D…W_1‖² at τ = 1, by classical Runge–Kutta steps.

    weights (D, n, n): W_1, …, W_D, narrower layers with zero rows and columns, which stay zero;
    target (n, n). Result (steps // every + 1, n, n), the start first.
    ValueError for wrong shapes or a step ≤ 0. Cost: some 16 D n³ multiplications a step, compiled.
    """
    layers, wanted = np.array(weights, dtype=np.float64), np.array(target, dtype=np.float64)
    if layers.ndim != 3 or layers.shape[1:] != wanted.shape or wanted.shape[0] != wanted.shape[1]:
        raise ValueError("weights (D, n, n) and target (n, n) must fit together")
    _positive(step, "step")
    return np.asarray(
        _flow(
            layers,
            wanted,
            float(step),
            as_positive_int(steps, "steps"),
            as_positive_int(every, "every"),
        )
    )


def _positive(value: float, name: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    return float(value)


def _checked(strength: float, start: float, layers: int, tau: float) -> tuple[float, int]:
    s, depth = _positive(strength, "strength"), as_positive_int(layers, "layers")
    _positive(tau, "tau")
    if not 0 < start < s:
        raise ValueError(f"start must be between 0 and strength {s:g}, got {start!r}")
    return s, depth


@compiled
def _times(a: Array, b: Array, out: Array) -> None:
    n = len(a)
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += a[i, k] * b[k, j]
            out[i, j] = total


@compiled
def _velocity(layers: Array, target: Array, below: Array, above: Array, out: Array) -> None:
    """−∂L/∂W_ℓ = (W_D…W_{ℓ+1})ᵀ (S − W_D…W_1) (W_{ℓ−1}…W_1)ᵀ; below[ℓ], above[ℓ]: the products."""
    depth, n = len(layers), len(target)
    for i in range(n):
        for j in range(n):
            below[0, i, j] = above[depth - 1, i, j] = 1.0 if i == j else 0.0
    for ell in range(depth):
        _times(layers[ell], below[ell], below[ell + 1])
    for ell in range(depth - 1, 0, -1):
        _times(above[ell], layers[ell], above[ell - 1])
    left = np.empty((n, n))
    for ell in range(depth):
        for i in range(n):
            for j in range(n):
                total = 0.0
                for k in range(n):
                    total += above[ell, k, i] * (target[k, j] - below[depth, k, j])
                left[i, j] = total
        for i in range(n):
            for j in range(n):
                total = 0.0
                for k in range(n):
                    total += left[i, k] * below[ell, j, k]
                out[ell, i, j] = total


@compiled
def _flow(layers: Array, target: Array, step: float, steps: int, every: int) -> Array:
    depth, n = len(layers), len(target)
    below, above = np.empty((depth + 1, n, n)), np.empty((depth, n, n))
    slopes = np.empty((4, depth, n, n))
    path = np.empty((steps // every + 1, n, n))
    for t in range(steps + 1):
        _velocity(layers, target, below, above, slopes[0])
        if t % every == 0:
            path[t // every] = below[depth]
        if t == steps:
            break
        for k in range(1, 4):
            size = step if k == 3 else 0.5 * step
            _velocity(layers + size * slopes[k - 1], target, below, above, slopes[k])
        layers = layers + step / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
    return path
