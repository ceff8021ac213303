"""The catapult's map against descent on vectors, its limits, and bad arguments."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from compute.catapult import (
    catapult_path,
    fates,
    final_curvature,
    rising_threshold,
    sample_vectors,
    vector_path,
)


@pytest.mark.parametrize("width", [10, 50, 1000, 100_000])
@pytest.mark.parametrize("kappa", [0.5, 1.9, 2.5, 3.0, 3.5])
def test_the_map_is_descent_on_vectors(width: int, kappa: float) -> None:
    u, v = sample_vectors(1.0, 2.0, width, np.random.default_rng(width))
    found = vector_path(u, v, kappa / 2, 25, width**-0.5)
    path = catapult_path(1.0, 2.0, kappa / 2, width, 25)
    assert found == pytest.approx(path, rel=1e-9, abs=1e-9 * np.abs(path).max())


def test_descent_on_vectors_is_descent_on_the_loss() -> None:
    """One step against differences of f²/2, in plain NumPy."""
    u, v = sample_vectors(0.7, 2.0, 5, np.random.default_rng(0))
    theta, eta, h = np.concatenate([u, v]), 0.9, 1e-6

    def loss(w: Any) -> float:
        return float(0.5 * (w[:5] @ w[5:]) ** 2 / 5)

    unit = h * np.eye(10)
    slope = np.array([(loss(theta + e) - loss(theta - e)) / (2 * h) for e in unit])
    after = theta - eta * slope
    wanted = (after[:5] @ after[5:] / math.sqrt(5), after @ after / 5)
    assert vector_path(u, v, eta, 1, 5**-0.5)[1] == pytest.approx(wanted, rel=1e-8)


def test_the_map_in_rational_numbers() -> None:
    f, curve, eta, n = Fraction(1), Fraction(2), Fraction(5, 4), 50
    for _ in range(6):
        f, curve = (
            f * (1 - eta * curve + eta**2 * f**2 / n),
            curve + eta * f**2 / n * (eta * curve - 4),
        )
    wanted = (float(f), float(curve))
    assert catapult_path(1.0, 2.0, 1.25, 50, 6)[-1] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("kappa", "ends"), [(1.0, True), (3.0, True), (3.999, True), (4.001, False)]
)
@pytest.mark.parametrize("width", [50, 100_000])
def test_where_it_ends(kappa: float, ends: bool, width: int) -> None:
    end = final_curvature(1.0, 2.0, kappa / 2, width) * kappa / 2
    assert (end < 2) if ends else end == math.inf


def test_the_limit_is_that_of_a_long_path() -> None:
    for kappa in (0.3, 1.5, 2.2, 2.5, 3.0):
        long = catapult_path(1.0, 2.0, kappa / 2, 1000, 2000)[-1, 1]
        assert final_curvature(1.0, 2.0, kappa / 2, 1000) == pytest.approx(long, rel=1e-9)


def test_width_enters_through_the_start_only() -> None:
    """Equal κ and φ²: equal fates; and the peak of the loss is of order n."""
    one = fates(3.0, (1.5 * 1.0) ** 2 / 100)
    assert fates(3.0, (1.5 * 2.0) ** 2 / 400) == pytest.approx(one)
    peaks = [fates(3.0, 2.25 / n)[1] for n in (1e3, 1e5, 1e7)]
    assert max(peaks) / min(peaks) < 1.3


def test_an_output_of_nothing_never_moves() -> None:
    assert np.all(catapult_path(0.0, 2.0, 1.5, 50, 10) == [0.0, 2.0])
    assert final_curvature(0.0, 2.0, 1.5, 50) == 2.0


@pytest.mark.parametrize(("output", "width"), [(1.0, 50), (3.0, 1000), (0.1, 10)])
def test_the_loss_rises_from_its_threshold_on(output: float, width: int) -> None:
    at = rising_threshold(output, width)
    assert at == pytest.approx(2 + (at * output / 2) ** 2 / width)
    for kappa, rises in ((at - 1e-6, False), (at + 1e-6, True)):
        path = catapult_path(output, 2.0, kappa / 2, width, 1)
        assert bool(abs(path[1, 0]) > abs(path[0, 0])) is rises
    assert math.isnan(rising_threshold(3.0, 10))


def test_a_diverging_path_keeps_its_last_numbers() -> None:
    path = catapult_path(1.0, 2.0, 3.0, 50, 400)
    assert np.all(np.isfinite(path))
    assert np.all(path[-1] == path[-2])


def test_vectors_have_what_was_asked_for() -> None:
    u, v = sample_vectors(-0.5, 2.0, 30, np.random.default_rng(1))
    assert u @ v / math.sqrt(30) == pytest.approx(-0.5)
    assert (u @ u + v @ v) / 30 == pytest.approx(2.0)


@pytest.mark.parametrize(
    "bad",
    [
        {"output": math.nan},
        {"curvature": 0.0},
        {"eta": -1.0},
        {"eta": math.inf},
        {"width": 0},
        {"width": 2.5},
        {"output": 10.0},
        {"steps": 0},
    ],
)
def test_bad_arguments_are_named(bad: dict[str, Any]) -> None:
    given: dict[str, Any] = {"output": 1.0, "curvature": 2.0, "eta": 1.0, "width": 50, "steps": 5}
    with pytest.raises(
        (ValueError, TypeError), match=next(iter(bad)) if bad != {"output": 10.0} else "curvature"
    ):
        catapult_path(**given | bad)


def test_bad_starts_and_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="squared"):
        fates(1.0, -1.0)
    with pytest.raises(ValueError, match="one length"):
        vector_path([1.0], [1.0, 2.0], 1.0, 1, 1.0)
    with pytest.raises(ValueError, match="scale"):
        vector_path([1.0], [1.0], 1.0, 1, 0.0)
    with pytest.raises(TypeError, match="rng"):
        sample_vectors(1.0, 2.0, 10, 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="output"):
        rising_threshold(math.nan, 10)
