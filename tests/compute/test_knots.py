"""Knots for sampled functions against the closed forms of sin ωx and |x|^p."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.knots import Sampled
from compute.piecewise_linear import (
    graded_knots,
    interpolation_error,
    root_curvature,
    uniform_knots,
)

INTERVAL = (-1.0, 1.0)


@pytest.mark.parametrize("omega", [0.5, 3.14, 12.0])
@pytest.mark.parametrize("count", [1, 10, 255])
def test_errors_and_knots_of_a_sine(omega: float, count: int) -> None:
    f = Sampled.of(lambda x: np.sin(omega * x), INTERVAL)
    for knots in (uniform_knots(INTERVAL, count), graded_knots("sine", omega, INTERVAL, count)):
        exact = interpolation_error("sine", omega, INTERVAL, knots)
        assert exact * (1 - 1e-4) <= f.error(knots) <= exact * (1 + 1e-12)
    assert f.graded(count) == pytest.approx(graded_knots("sine", omega, INTERVAL, count), abs=1e-5)


def test_curvature_of_a_sine() -> None:
    f = Sampled.of(lambda x: np.sin(3.14 * x), INTERVAL)
    assert f.root_curvature[-1] == pytest.approx(
        root_curvature("sine", 3.14, INTERVAL)[1][-1], rel=1e-5
    )
    assert f.most_curved == pytest.approx(3.14**2, rel=1e-5)


@pytest.mark.parametrize("power", [1.0, 1.5, 0.5])
def test_a_corner_is_told_from_a_bend(power: float) -> None:
    assert Sampled.of(lambda x: np.abs(x) ** power, INTERVAL).most_curved == math.inf


def test_a_straight_line_does_not_bend() -> None:
    f = Sampled.of(lambda x: 2 * x + 1, INTERVAL)
    assert f.most_curved == pytest.approx(0.0, abs=1e-4)
    assert f.graded(3) == pytest.approx([-0.5, 0.0, 0.5])
    assert f.error([]) < 1e-15


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Sampled.of(lambda x: np.where(x > 0.5, np.nan, x), INTERVAL)
