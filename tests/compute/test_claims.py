"""Verdicts: the table of rules, case by case, and a true statement under a thousand seeds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.claims import (
    Check,
    Statement,
    Verdict,
    at_least,
    at_most,
    exact,
    sampled,
    undecided,
    where,
)
from compute.sampling import Estimate, Moments, Sample, Sampler, advance

AGREES, REFUTED, UNDECIDED = Verdict.AGREES, Verdict.REFUTED, Verdict.UNDECIDED


def at(z: float, error: float = 1.0, **more: Any) -> Estimate:
    """An estimate z standard errors above 0."""
    return Estimate(z * error, error, 10_000, **more)


def judge(
    now: Estimate, *checkpoints: Estimate, rivals: tuple[float, ...] = (), bias: float = 0.0
) -> Check:
    """The claim "it is 0" and its rivals, judged."""
    said = (Statement("true", 0.0), *(Statement(f"rival {r}", r) for r in rivals))
    sample = Sample(4, 8, now, checkpoints)
    return sampled("x", sample, lambda state: state, *said, bias=bias)


@pytest.mark.parametrize(
    ("z", "checkpoints", "verdict"),
    [
        (0.0, (), AGREES),
        (3.5, (), AGREES),
        (-3.5, (9.0, 9.0), AGREES),  # what counts is the whole sample
        (3.51, (), UNDECIDED),
        (4.99, (5.0,), UNDECIDED),
        (5.0, (5.0,), UNDECIDED),  # once is not twice
        (100.0, (), UNDECIDED),
        (100.0, (4.99, 100.0), UNDECIDED),
        (100.0, (100.0, 4.99), UNDECIDED),
        (5.0, (5.0, 5.0), REFUTED),
        (-5.0, (-5.0, -5.0), REFUTED),
        (4.0, (5.0, 5.0), REFUTED),
        (6.0, (1.0, 6.0, 6.0), REFUTED),  # the latest two
        (6.0, (6.0, 6.0, 1.0), UNDECIDED),
    ],
)
def test_a_sampled_verdict_follows_the_table(
    z: float, checkpoints: tuple[float, ...], verdict: Verdict
) -> None:
    check = judge(at(z), *(at(c) for c in checkpoints))
    assert check.verdict is verdict
    assert check.sampled
    assert check.measured == z
    assert bool(check.reason) is (verdict is UNDECIDED)


def test_the_reason_says_where_between_the_bounds_it_lies() -> None:
    assert "between 3.5 and 5" in judge(at(4.0)).reason
    assert "two checkpoints" in judge(at(7.0), at(7.0)).reason


@pytest.mark.parametrize(
    ("estimate", "rivals", "reason"),
    [
        (at(0.0, largest_share=0.11), (), "one draw carries 11%"),
        (at(0.0, effective=99.0), (), "effective sample size 99"),
        (replace(at(0.0), count=99), (), "only 99 draws"),
        (at(0.0), (3.4,), "rivals are too close"),
        (at(2.5), (5.0,), "rivals are too close"),  # both fit
        (at(9.0, largest_share=0.5), (), "one draw carries 50%"),
    ],
)
def test_what_cannot_be_told_yet_is_undecided_with_the_reason(
    estimate: Estimate, rivals: tuple[float, ...], reason: str
) -> None:
    check = judge(estimate, at(9.0), at(9.0), rivals=rivals)
    assert {s.verdict for s in check.statements} == {UNDECIDED}
    assert reason in check.reason


@pytest.mark.parametrize(
    ("estimate", "rivals"),
    [
        (at(0.0, largest_share=0.10), ()),
        (at(0.0, effective=100.0), ()),
        (replace(at(0.0), count=100), ()),
        (at(0.0), (3.51,)),
        (at(0.0), (0.0,)),  # rivals that say the same here are not rivals here
    ],
)
def test_the_bounds_themselves_can_be_told(estimate: Estimate, rivals: tuple[float, ...]) -> None:
    assert judge(estimate, rivals=rivals).verdict is AGREES


@given(gap=st.floats(0.01, 3.49), error=st.floats(1e-6, 1e6), count=st.integers(100, 10**9))
def test_the_samples_asked_for_suffice(gap: float, error: float, count: int) -> None:
    near = Estimate(0.0, error, count)
    reason = judge(near, rivals=(gap * error,)).reason
    more = int("".join(c for c in reason.split("about")[1] if c.isdigit()))
    assert more > 0
    enough = Estimate(0.0, error * math.sqrt(count / (count + more)) * (1 - 1e-9), count + more)
    assert judge(enough, rivals=(gap * error,)).reason == ""
    needed = count * ((3.5 / gap) ** 2 - 1)
    assert more <= 1.1 * needed + 1, "asked for more than a rounding too many"


def test_rivals_are_judged_by_the_same_measurement() -> None:
    check = judge(at(0.0), at(0.0), at(0.0), rivals=(4.0, 20.0))
    assert [s.verdict for s in check.statements] == [AGREES, UNDECIDED, REFUTED]
    assert check.reason == ""


def test_declared_bias_enters_z() -> None:
    far = [at(8.0)] * 3
    assert judge(*far).verdict is REFUTED
    assert judge(*far, bias=2.0).verdict is UNDECIDED  # 8/√5 = 3.6
    assert judge(*far, bias=2.1).verdict is AGREES  # 8/√5.41 = 3.4
    assert judge(*far, bias=2.0).error == pytest.approx(math.sqrt(5))


def test_no_sample_no_verdict() -> None:
    check = sampled("x", None, lambda state: state, Statement("true", 1.0))
    assert check.verdict is UNDECIDED
    assert check.reason == "no sample yet"
    assert math.isnan(check.measured)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_finite_measurement_decides_nothing(value: float) -> None:
    checks = [
        exact("x", value, Statement("true", 1.0), tolerance=1.0),
        exact("x", value, Statement("true", value), tolerance=1.0),
    ]
    for error in (1.0, math.nan, math.inf):
        estimate = Estimate(value, error, 1000)
        checks.append(judge(estimate, estimate, estimate))
    for check in checks:
        assert check.verdict is UNDECIDED
        assert check.reason == "no finite number here"


@pytest.mark.parametrize("error", [math.nan, math.inf])
def test_no_standard_error_decides_nothing(error: float) -> None:
    estimate = Estimate(5.0, error, 1)
    check = judge(estimate, estimate, estimate)
    assert check.verdict is UNDECIDED
    assert check.reason == "no finite number here"


def test_a_prediction_that_is_no_number_decides_nothing() -> None:
    nothing = Statement("true", math.nan)
    assert exact("x", 1.0, nothing, tolerance=1.0).verdict is UNDECIDED
    sample = Sample(4, 8, at(1.0), (at(1.0), at(1.0)))
    assert sampled("x", sample, lambda state: state, nothing).verdict is UNDECIDED


def test_an_infinite_prediction_is_refuted_by_a_number() -> None:
    check = exact("x", 1.0, Statement("true", 1.0), Statement("printed", math.inf), tolerance=0.1)
    assert [s.verdict for s in check.statements] == [AGREES, REFUTED]


@pytest.mark.parametrize(
    ("measured", "verdict"), [(1.0, AGREES), (1.25, AGREES), (0.75, AGREES), (1.2501, REFUTED)]
)
def test_an_exact_verdict_is_the_tolerance(measured: float, verdict: Verdict) -> None:
    check = exact("x", measured, Statement("true", 1.0), tolerance=0.25)
    assert check.verdict is verdict
    assert not check.sampled
    assert check.error == 0.25
    assert check.reason == ""


def test_zero_error_agrees_with_its_own_value_only() -> None:
    sure = Estimate(2.0, 0.0, 1000)
    sample = Sample(4, 8, sure, (sure, sure))
    said = (Statement("true", 2.0), Statement("printed", 2.0000001))
    check = sampled("x", sample, lambda state: state, *said)
    assert [s.verdict for s in check.statements] == [AGREES, REFUTED]


def sampler(seed: int, batch: int = 200, total: int = 64) -> Sampler[Any, Moments]:
    """Batches of exponential numbers of mean 1."""

    def draw(_params: Any, index: int) -> Moments:
        rng = np.random.default_rng([seed, index])
        return Moments.of(rng.exponential(size=batch))

    return Sampler(draw, Moments.merge, lambda _: total)


def verdicts(seed: int, batches: int, *statements: Statement) -> list[Check]:
    """The check after every batch, as a page shows it while it samples."""
    sample, checks = None, []
    for _ in range(batches):
        sample = advance(sampler(seed), None, sample)
        checks.append(sampled("mean", sample, Moments.mean_estimate, *statements))
    return checks


def test_a_true_statement_is_never_refuted_whenever_one_looks() -> None:
    seen = [c.verdict for s in range(300) for c in verdicts(s, 64, Statement("true", 1.0))]
    assert REFUTED not in seen
    assert seen.count(AGREES) > 0.99 * len(seen)


def test_a_false_statement_is_refuted_in_the_end_and_by_every_seed() -> None:
    for seed in range(20):
        check = verdicts(seed, 64, Statement("true", 1.0), Statement("printed", 1.2))[-1]
        assert [s.verdict for s in check.statements] == [AGREES, REFUTED]


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [(0.9, AGREES), (-30.0, AGREES), (1.01, AGREES), (1.2, REFUTED), (math.nan, UNDECIDED)],
)
def test_a_bound_is_judged_on_one_side(measured: float, verdict: Verdict) -> None:
    most = exact("size", measured, at_most("bound", 1.0), tolerance=0.1).statements[0]
    least = exact("size", -measured, at_least("bound", -1.0), tolerance=0.1).statements[0]
    assert (most.verdict, most.shown) == (verdict, "at most 1")
    assert (least.verdict, least.shown) == (verdict, "at least −1")
    assert at_most("bound", -18.8).shown == "at most −18.8"
    assert (most.predicted, least.predicted) == (1.0, -1.0)  # never the measured number


@pytest.mark.parametrize(
    ("measured", "checkpoints", "verdict"),
    [
        (0.97, (0.97, 0.97), UNDECIDED),  # 3 standard errors short: not "at least 1"
        (1.01, (1.01, 1.01), UNDECIDED),  # nor is one to the good
        (1.034, (), UNDECIDED),
        (1.036, (), AGREES),
        (7.0, (0.9, 0.9), AGREES),
        (0.95, (0.95,), UNDECIDED),
        (0.95, (0.95, 0.95), REFUTED),
        (0.94, (0.96, 0.94), UNDECIDED),
    ],
)
def test_a_one_sided_statement_needs_the_sample_on_its_side(
    measured: float, checkpoints: tuple[float, ...], verdict: Verdict
) -> None:
    now, *earlier = (Estimate(value, 0.01, 10_000) for value in (measured, *checkpoints))
    for said, sign in ((at_least("b", 1.0), 1.0), (at_most("b", -1.0), -1.0)):
        sample = Sample(4, 8, now, tuple(earlier))

        def signed(e: Estimate, sign: float = sign) -> Estimate:
            return replace(e, value=sign * e.value)

        check = sampled("x", sample, signed, said)
        assert check.verdict is verdict, said
        assert bool(check.reason) == (verdict is UNDECIDED)
        assert check.statements[0].predicted == sign
    # a bound is no rival of the number that stands on it
    both = sampled("x", Sample(4, 8, now, tuple(earlier)), lambda e: e, at_least("b", 1), REACHED)
    assert "rivals" not in both.reason


REACHED = Statement("equal to the bound", 1.0)


def test_a_one_sided_statement_that_is_only_just_true_is_never_refuted() -> None:
    """Where the number equals its bound, over three hundred seeds, at every batch."""
    seen = [c.verdict for s in range(300) for c in verdicts(s, 64, at_least("bound", 1.0))]
    assert REFUTED not in seen
    assert UNDECIDED in seen
    wrong = [verdicts(s, 64, at_least("bound", 1.2))[-1].verdict for s in range(20)]
    assert set(wrong) == {REFUTED}
    right = [verdicts(s, 64, at_least("bound", 0.8))[-1].verdict for s in range(20)]
    assert set(right) == {AGREES}


def test_what_cannot_tell_says_why() -> None:
    check = undecided("x", 2.0, Statement("true", 1.0), tolerance=0.1, reason="it still moves")
    assert (check.verdict, check.reason, check.sampled) == (UNDECIDED, "it still moves", False)


def test_a_check_speaks_only_where_its_claim_does() -> None:
    check = where(lambda params: params > 0, lambda *_: judge(at(0.0)))
    assert check(-1, None, None) is None
    spoken = check(1, None, None)
    assert spoken is not None
    assert spoken.verdict == AGREES
