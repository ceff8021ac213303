"""The limit of infinite width: functions on the circle, pairs of outputs, rates; two ways each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.activations import get_activation
from compute.gaussian_limit import (
    ORDERS,
    circle_functions,
    circle_inputs,
    circle_process,
    difference_kernel,
    kernel_moments,
    level_ellipses,
    outside,
    rates,
)
from compute.kernels import input_covariance, nngp
from compute.output_law import METRICS, distance_to_normal

COVARIANCE = np.array([[2.0, -0.7], [-0.7, 0.5]])


def test_a_process_on_the_circle_has_its_kernel_as_covariance() -> None:
    """Any two kernels at once; a constant function stays one to all digits."""
    angle = np.linspace(0, np.pi, 17)
    gap = np.stack([0.8 * np.sin(angle / 2) ** 2, 1e-14 * (1 - np.cos(angle))])
    draws = circle_process(gap, np.random.default_rng(3).standard_normal((40_000, 32)))
    found = draws[0].T @ draws[0] / 40_000
    turn = np.concatenate([gap[0], gap[0, -2:0:-1]])
    wanted = 1 - turn[np.abs(np.subtract.outer(np.arange(32), np.arange(32)))]
    assert np.abs(found - wanted).max() < 5 * math.sqrt(2 / 40_000)
    ripple = draws[1] - draws[1].mean(axis=1, keepdims=True)
    assert np.mean(ripple**2) == pytest.approx(1e-14, rel=0.05)


def test_functions_of_networks_come_to_those_of_the_process() -> None:
    """The last width is that of the whole network, the law runs through it; angles are closed."""
    given = {"weight_variance": 1.5, "bias_variance": 0.3}
    noise, rng = np.random.default_rng(0).standard_normal((4, 16)), np.random.default_rng(1)
    found = circle_functions(0.8, [2, 32, 512], 2, get_activation("tanh"), noise, rng, **given)
    assert found.networks.shape == (3, 4, 17)
    np.testing.assert_array_equal(found.networks[..., 0], found.networks[..., -1])
    assert found.apart[2] < found.apart[1] < found.apart[0]
    assert found.apart[2] < 0.15
    assert found.law == pytest.approx(found.apart[2] * np.array([16.0, 4.0, 1.0]))
    inputs = circle_inputs(0.8, np.radians(found.angles[:-1]))
    start = input_covariance(inputs, **given)
    kernel = nngp(start, 2, get_activation("tanh"), **given)[-1]
    # the process is the symmetric root of its covariance over the variance, times the noise
    values, vectors = np.linalg.eigh(kernel / kernel[0, 0])
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    np.testing.assert_allclose(found.process[:, :-1], noise @ root, atol=1e-6)


def test_what_overflows_is_left_out() -> None:
    rng, noise = np.random.default_rng(0), np.ones((1, 8))
    found = circle_functions(
        1.0, [1, 16], 12, get_activation("exp"), noise, rng, weight_variance=6.0
    )
    assert np.isnan(found.networks[1]).all()
    assert np.isfinite(found.process).all()


def test_ellipses_hold_the_shares_they_say() -> None:
    """By density and by counting."""
    shares = (0.5, 0.9, 0.99)
    ellipses = level_ellipses(COVARIANCE, shares)
    inverse = np.linalg.inv(COVARIANCE)
    for share, ellipse in zip(shares, ellipses, strict=True):
        squares = np.einsum("in,ij,jn->n", ellipse, inverse, ellipse)
        np.testing.assert_allclose(np.exp(-0.5 * squares), 1 - share)
    root = np.linalg.cholesky(COVARIANCE)
    pairs = np.random.default_rng(0).standard_normal((20_000, 2)) @ root.T
    for share in shares:
        wanted = 20_000 * (1 - share)
        assert abs(outside(pairs, COVARIANCE, share) - wanted) < 4 * math.sqrt(wanted)
    lost = np.full((2, 2), np.inf)
    assert np.isnan(level_ellipses(lost, shares)).all()
    assert outside(pairs, lost, 0.5) == 0


@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_kernel_of_a_difference_against_the_matrix_recursion(name: str) -> None:
    given = {"weight_variance": 1.5, "bias_variance": 0.2}
    start = input_covariance(circle_inputs(1.3, np.arccos([1.0, 0.6])), **given)
    k = nngp(start, 3, get_activation(name), **given)[-1]
    found = difference_kernel(1.3, 0.6, 3, get_activation(name), **given)
    assert found == pytest.approx(k[0, 0] - 2 * k[0, 1] + k[1, 1], rel=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_rates_are_those_of_single_laws(metric: str) -> None:
    """Every distance by itself; leading orders are approached; each fixed network is farther."""
    found = rates("relu", 2, metric, width=10, outputs=5)
    outputs = 5 if metric == "total_variation" else 1
    law = [distance_to_normal([n, n], "relu", metric, outputs=outputs) for n in found.widths]
    np.testing.assert_array_equal(found.law, law)
    assert found.shares == pytest.approx((1 + 5 / found.widths) ** 2 - 1)
    np.testing.assert_allclose(found.leading[-1], found.law[-1], rtol=0.02)
    np.testing.assert_allclose(found.fixed_leading[-1], found.fixed[-1], rtol=0.02)
    assert np.all(found.fixed > found.relu)
    assert found.slope == pytest.approx(-1, abs=0.1)
    assert np.isfinite(found.outputs).all() == (metric == "total_variation")


def test_nothing_is_said_where_no_law_is_known() -> None:
    found = rates("", 2, "kolmogorov", width=10)
    assert np.isnan([*found.law, *found.fixed, *found.outputs, found.slope]).all()
    assert np.isfinite(found.linear).all()
    assert not kernel_moments("", 2).known


@pytest.mark.parametrize(("name", "growth"), [("linear", 2), ("relu", 5)])
def test_kernel_moments_and_their_slopes(name: str, growth: int) -> None:
    """The second one by hand, and −⌈k/2⌉ far out."""
    found = kernel_moments(name, 3)
    assert found.known
    np.testing.assert_allclose(found.exact[0], (1 + growth / found.widths) ** 3 - 1)
    np.testing.assert_allclose(found.slopes[1], [-math.ceil(k / 2) for k in ORDERS], atol=0.1)
