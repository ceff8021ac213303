"""§1.3.3, progressive: networks in training, and neurons that escape, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.experiments.feature_learning.curve import Curve, grow_on, pieces, start_curve
from compute.experiments.feature_learning.networks import (
    Climb,
    More,
    Training,
    chunk,
    climb_on,
    start_climb,
    start_training,
    train_on,
)
from compute.experiments.feature_learning.setting import STAIR_RATE, Params
from compute.feature_learning import hermite_escape_time, sgd_escape_counts
from compute.sampling import Estimate, Sampler, merge, merged_by, stream

Array = NDArray[np.float64]

EXPONENTS, DIMENSIONS = (1, 2, 3), (25, 50, 100, 200)
REACHED = 0.5
# A neuron is given so many times the samples of the flow.
PATIENCE = 8
# Nanoseconds of a coordinate; noise makes k = 3 three times as long as the flow.
COORDINATE_NS, LONGER, BATCH_MS = 13.0, 3.0, 100.0


@dataclass(frozen=True)
class Escapes:
    """Samples until overlap ½, counts (n, 3, 4): neurons, exponents, dimensions.

    Where 8 times those of the flow were not enough: minus the samples that were given.
    """

    counts: Array = field(metadata=merged_by(lambda a, b: np.concatenate([a, b])))

    def __post_init__(self) -> None:
        self.counts.setflags(write=False)

    def median(self) -> tuple[Array, Array]:
        """Medians (3, 4), and their standard errors from order statistics; nan where unknown."""
        n = len(self.counts)
        ordered = np.sort(np.where(self.counts < 0, np.inf, self.counts), axis=0)
        away = 0.5 * math.sqrt(n)
        low, high = max(math.floor(n / 2 - away), 0), min(math.ceil(n / 2 + away), n - 1)
        with np.errstate(invalid="ignore"):
            middle = np.median(ordered, axis=0)
            error = 0.5 * (ordered[high] - ordered[low])
        known = np.isfinite(middle)
        return np.where(known, middle, np.nan), np.where(np.isfinite(error), error, np.nan)

    def lost(self) -> int:
        """Neurons that did not arrive."""
        return int((self.counts < 0).sum())

    def slope(self, k: int) -> Array:
        """log(counts at d = 200 over counts at d = 25)/log 8 of each neuron, (n,).

        Those that did not arrive count with what they were given, less than they need.
        """
        ends = np.abs(self.counts[:, EXPONENTS.index(k)])
        return np.asarray(np.log(ends[:, -1] / ends[:, 0]) / math.log(8))

    def log_linear(self) -> Estimate:
        """Mean logarithm of the samples at k = 1 and d = 200."""
        return _mean(np.log(np.abs(self.counts[:, 0, -1])))

    def steepening(self) -> Estimate:
        """The slope for k = 3 less that for k = 1."""
        return _mean(self.slope(3) - self.slope(1))


def _mean(values: Array) -> Estimate:
    n = len(values)
    if n < 2 or not np.all(np.isfinite(values)):
        return Estimate.unknown(n)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n), n)


def flow_counts(params: Params) -> Array:
    """Samples that the flow predicts, (3, 4): its time × d/δ."""
    return np.array(
        [
            [
                hermite_escape_time(k, params.start / math.sqrt(d), REACHED) * d / params.sgd_rate
                for d in DIMENSIONS
            ]
            for k in EXPONENTS
        ]
    )


def _per_batch(params: Params) -> int:
    one = LONGER * COORDINATE_NS * 1e-6 * float((flow_counts(params) @ DIMENSIONS).sum())
    return max(1, min(params.neurons, round(BATCH_MS / one)))


def escape(params: Params, index: int) -> Escapes:
    """A few neurons at every exponent and dimension."""
    size = _per_batch(params)
    count = min(size, params.neurons - index * size)
    flow = flow_counts(params)
    found = np.empty((count, len(EXPONENTS), len(DIMENSIONS)))
    for i, k in enumerate(EXPONENTS):
        for j, d in enumerate(DIMENSIONS):
            rng = stream(params.seed, f"escape {k} {d}", index)
            most = math.ceil(PATIENCE * flow[i, j]) + 1
            counts = sgd_escape_counts(
                k,
                d,
                count,
                rng,
                start=params.start / math.sqrt(d),
                stop=REACHED,
                rate=params.sgd_rate,
                most=most,
            )
            found[:, i, j] = np.where(np.isnan(counts), -most, counts)
    return Escapes(found)


def batches(params: Params) -> int:
    """How many batches there are; the first of a training is its start."""
    if params.figure == "escape":
        return math.ceil(params.neurons / _per_batch(params))
    if params.figure == "curve":
        return len(pieces(params))
    total = round(params.stairs_time / STAIR_RATE)
    return 1 + math.ceil((total if params.figure == "staircase" else params.steps) / chunk(params))


def batch(params: Params, index: int) -> Escapes | Training | Curve | Climb | More:
    """Neurons that escape; or networks at their start, and then orders to train on."""
    if params.figure == "escape":
        return escape(params, index)
    if index > 0:
        return More(params)
    begin: dict[str, Callable[[Params], Any]] = {"staircase": start_climb, "curve": start_curve}
    found: Training | Curve | Climb = begin.get(params.figure, start_training)(params)
    return found


def join(first: Any, second: Any) -> Any:
    """Neurons side by side; networks trained on, where the second is the order to do so."""
    if not isinstance(second, More):
        return merge(first, second)
    go_on: dict[type, Callable[[Params, Any], Any]] = {Climb: climb_on, Curve: grow_on}
    return go_on.get(type(first), train_on)(second.params, first)


SAMPLER: Sampler[Params, Any] = Sampler(batch, join, batches)
