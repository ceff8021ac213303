"""What is added up over random networks of section 2.1.1, and the estimates it gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.estimates import mean_and_error, weighted_slope
from compute.sampling import Estimate, Moments, either, merged_by

Array = NDArray[np.float64]

KERNEL_WIDTHS = tuple(4**k for k in range(1, 9))
CLOUD = 600
# A deviation is known where there are at least so many networks.
_ENOUGH = 200


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
            return Estimate.unknown(n)
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
    largest: Array = field(metadata=merged_by(np.maximum))

    @property
    def networks(self) -> int:
        """Of all widths together."""
        return int(self.drawn.sum())

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
            return Estimate.unknown()
        weight = weight / weight.sum()
        used = weight > 0
        value = float(weight[used] @ mean[used, entry])
        spread = float(np.linalg.norm(weight[used] * error[used, entry]))
        return Estimate(value, spread, self.networks, self.share(entry, 100))

    def slope(self, entry: int) -> Estimate:
        """Slope of log deviation against log width, by weighted least squares; nan below three."""
        widths, value, relative = self._known(entry)
        if widths.size < 3:
            return Estimate.unknown(self.networks)
        # The logarithm of a sampled variance is too small by half its relative variance.
        slope, error = weighted_slope(np.log(widths), np.log(value) + relative**2, relative)
        return Estimate(slope, error, self.networks, self.share(entry, _ENOUGH))

    def spread(self, entry: int) -> Estimate:
        """√N_1 times the deviation, averaged over the widths."""
        widths, value, relative = self._known(entry)
        if not widths.size:
            return Estimate.unknown(self.networks)
        weight = relative**-2 / (relative**-2).sum()
        size = float(weight @ (value * np.sqrt(widths) * (1 + 0.5 * relative**2)))
        inexact = size * float((relative**-2).sum()) ** -0.5
        return Estimate(size, inexact, self.networks, self.share(entry, _ENOUGH))

    def _known(self, entry: int) -> tuple[Array, Array, Array]:
        """Widths with enough networks, the deviation there and its relative error."""
        value, error = (found[:, entry] for found in self.deviations())
        used = (self.drawn >= _ENOUGH) & np.isfinite(value)
        return np.array(KERNEL_WIDTHS)[used], value[used], error[used] / value[used]

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

    widths: Array = field(metadata=merged_by(either))
    powers: Array
    largest: Array = field(metadata=merged_by(np.maximum))
    cloud: Array = field(metadata=merged_by(lambda a, b: np.concatenate([a, b])[:CLOUD]))

    def correlation(self, at: int) -> Estimate:
        """Correlation of the two squares at widths[at]; the error is the delta method's."""
        drawn = int(self.powers[at, 0, 0])
        if drawn < 8:
            return Estimate.unknown(drawn)
        raw = self.powers[at] / drawn
        central = _shift(raw[1, 0]) @ raw @ _shift(raw[0, 1]).T
        a, b = central[2, 0], central[0, 2]
        if min(a, b) <= 0:
            return Estimate.unknown(drawn)
        r = central[1, 1] / math.sqrt(a * b)
        same = central[4, 0] / a**2 + 2 * central[2, 2] / (a * b) + central[0, 4] / b**2
        cross = (central[3, 1] / a + central[1, 3] / b) / math.sqrt(a * b)
        variance = central[2, 2] / (a * b) - r * cross + 0.25 * r * r * same
        total = float(self.powers[at, 1, 1])
        share = float(self.largest[at]) / total if total > 0 else 0.0
        effective = total**2 / float(self.powers[at, 2, 2]) if total > 0 else 0.0
        return Estimate(float(r), math.sqrt(max(variance, 0.0) / drawn), drawn, share, effective)


def _shift(mean: float) -> Array:
    """The matrix that turns raw moments of orders 0 to 4 into moments about `mean`, (5, 5)."""
    rows = [[math.comb(j, i) * (-mean) ** max(j - i, 0) for i in range(5)] for j in range(5)]
    return np.array(rows, dtype=np.float64)
