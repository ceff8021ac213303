"""Kernels (3.3.1) of tanh and shaped tanh for many inputs, by the erf mixture.

Inputs of different norms: every pair is a sum over the mixture. Inputs of one norm: one layer
is a map of ρ alone, so it is tabulated as a Chebyshev series and the series evaluated for all
pairs. The one-layer map is iterated, never its composition: in the chaotic phase the
composition becomes a step at ρ = 1, which no series resolves.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.activations.duals import tanh_moment_array
from compute.activations.erf_mixture import (
    MIXTURES,
    mixture_angles,
    mixture_factors,
    mixture_gap,
    mixture_row,
)
from compute.compiled import compiled
from compute.kernels.correlation import chebyshev_series, clenshaw
from compute.kernels.rows import Layers, put_end

Array = NDArray[np.float64]

# A few roundings of a Gram matrix apart is still one norm.
_SAME_NORM = 1e-14
_SERIES_BELOW = 60.0


def norms_agree(table: Layers, activation: Activation) -> bool:
    """Whether one Chebyshev series per layer serves all pairs: equal norms, K/s² < 60."""
    start = table.variance[0]
    largest = float(table.variance.max()) / activation.a**2
    smallest = float(start.min())
    spread = float(start.max()) - smallest
    return smallest > 0 and spread <= _SAME_NORM * smallest and largest < _SERIES_BELOW


@compiled
def _one_layer_series(q: float, slope: float, wants_slope: bool) -> tuple[Array, Array]:
    """Chebyshev series in ρ of e'/e and (if wanted) of E σ'σ' at variance q, E σ'² = slope."""
    size = 64 if q < 0.5 else 128 if q < 4.0 else 256
    sines, cosines, weights = np.empty(78), np.empty(78), np.empty(78)
    mixture_angles(max(q, 1e-20), sines, cosines, weights)
    ratios, gates = np.empty(size), np.empty(size if wants_slope else 2)
    gates[:] = 0.0
    whole = 0.0
    for k in range(sines.size):
        whole += weights[k] * sines[k] / cosines[k]
    for point in range(size):
        gap = 1.0 - math.cos(math.pi * (point + 0.5) / size)
        ratios[point] = mixture_gap(gap, sines, cosines, weights) / gap
        if wants_slope:
            for k in range(sines.size):
                spread = sines[k] * sines[k] * gap * (2.0 - gap)
                gates[point] += weights[k] * sines[k] / math.sqrt(cosines[k] * cosines[k] + spread)
            gates[point] *= slope / whole
    return chebyshev_series(ratios), chebyshev_series(gates)


@compiled
def _series_values(series: Array, x: Array) -> Array:
    """Σ series[j] T_j(x) for x (p,), in blocks that stay in the first-level cache."""
    result = np.empty(x.size)
    work = np.empty((2, 512))
    for start in range(0, x.size, 512):
        stop = min(start + 512, x.size)
        size = stop - start
        clenshaw(series, x[start:stop], result[start:stop], work[0, :size], work[1, :size])
    return result


def equal_norm_steps(
    k0: Array, activation: Activation, weight: float, table: Layers, wants_slope: bool
) -> Iterator[tuple[Array, Array]]:
    """For ℓ = 1, 2, …: K^(ℓ) (p,) and C_W E σ'σ' under K^(ℓ−1) (p,; zeros if unwanted).

    k0 (p,): the entries of K^(0). Error 1e-12 of K(x, x); 0.4 ms per layer at p = 20 000.
    """
    gap = np.clip(1.0 - k0 / table.variance[0, 0], 0.0, 2.0)
    variances = table.variance[:, 0]
    previous = math.nan
    for layer in range(table.slope.shape[0]):
        q = float(variances[layer])
        if q != previous:
            scaled = q / activation.a**2
            series = _one_layer_series(scaled, float(table.slope[layer, 0]), wants_slope)
            previous = q
        correlation = 1.0 - gap
        gate = weight * _series_values(series[1], correlation)
        gap = gap * _series_values(series[0], correlation)
        gap = np.minimum(2.0, gap * float(table.share[layer, 0]) ** 2)
        yield variances[layer + 1] * (1.0 - gap), gate


@compiled
def _mixture_rows(k: Array, factors: Array, weights: Array, value: Array, slope: Array) -> None:
    for i in range(k.shape[0] - 1):
        # contiguous copies: strided rows would not run on vector registers
        own, partners = factors[:, i].copy(), factors[:, i + 1 :].copy()
        covariance = k[i, i + 1 :].copy()
        values = np.zeros(covariance.size)
        slopes = np.zeros(covariance.size if slope.size > 0 else 0)
        mixture_row(own, partners, covariance, weights, values, slopes)
        put_end(values, value[i])
        if slope.size > 0:
            put_end(slopes, slope[i])


def mixture_steps(
    k0: Array, activation: Activation, weight: float, bias: float, table: Layers, wants_slope: bool
) -> Iterator[tuple[Array, Array]]:
    """The same for any norms; k0 (n, n) and the yields (n, n), right above the diagonal only.

    10 terms, 12 where n ≤ 64; scaled to the trapezoid values on the diagonal. Error 1e-12 of
    the largest entry; 2.2 ms per layer at n = 200, 3 ms with slopes.
    """
    n = k0.shape[0]
    scale = activation.a
    weights = MIXTURES[12 if n <= 64 else 10][1]
    k = k0
    for layer in range(table.slope.shape[0]):
        q = table.variance[layer] / scale**2
        factors = mixture_factors(q, weights.size)
        value = np.zeros((n, n))
        slope = np.zeros((n, n) if wants_slope else (0, 0))
        _mixture_rows(k / scale**2, factors, weights, value, slope)
        exact, own = np.empty((2, n)), np.zeros((2, n))
        tanh_moment_array(q, exact[0], exact[1])
        for i in range(n):
            column = factors[:, i : i + 1]
            mixture_row(
                column[:, 0].copy(),
                column,
                q[i : i + 1],
                weights,
                own[0, i : i + 1],
                own[1, i : i + 1],
            )
        ratio = np.sqrt(np.divide(exact, own, out=np.ones_like(own), where=own > 0))
        k = bias + weight * scale**2 * ratio[0] * ratio[0][:, None] * value
        gate = weight * ratio[1] * ratio[1][:, None] * slope if wants_slope else value
        yield k, gate
