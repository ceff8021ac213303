"""Means and slopes from sums, against NumPy and SciPy on the numbers themselves."""

import numpy as np
import pytest
from scipy import stats

from compute.estimates import (
    bin_counts,
    bin_distance,
    bin_median,
    bin_quantiles,
    central_moment,
    mean_and_error,
    normal_scores,
    slope_weights,
    sums,
    weighted_slope,
)

RNG = np.random.default_rng(0)


def test_mean_and_error_are_those_of_the_numbers():
    x = RNG.normal(3, 2, (50, 4))
    mean, error = mean_and_error(50, *sums(x))
    assert mean == pytest.approx(x.mean(axis=0))
    assert error == pytest.approx(stats.sem(x, axis=0))


def test_too_few_numbers_have_no_mean_or_no_error():
    mean, error = mean_and_error(
        np.array([0.0, 1.0, 2.0]), np.array([0.0, 3.0, 4.0]), np.array([0.0, 9.0, 10.0])
    )
    np.testing.assert_array_equal(mean, [np.nan, 3, 2])
    np.testing.assert_array_equal(error, [np.nan, np.nan, 1])


def test_slope_weights_are_least_squares_in_logarithms():
    widths = np.array([8, 16, 64, 500])
    y = np.exp(RNG.normal(size=(4, 3)))
    fits = [stats.linregress(np.log(widths), np.log(column)).slope for column in y.T]
    assert slope_weights(widths) @ np.log(y) == pytest.approx(fits)


def test_a_weighted_slope_is_numpys():
    x, error = np.array([0.0, 1.0, 3.0, 4.0]), np.array([0.1, 0.2, 0.1, 0.05])
    y = 2 - 0.5 * x + RNG.normal(0, error)
    fit, covariance = np.polyfit(x, y, 1, w=1 / error, cov="unscaled")
    assert weighted_slope(x, y, error) == pytest.approx((fit[0], covariance[0, 0] ** 0.5))


def test_the_median_of_bins_is_that_of_the_numbers():
    edges = np.linspace(-4, 4, 801)
    x = RNG.normal(0.3, 1, (1, 20_000))
    alive = np.ones(x.shape, dtype=bool)
    alive[:, ::4] = False
    counts = bin_counts(x, edges, alive)
    assert counts.sum() == alive.sum()
    # the largest distance from a law that is off at one edge, the others counted below
    cdf = (np.cumsum(counts[0])[:-1] + 5000) / 20_000
    assert bin_distance(counts[0], cdf - 0.1 * (edges == 0), 5000.0) == pytest.approx(0.1)
    levels = np.array([0.1, 0.3, 0.5, 0.9])
    known = np.quantile(x[alive], levels)
    assert bin_quantiles(counts, edges, levels)[:, 0] == pytest.approx(known, abs=0.006)
    outside = bin_quantiles(bin_counts(x + 3.9, edges), edges, levels)
    assert np.isfinite(outside[0]).all()
    assert np.isnan(outside[-1]).all()
    middle, error = bin_median(counts[0], edges)
    assert middle == pytest.approx(np.median(x[alive]), abs=0.006)
    # of a normal law the median's error is √(π/2n)
    assert error == pytest.approx((np.pi / 2 / alive.sum()) ** 0.5, rel=0.25)
    assert np.isnan(bin_median(counts[0] * 0, edges)).all()


def test_normal_scores_and_their_errors():
    score, error = normal_scores(np.array([0.0, 250.0, 500.0, 1000.0]), 1000)
    assert np.isnan(score[[0, 3]]).all()
    assert np.isnan(error[[0, 3]]).all()
    assert score[1:3] == pytest.approx(stats.norm.ppf([0.25, 0.5]))
    slope = 1 / stats.norm.pdf(stats.norm.ppf(0.25))
    assert error[1] == pytest.approx(slope * np.sqrt(0.25 * 0.75 / 1000))


def test_central_moments_and_their_errors():
    x = RNG.gamma(3.0, size=(400, 500))
    powers = np.array([(x**k).sum(axis=0) for k in range(7)])
    for order in (2, 3):
        value, error = central_moment(powers, order)
        assert value == pytest.approx(stats.moment(x, order, axis=0), rel=1e-9)
        assert np.median(error) == pytest.approx(value.std(), rel=0.3)
