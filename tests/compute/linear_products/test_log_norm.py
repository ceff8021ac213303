"""Exact laws of products of random matrices (section 3.2) against independent routes."""

import json
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from compute.linear_products import log_norm as lp
from compute.linear_products import log_norm_series as series

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "closed_forms.json").read_text("utf-8")
)

# Every regime of the inversion: one factor, heavy left tails, many layers, mixtures.
WIDTHS = {
    "one factor of width 1": [1],
    "two factors of width 1": [1, 1],
    "one factor of width 2": [2],
    "one factor of width 7": [7],
    "one wide factor": [1000],
    "a thousand factors of width 1": [1] * 1000,
    "a thousand wide factors": [1000] * 1000,
    "a thousand distinct widths": list(range(1, 1001)),
    "a bottleneck": [1000] * 20 + [1] + [1000] * 20,
    "the default": [64] * 32,
    "a taper": list(range(60, 2, -3)),
    "either side of the cumulant series": [1, 40, 41, 300],
}
small_widths = st.lists(st.integers(1, 30), min_size=1, max_size=6)


def rows(prefix):
    found = [row for row in REFERENCE if row["id"].startswith(prefix)]
    assert found
    return pytest.mark.parametrize("row", found, ids=lambda row: row["id"])


def every_widths(function):
    return pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS.keys())(function)


@rows("halflogchi2_mean")
def test_mean_of_one_factor(row):
    assert lp.log_norm_moments([row["inputs"]["N"]])[0] == pytest.approx(row["float"], rel=1e-11)


@rows("halflogchi2_var")
def test_variance_of_one_factor(row):
    assert lp.log_norm_moments([row["inputs"]["N"]])[1] == pytest.approx(row["float"], rel=1e-13)


@rows("lyapunov_")
def test_lyapunov_exponents(row):
    exponent = lp.lyapunov_exponents(row["inputs"]["N"])[row["inputs"]["i"] - 1]
    assert exponent == pytest.approx(row["float"], rel=1e-12)


@rows("kappa4_linear")
def test_fourth_cumulant_is_a_norm_moment(row):
    widths = [row["inputs"]["N"]] * row["inputs"]["L"]
    assert math.expm1(lp.norm_moment(widths, 2)) == pytest.approx(row["float"], rel=1e-13)


def test_one_layer_is_the_leading_lyapunov_exponent():
    assert lp.lyapunov_exponents(37)[0] == pytest.approx(lp.log_norm_moments([37])[0], rel=1e-13)


def test_lognormal_law_corrected_and_printed():
    """Errata 9 and 10 at N = L = 100: exact −0.5067, 0.5101; printed −0.25, 0.25."""
    widths = [100] * 101
    mean, variance = lp.log_norm_moments(widths)
    assert (round(mean, 4), round(variance, 4)) == (-0.5067, 0.5101)
    assert lp.lognormal_law(widths, "printed") == pytest.approx((-0.25, 0.25), abs=1e-15)
    assert lp.lognormal_law(widths, "corrected") == pytest.approx((-0.505, 0.505), abs=1e-15)


def test_output_layer_counts():
    """Errata 11: widths 3, 10 eight times, 4."""
    widths, offset = [10] * 8 + [4], 0.5 * math.log(4 / 3)
    mean, variance = lp.log_norm_moments(widths)
    assert (round(mean + offset, 4), round(variance, 4)) == (-0.4046, 0.6039)
    corrected, printed = (lp.lognormal_law(widths, which) for which in lp.LOGNORMAL_LAWS)
    assert (round(corrected[0] + offset, 3), round(corrected[1], 3)) == (-0.381, 0.525)
    assert (round(printed[0] + offset, 3), round(printed[1], 3)) == (-0.056, 0.2)
    assert lp.effective_depth(widths) == pytest.approx(1.05, abs=1e-15)
    assert lp.lognormal_law([5], "printed") == (0.0, 0.0)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 7])
def test_norm_moment_is_a_gamma_ratio(order):
    widths = [3, 8, 2, 5]
    exact = sum(
        mpmath.log(mpmath.gamma(mpmath.mpf(n) / 2 + order) / mpmath.gamma(mpmath.mpf(n) / 2))
        - order * mpmath.log(mpmath.mpf(n) / 2)
        for n in widths
    )
    assert lp.norm_moment(widths, order) == pytest.approx(float(exact), rel=1e-13, abs=1e-15)


def test_norm_moment_is_an_integral_over_the_density():
    widths = [12, 9, 15]
    low, high = lp.log_norm_window(widths, 1e-9)
    points = np.linspace(low, high + 1, 4001)
    density = lp.log_norm_density(widths, points)
    for order in (0, 1, 2, 3):
        integral = np.trapezoid(density * np.exp(2 * order * points), points)
        assert integral == pytest.approx(math.exp(lp.norm_moment(widths, order)), rel=1e-6)


@pytest.mark.parametrize("width", [1, 2, 3, 10, 64, 1000])
def test_density_of_one_factor_is_the_log_chi_density(width):
    points = np.linspace(*lp.log_norm_window([width], 1e-7), 801)
    exact = stats.chi(width, scale=width**-0.5).pdf(np.exp(points)) * np.exp(points)
    assert np.abs(lp.log_norm_density([width], points) - exact).max() < 1e-11 * exact.max()
    tail = stats.chi2(width).cdf(width * np.exp(2 * points))
    assert np.abs(lp.log_norm_cdf([width], points) - tail).max() < 1e-11


def test_density_of_two_factors_of_width_one_is_a_bessel_function():
    """|g h| of two standard normals has density (2/π) K_0."""
    points = np.linspace(-25, 3, 801)
    exact = 2 / np.pi * special.k0(np.exp(points)) * np.exp(points)
    assert np.abs(lp.log_norm_density([1, 1], points) - exact).max() < 1e-11 * exact.max()


@pytest.mark.parametrize("width", [1, 2, 5, 40])
def test_neighbouring_widths_multiply_to_one_gamma(width):
    """Duplication formula: χ_N χ_{N+1} has the law of χ²_{2N}/2."""
    points = np.linspace(*lp.log_norm_window([width, width + 1], 1e-8), 301)
    product = np.exp(points) * math.sqrt(width * (width + 1))
    exact = stats.gamma(width).cdf(product)
    assert np.abs(lp.log_norm_cdf([width, width + 1], points) - exact).max() < 1e-11


@every_widths
def test_density_has_mass_one_and_the_exact_cumulants(widths):
    mean, variance = lp.log_norm_moments(widths)
    third, fourth = series.log_norm_cumulants(widths, 4)[2:]
    spread = math.sqrt(variance)
    z = np.linspace(-42 if min(widths) < 8 else -14, 14, 40001)
    density = spread * lp.log_norm_density(widths, mean + spread * z)
    moments = [np.trapezoid(density * z**k, z) for k in range(5)]
    expected = [1, 0, 1, third / spread**3, 3 + fourth / variance**2]
    assert moments == pytest.approx(expected, abs=2e-8)
    assert density.min() > -1e-9 * density.max()


@every_widths
def test_cdf_is_the_integral_of_the_density(widths):
    low, high = lp.log_norm_window(widths, 1e-9)
    points = np.linspace(low, high, 40001)
    integral = integrate.cumulative_simpson(lp.log_norm_density(widths, points), x=points)
    cdf = lp.log_norm_cdf(widths, points)
    assert np.abs(cdf[1:] - cdf[0] - integral).max() < 1e-9
    assert lp.log_norm_cdf(widths, [low - 1e6, high + 1e6]) == pytest.approx([0, 1], abs=0)


@every_widths
def test_quantiles_invert_the_cdf(widths):
    levels = [1e-9, 1e-4, 0.1, 0.5, 0.999, 1 - 1e-9]
    points = lp.log_norm_quantiles(widths, levels)
    assert np.all(np.diff(points) > 0)
    assert lp.log_norm_cdf(widths, points) == pytest.approx(levels, abs=1e-13)
    # The levels sit where the mass is: a few standard deviations, more on the heavy left.
    mean, variance = lp.log_norm_moments(widths)
    assert abs(points[3] - mean) < 0.3 * math.sqrt(variance)


@every_widths
def test_series_has_at_most_512_terms(widths):
    assert 16 <= len(series.Series.of(widths).coefficients) <= 512


@pytest.mark.parametrize("widths", [[1], [1] * 50, [64] * 32, [3, 8, 2, 5], [500, 1]], ids=str)
def test_samples_follow_the_exact_law(widths):
    """Kolmogorov–Smirnov, 20 000 draws, level 1e-3 at this seed."""
    sample = lp.sample_log_norm(widths, 20_000, np.random.default_rng(32))
    result = stats.kstest(sample, lambda points: lp.log_norm_cdf(widths, points))
    assert result.pvalue > 1e-3


def test_samples_in_several_blocks_have_the_exact_moments():
    """400 000 draws of 3 layers do not fit in one block; 4 standard errors."""
    widths, size = [4, 4, 9], 400_000
    mean, variance = lp.log_norm_moments(widths)
    fourth = series.log_norm_cumulants(widths, 4)[3]
    sample = lp.sample_log_norm(widths, size, np.random.default_rng(5))
    assert abs(sample.mean() - mean) < 4 * math.sqrt(variance / size)
    assert abs(sample.var() - variance) < 4 * math.sqrt((fourth + 2 * variance**2) / size)


def test_sampling_repeats_with_the_seed_and_ignores_the_order_of_the_layers():
    draws = [
        lp.sample_log_norm(widths, 50, np.random.default_rng(1))
        for widths in ([3, 8, 2, 8], [8, 8, 2, 3])
    ]
    assert np.array_equal(*draws)


@settings(max_examples=40, deadline=None)
@given(small_widths, st.randoms(use_true_random=False))
def test_order_of_widths_is_irrelevant(widths, random):
    shuffled = random.sample(widths, len(widths))
    points = np.linspace(-3, 1, 21)
    assert lp.log_norm_moments(widths) == lp.log_norm_moments(shuffled)
    assert np.array_equal(
        lp.log_norm_density(widths, points), lp.log_norm_density(shuffled, points)
    )


@settings(max_examples=40, deadline=None)
@given(small_widths)
def test_density_is_nonnegative_and_the_cdf_increases(widths):
    mean, variance = lp.log_norm_moments(widths)
    points = mean + math.sqrt(variance) * np.linspace(-45, 15, 601)
    density, cdf = lp.log_norm_density(widths, points), lp.log_norm_cdf(widths, points)
    assert density.min() >= -1e-9 * density.max()
    assert np.diff(cdf).min() >= -1e-12
    assert lp.effective_depth(widths) == pytest.approx(lp.lognormal_law(widths, "corrected")[1] * 2)


@settings(max_examples=25, deadline=None)
@given(small_widths, st.integers(1, 30))
def test_cumulants_add_over_layers(widths, width):
    joined = series.log_norm_cumulants([*widths, width], 5)
    parts = series.log_norm_cumulants(widths, 5) + series.log_norm_cumulants([width], 5)
    assert joined == pytest.approx(parts, rel=1e-12)


def test_sampled_lyapunov_exponents_have_the_exact_mean_and_variance():
    """width 5, 4000 factors, each exponent within 4 standard errors."""
    depth = 4000
    sampled = lp.sample_lyapunov(5, depth, np.random.default_rng(9))
    variance = special.polygamma(1, np.arange(5, 0, -1) / 2) / 4
    errors = (sampled - lp.lyapunov_exponents(5)) / np.sqrt(variance / depth)
    assert np.abs(errors).max() < 4
    assert np.abs(errors).max() > 0.1


def test_sampled_lyapunov_exponents_have_the_law_of_qr():
    """Two-sample Kolmogorov–Smirnov against QR of Gaussian matrices, level 1e-3, width 3."""
    rng, depth, size = np.random.default_rng(11), 4, 800
    fast = np.array([lp.sample_lyapunov(3, depth, rng) for _ in range(size)])
    slow = np.array([lyapunov_by_qr(3, depth, rng) for _ in range(size)])
    for i in range(3):
        assert stats.ks_2samp(fast[:, i], slow[:, i]).pvalue > 1e-3


def lyapunov_by_qr(width, depth, rng):
    frame, total = np.eye(width), np.zeros(width)
    for _ in range(depth):
        frame, r = np.linalg.qr(rng.standard_normal((width, width)) / math.sqrt(width) @ frame)
        total += np.log(np.abs(np.diag(r)))
    return total / depth


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        (lambda: lp.log_norm_moments([]), ValueError, "widths"),
        (lambda: lp.log_norm_moments([3, 0]), ValueError, "widths"),
        (lambda: lp.log_norm_moments([[3]]), ValueError, "widths"),
        (lambda: lp.log_norm_moments([3.0]), TypeError, "widths"),
        (lambda: lp.log_norm_moments([True]), TypeError, "widths"),
        (lambda: lp.log_norm_moments(["3"]), TypeError, "widths"),
        (lambda: series.log_norm_cumulants([3], 0), ValueError, "order"),
        (lambda: lp.log_norm_density([3], 0.5), ValueError, "points"),
        (lambda: lp.log_norm_density([3], [math.nan]), ValueError, "points"),
        (lambda: lp.log_norm_cdf([3], [math.inf]), ValueError, "points"),
        (lambda: lp.log_norm_quantiles([3], [0.0]), ValueError, "levels"),
        (lambda: lp.log_norm_quantiles([3], [math.nan]), ValueError, "levels"),
        (lambda: lp.log_norm_window([3], 0.5), ValueError, "tail"),
        (lambda: lp.lognormal_law([3], "measured"), ValueError, "which.*corrected, printed"),
        (lambda: lp.norm_moment([3], -1), ValueError, "order"),
        (lambda: lp.norm_moment([3], 0.5), TypeError, "order"),
        (lambda: lp.sample_log_norm([3], 0, RNG), ValueError, "size"),
        (lambda: lp.sample_log_norm([3], 5, 7), TypeError, "rng"),
        (lambda: lp.lyapunov_exponents(0), ValueError, "width"),
        (lambda: lp.sample_lyapunov(3, 0, RNG), ValueError, "depth"),
        (lambda: lp.sample_lyapunov(3, True, RNG), TypeError, "depth"),
        (lambda: lp.sample_lyapunov(3, 4, None), TypeError, "rng"),
    ],
)
def test_bad_input_names_the_argument(call, error, name):
    with pytest.raises(error, match=name):
        call()
