"""What is added up over random networks of §3.3, and the estimates it gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.estimates import central_moment, mean_and_error, normal_scores, weighted_slope
from compute.sampling import Estimate, Moments, merged_by, values_and_errors

Array = NDArray[np.float64]

CLOUD, TRACKS = 1500, 10
ORDERS = (2, 3, 4, 5)


def _first(most: int) -> dict[str, object]:
    """Joins draws that are shown themselves: no more than so many."""
    return merged_by(lambda a, b: np.concatenate([a, b])[:most] if len(a) < most else a)


@dataclass(frozen=True)
class JointSample:
    """Outputs at x and x'.

    drawn, dead: networks, and those with output exactly 0 at x. below (t,): how many have
    z(x)/√K at most the thresholds. outside: how many lie outside the limit's 99 % ellipse. product:
    moments of z(x)z(x'); near, far: of 1 where |z(x)| ≤ ½√K, > 2.5√K. cloud: of
    the first networks, (≤ 1500, 2).
    """

    drawn: int
    dead: int
    below: Array
    outside: int
    product: Moments
    near: Moments
    far: Moments
    cloud: Array = field(metadata=_first(CLOUD))

    def scores(self) -> tuple[Array, Array]:
        """Normal scores Φ^{-1}(share below) and standard errors, (t,); nan where nobody is."""
        return normal_scores(self.below, self.drawn)


@dataclass(frozen=True)
class RateSample:
    """Distances of fixed networks' laws N(0, K̂) from N(0, K): count (w,); sums (2, w)."""

    count: Array
    sums: Array

    def distances(self) -> tuple[Array, Array]:
        """Mean over networks and its standard error, (w,) each."""
        return mean_and_error(self.count, self.sums[0], self.sums[1])

    def slope(self, widths: Array, first: int) -> Estimate:
        """Slope of log distance against log width, from the `first` width on."""
        mean, error = self.distances()
        drawn = int(self.count.sum())
        if not (np.all(mean > 0) and np.all(np.isfinite(error)) and np.all(error > 0)):
            return Estimate.unknown(drawn)
        wide = slice(first, None)
        value, spread = weighted_slope(
            np.log(widths[wide]), np.log(mean[wide]), error[wide] / mean[wide]
        )
        return Estimate(value, spread, drawn)


@dataclass(frozen=True)
class KernelSample:
    """K̂^(ℓ)(x, x) and K̂^(ℓ)(x, x'), ℓ = 1…L.

    count; sums (2, L, 2): Σ and Σ² of both; deepest: moments of the output z(x)²; tracks (≤ 10, L):
    K̂^(ℓ)(x, x) of single networks.
    """

    count: int
    sums: Array
    deepest: Moments
    tracks: Array = field(metadata=_first(TRACKS))

    def kernels(self) -> tuple[Array, Array, Array]:
        """Mean, its standard error and the spread over networks, (L, 2) each."""
        with np.errstate(over="ignore"):
            mean, error = mean_and_error(self.count, *self.sums)
            return mean, error, error * math.sqrt(max(self.count - 1, 1))


@dataclass(frozen=True)
class TransformSample:
    """cos(ξz) and e^{−ξ²K̂/2} over networks: count; cosine, given (2, f): Σ and Σ²; moments of both
    and of their difference at the probe frequency."""

    count: int
    cosine: Array
    given: Array
    probe: Moments
    apart: Moments

    def means(self) -> tuple[Array, Array, Array, Array]:
        """Mean and standard error of cos(ξz), then of e^{−ξ²K̂/2}, (f,) each."""
        return *mean_and_error(self.count, *self.cosine), *mean_and_error(self.count, *self.given)


@dataclass(frozen=True)
class MomentSample:
    """Powers of d = O/K − O_limit/K of a collective observable O: powers (11, w) are Σ d^k,
    k = 0…10; largest (w,): the largest d¹⁰."""

    powers: Array
    largest: Array = field(metadata=merged_by(np.maximum))

    def centred(self, order: int) -> tuple[Array, Array]:
        """The centred moment of that order and its standard error, (w,) each."""
        return central_moment(self.powers, order)

    def told(self, order: int) -> NDArray[np.bool_]:
        """Where the sample tells that moment: by an effective size of 100 or more, (w,)."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return np.asarray(self.powers[order] ** 2 >= 100 * self.powers[2 * order])

    def estimate(self, order: int, at: int) -> Estimate:
        """The same at one width, with what a heavy tail shows: order 2 is used by claims."""
        value, error = self.centred(order)
        drawn, total = int(self.powers[0, at]), float(self.powers[2 * (order // 2), at])
        share = float(self.largest[at]) ** (2 * (order // 2) / 10) / total if total > 0 else 0.0
        return Estimate(float(value[at]), float(error[at]), drawn, share, drawn / 10)


@dataclass(frozen=True)
class InputsSample:
    """K̂_v/K_v along v = (1, −1) for pairs of inputs, (r,) moments."""

    along: tuple[Moments, ...]

    def fluctuations(self, width: int) -> tuple[Array, Array]:
        """N times the variance of K̂_v/K_v, and its standard error, (r,) each."""
        return values_and_errors(m.variance_estimate().scaled(width) for m in self.along)
