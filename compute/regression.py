"""Section 1.3.2, linear models in their parameters: where descent ends, and what it costs.

With more parameters than data the loss |Φθ − y|²/(2|D|) vanishes on an affine set parallel to
ker Φ. Every gradient lies in the row space of Φ (the notes print its column space, (1.3.6): E 32),
so descent moves in that space only and stops where the set meets θ_0 + row space.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Descent:
    """`steps` steps of gradient descent: `path` (steps + 1, P); `loss` (steps + 1,)."""

    path: Array
    loss: Array


def gradient_descent_limit(features: ArrayLike, targets: ArrayLike, start: ArrayLike) -> Array:
    """Where gradient descent with small steps ends: θ_0 + Φ⁺(y − Φθ_0), (P,).

    features Φ (|D|, P), targets y (|D|,), start θ_0 (P,). From 0 it is the interpolant of least
    norm; where Φ has no full row rank, the nearest minimiser. Cost: one singular value
    decomposition. Raises ValueError for shapes that do not fit or numbers that are not finite.
    """
    phi, y, theta = _problem(features, targets, start)
    return np.asarray(theta + np.linalg.lstsq(phi, y - phi @ theta, rcond=None)[0])


def largest_stable_rate(features: ArrayLike) -> float:
    """2/λ_max(ΦᵀΦ/|D|): descent with smaller steps converges, with larger ones it does not.

    inf where Φ = 0.
    """
    phi = np.atleast_2d(np.asarray(features, dtype=np.float64))
    largest = float(np.linalg.norm(phi, 2)) ** 2 / phi.shape[0]
    return 2 / largest if largest > 0 else math.inf


def gradient_descent(
    features: ArrayLike,
    targets: ArrayLike,
    start: ArrayLike,
    *,
    rate: float,
    steps: int,
    momentum: float = 0.0,
    ridge: float = 0.0,
) -> Descent:
    """Heavy-ball descent v ← βv − ηg, θ ← θ + v on |Φθ − y|²/(2|D|) + ridge |θ|²/2.

    The loss kept is that of the data, without the ridge. Cost: O(steps · |D| · P). Raises
    ValueError for a rate that is not positive, a momentum outside [0, 1) or a negative ridge.
    """
    phi, y, theta = _problem(features, targets, start)
    steps = as_positive_int(steps, "steps")
    if not rate > 0 or not 0 <= momentum < 1 or not ridge >= 0:
        raise ValueError("rate must be > 0, momentum in [0, 1), ridge >= 0")
    path = np.empty((steps + 1, theta.size))
    path[0], velocity = theta, np.zeros_like(theta)
    for t in range(steps):
        gradient = phi.T @ (phi @ path[t] - y) / y.size + ridge * path[t]
        velocity = momentum * velocity - rate * gradient
        path[t + 1] = path[t] + velocity
    residual = path @ phi.T - y
    return Descent(path, 0.5 * np.mean(residual**2, axis=1))


def row_space_part(features: ArrayLike, theta: ArrayLike) -> Array:
    """θ_∥: the part of each θ (…, P) in the row space of Φ (|D|, P)."""
    phi = np.atleast_2d(np.asarray(features, dtype=np.float64))
    _, values, rows = np.linalg.svd(phi, full_matrices=False)
    kept = rows[values > max(phi.shape) * np.finfo(float).eps * values[0]]
    return np.asarray(np.asarray(theta) @ kept.T @ kept)


def expected_excess_risk(
    samples: int,
    used: int,
    signal_used: float,
    signal_unused: float,
    noise_variance: float,
) -> float:
    """E|θ − β|² of least squares (p ≤ n) or minimum norm (p > n) on p of D Gaussian features.

    n = samples, p = used; y = x·β + noise with x ~ N(0, I_D); the signal is |β|² of the features
    used and of the others, whose part is noise to the regression: σ̃² = σ² + |β_unused|². The noise
    of a fresh label is not in it. Exact (mean of the inverse Wishart matrix; Belkin, Hsu and Xu
    2020); inf at |p − n| ≤ 1, unless σ̃² = 0. p = 0 is the risk of saying 0. Raises ValueError for
    negative variances.
    """
    n = as_positive_int(samples, "samples")
    p = used if used == 0 else as_positive_int(used, "used")
    for name, value in (
        ("signal_used", signal_used),
        ("signal_unused", signal_unused),
        ("noise_variance", noise_variance),
    ):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")
    noise = noise_variance + signal_unused
    if p == 0:
        return signal_used + signal_unused
    # what the shortest interpolant leaves of the signal
    left = signal_used * max(1 - n / p, 0.0) + signal_unused
    if noise == 0:
        return left
    if abs(p - n) <= 1:
        return math.inf
    return noise * min(p, n) / (abs(p - n) - 1) + left


def excess_risks(design: Array, targets: Array, beta: Array, counts: Sequence[int]) -> Array:
    """|θ − β|² of the fit on the first p features, for every p of `counts`: (seeds, len(counts)).

    design (seeds, n, D), targets (seeds, n), beta (D,). Least squares for p ≤ n, minimum norm
    above, through the smaller Gram matrix.
    """
    seeds, n, _ = design.shape
    found = np.empty((seeds, len(counts)))
    for i, p in enumerate(counts):
        x = design[:, :, :p]
        flipped = np.swapaxes(x, 1, 2)
        if p <= n:
            theta = np.linalg.solve(flipped @ x, (flipped @ targets[:, :, None]))[..., 0]
        else:
            theta = (flipped @ np.linalg.solve(x @ flipped, targets[:, :, None]))[..., 0]
        found[:, i] = np.sum((theta - beta[:p]) ** 2, axis=1) + float(beta[p:] @ beta[p:])
    return found


def _problem(
    features: ArrayLike, targets: ArrayLike, start: ArrayLike
) -> tuple[Array, Array, Array]:
    phi = np.asarray(features, dtype=np.float64)
    y, theta = np.asarray(targets, dtype=np.float64), np.asarray(start, dtype=np.float64)
    if phi.ndim != 2 or y.shape != phi.shape[:1] or theta.shape != phi.shape[1:] or phi.size == 0:
        raise ValueError(
            "features must be (|D|, P), targets (|D|,), start (P,); "
            f"got {phi.shape}, {y.shape}, {theta.shape}"
        )
    if not all(np.isfinite(a).all() for a in (phi, y, theta)):
        raise ValueError("features, targets and start must be finite numbers")
    return phi, y, theta
