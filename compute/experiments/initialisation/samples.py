"""What is added up over random networks of section 2.1.1, and the estimates it gives."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.estimates import mean_and_error, weighted_slope
from compute.sampling import Estimate, Moments

Array = NDArray[np.float64]

KERNEL_WIDTHS = tuple(4**k for k in range(1, 9))


@dataclass(frozen=True)
class OutputSample:
    """Outputs at x.

    drawn: networks. zero: how many of them gave exactly 0. counts (52,): z(x) below, in and above
    the bins. square: moments of γ²z². same, other: moments of the mean over neurons of
    z_i(x) z_i(x') and of z_i(x) z_{i+1}(x'); other is None at width 1.
    """

    drawn: int
    zero: int
    counts: Array
    square: Moments
    same: Moments
    other: Moments | None

    def density(self, edges: Array) -> tuple[Array, Array]:
        """Density of z without its zeros, and its standard error, both (50,)."""
        inside = self.counts[1:-1]
        unit = self.drawn * np.diff(edges)
        return inside / unit, np.sqrt(inside * (1 - inside / self.drawn)) / unit

    def kurtosis(self) -> Estimate:
        """E z⁴/(E z²)² − 3; the error is the delta method's."""
        s = self.square
        n, mean, var = s.count, s.mean, s.m2 / s.count
        if mean <= 0 or n < 2:
            return Estimate(math.nan, math.nan, n)
        third, fourth = s.m3 / n, s.m4 / n
        spread = fourth - var * var + 4 * (var / mean) ** 2 * var - 4 * var / mean * third
        total = s.m2 + n * mean * mean
        return Estimate(
            var / mean**2 - 2,
            math.sqrt(max(spread, 0.0) / n) / mean**2,
            n,
            largest_share=s.largest**2 / total if total > 0 else 0.0,
            effective=self._effective(),
        )

    def _effective(self) -> float:
        """Kish's effective size of the sum of z⁴, in which a heavy tail shows."""
        s = self.square
        fourth = s.m2 + s.count * s.mean**2
        eighth = s.m4 + 4 * s.mean * s.m3 + 6 * s.mean**2 * s.m2 + s.count * s.mean**4
        return fourth**2 / eighth if eighth > 0 else 0.0


@dataclass(frozen=True)
class KernelSample:
    """Conditional covariances and tangent kernels over networks of several widths.

    drawn (m,): networks of each of KERNEL_WIDTHS. powers (m, 6, 5): Σ d^k, k = 0…4, of the
    relative deviations d = (value − limit)/limit(x, x); the six are the entries (x, x), (x, x'),
    (x', x') of the covariance and of the tangent kernel. largest (m, 6): the largest d².
    """

    drawn: Array
    powers: Array
    largest: Array

    def means(self) -> tuple[Array, Array]:
        """Mean of d and its standard error, both (m, 6); nan below 2 networks."""
        n = np.where(self.drawn > 1, self.drawn, np.nan)[:, None]
        return mean_and_error(n, self.powers[..., 1], self.powers[..., 2])

    def deviations(self) -> tuple[Array, Array]:
        """Standard deviation of d and its standard error, both (m, 6); nan below 8 networks."""
        n = np.where(self.drawn >= 8, self.drawn, np.nan)[:, None]
        m1, m2, m3, m4 = (self.powers[..., k] / n for k in (1, 2, 3, 4))
        var = np.maximum(m2 - m1**2, 0.0)
        fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
        with np.errstate(invalid="ignore", divide="ignore"):
            # A light tail in a small sample may pretend to know the variance exactly.
            excess = np.maximum(fourth / var**2 - 1, 2.0)
            value = np.sqrt(var * n / (n - 1))
        value = np.where(var > 1e-20, value, np.nan)
        return value, 0.5 * value * np.sqrt(excess / n)

    def pooled(self, entry: int) -> Estimate:
        """Mean of d over all neurons of all widths: it has the same mean at every width."""
        mean, error = self.means()
        weight = np.where(np.isfinite(error[:, entry]), self.drawn * KERNEL_WIDTHS, 0.0)
        if weight.sum() == 0:
            return Estimate(math.nan, math.nan, 0)
        weight = weight / weight.sum()
        used = weight > 0
        value = float(weight[used] @ mean[used, entry])
        spread = float(np.linalg.norm(weight[used] * error[used, entry]))
        return Estimate(value, spread, int(self.drawn.sum()), self.share(entry, 100))

    def slope(self, entry: int, least: int = 200) -> Estimate:
        """Slope of log deviation against log width, by weighted least squares.

        From widths with at least so many networks; nan below three of them.
        """
        value, error = self.deviations()
        used = (self.drawn >= least) & np.isfinite(value[:, entry])
        if used.sum() < 3:
            return Estimate(math.nan, math.nan, int(self.drawn.sum()))
        relative = error[used, entry] / value[used, entry]
        # The logarithm of a sampled variance is too small by half its relative variance.
        log = np.log(value[used, entry]) + relative**2
        slope, slope_error = weighted_slope(np.log(np.array(KERNEL_WIDTHS)[used]), log, relative)
        return Estimate(slope, slope_error, int(self.drawn.sum()), self.share(entry, least))

    def spread(self, entry: int, least: int = 200) -> Estimate:
        """√N_1 times the deviation, averaged over widths with at least so many networks."""
        value, error = self.deviations()
        used = (self.drawn >= least) & np.isfinite(value[:, entry])
        if not used.any():
            return Estimate(math.nan, math.nan, int(self.drawn.sum()))
        relative = error[used, entry] / value[used, entry]
        weight = relative**-2 / (relative**-2).sum()
        scaled = (
            value[used, entry] * np.sqrt(np.array(KERNEL_WIDTHS)[used]) * (1 + 0.5 * relative**2)
        )
        size = float(weight @ scaled)
        inexact = size * float((relative**-2).sum()) ** -0.5
        return Estimate(size, inexact, int(self.drawn.sum()), self.share(entry, least))

    def share(self, entry: int, least: int) -> float:
        """The largest part of a sum of squares that one network carries."""
        used = (self.drawn >= least) & (self.powers[:, entry, 2] > 0)
        if not used.any():
            return 0.0
        return float((self.largest[used, entry] / self.powers[used, entry, 2]).max())


@dataclass(frozen=True)
class PairSample:
    """Squares of two outputs of one hidden layer, at several widths.

    widths (m,). powers (m, 5, 5): Σ a^j b^k of their squares over the limit variance, a and b.
    largest (m,): the largest a·b. cloud (c, 2): the outputs of the first networks at the page's
    width, over the limit's standard deviation.
    """

    widths: Array
    powers: Array
    largest: Array
    cloud: Array

    def correlation(self, at: int) -> Estimate:
        """Correlation of the two squares at widths[at]; the error is the delta method's."""
        drawn = float(self.powers[at, 0, 0])
        if drawn < 8:
            return Estimate(math.nan, math.nan, int(drawn))
        raw = self.powers[at] / drawn
        central = _shift(raw[1, 0]) @ raw @ _shift(raw[0, 1]).T
        a, b = central[2, 0], central[0, 2]
        if min(a, b) <= 0:
            return Estimate(math.nan, math.nan, int(drawn))
        r = central[1, 1] / math.sqrt(a * b)
        same = central[4, 0] / a**2 + 2 * central[2, 2] / (a * b) + central[0, 4] / b**2
        cross = (central[3, 1] / a + central[1, 3] / b) / math.sqrt(a * b)
        variance = central[2, 2] / (a * b) - r * cross + 0.25 * r * r * same
        total = float(self.powers[at, 1, 1])
        share = float(self.largest[at]) / total if total > 0 else 0.0
        effective = total**2 / float(self.powers[at, 2, 2]) if total > 0 else 0.0
        return Estimate(
            float(r), math.sqrt(max(variance, 0.0) / drawn), int(drawn), share, effective
        )


def _shift(mean: float) -> Array:
    """The matrix that turns raw moments of orders 0 to 4 into moments about `mean`, (5, 5)."""
    rows = [[math.comb(j, i) * (-mean) ** max(j - i, 0) for i in range(5)] for j in range(5)]
    return np.array(rows, dtype=np.float64)
