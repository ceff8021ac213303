"""Closed forms of E[σ(u)σ(v)] and E[σ'(u)σ'(v)], (u, v) centred Gaussian: the E_K of (3.3.1).

Each function takes the family's two numbers `a`, `b` (see compute.activations.layer_maps), then the
variances q1, q2 and the covariance q12, broadcasting. Sources: arc-cosine kernels of Cho and
Saul (2009) for piecewise linear, Williams (1997) for erf, exact GELU by conditioning on two
independent normals; exp, sin and the cubic from Gaussian moments.
"""

import math

import numpy as np
from numpy.typing import NDArray

from compute.activations.arcs import smaller_gap
from compute.activations.erf_mixture import MIXTURES, mixture_factors, tanh_moments
from compute.compiled import compiled

Array = NDArray[np.float64]


def determinant(q1: Array, q2: Array, q12: Array) -> Array:
    """q1 q2 − q12² ≥ 0, nearly equal entries subtracted first, where that is exact."""
    size, smaller, larger = np.abs(q12), np.minimum(q1, q2), np.maximum(q1, q2)
    return np.asarray(np.maximum((larger - size) * smaller + size * (smaller - size), 0.0))


@compiled
def _smaller_gaps(q1: Array, q2: Array, q12: Array, gap: Array) -> None:
    for k in range(gap.size):
        gap[k] = smaller_gap(q1[k], q2[k], q12[k])


def half_angle_terms(q1: Array, q2: Array, q12: Array) -> tuple[Array, Array, Array]:
    """(√(q1 q2), t, θ): t = sin²(θ/2); small angles keep their digits; 0 at a variance of 0."""
    shape = np.broadcast_shapes(q1.shape, q2.shape, q12.shape)
    first, second, both = (np.array(np.broadcast_to(q, shape)).ravel() for q in (q1, q2, q12))
    gaps = np.empty(both.size)
    _smaller_gaps(first, second, both, gaps)
    near = gaps.reshape(shape)
    half = 0.5 * near
    acute = 2 * np.arctan2(np.sqrt(half), np.sqrt(1 - half))
    t = np.where(q12 >= 0, half, 1 - half)
    return np.sqrt(q1) * np.sqrt(q2), t, np.where(q12 >= 0, acute, math.pi - acute)


def piecewise(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """Slopes a (z < 0) and b: (a−b)²/(2π) √(q1q2)(sin θ − θ cos θ) + (a²+b²)/2 q12."""
    if a == b:
        return a * a * q12
    root, t, theta = half_angle_terms(q1, q2, q12)
    sine = 2 * np.sqrt(t * (1 - t))
    small = theta**2
    series = theta * small * (1 / 3 - small * (1 / 30 - small * (1 / 840 - small / 45360)))
    turned = np.where(theta < 0.05, series, sine - theta * (1 - 2 * t))
    # For ReLU and opposite inputs the two terms cancel: the small one comes from π − θ.
    rest = math.pi - theta
    acute = np.where(rest < 0.05, _turn_series(rest), sine + rest * (1 - 2 * t))
    kink, opposed = (a - b) ** 2 / (2 * math.pi), a * b
    wide = root * (kink * acute + opposed * (1 - 2 * t))
    near = kink * root * turned + 0.5 * (a * a + b * b) * q12
    return np.where(theta > 0.5 * math.pi, wide, near)


def _turn_series(x: Array) -> Array:
    s = x * x
    return x * s * (1 / 3 - s * (1 / 30 - s * (1 / 840 - s / 45360)))


def piecewise_slopes(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """(a²+b²)/2 − (a−b)²/(2π) θ; at a variance of 0 the value for θ = 0."""
    if a == b:
        return np.full(np.broadcast_shapes(q1.shape, q2.shape, q12.shape), a * a)
    theta = half_angle_terms(q1, q2, q12)[2]
    return a * b + (a - b) ** 2 / (2 * math.pi) * (math.pi - theta)


def erf(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """(2/π) arcsin(2 q12/√((1+2q1)(1+2q2)))."""
    return (2 / math.pi) * np.arctan2(2 * q12, np.sqrt(_erf_square(q1, q2, q12)))


def erf_slopes(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """(4/π)/√((1+2q1)(1+2q2) − 4 q12²)."""
    return (4 / math.pi) / np.sqrt(_erf_square(q1, q2, q12))


def _erf_square(q1: Array, q2: Array, q12: Array) -> Array:
    return np.asarray(1 + 2 * (q1 + q2) + 4 * determinant(q1, q2, q12))


def _gelu_terms(q1: Array, q2: Array, q12: Array) -> tuple[Array, Array, Array, Array]:
    outer, product = (1 + q1) * (1 + q2), q1 * q2
    side = np.sqrt(1 + q1 + q2 + determinant(q1, q2, q12))
    return outer, product, side, np.arctan2(q12, side)


def gelu(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """q/4 + [q t + (q² + q1q2 d²)/(A d)]/(2π), A=(1+q1)(1+q2), d²=A−q², t=arctan(q/d)."""
    outer, product, side, angle = _gelu_terms(q1, q2, q12)
    last = (q12**2 / outer) / side + (product / outer) * side
    return 0.25 * q12 + (q12 * angle + last) / (2 * math.pi)


def gelu_slopes(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """1/4 + t/(2π) + q/(2πd)(1/d² + (1−q1q2)/A + 1)."""
    outer, product, side, angle = _gelu_terms(q1, q2, q12)
    last = q12 / side * (1 / side**2 + (1 - product) / outer + 1)
    return 0.25 + (angle + last) / (2 * math.pi)


def sine(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """½[e^{−(q1+q2−2q)/2} − e^{−(q1+q2+2q)/2}]; as a difference of sines near q = 0."""
    near, far = 0.5 * (q1 + q2) - np.abs(q12), 2 * np.abs(q12)
    return np.asarray(np.copysign(-0.5 * np.exp(-near) * np.expm1(-far), q12))


def sine_slopes(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """½[e^{−(q1+q2−2q)/2} + e^{−(q1+q2+2q)/2}]."""
    middle = 0.5 * (q1 + q2)
    return 0.5 * (np.exp(q12 - middle) + np.exp(-q12 - middle))


def exponential(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """e^{(q1+q2)/2 + q12}, its own derivative's kernel too; inf above the float range."""
    with np.errstate(over="ignore"):
        return np.exp(0.5 * (q1 + q2) + q12)


def cubic(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """q + 3a q(q1+q2) + a²(9 q1q2 q + 6 q³) for σ(t) = t + a t³."""
    with np.errstate(over="ignore", invalid="ignore"):
        return q12 * (1 + 3 * a * (q1 + q2) + a * a * (9 * q1 * q2 + 6 * q12**2))


def cubic_slopes(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """1 + 3a(q1+q2) + 9a²(q1q2 + 2q²)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return 1 + 3 * a * (q1 + q2) + 9 * a * a * (q1 * q2 + 2 * q12**2)


@compiled
def tanh_moment_array(q: Array, square: Array, slope: Array) -> None:
    """Fill square and slope with tanh_moments of the flat array q."""
    for k in range(q.size):
        square[k], slope[k] = tanh_moments(q[k])


def _mixture(scale: float, q1: Array, q2: Array, q12: Array, slopes: bool) -> Array:
    weights = MIXTURES[12][1]
    ratio, both = np.ones(()), []
    for q in (q1, q2):
        # in its own shape: a kernel of n inputs has n variances, n² covariances
        variance = np.asarray(q, dtype=np.float64) / scale**2
        factors = mixture_factors(variance, 12)
        own = _pair_sum(factors, factors, variance, weights, slopes)
        value, slope = np.empty(own.size), np.empty(own.size)
        tanh_moment_array(variance.ravel(), value, slope)
        exact = (slope if slopes else value).reshape(own.shape)
        ratio = ratio * np.sqrt(np.where(own > 0, exact / np.where(own > 0, own, 1.0), 1.0))
        both.append(factors)
    result = ratio * _pair_sum(both[0], both[1], q12 / scale**2, weights, slopes)
    return np.asarray(result if slopes else scale**2 * result)


def _pair_sum(first: Array, second: Array, q12: Array, weights: Array, slopes: bool) -> Array:
    total = np.zeros(np.broadcast_shapes(first.shape[1:], second.shape[1:], q12.shape))
    part, root = np.empty_like(total), np.empty_like(total)
    for u, p in zip(first, weights, strict=True):
        for v, r in zip(second, weights, strict=True):
            factor = u * v
            np.multiply(factor, q12, out=part)
            np.minimum(part, 1.0, out=part)
            np.maximum(part, -1.0, out=part)
            if slopes:
                np.sqrt(1 - np.multiply(part, part, out=root), out=root)
                np.divide(factor, root, out=part)
            else:
                np.arcsin(part, out=part)
            part *= (2 / math.pi) * p * r
            total += part
    return total


def scaled_tanh(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """σ = a tanh(t/a): the erf mixture, scaled to the trapezoid value on the diagonal."""
    return _mixture(a, q1, q2, q12, slopes=False)


def scaled_tanh_slopes(a: float, b: float, q1: Array, q2: Array, q12: Array) -> Array:
    """The same for σ'(t) = 1 − tanh²(t/a)."""
    return _mixture(a, q1, q2, q12, slopes=True)
