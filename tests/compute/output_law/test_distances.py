"""Distances from the normal law: two ways, limits, constants, and those of one fixed network."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import binom, chi2, norm

from compute.output_law import (
    CONDITIONAL_LEADING,
    LEADING,
    METRICS,
    characteristic_function,
    dead_probability,
    distance_to_normal,
    fixed_network_distance,
    leading_total_variation,
    limiting_distance,
    normal_distance,
    output_density,
    output_kurtosis,
    output_tail,
)


@pytest.mark.parametrize(
    ("widths", "name"), [([16] * 3, "relu"), ([9, 4], "linear"), ([3], "relu")]
)
def test_against_quadrature_over_the_exact_law(widths: list[int], name: str) -> None:
    """On a fine grid of z, by the definitions: another route than one transform."""
    x = np.concatenate([np.geomspace(1e-9, 1e-3, 2000), np.linspace(1e-3, 80, 160_001)[1:]])
    tail, density = output_tail(x, widths, name), output_density(x, widths, name)
    dead = dead_probability(widths) if name == "relu" else 0.0
    gap = tail - 2 * ndtr(-x)
    known = tail > 1e-13
    score = -ndtri(0.5 * np.where(known, tail, 0.5))
    edge = ndtri(0.5 + 0.5 * dead)
    squares = np.trapezoid(np.where(known, 2 * (x - score) ** 2 * density, 0.0), x)
    expected = {
        "wasserstein_1": np.trapezoid(np.abs(gap), x),
        "wasserstein_2": math.sqrt(squares + dead - 2 * edge * norm.pdf(edge)),
        "kolmogorov": 0.5 * max(np.abs(gap).max(), dead),
        "total_variation": np.trapezoid(np.abs(density - norm.pdf(x)), x) + 0.5 * dead,
    }
    for metric in METRICS:
        found = distance_to_normal(widths, name, metric)
        assert found == pytest.approx(expected[metric], rel=1e-4), metric


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("name", ["linear", "relu"])
def test_leading_order_and_slope(metric: str, name: str) -> None:
    """Distance/r tends to its constant like 1/N, so the slope is −1."""
    far, near = (
        distance_to_normal([n] * 2, name, metric) / (output_kurtosis([n] * 2, name) / 3 - 1)
        for n in (4096, 512)
    )
    assert far == pytest.approx(LEADING[metric], rel=5e-3)
    assert abs(far / LEADING[metric] - 1) < abs(near / LEADING[metric] - 1) + 1e-4


@pytest.mark.parametrize("metric", METRICS)
def test_the_limit_at_fixed_ratio(metric: str) -> None:
    """Both families near D(v), the wider the nearer; D grows from 0."""
    limit = limiting_distance(0.5, metric)
    for name, width in (("linear", 400), ("relu", 1000)):
        found = distance_to_normal([width] * 100, name, metric)
        assert found == pytest.approx(limit, rel=6e-3)
    ladder = [limiting_distance(v, metric) for v in (0.0, 1e-3, 0.1, 3.0, 100.0)]
    assert ladder[0] == 0
    assert np.all(np.diff(ladder) > 0)


@pytest.mark.parametrize(
    ("widths", "name"), [([1] * 200, "relu"), ([2] * 50, "relu"), ([1] * 200, "linear")]
)
def test_extreme_laws_are_nearly_zero(widths: list[int], name: str) -> None:
    """Almost all networks give almost 0: the distances are those of a point mass."""
    expected = (math.sqrt(2 / math.pi), math.sqrt(2), 0.5, 1.0)
    # the variance stays 1, so Wasserstein 2 is √(1 + 1)
    found = [distance_to_normal(widths, name, metric) for metric in METRICS]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_many_outputs() -> None:
    assert leading_total_variation(1) == pytest.approx(LEADING["total_variation"], rel=1e-12)
    assert leading_total_variation(20_000) / 20_000 == pytest.approx(0.12099, rel=1e-3)
    for m, exact in ((2, 0.004807), (3, 0.006761), (10, 0.019510)):
        found = distance_to_normal([128], "linear", "total_variation", outputs=m)
        assert found == pytest.approx(exact, rel=1e-4)


def test_normal_distance_against_quadrature() -> None:
    x = np.linspace(-60, 60, 240_001)
    for scale in (0.2, 0.9, 1.7, 5.0):
        p, q = norm.pdf(x, scale=scale), norm.pdf(x)
        f, g = norm.cdf(x, scale=scale), norm.cdf(x)
        expected = (
            np.trapezoid(np.abs(f - g), x),
            abs(scale - 1),
            np.abs(f - g).max(),
            0.5 * np.trapezoid(np.abs(p - q), x),
        )
        found = [float(normal_distance(scale, metric)) for metric in METRICS]
        np.testing.assert_allclose(found, expected, rtol=2e-6)
    assert [float(normal_distance(1.0, m)) for m in METRICS] == [0, 0, 0, 0]
    small = float(normal_distance(1 + 1e-12, "total_variation"))
    assert small == pytest.approx(2e-12 / math.sqrt(2 * math.pi * math.e), rel=1e-3)


@pytest.mark.parametrize("metric", METRICS)
def test_fixed_network_against_drawn_variances(metric: str) -> None:
    """K̂ = χ²_N/N by its definition, 200 000 draws, within 4 standard errors; then its constant."""
    rng = np.random.default_rng(1)
    d = normal_distance(np.sqrt(rng.chisquare(6, 200_000) / 6), metric)
    error = d.std() / math.sqrt(d.size)
    assert abs(d.mean() - fixed_network_distance([6], "linear", metric)) < 4 * error
    far = fixed_network_distance([4096], "relu", metric) / math.sqrt(5 / 4096)
    assert far == pytest.approx(CONDITIONAL_LEADING[metric], rel=5e-3)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("width", "name"), [(1, "linear"), (48, "relu"), (4096, "linear")])
def test_fixed_network_against_chi_square_quadrature(width: int, name: str, metric: str) -> None:
    """One hidden layer to 3e-5: quadrature over χ²_N/N, or its mixture over the neurons on."""
    counts = np.arange(1, width + 1) if name == "relu" else np.array([width])
    chances = binom.pmf(counts, width, 0.5) if name == "relu" else np.ones(1)
    y = min(12.0, 14 / math.sqrt(width)) * np.linspace(-1, 1, 20_001)
    share = width / 2 if name == "relu" else width
    square = share * np.exp(2 * y)
    density = 2 * square * (chances @ chi2.pdf(square, counts[:, None]))
    left = chances @ chi2.cdf(square[0], counts) + 1 - chances.sum()
    expected = np.trapezoid(density * normal_distance(np.exp(y), metric), y)
    expected += left * normal_distance(0.0, metric)
    assert fixed_network_distance([width], name, metric) == pytest.approx(expected, rel=3e-5)


@pytest.mark.parametrize("name", ["linear", "relu"])
def test_wide_and_deep_laws_keep_their_digits(name: str) -> None:
    """100 layers of 4096: tilts far from the edge must still be near enough to each other."""
    hidden = [4096] * 100
    ratio = output_kurtosis(hidden, name) / 3 - 1
    found = fixed_network_distance(hidden, name, "total_variation")
    leading = CONDITIONAL_LEADING["total_variation"] * math.sqrt(ratio)
    assert found == pytest.approx(leading, rel=0.05)
    assert characteristic_function([0.0], hidden, name)[0] == pytest.approx(1.0, abs=1e-11)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([4], "relu", "hellinger"), "metric"),
        (([4], "tanh", "kolmogorov"), "activation_name"),
        (([0], "relu", "kolmogorov"), "widths"),
    ],
)
def test_bad_arguments_are_named(arguments: tuple[list[int], str, str], named: str) -> None:
    for function in (distance_to_normal, fixed_network_distance):
        with pytest.raises(ValueError, match=named):
            function(*arguments)
    with pytest.raises(ValueError, match="log_variance"):
        limiting_distance(-1.0, "kolmogorov")
    with pytest.raises(ValueError, match="metric"):
        distance_to_normal([4], "relu", "kolmogorov", outputs=2)
    with pytest.raises(ValueError, match="scale"):
        normal_distance(-1.0, "kolmogorov")
