"""Batches: merged moments, standard errors against simulation, streams, checkpoints."""

from __future__ import annotations

import math
import pickle
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.experiments import EXPERIMENTS
from compute.sampling import (
    Moments,
    Sampler,
    advance,
    collect,
    either,
    merge,
    merged_by,
    stream,
    values_and_errors,
)
from compute.warm import settings
from tests.thorough import several

Array = NDArray[np.float64]
numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30).map(np.array)


def assert_close(a: Moments, b: Moments, scale: float, tolerance: float) -> None:
    """Equal up to `tolerance` of what each moment would be if all numbers were `scale`."""
    assert a.count == b.count
    assert a.largest == b.largest
    assert a.mean == pytest.approx(b.mean, abs=tolerance * scale)
    for k, (x, y) in enumerate([(a.m2, b.m2), (a.m3, b.m3), (a.m4, b.m4)], start=2):
        # Nothing is claimed of numbers too small to have all their digits.
        assert x == pytest.approx(y, abs=tolerance * a.count * scale**k + 1e-290)


@given(st.lists(numbers, min_size=1, max_size=6))
def test_merged_batches_have_the_moments_of_the_whole(batches: list[Array]) -> None:
    whole = np.concatenate(batches)
    merged = Moments.of(batches[0])
    for batch in batches[1:]:
        merged = merged.merge(Moments.of(batch))
    assert_close(merged, Moments.of(whole), float(np.abs(whole).max()) or 1.0, 1e-12)


@given(st.lists(numbers, min_size=3, max_size=3))
def test_the_order_of_merging_does_not_matter(batches: list[Array]) -> None:
    scale = max(float(np.abs(b).max()) for b in batches) or 1.0
    merged = []
    for a, b, c in permutations(map(Moments.of, batches)):
        merged += [a.merge(b).merge(c), a.merge(b.merge(c))]
    for other in merged[1:]:
        assert_close(merged[0], other, scale, 1e-12)


def test_a_large_offset_costs_no_digits() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal(40_000)
    merged = Moments.of(x[:1000] + 1e6)
    for batch in x[1000:].reshape(-1, 1000):
        merged = merged.merge(Moments.of(batch + 1e6))
    assert merged.variance == pytest.approx(float(x.var(ddof=1)), rel=1e-8)


def test_moments_are_the_textbook_ones() -> None:
    x = np.array([[1.0, 2.0], [4.0, -7.0]])
    d = x - x.mean()
    m = Moments.of(x)
    assert (m.count, m.mean, m.largest) == (4, 0.0, 7.0)
    assert [m.m2, m.m3, m.m4] == pytest.approx([(d**k).sum() for k in (2, 3, 4)])
    assert m.variance == pytest.approx(np.var(x, ddof=1))


LAWS = {
    "normal": (lambda rng, n: rng.standard_normal(n) + 3, 3.0, 1.0),
    "exponential": (lambda rng, n: rng.exponential(size=n), 1.0, 1.0),
    "uniform": (lambda rng, n: rng.uniform(size=n), 0.5, 1 / 12),
}


@pytest.mark.parametrize("law", LAWS)
def test_standard_errors_are_the_spread_that_simulation_shows(law: str) -> None:
    draw, mean, variance = LAWS[law]
    rng = np.random.default_rng(7)
    n, repeats = 4000, 2000
    states = [Moments.of(x) for x in draw(rng, (repeats, n))]
    for truth, estimates in (
        (mean, [s.mean_estimate() for s in states]),
        (mean, [s.centred_estimate() for s in states]),
        (variance, [s.variance_estimate() for s in states]),
    ):
        values = np.array([e.value for e in estimates])
        claimed = float(np.mean([e.standard_error for e in estimates]))
        # The spread of 2000 repeats is known to 1/√4000 = 1.6 %; four times that.
        assert float(values.std()) == pytest.approx(claimed, rel=0.07)
        assert abs(values.mean() - truth) < 4 * claimed / math.sqrt(repeats) + 1e-12
        assert {e.count for e in estimates} == {n}


def test_a_heavy_tail_shows_in_share_and_effective_size() -> None:
    even = Moments.of(np.full(1000, 2.0)).mean_estimate()
    assert even.largest_share == pytest.approx(0.001)
    assert even.effective == pytest.approx(1000)
    x = np.ones(1000)
    x[3] = 1000.0
    heavy = Moments.of(x).mean_estimate()
    assert heavy.largest_share == pytest.approx(1000 / 1999)
    assert heavy.effective == pytest.approx(1999**2 / (999 + 1000**2))


@pytest.mark.parametrize("size", [1e155, 1e200, 1e300])
def test_numbers_whose_powers_overflow_raise_nothing(size: float) -> None:
    rng = np.random.default_rng(3)
    state = Moments.of(size * rng.exponential(size=50))
    state = state.merge(Moments.of(size * rng.exponential(size=50)))
    for estimate in (state.mean_estimate(), state.centred_estimate(), state.variance_estimate()):
        assert not math.isfinite(estimate.value + estimate.standard_error)


def test_one_number_tells_no_error() -> None:
    one = Moments.of(np.array([2.0]))
    assert one.mean_estimate().value == 2.0
    assert math.isnan(one.mean_estimate().standard_error)
    assert math.isnan(one.variance_estimate().value)


def test_streams_are_reproducible_and_all_different() -> None:
    keys = [(s, n, i) for s in (0, 1, 999_999) for n in ("weights", "biases", "") for i in (0, 1)]
    drawn = {key: stream(*key).standard_normal(4000) for key in keys}
    for key, x in drawn.items():
        np.testing.assert_array_equal(x, stream(*key).standard_normal(4000))
    for a, b in pairwise(keys):
        # Independent: the correlation of 4000 pairs is within 5/√4000.
        assert abs(np.corrcoef(drawn[a], drawn[b])[0, 1]) < 0.08
    assert len({x.tobytes() for x in drawn.values()}) == len(keys)


def test_the_global_random_state_is_not_touched() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002  what is tested
    stream(1, "weights").standard_normal(10)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def record(total: int) -> Sampler[Any, tuple[int, ...]]:
    """Batches that only say their index."""
    return Sampler(lambda _p, index: (index,), lambda a, b: a + b, lambda _: total)


def test_batches_come_in_order_with_checkpoints_at_the_powers_of_two() -> None:
    sampler, sample = record(20), None
    powers: list[tuple[int, ...]] = []
    for n in range(1, 21):
        sample = advance(sampler, None, sample)
        if n in (1, 2, 4, 8, 16):
            powers.append(tuple(range(n)))
        assert sample.batches == n
        assert sample.total == 20
        assert sample.current == tuple(range(n))
        assert sample.checkpoints == tuple(powers[-2:])
        assert collect(sampler, None, n) == sample


@pytest.mark.parametrize(("wanted", "batches"), [(0, 1), (1, 1), (5, 5), (6, 5), (10**9, 5)])
def test_collect_keeps_between_one_batch_and_all(wanted: int, batches: int) -> None:
    assert collect(record(5), None, wanted).batches == batches


@dataclass(frozen=True)
class Parts:
    """A sample of every kind of field."""

    drawn: int
    sums: NDArray[np.float64]
    moments: tuple[Moments, ...]
    rare: Moments | None
    widths: tuple[int, ...] = field(metadata=merged_by(either))
    largest: NDArray[np.float64] = field(metadata=merged_by(np.maximum))


def test_samples_merge_field_by_field() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 9))
    of_x, of_y, widths = Moments.of(x), Moments.of(y), (4, 8)
    whole = merge(
        Parts(1, x, (of_x, of_y), None, widths, x), Parts(2, y, (of_y, of_x), of_y, widths, y)
    )
    assert (whole.drawn, whole.rare, whole.widths) == (3, of_y, widths)
    assert whole.moments == (of_x.merge(of_y), of_y.merge(of_x))
    np.testing.assert_array_equal(whole.sums, x + y)
    np.testing.assert_array_equal(whole.largest, np.maximum(x, y))
    assert merge((), (of_x,)) == merge((of_x,), ()) == (of_x,)


def test_a_scaled_estimate_is_that_of_scaled_numbers() -> None:
    x = np.random.default_rng(4).standard_normal(50)
    scaled, of_scaled = (
        Moments.of(x).centred_estimate().scaled(-2.0, 5.0),
        Moments.of(5 - 2 * x).centred_estimate(),
    )
    assert scaled.value == pytest.approx(of_scaled.value)
    assert scaled.standard_error == pytest.approx(of_scaled.standard_error)
    assert scaled.count == of_scaled.count
    values, errors = values_and_errors(iter((scaled, of_scaled)))
    assert values.tolist() == [scaled.value, of_scaled.value]
    assert errors.tolist() == [scaled.standard_error, of_scaled.standard_error]


SAMPLED = [e for e in EXPERIMENTS if e.sampler is not None]


@pytest.mark.parametrize("experiment", several(SAMPLED, 9), ids=lambda e: e.key)
def test_batches_of_the_edition_are_deterministic_and_merge_to_the_same_bits(
    experiment: Any,
) -> None:
    sampler = experiment.sampler
    params = next(p for p in settings(experiment) if sampler.batches(p) >= 2)
    whole = collect(sampler, params, 2)
    first = advance(sampler, params, None)
    again = advance(sampler, params, first)
    assert pickle.dumps(again) == pickle.dumps(whole)
    assert first.batches == 1


def test_the_relative_deviation_and_its_error() -> None:
    """Of exponential numbers it is 1; its error is what it scatters by."""
    draws = np.random.default_rng(11).exponential(2.0, (400, 500))
    found = [Moments.of(row).relative_deviation() for row in draws]
    values = np.array([e.value for e in found])
    assert values.mean() == pytest.approx(1, abs=0.01)
    assert np.median([e.standard_error for e in found]) == pytest.approx(values.std(), rel=0.2)
    assert math.isnan(Moments.of(np.array([2.0])).relative_deviation().value)
