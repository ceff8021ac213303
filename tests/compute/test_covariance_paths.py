"""Paths of the covariance diffusion: against its moments, and closed forms without noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.covariance_paths import heard, relu_paths, shaped_paths
from compute.covariance_sde import correlation_moments, inverse_angle_moments

STEPS = np.full(200, 0.005)


def brownian(count: int) -> np.ndarray:
    """Noise (200, count, 3) of t = 1: half the difference, the product, and √2 W."""
    drawn = np.random.default_rng(5).standard_normal((STEPS.size, count, 3))
    return drawn * np.sqrt(STEPS)[:, None, None] * [1.0, 1.0, math.sqrt(2)]


def test_mean_and_variance_of_shaped_paths_are_those_of_the_law() -> None:
    """4000 paths to t = 1, four standard errors; the law's own test is elsewhere."""
    for kink in (0.0, 1.0):
        rho = np.tanh(shaped_paths(0.3, kink, STEPS, brownian(4000))[-1])
        mean, variance = correlation_moments(0.3, kink, [1.0])[0]
        assert rho.mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / 4000))
        assert rho.var() == pytest.approx(variance, rel=0.08)


def test_mean_of_the_inverse_angle() -> None:
    """X from 0 in a wide network: (e^(2t) − 1)/2 + X_0 e^(2t)."""
    width, angle0 = 10**6, 1.0
    y = relu_paths(angle0, width, STEPS, brownian(20_000))[-1]
    x = 3 * math.pi / (2 * width) / np.arctan(np.exp(-y))
    start = 3 * math.pi / (width * angle0) * math.exp(2)
    assert x.mean() == pytest.approx(inverse_angle_moments(1.0)[0] + start, rel=0.1)


def test_what_is_heard_of_a_layer() -> None:
    noise = np.random.default_rng(2).standard_normal((3, 4, 2, 9))
    a, b = noise[1, 2]
    half, product, passed = heard(noise, ahead=True)[1, 2]
    assert half == pytest.approx(0.5 * (a @ a - b @ b) / 9)
    assert product == pytest.approx(a @ b / 9)
    assert passed == pytest.approx(((a * a - b * b) * (a > 0)).sum() / 9)
    assert heard(noise, ahead=False)[1, 2, 2] == pytest.approx(2 * half)


def test_no_noise_leaves_the_flow() -> None:
    """Linear networks: dy = ½ tanh y dt, so sinh y grows like e^(t/2)."""
    y = shaped_paths(0.3, 0.0, STEPS, np.zeros((STEPS.size, 1, 3)))[-1, 0]
    assert math.sinh(y) == pytest.approx(math.sinh(math.atanh(0.3)) * math.exp(0.5), rel=2e-3)
