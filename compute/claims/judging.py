"""Claims: what the notes assert, and how measurement decides.

A check holds one measured number and the statements made about it: first the one that is claimed
true, then its rivals (the formula as printed, say). Every statement is judged against the same
measurement. `python -m compute.claims` runs the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from compute.claims.faults import Fault
from compute.sampling import LARGEST_SHARE, SMALLEST_EFFECTIVE, Estimate, Sample

AGREE_AT, REFUTE_AT = 3.5, 5.0
NO_NUMBER = "no finite number here"


class Verdict(StrEnum):
    """The three words a claim can end in."""

    AGREES = "agrees"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class Side(StrEnum):
    """What a statement says of the measured number: it is the predicted one, or on one side."""

    EQUAL = "equal"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True)
class Statement:
    """A number somebody predicts, under a label such as "corrected" or "as printed".

    One-sided statements come from `at_least` and `at_most`; `predicted` is then the bound.
    """

    label: str
    predicted: float
    verdict: Verdict = Verdict.UNDECIDED
    side: Side = Side.EQUAL

    @property
    def shown(self) -> str:
        """What stands beside the label instead of the number, if anything does."""
        if self.side == Side.EQUAL:
            return ""
        return f"{self.side.replace('_', ' ')} {self.predicted:.3g}".replace("-", "−")

    def short_by(self, measured: float) -> float:
        """How far `measured` is from what is said; negative where a bound is more than kept."""
        gap = self.predicted - measured
        if self.side == Side.EQUAL:
            return abs(gap)
        return gap if self.side == Side.AT_LEAST else -gap


def at_least(label: str, bound: float) -> Statement:
    """The statement that the measured number is `bound` or more."""
    return Statement(label, bound, side=Side.AT_LEAST)


def at_most(label: str, bound: float) -> Statement:
    """The statement that the measured number is `bound` or less."""
    return Statement(label, bound, side=Side.AT_MOST)


@dataclass(frozen=True)
class Check:
    """A measured number with the statements about it, judged.

    `error` is the standard error where `sampled`, the tolerance otherwise. `reason` says why
    nothing could be decided.
    """

    quantity: str
    measured: float
    error: float
    sampled: bool
    statements: tuple[Statement, ...]
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict on the statement that is claimed true."""
        return self.statements[0].verdict


# What judges a claim: of parameters, result and sample; None says nothing.
Checker = Callable[[Any, Any, Sample[Any] | None], Check | None]


def where(holds: Callable[[Any], bool], check: Checker) -> Checker:
    """The same check, at the parameters that its claim is about."""
    return lambda params, result, sample: check(params, result, sample) if holds(params) else None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One assertion of the notes (or the correction of one).

    `check(params, result, sample)` judges it at any setting, or returns None where the setting
    says nothing about it: what was measured never decides that, for None is not a verdict (see
    `undecided`). `params` is the setting at which the ledger runs it and the page shows
    it; `batches` is how many batches of the experiment's sampler it needs there. `route` says how
    the measurement avoids the formula it tests. `faults` are wrongs of its subject that it should
    notice.
    """

    key: str
    section: str
    statement: str
    route: str
    params: Any
    check: Checker
    batches: int = 0
    errata: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()


def exact(
    quantity: str,
    measured: float,
    *statements: Statement,
    tolerance: float,
) -> Check:
    """Judge numbers without sampling error: |measured − predicted| ≤ tolerance agrees.

    A one-sided statement agrees where the measured number is beyond its bound by `tolerance` at
    most. The tolerance is stated before measuring: nothing that was measured enters it.
    *Undecided* where the measured number is not finite or a prediction is not a number.
    """
    if not math.isfinite(measured) or any(math.isnan(s.predicted) for s in statements):
        return undecided(quantity, measured, *statements, tolerance=tolerance, reason=NO_NUMBER)
    judged = tuple(
        replace(
            s,
            verdict=Verdict.AGREES if s.short_by(measured) <= tolerance else Verdict.REFUTED,
        )
        for s in statements
    )
    return Check(quantity, measured, tolerance, False, judged)


def undecided(
    quantity: str, measured: float, *statements: Statement, tolerance: float, reason: str
) -> Check:
    """A check without sampling error whose measurement cannot tell, and why not."""
    return Check(quantity, measured, tolerance, False, statements, reason)


def sampled(
    quantity: str,
    sample: Sample[Any] | None,
    estimate: Callable[[Any], Estimate],
    *statements: Statement,
    bias: float = 0.0,
) -> Check:
    """Judge a sampled number by z = (measured − predicted)/√(s.e.² + bias²).

    *Agrees* at |z| ≤ 3.5, *refuted* at |z| ≥ 5 on two successive checkpoints, else *undecided*;
    *undecided* too while the sample cannot tell (see `_too_early`), or tells of two rivals that
    both agree.

    A one-sided statement is about the sign of the gap alone: it *agrees* where the measured
    number is 3.5 standard errors or more on the stated side of the bound, is *refuted* where it
    is 5 or more on the other side on two successive checkpoints, and *undecided* between. So
    0.97 ± 0.01 is not "at least 1", nor is 1.01 ± 0.01; and what equals its bound is refuted no
    more often than any true statement is.
    """
    if sample is None:
        return Check(quantity, math.nan, math.nan, True, statements, "no sample yet")
    now = estimate(sample.current)
    scale = math.hypot(now.standard_error, bias)
    reason = _too_early(now, statements)
    if reason:
        return Check(quantity, now.value, scale, True, statements, reason)
    earlier = [estimate(state) for state in sample.checkpoints[-2:]]
    judged = tuple(replace(s, verdict=_judge(now, earlier, s, bias)) for s in statements)
    fitting = {s.predicted for s in judged if s.verdict == Verdict.AGREES and s.side == Side.EQUAL}
    if len(fitting) > 1:
        farther = max(abs(now.value - p) for p in fitting)
        reason = _too_close(now, farther) if bias == 0 else "the rivals are too close"
        return Check(quantity, now.value, scale, True, statements, reason)
    reason = ""
    if judged[0].verdict == Verdict.UNDECIDED:
        reason = _between(_z(now, statements[0], bias), statements[0].side)
    return Check(quantity, now.value, scale, True, judged, reason)


def _judge(now: Estimate, earlier: Sequence[Estimate], s: Statement, bias: float) -> Verdict:
    enough = AGREE_AT if s.side == Side.EQUAL else -AGREE_AT
    if _z(now, s, bias) <= enough:
        return Verdict.AGREES
    far = [_z(e, s, bias) >= REFUTE_AT for e in earlier]
    return Verdict.REFUTED if len(far) == 2 and all(far) else Verdict.UNDECIDED


def _z(e: Estimate, s: Statement, bias: float) -> float:
    """How many standard errors speak against the statement; negative where they speak for it."""
    scale = math.hypot(e.standard_error, bias)
    short = s.short_by(e.value)
    return short / scale if scale > 0 else math.copysign(math.inf, short) if short else 0.0


def _between(z: float, side: Side) -> str:
    if z >= REFUTE_AT:
        return "beyond 5 standard errors, but not at two checkpoints yet"
    if side == Side.EQUAL:
        return "between 3.5 and 5 standard errors"
    return "too close to the bound: not yet 3.5 standard errors on its side"


def _too_early(now: Estimate, statements: Sequence[Statement]) -> str:
    """Why the sample cannot tell yet, in words; '' where it can."""
    measured = math.isfinite(now.value) and math.isfinite(now.standard_error)
    if not measured or any(math.isnan(s.predicted) for s in statements):
        return NO_NUMBER
    if now.largest_share > LARGEST_SHARE:
        return f"one draw carries {now.largest_share:.0%} of the sum"
    if now.count < SMALLEST_EFFECTIVE:
        return f"only {now.count} draws"
    if now.effective < SMALLEST_EFFECTIVE:
        return f"effective sample size {now.effective:.0f} of {now.count}: the tail is not sampled"
    predictions = sorted(s.predicted for s in statements if s.side == Side.EQUAL)
    gaps = [b - a for a, b in pairwise(predictions) if b > a]
    if gaps and min(gaps) < AGREE_AT * now.standard_error:
        return _too_close(now, min(gaps))
    return ""


def _too_close(now: Estimate, gap: float) -> str:
    """That a sample of this size cannot tell what lies so far apart, and how large it has to be."""
    needed = now.count * (AGREE_AT * now.standard_error / gap) ** 2
    more = _round_up(max(needed - now.count, 1))
    return f"the rivals are too close: about {more} more samples needed"


def _round_up(n: float) -> str:
    """To two digits, upwards: that many are enough."""
    unit = 10 ** max(len(str(math.ceil(n))) - 2, 0)
    return f"{math.ceil(n / unit) * unit:,}".replace(",", " ")
