"""Linear models: limits, paths and exact risks, each two ways."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.regression import (
    excess_risks,
    expected_excess_risk,
    gradient_descent,
    gradient_descent_limit,
    largest_stable_rate,
    row_space_part,
)

RNG = np.random.default_rng(3)
PHI, Y, START = RNG.standard_normal((3, 7)), RNG.standard_normal(3), RNG.standard_normal(7)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_descent_ends_at_its_limit_and_keeps_what_no_datum_sees(momentum: float) -> None:
    rate = 0.8 * largest_stable_rate(PHI)
    walked = gradient_descent(PHI, Y, START, rate=rate, steps=2000, momentum=momentum)
    limit = gradient_descent_limit(PHI, Y, START)
    np.testing.assert_allclose(walked.path[-1], limit, atol=1e-9)
    across = walked.path - row_space_part(PHI, walked.path)
    np.testing.assert_allclose(across, np.broadcast_to(across[0], across.shape), atol=1e-12)
    np.testing.assert_allclose(PHI @ limit, Y, atol=1e-12)


def test_beyond_the_largest_stable_rate_descent_diverges() -> None:
    walked = gradient_descent(PHI, Y, START, rate=1.05 * largest_stable_rate(PHI), steps=200)
    assert walked.loss[-1] > 1e3 * walked.loss[0]
    assert largest_stable_rate(np.zeros((1, 2))) == math.inf


@pytest.mark.parametrize("used", [2, 4, 16, 24])
def test_the_exact_risk_is_what_drawn_problems_have(used: int) -> None:
    n, d, noise = 10, 24, 0.5
    beta = np.full(d, d**-0.5)
    design = RNG.standard_normal((4000, n, d))
    targets = design @ beta + math.sqrt(noise) * RNG.standard_normal((4000, n))
    found = excess_risks(design, targets, beta, [used])[:, 0]
    exact = expected_excess_risk(n, used, used / d, 1 - used / d, noise)
    assert abs(found.mean() - exact) < 4 * found.std() / math.sqrt(4000)


@pytest.mark.parametrize("used", [9, 10, 11])
def test_the_mean_is_infinite_at_the_threshold(used: int) -> None:
    assert expected_excess_risk(10, used, 0.5, 0.5, 0.1) == math.inf


@pytest.mark.parametrize(("used", "left"), [(8, 0.0), (10, 0.0), (11, 2 / 11), (16, 0.75)])
def test_without_noise_only_what_the_shortest_interpolant_loses_is_left(used, left) -> None:
    exact = expected_excess_risk(10, used, 2.0, 0.0, 0.0)
    assert exact == pytest.approx(left, abs=1e-15)
    beta = np.full(used, math.sqrt(2 / used))
    design = RNG.standard_normal((500, 10, used))
    found = excess_risks(design, design @ beta, beta, [used])[:, 0]
    assert abs(found.mean() - exact) < 1e-12 + 4 * found.std() / math.sqrt(500)


def test_no_features_have_the_whole_signal_as_risk() -> None:
    assert expected_excess_risk(5, 0, 0.0, 2.0, 1.0) == 2.0


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="features must be"):
        gradient_descent_limit(PHI, Y[:2], START)
    with pytest.raises(ValueError, match="noise_variance"):
        expected_excess_risk(5, 2, 1.0, 0.0, -1.0)
    with pytest.raises(ValueError, match="rate"):
        gradient_descent(PHI, Y, START, rate=0.0, steps=1)
