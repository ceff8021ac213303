"""The forward equation against closed forms: Brownian motion, Ornstein and Uhlenbeck, a way out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr

from compute.forward_equation import as_times, law_of


def test_brownian_motion_with_a_drift_is_normal() -> None:
    law = law_of(lambda y: np.full_like(y, 0.7), 0.2, np.array([0.1, 1.0, 3.0]), noise=2.0)
    for k, t in enumerate(law.times):
        exact = ndtr((law.points - 0.2 - 0.7 * t) / math.sqrt(2 * t))
        assert np.abs(law.cdf(law.points)[k] - exact).max() < 5e-4
    assert law.masses.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-12)
    assert law.mean(law.points) == pytest.approx(0.2 + 0.7 * law.times, abs=1e-6)
    assert law.quantiles([0.5])[:, 0] == pytest.approx(0.2 + 0.7 * law.times, abs=1e-3)
    assert not law.lost.any()


def test_a_force_back_settles() -> None:
    """dy = −y dt + dB from 1: mean e^(−t), variance (1 − e^(−2t))/2."""
    law = law_of(lambda y: -y, 1.0, np.array([0.5, 8.0]), least=-1.0, upper=np.ones_like)
    mean = law.mean(law.points)
    assert mean == pytest.approx(np.exp(-law.times), abs=1e-3)
    variance = law.mean(law.points**2) - mean**2
    assert variance == pytest.approx((1 - np.exp(-2 * law.times)) / 2, abs=1e-3)


def test_what_goes_out_is_lost() -> None:
    """Brownian motion that leaves at 0: P(lost by t) = 2 P(B_t ≤ −start)."""
    law = law_of(np.zeros_like, 1.0, np.array([0.3, 1.0, 4.0]), wall=0.0, way_out=True)
    exact = 2 * ndtr(-1 / np.sqrt(law.times))
    assert law.lost == pytest.approx(exact, abs=4e-3)
    assert law.lost + law.masses.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-9)
    assert law.cdf(-5.0) == pytest.approx(law.lost, abs=1e-12)


def test_any_drift_keeps_probability() -> None:
    """Walls of e^600 are no worse than others, and nothing is below zero."""
    law = law_of(lambda y: np.exp(np.clip(-40 * y, -600, 600)), 0.1, np.array([1e-3, 1.0]))
    assert law.density.min() >= 0
    assert law.masses.sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-9)


@pytest.mark.parametrize("bad", [[], [0.0], [1.0, 0.5], [math.nan], [[1.0]], [math.inf]])
def test_times_increase(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="times"):
        as_times(bad)
