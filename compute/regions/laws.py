"""Nodal sets of random ReLU networks at infinite width, and the variance of one layer: section 4.2.

At infinite width the neurons of a layer are independent Gaussian fields. On the diagonal the
second-order jet of their covariance is that of β_ℓ + γ_ℓ x·x', and Kac–Rice needs no more: lengths,
ends at the window's border and crossings are those of straight lines {b + w·x = 0} with
Var b = β_ℓ and Var w_i = γ_ℓ, so only the scale √(β_ℓ/γ_ℓ) matters. One layer has exactly these
laws at every width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.regions.exact_laws import length_density

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def nodal_scales(
    layers: int, weight_variance: float = 2.0, bias_variance: float = 1.0, inputs: int = 2
) -> Array:
    """√(β_ℓ/γ_ℓ) of layers 1 … L, (L,): √ℓ at C_W = 2, C_b = 1 and two inputs; 0 at C_b = 0.

    β_1 = C_b, γ_1 = C_W/N_0, then β_ℓ+1 = C_b + ½ C_W β_ℓ and γ_ℓ+1 = ½ C_W γ_ℓ.
    """
    beta, gamma, found = bias_variance, weight_variance / inputs, []
    for _ in range(layers):
        found.append(math.sqrt(beta / gamma))
        beta, gamma = bias_variance + weight_variance / 2 * beta, weight_variance / 2 * gamma
    return np.array(found)


def squared_gradients(layers: int, weight_variance: float = 2.0) -> Array:
    """E‖∇ẑ^(ℓ)‖² = C_W (C_W/2)^{ℓ−1} at any input and width, (L,): 2 at C_W = 2 (E 27)."""
    return np.asarray(weight_variance * (weight_variance / 2) ** np.arange(layers))


def length_bounds(
    widths: Sequence[int], volume: float, weight_variance: float = 2.0, bias_variance: float = 1.0
) -> Array:
    """(L,) bounds of the expected nodal volume of each layer, by the co-area formula (E 44).

    N_ℓ vol(A) √(E‖∇ẑ^(ℓ)‖²/(2π C_b)), which is N_ℓ vol(A)/√π at C_W = 2, C_b = 1, in any
    dimension; inf at C_b = 0.
    """
    with np.errstate(divide="ignore"):
        peak = np.sqrt(np.divide(squared_gradients(len(widths), weight_variance), bias_variance))
    return np.asarray(np.asarray(widths) * volume * peak / math.sqrt(2 * math.pi))


def gradient_fourth_moment(widths: Sequence[int], inputs: int) -> float:
    """E‖∇z^(L+1)‖⁴ = 4 (1 + 2/N_0) ∏(1 + 5/N_ℓ) over the hidden layers, at C_W = 2."""
    return 4 * (1 + 2 / inputs) * math.prod(1 + 5 / n for n in widths)


def nodal_density(radius: ArrayLike, scale: float) -> Array:
    """Expected length per area and neuron at distance `radius`, two inputs; nan at scale 0."""
    if scale == 0:
        return np.full_like(np.asarray(radius, np.float64), np.nan)
    return length_density(np.asarray(radius) / scale) / scale


def hit_probability(half_width: float, scale: float) -> float:
    """The chance that a straight line meets [−a, a]²: (4/π) arctan(a/√(s² + a²))."""
    return 4 / math.pi * math.atan(half_width / math.hypot(scale, half_width))


def zeros_in_interval(half_width: float, scale: float) -> float:
    """Expected zeros of one neuron in [−a, a], one input: (2/π) arctan(a/s)."""
    return 2 / math.pi * math.atan2(half_width, scale)


def mean_length(half_width: float, scale: float) -> float:
    """Expected length of one straight line in [−a, a]². Cost: 0.1 ms."""
    return _chord_moment(half_width, scale, 1)


def length_variance(half_width: float, scale: float) -> float:
    """Variance of that length: Var Z_A = N_1 times this for one layer, a sum of iid terms."""
    return _chord_moment(half_width, scale, 2) - mean_length(half_width, scale) ** 2


@lru_cache(maxsize=1024)
def _chord_moment(half_width: float, scale: float, power: int) -> float:
    """A moment of the length of one straight line in [−a, a]².

    A line at angle θ ∈ [0, π/4] to an axis and distance d from the centre has length 2a/cos θ up
    to d = a(cos θ − sin θ), from where it falls linearly to 0 at a(cos θ + sin θ); d has density
    s²/(s² + d²)^{3/2}, all of it at 0 for s = 0.
    """
    theta = math.pi / 8 * (_NODES + 1)
    c, s = np.cos(theta), np.sin(theta)
    longest = (2 * half_width / c) ** power
    if scale == 0:
        return float(_WEIGHTS @ longest / 2)
    full, end = half_width * (c - s), half_width * (c + s)
    # with d = s tan u the density times dd is cos u du
    low, high = np.arctan(full / scale), np.arctan(end / scale)
    u = low[:, None] + (high - low)[:, None] * (_NODES + 1) / 2
    fallen = ((end[:, None] - scale * np.tan(u)) / (c * s)[:, None]) ** power
    tail = (fallen * np.cos(u)) @ _WEIGHTS * (high - low) / 2
    return float(_WEIGHTS @ (longest * np.sin(low) + tail) / 2)


def crossing_density(radius: ArrayLike, scale: float, other: float) -> Array:
    """Expected crossings per area of two independent straight lines, scales S ≥ T > 0.

    p_S(0) p_T(0) E|∇f × ∇g| = A E(1 − B²/A²)/(π² √((S² + r²)(T² + r²))) with A, B =
    S, T over √(S² + r²), √(T² + r²); it integrates to 1 over the plane.
    """
    large, small = max(scale, other) ** 2, min(scale, other) ** 2
    square = np.asarray(radius, np.float64) ** 2
    a, b = large / (large + square), small / (small + square)
    across = np.sqrt(a) * scipy.special.ellipe(1 - b / a)
    return np.asarray(across / (math.pi**2 * np.sqrt((large + square) * (small + square))))


@lru_cache(maxsize=4096)
def crossings_in_square(half_width: float, scale: float, other: float) -> float:
    """Its integral over [−a, a]². Cost: 0.3 ms; (2/π) arcsin(a²/(s² + a²)) for equal scales."""
    if min(scale, other) == 0:
        return 1.0
    if scale == other:
        square = half_width**2
        return 2 / math.pi * math.asin(square / (scale**2 + square))
    theta = math.pi / 8 * (_NODES + 1)
    unit = math.sqrt(scale * other)
    end = np.arctan(half_width / np.cos(theta) / unit)
    phi = end[:, None] * (_NODES + 1) / 2
    r = unit * np.tan(phi)
    values = crossing_density(r, scale, other) * r * unit / np.cos(phi) ** 2
    return float(_WEIGHTS @ (values @ _WEIGHTS * end / 2)) * math.pi


def expected_crossings(widths: Sequence[int], half_width: float, scales: ArrayLike) -> Array:
    """(L, L) crossings between the curves of two layers (row ≤ column) at infinite width."""
    s = np.asarray(scales, np.float64).tolist()
    found = np.zeros((len(widths), len(widths)))
    for i, n in enumerate(widths):
        found[i, i] = math.comb(n, 2) * crossings_in_square(half_width, s[i], s[i])
        for k in range(i + 1, len(widths)):
            found[i, k] = n * widths[k] * crossings_in_square(half_width, s[i], s[k])
    return found


def expected_regions(widths: Sequence[int], half_width: float, scales: ArrayLike) -> float:
    """E N_A in [−a, a]², exact for one layer: 1 + lines that meet it + their crossings there.

    Deeper, the limit of wide layers. Curves that close add no cell: each crosses earlier folds
    as often as it has edges.
    """
    s = np.asarray(scales, np.float64).tolist()
    if min(s) == 0:
        return float(2 * sum(widths)) if len(widths) == 1 else math.nan
    hits = [n * hit_probability(half_width, scale) for n, scale in zip(widths, s, strict=True)]
    return 1 + sum(hits) + float(expected_crossings(widths, half_width, scales).sum())


def expected_length(widths: Sequence[int], half_width: float, scales: ArrayLike) -> float:
    """E Z_A in [−a, a]², exact for one layer; deeper, the limit of wide layers."""
    s = np.asarray(scales, np.float64).tolist()
    return sum(n * mean_length(half_width, scale) for n, scale in zip(widths, s, strict=True))
