"""The law of log X by tilted inversion of its moments: densities and tails to relative 1e-9.

With M(s) = E[X^s; X > 0] the density of Y = log X is, for every tilt θ inside the strip,

    f(y) = M(θ) e^{−θy} (2π)^{−1} ∫ e^{−iuy} M(θ+iu)/M(θ) du,

and P(Y > y), P(Y < y) are the same integrals of M(s)/s on θ > 0 and of −M(s)/s on θ < 0. The
trapezoid rule makes the tilted law periodic; the period holds all but e^{−43} of it, by Chernoff's
bounds. Near the saddle (log M)'(θ) = y nothing cancels: each point takes a tilt that is at most
e^6 away from it, and points share tilts, so that eight or so serve a whole axis.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_widths
from compute.compiled import compiled
from compute.output_law.mellin import fewest_on, log_moments, moment_ratios

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Measure = Literal["density", "above", "below"]

# What is left out of an integral, and how far from its saddle a point may be integrated, as logs.
NEGLIGIBLE: Final = 36.0
_FROM_SADDLE = 6.0
# Below the smallest float.
_NOTHING = -745.0
_SMALLEST_TILT, _LARGEST_TILT, _TILT_RATIO = 1e-2, 3e3, 1.06
_COMB = np.linspace(-40.0, 40.0, 41)
_FREQUENCIES = np.geomspace(1e-2, 1e7, 260)


class Moments(Protocol):
    """A law of X ≥ 0 by its moments M(s) = E[X^s; X > 0], finite for Re s > edge."""

    @property
    def edge(self) -> float: ...

    def log_moments(self, tilts: Array) -> Array: ...

    def ratios(self, tilt: float, frequencies: Array) -> Complex: ...


@dataclass(frozen=True)
class ChiProduct:
    """X = Π √(χ²_n/n) over `plain` degrees n · Π √(2χ²_B/N) over `gated` widths N, B ~ Bin(N, ½).

    Make one with :func:`chi_product`, which keeps the latest. All logarithms are of X.
    """

    plain: tuple[int, ...]
    gated: tuple[int, ...]

    @property
    def edge(self) -> float:
        """Minus the fewest degrees of any factor that `mellin` does not leave out."""
        return -float(min([*self.plain, *(fewest_on(float(n)) for n in self.gated)]))

    @cached_property
    def alive(self) -> float:
        """P(X > 0) = Π(1 − 2^{−N}) over the gated widths."""
        return float(np.exp(np.sum(np.log1p(-(2.0 ** -np.array(self.gated, float))))))

    @cached_property
    def _factors(self) -> tuple[Array, Array, Array, Array]:
        return *_distinct(self.plain), *_distinct(self.gated)

    def log_moments(self, tilts: Array) -> Array:
        return log_moments(*self._factors, tilts)

    def ratios(self, tilt: float, frequencies: Array) -> Complex:
        return moment_ratios(*self._factors, tilt, frequencies)

    @cached_property
    def _density(self) -> Inversion:
        return Inversion.of(self, "density")

    @cached_property
    def _above(self) -> Inversion:
        return Inversion.of(self, "above")

    @cached_property
    def _below(self) -> Inversion:
        return Inversion.of(self, "below")

    def window(self, left_out: float = NEGLIGIBLE) -> tuple[float, float]:
        """log X, X > 0, lies outside either end with a chance of at most e^{−left_out}."""
        return self._density.window(0.0, left_out)

    def density(self, points: ArrayLike) -> Array:
        """Density of log X, X > 0, at the points (n,), shape (n,); its mass is `alive`."""
        return self._density.at(np.asarray(points, np.float64))

    def above(self, points: ArrayLike) -> Array:
        """P(log X > y) at the points (n,), shape (n,)."""
        y = np.asarray(points, np.float64)
        middle = self._above.middle
        result = np.empty(y.shape)
        result[y >= middle] = self._above.at(y[y >= middle])
        result[y < middle] = self.alive - self._below.at(y[y < middle])
        return result

    def below(self, points: ArrayLike) -> Array:
        """P(log X < y, X > 0) at the points (n,), shape (n,)."""
        y = np.asarray(points, np.float64)
        middle = self._above.middle
        result = np.empty(y.shape)
        result[y < middle] = self._below.at(y[y < middle])
        result[y >= middle] = self.alive - self._above.at(y[y >= middle])
        return result

    def quantiles(self, levels: ArrayLike) -> Array:
        """log of the quantiles of X, (n,) for levels (n,) in (0, 1); −inf inside the atom at 0.

        Newton's method in a bracket, from a table of the distribution function.
        """
        wanted = np.asarray(levels, np.float64)
        if wanted.ndim != 1 or not np.all((wanted > 0) & (wanted < 1)):
            raise ValueError("levels must be a one-dimensional array of numbers in (0, 1)")
        grid = np.linspace(*self.window(), 401)
        # the distance to the level, from whichever end is nearer: both tails keep their digits
        ladder = np.maximum.accumulate(1 - self.above(grid))
        cell = np.clip(np.searchsorted(ladder, wanted) - 1, 0, len(grid) - 2)
        low, high = grid[cell], grid[cell + 1]
        points = 0.5 * (low + high)
        for _ in range(12):
            excess = (1 - wanted) - self.above(points)
            low, high = np.where(excess < 0, points, low), np.where(excess > 0, points, high)
            moved = points - excess / np.maximum(self.density(points), 1e-300)
            points = np.where((moved >= low) & (moved <= high), moved, 0.5 * (low + high))
        return np.where(wanted <= 1 - self.alive, -np.inf, points)


@lru_cache(maxsize=256)
def _kept(plain: tuple[int, ...], gated: tuple[int, ...]) -> ChiProduct:
    return ChiProduct(plain, gated)


def chi_product(plain: Sequence[int], gated: Sequence[int] = ()) -> ChiProduct:
    """The product with these degrees and widths, in any order. ValueError where there is none.

    What it costs: a table of 300 real moments once, then some 300 complex moments for each tilt.
    """
    if len(plain) + len(gated) == 0:
        raise ValueError("plain and gated must not both be empty")
    ordered = [tuple(np.sort(as_widths(w)).tolist()) if len(w) else () for w in (plain, gated)]
    return _kept(*ordered)


def _distinct(values: tuple[int, ...]) -> tuple[Array, Array]:
    counts = Counter(values)
    return np.array(list(counts), np.float64), np.array(list(counts.values()), np.float64)


@dataclass(frozen=True)
class Inversion:
    """One of the three integrals of a law: of M(s), M(s)/s on θ > 0, or −M(s)/s on θ < 0.

    `tilts`, `logs` (m,): increasing tilts and the logarithm of the integrand there; `middle` is the
    mean of log X, where tails change sides.
    """

    law: Moments
    kind: str
    tilts: Array
    logs: Array
    middle: float

    @classmethod
    def of(cls, law: Moments, kind: str) -> Inversion:
        near = 1e-3 * abs(law.edge) * np.array([-1.0, 0.0, 1.0])
        before, at, after = law.log_moments(near)
        mean = float(after - before) / (near[2] - near[0])
        spread = math.sqrt(float(after - 2 * at + before)) / near[2]
        tilts = _tilt_ladder(law.edge, kind, spread)
        logs = law.log_moments(tilts)
        if kind != "density":
            logs = logs - np.log(np.abs(tilts))
        return cls(law, kind, tilts, logs, mean)

    def at(self, points: Array) -> Array:
        """The integral at every point (n,), shape (n,)."""
        result = np.zeros(points.shape)
        order = np.argsort(points, kind="stable")
        y = points[order]
        exponents = self.logs[:, None] - self.tilts[:, None] * y
        least = exponents.min(axis=0)
        values, first = np.zeros(len(y)), 0
        while first < len(y):
            if least[first] < _NOTHING:
                first += 1
                continue
            # of the tilts that serve the longest run of points from here on, the middle one
            fits = exponents[:, first:] <= least[first:] + _FROM_SADDLE
            runs = np.where(fits.all(axis=1), fits.shape[1], np.argmin(fits, axis=1))
            longest = np.flatnonzero(runs == runs.max())
            chosen = int(longest[len(longest) // 2])
            run = slice(first, first + max(int(runs[chosen]), 1))
            values[run] = self._integral(chosen, y[run]) * np.exp(exponents[chosen, run])
            first = run.stop
        result[order] = np.maximum(values, 0.0)
        return result

    def window(self, tilt: float, left_out: float) -> tuple[float, float]:
        """Outside of it lies a share below e^{−left_out} of the tilted measure at each end."""
        at = int(np.argmin(np.abs(self.tilts - tilt)))
        apart = np.delete(self.tilts - self.tilts[at], at)
        bounds = (np.delete(self.logs, at) - self.logs[at] + left_out) / apart
        return float(np.max(bounds[apart < 0])), float(np.min(bounds[apart > 0]))

    def _integral(self, chosen: int, points: Array) -> Array:
        tilt = float(self.tilts[chosen])
        low, high = self.window(tilt, NEGLIGIBLE + _FROM_SADDLE)
        # the images of the points must fall outside the window
        period = max(high - points[0], points[-1] - low, high - low)
        step = 2 * math.pi / period
        last = cutoff(self.law, tilt)
        u = step * np.arange(1, math.ceil(last / step) + 1)
        coefficients = self.law.ratios(tilt, u)
        if self.kind != "density":
            coefficients = coefficients * (tilt / (tilt + 1j * u))
        inverse: Array = _fourier(coefficients, step, points) / period
        return inverse


def _tilt_ladder(edge: float, kind: str, spread: float) -> Array:
    """Increasing tilts (m,): from just above the edge; for tails none too near to 0.

    In the mean M(s)/s has its saddle at one over the standard deviation of log X, so nearer to 0
    no tail needs them, and their periods would be long. The ladder's steps grow with the distance
    from the edge; where that is long, a comb around 0 serves what is within 40 deviations.
    """
    least = 0.8 / spread
    start, first = (0.0, least) if kind == "above" else (edge, _SMALLEST_TILT)
    stop = -min(least, 0.5 * abs(edge)) if kind == "below" else _LARGEST_TILT
    count = math.ceil(math.log((stop - start) / first) / math.log(_TILT_RATIO))
    ladder = start + np.geomspace(first, stop - start, count)
    comb = _COMB / spread
    return np.union1d(ladder, comb[(comb > ladder[0]) & (comb < ladder[-1])])


def cutoff(law: Moments, tilt: float) -> float:
    """A frequency beyond which the moments are below e^{−35} of that at the tilt."""
    first, last = 0, len(_FREQUENCIES) - 1
    # by halves: the moments fall with the frequency, down to their rounding
    while first < last:
        middle = (first + last) // 2
        if abs(law.ratios(tilt, _FREQUENCIES[middle : middle + 1])[0]) < math.exp(1 - NEGLIGIBLE):
            last = middle
        else:
            first = middle + 1
    return float(_FREQUENCIES[first])


@compiled
def _fourier(coefficients: Complex, step: float, points: Array) -> Array:
    """1 + 2 Re Σ c_k e^{−ik·step·y} by Horner's rule, (n,)."""
    result = np.empty(points.size)
    for j in range(points.size):
        angle = step * points[j]
        turn = complex(math.cos(angle), -math.sin(angle))
        total = 0.0 + 0.0j
        for k in range(coefficients.size - 1, -1, -1):
            total = (total + coefficients[k]) * turn
        result[j] = 1 + 2 * total.real
    return result
