"""The exact law of one output of a deep linear or ReLU network at one input, §3.4 and (3.3.4).

Without biases, at C_W = 1 (linear) or 2 (ReLU), z = √K_0 e^S Z with Z normal and e^S a product of
chi variables (:mod:`compute.output_law.mellin`), K_0 = Var z^(1) = Var z^(L+1). A ReLU layer is
dead, all its neurons off, with probability 2^{−N}: then z = 0. So

    p(z) = f(log|z/√K_0|)/(2|z|),    P(|z| > x) = ∫_{log(x/√K_0)}^∞ f

with f the density of log|Z e^S| (for linear networks Meijer's G, Zavatone-Veth and Pehlevan 2021).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int, as_widths, check_generator
from compute.linear_products import sample_log_norm
from compute.output_law.inversion import ChiProduct, chi_product, cutoff

Array = NDArray[np.float64]

LAW_NAMES: Final = ("linear", "relu")
PER_LAYER: Final = {"linear": 2.0, "relu": 5.0}
"""c: a layer of width N multiplies E K̂²/(E K̂)² by 1 + c/N, and adds about c/N to Var log K̂."""


def scale_law(widths: Sequence[int], activation_name: str) -> ChiProduct:
    """The law of e^S = √(K̂^(L)/K): all hidden layers and no output. Errors as `output_density`."""
    array = as_widths(widths).tolist()
    _check_name(activation_name)
    return chi_product(array) if activation_name == "linear" else chi_product((), array)


def size_law(widths: Sequence[int], activation_name: str, outputs: int = 1) -> ChiProduct:
    """The law of ‖z‖/√(m K_0) for m outputs, m = 1 unless said. Errors as `output_density`."""
    law = scale_law(widths, activation_name)
    return chi_product((*law.plain, as_positive_int(outputs, "outputs")), law.gated)


def draw_outputs(
    widths: Sequence[int],
    activation_name: str,
    size: int,
    rng: np.random.Generator,
    *,
    variance: float = 1.0,
) -> Array:
    """Exact draws of z = √K_0 e^S Z at one input, shape (size,); dead ReLU networks give 0.

    Arguments and errors as `output_density`. Cost: a gamma number a layer and draw, for ReLU a
    binomial one too, 25 to 100 ns, where weights cost N_ℓ N_{ℓ−1} normal ones.
    """
    law, scale = scale_law(widths, activation_name), math.sqrt(_as_variance(variance))
    size = as_positive_int(size, "size")
    check_generator(rng)
    if law.plain:
        return scale * np.exp(sample_log_norm(law.plain, size, rng)) * rng.standard_normal(size)
    twice = np.zeros(size)
    with np.errstate(divide="ignore"):
        for width in law.gated:
            chi = 2 * rng.standard_gamma(0.5 * rng.binomial(width, 0.5, size))
            twice += np.log(2 / width * chi)
    return scale * np.exp(0.5 * twice) * rng.standard_normal(size)


def output_density(
    points: ArrayLike, widths: Sequence[int], activation_name: str, *, variance: float = 1.0
) -> Array:
    """Density of the continuous part of z at the points (n,), shape (n,); unit: one over z.

    widths: N_1, …, N_L; activation_name: "linear" or "relu"; variance: K_0. The density is even,
    its mass 1 minus :func:`dead_probability`. Infinite at 0 for ReLU, and for linear networks with
    a layer of width 1. Relative error 1e-9 or better down to 1e-300, at widths to 1000 and depths
    to 100. ValueError for other names, points that are not finite, variance ≤ 0.

    Cost of 400 points: 1 to 3 ms linear, 3 to 15 ms ReLU.
    """
    z, law = _as_points(points), size_law(widths, activation_name)
    size = np.abs(z) / math.sqrt(_as_variance(variance))
    with np.errstate(divide="ignore", over="ignore"):
        y = np.log(size)
    tiny = ~np.isfinite(y)
    values = law.density(np.where(tiny, 0.0, y)) / (2 * np.where(tiny, 1.0, size))
    values[tiny] = _density_at_zero(law)
    return np.asarray(values / math.sqrt(variance))


def output_tail(
    points: ArrayLike, widths: Sequence[int], activation_name: str, *, variance: float = 1.0
) -> Array:
    """P(|z| > x) at the points x ≥ 0 (n,), shape (n,): arguments, accuracy, errors and cost as
    :func:`output_density`. At 0 it is the probability of a network that is alive."""
    x, law = _as_points(points), size_law(widths, activation_name)
    if np.any(x < 0):
        raise ValueError("points must not be negative")
    with np.errstate(divide="ignore"):
        y = np.log(x / math.sqrt(_as_variance(variance)))
    zero = ~np.isfinite(y)
    values = law.above(np.where(zero, 0.0, y))
    values[zero] = law.alive
    return values


def output_score(points: ArrayLike, widths: Sequence[int], activation_name: str) -> Array:
    """Φ^{-1}(P(z ≤ t)) at t = √K_0 × points (n,), shape (n,): a straight line in the limit.

    At 0 itself dead networks count among those below. Arguments, errors, cost: `output_density`.
    """
    t = _as_points(points)
    tail = 0.5 * output_tail(np.abs(t), widths, activation_name)
    share = np.where(t >= 0, 1 - tail, tail)
    with np.errstate(divide="ignore"):
        return np.where(
            t < 0, scipy.special.ndtri(tail), -scipy.special.ndtri(np.minimum(tail, share))
        )


def dead_probability(widths: Sequence[int]) -> float:
    """1 − Π(1 − 2^{−N_ℓ}): the share of ReLU networks without biases whose output is 0 at x ≠ 0.

    Exact to rounding however small it is.
    """
    return float(-np.expm1(np.sum(np.log1p(-np.exp2(-as_widths(widths).astype(float))))))


def output_kurtosis(widths: Sequence[int], activation_name: str) -> float:
    """E z⁴/(E z²)²: 3Π(1 + 2/N_ℓ) for "linear", 3Π(1 + 5/N_ℓ) for "relu"; exact at every width."""
    _check_name(activation_name)
    return 3 * math.exp(np.log1p(PER_LAYER[activation_name] / as_widths(widths)).sum())


def first_order_density(points: ArrayLike, variance: float, fourth_cumulant: float) -> Array:
    """φ_K(z)[1 + (r/8)(u⁴ − 6u² + 3)], u = z/√K, r = κ_4/K²: the density of (3.4.2), shape (n,).

    κ_4 = Var K̂ as the notes define it (a third of the fourth cumulant of z); K = variance. The
    bracket is least, 1 − 3r/4, at u = √3: negative there exactly where r > 4/3. ValueError for
    points that are not finite, variance ≤ 0.
    """
    z, k = _as_points(points), _as_variance(variance)
    u = z / math.sqrt(k)
    ratio = float(fourth_cumulant) / k**2
    bracket = 1 + ratio / 8 * (u**4 - 6 * u**2 + 3)
    return np.asarray(bracket * np.exp(-0.5 * u * u) / math.sqrt(2 * math.pi * k))


def first_order_tail(point: float, ratio: float) -> float:
    """P(|u| > a) of that density at r = `ratio`, a = `point` ≥ 0; r = 0 is the Gaussian."""
    # the integral of φ He_4 beyond a is φ He_3 at a
    density = math.exp(-0.5 * point**2) / math.sqrt(2 * math.pi)
    return math.erfc(point / math.sqrt(2)) + density * (point**3 - 3 * point) * ratio / 4


def characteristic_function(
    frequencies: ArrayLike, widths: Sequence[int], activation_name: str, *, variance: float = 1.0
) -> Array:
    """E e^{−iξz} = E e^{−ξ²K̂/2} at the frequencies ξ (n,), shape (n,), as (3.3.4) has it.

    By the trapezoid rule over the exact law of S, dead networks adding 1 each. Arguments and
    errors as :func:`output_density`; absolute error 1e-11. Cost: a density at some 100 to 1000
    points, and as many exponentials for each frequency.
    """
    xi, law = _as_points(frequencies, "frequencies"), scale_law(widths, activation_name)
    nodes, weights = _scale_nodes(law)
    exponents = 0.5 * _as_variance(variance) * np.multiply.outer(xi**2, np.exp(2 * nodes))
    return np.asarray((1 - law.alive) + np.exp(-exponents) @ weights)


def centred_kernel_moment(widths: Sequence[int], activation_name: str, order: int) -> float:
    """E(K̂/K − 1)^k for k = order ≥ 1 of the last layer: (3.3.2) with f = σ², exact.

    In rational arithmetic, since the terms of the binomial cancel: the k-th moment is of order
    N^{−⌈k/2⌉}. ValueError for other names, order < 1. Cost: 0.1 ms at three layers.
    """
    order = as_positive_int(order, "order")
    array = as_widths(widths).tolist()
    _check_name(activation_name)
    raw = [Fraction(1)] * (order + 1)
    for width in set(array):
        times = array.count(width)
        raw = [
            total * one**times
            for total, one in zip(raw, _layer_moments(width, activation_name, order), strict=True)
        ]
    terms = (math.comb(order, j) * (-1) ** (order - j) * raw[j] for j in range(order + 1))
    return float(sum(terms, Fraction(0)))


@lru_cache(maxsize=1024)
def _layer_moments(width: int, activation_name: str, order: int) -> tuple[Fraction, ...]:
    """E X^k, k = 0…order, of X = χ²_N/N (linear) or 2χ²_B/N (ReLU)."""
    if activation_name == "linear":
        moments = [Fraction(1)]
        for j in range(order):
            moments.append(moments[-1] * Fraction(width + 2 * j, width))
        return tuple(moments)
    # B(B+2)…(B+2k−2) in falling factorials (B)_i, whose means are (N)_i/2^i
    falling = [1]
    moments = [Fraction(1)]
    for k in range(order):
        longer = [0] * (len(falling) + 1)
        for i, share in enumerate(falling):
            longer[i + 1] += share
            longer[i] += share * (i + 2 * k)
        falling = longer
        mean = sum(
            (Fraction(c * math.perm(width, i), 2**i) for i, c in enumerate(falling)), Fraction(0)
        )
        moments.append(mean * Fraction(2, width) ** (k + 1))
    return tuple(moments)


@lru_cache(maxsize=256)
def _scale_nodes(law: ChiProduct) -> tuple[Array, Array]:
    """Nodes s and weights of the trapezoid rule for the law of S on networks alive.

    The step resolves both the density and e^{−ξ²e^{2s}/2}, whose transform ends before 60.
    """
    low, high = law.window()
    count = math.ceil((high - low) * (cutoff(law, 0.0) + 60) / (2 * math.pi))
    nodes = np.linspace(low, high, count + 1)
    return nodes, law.density(nodes) * (nodes[1] - nodes[0])


def _density_at_zero(law: ChiProduct) -> float:
    """p(0) of z/√K_0 for law = that of |z|: (2π)^{−1/2} E e^{−S}, infinite where that is."""
    degrees = list(law.plain)
    degrees.remove(1)
    if law.gated or (degrees and min(degrees) == 1):
        return math.inf
    scale = chi_product(degrees) if degrees else None
    log_mean = 0.0 if scale is None else float(scale.log_moments(np.array([-1.0]))[0])
    return math.exp(log_mean) / math.sqrt(2 * math.pi)


def _check_name(name: str) -> None:
    if name not in LAW_NAMES:
        raise ValueError(f"activation_name must be one of {', '.join(LAW_NAMES)}, got {name!r}")


def _as_variance(value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"variance must be positive and finite, got {value!r}")
    return float(value)


def _as_points(points: ArrayLike, name: str = "points") -> Array:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 1 or not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be a one-dimensional array of finite numbers")
    return array
