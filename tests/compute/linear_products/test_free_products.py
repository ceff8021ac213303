"""The Fuss–Catalan law (section 3.2, fixed depth) against its moments and closed forms."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from compute.linear_products import free_products as fp

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "closed_forms.json").read_text("utf-8")
)
MOMENT_ROWS = [row for row in REFERENCE if row["id"].startswith("fusscatalan_")]


@pytest.mark.parametrize("row", MOMENT_ROWS, ids=lambda row: row["id"])
def test_moment_rows(row):
    """The reference counts square factors and calls their number L."""
    factors, order = row["inputs"]["L"], row["inputs"]["k"]
    assert fp.fuss_catalan_moment(factors, order) == row["float"]


def test_moments_of_one_factor_are_the_catalan_numbers():
    assert [fp.fuss_catalan_moment(1, k) for k in range(6)] == [1, 1, 2, 5, 14, 42]


@pytest.mark.parametrize("factors", [1, 2, 5, 40])
def test_moments_solve_the_functional_equation(factors):
    """m_{k+1} is the coefficient of t^k in B^{F+1}, where B = Σ m_k t^k."""
    moments = np.array([fp.fuss_catalan_moment(factors, k) for k in range(6)])
    power = np.array([1.0])
    for _ in range(factors + 1):
        power = np.convolve(power, moments)[:5]
    assert moments[1:] == pytest.approx(power, rel=1e-12)


@pytest.mark.parametrize("factors", range(1, 7))
def test_density_has_the_moments(factors):
    """Integral in y = x^{1/(F+1)}, where the density is bounded at 0."""
    edge = fp.fuss_catalan_edge(factors)
    top = edge ** (1 / (factors + 1))

    def integrand(angle, order):
        # y = top sin²(angle) removes the square root at the edge.
        y = top * math.sin(angle) ** 2
        x = np.array([y ** (factors + 1)])
        weight = (factors + 1) * y**factors * top * math.sin(2 * angle)
        return fp.fuss_catalan_density(factors, x)[0] * x[0] ** order * weight

    for order in range(5):
        value, _ = integrate.quad(integrand, 0, math.pi / 2, args=(order,), epsabs=0, epsrel=1e-9)
        assert value == pytest.approx(fp.fuss_catalan_moment(factors, order), rel=1e-8)


def test_density_of_one_factor_is_marchenko_pastur():
    x = np.concatenate([10.0 ** np.arange(-300, 0, 7), np.linspace(0.1, 3.99, 200)])
    exact = np.sqrt((4 - x) / x) / (2 * np.pi)
    assert fp.fuss_catalan_density(1, x) == pytest.approx(exact, rel=1e-11)


def test_density_of_two_factors_is_its_algebraic_closed_form():
    """Penson and Życzkowski (2011), equation for s = 2; support (0, 27/4)."""
    x = np.linspace(1e-6, 6.74, 300)
    root = 27 + 3 * np.sqrt(81 - 12 * x)
    exact = (
        2 ** (1 / 3)
        * math.sqrt(3)
        / (12 * np.pi)
        * (2 ** (1 / 3) * root ** (2 / 3) - 6 * x ** (1 / 3))
        / (x ** (2 / 3) * root ** (1 / 3))
    )
    assert fp.fuss_catalan_density(2, x) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("factors", [1, 2, 3, 6, 20, 100, 513])
def test_curve_agrees_with_density_and_carries_the_mass(factors):
    log_x, curve = fp.fuss_catalan_curve(factors, 3001)
    assert log_x.shape == curve.shape == (3001,)
    assert np.all(np.diff(log_x) > 0)
    assert curve[-1] == 0
    assert log_x[-1] == pytest.approx(math.log(fp.fuss_catalan_edge(factors)), rel=1e-14)
    for order in range(4):
        moment = np.trapezoid(curve * np.exp(order * log_x), log_x)
        assert moment == pytest.approx(fp.fuss_catalan_moment(factors, order), rel=1.1e-4)
    visible = log_x > -700
    x = np.exp(log_x[visible])
    density = fp.fuss_catalan_density(factors, x) * x
    assert np.abs(density - curve[visible]).max() < 1e-8 * curve.max()


@pytest.mark.parametrize("factors", [1, 2, 3, 10, 513])
def test_density_vanishes_off_the_support(factors):
    edge = fp.fuss_catalan_edge(factors)
    log_edge = (factors + 1) * math.log(factors + 1) - factors * math.log(factors)
    assert edge == pytest.approx(math.exp(log_edge), rel=1e-12)
    outside = np.array([-1.0, 0.0, 5e-324, edge, edge + 1])
    assert not fp.fuss_catalan_density(factors, outside).any()
    assert fp.fuss_catalan_density(factors, np.array([edge * 0.999]))[0] > 0


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 600), st.floats(-650, -1e-6))
def test_density_is_the_imaginary_part_of_the_root(factors, log_share):
    """B = 1 + B^{F+1}/x at the complex B whose imaginary part is the density."""
    log_x = log_share + math.log(fp.fuss_catalan_edge(factors))
    gap = fp._gap_at(factors, np.array([log_x]))
    assert 0 < gap[0] <= math.pi / (factors + 1)
    one, most, every = (float(s[0]) for s in fp._sines(factors, gap))
    phi = math.pi / (factors + 1) - gap[0]
    log_b = complex(math.log(every / most), phi)
    residual = 1 + np.exp((factors + 1) * log_b - log_x) - np.exp(log_b)
    assert abs(residual) < 1e-9
    density_of_log_x = math.exp(log_b.real) * math.sin(phi) / math.pi
    assert one * every / (math.pi * most) == pytest.approx(density_of_log_x, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        (lambda: fp.fuss_catalan_moment(0, 1), ValueError, "factors"),
        (lambda: fp.fuss_catalan_moment(2, -1), ValueError, "order"),
        (lambda: fp.fuss_catalan_moment(2, 10**6), ValueError, "order"),
        (lambda: fp.fuss_catalan_moment(3, 325), ValueError, "order"),
        (lambda: fp.fuss_catalan_moment(1.5, 1), TypeError, "factors"),
        (lambda: fp.fuss_catalan_edge(-1), ValueError, "factors"),
        (lambda: fp.fuss_catalan_density(2, 1.0), ValueError, "points"),
        (lambda: fp.fuss_catalan_density(2, [math.nan]), ValueError, "points"),
        (lambda: fp.fuss_catalan_curve(2, 1), ValueError, "count"),
        (lambda: fp.fuss_catalan_curve("2", 9), TypeError, "factors"),
    ],
)
def test_bad_input_names_the_argument(call, error, name):
    with pytest.raises(error, match=name):
        call()
