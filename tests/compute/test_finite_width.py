"""The first correction in 1/N: closed forms, criticality, and networks drawn neuron by neuron."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.activations import ACTIVATION_NAMES, get_activation
from compute.finite_width import (
    corrections,
    critical_curve,
    critical_slope,
    critical_variances,
    difference_fluctuation,
    dressed_correction,
    exact_fourth_cumulant_ratio,
    first_order_shift,
    fourth_cumulant,
    half_stable_point,
    iterated_slope,
    kernel_growth,
    measured,
    nearest_critical,
    solution,
)
from compute.kernels import nngp

OPTIONS = {
    "leaky_relu": {"slope_neg": -0.3, "slope_pos": 1.2},
    "cubic": {"a": -0.05},
    "shaped_tanh": {"s": 3.0},
}
WIDTHS = [7, 30, 11, 4]


def activation(name: str) -> object:
    return get_activation(name, **OPTIONS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "constant"),
    [("linear", 2.0), ("relu", 5.0), ("abs", 2.0), ("leaky_relu", None)],
)
def test_piecewise_linear_laws_are_products(name: str, constant: float | None) -> None:
    """κ_4/K² = ∏(1 + c/N) − 1, leading order c Σ 1/N, at every C_W and K_0."""
    if constant is None:
        left, right = 0.3**2, 1.2**2
        constant = 6 * (left**2 + right**2) / (left + right) ** 2 - 1
    sizes = np.array(WIDTHS)
    for weight in (0.3, 1.0, 2.0):
        found = corrections(0.7, WIDTHS, activation(name), weight_variance=weight)
        exact = np.cumprod(1 + constant / sizes) - 1
        np.testing.assert_allclose(found.exact[1:], exact, rtol=1e-12)
        np.testing.assert_allclose(found.ratio[1:], constant * np.cumsum(1 / sizes), rtol=1e-12)
        assert not found.shift.any()
    if name != "leaky_relu":
        assert exact_fourth_cumulant_ratio(WIDTHS, name) == pytest.approx(exact[-1], rel=1e-13)


def test_relu_with_biases_against_its_moments() -> None:
    """E K̂ and E K̂² of ReLU with C_b, layer by layer, by hand."""
    first, second = 0.7, 0.7**2
    for n in WIDTHS:
        # K̂' = C_b + (C_W/N) Σ relu², E = K̂/2, E of squares: 3/2 K̂²
        inner = (n * 1.5 + n * (n - 1) * 0.25) / n**2 * 1.8**2
        first, second = 0.4 + 0.9 * first, 0.16 + 0.8 * 0.9 * first + inner * second
    found = corrections(0.7, WIDTHS, activation("relu"), weight_variance=1.8, bias_variance=0.4)
    assert found.exact[-1] == pytest.approx(second / first**2 - 1, rel=1e-12)
    assert math.exp(found.log_variance[-1]) == pytest.approx(first, rel=1e-12)


def test_cumulant_and_shift_are_in_units_of_the_kernel() -> None:
    given = {"weight_variance": 1.4, "bias_variance": 0.1}
    found = corrections(0.9, WIDTHS, activation("gelu"), **given)
    kernel = np.exp(found.log_variance)
    cumulant = fourth_cumulant(0.9, WIDTHS, activation("gelu"), **given)
    shift = dressed_correction(0.9, WIDTHS, activation("gelu"), **given)
    np.testing.assert_allclose(cumulant, found.ratio * kernel**2)
    np.testing.assert_allclose(shift, found.shift * kernel)
    assert cumulant[0] == shift[0] == shift[1] == 0


@pytest.mark.parametrize("name", ["tanh", "gelu", "sin"])
def test_against_networks_drawn_neuron_by_neuron(name: str) -> None:
    """Var K̂ and E K̂ − K in layer 3, N = 300, 40 000 networks; O(N⁻²) allowed on top."""
    n, count, layers = 300, 40_000, 2
    sigma, rng = activation(name), np.random.default_rng(7)
    kernel = np.full(count, 1.2)
    for _ in range(layers):
        z = np.empty((count, n), dtype=np.float32)
        rng.standard_normal(dtype=np.float32, out=z)
        h = sigma.phi(np.sqrt(kernel)[:, None] * z)
        kernel = 0.1 + 1.3 * np.einsum("cn,cn->c", h, h) / n
    given = {"weight_variance": 1.3, "bias_variance": 0.1}
    found = corrections(1.2, [n] * layers, sigma, **given)
    limit = math.exp(found.log_variance[-1])
    ratio, error = kernel.var() / limit**2, found.ratio[-1] * math.sqrt(2.5 / count)
    assert abs(ratio - found.ratio[-1]) < 4 * error + 3 * found.ratio[-1] ** 2 + 20 / n**2
    shift = kernel.mean() / limit - 1
    allowed = 4 * kernel.std() / limit / math.sqrt(count) + 20 / n**2
    assert abs(shift - found.shift[-1]) < allowed


@pytest.mark.parametrize("by_weights", [False, True])
def test_sums_over_networks_tell_the_exact_cumulant(by_weights: bool) -> None:
    """ReLU at C_W = 2, 10 wide: both routes within 4 of their errors in layers 1 and 3."""
    rng, layers = np.random.default_rng(11), np.array([1, 3])
    sums, kernel = measured(
        np.ones(20_000), 10, np.zeros(4), layers, activation("relu"), rng,
        weight_variance=2.0, by_weights=by_weights, pairs=True,
    )  # fmt: skip
    exact = [exact_fourth_cumulant_ratio([10] * n, "relu") for n in layers]
    for value, error in (sums.ratio(), sums.covariance()):
        assert value.shape == (1, 2)
        assert np.all(np.abs(value[0] - exact) < 4 * error[0] + 1e-12)
    shift = sums.deepest("shift")
    assert abs(shift.value) < 4 * shift.standard_error
    assert shift.count == kernel.size
    assert sums.dead[0] == np.count_nonzero(kernel == 0)


def test_tanh_slope_is_two_thirds_along_the_flow() -> None:
    """At C_W = 1 κ_4/K² tends to ⅔ L/N; at a fixed small K it would be 2 (E 43)."""
    for name, weight in (("tanh", 1.0), ("sin", 1.0), ("erf", math.pi / 4)):
        found = corrections(1.0, [1] * 1000, activation(name), weight_variance=weight)
        assert found.ratio[-1] / 1000 == pytest.approx(2 / 3, rel=5e-3)
        assert critical_slope(1e-6, activation(name)) == pytest.approx(2.0, rel=1e-4)
        assert critical_variances(0.5, activation(name))[1] < 0
    # off criticality the network becomes linear (slope 2) or saturates
    below = corrections(1.0, [1] * 300, activation("tanh"), weight_variance=0.9)
    assert below.ratio[-1] / 300 == pytest.approx(1.90, abs=0.01)
    above = corrections(1.0, [1] * 300, activation("tanh"), weight_variance=1.5)
    assert above.ratio[-1] == pytest.approx(2.0997, abs=1e-3)


def test_gelu_is_half_stable_where_the_closed_form_says() -> None:
    kernel, weight, bias = half_stable_point(activation("gelu"))
    assert kernel == pytest.approx((3 + math.sqrt(17)) / 2, rel=1e-12)
    given = {"weight_variance": weight, "bias_variance": bias}
    found = corrections(kernel, [50] * 200, activation("gelu"), **given)
    np.testing.assert_allclose(found.log_variance, math.log(kernel), atol=1e-9)
    slope = critical_slope(kernel, activation("gelu"))
    np.testing.assert_allclose(found.ratio, slope * np.arange(201) / 50, rtol=1e-6)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
@pytest.mark.parametrize("weight", [0.1, 6.0])
@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_no_setting_warns_or_loses_its_first_layer(name: str, weight: float, bias: float) -> None:
    for k0 in (1e-3, 10.0):
        found = corrections(
            k0, [1] * 1000, activation(name), weight_variance=weight, bias_variance=bias
        )
        for values in (found.ratio, found.printed, found.shift):
            assert values.shape == (1001,)
            assert values[0] == 0
        if name not in {"exp", "cubic"}:
            assert np.isfinite(found.ratio).all()


def test_bad_arguments_are_named() -> None:
    relu = activation("relu")
    for wrong in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="k0"):
            corrections(wrong, [3], relu, weight_variance=2.0)
        with pytest.raises(ValueError, match="variance"):
            critical_variances(wrong, relu)
    with pytest.raises(ValueError, match="widths"):
        fourth_cumulant(1.0, [], relu, weight_variance=2.0)
    with pytest.raises(TypeError, match="widths"):
        dressed_correction(1.0, [2.5], relu, weight_variance=2.0)
    with pytest.raises(ValueError, match="weight_variance"):
        fourth_cumulant(1.0, [2], relu, weight_variance=-2.0)
    with pytest.raises(ValueError, match="linear, relu, abs"):
        exact_fourth_cumulant_ratio([3], "tanh")
    with pytest.raises(ValueError, match="grows with K"):
        critical_variances(1e3, activation("exp"))
    for name, word in (("relu", "has all"), ("tanh", "has none"), ("exp", "has none")):
        with pytest.raises(ValueError, match=word):
            half_stable_point(activation(name))


@pytest.mark.parametrize("slopes", [(0.0, 1.0), (0.1, 1.0), (-1.0, 1.0), (1.0, 1.0)])
def test_fluctuation_against_angles(slopes: tuple[float, float]) -> None:
    """By the trapezoid rule over the angle of a Gaussian pair: E r⁴ = 8, (E r²)² = 4."""
    angle = (np.arange(400_000) + 0.5) * 2 * np.pi / 400_000
    for correlation in (-1.0, -0.3, 0.0, 0.5, 0.99):
        turn = math.acos(correlation)
        values = [np.where(t > 0, slopes[1] * t, slopes[0] * t) for t in
                  (np.cos(angle), np.cos(angle - turn))]  # fmt: skip
        g = values[0] - values[1]
        if np.allclose(g, 0):
            continue
        expected = 2 * np.mean(g**4) / np.mean(g**2) ** 2 - 1
        assert difference_fluctuation(correlation, *slopes) == pytest.approx(expected, rel=1e-5)
    assert difference_fluctuation(1.0, 0.0, 1.0) == pytest.approx(5, rel=2e-3)


def test_the_shift_of_the_mean_kernel_is_that_of_one_input_and_of_networks() -> None:
    """(x, x) as for one input; (x, x') against networks of width 16, drawn layer by layer."""
    sine, width, given = get_activation("sin"), 16, {"weight_variance": 5.0, "bias_variance": 0.2}
    start, depth = np.array([[5.2, 0.2], [0.2, 5.2]]), 3
    kernels = nngp(start, depth, sine, **given)
    found = first_order_shift(kernels, sine, 5.0)
    alone = dressed_correction(5.2, [1] * depth, sine, **given)
    np.testing.assert_allclose(found[[0, 2]], alone[-1], rtol=0.02)
    rng, k = np.random.default_rng(3), np.broadcast_to(start, (40_000, 2, 2))
    for _ in range(depth):
        z = np.linalg.cholesky(k) @ rng.standard_normal((len(k), 2, width))
        h = sine.phi(z)
        k = 0.2 + 5.0 / width * h @ np.swapaxes(h, 1, 2)
    apart = width * (k[:, 0, 1] - kernels[-1, 0, 1])
    assert abs(apart.mean() - found[1]) < 4 * apart.std() / 200
    assert apart.mean() > 5 * apart.std() / 200


def test_what_comes_nearest_to_criticality() -> None:
    """ReLU has it without biases, tanh only on its edge as K → 0, exp in no way at K = 0.1."""
    relu, tanh = (nearest_critical(1.0, get_activation(name)) for name in ("relu", "tanh"))
    exp = nearest_critical(0.1, get_activation("exp"))
    assert (relu.weight, relu.bias, relu.critical, relu.reason) == (2.0, 0.0, True, "")
    assert (tanh.weight, tanh.bias, tanh.critical) == (1.0, 0.0, True)
    assert "below 0" in tanh.reason
    assert not exp.critical
    assert "below 0" in exp.reason
    slope = iterated_slope(1.0, 2000, get_activation("tanh"), tanh)
    assert slope == pytest.approx(2 / 3, rel=0.01)
    fades, solved = (solution(1.0, get_activation(name), 2000) for name in ("tanh", "gelu"))
    assert (fades.solved, fades.fading, fades.slope) == (False, True, slope)
    assert solved.solved
    for name, found in (("tanh", fades), ("gelu", solved)):
        weight, bias = critical_curve([0.5, 1.0], get_activation(name))
        assert (found.weight, found.bias) == pytest.approx((weight[1], bias[1]), rel=1e-12)
    with pytest.raises(ValueError, match="grows with K"):
        critical_variances(1e3, get_activation("exp"))
    assert np.isnan(critical_curve(1e3, get_activation("exp"))).any()
    for name in ("relu", "gelu", "tanh"):
        weight, _ = critical_variances(1.0, get_activation(name))
        assert kernel_growth(1.0, weight, get_activation(name)) == pytest.approx(1, abs=1e-7)
    assert math.isnan(kernel_growth(1.0, math.nan, get_activation("relu")))
