"""Criticality at finite width, section 3.4: C_W m'(K) = 1 with K fixed, m(K) = E_K σ² (erratum 22).

Where it has a solution with C_b ≥ 0, κ_4/K² grows like C L/N; where it has none, the reason is
said, and what comes nearest: K → 0 on the edge C_W = 1/σ'(0)².
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.activations.square_moments import square_moments
from compute.finite_width.expansion import corrections

Array = NDArray[np.float64]

_SEARCHED = np.geomspace(1e-2, 1e3, 121)


@dataclass(frozen=True)
class Variances:
    """C_W and C_b; `critical` where K is then a fixed point with C_W m' = 1, or where K goes to 0
    on the edge; `reason` says in words why there is no solution."""

    weight: float
    bias: float
    critical: bool
    reason: str

    @property
    def given(self) -> dict[str, float]:
        """C_W and C_b as kernels and samplers take them."""
        return {"weight_variance": self.weight, "bias_variance": self.bias}


@dataclass(frozen=True)
class Solution:
    """C_W and C_b with C_W m' = 1 and K fixed at one K, and the slope C_σ in κ_4/K² = C_σ L/N.

    `solved` says that C_b ≥ 0; if not, `reason` says why, and `slope` is that of K → 0 at
    C_W = 1/σ'(0)² where there is such a limit (`fading`), behind so many layers; nan where not.
    """

    weight: float
    bias: float
    slope: float
    solved: bool
    fading: bool
    reason: str


def solution(variance: float, activation: Activation, layers: int) -> Solution:
    """The class of an activation at K = `variance`; `layers` are iterated where K fades."""
    found = nearest_critical(variance, activation)
    if found.critical and not found.reason:
        slope = critical_slope(variance, activation)
        return Solution(found.weight, found.bias, slope, True, False, "")
    weight, bias = critical_curve(variance, activation)
    slope = iterated_slope(variance, layers, activation, found) if found.critical else math.nan
    return Solution(float(weight), float(bias), slope, False, found.critical, found.reason)


def nearest_critical(variance: float, activation: Activation) -> Variances:
    """The critical C_W and C_b at K = `variance`, or what comes nearest to it."""
    try:
        weight, bias = critical_variances(variance, activation)
    except ValueError:
        return Variances(1.0, 0.0, False, "E σ² does not grow with K there, at any C_W")
    if bias > -1e-9:
        return Variances(weight, max(bias, 0.0), True, "")
    reason = f"it would need C_b = {bias:.3g}, below 0"
    origin = float(activation.dphi(0.0)) ** 2
    if float(activation.phi(0.0)) != 0 or not 0 < origin < math.inf:
        return Variances(min(max(weight, 0.1), 6.0), 0.0, False, reason)
    return Variances(1 / origin, 0.0, True, reason)


def critical_variances(variance: float, activation: Activation) -> tuple[float, float]:
    """(C_W, C_b) with C_W m'(K) = 1 and K = C_b + C_W m(K) at K = `variance`: criticality, E 22.

    A negative C_b means that no network is critical at this K. ValueError where m'(K) ≤ 0, so
    that no C_W will do, where the moments overflow, or unless K is finite and > 0.
    """
    moments = square_moments(_positive(variance), activation)
    mean, slope = float(moments.mean), float(moments.slope)
    if not (slope > 0 and math.isfinite(mean) and math.isfinite(slope)):
        raise ValueError(f"variance must be one where E σ² grows with K, got {variance!r}")
    return 1 / slope, variance * (1 - mean / slope)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def critical_curve(variance: ArrayLike, activation: Activation) -> tuple[Array, Array]:
    """C_W and C_b of criticality at each K, of their shape, without an error: nan where m'(K) ≤ 0.

    Where C_b is negative no network is critical.
    """
    k = np.asarray(variance, dtype=np.float64)
    moments = square_moments(k, activation)
    weight = np.where(moments.slope > 0, 1 / moments.slope, np.nan)
    return weight, k * (1 - moments.mean * weight)


def critical_slope(variance: float, activation: Activation) -> float:
    """C in κ_4/K² = C L/N at criticality, K being the fixed `variance`: Var σ²/(K m'(K))².

    2 for linear and abs, 5 for ReLU, at every K. Errors of `critical_variances`.
    """
    critical_variances(variance, activation)
    moments = square_moments(variance, activation)
    return float(moments.spread / moments.slope**2)


def iterated_slope(variance: float, layers: int, activation: Activation, at: Variances) -> float:
    """N κ_4/(L K²) behind so many layers from K = `variance`, iterated at these C_W and C_b.

    Tends to ⅔ for tanh, erf and sin on their edge, where K → 0 and no K > 0 is fixed (E 43).
    """
    return float(corrections(variance, [1] * layers, activation, **at.given).ratio[-1]) / layers


def kernel_growth(variance: float, weight_variance: float, activation: Activation) -> float:
    """dK'/dK at K = `variance` by central differences of K' = C_b + C_W E σ², without m'.

    nan where C_W is not a number.
    """
    if not math.isfinite(weight_variance):
        return math.nan
    step = 1e-4 * variance
    low, high = (float(activation.variance(variance + d)) for d in (-step, step))
    return weight_variance * (high - low) / (2 * step)


def half_stable_point(activation: Activation) -> tuple[float, float, float]:
    """(K, C_W, C_b) where both susceptibilities are 1: m'(K) = E_K σ'², criticality included.

    GELU has one, at K = (3 + √17)/2; found between K = 0.01 and 1000. ValueError where there is
    none (tanh, erf, sin, exp), or where every K is one (piecewise linear).
    """
    gaps = [_slopes_apart(k, activation) for k in _SEARCHED]
    if max(map(abs, gaps)) < 1e-12:
        raise ValueError(f"activation must have a single such point, but {activation.name} has all")
    for left, right, first, second in zip(
        _SEARCHED[:-1], _SEARCHED[1:], gaps[:-1], gaps[1:], strict=True
    ):
        if first * second < 0:
            found = scipy.optimize.brentq(
                _slopes_apart, left, right, (activation,), xtol=1e-14, rtol=1e-14
            )
            return (float(found), *critical_variances(float(found), activation))
    raise ValueError(f"activation must have such a point, but {activation.name} has none")


def _slopes_apart(variance: float, activation: Activation) -> float:
    """1 − E σ'²/m', in (−∞, 1]; 0 at a half-stable point."""
    slope = float(square_moments(variance, activation).slope)
    square = float(activation.mean_square_slope(variance))
    return 1 - square / slope if 0 < slope < math.inf else 1.0


def _positive(variance: float) -> float:
    if not (math.isfinite(variance) and variance > 0):
        raise ValueError(f"variance must be finite and > 0, got {variance!r}")
    return float(variance)
