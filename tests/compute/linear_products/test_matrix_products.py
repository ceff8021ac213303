"""Products of real weight matrices (section 3.2) against the exact laws and limits."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from compute import linear_products as lp
from compute.linear_products import free_products as fp
from compute.linear_products import matrix_products as mp
from compute.linear_products import singular_values
from compute.linear_products.singular_values import log_singular_values_of


def every_law(function):
    return pytest.mark.parametrize("law", mp.ENTRY_LAWS)(function)


def exact_log_singular_values(matrices, digits):
    """Decreasing, by an SVD of the multiplied-out product at many digits; −inf for zeros."""
    with mpmath.workdps(digits):
        product = mpmath.eye(len(matrices[0]))
        for matrix in matrices:
            product = mpmath.matrix(matrix.tolist()) * product
        values = sorted(mpmath.svd_r(product, compute_uv=False), reverse=True)
        smallest = values[0] * mpmath.mpf(10) ** (-digits // 2)
        return np.array([float(mpmath.log(v)) if v > smallest else -np.inf for v in values])


@every_law
def test_entries_have_mean_zero_and_variance_one(law):
    """10⁶ entries, 4 standard errors."""
    entries = mp.draw_entries(law, (1000, 1000), np.random.default_rng(3))
    assert entries.shape == (1000, 1000)
    assert entries.dtype == np.float64
    assert abs(entries.mean()) < 4e-3
    assert abs(np.mean(entries**2) - 1) <= 4 * (entries**2).std() / 1000
    kurtosis = {"gaussian": 3, "sign": 1, "uniform": 1.8, "student": 9}[law]
    assert np.mean(entries**4) == pytest.approx(kurtosis, rel=0.25)


@pytest.mark.parametrize(
    ("input_dim", "widths", "size"),
    [(3, [3] * 6, 20_000), (16, [16] * 17, 3000), (3, [8, 2, 5], 20_000)],
    ids=["N=3 L=5", "N=16 L=16", "widths 3 8 2 5"],
)
def test_weights_give_the_chi_square_law(input_dim, widths, size):
    """(3.2.3), Kolmogorov–Smirnov at level 1e-3 and this seed, C_W = 1.7."""
    rng = np.random.default_rng(323)
    norms = mp.sample_product_norms(input_dim, widths, size, rng, weight_variance=1.7)
    offset = 0.5 * math.log(widths[-1] / input_dim) + 0.5 * len(widths) * math.log(1.7)
    result = stats.kstest(norms - offset, lambda points: lp.log_norm_cdf(widths, points))
    assert result.pvalue > 1e-3


@pytest.mark.parametrize("law", ["sign", "uniform", "student"])
def test_chi_square_law_is_for_gaussian_entries(law):
    """At N = 3 the same test tells every other law from (3.2.3)."""
    norms = mp.sample_product_norms(3, [3] * 6, 20_000, np.random.default_rng(323), law=law)
    finite = norms[np.isfinite(norms)]
    assert stats.kstest(finite, lambda points: lp.log_norm_cdf([3] * 6, points)).pvalue < 1e-6


def test_errata_rows_six_and_seven():
    """Mean of ‖z‖² is N_{L+1}/N_0 at widths 3, 30, 30, 2, within 4 standard errors."""
    rng = np.random.default_rng(7)
    squares = np.exp(2 * mp.sample_product_norms(3, [30, 30, 2], 20_000, rng))
    assert abs(squares.mean() - 2 / 3) < 4 * squares.std() / math.sqrt(squares.size)
    one = np.exp(2 * mp.sample_product_norms(3, [5], 20_000, rng)) * 3
    assert abs(one.mean() - 5) < 4 * one.std() / math.sqrt(one.size)


@pytest.mark.parametrize("weight_variance", [1e-3, 4.0])
def test_depth_one_thousand_neither_overflows_nor_underflows(weight_variance):
    """8 networks, the mean within 4 standard errors of the exact one."""
    widths = [4] * 1000
    rng = np.random.default_rng(8)
    norms = mp.sample_product_norms(4, widths, 8, rng, weight_variance=weight_variance)
    mean, variance = lp.log_norm_moments(widths)
    expected = mean + 500 * math.log(weight_variance)
    assert abs(norms.mean() - expected) < 4 * math.sqrt(variance / 8)


def test_product_norms_equal_the_product_written_out():
    """Same draws, multiplied without rescaling, over several blocks of networks."""
    shapes, size = [(80, 60), (50, 80), (7, 50)], 150
    norms = mp.sample_product_norms(
        60, [80, 50, 7], size, np.random.default_rng(4), weight_variance=2.5
    )
    rng, largest = np.random.default_rng(4), 80 * 60
    block, expected = mp._BLOCK // largest, []
    assert size > 2 * block
    for start in range(0, size, block):
        z = np.full((min(block, size - start), 60), 60**-0.5)
        for rows, columns in shapes:
            weights = math.sqrt(2.5) * rng.standard_normal((len(z), rows, columns))
            z = (weights @ z[:, :, None])[:, :, 0] / math.sqrt(columns)
        expected.extend(np.log(np.linalg.norm(z, axis=1)))
    assert norms == pytest.approx(np.array(expected), abs=1e-12)


def test_vanishing_outputs_are_minus_infinity():
    """One sign neuron on two equal inputs is 0 with probability ½; 4 standard errors."""
    norms = mp.sample_product_norms(2, [1, 3], 4000, np.random.default_rng(2), law="sign")
    dead = np.isneginf(norms)
    assert abs(dead.mean() - 0.5) < 4 * 0.5 / math.sqrt(4000)
    # Otherwise ±2/√2 · 1/√2 at the neuron, then three signs.
    assert norms[~dead] == pytest.approx(0.5 * math.log(3), abs=1e-14)


def test_sign_networks_of_width_two_die_at_the_exact_rate():
    """Both coordinates alive: ¼ stay so, ½ lose one, ¼ die; one alive: both return."""
    both, one = 1.0, 0.0
    for _ in range(12):
        both, one = both / 4 + one, both / 2
    norms = mp.sample_product_norms(2, [2] * 12, 50_000, np.random.default_rng(6), law="sign")
    alive = both + one
    share = np.isfinite(norms).mean()
    assert abs(share - alive) < 4 * math.sqrt(alive * (1 - alive) / 50_000)


def test_cancellation_survives_rescaling():
    """Width 4: 3, 1, 1, 1 over its norm is not exact in binary, its zero sums still are."""
    norms = mp.sample_product_norms(4, [4] * 60, 4000, np.random.default_rng(6), law="sign")
    # The squared norm times 4^{60+1} is a positive integer, the least being 1.
    assert norms[np.isfinite(norms)].min() > -61 * math.log(2) - 1e-9
    steps = mp.sample_product_norms(4, [4] * 12, 20_000, np.random.default_rng(6), law="sign")
    integers = np.exp(2 * steps[np.isfinite(steps)]) * 4.0**13
    assert np.abs(integers - np.round(integers)).max() < 1e-12 * integers.max()


def test_product_cost_counts_the_weights():
    assert mp.product_cost(3, [8, 2, 5]) == 24 + 16 + 10
    assert mp.product_cost(1000, [1000] * 1001) == 1001 * 10**6


@every_law
@pytest.mark.parametrize("factors", [1, 3, 120])
def test_log_singular_values_against_mpmath(law, factors):
    rng = np.random.default_rng(6 + factors)
    matrices = [mp.draw_entries(law, (6, 6), rng) for _ in range(factors)]
    exact = exact_log_singular_values(matrices, 80 + 5 * factors)
    assert log_singular_values_of(matrices) == pytest.approx(exact, abs=1e-10)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
@example(5, 1, 407)  # a second dependent column after an independent one
def test_sign_matrices_lose_the_right_number_of_dimensions(width, factors, seed):
    """Integer matrices, many singular: the rank is exact in rational arithmetic."""
    rng = np.random.default_rng(seed)
    matrices = [mp.draw_entries("sign", (width, width), rng) for _ in range(factors)]
    exact = exact_log_singular_values(matrices, 60)
    found = log_singular_values_of(matrices)
    assert np.array_equal(np.isneginf(found), np.isneginf(exact))
    assert np.exp(found) == pytest.approx(np.exp(exact), rel=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_sum_of_log_singular_values_is_the_log_determinant(width, factors, seed):
    matrices = list(np.random.default_rng(seed).standard_normal((factors, width, width)))
    values = log_singular_values_of(matrices)
    determinant = sum(np.linalg.slogdet(matrix)[1] for matrix in matrices)
    assert values.sum() == pytest.approx(determinant, abs=1e-9)
    assert np.all(np.diff(values) <= 0)


def test_singular_values_of_one_matrix_and_of_rotations():
    matrix = np.random.default_rng(1).standard_normal((64, 64))
    exact = np.log(np.linalg.svd(matrix, compute_uv=False))
    assert log_singular_values_of([matrix]) == pytest.approx(exact, abs=1e-12)
    rotation = np.linalg.qr(matrix)[0]
    assert log_singular_values_of([rotation] * 500) == pytest.approx(0, abs=1e-11)


def test_a_spread_beyond_float64_is_exact():
    """Diagonal factors: 513 of them spread the singular values over e^1500."""
    logs = np.linspace(0.5, -2.5, 32)
    values = log_singular_values_of([np.diag(np.exp(logs))] * 513)
    assert values == pytest.approx(513 * logs, abs=1e-9)


def test_python_and_compiled_rotations_agree():
    rng = np.random.default_rng(12)
    rows = rng.standard_normal((7, 9))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    sizes = np.sort(rng.uniform(-3, 0, 7))[::-1]
    exact = np.log(np.linalg.svd(np.exp(sizes)[:, None] * rows, compute_uv=False))
    for rotate in (singular_values._row_jacobi, singular_values._log_row_jacobi):
        found = np.sort(rotate(rows.copy(), sizes.copy()))[::-1]
        assert found == pytest.approx(exact, abs=1e-13)


def test_many_factors_grow_at_the_lyapunov_exponents():
    """width 4, 3000 Gaussian factors: singular values, not the QR route; 4.5 s.e."""
    factors = 3000
    values = mp.log_singular_values(4, factors, np.random.default_rng(21)) / factors
    spread = np.sqrt([lp.log_norm_moments([n])[1] / factors for n in (4, 3, 2, 1)])
    # Singular values and frame lengths differ by O(1) in the log, O(1/factors) here.
    error = np.abs(values - lp.lyapunov_exponents(4))
    assert np.all(error < 4.5 * spread + 3 / factors)


@pytest.mark.parametrize("law", mp.ENTRY_LAWS)
@pytest.mark.parametrize("width", [2, 3, 4])
def test_lyapunov_exponents_depend_on_the_entry_law(law, width):
    """The top exponent is Newman's for Gaussian entries (4 s.e.), elsewhere for others (8)."""
    depth, copies = 60, 2000
    rng = np.random.default_rng(100 + width)
    norms = mp.sample_product_norms(width, [width] * depth, copies, rng, law=law) / depth
    if law == "sign" and width % 2 == 0:
        # Even numbers of signs can cancel: the exponent is −inf.
        assert np.isneginf(norms).mean() > 0.2
        return
    error = norms.std() / math.sqrt(copies)
    distance = abs(norms.mean() - lp.lyapunov_exponents(width)[0])
    assert distance < 4 * error if law == "gaussian" else distance > 8 * error


@pytest.mark.parametrize("width", [2, 3, 4])
def test_lowest_lyapunov_exponent_of_signs_is_minus_infinity(width):
    values = mp.log_singular_values(width, 200, np.random.default_rng(width), law="sign")
    assert np.isneginf(values[-1])


@every_law
def test_free_limit_is_universal(law):
    """L = 2 (3 factors), N = 160, 16 products: moments 1, 2, 3 of the spectrum.

    Within 4 standard errors and a finite-width bias of 2k(k−1)/N, largest for Student's
    entries (fourth moment 9).
    """
    rng, copies = np.random.default_rng(30), 16
    spectra = [mp.log_singular_values(160, 3, rng, law=law) for _ in range(copies)]
    for order in (1, 2, 3):
        moments = np.exp(2 * order * np.array(spectra)).mean(axis=1)
        moments /= fp.fuss_catalan_moment(3, order)
        bias = 2 * order * (order - 1) / 160
        assert abs(moments.mean() - 1) < 4 * moments.std() / math.sqrt(copies) + bias
    assert np.exp(2 * np.max(spectra)) < 1.2 * fp.fuss_catalan_edge(3)


@pytest.mark.parametrize("input_direction", mp.INPUT_DIRECTIONS)
def test_gaussian_norm_and_direction_are_independent(input_direction):
    """(3.2.1): correlation 0 within 4 standard errors; the norm is χ_N, N = 4."""
    sample = mp.direction_samples(
        8, 4, 40_000, np.random.default_rng(17), input_direction=input_direction
    )
    r, error = sample.correlation()
    assert abs(r) < 4 * error
    assert error == pytest.approx(1 / math.sqrt(40_000), rel=0.1)
    assert stats.kstest(np.exp(sample.log_norm), stats.chi(4).cdf).pvalue > 1e-3
    # v_1 of a uniform direction in four dimensions: v_1² is Beta(½, 3/2).
    assert stats.kstest(sample.first_coordinate**2, stats.beta(0.5, 1.5).cdf).pvalue > 1e-3
    assert np.mean(sample.concentration) == pytest.approx(3 / 6, rel=0.02)


@pytest.mark.parametrize(("law", "sign"), [("sign", -1), ("uniform", -1), ("student", 1)])
@pytest.mark.parametrize("width_in", [3, 8, 64])
def test_other_laws_tie_norm_to_direction(law, sign, width_in):
    """Light tails: long vectors are spread out; heavy tails: one entry makes them long."""
    sample = mp.direction_samples(width_in, 4, 40_000, np.random.default_rng(18), law=law)
    r, error = sample.correlation()
    assert sign * r > 6 * error


def test_constant_norms_have_no_correlation():
    """A column of signs has a fixed length: independent of the direction after all."""
    rng = np.random.default_rng(19)
    sample = mp.direction_samples(5, 4, 100, rng, law="sign", input_direction="coordinate")
    assert sample.log_norm == pytest.approx(math.log(2), abs=1e-15)
    assert sample.correlation() == (0.0, 0.0)
    with pytest.raises(ValueError, match="read-only"):
        sample.log_norm[0] = 1


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        (lambda: mp.draw_entries("cauchy", 3, RNG), ValueError, "law.*gaussian"),
        (lambda: mp.draw_entries("sign", 3, 3), TypeError, "rng"),
        (lambda: mp.product_cost(0, [3]), ValueError, "input_dim"),
        (lambda: mp.product_cost(3, []), ValueError, "widths"),
        (lambda: mp.sample_product_norms(2.0, [3], 5, RNG), TypeError, "input_dim"),
        (lambda: mp.sample_product_norms(2, [0], 5, RNG), ValueError, "widths"),
        (lambda: mp.sample_product_norms(2, [3], 0, RNG), ValueError, "size"),
        (lambda: mp.sample_product_norms(2, [3], 5, None), TypeError, "rng"),
        (lambda: mp.sample_product_norms(2, [3], 5, RNG, law=""), ValueError, "law"),
        (
            lambda: mp.sample_product_norms(2, [3], 5, RNG, weight_variance=0.0),
            ValueError,
            "weight_variance",
        ),
        (
            lambda: mp.sample_product_norms(2, [3], 5, RNG, weight_variance=math.nan),
            ValueError,
            "weight_variance",
        ),
        (lambda: mp.log_singular_values(0, 3, RNG), ValueError, "width"),
        (lambda: mp.log_singular_values(257, 3, RNG), ValueError, "width.*256"),
        (lambda: mp.log_singular_values(3, 0, RNG), ValueError, "factors"),
        (lambda: mp.log_singular_values(3, 3, RNG, law="t"), ValueError, "law"),
        (lambda: mp.direction_samples(0, 3, 5, RNG), ValueError, "width_in"),
        (lambda: mp.direction_samples(3, 0, 5, RNG), ValueError, "width_out"),
        (lambda: mp.direction_samples(3, 3, -5, RNG), ValueError, "size"),
        (
            lambda: mp.direction_samples(3, 3, 5, RNG, input_direction="random"),
            ValueError,
            "input_direction.*generic",
        ),
    ],
)
def test_bad_input_names_the_argument(call, error, name):
    with pytest.raises(error, match=name):
        call()
