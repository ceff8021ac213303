"""compute.gradients against closed forms, exact fractions, mpmath, limits and real networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from compute.gradients import (
    GradientLaw,
    input_gradient_moment,
    input_gradient_quantiles,
    log_input_gradient_moments,
    tangent_kernel_drift,
    tangent_kernel_drift_limit,
    tangent_kernel_second_moment,
    tangent_kernel_second_moment_limit,
)
from compute.gradients.law import active_chances
from compute.linear_products import log_norm_cdf, log_norm_density, log_norm_moments
from compute.regions.laws import gradient_fourth_moment, squared_gradients

NAMES = ("linear", "relu")


def pair_sum(widths: Sequence[int], name: str) -> Fraction:
    """E Θ²/(E Θ)² by all pairs of layers, block by block, in fractions."""
    c = {"linear": 2, "relu": 5}[name]
    growth = [1 + Fraction(c, n) for n in widths]
    total = Fraction(len(widths) + 1) * math.prod(growth)
    for first in range(len(widths)):
        p, q = Fraction(1), Fraction(0)
        for last in range(first, len(widths)):
            n = widths[last]
            if name == "relu":
                p, q = (
                    (1 + Fraction(1, n)) * p + Fraction(4, n) * q,
                    Fraction(2, n) * p + (1 + Fraction(3, n)) * q,
                )
            else:
                p, q = p + Fraction(2, n) * q, Fraction(1, n) * p + (1 + Fraction(1, n)) * q
            total += 2 * p * math.prod(growth[:first]) * math.prod(growth[last + 1 :])
    return total / (len(widths) + 1) ** 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("widths", [[1], [3], [6, 9, 5], [12, 20, 16], [2] * 7, [20] * 6])
def test_sums_over_layers_are_those_over_pairs(widths: list[int], name: str) -> None:
    exact = pair_sum(widths, name)
    assert tangent_kernel_second_moment(widths, name) == pytest.approx(float(exact), rel=1e-13)
    c = {"linear": 2, "relu": 5}[name]
    drift = math.prod(1 + Fraction(c, n) for n in widths) - exact
    assert tangent_kernel_drift(widths, name) == pytest.approx(float(drift), rel=1e-12)


def test_one_layer_by_hand() -> None:
    """L = 1: g_1 and g_2 given by Wishart moments: E g_1 g_2 = 1 + 1/N (ReLU), 1 (linear)."""
    for n in (1, 2, 5):
        assert tangent_kernel_second_moment([n], "relu") == pytest.approx(
            (2 * (1 + 5 / n) + 2 * (1 + 1 / n)) / 4, rel=1e-14
        )
        assert tangent_kernel_second_moment([n], "linear") == pytest.approx(
            (2 * (1 + 2 / n) + 2) / 4, rel=1e-14
        )
    assert tangent_kernel_drift([6, 6], "relu") == pytest.approx(76 / 81, rel=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_the_limit_is_reached_like_one_over_the_width(name: str) -> None:
    for ratio in (0.25, 0.5, 1.0):
        limit = tangent_kernel_second_moment_limit(ratio, name)
        gaps = [
            tangent_kernel_second_moment([n] * round(n * ratio), name) / limit - 1
            for n in (200, 400, 800)
        ]
        assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.06)
        assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.03)
        drift = tangent_kernel_drift([3200] * round(3200 * ratio), name)
        assert tangent_kernel_drift_limit(ratio, name) == pytest.approx(drift, rel=6e-3)


def test_the_limit_near_zero_and_far_out() -> None:
    """1 + 11t/3 (ReLU), 1 + 4t/3 (linear); both branches of the remainder against mpmath."""
    for name, c, slope in (("relu", 5, 11 / 3), ("linear", 2, 4 / 3)):
        assert tangent_kernel_second_moment_limit(0.0, name) == 1.0
        small = tangent_kernel_second_moment_limit(1e-6, name)
        assert (small - 1) * 1e6 == pytest.approx(slope, rel=1e-4)
        assert tangent_kernel_drift_limit(1e-6, name) * 1e6 == pytest.approx(c - slope, rel=1e-4)
        for ratio in (0.01, 0.08, 0.09, 0.3, 5.0):
            with mpmath.workdps(30):
                t, a = mpmath.mpf(ratio), (c + 1) * mpmath.mpf(ratio)
                bracket = mpmath.mpf(1) / 3 + mpmath.mpf(4) / 3 * (a - 1 + mpmath.exp(-a)) / a**2
                exact = float(mpmath.exp(c * t) * bracket)
            found = tangent_kernel_second_moment_limit(ratio, name)
            assert found == pytest.approx(exact, rel=1e-13)
        assert tangent_kernel_second_moment_limit(1e4, name) == math.inf


def test_moments_are_those_of_chapter_four_and_of_the_sum_over_counts() -> None:
    assert input_gradient_moment(0, [3], 2) == 1
    for widths, inputs in (([3, 5], 4), ([16] * 8, 10), ([1], 1), ([1000] * 3, 2)):
        first = input_gradient_moment(1, widths, inputs)
        assert first == pytest.approx(squared_gradients(len(widths) + 1)[-1], rel=1e-13)
        fourth = input_gradient_moment(2, widths, inputs)
        assert fourth == pytest.approx(gradient_fourth_moment(widths, inputs), rel=1e-12)
    # E (χ²_B/N)³ over the counts, one by one
    n = 7
    each = [b * (b + 2) * (b + 4) * math.comb(n, b) for b in range(n + 1)]
    exact = sum(each) / 2**n / n**3 * 1.5**6 * (1 + 2 / 3) * (1 + 4 / 3)
    found = input_gradient_moment(3, [n], 3, weight_variance=1.5)
    assert found == pytest.approx(exact, rel=1e-13)
    assert input_gradient_moment(400, [4] * 100, 1) == math.inf


def test_log_moments_by_counts_and_without_gates() -> None:
    """Width 2, one layer, by hand with mpmath; linear networks are those of (3.2.3)."""
    mean, variance = log_input_gradient_moments([2], 3, weight_variance=1.7)
    with mpmath.workdps(30):
        chance = {1: mpmath.mpf(2) / 3, 2: mpmath.mpf(1) / 3}
        digamma = {b: mpmath.digamma(mpmath.mpf(b) / 2) for b in chance}
        first = sum(p * digamma[b] for b, p in chance.items())
        spread = sum(
            p * (mpmath.psi(1, mpmath.mpf(b) / 2) + (digamma[b] - first) ** 2)
            for b, p in chance.items()
        )
        own = mpmath.digamma(1.5) - mpmath.log(1.5) + mpmath.log(1.7)
        assert mean == pytest.approx(float(own + first + mpmath.log(1.7)), rel=1e-13)
        assert variance == pytest.approx(float(mpmath.psi(1, 1.5) + spread), rel=1e-13)
    law = GradientLaw.of([4, 9], 3, "linear", weight_variance=1.0)
    half_mean, half_variance = log_norm_moments([3, 4, 9])
    assert law.log_moments() == pytest.approx((2 * half_mean, 4 * half_variance), rel=1e-12)


def test_linear_networks_have_the_law_of_section_3_2() -> None:
    law = GradientLaw.of([5, 8, 2], 3, "linear", weight_variance=1.0)
    y = np.linspace(-9, 4, 30)
    assert law.log_density(y) == pytest.approx(log_norm_density([3, 5, 8, 2], y / 2) / 2, abs=1e-11)
    assert law.log_cdf(y) == pytest.approx(log_norm_cdf([3, 5, 8, 2], y / 2), abs=1e-11)
    assert law.dead == 0


@pytest.mark.parametrize(
    ("widths", "inputs"), [([3, 5], 4), ([1], 2), ([16] * 8, 10), ([64] * 32, 64), ([128], 1)]
)
def test_the_series_and_the_tilted_inversion_are_one_law(widths: list[int], inputs: int) -> None:
    law = GradientLaw.of(widths, inputs, "relu", weight_variance=2.0)
    levels = np.array([0.02, 0.3, 0.6, 0.95])
    slow = input_gradient_quantiles(levels, widths, inputs)
    assert np.exp(law.log_quantiles(levels)) == pytest.approx(slow, rel=1e-9)
    alive = levels > law.dead
    assert law.log_cdf(np.log(slow[alive])) == pytest.approx(levels[alive], abs=1e-10)
    assert not slow[~alive].any()
    # density: mass and mean
    y = np.linspace(*(law.log_mean + 2 * np.array(law.roots().window(42.0))), 6001)
    density = law.log_density(y)
    assert np.trapezoid(density, y) == pytest.approx(1 - law.dead, abs=1e-9)
    assert np.trapezoid(density * np.exp(y), y) == pytest.approx(2, rel=1e-6)


def test_one_gated_layer_by_its_counts() -> None:
    """The distribution function as a sum of incomplete gammas: N_0 = 2, so no second integral."""
    law = GradientLaw.of_layer([5], "relu", weight_variance=2.0, square=3.0)
    y = np.array([0.01, 0.5, 3.0, 20.0])
    exact = [
        float(
            sum(
                math.comb(5, b) / 32 * mpmath.gammainc(b / 2, 0, v * 5 / 12, regularized=True)
                for b in range(1, 6)
            )
        )
        + 1 / 32
        for v in y
    ]
    assert law.log_cdf(np.log(y)) == pytest.approx(exact, abs=1e-10)


def test_every_network_dead_and_the_largest() -> None:
    law = GradientLaw.of([1] * 1000, 1, "relu", weight_variance=2.0)
    assert law.dead == 1
    assert np.all(np.isneginf(law.log_quantiles([0.5, 0.99])))
    assert not law.log_density([-500.0]).any()
    assert tangent_kernel_second_moment([1] * 1000, "relu") == math.inf
    assert tangent_kernel_drift([1] * 1000, "relu") == math.inf
    wide = [1000] * 1000
    assert math.isfinite(tangent_kernel_second_moment(wide, "relu"))
    assert input_gradient_moment(1, wide, 1000, weight_variance=4.0) == pytest.approx(
        4 * 2.0**1000, rel=1e-10
    )


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: input_gradient_moment(-1, [3], 2), ValueError, "order"),
        (lambda: input_gradient_moment(1.5, [3], 2), TypeError, "order"),  # type: ignore[arg-type]
        (lambda: input_gradient_moment(True, [3], 2), TypeError, "order"),
        (lambda: input_gradient_moment(1, [], 2), ValueError, "widths"),
        (lambda: input_gradient_moment(1, [0], 2), ValueError, "widths"),
        (lambda: input_gradient_moment(1, [3], 0), ValueError, "input_dim"),
        (lambda: log_input_gradient_moments([3], 2, weight_variance=0), ValueError, "weight_var"),
        (lambda: input_gradient_quantiles([1.0], [3], 2), ValueError, "levels"),
        (lambda: tangent_kernel_second_moment([3], "tanh"), ValueError, "activation_name"),
        (lambda: tangent_kernel_drift([2.5], "relu"), TypeError, "widths"),  # type: ignore[list-item]
        (lambda: tangent_kernel_second_moment_limit(-1, "relu"), ValueError, "ratio"),
        (lambda: tangent_kernel_second_moment_limit(math.nan, "relu"), ValueError, "ratio"),
        (lambda: tangent_kernel_second_moment_limit(1, "abs"), ValueError, "activation_name"),
    ],
)
def test_bad_arguments_are_named(call, error, named) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=named):
        call()


def test_counts_left_out_carry_nothing() -> None:
    on, chance = active_chances(1000)
    assert on.size < 1000
    assert float(chance.sum()) == pytest.approx(1, abs=1e-14)
    assert float(chance @ on) == pytest.approx(500, rel=1e-13)
