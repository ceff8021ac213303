"""The exact law of one output against Meijer's G, closed forms, moments and real networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import stats

from compute.activations import get_activation
from compute.linear_products import sample_log_norm
from compute.networks import weight_layers
from compute.output_law import (
    centred_kernel_moment,
    characteristic_function,
    chi_product,
    dead_probability,
    draw_outputs,
    effective_share,
    exact_mean,
    first_order_density,
    first_order_tail,
    gaussian_mean,
    output_density,
    output_kurtosis,
    output_score,
    output_tail,
    scale_law,
    size_law,
)

Z = [1e-3, 0.1, 1.0, 4.0, 12.0]
EXTREME = [([1], 1), ([1], 100), ([2], 50), ([16], 8), ([64], 32), ([1000], 1), ([1000], 100)]


def meijer(z: float, degrees: list[int], scales: list[float]) -> float:
    """Density of |Z|·Π√(χ²_n/scale) at z > 0, halved: that of a symmetric output."""
    with mpmath.workdps(30):
        shapes = [mpmath.mpf(1) / 2, *(mpmath.mpf(n) / 2 for n in degrees)]
        argument = mpmath.mpf(z) ** 2 / 2
        for scale in scales:
            argument *= mpmath.mpf(scale) / 2
        g = mpmath.meijerg([[], []], [shapes, []], argument)
        return float(g / (z * mpmath.fprod(mpmath.gamma(s) for s in shapes)))


@pytest.mark.parametrize("widths", [[3], [2, 5], [3, 4, 6]])
def test_linear_density_is_meijers_g(widths: list[int]) -> None:
    expected = [meijer(z, widths, [float(n) for n in widths]) for z in Z]
    np.testing.assert_allclose(output_density(Z, widths, "linear"), expected, rtol=1e-11)


def test_relu_density_is_a_sum_of_them_over_active_counts() -> None:
    expected = [
        sum(
            math.comb(4, a) * math.comb(2, b) / 64 * meijer(z, [a, b], [2.0, 1.0])
            for a in range(1, 5)
            for b in range(1, 3)
        )
        for z in Z
    ]
    np.testing.assert_allclose(output_density(Z, [4, 2], "relu"), expected, rtol=1e-11)


@pytest.mark.parametrize(("width", "depth"), EXTREME)
@pytest.mark.parametrize("name", ["linear", "relu"])
def test_mass_second_moment_and_tail(width: list[int], depth: int, name: str) -> None:
    """∫f, E z² and ∫_x^∞ f at widths 1…1000 and depths to 100, by the trapezoid rule in log z."""
    widths = width * depth
    law = size_law(widths, name)
    y = np.linspace(*law.window(), 6001)
    f, step = law.density(y), y[1] - y[0]
    alive = math.prod(1 - 2.0**-n for n in widths) if name == "relu" else 1.0
    assert f.sum() * step == pytest.approx(alive, rel=1e-9)
    if width[0] * 2 > depth:
        assert (np.exp(2 * y) * f).sum() * step == pytest.approx(1, rel=1e-9)
    above = law.above(y[::600])
    summed = np.cumsum(f[::-1])[::-1] * step - 0.5 * step * f
    np.testing.assert_allclose(above[1:-1], summed[::600][1:-1], rtol=1e-4, atol=1e-13)
    np.testing.assert_allclose(above + law.below(y[::600]), alive, rtol=1e-9)


def test_the_tail_keeps_its_digits_far_out() -> None:
    """Down to 1e-245, against a closed form."""
    # Z·√(χ²_n/n) has the Laplace law at n = 2: P(|z| > x) = e^{−√2 x}
    x = np.array([0.1, 1.0, 10.0, 100.0, 400.0])
    np.testing.assert_allclose(output_tail(x, [2], "linear"), np.exp(-math.sqrt(2) * x), rtol=1e-9)
    np.testing.assert_allclose(
        output_density(x, [2], "linear"), np.exp(-math.sqrt(2) * x) / math.sqrt(2), rtol=1e-9
    )


def test_values_at_zero_and_scale() -> None:
    n = 5
    expected = (
        math.sqrt(n / 2) * math.gamma((n - 1) / 2) / math.gamma(n / 2) / math.sqrt(4 * math.pi)
    )
    assert output_density([0.0], [n], "linear", variance=2.0)[0] == pytest.approx(expected)
    near = output_density([1e-6], [n], "linear", variance=2.0)[0]
    assert near == pytest.approx(expected, rel=1e-5)
    assert output_density([0.0], [1], "linear")[0] == math.inf
    assert output_density([0.0], [5], "relu")[0] == math.inf
    assert output_tail([0.0], [3, 5], "relu")[0] == pytest.approx(1 - dead_probability([3, 5]))
    both = output_density([-1.5, 1.5], [4], "relu", variance=3.0)
    assert both[0] == both[1]
    scaled = output_density([1.5 / math.sqrt(3)], [4], "relu")[0] / math.sqrt(3)
    assert both[0] == pytest.approx(scaled, rel=1e-12)


@pytest.mark.parametrize("name", ["linear", "relu"])
def test_law_of_real_networks(name: str) -> None:
    """Every weight drawn: shares beyond three points within 4 standard errors, and the dead."""
    rng, count, widths = np.random.default_rng(5), 40_000, [3, 4]
    weight = 1.0 if name == "linear" else 2.0
    layers = weight_layers(
        np.ones((1, 4)), [*widths, 1], get_activation(name), count, rng, weight_variance=weight
    )
    *_, (z, _) = layers
    size = np.abs(z[:, 0, 0])
    x = np.array([0.3, 1.5, 5.0])
    exact = output_tail(x, widths, name, variance=weight)
    error = np.sqrt(exact * (1 - exact) / count)
    assert np.all(np.abs((size[:, None] > x).mean(axis=0) - exact) < 4 * error)
    dead = dead_probability(widths) if name == "relu" else 0.0
    assert abs((size == 0).mean() - dead) <= 4 * math.sqrt(max(dead, 1e-9) / count)


def test_quantiles_invert_the_tail() -> None:
    """Of an input gradient's law, N_0 = 4 beside gated layers: the levels come back."""
    law = chi_product([4], [3, 5])
    levels = np.array([0.05, 0.2, 0.5, 0.9, 0.999999])
    found = law.quantiles(levels)
    assert found[0] == -np.inf  # a share of 0.152 is dead
    np.testing.assert_allclose(1 - law.above(found[1:]), levels[1:], rtol=1e-9)
    with pytest.raises(ValueError, match="levels"):
        law.quantiles([0.0])


def test_moments_kurtosis_and_centred_moments() -> None:
    widths = [8, 16, 12]
    for name in ("linear", "relu"):
        law = scale_law(widths, name)
        second = math.exp(float(law.log_moments(np.array([4.0]))[0]))
        assert output_kurtosis(widths, name) == pytest.approx(3 * second, rel=1e-12)
        raw = [math.exp(float(law.log_moments(np.array([2.0 * k]))[0])) for k in range(5)]
        raw[0] = 1.0
        for order in (1, 2, 3, 4):
            expected = sum(
                math.comb(order, j) * (-1) ** (order - j) * raw[j] for j in range(order + 1)
            )
            found = centred_kernel_moment(widths, name, order)
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("name", ["linear", "relu"])
def test_characteristic_function_two_ways(name: str) -> None:
    """Against the cosine transform of the density, and the closed form of one linear layer."""
    xi, widths = np.array([0.0, 0.7, 2.0]), [7, 9]
    z = np.linspace(1e-4, 60, 400_001)
    p = output_density(z, widths, name)
    cosines = 2 * np.trapezoid(np.cos(xi[:, None] * z) * p, z, axis=1)
    dead = dead_probability(widths) if name == "relu" else 0.0
    found = characteristic_function(xi, widths, name)
    np.testing.assert_allclose(found, cosines + dead + 2e-4 * p[0], atol=3e-4)
    closed = (1 + 2.0 * xi**2 / 50) ** -25
    given = characteristic_function(xi, [50], "linear", variance=2.0)
    np.testing.assert_allclose(given, closed, rtol=1e-10)


def test_first_order_density() -> None:
    """Mass 1, variance K, fourth moment 3K² + 3κ_4; negative exactly where κ_4/K² > 4/3."""
    z = np.linspace(-20, 20, 20_001)
    p = first_order_density(z, 1.5, 0.9)
    moments = [np.trapezoid(z**k * p, z) for k in (0, 2, 4)]
    np.testing.assert_allclose(moments, [1, 1.5, 3 * 1.5**2 + 3 * 0.9], rtol=1e-9)
    assert first_order_density(z, 1.0, 1.333).min() >= 0 > first_order_density(z, 1.0, 1.334).min()


def test_dead_probability_keeps_its_digits() -> None:
    assert dead_probability([200] * 3) == pytest.approx(3 * 2.0**-200, rel=1e-12)
    assert dead_probability([1] * 100) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: output_density([1.0], [4], "tanh"), "activation_name"),
        (lambda: output_density([math.nan], [4], "relu"), "points"),
        (lambda: output_density([1.0], [], "relu"), "widths"),
        (lambda: output_density([1.0], [4], "relu", variance=0.0), "variance"),
        (lambda: output_tail([-1.0], [4], "relu"), "points"),
        (lambda: size_law([4], "relu", 0), "outputs"),
        (lambda: centred_kernel_moment([4], "relu", 0), "order"),
        (lambda: characteristic_function([[1.0]], [4], "relu"), "frequencies"),
        (lambda: first_order_density([0.0], -1.0, 0.0), "variance"),
        (lambda: chi_product([]), "plain and gated"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


@pytest.mark.parametrize(("widths", "name"), [([3, 5], "relu"), ([16, 4], "linear"), ([1], "relu")])
def test_draws_have_the_exact_tails(widths: list[int], name: str) -> None:
    size, at = 40_000, np.array([0.05, 0.5, 1.5, 4.0])
    drawn = np.abs(draw_outputs(widths, name, size, np.random.default_rng(5), variance=1.7))
    exact = output_tail(at, widths, name, variance=1.7)
    error = np.sqrt(exact * (1 - exact) / size)
    assert np.all(np.abs((drawn > at[:, None]).mean(axis=1) - exact) < 4 * error + 1e-12)
    dead = dead_probability(widths) if name == "relu" else 0.0
    assert abs(np.mean(drawn == 0) - dead) <= 4 * math.sqrt(dead * (1 - dead) / size)


def test_draws_ask_for_a_size_and_a_generator() -> None:
    with pytest.raises(ValueError, match="size"):
        draw_outputs([3], "relu", 0, np.random.default_rng(0))
    with pytest.raises(TypeError, match="rng"):
        draw_outputs([3], "relu", 2, 7)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["linear", "relu"])
def test_means_of_functions_are_those_of_drawn_outputs(name: str) -> None:
    z = draw_outputs([8, 12], name, 400_000, np.random.default_rng(6), variance=0.5)
    for function, f in {"cos": np.cos, "fourth": lambda z: z**4, "sixth": lambda z: z**6}.items():
        found = f(z)
        error = found.std() / math.sqrt(z.size)
        assert abs(found.mean() - exact_mean(function, [8, 12], name, variance=0.5)) < 4 * error
        near, bend = gaussian_mean(function, 0.5)
        fourth = 0.25 * (output_kurtosis([1000], name) / 3 - 1)
        wide = exact_mean(function, [1000], name, variance=0.5)
        assert wide == pytest.approx(near + fourth / 8 * bend, rel=1e-4)
    with pytest.raises(ValueError, match="function"):
        gaussian_mean("sine", 1.0)
    with pytest.raises(ValueError, match="function"):
        exact_mean("sine", [3], name)


def test_the_first_order_tail_is_the_integral_of_its_density() -> None:
    u = np.linspace(3.0, 12.0, 20_001)
    beyond = 2 * np.trapezoid(first_order_density(u, 1.0, 0.3), u)
    assert first_order_tail(3.0, 0.3) == pytest.approx(beyond, rel=1e-6)


def test_scores_are_straight_in_the_limit_and_count_the_dead_at_0() -> None:
    points = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    np.testing.assert_allclose(output_score(points, [10**6], "linear"), points, atol=1e-5)
    share = 0.5 + 0.5 * dead_probability([2, 3])
    assert output_score([0.0], [2, 3], "relu")[0] == pytest.approx(stats.norm.ppf(share))


def test_the_effective_share_is_kishs_of_the_drawn_scales() -> None:
    layers = np.array([1, 2])
    found = effective_share((32,), "linear", layers)[0]
    for depth, share in zip(layers.tolist(), found, strict=True):
        scale = 2 * sample_log_norm([32] * depth, 400_000, np.random.default_rng(7))
        d = np.expm1(scale)
        assert np.mean(d**2) ** 2 / np.mean(d**4) == pytest.approx(share, rel=0.1)
    assert np.isnan(effective_share((32,), "tanh", layers)).all()
