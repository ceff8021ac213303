"""§1.3.3, feature learning: what is known exactly of networks that turn towards their target.

Single-index targets y = g(⟨u, x⟩): what fixed features can reach, when a neuron leaves the start
behind (information exponent), and the staircase x_1 + x_1x_2 + … in the dimension-free limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int, check_generator
from compute.compiled import compiled

Array = NDArray[np.float64]

HIGHEST_DEGREE = 6
_SQRT_2PI = math.sqrt(2 * math.pi)


def hermite(degree: int, t: ArrayLike) -> Array:
    """The Hermite polynomial h_k(t), E h_k(g)² = 1 for g ~ N(0, 1): the shape of t.

    ValueError or TypeError unless the degree is a whole number ≥ 0.
    """
    if degree != 0:
        degree = as_positive_int(degree, "degree")
    x = np.asarray(t, dtype=np.float64)
    before, now = np.zeros_like(x), np.ones_like(x)
    for k in range(degree):
        before, now = now, (x * now - math.sqrt(k) * before) / math.sqrt(k + 1)
    return now


def hermite_coefficients(function: Callable[[Array], Array], count: int) -> Array:
    """E g(t)h_k(t) for k < count, (count,): of a function that is smooth but for a kink or a jump
    at 0, to 1e-12. Gauss–Legendre on either side of 0, 0.1 ms."""
    nodes, weights = np.polynomial.legendre.leggauss(120)
    half = 5.5 * (nodes + 1)
    t = np.concatenate([-half[::-1], half])
    density = np.exp(-0.5 * t * t) / _SQRT_2PI
    mass = 5.5 * np.concatenate([weights[::-1], weights]) * density * function(t)
    return np.array([float(mass @ hermite(k, t)) for k in range(count)])


def hermite_escape_time(information_exponent: int, start: float, stop: float) -> float:
    """Time in which ṁ = k m^{k−1}(1 − m²) goes from `start` to `stop`, exact.

    The flow on the sphere of one neuron of activation h_k at a target h_k(⟨u, x⟩): m is its
    overlap with u, k the information exponent (Ben Arous, Gheissari, Jagannath 2021). By
    1/(m^{k−1}(1 − m²)) = m^{1−k} + 1/(m^{k−3}(1 − m²)), O(k). ValueError unless
    0 < start ≤ stop < 1, for k = 1 also start = 0.
    """
    k = as_positive_int(information_exponent, "information_exponent")
    if not (0 <= start <= stop < 1) or (start == 0 and k > 1):
        raise ValueError(f"0 < start <= stop < 1 is needed, got {start!r} and {stop!r}")

    def primitive(m: float) -> float:
        total = math.atanh(m) if k % 2 else math.log(m) - 0.5 * math.log1p(-m * m)
        return total - sum(m ** (2 - j) / (j - 2) for j in range(k, 2, -2))

    return (primitive(stop) - primitive(start)) / k


# ---- one neuron, one datum a step -----------------------------------------------------------


@compiled
def _escape_counts(
    k: int,
    start: float,
    stop: float,
    rate: float,
    most: int,
    first: Array,
    dimension: int,
    rng: np.random.Generator,
    counts: Array,
) -> None:
    """Samples until ⟨u, w⟩ ≥ stop (|⟨u, w⟩| for even k) into counts (n,), nan above `most`."""
    norm = math.sqrt(float(max(k, 1)))
    x = np.empty(dimension)
    w = np.empty(dimension)
    for n in range(counts.size):
        w[:] = first[n]
        counts[n] = np.nan
        for step in range(1, most + 1):
            s = 0.0
            for j in range(dimension):
                x[j] = rng.standard_normal()
                s += w[j] * x[j]
            # h_{k−1}(s), h_k(s), h_k(t) by their recursion
            below, here, below_t, here_t = 0.0, 1.0, 0.0, 1.0
            for j in range(k):
                root, next_root = math.sqrt(float(j)), math.sqrt(j + 1.0)
                below, here = here, (s * here - root * below) / next_root
                below_t, here_t = here_t, (x[0] * here_t - root * below_t) / next_root
            pull = rate * here_t * norm * below
            size = 0.0
            for j in range(dimension):
                w[j] += pull * (x[j] - s * w[j])
                size += w[j] * w[j]
            size = 1 / math.sqrt(size)
            for j in range(dimension):
                w[j] *= size
            if w[0] >= stop or (k % 2 == 0 and w[0] <= -stop):
                counts[n] = step
                break


def sgd_escape_counts(
    information_exponent: int,
    dimension: int,
    count: int,
    rng: np.random.Generator,
    *,
    start: float,
    stop: float = 0.5,
    rate: float = 0.1,
    most: int = 100_000,
) -> Array:
    """How many fresh inputs online gradient descent needs from overlap `start` to `stop`.

    Each of `count` neurons h_k(⟨w, x⟩), |w| = 1, sees every x ~ N(0, I_d) once: a step of rate/d
    up the correlation h_k(⟨w, x⟩)h_k(⟨u, x⟩) on the sphere (the square of h_k(⟨w, x⟩), 1 on
    average, would add noise alone). Where k is even, −u is as good as u. Returns (count,), nan
    where `most` inputs were not enough. For a small rate the count is `hermite_escape_time` ×
    d/rate. Whole vectors are drawn: 12 ns × d per input. ValueError unless 0 ≤ start < stop < 1,
    rate > 0, dimension ≥ 2.
    """
    k = as_positive_int(information_exponent, "information_exponent")
    dimension, count = as_positive_int(dimension, "dimension"), as_positive_int(count, "count")
    check_generator(rng)
    if not (0 <= start < stop < 1 and rate > 0 and dimension >= 2):
        raise ValueError("0 <= start < stop < 1, rate > 0 and dimension >= 2 are needed")
    across = rng.standard_normal((count, dimension))
    across[:, 0] = 0
    across *= math.sqrt(1 - start * start) / np.linalg.norm(across, axis=1, keepdims=True)
    across[:, 0] = start
    counts = np.empty(count)
    most = as_positive_int(most, "most")
    _escape_counts(k, start, stop, rate / dimension, most, across, dimension, rng, counts)
    return counts


# ---- the staircase, without a dimension -----------------------------------------------------


def cube(bits: int) -> Array:
    """The corners of {−1, 1}^P, (2^P, P). ValueError unless 1 ≤ P ≤ 8."""
    bits = as_positive_int(bits, "bits")
    if bits > 8:
        raise ValueError(f"bits must be at most 8, got {bits}")
    return np.asarray(1 - 2 * ((np.arange(2**bits)[:, None] >> np.arange(bits)) & 1), dtype=float)


def monomial(corners: Array, chosen: Sequence[int]) -> Array:
    """Π_{i ∈ chosen} x_i at x (n, P): (n,)."""
    return np.asarray(np.prod(corners[:, list(chosen)], axis=1))


@compiled
def _mean_field_steps(
    corners: Array, y: Array, a: Array, b: Array, eta: float, count: int, values: Array
) -> None:
    """Outputs (count + 1, 2^P) of gradient descent; a, b (N,) are the start and are changed."""
    points, bits = corners.shape
    n = a.size
    u = np.zeros((n, bits))
    tau = np.ones(n)
    h, cdf, pdf = np.empty((n, points)), np.empty((n, points)), np.empty((n, points))
    rest = np.empty(points)
    for step in range(count + 1):
        for p in range(points):
            values[step, p] = 0.0
        for i in range(n):
            for p in range(points):
                m = b[i]
                for j in range(bits):
                    m += u[i, j] * corners[p, j]
                t = tau[i]
                # at τ = 0 the neuron is a ReLU of m
                scaled = m / t if t > 1e-12 else (40.0 if m > 0 else -40.0)
                cdf[i, p] = 0.5 * math.erfc(-scaled / math.sqrt(2.0))
                pdf[i, p] = math.exp(-0.5 * scaled * scaled) / math.sqrt(2 * math.pi)
                h[i, p] = m * cdf[i, p] + t * pdf[i, p]
                values[step, p] += a[i] * h[i, p] / n
        for p in range(points):
            rest[p] = (values[step, p] - y[p]) / points
        for i in range(n):
            da, db, dt = 0.0, 0.0, 0.0
            outer = a[i]
            for p in range(points):
                da += rest[p] * h[i, p]
                db += rest[p] * cdf[i, p]
                dt += rest[p] * pdf[i, p]
            for j in range(bits):
                du = 0.0
                for p in range(points):
                    du += rest[p] * cdf[i, p] * corners[p, j]
                u[i, j] -= eta * outer * du
            a[i] -= eta * da
            b[i] -= eta * outer * db
            tau[i] -= eta * outer * dt


def dimension_free_path(
    target: Sequence[Sequence[int]],
    outer: ArrayLike,
    bias: ArrayLike,
    count: int,
    eta: float,
    *,
    coefficients: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """(corners (2^P, P), outputs (count + 1, 2^P)) of a mean-field ReLU network of limitless N_0.

    z = (1/N_1)Σ a σ(⟨u, x⟩ + b + τg): of the inputs only x_1…x_P, on which the target
    Σ c_S Π_{i∈S} x_i depends, count one by one; the others are a Gaussian of size τ, averaged
    exactly: E σ = mΦ(m/τ) + τφ(m/τ). u = 0, τ = 1 at first, one step is `eta` of the population's
    gradient of ½E(z − y)², times N_1 (Abbe, Boix-Adserà, Misiakiewicz 2022). P is the largest
    index + 1; coefficients are 1 unless given. Cost 40 ns × N_1 2^P a step. ValueError for an
    empty target, indices below 0 or above 7, eta ≤ 0, or starts of other shapes than (N_1,).
    """
    chosen = [list(s) for s in target]
    if not chosen or any(not s or min(s) < 0 or max(s) > 7 for s in chosen):
        raise ValueError("target must be lists of indices from 0 to 7, none of them empty")
    a = np.array(outer, dtype=np.float64)
    b = np.array(bias, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or not a.size or not (eta > 0 and count >= 0):
        raise ValueError("outer and bias must be (N_1,), eta > 0 and count >= 0")
    weights = np.ones(len(chosen)) if coefficients is None else np.asarray(coefficients, float)
    if weights.shape != (len(chosen),):
        raise ValueError("coefficients must be one number for each product of the target")
    corners = cube(1 + max(max(s) for s in chosen))
    y = np.sum([c * monomial(corners, s) for c, s in zip(weights, chosen, strict=True)], axis=0)
    values = np.empty((count + 1, len(corners)))
    _mean_field_steps(corners, y, a, b, float(eta), int(count), values)
    return corners, values


def dimension_free_risk(
    target: Sequence[Sequence[int]],
    outer: ArrayLike,
    bias: ArrayLike,
    steps: Sequence[int],
    eta: float,
) -> list[float]:
    """E(z − y)² after the given numbers of steps of :func:`dimension_free_path`."""
    corners, values = dimension_free_path(target, outer, bias, max(steps), eta)
    y = np.sum([monomial(corners, s) for s in target], axis=0)
    risk = np.mean((values - y) ** 2, axis=1)
    return [float(risk[k]) for k in steps]


# ---- fixed features ----------------------------------------------------------------------


def best_ridge(
    features: Array, y: Array, test_features: Array, test_y: Array, penalties: ArrayLike
) -> tuple[float, float, Array]:
    """The least test error over ridge penalties: (error, penalty, predictions (n',)).

    Minimises |Fw − y|²/n + λ|w|² for every λ > 0 by one eigendecomposition of FᵀF/n (p, p). The
    penalty is the one that the test data like best, which is in favour of the fixed features.
    F (n, p), F' (n', p); cost O(np² + p³). ValueError for shapes that do not fit or λ ≤ 0.
    """
    ladder = np.atleast_1d(np.asarray(penalties, dtype=np.float64))
    fits = features.shape == (len(y), test_features.shape[1]) and len(test_features) == len(test_y)
    if not fits or not len(ladder) or np.any(ladder <= 0):
        raise ValueError("features (n, p), y (n,), test (n', p), (n',) and penalties > 0 needed")
    values, vectors = np.linalg.eigh(features.T @ features / len(y))
    inner = vectors.T @ (features.T @ y) / len(y)
    weights = inner[:, None] / (np.maximum(values, 0)[:, None] + ladder)
    predicted = (test_features @ vectors) @ weights
    errors = np.mean((predicted - test_y[:, None]) ** 2, axis=0)
    best = int(np.argmin(errors))
    return float(errors[best]), float(ladder[best]), predicted[:, best]
