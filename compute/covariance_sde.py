"""Depth and width together: the covariance of two inputs when L = tN and both grow.

The infinitely wide network moves its covariance along a curve; with L/N = t fixed it diffuses. In
y = artanh ρ and in logarithms of variances and angles the noise is constant, so that their laws are
those of dy = b(y) dt + a dB, found here by the forward equation (a volume scheme that keeps
probability, L-stable in time). Shaped ReLU: Li, Nica and Roy, arXiv 2206.02768; unshaped ReLU:
Li and Nica, arXiv 2310.12079; the explosion: Dufresne's law of ∫ e^(√2 B_s − s) ds. Deep linear
networks are the shaped ReLU without a kink.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.forward_equation import Law, as_times, law_of
from compute.two_inputs import EXPLODED

Array = NDArray[np.float64]

# Repelled from, or carried over, an end where the drift is so many times the noise.
_WALL, _CLIFF = 40.0, 400.0


# ---- shaped ReLU, and linear networks as the one without a kink -------------------------------


def correlation_drift(correlation: ArrayLike, kink: float) -> Array:
    """ν(ρ) − ½ρ(1 − ρ²), the drift of ρ: shape of `correlation`, every |ρ| ≤ 1.

    ν = (κ²/2π)(√(1−ρ²) − ρ arccos ρ), κ = c₊ − c₋ for slopes 1 + c±/√N, dt = one N-th of a layer;
    the noise is (1 − ρ²) dB. ValueError for |ρ| > 1 or numbers that are not finite.
    """
    rho, kappa = np.asarray(correlation, dtype=np.float64), _finite(kink, "kink")
    if not np.all(np.abs(rho) <= 1):
        raise ValueError(f"correlation must be in [-1, 1], got {correlation!r}")
    apart = np.sqrt((1 - rho) * (1 + rho))
    nu = kappa**2 / (2 * math.pi) * (apart - rho * np.arctan2(apart, rho))
    return np.asarray(nu - 0.5 * rho * apart**2)


def correlation_pull(y: Array, kink: float) -> Array:
    """ν/(1 − ρ²) at y = artanh ρ, of any shape: all digits kept at either end."""
    y = np.clip(y, -300.0, 300.0)
    apart = 1 / np.cosh(y)
    # arccos(tanh y), where neither end rounds it to 0
    angle = 2 * np.arctan(np.exp(-y))
    series = angle**3 / 3 * (1 - angle**2 / 10)
    exact = apart - np.tanh(y) * angle
    return np.asarray(kink**2 / (2 * math.pi) * np.where(angle < 1e-2, series, exact) / apart**2)


def correlation_law(correlation0: float, kink: float, times: ArrayLike) -> Law:
    """The law of y = artanh ρ_t from ρ_0 at times t = L/N > 0, (k,).

    dy = [½ tanh y + ν/(1 − ρ²)] dt + dB. Error of distribution functions below 1e-4, and 3e-3 at
    the ends |ρ_0| = 0.99 with κ = 6; cost 3 to 6 ms. ValueError unless |ρ_0| < 1, κ
    and t are finite and t > 0.
    """
    rho, kappa = _inside(correlation0), abs(_finite(kink, "kink"))
    at, start = as_times(times), math.atanh(rho)
    wall = -0.5 * math.log(8 * _WALL / kappa**2) if kappa > 1e-6 else -math.inf

    def pull(y: Array) -> Array:
        return correlation_pull(y, kappa)

    return law_of(
        lambda y: 0.5 * np.tanh(y) + pull(y),
        start,
        at,
        wall=wall,
        upper=lambda y: 0.5 + pull(y),
        least=-0.5,
    )


def correlation_moments(correlation0: float, kink: float, times: ArrayLike) -> Array:
    """Mean and variance of ρ_t at each time t ≥ 0: (k, 2), in the order of `times`.

    By the law of artanh ρ_t. Error, arguments and cost as for `correlation_law`.
    """
    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if wanted.ndim != 1 or not np.all(np.isfinite(wanted) & (wanted >= 0)):
        raise ValueError(f"times must be numbers >= 0, got {times!r}")
    found = np.tile([_inside(correlation0), 0.0], (wanted.size, 1))
    later = np.unique(wanted[wanted > 0])
    if later.size:
        law = correlation_law(correlation0, kink, later)
        rho = np.tanh(law.points)
        mean = law.mean(rho)
        both = np.column_stack([mean, law.mean(rho**2) - mean**2])
        found[wanted > 0] = both[np.searchsorted(later, wanted[wanted > 0])]
    return found


def correlation_cdf(points: ArrayLike, correlation0: float, kink: float, time: float) -> Array:
    """P(ρ_t ≤ point), shape of `points` (any numbers); arguments as for `correlation_law`."""
    rho = np.asarray(points, dtype=np.float64)
    if np.isnan(rho).any():
        raise ValueError(f"points must be numbers, got {points!r}")
    with np.errstate(divide="ignore"):
        inside = np.arctanh(np.clip(rho, -1.0, 1.0))
    found = correlation_law(correlation0, kink, [time]).cdf(np.clip(inside, -1e300, 1e300))[0]
    return np.asarray(np.where(rho < -1, 0.0, np.where(rho >= 1, 1.0, found)))


def alignment_probability(correlation0: ArrayLike) -> Array:
    """P(ρ → +1) = 1 − arccos(ρ_0)/π in deep linear networks: shape of `correlation0`, |ρ_0| ≤ 1.

    arcsin ρ is their scale function: E arcsin ρ = arcsin ρ_0 in every layer, at every width.
    """
    rho = np.asarray(correlation0, dtype=np.float64)
    if not np.all(np.abs(rho) <= 1):
        raise ValueError(f"correlation0 must be in [-1, 1], got {correlation0!r}")
    return np.asarray(1 - np.arccos(rho) / math.pi)


# ---- smooth shaped networks -------------------------------------------------------------------


def explosion_probability(variance0: float, strength: float, *, normalised: bool = False) -> float:
    """P(the variance ever explodes), dV = gV² dt + √2 V dB from V_0: 1 − e^(−gV_0); 0 for g ≤ 0.

    s σ(x/s) with s² = a²N has g = (¾σ''(0)² + σ'''(0))/a². With E σ² normalised to 1 the drift is
    g(V² − V), and the probability P(Gamma(1 + g) ≤ gV_0). ValueError unless V_0 > 0, g finite.
    """
    v, g = _positive(variance0, "variance0"), _finite(strength, "strength")
    if g <= 0:
        return 0.0
    return float(scipy.special.gammainc(1 + g, g * v)) if normalised else -math.expm1(-g * v)


def log_inverse_variance_law(variance0: float, strength: float, times: ArrayLike) -> Law:
    """The law of −log V_t, dV = gV² dt + √2 V dB; `lost` is P(exploded by t). Cost 3 to 6 ms.

    Where 1/V is linear: d(−log V) = (1 − gV) dt + √2 dB. ValueError as for
    `explosion_probability`, and unless t > 0.
    """
    v, g = _positive(variance0, "variance0"), _finite(strength, "strength")
    start, at, flux = -math.log(v), as_times(times), g

    def drift(w: Array) -> Array:
        return 1 - flux * np.exp(-np.clip(w, -600, 600))

    if g > 0:
        exit_at = min(math.log(g / _CLIFF), start - 3.0)
        return law_of(drift, start, at, noise=2.0, wall=exit_at, way_out=True, upper=np.ones_like)
    wall = math.log(max(-g, 1e-300) / _WALL)
    return law_of(drift, start, at, noise=2.0, wall=wall)


def explosion_share(variance0: float, strength: float, times: ArrayLike, width: int) -> Array:
    """P(exploded by t) of cubic networks t + g t³/(6N), g > 0, of this width at times t, (k,).

    The diffusion with the next order of one layer: log V grows by log E σ²/V less half the variance
    of the mean of σ², which is its noise; a layer is a step, not a flow, so its growth f counts as
    f log(1 + f′)/f′. It tends to `log_inverse_variance_law(…).lost` and is late by O(log N/N); its
    own error was below 30/N² against networks at g V_0 = 1, N = 25…100. Cost 6 ms.
    """
    v, g, at = _positive(variance0, "variance0"), _positive(strength, "strength"), as_times(times)
    if width < 1:
        raise ValueError(f"width must be >= 1, got {width!r}")
    w = np.linspace(-math.log(EXPLODED), 60.0, 3001)
    x = g / (6 * width) * np.exp(-w)
    second, third = 1 + x * (6 + 15 * x), x * (6 + 30 * x)
    fourth = 3 + x * (60 + x * (630 + x * (3780 + 10395 * x)))
    spread, slope = fourth / second**2 - 1, third / second
    growth = width * np.log(second) * np.where(slope > 1e-9, np.log1p(slope) / slope, 1.0)
    # in y, dy = √(2/spread) dw, the noise is constant
    noise = np.sqrt(spread)
    y = np.insert(np.cumsum(np.diff(w) * (0.5**0.5) * (1 / noise[1:] + 1 / noise[:-1])), 0, 0.0)
    pull = 2**0.5 * ((0.5 * spread - growth) / noise - 0.5 * np.gradient(noise, w))
    start = max(float(np.interp(-math.log(v), w, y)), 1e-6)
    return law_of(
        lambda q: np.interp(q, y, pull),
        start,
        at,
        noise=2.0,
        wall=0.0,
        way_out=True,
        upper=np.ones_like,
    ).lost


# ---- unshaped ReLU ----------------------------------------------------------------------------


def inverse_angle_moments(time: float) -> tuple[float, float]:
    """E X_t and E X_t², X_t = ∫_0^t e^(v − √2 W_v) dv, the limit of 3π/(Nθ) in layer tN: t ≥ 0.

    (e^(2t) − 1)/2 and e^(6t)/12 − e^(2t)/4 + 1/6. OverflowError from t = 118 on.
    """
    t = _finite(time, "time")
    if t < 0:
        raise ValueError(f"time must be >= 0, got {time!r}")
    second = (math.expm1(6 * t) - 3 * math.expm1(2 * t)) / 12
    return 0.5 * math.expm1(2 * t), second


def log_inverse_angle_law(
    times: ArrayLike, *, width: int | None = None, angle0: float | None = None
) -> Law:
    """The law of log X_t at times t > 0, (k,): dX = (1 + 2X) dt − √2 X dW from 0.

    With `width` N and the angle θ_0 of the inputs, both or none: from 3π/(Nθ_0) and with the next
    order of one layer, dX = (1 + 2X + 3/(2NX)) dt − √2 X dW. X = 3π/(Nθ). Cost 3 to 6 ms.
    """
    at = as_times(times)
    if (width is None) != (angle0 is None):
        raise ValueError("width and angle0 go together")
    if width is None or angle0 is None:
        early = float(at[0]) / 200
        return law_of(
            lambda w: 1 + np.exp(-np.clip(w, -600, 600)),
            math.log(0.5 * math.expm1(2 * early)),
            at,
            noise=2.0,
            wall=math.log(early) - 1.0,
            begin=early,
        )
    if width < 1 or not 0 < angle0 <= math.pi:
        raise ValueError(f"width must be >= 1 and angle0 in (0, π], got {width!r}, {angle0!r}")

    def drift(w: Array) -> Array:
        inverse = np.exp(-np.clip(w, -300, 300))
        return 1 + inverse + 1.5 / width * inverse**2

    start = math.log(3 * math.pi / (width * angle0))
    return law_of(drift, start, at, noise=2.0, wall=min(start - 0.5, -math.log(_WALL)))


def relu_correlation_law(times: ArrayLike, width: int, angle0: float) -> Law:
    """The law of y = artanh cos θ = −log tan(θ/2), θ = 3π/(NX), on points even in y.

    X is that of `log_inverse_angle_law` with the next order. Where the equation puts θ beyond π, y
    is at the lower end.
    """
    law = log_inverse_angle_law(times, width=width, angle0=angle0)
    half = 0.5 * (law.points[1] - law.points[0])
    # to the last digit: an inverse angle of e^w has y next to w + log(2N/3π)
    shift = math.log(2 * width / (3 * math.pi))
    low = min(-2.5, math.atanh(math.cos(angle0)) - 1)
    points = np.linspace(low, max(float(law.points[-1]) + shift, low + 1), law.points.size)
    step = points[1] - points[0]
    faces = np.append(points - step / 2, points[-1] + step / 2)
    # θ of a face, then log X there
    at = np.log(3 * math.pi / (2 * width)) - np.log(np.arctan(np.exp(-faces)))
    below = law.cdf(np.clip(at, law.points[0] - half, law.points[-1] + half))
    below[:, 0], below[:, -1] = 0.0, 1.0
    return Law(law.times, points, np.maximum(np.diff(below, axis=1), 0) / step, law.lost)


def _inside(correlation0: float) -> float:
    rho = float(correlation0)
    if not -1 < rho < 1:
        raise ValueError(f"correlation0 must be in (-1, 1), got {correlation0!r}")
    return rho


def _finite(value: float, name: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return number


def _positive(value: float, name: str) -> float:
    number = _finite(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be > 0, got {value!r}")
    return number
