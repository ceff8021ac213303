"""What is exact about feature learning: each number by a second route, bad arguments, ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from compute.feature_learning import (
    best_ridge,
    cube,
    dimension_free_path,
    dimension_free_risk,
    hermite,
    hermite_coefficients,
    hermite_escape_time,
    monomial,
    sgd_escape_counts,
)

STAIRS = [[0], [0, 1], [0, 1, 2]]


def test_hermite_polynomials_are_their_formulas() -> None:
    t = np.linspace(-3, 3, 13)
    for degree, said in (
        (0, np.ones_like(t)),
        (1, t),
        (2, (t**2 - 1) / math.sqrt(2)),
        (3, (t**3 - 3 * t) / math.sqrt(6)),
        (4, (t**4 - 6 * t**2 + 3) / math.sqrt(24)),
    ):
        np.testing.assert_allclose(hermite(degree, t), said, atol=1e-12)


def test_hermite_coefficients_are_those_of_ramp_and_jump() -> None:
    ramp = hermite_coefficients(lambda t: np.maximum(t, 0), 5)
    root = math.sqrt(2 * math.pi)
    np.testing.assert_allclose(
        ramp, [1 / root, 0.5, 1 / (root * math.sqrt(2)), 0, -1 / (root * math.sqrt(24))], atol=1e-12
    )
    jump = hermite_coefficients(np.sign, 3)
    np.testing.assert_allclose(jump, [0, math.sqrt(2 / math.pi), 0], atol=1e-12)
    cube_of = hermite_coefficients(lambda t: hermite(3, t), 6)
    np.testing.assert_allclose(cube_of, [0, 0, 0, 1, 0, 0], atol=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_the_escape_time_is_that_of_the_flow(k: int) -> None:
    time = hermite_escape_time(k, 0.1, 0.5)
    flow = solve_ivp(
        lambda _, m: k * m ** (k - 1) * (1 - m * m), (0, time), [0.1], rtol=1e-11, atol=1e-13
    )
    assert flow.y[0, -1] == pytest.approx(0.5, rel=1e-8)


def test_escape_times_have_their_closed_forms_and_ends() -> None:
    assert hermite_escape_time(1, 0, 0.5) == pytest.approx(math.atanh(0.5))
    assert hermite_escape_time(3, 0.2, 0.2) == 0
    # d^{1/2}, log d / 4 and 1 for small starts
    assert hermite_escape_time(3, 1e-6, 0.5) == pytest.approx(1e6 / 3, rel=1e-5)
    ratio = hermite_escape_time(2, 1e-8, 0.5) / hermite_escape_time(2, 1e-4, 0.5)
    assert ratio == pytest.approx(2, rel=0.07)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0, 0.1, 0.5), ValueError),
        ((2.5, 0.1, 0.5), TypeError),
        ((2, 0.0, 0.5), ValueError),
        ((1, 0.5, 0.1), ValueError),
        ((1, 0.1, 1.0), ValueError),
    ],
)
def test_escape_times_refuse(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        hermite_escape_time(*arguments)


def slow_count(k: int, w: Any, rate: float, stop: float, rng: np.random.Generator) -> int:
    """One neuron, in plain NumPy."""
    count = 0
    while abs(w[0]) < stop if k % 2 == 0 else w[0] < stop:
        x = rng.standard_normal(len(w))
        s, count = w @ x, count + 1
        slope = math.sqrt(k) * hermite(k - 1, s) * hermite(k, x[0])
        w = w + rate / len(w) * slope * (x - s * w)
        w = w / np.linalg.norm(w)
    return count


@pytest.mark.parametrize("k", [1, 2, 3])
def test_online_descent_is_the_plain_one(k: int) -> None:
    """The same stream of numbers: the same counts."""
    fast = sgd_escape_counts(k, 12, 1, np.random.default_rng(3), start=0.3, rate=0.3)
    rng = np.random.default_rng(3)
    w = rng.standard_normal(12)
    w[0] = 0
    w *= math.sqrt(1 - 0.09) / np.linalg.norm(w)
    w[0] = 0.3
    assert fast[0] == slow_count(k, w, 0.3, 0.5, rng)


def test_slow_descent_needs_the_samples_of_the_flow() -> None:
    counts = sgd_escape_counts(1, 100, 60, np.random.default_rng(1), start=0.2, rate=0.05)
    flow = hermite_escape_time(1, 0.2, 0.5) * 100 / 0.05
    error = counts.std(ddof=1) / math.sqrt(60)
    assert abs(counts.mean() - flow) < 4 * error + 0.02 * flow


def test_impatience_is_nan_and_bad_arguments_are_refused() -> None:
    rng = np.random.default_rng(0)
    assert np.isnan(sgd_escape_counts(3, 50, 3, rng, start=0.1, most=5)).all()
    for wrong in ({"start": 0.6}, {"start": 0.1, "rate": 0.0}):
        with pytest.raises(ValueError, match="needed"):
            sgd_escape_counts(1, 10, 1, rng, **wrong)
    with pytest.raises(TypeError, match="rng"):
        sgd_escape_counts(1, 10, 1, None, start=0.1)  # type: ignore[arg-type]


def test_corners_and_products() -> None:
    corners = cube(3)
    assert len({tuple(c) for c in corners}) == 8
    products = np.array([monomial(corners, s) for s in STAIRS])
    np.testing.assert_array_equal(products @ products.T, 8 * np.eye(3))
    with pytest.raises(ValueError, match="bits"):
        cube(9)


def test_the_limit_is_that_of_wide_networks_on_many_coordinates() -> None:
    """Finite differences of the population risk, the Gaussian averaged by quadrature."""
    outer, bias = np.array([1.0, -0.8, 0.6]), np.array([0.5, -0.2, 0.1])
    nodes, weights = np.polynomial.legendre.leggauss(400)
    g, mass = 8 * nodes, 8 * weights * np.exp(-32 * nodes**2) / math.sqrt(2 * math.pi)
    corners = cube(2)
    y = monomial(corners, [0]) + monomial(corners, [0, 1])

    def risk(theta: Any) -> float:
        a, b, tau, u = theta[:3], theta[3:6], theta[6:9], theta[9:].reshape(3, 2)
        m = u @ corners.T + b[:, None]
        h = np.maximum(m[..., None] + tau[:, None, None] * g, 0) @ mass
        return float(np.mean((a @ h / 3 - y) ** 2))

    theta, eta = np.concatenate([outer, bias, np.ones(3), np.zeros(6)]), 0.3
    for _ in range(5):
        slope = [(risk(theta + s) - risk(theta - s)) / 2e-4 for s in 1e-4 * np.eye(15)]
        theta = theta - eta * 3 * 0.5 * np.array(slope)
    found = dimension_free_risk([[0], [0, 1]], outer, bias, [5], eta)
    assert found[0] == pytest.approx(risk(theta), abs=2e-3)


def test_parity_stays_and_the_staircase_does_not() -> None:
    outer, bias = np.random.default_rng(5).standard_normal((2, 24))
    stairs = dimension_free_risk(STAIRS, outer, bias, [0, 600], 0.1)
    assert stairs[1] < 0.1 * stairs[0]
    corners, values = dimension_free_path([[0, 1, 2]], outer, bias, 300, 0.1, coefficients=[2.0])
    np.testing.assert_allclose(values[-1] @ monomial(corners, [0, 1, 2]), 0, atol=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": []},
        {"target": [[]]},
        {"target": [[8]]},
        {"outer": [1.0]},
        {"eta": 0.0},
        {"coefficients": [1.0, 2.0]},
    ],
)
def test_the_limit_refuses(wrong: dict[str, Any]) -> None:
    given = {"target": [[0]], "outer": [1.0, 2.0], "bias": [0.0, 0.0], "count": 3, "eta": 0.1}
    with pytest.raises(ValueError, match="must be"):
        dimension_free_path(**(given | wrong))


def test_the_best_ridge_solves_its_normal_equations() -> None:
    rng = np.random.default_rng(2)
    f, y = rng.standard_normal((40, 6)), rng.standard_normal(40)
    other, other_y = rng.standard_normal((30, 6)), rng.standard_normal(30)
    ladder = [1e-6, 1e-2, 1.0, 100.0]
    errors = []
    for penalty in ladder:
        w = np.linalg.solve(f.T @ f / 40 + penalty * np.eye(6), f.T @ y / 40)
        errors.append(float(np.mean((other @ w - other_y) ** 2)))
    error, penalty, predicted = best_ridge(f, y, other, other_y, ladder)
    assert error == pytest.approx(min(errors))
    assert penalty == ladder[int(np.argmin(errors))]
    assert np.mean((predicted - other_y) ** 2) == pytest.approx(error)
    with pytest.raises(ValueError, match="penalties"):
        best_ridge(f, y, other, other_y, [0.0])
