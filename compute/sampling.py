"""Mergeable batches for Monte Carlo that shows its progress.

A sampler's batch is a pure function of (params, index). Batches are merged in the order of their
index, so every reader of n batches sees the same bits, whichever worker computed them.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from compute.params import P

S = TypeVar("S")
T = TypeVar("T")


def stream(seed: int, name: str, index: int = 0) -> np.random.Generator:
    """The random stream `name`, number `index`, of a seed: independent of every other name."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode()), index]))


# A sample tells no more where one draw carries more of the sum, or fewer draws count.
LARGEST_SHARE, SMALLEST_EFFECTIVE = 0.10, 100.0


@dataclass(frozen=True)
class Estimate:
    """A sampled number: its value, standard error, how many draws it rests on, how evenly.

    `largest_share` is the part of the sum that its largest term carries, `effective` Kish's
    effective sample size; both tell when a heavy tail has not been sampled yet.
    """

    value: float
    standard_error: float
    count: int
    largest_share: float = 0.0
    effective: float = float("inf")

    @staticmethod
    def unknown(count: int = 0) -> Estimate:
        """What too few draws say: nothing."""
        return Estimate(math.nan, math.nan, count)

    @staticmethod
    def share(hits: float, drawn: float) -> Estimate:
        """The share of draws that hit, resting on the hits."""
        p = float(hits / drawn)
        return Estimate(p, math.sqrt(p * (1 - p) / drawn), int(drawn), effective=float(hits))

    @property
    def told(self) -> bool:
        """Whether its tail has been sampled, so that the standard error means something."""
        return self.largest_share < LARGEST_SHARE and self.effective >= SMALLEST_EFFECTIVE

    def counting(self, share: float) -> Estimate:
        """With no more effective draws than this share of all; nan says nothing."""
        most = self.count * share
        return replace(self, effective=most) if most < self.effective else self

    def scaled(self, factor: float, offset: float = 0.0) -> Estimate:
        """The estimate of `offset + factor` times the number, from the same draws."""
        error = abs(factor) * self.standard_error
        return replace(self, value=offset + factor * self.value, standard_error=error)


def values_and_errors(
    estimates: Iterable[Estimate],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of estimates and their standard errors, (n,) each."""
    found = list(estimates)
    return np.array([e.value for e in found]), np.array([e.standard_error for e in found])


@dataclass(frozen=True)
class Moments:
    """Count, mean, sum of squared deviations and fourth powers of a stream of numbers; mergeable.

    Merging follows Pébay (2008), so no digits are lost however many batches come.
    """

    count: int
    mean: float
    m2: float
    m3: float
    m4: float
    largest: float

    @staticmethod
    def of(sample: NDArray[np.float64]) -> Moments:
        """Moments of the numbers in `sample` (any shape, at least one)."""
        # Powers of what a heavy tail throws may leave the range; claims then say *undecided*.
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(sample.mean())
            d = sample - mean
            d2 = d * d
            return Moments(
                sample.size,
                mean,
                float(d2.sum()),
                float((d2 * d).sum()),
                float((d2 * d2).sum()),
                float(np.abs(sample).max()),
            )

    def merge(self, other: Moments) -> Moments:
        """Moments of both samples together."""
        a, b = self.count, other.count
        n = a + b
        d = other.mean - self.mean
        d2 = d * d  # products, not powers: 1e200**2 raises OverflowError
        m2 = self.m2 + other.m2 + d2 * a * b / n
        m3 = (
            self.m3
            + other.m3
            + d2 * d * a * b * (a - b) / n**2
            + 3 * d * (a * other.m2 - b * self.m2) / n
        )
        m4 = (
            self.m4
            + other.m4
            + d2 * d2 * a * b * (a * a - a * b + b * b) / n**3
            + 6 * d2 * (a * a * other.m2 + b * b * self.m2) / n**2
            + 4 * d * (a * other.m3 - b * self.m3) / n
        )
        mean = self.mean + d * b / n
        return Moments(n, mean, m2, m3, m4, max(self.largest, other.largest))

    @property
    def variance(self) -> float:
        """The unbiased sample variance; nan where one number tells nothing of it."""
        return self.m2 / (self.count - 1) if self.count > 1 else math.nan

    def mean_estimate(self) -> Estimate:
        """The mean, with what a heavy tail would show: for numbers of one sign."""
        second = self.m2 + self.count * self.mean * self.mean
        total = self.count * abs(self.mean)
        return Estimate(
            self.mean,
            (self.variance / self.count) ** 0.5,
            self.count,
            self.largest / total if total > 0 else 0.0,
            total * total / second if second > 0 else float(self.count),
        )

    def centred_estimate(self) -> Estimate:
        """The mean of numbers of either sign, where shares of a sum mean nothing."""
        return Estimate(self.mean, (self.variance / self.count) ** 0.5, self.count)

    def variance_estimate(self) -> Estimate:
        """The variance, with the standard error that the fourth moment gives.

        Few draws give too small a fourth moment, so a tenth of them counts as effective.
        """
        n = self.count
        spread = self.m4 / n - (self.m2 / n) * (self.m2 / n)
        error = (max(spread, 0.0) / n) ** 0.5
        return Estimate(self.variance, error, n, effective=n / 10)

    def relative_deviation(self) -> Estimate:
        """Standard deviation over mean, > 0, its error by the delta method; unknown otherwise."""
        n, variance = self.count, self.variance_estimate()
        if not (n > 1 and variance.value > 0 and self.mean > 0):
            return Estimate.unknown(n)
        ratio = math.sqrt(variance.value) / self.mean
        # relative errors of the variance and the mean, and what they share
        of_variance = (variance.standard_error / variance.value) ** 2
        of_mean = variance.value / (n * self.mean**2)
        shared = (self.m3 / n) / (n * variance.value * self.mean)
        return Estimate(ratio, ratio * math.sqrt(max(of_variance / 4 + of_mean - shared, 0.0)), n)


def merged_by(join: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """Metadata of a sample's field whose values :func:`merge` joins by this function."""
    return {"merged_by": join}


def either(first: T, _second: T) -> T:
    """Joins what is the same in all parts of a sample."""
    return first


def merge(first: S, second: S) -> S:
    """Both parts of a sample together: dataclasses field by field, tuples item by item.

    What is nothing but a number or an array adds up; of None, or of no item, and something else the
    latter remains.
    """
    a: Any = first
    b: Any = second
    if a is None or b is None:
        joined = b if a is None else a
    elif hasattr(a, "merge"):
        joined = a.merge(b)
    elif isinstance(a, tuple):
        joined = tuple(merge(x, y) for x, y in zip(a, b, strict=True)) if a and b else a or b
    elif is_dataclass(a) and not isinstance(a, type):
        joined = type(a)(
            *(
                f.metadata.get("merged_by", merge)(getattr(a, f.name), getattr(b, f.name))
                for f in fields(a)
            )
        )
    else:
        joined = a + b
    whole: S = joined
    return whole


@dataclass(frozen=True)
class Sampler(Generic[P, S]):
    """`batch(params, index)` takes 80 to 150 ms; `batches(params)` says how many there are.

    With `continues` a batch goes on where the ones before it ended: it gets their merged state, or
    None at the first one, as a third argument, and is a pure function of all three.
    """

    batch: Callable[..., S]
    merge: Callable[[S, S], S]
    batches: Callable[[P], int]
    continues: bool = False


@dataclass(frozen=True)
class Sample(Generic[S]):
    """What the first `batches` batches hold together.

    `checkpoints` are the cumulative states at the latest two powers of two (older first): a
    verdict of *refuted* needs two of them.
    """

    batches: int
    total: int
    current: S
    checkpoints: tuple[S, ...]


def advance(sampler: Sampler[Any, S], params: Any, sample: Sample[S] | None) -> Sample[S]:
    """One batch more."""
    index = 0 if sample is None else sample.batches
    before = (None if sample is None else sample.current,) if sampler.continues else ()
    batch = sampler.batch(params, index, *before)
    current = batch if sample is None else sampler.merge(sample.current, batch)
    checkpoints = () if sample is None else sample.checkpoints
    if (index + 1) & index == 0:
        checkpoints = (*checkpoints[-1:], current)
    return Sample(index + 1, sampler.batches(params), current, checkpoints)


def collect(sampler: Sampler[Any, S], params: Any, batches: int) -> Sample[S]:
    """The first `batches` batches; at least one."""
    sample = advance(sampler, params, None)
    while sample.batches < min(batches, sample.total):
        sample = advance(sampler, params, sample)
    return sample
