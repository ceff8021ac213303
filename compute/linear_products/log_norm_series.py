"""The law of S = Σ ½ log(χ²_N/N) as a Fourier series, for (3.2.3): `log_norm` asks it.

The characteristic function E e^{itS} = Π Γ((N+it)/2)/Γ(N/2) (N/2)^{−it/2} is known, so the
density on a window with all but 1e-15 of the mass is a series of some 20 to 300 terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.arguments import as_positive_int, as_widths

Array = NDArray[np.float64]

# Mass of S outside the Fourier window, and size of the first neglected coefficient: e^-34.5.
_NEGLIGIBLE_LOG = 34.5
# Widths above this multiple of the highest frequency use their cumulant series, whose
# terms then fall by at least this factor each.
_SERIES_RATIO = 4.0
_SERIES_ORDER = 26


def distinct_widths(widths: Sequence[int]) -> tuple[Array, Array]:
    """Distinct widths in increasing order and how often each occurs, both as float64."""
    values, counts = np.unique(as_widths(widths), return_counts=True)
    return values.astype(np.float64), counts.astype(np.float64)


def log_norm_cumulants(widths: Sequence[int], order: int) -> Array:
    """Exact cumulants κ_1, …, κ_order of S, shape (order,).

    κ_k = 2^{-k} Σ ψ^{(k−1)}(N/2) for k ≥ 2, the k-th derivative at 0 of log E e^{tS}.
    Cost: `order` polygammas per distinct width.
    """
    order = as_positive_int(order, "order")
    values, counts = distinct_widths(widths)
    half = values / 2
    first = 0.5 * counts @ (scipy.special.digamma(half) - np.log(half))
    higher = [counts @ scipy.special.polygamma(k - 1, half) / 2.0**k for k in range(2, order + 1)]
    return np.array([first, *higher], dtype=np.float64)


@dataclass(frozen=True)
class Series:
    """Fourier series of the density of S − mean on the window [low, low + period].

    coefficients[k−1] is the characteristic function at frequency 2πk/period, k = 1, 2, …
    """

    mean: float
    low: float
    period: float
    coefficients: NDArray[np.complex128]

    @classmethod
    def of(cls, widths: Sequence[int]) -> "Series":
        return series_of(tuple(np.sort(as_widths(widths)).tolist()))

    def density(self, points: Array) -> Array:
        x = points - self.mean
        values = (1 + 2 * self._sum(self.coefficients, x)) / self.period
        return np.where(self._inside(x), values, 0.0)

    def cdf(self, points: Array) -> Array:
        x = points - self.mean
        orders = np.arange(1, len(self.coefficients) + 1)
        integrated = self.coefficients / (-2j * np.pi * orders)
        start = self._sum(integrated, np.array([self.low]))
        values = (x - self.low) / self.period + 2 * (self._sum(integrated, x) - start)
        return np.where(self._inside(x), np.clip(values, 0, 1), (x > self.low).astype(float))

    def quantiles(self, levels: Array) -> Array:
        grid = self.mean + np.linspace(self.low, self.low + self.period, 301)
        # Rounding makes the flat ends of the series wiggle by 1e-15.
        ladder = np.maximum.accumulate(self.cdf(grid))
        cell = np.clip(np.searchsorted(ladder, levels) - 1, 0, len(grid) - 2)
        low, high = grid[cell], grid[cell + 1]
        points = 0.5 * (low + high)
        for _ in range(8):
            excess = self.cdf(points) - levels
            low, high = np.where(excess < 0, points, low), np.where(excess > 0, points, high)
            moved = points - excess / np.maximum(self.density(points), 1e-12 / self.period)
            points = np.where((moved >= low) & (moved <= high), moved, 0.5 * (low + high))
        return np.asarray(points)

    def _inside(self, x: Array) -> NDArray[np.bool_]:
        return (x >= self.low) & (x <= self.low + self.period)

    def _sum(self, coefficients: NDArray[np.complex128], x: Array) -> Array:
        """Re Σ c_k e^{−2πikx/period} by Horner's rule: no trigonometry per term."""
        turn = np.exp(-2j * np.pi / self.period * x)
        total = np.zeros_like(turn)
        for coefficient in coefficients[::-1]:
            total += coefficient
            total *= turn
        return np.ascontiguousarray(total.real)


@lru_cache(maxsize=256)
def series_of(widths: tuple[int, ...]) -> Series:
    """The series for widths in increasing order; density, window and median ask for the same."""
    values, counts = distinct_widths(widths)
    mean, variance = log_norm_cumulants(widths, 2).tolist()
    low, high = _negligible_tails(values, counts, variance)
    step = 2 * np.pi / (high - low)
    terms = int(np.ceil(_cutoff(values, counts, variance) / step))
    frequencies = np.arange(1, terms + 1, dtype=np.float64) * step
    coefficients = np.exp(_log_characteristic(values, counts, frequencies))
    coefficients.setflags(write=False)
    return Series(mean, low, high - low, coefficients)


def _log_characteristic(values: Array, counts: Array, t: Array) -> NDArray[np.complex128]:
    """log E e^{it(S − E S)} at increasing frequencies t > 0, shape (n,)."""
    direct = values < _SERIES_RATIO * t[-1]
    half, weight = values[direct] / 2, counts[direct]
    arguments = half[:, None] + 0.5j * t
    # Taking off the mean here cancels the factors (N/2)^{−it/2} exactly.
    near = weight @ (scipy.special.loggamma(arguments) - scipy.special.gammaln(half)[:, None])
    near = near - 0.5j * t * (weight @ scipy.special.digamma(half))
    half, weight = values[~direct] / 2, counts[~direct]
    orders = np.arange(2, _SERIES_ORDER + 1)
    # κ_k (it)^k / k! = ζ(k, N/2) (−it/2)^k / k, summed over the layers first.
    cumulants = scipy.special.zeta(orders[:, None], half) @ weight / orders
    far = np.polynomial.polynomial.polyval(-0.5j * t, np.concatenate([[0, 0], cumulants]))
    return np.asarray(near + far, dtype=np.complex128)


def _cutoff(values: Array, counts: Array, variance: float) -> float:
    """A frequency beyond which the characteristic function is below e^-34.5.

    Its modulus decreases, and never faster than that of the normal law: start there.
    """
    t = np.sqrt(2 * _NEGLIGIBLE_LOG / variance)
    while _log_characteristic(values, counts, np.array([t]))[0].real > -_NEGLIGIBLE_LOG:
        t *= 1.15
    return float(t)


def _negligible_tails(values: Array, counts: Array, variance: float) -> tuple[float, float]:
    """(low, high) with P(S − mean < low) and P(S − mean > high) below e^-34.5.

    Chernoff's bound P(S − mean > s) ≤ E e^{θ(S − mean) − θs} holds for every θ, so the best
    of a few θ around the normal law's will do. To the left θ stays below the smallest
    width, where E e^{−θS} has its pole.
    """
    ladder = np.sqrt(2 * _NEGLIGIBLE_LOG / variance) * 2.0 ** np.arange(-4, 4.5, 0.5)
    smallest = values[0]

    def reach(tilts: Array) -> float:
        half = values / 2
        each = scipy.special.gammaln(half + 0.5 * tilts[:, None]) - scipy.special.gammaln(half)
        log_mean = (each - 0.5 * tilts[:, None] * scipy.special.digamma(half)) @ counts
        return float(np.min((log_mean + _NEGLIGIBLE_LOG) / np.abs(tilts)))

    return -reach(-smallest * ladder / (smallest + ladder)), reach(ladder)
