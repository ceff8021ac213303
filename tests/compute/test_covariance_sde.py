"""Depth and width together: forward against backward equation, against paths, closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import solve_banded

from compute import covariance_sde as sde
from compute.activations import get_activation
from compute.kernels import correlation_gap


def drift(y: np.ndarray, kink: float) -> np.ndarray:
    """dy's drift as the public drift of ρ has it, by Itô: (b + ρ(1 − ρ²))/(1 − ρ²)."""
    rho = np.tanh(y)
    return sde.correlation_drift(rho, kink) / (1 - rho**2) + rho


def test_the_drift_is_that_of_shaped_relu_kernels() -> None:
    """At infinite width one layer of slopes 1 ± c/√N moves ρ by ν/N: no noise, no −½ρ(1 − ρ²)."""
    n, rho = 1e8, np.array([-0.6, 0.1, 0.8])
    slopes = {"slope_neg": 1 - 0.5 / math.sqrt(n), "slope_pos": 1 + 0.5 / math.sqrt(n)}
    relu = get_activation("leaky_relu", **slopes)
    variance = 2 / (slopes["slope_neg"] ** 2 + slopes["slope_pos"] ** 2)
    moved = [
        1 - r - float(correlation_gap(1.0, 1 - r, 1, relu, weight_variance=variance)[1][1])
        for r in rho
    ]
    nu = sde.correlation_drift(rho, 1.0) + 0.5 * rho * (1 - rho**2)
    assert n * np.array(moved) == pytest.approx(nu, abs=1e-6)
    assert sde.correlation_drift([-1.0, 1.0], 2.0) == pytest.approx([2.0, 0.0])


@pytest.mark.parametrize(("rho", "kink", "time"), [(0.3, 1.0, 1.0), (-0.5, 2.0, 1.0), (0.3, 0, 2)])
def test_moments_by_the_backward_equation(rho: float, kink: float, time: float) -> None:
    """u_t = b u′ + u″/2 from u = f, by the trapezoid rule on a grid of its own."""
    y, step = np.linspace(-3 if kink else -9, 9, 1201, retstep=True)
    steps, b = 400, drift(y, kink)
    below, above = 0.5 / step**2 - b / (2 * step), 0.5 / step**2 + b / (2 * step)
    below[[0, -1]] = above[[0, -1]] = 0
    rates = np.array([np.roll(above, 1), -(below + above), np.roll(below, -1)])
    implicit = -0.5 * time / steps * rates
    implicit[1] += 1
    u = np.column_stack([np.tanh(y), np.tanh(y) ** 2])
    for _ in range(steps):
        moved = below[:, None] * np.roll(u, 1, 0) + above[:, None] * np.roll(u, -1, 0)
        moved -= (below + above)[:, None] * u
        u = solve_banded((1, 1), implicit, u + 0.5 * time / steps * moved)
    found = [np.interp(math.atanh(rho), y, column) for column in u.T]
    exact = [found[0], found[1] - found[0] ** 2]
    assert sde.correlation_moments(rho, kink, [time])[0] == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize(("rho", "kink"), [(0.3, 1.0), (-0.5, 2.0), (0.6, 0.0)])
def test_moments_and_cdf_by_paths(rho: float, kink: float) -> None:
    """20 000 Euler paths of y, within four standard errors."""
    rng, n, steps = np.random.default_rng(5), 20_000, 100
    y = np.full(n, math.atanh(rho))
    for _ in range(steps):
        y += np.clip(drift(y, kink), -5, 5) / steps + rng.standard_normal(n) / math.sqrt(steps)
    mean, variance = sde.correlation_moments(rho, kink, [1.0])[0]
    assert np.tanh(y).mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / n) + 2e-3)
    assert np.tanh(y).var() == pytest.approx(variance, abs=0.012)
    for point in (-0.5, 0.2, 0.9):
        p = float(sde.correlation_cdf(point, rho, kink, 1.0))
        assert (np.tanh(y) <= point).mean() == pytest.approx(p, abs=4 * math.sqrt(0.25 / n) + 2e-3)


def test_the_scale_function_of_linear_networks() -> None:
    """E arcsin ρ_t stays arcsin ρ_0; what is left for large t is the probability of alignment."""
    for rho in (-0.9, -0.2, 0.3, 0.8):
        law = sde.correlation_law(rho, 0.0, [0.3, 2.0, 10.0])
        gained = law.mean(np.arcsin(np.tanh(law.points)))
        assert gained == pytest.approx(np.full(3, math.asin(rho)), abs=1e-4)
        aligned = 1 - law.cdf(0.0)[-1]
        assert aligned == pytest.approx(float(sde.alignment_probability(rho)), abs=6e-3)
    assert sde.alignment_probability([-1.0, 0.0, 1.0]) == pytest.approx([0.0, 0.5, 1.0])


def test_the_ends_of_the_distribution_function() -> None:
    found = sde.correlation_cdf([-2.0, -1.0, 1.0, 3.0], 0.3, 1.0, 0.5)
    assert found == pytest.approx([0.0, 0.0, 1.0, 1.0], abs=1e-9)
    assert np.array_equal(sde.correlation_moments(0.3, 1.0, [0.0])[0], [0.3, 0.0])
    later = sde.correlation_moments(0.3, 1.0, [2.0, 0.5, 2.0])
    assert np.array_equal(later[0], later[2])
    assert later[0, 0] > later[1, 0]


@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
def test_explosion_by_two_equations(strength: float) -> None:
    """1/V forwards, and X = ∫e^(√2B − s)ds by time reversal, dX = dt + √2 X dB, on Euler paths."""
    lost = sde.log_inverse_variance_law(1.0, strength, [1.0, 12.0]).lost
    ever = sde.explosion_probability(1.0, strength)
    assert ever == pytest.approx(1 - math.exp(-strength), rel=1e-12)
    assert lost[1] == pytest.approx(ever, abs=1.5e-3)
    rng, n, steps = np.random.default_rng(3), 20_000, 400
    x = np.zeros(n)
    for _ in range(steps):
        x = (x + 0.5 / steps) * np.exp(
            math.sqrt(2 / steps) * rng.standard_normal(n) - 1 / steps
        ) + 0.5 / steps
    share = float((x >= 1 / strength).mean())
    assert lost[0] == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / n) + 3e-3)


def test_the_normalised_explosion_is_a_gamma_law() -> None:
    """Dufresne: with drift g(V² − V) the integral is 1/Gamma(1 + g); at g = 1 in closed form."""
    found = sde.explosion_probability(1.5, 1.0, normalised=True)
    assert found == pytest.approx(1 - math.exp(-1.5) * 2.5, rel=1e-12)
    assert sde.explosion_probability(1.0, -1.0) == 0
    assert sde.explosion_probability(1e6, 1.0) == 1


def test_smooth_networks_that_do_not_explode() -> None:
    """1/V is linear: E 1/V_t = (1/V_0 + |g|/2) e^(2t) − |g|/2."""
    law = sde.log_inverse_variance_law(2.0, -1.0, [0.2, 0.5])
    exact = (0.5 + 0.5) * np.exp(2 * law.times) - 0.5
    assert law.mean(np.exp(law.points)) == pytest.approx(exact, rel=1e-3)
    assert not law.lost.any()


def test_the_inverse_angle_two_ways() -> None:
    """Moments in closed form against the forward equation, medians against the known ones."""
    for time in (0.1, 0.5):
        law = sde.log_inverse_angle_law([time])
        x = np.exp(law.points)
        exact = sde.inverse_angle_moments(time)
        assert [law.mean(x)[0], law.mean(x * x)[0]] == pytest.approx(exact, rel=2e-3)
    medians = [math.exp(sde.log_inverse_angle_law([t]).quantiles([0.5])[0, 0]) for t in (0.5, 1, 2)]
    assert medians == pytest.approx([0.677, 1.879, 7.63], rel=0.02)
    assert sde.inverse_angle_moments(0.0) == (0.0, 0.0)


def test_the_finite_width_predictor() -> None:
    """Mean of dX = (1 + 2X + 3/(2NX)) dt − √2 X dW at N = 50, ρ_0 = ½, as paths have it."""
    law = sde.log_inverse_angle_law([0.5], width=50, angle0=math.pi / 3)
    rng, n, steps = np.random.default_rng(4), 20_000, 400
    w = np.full(n, math.log(9 / 50))
    dt = 0.5 / steps
    for _ in range(steps):
        noise = math.sqrt(2 * dt) * rng.standard_normal(n)
        w += (1 + np.exp(-w) + 0.03 * np.exp(-2 * w)) * dt + noise
    assert law.quantiles([0.5])[0, 0] == pytest.approx(np.median(w), abs=0.03)
    assert law.mean(law.points)[0] == pytest.approx(w.mean(), abs=0.02)


@pytest.mark.parametrize("correlation", [-0.99, 0.99])
@pytest.mark.parametrize("kink", [0.0, 6.0])
@pytest.mark.parametrize("time", [1e-3, 10.0])
def test_extremes_are_laws(correlation: float, kink: float, time: float) -> None:
    law = sde.correlation_law(correlation, kink, [0.1 * time, time])
    assert np.all(np.isfinite(law.density))
    assert law.masses.sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-9)
    for g in (-3.0, 1e-3, 3.0):
        whole = sde.log_inverse_variance_law(10.0, g, [0.1 * time, time])
        assert whole.lost + whole.masses.sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-9)
    angle = math.acos(correlation)
    for width in (1, 400):
        law = sde.log_inverse_angle_law([0.1 * time, time], width=width, angle0=angle)
        assert np.all(np.diff(law.quantiles([0.1, 0.5, 0.9])) >= 0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: sde.correlation_drift([1.1], 1.0), "correlation"),
        (lambda: sde.correlation_drift([0.1], math.nan), "kink"),
        (lambda: sde.correlation_law(1.0, 1.0, [1.0]), "correlation0"),
        (lambda: sde.correlation_law(0.1, 1.0, [0.0]), "times"),
        (lambda: sde.correlation_moments(0.1, 1.0, [-1.0]), "times"),
        (lambda: sde.correlation_cdf([math.nan], 0.1, 1.0, 1.0), "points"),
        (lambda: sde.alignment_probability(2.0), "correlation0"),
        (lambda: sde.explosion_probability(0.0, 1.0), "variance0"),
        (lambda: sde.explosion_probability(1.0, math.inf), "strength"),
        (lambda: sde.log_inverse_variance_law(-1.0, 1.0, [1.0]), "variance0"),
        (lambda: sde.inverse_angle_moments(-1.0), "time"),
        (lambda: sde.log_inverse_angle_law([1.0], width=3), "together"),
        (lambda: sde.log_inverse_angle_law([1.0], width=0, angle0=1.0), "width"),
        (lambda: sde.log_inverse_angle_law([1.0], width=3, angle0=4.0), "angle0"),
    ],
)
def test_bad_arguments_are_named(call, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        call()


def test_late_explosions_tend_to_the_limit_like_one_over_the_width() -> None:
    """Networks of finite width explode later; four times as wide, about a quarter as late."""
    times = np.array([0.5, 1.0, 2.0])
    for g, v in ((1.0, 1.0), (2.0, 0.7)):
        limit = sde.log_inverse_variance_law(v, g, times).lost
        late = [limit - sde.explosion_share(v, g, times, n) for n in (100, 400, 100_000)]
        assert np.all(late[0] > 0)
        assert np.all((late[1] / late[0] > 0.2) & (late[1] / late[0] < 0.5))
        assert late[2] == pytest.approx(np.zeros(3), abs=4e-3)
    for wrong in ((0.0, 1.0, 50), (1.0, -1.0, 50), (1.0, 1.0, 0)):
        with pytest.raises(ValueError, match="must be"):
            sde.explosion_share(wrong[0], wrong[1], times, wrong[2])


def test_late_explosions_are_those_of_networks() -> None:
    """5000 cubic networks of 50 neurons, every layer by its own z: four standard errors."""
    width, g, rng = 50, 1.0, np.random.default_rng(8)
    variance, found = np.ones(5000), []
    for layer in range(1, 101):
        z = np.sqrt(variance)[:, None] * rng.standard_normal((5000, width))
        variance = np.minimum(((z + g / (6 * width) * z**3) ** 2).mean(axis=1), 1e5)
        if layer in (50, 100):
            found.append((variance >= 1e5).mean())
    predicted = sde.explosion_share(1.0, g, [1.0, 2.0], width)
    assert np.array(found) == pytest.approx(predicted, abs=4 * 0.5 / math.sqrt(5000))


def test_the_law_of_relu_correlations_is_that_of_its_angles() -> None:
    law = sde.relu_correlation_law(np.array([0.5, 1.0]), 50, 1.0)
    angles = sde.log_inverse_angle_law([0.5, 1.0], width=50, angle0=1.0)
    assert np.sum(law.masses, axis=1) == pytest.approx([1, 1], abs=1e-9)
    for level in (0.1, 0.5, 0.9):
        theta = 3 * math.pi / (50 * np.exp(angles.quantiles([level])[:, 0]))
        expected = -np.log(np.tan(0.5 * theta))
        assert law.quantiles([level])[:, 0] == pytest.approx(expected, abs=0.02)
