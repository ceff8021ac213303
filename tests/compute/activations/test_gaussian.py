"""The quadrature itself: moments, poles, degenerate covariances, hostile input."""

import math

import numpy as np
import pytest

from compute.activations.gaussian import expectation, normal_nodes, pair_expectation


@pytest.mark.parametrize("variance", [0.0, 1e-8, 0.3, 1.0, 9.0, 100.0])
def test_even_moments(variance: float) -> None:
    assert expectation(np.square, variance) == pytest.approx(variance, rel=1e-14)
    assert expectation(lambda z: z**4, variance) == pytest.approx(3 * variance**2, rel=1e-13)


def test_keeps_the_shape_and_serves_all_variances_at_once() -> None:
    variances = np.array([[0.1, 1.0, 25.0], [0.0, 2.0, 4.0]])
    together = expectation(lambda z: np.tanh(z) ** 2, variances)
    alone = [[float(expectation(lambda z: np.tanh(z) ** 2, q)) for q in row] for row in variances]
    np.testing.assert_allclose(together, alone, atol=1e-15)


@pytest.mark.parametrize("variance", [0.05, 0.5, 4.0, 60.0])
def test_tanh_does_not_depend_on_the_step(variance: float) -> None:
    nodes, weights = normal_nodes(10 * variance)
    finer = float(np.tanh(math.sqrt(variance) * nodes) ** 2 @ weights)
    assert expectation(lambda z: np.tanh(z) ** 2, variance) == pytest.approx(finer, rel=3e-15)


def test_exponential_moment_with_a_wider_reach() -> None:
    value = expectation(np.exp, 4.0, reach=14.0)
    assert value == pytest.approx(math.exp(2.0), rel=1e-14)


@pytest.mark.parametrize("correlation", [-1.0, -0.4, 0.0, 0.9, 1.0])
def test_pair_of_squares(correlation: float) -> None:
    q1, q2 = 2.0, 0.5
    q12 = correlation * math.sqrt(q1 * q2)
    value = pair_expectation(np.square, np.square, (q1, q2, q12))
    assert value == pytest.approx(q1 * q2 + 2 * q12**2, rel=1e-13)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="variance"):
        expectation(np.square, -1.0)
    with pytest.raises(ValueError, match="variance"):
        expectation(np.square, [1.0, math.nan])
    with pytest.raises(ValueError, match="covariance"):
        pair_expectation(np.square, np.square, (1.0, 1.0, 1.1))
    with pytest.raises(ValueError, match="largest_variance"):
        normal_nodes(math.inf)
