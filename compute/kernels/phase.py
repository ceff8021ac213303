"""The phase picture of section 3.3.3: where variance and correlation go as the depth grows.

The variance follows K' = F(K) = C_b + C_W V(K), the correlation its own map at the limit K = q*.
The slope of the latter at ρ = 1 is the susceptibility χ = C_W E σ'(√q* Z)²: nearby inputs merge
where χ < 1 and separate where χ > 1.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation, as_gap
from compute.activations.gaussian import as_variance, normal_nodes
from compute.activations.layer_maps import (
    CUBIC,
    ERF,
    EXP,
    LARGEST,
    PIECEWISE,
    TANH,
    layer_growth,
)
from compute.kernels.correlation import check_activation, check_variances
from compute.kernels.fixed_points import susceptibility_raster, variance_fixed_point
from compute.kernels.shaped import (
    printed_shaped_ode,
    relu_gap_asymptote,
    shaped_blow_up_time,
    shaped_relu_limit,
    shaped_tanh_limit,
    shaped_variance_limit,
    tanh_variance_asymptote,
    tanh_variance_series,
)

__all__ = [
    "FixedPoint",
    "Phase",
    "correlation_map",
    "edge_of_chaos",
    "edge_reason",
    "fixed_point",
    "phase_raster",
    "printed_shaped_ode",
    "relu_gap_asymptote",
    "shaped_blow_up_time",
    "shaped_relu_limit",
    "shaped_tanh_limit",
    "shaped_variance_limit",
    "susceptibility",
    "tanh_variance_asymptote",
    "tanh_variance_series",
    "variance_fixed_point",
    "variance_growth",
]

Array = NDArray[np.float64]
Phase = Literal["ordered", "chaotic", "critical", "unbounded"]

CRITICAL_WITHIN: Final = 1e-9
# E σ'² at infinite variance, where it is not what it is at 1e60
_INFINITE_SLOPE: Final = {TANH: 0.0, ERF: 0.0, EXP: math.inf, CUBIC: math.inf}


def susceptibility(activation: Activation, q: ArrayLike, *, weight_variance: float) -> Array:
    """χ = C_W E σ'(√q Z)², the slope at ρ = 1 of the correlation map; shape of q; inf allowed.

    At q = inf the limit: finite for piecewise linear and GELU, 0 for tanh and erf, C_W/2 for
    sin, inf for exp and cubic. ValueError for q < 0 or nan.
    """
    check_activation(activation)
    weight, _ = check_variances(weight_variance, 0.0)
    variances = np.asarray(q, dtype=np.float64)
    bounded = as_variance(np.minimum(variances, LARGEST), "q")
    values = weight * activation.mean_square_slope(bounded)
    limit = _INFINITE_SLOPE.get(activation.family)
    if activation.family == CUBIC and activation.a == 0:
        limit = 1.0
    if limit is None:
        return values
    return np.where(np.isinf(variances), weight * limit, values)


def variance_growth(activation: Activation, q: float, *, weight_variance: float) -> float:
    """F'(q) = C_W dV/dq: how fast the variance approaches a fixed point q, per layer.

    Closed forms; tanh by E σσ'Z/√q (Gaussian integration by parts). ValueError for q < 0.
    """
    check_activation(activation)
    weight, _ = check_variances(weight_variance, 0.0)
    bounded = float(as_variance(min(q, LARGEST), "q"))
    if activation.family != TANH:
        model = (activation.family, activation.a, activation.b)
        return weight * float(layer_growth(*model, bounded))
    if bounded < 1e-12 * activation.a**2:
        return weight
    return weight * float(_tanh_growth(activation, np.array([bounded]))[0])


def edge_of_chaos(activation: Activation, q_star: ArrayLike) -> tuple[Array, Array]:
    """(C_W (k,), C_b (k,)) with χ = 1 at the fixed point q_star (k,), ≥ 0: no root finding.

    C_W = 1/E σ'(√q* Z)², C_b = q* − C_W E σ(√q* Z)². Entries are nan where C_b < 0 or where
    the variance would run away from q* (F' > 1). Activations whose edge is a single point or
    missing give empty arrays: see `edge_reason`.
    """
    check_activation(activation)
    q = np.atleast_1d(as_variance(q_star, "q_star"))
    if edge_reason(activation):
        return np.empty(0), np.empty(0)
    weight = 1 / activation.mean_square_slope(q)
    bias = q - weight * activation.variance(q)
    bias = np.where(np.abs(bias) <= 4e-16 * q, 0.0, bias)
    # at 0, where F' = 1, the slope just above decides
    near = np.maximum(q, 1e-6).ravel()
    grows = np.array([variance_growth(activation, x, weight_variance=1.0) for x in near])
    legal = (bias >= 0) & (weight * grows.reshape(q.shape) <= 1 + CRITICAL_WITHIN)
    return np.where(legal, weight, np.nan), np.where(legal, bias, np.nan)


def edge_reason(activation: Activation) -> str:
    """Why the edge of chaos is not a curve in the (C_W, C_b) plane, in words; "" where it is."""
    check_activation(activation)
    if activation.family == PIECEWISE:
        critical = 2 / (activation.a**2 + activation.b**2)
        return (
            f"χ = 1 only at C_W = {critical:.6g}, and there every C_b > 0 makes the variance "
            f"grow without bound: the edge is the single point ({critical:.6g}, 0)"
        )
    if activation.family == EXP:
        return (
            "χ = 1 needs C_W = exp(−2q) and C_b = q − 1, but there the variance map has slope "
            "2: K runs away from the fixed point, so there is no edge"
        )
    if activation.family == CUBIC and activation.a >= 0:
        return (
            "χ = 1 only at C_W = 1, C_b = 0 and K → 0: elsewhere the variance runs away from "
            "the fixed point, so the edge is the single point (1, 0)"
        )
    return ""


@dataclass(frozen=True)
class FixedPoint:
    """Where K^(ℓ) and the correlation of two inputs go with depth, from one K^(0).

    variance: q*, 0 and inf included (`variance_fixed_point`).

    gap: 1 − ρ*, where the correlation of two independent inputs (gap 1) ends at q*: 0 unless
    χ > 1. Where the map at q* is the identity it is 1, the start: linear with C_b = 0, and q* = 0
    (tanh at C_W ≤ 1), where the true limit depends on the way there (errata 41). nan where K is
    unbounded. Relative error 1e-12.

    chi: χ at q*, at q* = 0 with σ(0) = 0 it is C_W σ'(0)²; inf where K is unbounded, as in
    `phase_raster`. phase: "unbounded" where K^(ℓ) → ∞; "ordered" where χ < 1, nearby inputs merge
    exponentially; "chaotic" where χ > 1, they separate; "critical" where |χ − 1| ≤ 1e-9.

    scales: (ξ_q, ξ_c) in layers, variance and correlation approach their limits like e^{−ℓ/ξ}.
    ξ = −1/log(slope of the map at its stable fixed point): F'(q*), and C_W E σ'σ' at q* and
    ρ* (χ itself in the ordered phase). inf where the slope is 1 within 1e-9 (power laws instead
    of exponentials) and where K is unbounded; 0 where the slope is 0.
    """

    variance: float
    gap: float
    chi: float
    phase: Phase
    scales: tuple[float, float]


def fixed_point(
    activation: Activation, *, weight_variance: float, bias_variance: float, start: float = 1.0
) -> FixedPoint:
    """The stable fixed point that K^(0) = start leads to, and what happens near it.

    ValueError as `variance_fixed_point`. Cost: 50 to 400 µs.
    """
    weight, bias = check_variances(weight_variance, bias_variance)
    q = variance_fixed_point(activation, weight_variance=weight, bias_variance=bias, start=start)
    if math.isinf(q):
        return FixedPoint(q, math.nan, math.inf, "unbounded", (math.inf, math.inf))
    chi = float(susceptibility(activation, q, weight_variance=weight))
    phase: Phase = "ordered" if chi < 1 else "chaotic"
    if abs(chi - 1) <= CRITICAL_WITHIN:
        phase = "critical"
    gap = _fixed_gap(activation, q, chi, weight, bias)
    growth = variance_growth(activation, q, weight_variance=weight)
    slope = weight * float(activation.dual_derivative(q, q, q * (1 - gap)))
    return FixedPoint(q, gap, chi, phase, (_scale(growth), _scale(slope)))


def correlation_map(
    gap: ArrayLike,
    q: float,
    activation: Activation,
    *,
    weight_variance: float,
    bias_variance: float,
) -> Array:
    """One layer of gaps at variance q > 0, for the cobweb: C_W V e'/(C_b + C_W V); shape of gap."""
    check_activation(activation)
    weight, bias = check_variances(weight_variance, bias_variance)
    if not 1e-300 <= q <= LARGEST:
        raise ValueError(f"q must be in [1e-300, {LARGEST:g}], got {q!r}")
    variance, following = activation.gap_map(q, as_gap(gap, "gap"))
    with np.errstate(over="ignore"):
        share = 1 / (1 + bias / (weight * variance)) if bias > 0 else 1.0
    return np.asarray(share * following)


def phase_raster(
    activation: Activation, weight_variance: ArrayLike, bias_variance: ArrayLike
) -> Array:
    """χ at q* (from K^(0) = 1), shape (b, a), for C_W (a,) and C_b (b,): the phase plane.

    +inf where K grows without bound, whatever χ does there: so < 1 is ordered, 1 the edge,
    finite > 1 chaotic, inf unbounded. Never nan. ValueError as `variance_fixed_point`.
    Cost: 1 to 15 µs per point.
    """
    check_activation(activation)
    weights = np.atleast_1d(np.asarray(weight_variance, dtype=np.float64))
    biases = np.atleast_1d(np.asarray(bias_variance, dtype=np.float64))
    for weight in weights:
        check_variances(weight, 0.0)
    for bias in biases:
        check_variances(1.0, bias)
    result = np.empty((biases.size, weights.size))
    susceptibility_raster(activation, weights, biases, result)
    return result


def _fixed_gap(activation: Activation, q: float, chi: float, weight: float, bias: float) -> float:
    bent = activation.family == PIECEWISE and activation.a != activation.b
    straight = activation.family == PIECEWISE and not bent
    if (q == 0 and not bent) or (straight and bias == 0):
        return 1.0
    if chi <= 1 + CRITICAL_WITHIN:
        return 0.0
    return _correlation_root(activation, q, weight, bias)


def _scale(slope: float) -> float:
    if slope <= 0:
        return 0.0
    if slope >= 1 - CRITICAL_WITHIN:
        return math.inf
    return -1 / math.log(slope)


def _tanh_growth(activation: Activation, q: Array) -> Array:
    nodes, weights = normal_nodes(float(q.max()) / activation.a**2)
    z = np.sqrt(q)[:, None] * nodes
    growth: Array = (activation.phi(z) * activation.dphi(z) * nodes) @ weights / np.sqrt(q)
    return growth


def _correlation_root(activation: Activation, q: float, weight: float, bias: float) -> float:
    """The gap e in (0, 1] with e' = e: on 0 ≤ ρ ≤ 1 the map is convex in ρ, so it is unique."""

    def excess(gap: float) -> float:
        options = {"weight_variance": weight, "bias_variance": bias}
        return float(correlation_map(gap, q, activation, **options)) / gap - 1

    if excess(1.0) >= -1e-14:
        return 1.0
    low = 0.5
    while excess(low) <= 0:
        low *= 0.1
        if low < 1e-16:  # chi is 1 within rounding
            return 0.0
    return float(scipy.optimize.brentq(excess, low, 1.0, xtol=1e-300, rtol=1e-14))
