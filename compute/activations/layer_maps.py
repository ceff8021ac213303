"""One layer of (3.3.1) as a map of the pair (variance q, correlation gap e = 1 − ρ).

Scalar, compiled, for two inputs of equal norm. The gap is carried instead of the correlation:
at depth 10⁵ a ReLU kernel has 1 − ρ = 4e-9 and float64 must keep all its digits of it. Each
formula is arranged so that nothing cancels for 0 ≤ e ≤ 2; the algebra is beside it.

A family is one formula; an activation is a family with two numbers `a`, `b`:
PIECEWISE slopes (a for z < 0, b for z > 0), TANH a·tanh(z/a), CUBIC z + a z³.
"""

import math
from typing import Final

from compute.activations.arcs import arc_difference, turn
from compute.activations.erf_mixture import tanh_gap, tanh_moments
from compute.compiled import compiled

PIECEWISE: Final = 0
TANH: Final = 1
ERF: Final = 2
GELU: Final = 3
SIN: Final = 4
EXP: Final = 5
CUBIC: Final = 6

ODD_FAMILIES: Final = (TANH, ERF, SIN, CUBIC)

# Outside these variances every family follows a power law to rounding (exp apart).
SMALLEST: Final = 1e-60
LARGEST: Final = 1e60


@compiled
def layer_variance(family: int, a: float, b: float, q: float) -> float:
    """V(q) = E σ(√q Z)² for 0 ≤ q ≤ LARGEST; inf where exp overflows."""
    if family == PIECEWISE:
        return 0.5 * (a * a + b * b) * q
    if family == TANH:
        return a * a * tanh_moments(q / (a * a))[0]
    if family == ERF:
        return (2.0 / math.pi) * math.atan2(2.0 * q, math.sqrt(1.0 + 4.0 * q))
    if family == GELU:
        side = math.sqrt(1.0 + 2.0 * q)
        angle = math.atan2(q, side)
        return 0.25 * q + (0.5 * q * angle + q * (q / (1.0 + q)) / side) / math.pi
    if family == SIN:
        return -0.5 * math.expm1(-2.0 * q)
    if family == EXP:
        return math.exp(2.0 * q)
    x = a * q
    return q * (1.0 + x * (6.0 + 15.0 * x))


@compiled
def layer_slope(family: int, a: float, b: float, q: float) -> float:
    """E σ'(√q Z)² for 0 ≤ q ≤ LARGEST: χ is C_W times this."""
    if family == PIECEWISE:
        return 0.5 * (a * a + b * b)
    if family == TANH:
        return tanh_moments(q / (a * a))[1]
    if family == ERF:
        return (4.0 / math.pi) / math.sqrt(1.0 + 4.0 * q)
    if family == GELU:
        side = math.sqrt(1.0 + 2.0 * q)
        angle = math.atan2(q, side)
        inner = 1.0 / (side * side) + (1.0 - q) / (1.0 + q) + 1.0
        return 0.25 + (0.5 * angle + 0.5 * q / side * inner) / math.pi
    if family == SIN:
        return 0.5 * (1.0 + math.exp(-2.0 * q))
    if family == EXP:
        return math.exp(2.0 * q)
    x = a * q
    return 1.0 + x * (6.0 + 27.0 * x)


@compiled
def layer_growth(family: int, a: float, b: float, q: float) -> float:
    """dV/dq for 0 ≤ q ≤ LARGEST; not defined here for TANH (nan): differentiate E σσ' Z."""
    if family == PIECEWISE:
        return 0.5 * (a * a + b * b)
    if family == ERF:
        return (4.0 / math.pi) / ((1.0 + 2.0 * q) * math.sqrt(1.0 + 4.0 * q))
    if family == GELU:
        side = math.sqrt(1.0 + 2.0 * q)
        tail = q / (side * (1.0 + q)) * (0.5 + 1.0 / (1.0 + q) + (1.0 + q) / (side * side))
        return 0.25 + (0.5 * math.atan2(q, side) + tail) / math.pi
    if family == SIN:
        return math.exp(-2.0 * q)
    if family == EXP:
        return 2.0 * math.exp(2.0 * q)
    if family == CUBIC:
        x = a * q
        return 1.0 + x * (12.0 + 45.0 * x)
    return math.nan


@compiled
def piecewise_gap(a: float, b: float, gap: float) -> float:
    """Gap after a piecewise linear layer; independent of the variance.

    e' = e − c (sin θ − θ cos θ), c = (a − b)²/(π(a² + b²)). Beyond a right angle the gap 2 − e
    of the opposite input is used: sin θ − θ cos θ = π(1 − 2t) + turn(t), t = 1 − e/2.
    """
    size = a * a + b * b
    kink = (a - b) * (a - b) / (math.pi * size)
    if gap <= 1.0:
        return gap - kink * turn(0.5 * gap)
    t = 1.0 - 0.5 * gap
    return ((a + b) * (a + b) - 4.0 * a * b * t) / size - kink * turn(t)


@compiled
def gelu_gap(q: float, gap: float) -> float:
    """Gap after a GELU layer.

    With c = q(1 − e), d = √((1+q)² − c²) and κ = (1−q)/(1+q) the kernel is
    V = c/4 + [c arcsin(c/(1+q)) + 1/d − κ d]/(2π). V(0) − V(e) is written with
    w = q² − c² = q² e(2 − e) and r = (τ − sin τ), τ the difference of the two arcsines.
    """
    if q < 1e-20:
        return gap
    outer = 1.0 + q
    c = q * (1.0 - gap)
    w = q * q * gap * (2.0 - gap)
    side = math.sqrt(1.0 + 2.0 * q)
    other = math.sqrt(1.0 + 2.0 * q + w)
    angle = math.atan2(q, side)
    value = 0.25 * q + (0.5 * q * angle + q * (q / outer) / side) / math.pi
    difference = arc_difference(q / outer, side / outer, gap)
    mixed = q * other + abs(c) * side
    # [1/side − κ side] − [1/other − κ other], divided by w
    rest = 1.0 / (side * other * (side + other)) + (1.0 - q) / (outer * (side + other))
    if gap > 1.0:
        drop = q * gap * (0.25 + 0.5 * angle / math.pi) + 0.5 * c * difference / math.pi
        return (drop + 0.5 * w * rest / math.pi) / value
    sine = w / mixed
    if difference < 0.1:
        s = difference * difference
        excess = (
            difference * s * (1.0 / 6.0 - s * (1.0 / 120.0 - s * (1.0 / 5040.0 - s / 362880.0)))
        )
    else:
        excess = difference - sine
    # c/mixed + (1 − q)/(outer(side + other)), over a common denominator
    numerator = other * (c + q) + 2.0 * c * side - q * other * (q * gap)
    common = numerator / (mixed * outer * (side + other))
    common += 1.0 / (side * other * (side + other))
    drop = q * gap * (0.25 + 0.5 * angle / math.pi) + 0.5 * (w * common + c * excess) / math.pi
    return drop / value


@compiled
def layer_gap_acute(family: int, a: float, q: float, gap: float) -> float:
    """The odd families TANH, ERF, SIN and CUBIC at 0 ≤ gap ≤ 1; the rest follows by oddness."""
    if family == TANH:
        return tanh_gap(q / (a * a), gap)
    if family == CUBIC:
        x = max(-1e60, min(1e60, a * q))
        bent = 9.0 + 6.0 * (3.0 - gap * (3.0 - gap))
        return gap * (1.0 + x * (6.0 + bent * x)) / (1.0 + x * (6.0 + 15.0 * x))
    if q < 1e-20:
        return gap
    if family == ERF:
        wide = 1.0 + 2.0 * q
        sine, cosine = 2.0 * q / wide, math.sqrt(1.0 + 4.0 * q) / wide
        return arc_difference(sine, cosine, gap) / math.atan2(sine, cosine)
    opposite = 1.0 + math.exp(-q * (2.0 - gap))
    return math.expm1(-q * gap) * opposite / math.expm1(-2.0 * q)


@compiled
def layer_gap(family: int, a: float, b: float, q: float, gap: float) -> float:
    """Gap of the output correlation, V(q, q, q(1−e)) = V(q)(1 − e'), at q ≥ 0, 0 ≤ e ≤ 2."""
    if family == PIECEWISE:
        return piecewise_gap(a, b, gap)
    if gap == 0.0:
        return 0.0
    if family == EXP:
        return -math.expm1(-q * gap)
    q = min(q, LARGEST)
    if gap > 1.0 and family != GELU:
        # σ odd: opposite inputs stay exactly opposite, however unstable that is
        return 2.0 - layer_gap_acute(family, a, q, 2.0 - gap)
    if family != GELU:
        return layer_gap_acute(family, a, q, gap)
    return gelu_gap(q, gap)


@compiled
def log_layer_variance(family: int, a: float, b: float, log_q: float) -> float:
    """log V for q < SMALLEST or q > LARGEST, from log q: the leading power; inf above range."""
    small = log_q < 0.0
    if family == PIECEWISE:
        return log_q + math.log(0.5 * (a * a + b * b))
    if family == TANH:
        scaled = log_q - 2.0 * math.log(a)
        return log_q if scaled < 0.0 else 2.0 * math.log(a)
    if family == ERF:
        return log_q + math.log(4.0 / math.pi) if small else 0.0
    if family == GELU:
        return log_q + math.log(0.25 if small else 0.5)
    if family == SIN:
        return log_q if small else -math.log(2.0)
    if family == EXP:
        return 2.0 * math.exp(log_q)
    if a == 0.0:
        return log_q
    log_x = log_q + math.log(abs(a))
    if log_x > 100.0:
        return log_q + math.log(15.0) + 2.0 * log_x
    x = math.copysign(math.exp(log_x), a)
    return log_q + math.log(1.0 + x * (6.0 + 15.0 * x))


@compiled
def next_variance(
    family: int, a: float, b: float, weight: float, bias: float, log_q: float, q: float
) -> tuple[float, float, float]:
    """(log K', K', C_W V/K') of K' = C_b + C_W V(K), from log K and K (0 or inf out of range)."""
    if SMALLEST < q < LARGEST:
        weighted = weight * layer_variance(family, a, b, q)
        total = weighted + bias
        if 0.0 < total < 1e300:
            return math.log(total), total, weighted / total
    log_weighted = math.log(weight) + log_layer_variance(family, a, b, log_q)
    if log_weighted == math.inf:
        return math.inf, math.inf, 1.0
    if bias == 0.0:
        return log_weighted, math.exp(log_weighted), 1.0
    log_bias = math.log(bias)
    top = max(log_weighted, log_bias)
    sum_of_both = math.exp(log_weighted - top) + math.exp(log_bias - top)
    log_total = top + math.log(sum_of_both)
    return log_total, math.exp(log_total), math.exp(log_weighted - log_total)
