"""Two inputs at finite width, section 3.3: how far the mean of K̂ is from K, how K̂ fluctuates.

The covariance k = (k_11, k_12, k_22) of one layer goes to F(k) = C_b + C_W E σσ of the next. Let
κ/N be the covariance of K̂ and s/N its mean's distance from K. To first order in 1/N (`expansion`
has the case of one)

    s' = F' s + ½ F'' κ,    κ' = F' κ F'ᵀ + C_W² Cov(σσ),

and derivatives by a covariance are those of σ: ∂E/∂k_12 = E ∂_1∂_2, ∂E/∂k_11 = ½ E ∂_1².
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation

Array = NDArray[np.float64]

_PAIRS: Final = ((0, 0), (0, 1), (1, 1))
# ∂/∂k_ii, ∂/∂k_ij, ∂/∂k_jj of E σ(z_i)σ(z_j): a factor, and how often σ is differentiated at each.
_BY_COVARIANCE: Final = ((0.5, 2, 0), (1.0, 1, 1), (0.5, 0, 2))
_NODES = np.linspace(-7.0, 7.0, 57)
_CHANCE = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()
_STEP = 0.02


def first_order_shift(kernels: Array, activation: Activation, weight_variance: float) -> Array:
    """N(E K̂^(L) − K^(L)) of entries (x, x), (x, x'), (x', x') as N → ∞, shape (3,).

    kernels (L+1, 2, 2): K^(0…L). For smooth bounded σ; relative error 1e-3, from differences of σ'
    with a step of 0.02. Cost: 1 ms a layer.
    """
    shift, spread = np.zeros(3), np.zeros((3, 3))
    for kernel in kernels[:-1]:
        values = _derivatives(kernel, activation)
        first, second = np.zeros((3, 3)), np.zeros((3, 3, 3))
        for row, (i, j) in enumerate(_PAIRS):
            # entries k_ii, k_ij, k_jj, which are one where i = j
            where = (2 * i, i + j, 2 * j)
            for a, (half, p, q) in zip(where, _BY_COVARIANCE, strict=True):
                first[row, a] += half * _mean(values[p, i] * values[q, j])
                for b, (other, r, s) in zip(where, _BY_COVARIANCE, strict=True):
                    mean = _mean(values[p + r, i] * values[q + s, j])
                    second[row, a, b] += half * other * mean
        products = np.array([values[0, i] * values[0, j] for i, j in _PAIRS])
        products -= np.array([_mean(product) for product in products])[:, None, None]
        drawn = np.array([[_mean(u * v) for u in products] for v in products])
        shift = first @ shift + 0.5 * np.einsum("rab,ab->r", second, spread)
        shift *= weight_variance
        spread = weight_variance**2 * (first @ spread @ first.T + drawn)
    return shift


def _derivatives(kernel: Array, activation: Activation) -> Array:
    """σ, σ', …, σ'''' at both inputs of a pair of covariance (2, 2), on the plane: (5, 2, n, n)."""
    size = math.sqrt(kernel[0, 0])
    shared = kernel[0, 1] / size
    own = math.sqrt(max(kernel[1, 1] - shared**2, 0.0))
    z = np.stack(
        np.broadcast_arrays(size * _NODES[:, None], shared * _NODES[:, None] + own * _NODES)
    )
    before, at, after = (activation.dphi(z + move) for move in (-_STEP, 0.0, _STEP))
    far = (activation.dphi(z + 2 * _STEP) - activation.dphi(z - 2 * _STEP)) / 2
    second, third = (after - before) / (2 * _STEP), (after - 2 * at + before) / _STEP**2
    return np.stack([activation.phi(z), at, second, third, (far - (after - before)) / _STEP**3])


def _mean(values: Array) -> float:
    """Over two independent normal numbers, (n, n), by the trapezoid rule."""
    return float(_CHANCE @ values @ _CHANCE)


def difference_fluctuation(correlation: float, slope_neg: float, slope_pos: float) -> float:
    """N Var(K̂_v)/K_v² at L = 1, v = (1, −1), for σ(t) = (slope_neg or slope_pos) t: exact.

    In polar coordinates E d⁴/(E d²)² − 1 = 2 mean(g⁴)/mean(g²)² − 1 with g the difference of the
    outputs at angle φ of the unit circle; on each arc between kinks g = A sin(φ + δ), integrated in
    closed form. In the limit ρ = 1 it is that of σ'(z)z', of order 1: no divergence.
    """
    # nearer to 1 the powers of a short arc lose their digits, and the limit is reached
    turn = max(math.acos(min(max(correlation, -1.0), 1.0)), 1e-2)
    # the kinks: where cos φ or cos(φ − turn) changes sign
    quarter = 0.5 * math.pi
    kinks = sorted(k % (4 * quarter) for k in (quarter, -quarter, turn + quarter, turn - quarter))
    ends = [*kinks, kinks[0] + 4 * quarter]
    second = fourth = 0.0
    for low, high in pairwise(ends):
        if high - low <= 0:
            continue
        middle = 0.5 * (low + high)
        first = slope_pos if math.cos(middle) > 0 else slope_neg
        other = slope_pos if math.cos(middle - turn) > 0 else slope_neg
        # first cos φ − other cos(φ − turn) = a cos φ + b sin φ
        a, b = first - other * math.cos(turn), -other * math.sin(turn)
        if first == other:
            a = 2 * first * math.sin(turn / 2) ** 2
        size, phase = math.hypot(a, b), math.atan2(b, a)
        u, v = low - phase, high - phase
        second += size**2 * _cosine_power(u, v, 2)
        fourth += size**4 * _cosine_power(u, v, 4)
    return 4 * math.pi * fourth / second**2 - 1


def _cosine_power(u: float, v: float, power: int) -> float:
    """∫_u^v cos²t dt or ∫_u^v cos⁴t dt."""
    double = 0.25 * (math.sin(2 * v) - math.sin(2 * u))
    if power == 2:
        return 0.5 * (v - u) + double
    return 0.375 * (v - u) + double + (math.sin(4 * v) - math.sin(4 * u)) / 32
