"""Sums that samples keep, against NumPy and SciPy on the numbers themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from compute.sampling import merge
from compute.sums import Means, PowerSums

RNG = np.random.default_rng(0)


def test_means_of_two_halves_are_those_of_the_whole() -> None:
    x = RNG.normal(3, 2, (60, 2, 3))
    found = merge(Means.of(x[:20]), Means.of(x[20:]))
    mean, error = found.means()
    np.testing.assert_allclose(mean, x.mean(axis=0))
    np.testing.assert_allclose(error, stats.sem(x, axis=0))
    np.testing.assert_allclose(found.deviations(), x.std(axis=0))
    one = found.estimate(1, -1)
    assert (one.value, one.standard_error, one.count) == (mean[1, -1], error[1, -1], 60)


def test_a_slope_is_that_of_the_last_places() -> None:
    """Exact powers have exact slopes, whatever lies before them; a mean of 0 has none."""
    widths = np.array([8.0, 32.0, 128.0])
    x = RNG.normal(1, 0.1, (400, 4)) * np.array([5.0, *widths**-0.5])
    found = Means(np.full(4, 400.0), Means.of(x).sums).slope(widths)
    fit = np.polyfit(np.log(widths), np.log(x[:, 1:].mean(axis=0)), 1)[0]
    assert abs(found.value + 0.5) < 4 * found.standard_error
    assert found.value == pytest.approx(fit, abs=2 * found.standard_error)
    assert found.count == 1600
    assert np.isnan(Means.of(0 * x).slope(widths).value)


def test_power_sums_give_centred_moments_of_unequal_samples() -> None:
    rows = [RNG.normal(0.5, 1, 3000), RNG.normal(-1, 2, 500)]
    whole = PowerSums.of(rows)
    halves = merge(PowerSums.of([r[:100] for r in rows]), PowerSums.of([r[100:] for r in rows]))
    for order in (2, 3, 4):
        wanted = [stats.moment(r, order) for r in rows]
        np.testing.assert_allclose(whole.centred(order)[0], wanted, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(halves.centred(order)[0], wanted, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(halves.largest, whole.largest)
    assert whole.told(2).all()
    one = whole.estimate(2, 1)
    assert (one.count, one.effective) == (500, 50)
    assert one.largest_share == pytest.approx(float((rows[1] ** 2).max() / (rows[1] ** 2).sum()))


def test_a_moment_that_one_number_carries_is_not_told() -> None:
    rows = [np.array([1e3, *np.ones(200)])]
    assert not PowerSums.of(rows).told(2).any()
    assert PowerSums.of(rows).estimate(3, 0).largest_share == pytest.approx(1e6 / (1e6 + 200))
