"""The free-probability side of section 3.2: fixed depth, infinite width.

Let A_1, …, A_F be independent N × N matrices with entries of mean 0 and variance 1/N. As
N → ∞ the squared singular values of A_F … A_1 follow the Fuss–Catalan law of order F,
whatever the law of the entries. A network with L hidden layers has F = L + 1 factors.

With B(x) the moment series Σ_k m_k x^{−k}, the moments satisfy B = 1 + B^{F+1}/x. On the
support B = e^{iφ} sin((F+1)φ)/sin(Fφ) solves it, 0 < φ < π/(F+1), which gives

    x(φ) = sin^{F+1}((F+1)φ) / (sin φ sin^F(Fφ)),    x ρ(x) = sin φ sin((F+1)φ) / (π sin(Fφ))

from ρ = −Im(B/x̄)/π (Penson and Życzkowski 2011; Haagerup and Möller 2013).
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int

Array = NDArray[np.float64]

_BISECTIONS = 60


def fuss_catalan_moment(factors: int, order: int) -> float:
    """k-th moment C((F+1)k, k)/(Fk+1) of the squared singular values, F factors, k = order.

    F = 1 gives the Catalan numbers 1, 2, 5, …. Computed in integers. ValueError for
    factors < 1, order < 0, and moments above 1e308.
    """
    factors = as_positive_int(factors, "factors")
    if order == 0 and not isinstance(order, bool):
        return 1.0
    order = as_positive_int(order, "order")
    if order * math.log(fuss_catalan_edge(factors)) > 800:
        raise ValueError(f"order is too large for float64 at {factors} factors, got {order}")
    try:
        return float(math.comb((factors + 1) * order, order) // (factors * order + 1))
    except OverflowError:
        message = f"order is too large for float64 at {factors} factors, got {order}"
        raise ValueError(message) from None


def fuss_catalan_edge(factors: int) -> float:
    """Largest squared singular value in the limit, (F+1)^{F+1}/F^F; about e·(F + ½)."""
    factors = as_positive_int(factors, "factors")
    return float((factors + 1) * (1 + 1 / factors) ** factors)


def fuss_catalan_density(factors: int, points: ArrayLike) -> Array:
    """Density of the squared singular values at the points (n,), shape (n,).

    0 outside the open support (0, edge); towards 0 it grows like x^{−F/(F+1)}. Relative
    error 1e-12 except within rounding of the edge. Cost: 60 bisections for the angle,
    about 4 µs per point.
    """
    factors = as_positive_int(factors, "factors")
    x = np.asarray(points, dtype=np.float64)
    if x.ndim != 1 or not np.all(np.isfinite(x)):
        raise ValueError("points must be a one-dimensional array of finite numbers")
    # Below the smallest normal number the density would overflow.
    inside = (x >= np.finfo(np.float64).tiny) & (x < fuss_catalan_edge(factors))
    density = np.zeros_like(x)
    gap = _gap_at(factors, np.log(x[inside]))
    density[inside] = _density_of_log(factors, gap) / x[inside]
    return density


def fuss_catalan_curve(factors: int, count: int) -> tuple[Array, Array]:
    """(log x, density of log x), both (count,), increasing in x: the law as a curve to draw.

    Starts where less than 1e-4 of the mass is still to the left and ends at the edge with
    density 0; the points crowd where the curve bends. count ≥ 2. Cost: a few sines per
    point, no root finding.
    """
    factors = as_positive_int(factors, "factors")
    count = as_positive_int(count, "count")
    if count < 2:
        raise ValueError(f"count must be at least 2, got {count}")
    logit = np.linspace(-9.5 - math.log(factors + 1), 6.5, count - 1)
    gap = np.pi / (factors + 1) / (1 + np.exp(-logit))
    log_x = np.append(_log_point(factors, gap), math.log(fuss_catalan_edge(factors)))
    return log_x, np.append(_density_of_log(factors, gap), 0.0)


def _sines(factors: int, gap: Array) -> tuple[Array, Array, Array]:
    """sin φ, sin(Fφ), sin((F+1)φ) at φ = π/(F+1) − gap, with all digits for a small gap."""
    corner = np.pi / (factors + 1)
    return np.sin(corner - gap), np.sin(corner + factors * gap), np.sin((factors + 1) * gap)


def _log_point(factors: int, gap: Array) -> Array:
    one, most, every = _sines(factors, gap)
    return np.asarray(
        (factors + 1) * np.log(every) - np.log(one) - factors * np.log(most), dtype=np.float64
    )


def _density_of_log(factors: int, gap: Array) -> Array:
    """x ρ(x), the density of log x."""
    one, most, every = _sines(factors, gap)
    return np.asarray(one * every / (np.pi * most), dtype=np.float64)


def _gap_at(factors: int, log_x: Array) -> Array:
    """The gap whose point is e^{log_x}: bisection in its logarithm, since x ~ gap^{F+1}."""
    corner = np.pi / (factors + 1)
    high = np.full_like(log_x, np.log(corner))
    # Near 0 the point is ((F+1) gap / sin(corner))^{F+1}; elsewhere the gap is larger.
    low = log_x / (factors + 1) + np.log(np.sin(corner) / (factors + 1)) - 1
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        below = _log_point(factors, np.exp(middle)) < log_x
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(np.exp(0.5 * (low + high)), dtype=np.float64)
