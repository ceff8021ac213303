"""Sums over draws that samples keep, place by place, and the estimates they give; mergeable."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.estimates import central_moment, mean_and_error, sums, weighted_slope
from compute.sampling import Estimate, merged_by

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Means:
    """Of numbers in many places: count () or (…), sums (2, …), Σx and Σx²."""

    count: Array | int
    sums: Array

    @staticmethod
    def of(rows: Array) -> Means:
        """Sums over the first axis, (n, …): the same count in all places."""
        return Means(len(rows), sums(rows))

    def means(self) -> tuple[Array, Array]:
        """Mean and its standard error, (…) each."""
        with np.errstate(over="ignore"):
            return mean_and_error(self.count, *self.sums)

    def deviations(self) -> Array:
        """Standard deviation of the numbers, (…)."""
        return np.asarray(self.means()[1] * np.sqrt(np.maximum(np.asarray(self.count) - 1, 1)))

    def estimate(self, *at: int) -> Estimate:
        """The mean in one place."""
        mean, error = self.means()
        count = np.broadcast_to(self.count, mean.shape)
        return Estimate(float(mean[at]), float(error[at]), int(count[at]))

    def slope(self, widths: Array) -> Estimate:
        """Slope of log mean against log width, of the last places; unknown where one is not > 0."""
        mean, error = (found[-len(widths) :] for found in self.means())
        drawn = int(np.sum(self.count))
        if not (np.all(mean > 0) and np.all(np.isfinite(error)) and np.all(error > 0)):
            return Estimate.unknown(drawn)
        value, spread = weighted_slope(np.log(widths), np.log(mean), error / mean)
        return Estimate(value, spread, drawn)


@dataclass(frozen=True)
class PowerSums:
    """Of numbers d in many places: powers (11, …) are Σ d^k, k = 0…10; largest (…): d¹⁰."""

    powers: Array
    largest: Array = field(metadata=merged_by(np.maximum))

    @staticmethod
    def of(rows: list[Array]) -> PowerSums:
        """Of the numbers of each place, which may be more in one than in another."""
        powers = np.array([[(d**k).sum() for d in rows] for k in range(11)])
        return PowerSums(powers, np.array([float((d**10).max()) for d in rows]))

    def centred(self, order: int) -> tuple[Array, Array]:
        """The centred moment of that order, at most 5, and its standard error, (…) each."""
        return central_moment(self.powers, order)

    def told(self, order: int) -> NDArray[np.bool_]:
        """Where the sample tells that moment: by an effective size of 100 or more, (…)."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return np.asarray(self.powers[order] ** 2 >= 100 * self.powers[2 * order])

    def estimate(self, order: int, at: int) -> Estimate:
        """The centred moment in one place, with what a heavy tail shows of the even power below."""
        value, error = self.centred(order)
        even = 2 * (order // 2)
        drawn, total = int(self.powers[0, at]), float(self.powers[even, at])
        share = float(self.largest[at]) ** (even / 10) / total if total > 0 else 0.0
        return Estimate(float(value[at]), float(error[at]), drawn, share, drawn / 10)
