"""Limits of diagonal networks, logistic regression, kernels on the line: each two ways."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from compute.experiments.implicit_bias.problems import sparse_problem
from compute.experiments.implicit_bias.setting import Params
from compute.implicit_bias import (
    diagonal_linear_limit,
    diagonal_linear_path,
    hyperbolic_entropy,
    least_total_variation,
    line_interpolant,
    line_kernel,
    logistic_asymptote,
    logistic_descent,
    logistic_flow,
)

Z = np.array([[0, 1], [4, -2], [2, 2], [-1, 3]], float)
X, Y = np.array([[1, 2, -1, 0.5], [0, 1, 1.5, -2]]), np.array([1.0, 2.0])


@pytest.mark.parametrize("alpha", [0.1, 1.0])
def test_the_limit_is_where_the_weights_go(alpha: float) -> None:
    def velocity(_t: float, w: np.ndarray) -> np.ndarray:
        pull = 2 * X.T @ (X @ (w[:4] ** 2 - w[4:] ** 2) - Y)
        return np.concatenate([-pull * w[:4], pull * w[4:]])

    end = solve_ivp(velocity, (0, 100), np.full(8, alpha), rtol=1e-10, atol=1e-12).y[:, -1]
    beta = end[:4] ** 2 - end[4:] ** 2
    np.testing.assert_allclose(diagonal_linear_limit(X, Y, alpha), beta, atol=1e-7)


def test_a_large_start_has_the_least_norm_and_a_path_is_its_limits() -> None:
    np.testing.assert_allclose(diagonal_linear_limit(X, Y, 300.0), np.linalg.pinv(X) @ Y, atol=1e-8)
    path = diagonal_linear_path(X, Y, [0.01, 1.0])
    for beta, alpha in zip(path, [0.01, 1.0], strict=True):
        np.testing.assert_allclose(beta, diagonal_linear_limit(X, Y, alpha), atol=1e-9)


def test_no_interpolant_nearby_has_less_entropy() -> None:
    beta, null = diagonal_linear_limit(X, Y, 0.3), np.linalg.svd(X)[2][2:]
    here = hyperbolic_entropy(beta, 0.3)
    for step in np.random.default_rng(0).standard_normal((20, 2)):
        assert hyperbolic_entropy(beta + 0.1 * step @ null, 0.3) > here


def test_the_flow_reaches_its_asymptote() -> None:
    w_hat, w_tilde = logistic_asymptote(Z)
    np.testing.assert_allclose(logistic_flow(Z, 92.1), 92.1 * w_hat + w_tilde, atol=1e-7)
    walked = logistic_descent(Z, [100_000])[0]
    np.testing.assert_allclose(walked, math.log(1e5) * w_hat + w_tilde, atol=1e-3)


def test_data_without_a_margin_are_refused() -> None:
    with pytest.raises(ValueError, match="not separable"):
        logistic_asymptote([[1, 0], [-1, 0]])
    with pytest.raises(ValueError, match="support"):
        logistic_asymptote([[1, 0]])


@pytest.mark.parametrize("kernel", ["random_features", "ntk"])
def test_the_kernel_is_the_mean_over_neurons(kernel: str) -> None:
    w, b = np.random.default_rng(1).standard_normal((2, 400_000))
    hidden = [np.maximum(w * x + b, 0) for x in (0.3, -0.8)]
    product = hidden[0] * hidden[1]
    if kernel == "ntk":
        product = product + (0.3 * -0.8 + 1) * (hidden[0] > 0) * (hidden[1] > 0)
    said = line_kernel([0.3], [-0.8], kernel)[0, 0]
    assert abs(product.mean() - said) < 4 * product.std() / math.sqrt(w.size)


def test_interpolants_go_through_the_data() -> None:
    x, y = np.array([-1, -0.3, 0.2, 0.9]), np.array([1.0, -1, 0.5, 2])
    np.testing.assert_allclose(line_interpolant(x, y, x, "ntk"), y, atol=1e-9)
    assert least_total_variation([0, 1, 2], [0, 1, 0]) == 2
    with pytest.raises(ValueError, match="different"):
        line_interpolant([0, 0], [1, 2], [0], "ntk")
    with pytest.raises(ValueError, match="kernel"):
        line_kernel([0], [0], "cubic")


def test_nearly_singular_rows_take_no_more_solves(monkeypatch: pytest.MonkeyPatch) -> None:
    # six rows in six dimensions with a condition number of 16 000: the gradient that is asked
    # for lies below its own rounding
    x, y, beta = sparse_problem(Params("alpha", features=6, samples=40, sparse=14, seed=487179))
    alphas, solves = [3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.001], []
    solve = np.linalg.solve

    def counted(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
        solves.append(1)
        return solve(matrix, right)

    monkeypatch.setattr("compute.implicit_bias.np.linalg.solve", counted)
    path = diagonal_linear_path(x, y, alphas)
    assert len(solves) <= 40
    np.testing.assert_allclose(path, np.tile(beta, (len(alphas), 1)), atol=1e-6)
