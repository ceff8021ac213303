"""Fixed points of the variance map K' = C_b + C_W V(K) of section 3.3.3, found without luck.

V increases, so the iteration is monotone: its limit is the first fixed point on the way. A
scan on a logarithmic grid brackets it, however flat the map, and a secant rule finishes.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.activations.layer_maps import EXP, PIECEWISE, layer_slope, layer_variance
from compute.compiled import compiled
from compute.kernels.correlation import check_activation, check_variances

Array = NDArray[np.float64]

# 2.3 % apart: a pair of fixed points closer than that is passed over.
_GRID: Final = np.geomspace(1e-12, 1e30, 4200)


def variance_fixed_point(
    activation: Activation,
    *,
    weight_variance: float,
    bias_variance: float,
    start: float = 1.0,
) -> float:
    """q*: the limit of K^(ℓ) from K^(0) = start, 0 and inf included.

    F increases, so K^(ℓ) is monotone and ends in the nearest fixed point on its way. Where
    every variance is fixed (ReLU at C_W = 2, linear at 1, C_b = 0) that is start itself; where
    several are stable (GELU, cubic, exp may escape from large variances only) start decides.
    inf where K grows without bound. Relative error 1e-14; a q* below 1e-12 with C_b = 0 is 0,
    above 1e30 inf. ValueError for arguments out of range. Cost: 10 µs, at first 5 ms.
    """
    check_activation(activation)
    weight, bias = check_variances(weight_variance, bias_variance)
    if not 1e-6 <= start <= 1e6:
        raise ValueError(f"start must be in [1e-6, 1e6], got {start!r}")
    model = (activation.family, activation.a, activation.b)
    return _fixed_point(*model, weight, bias, float(start), _GRID, _variances(activation))


def susceptibility_raster(
    activation: Activation, weights: Array, biases: Array, result: Array
) -> None:
    """Fill result (b, a) with χ at q*, inf where q* is; 1 to 15 µs per point."""
    model = (activation.family, activation.a, activation.b)
    _raster(*model, weights, biases, _GRID, _variances(activation), result)


@lru_cache(maxsize=32)
def _variances(activation: Activation) -> Array:
    """V on the grid: 5 ms for tanh, so it is kept."""
    table = activation.variance(_GRID)
    table.flags.writeable = False
    return table


@compiled
def _excess(family: int, a: float, b: float, weight: float, bias: float, q: float) -> float:
    """(F(q) − q)/q, 0 within rounding of F."""
    relative = (weight * layer_variance(family, a, b, q) + bias) / q - 1.0
    return 0.0 if abs(relative) < 1e-15 else relative


@compiled
def _fixed_point(
    family: int,
    a: float,
    b: float,
    weight: float,
    bias: float,
    start: float,
    grid: Array,
    table: Array,
) -> float:
    """First sign change of F(q) − q from start in the direction of the first step; bisection."""
    if family == PIECEWISE:
        factor = 0.5 * weight * (a * a + b * b)
        if abs(factor - 1.0) < 1e-15:
            return start if bias == 0.0 else math.inf
        return math.inf if factor > 1.0 else bias / (1.0 - factor)
    first = _excess(family, a, b, weight, bias, start)
    if first == 0.0:
        return start
    rising = first > 0.0
    step = 1 if rising else -1
    index = np.searchsorted(grid, start)
    index = index if rising else index - 1
    inner = start
    while 0 <= index < grid.size:
        value = (weight * table[index] + bias) / grid[index] - 1.0
        if (value < -1e-15) if rising else (value > 1e-15):
            return _bisect(family, a, b, weight, bias, inner, grid[index])
        inner = grid[index]
        index += step
    if rising:
        return math.inf
    if bias == 0.0 and family != EXP:
        return 0.0
    return _bisect(family, a, b, weight, bias, inner, 0.0)


@compiled
def _bisect(
    family: int, a: float, b: float, weight: float, bias: float, inner: float, outer: float
) -> float:
    """Root between inner (sign as at the start) and outer, by the Illinois rule on F(q) − q."""
    low, high = inner, outer
    f_low = weight * layer_variance(family, a, b, low) + bias - low
    f_high = weight * layer_variance(family, a, b, high) + bias - high
    for _ in range(100):
        if f_high == f_low:
            break
        middle = high - f_high * (high - low) / (f_high - f_low)
        f_middle = weight * layer_variance(family, a, b, middle) + bias - middle
        if abs(f_middle) <= 2e-16 * middle:
            return middle
        if (f_middle > 0.0) == (f_high > 0.0):
            f_low *= 0.5
        else:
            low, f_low = high, f_high
        if abs(high - middle) <= 1e-15 * middle:
            return middle
        high, f_high = middle, f_middle
    return high


@compiled
def _raster(
    family: int,
    a: float,
    b: float,
    weights: Array,
    biases: Array,
    grid: Array,
    table: Array,
    result: Array,
) -> None:
    for i in range(biases.size):
        for j in range(weights.size):
            q = _fixed_point(family, a, b, weights[j], biases[i], 1.0, grid, table)
            result[i, j] = math.inf
            if q < math.inf:
                result[i, j] = weights[j] * layer_slope(family, a, b, q)
