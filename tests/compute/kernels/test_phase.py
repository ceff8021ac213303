"""Fixed points, susceptibilities and shaped limits: two ways each, limits, hostile input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.activations import ACTIVATION_NAMES, Activation, get_activation
from compute.activations.gaussian import expectation
from compute.kernels import correlation_gap, nngp
from compute.kernels.phase import (
    correlation_map,
    edge_of_chaos,
    edge_reason,
    fixed_point,
    phase_raster,
    printed_shaped_ode,
    relu_gap_asymptote,
    shaped_blow_up_time,
    shaped_relu_limit,
    shaped_tanh_limit,
    shaped_variance_limit,
    susceptibility,
    tanh_variance_asymptote,
    tanh_variance_series,
    variance_fixed_point,
    variance_growth,
)

OPTIONS: dict[str, dict[str, float]] = {
    "leaky_relu": {"slope_neg": 0.3, "slope_pos": 1.1},
    "cubic": {"a": -0.05},
    "shaped_tanh": {"s": 2.0},
}
POINTS = [(0.5, 0.0), (1.0, 0.0), (1.76, 0.05), (2.0, 0.0), (2.0, 0.1), (3.0, 0.05), (0.2, 1.0)]


def make(name: str) -> Activation:
    return get_activation(name, **OPTIONS.get(name, {}))


@pytest.mark.parametrize(("weight", "bias"), POINTS)
@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_fixed_point_is_where_the_iteration_goes(name: str, weight: float, bias: float) -> None:
    options = {"weight_variance": weight, "bias_variance": bias}
    q = variance_fixed_point(make(name), **options)
    log_variance, _ = correlation_gap(1.0, 0.5, 4000, make(name), **options)
    if math.isinf(q):
        assert log_variance[-1] >= log_variance[100] > log_variance[1]
        assert log_variance[-1] > 5
    elif q == 0:
        assert log_variance[-1] < -6  # algebraically slow where chi is 1
    else:
        assert math.exp(log_variance[-1]) == pytest.approx(q, rel=1e-9)


@pytest.mark.parametrize("name", ["tanh", "erf", "sin", "gelu", "relu", "shaped_tanh"])
def test_fixed_point_depends_on_the_start_only_where_it_must(name: str) -> None:
    options = {"weight_variance": 1.5, "bias_variance": 0.2}
    points = [variance_fixed_point(make(name), **options, start=s) for s in (1e-3, 1.0, 500.0)]
    assert points == pytest.approx([points[0]] * 3, rel=1e-12)


def test_neutral_gelu_and_exp_starts() -> None:
    assert variance_fixed_point(
        make("relu"), weight_variance=2.0, bias_variance=0.0, start=3.0
    ) == pytest.approx(3.0)
    gelu = {"weight_variance": 3.0, "bias_variance": 0.0}
    assert variance_fixed_point(make("gelu"), **gelu, start=0.01) == 0.0
    assert variance_fixed_point(make("gelu"), **gelu, start=10.0) == math.inf
    exp = {"weight_variance": 0.1, "bias_variance": 0.0}
    q = variance_fixed_point(make("exp"), **exp)
    assert q == pytest.approx(0.1 * math.exp(2 * q), rel=1e-13)
    assert variance_fixed_point(make("exp"), **exp, start=2.0) == math.inf


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_susceptibility_and_growth_against_quadrature_and_differences(name: str) -> None:
    activation = make(name)
    for q in (0.05, 0.7, 3.0):
        chi = float(susceptibility(activation, q, weight_variance=1.7))
        if name not in ("relu", "leaky_relu", "abs"):
            quadrature = expectation(lambda z: activation.dphi(z) ** 2, q, reach=16.0)
            assert chi == pytest.approx(1.7 * float(quadrature), rel=1e-13)
        step = 1e-5 * q
        rise = activation.variance(q + step) - activation.variance(q - step)
        growth = variance_growth(activation, q, weight_variance=1.7)
        assert growth == pytest.approx(1.7 * float(rise) / (2 * step), rel=1e-8)


@pytest.mark.parametrize("name", ["tanh", "erf", "sin", "gelu", "cubic", "shaped_tanh"])
def test_edge_is_critical_and_attracts(name: str) -> None:
    activation = make(name)
    q = np.array([0.0, 0.05, 0.4, 1.0, 1.5, 3.0, 6.0, 12.0, 40.0])
    weight, bias = edge_of_chaos(activation, q)
    assert edge_reason(activation) == ""
    assert weight.shape == bias.shape == q.shape
    legal = ~np.isnan(weight)
    assert legal.sum() >= 3
    assert np.all(bias[legal] >= 0)
    for q_star, w, b in zip(q[legal], weight[legal], bias[legal], strict=True):
        options = {"weight_variance": float(w), "bias_variance": float(b)}
        found = variance_fixed_point(activation, **options, start=max(1.01 * q_star, 1e-3))
        assert found == pytest.approx(q_star, rel=1e-6, abs=1e-11)
        chi = float(susceptibility(activation, q_star, weight_variance=float(w)))
        assert chi == pytest.approx(1.0, abs=1e-12)


def test_edge_of_gelu_starts_where_it_is_half_stable() -> None:
    # Roberts, Yaida and Hanin (2022): K* = (3 + sqrt 17)/2, C_W = 1.98305826, C_b = 0.17292239
    q = (3 + math.sqrt(17)) / 2
    weight, bias = edge_of_chaos(make("gelu"), [0.0, 0.99 * q, 1.0001 * q, q * (1 + 1e-9)])
    assert np.isnan(weight[:2]).all()
    assert weight[3] == pytest.approx(1.98305826, abs=1e-8)
    assert bias[3] == pytest.approx(0.17292239, abs=1e-8)


def test_edge_of_the_sine_in_closed_form() -> None:
    q = np.array([0.3, 2.0])
    weight, bias = edge_of_chaos(make("sin"), q)
    np.testing.assert_allclose(weight, 2 / (1 + np.exp(-2 * q)), rtol=1e-14)
    np.testing.assert_allclose(bias, q - np.tanh(q), rtol=1e-13)


@pytest.mark.parametrize("name", ["relu", "linear", "abs", "leaky_relu", "exp"])
def test_no_edge_comes_with_a_reason(name: str) -> None:
    weight, bias = edge_of_chaos(make(name), [0.5, 1.0, 2.0])
    assert weight.size == bias.size == 0
    assert "χ" in edge_reason(make(name))


@pytest.mark.parametrize(
    ("name", "weight", "bias", "phase"),
    [
        ("relu", 2.0, 0.0, "critical"),
        ("relu", 1.9, 0.3, "ordered"),
        ("relu", 2.1, 0.0, "unbounded"),
        ("relu", 2.0, 0.1, "unbounded"),
        ("linear", 1.0, 0.0, "critical"),
        ("abs", 1.0, 0.0, "critical"),
        ("tanh", 1.0, 0.0, "critical"),
        ("tanh", 1.0, 0.1, "ordered"),
        ("tanh", 1.01, 0.0, "chaotic"),
        ("tanh", 3.0, 0.05, "chaotic"),
        ("erf", math.pi / 4, 0.0, "critical"),
        ("sin", 0.99, 0.0, "ordered"),
        ("exp", 1.0, 0.0, "unbounded"),
        ("exp", 0.05, 0.0, "ordered"),
        ("gelu", 2.0, 0.1, "ordered"),
    ],
)
def test_phases(name: str, weight: float, bias: float, phase: str) -> None:
    assert fixed_point(make(name), weight_variance=weight, bias_variance=bias).phase == phase


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_raster_is_the_single_points(name: str) -> None:
    activation = make(name)
    weights, biases = np.linspace(0.1, 6, 9), np.array([0.0, 0.05, 0.5, 2.0])
    raster = phase_raster(activation, weights, biases)
    assert raster.shape == (4, 9)
    for i, bias in enumerate(biases):
        for j, weight in enumerate(weights):
            options = {"weight_variance": float(weight), "bias_variance": float(bias)}
            found = fixed_point(activation, **options)
            assert found.variance == variance_fixed_point(activation, **options)
            assert raster[i, j] == pytest.approx(found.chi, rel=1e-12)


@pytest.mark.parametrize(("weight", "bias"), [(2.0, 0.1), (3.0, 0.05), (3.0, 0.0), (1.5, 0.1)])
@pytest.mark.parametrize("name", ["tanh", "erf", "sin", "shaped_tanh"])
def test_correlation_ends_at_its_fixed_point(name: str, weight: float, bias: float) -> None:
    options = {"weight_variance": weight, "bias_variance": bias}
    activation = make(name)
    found = fixed_point(activation, **options)
    gap, q = found.gap, found.variance
    _, gaps = correlation_gap(q, 1.0, 20_000, activation, **options)
    if found.phase == "chaotic":
        assert gaps[-1] == pytest.approx(gap, rel=1e-8)
        assert float(correlation_map(gap, q, activation, **options)) == pytest.approx(gap)
    else:
        assert gap == 0.0
        assert gaps[-1] < 1e-12


def test_where_there_is_no_correlation_to_tell() -> None:
    tanh = {"weight_variance": 1.0, "bias_variance": 0.0}
    assert fixed_point(make("tanh"), **tanh).gap == 1.0
    assert fixed_point(make("linear"), **tanh).gap == 1.0
    assert fixed_point(make("relu"), **tanh).gap == 0.0
    assert math.isnan(fixed_point(make("exp"), **tanh).gap)


@pytest.mark.parametrize(
    ("name", "weight", "bias"),
    [("tanh", 1.2, 0.2), ("erf", 2.0, 0.1), ("sin", 0.8, 0.1), ("relu", 1.5, 0.2)],
)
def test_depth_scales_are_the_measured_rates(name: str, weight: float, bias: float) -> None:
    options = {"weight_variance": weight, "bias_variance": bias}
    activation = make(name)
    found = fixed_point(activation, **options)
    q, gap, (xi_q, xi_c) = found.variance, found.gap, found.scales
    log_variance, _ = correlation_gap(1.05 * q, 0.5, 60, activation, **options)
    off = np.abs(np.exp(log_variance) - q)
    near = np.flatnonzero(off > 1e-9 * q)[-1]
    assert off[near] / off[near - 1] == pytest.approx(math.exp(-1 / xi_q), rel=1e-2)
    _, gaps = correlation_gap(q, max(0.9 * gap, 0.01), 120, activation, **options)
    distance = np.abs(gaps - gap)
    close = np.flatnonzero(distance > 1e-9)[-1]
    assert distance[close] / distance[close - 1] == pytest.approx(math.exp(-1 / xi_c), rel=1e-2)


def test_depth_scales_at_criticality_and_beyond() -> None:
    for name, weight in (("relu", 2.0), ("exp", 1.0)):
        found = fixed_point(make(name), weight_variance=weight, bias_variance=0.0)
        assert found.scales == (math.inf, math.inf)
    weights, biases = edge_of_chaos(make("tanh"), [0.5])
    at_edge = {"weight_variance": float(weights[0]), "bias_variance": float(biases[0])}
    xi_q, xi_c = fixed_point(make("tanh"), **at_edge).scales
    assert 0 < xi_q < 10
    assert xi_c == math.inf


def test_correlation_map_is_one_layer() -> None:
    options = {"weight_variance": 2.0, "bias_variance": 0.3}
    gaps = np.array([0.0, 0.3, 1.0, 2.0])
    mapped = correlation_map(gaps, 1.4, make("gelu"), **options)
    for gap, image in zip(gaps, mapped, strict=True):
        k0 = 1.4 * np.array([[1.0, 1 - gap], [1 - gap, 1.0]])
        kernel = nngp(k0, 1, make("gelu"), **options)[1]
        assert image == pytest.approx(1 - kernel[0, 1] / kernel[0, 0], abs=1e-14)


def test_asymptotes() -> None:
    _, gaps = correlation_gap(1.0, 1.0, 100_000, make("relu"), weight_variance=2.0)
    assert gaps[-1] / relu_gap_asymptote(100_000) == pytest.approx(1.0, rel=1e-3)
    log_variance, _ = correlation_gap(1.0, 1.0, 10_000, make("tanh"), weight_variance=1.0)
    assert math.exp(log_variance[-1]) / tanh_variance_asymptote(10_000) == pytest.approx(
        1.0, rel=1e-3
    )
    # 1/K = 2l - (5/6) log l + 1.1104: item 4 of the exact results
    inverse = 2 * 10_000 - 5 / 6 * math.log(10_000) + 1.1104
    assert math.exp(-log_variance[-1]) == pytest.approx(inverse, abs=5e-3)


def test_tanh_series_corrected_and_printed() -> None:
    exact = float(make("tanh").variance(0.01))
    assert exact == pytest.approx(0.0098055, abs=5e-8)
    assert float(tanh_variance_series(0.01)) == pytest.approx(exact, abs=4e-7)
    assert float(tanh_variance_series(0.01, printed=True)) == pytest.approx(0.0102)


@pytest.mark.parametrize("psi", [-1.0, 0.4])
def test_shaped_limit_is_the_limit_of_finite_networks(psi: float) -> None:
    k0 = np.array([[1.0, 0.3, -0.2], [0.3, 0.5, 0.1], [-0.2, 0.1, 0.8]])
    errors = []
    for depth in (500, 1000):
        activation = get_activation("cubic", a=psi / (3 * depth))
        finite = nngp(k0, depth, activation, weight_variance=1.0, layers=[depth])[0]
        errors.append(np.abs(finite - shaped_tanh_limit(k0, psi, 1.0)).max())
    assert errors[1] < 0.02
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.05)


def test_shaped_limit_of_the_errata() -> None:
    assert shaped_tanh_limit([[1.0]], -1.0, 1.0)[0, 0] == pytest.approx(1 / 3)
    assert float(printed_shaped_ode(1.0, -1.0, 1.0, 10_000)) == pytest.approx(0.9998, abs=1e-6)
    assert shaped_tanh_limit([[1.0]], 0.5, 0.9)[0, 0] == pytest.approx(10.0)
    assert shaped_blow_up_time([[1.0]], 0.5) == 1.0
    assert shaped_blow_up_time([[1.0]], -0.5) == math.inf
    with pytest.raises(ValueError, match="blow-up"):
        shaped_tanh_limit([[1.0]], 0.5, 1.0)
    assert float(printed_shaped_ode(1.0, 0.5, 11.0, 10)) == math.inf
    times = np.array([0.0, 0.5, 1.0, 2.0])
    found = shaped_variance_limit(0.8, 0.5, times)
    whole = [shaped_tanh_limit([[0.8]], 0.5, t)[0, 0] for t in times[:3]]
    np.testing.assert_allclose(found, [*whole, np.nan], rtol=1e-14)


@pytest.mark.parametrize("gap0", [2.0, 1.8, 0.8, 1e-6])
@pytest.mark.parametrize("c", [1.0, -2.0])
def test_shaped_relu_limit(gap0: float, c: float) -> None:
    taus = np.array([0.3, 0.0, 1.0])
    limit = shaped_relu_limit(gap0, c, taus)
    errors = []
    for depth in (10_000, 40_000):
        step = c / math.sqrt(depth)
        activation = get_activation("leaky_relu", slope_neg=1 - step, slope_pos=1 + step)
        weight = 2 / (activation.a**2 + activation.b**2)
        _, gaps = correlation_gap(1.0, gap0, depth, activation, weight_variance=weight)
        errors.append(np.abs(gaps[[3 * depth // 10, 0, depth]] / limit - 1).max())
    assert errors[1] < 1e-3
    assert errors[1] < 0.5 * errors[0] + 1e-12


def test_shaped_relu_is_a_flow() -> None:
    middle = float(shaped_relu_limit(1.3, 0.7, 0.4))
    assert float(shaped_relu_limit(middle, 0.7, 0.9)) == pytest.approx(
        float(shaped_relu_limit(1.3, 0.7, 1.3)), rel=1e-9
    )
    # at large times sqrt(e) falls like 3 pi/(2 sqrt 2 c^2 tau)
    late = float(shaped_relu_limit(1.3, 1.0, 1e6))
    assert late * 1e12 == pytest.approx(9 * math.pi**2 / 8, rel=1e-4)


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(ACTIVATION_NAMES),
    weight=st.floats(0.01, 10),
    bias=st.just(0.0) | st.floats(1e-6, 5),
)
def test_nothing_breaks_in_the_plane(name: str, weight: float, bias: float) -> None:
    options = {"weight_variance": weight, "bias_variance": bias}
    found = fixed_point(make(name), **options)
    assert found.phase in ("ordered", "chaotic", "critical", "unbounded")
    assert min(found.scales) >= 0
    assert math.isnan(found.gap) == math.isinf(found.chi) == (found.phase == "unbounded")
    assert math.isnan(found.gap) or 0 <= found.gap <= 1


def test_bad_input() -> None:
    tanh = make("tanh")
    with pytest.raises(ValueError, match="weight_variance"):
        fixed_point(tanh, weight_variance=0.0, bias_variance=0.0)
    with pytest.raises(ValueError, match="bias_variance"):
        phase_raster(tanh, [1.0], [-1.0])
    with pytest.raises(ValueError, match="start"):
        variance_fixed_point(tanh, weight_variance=1.0, bias_variance=0.0, start=0.0)
    with pytest.raises(ValueError, match="q_star"):
        edge_of_chaos(tanh, [-1.0])
    with pytest.raises(ValueError, match="q"):
        susceptibility(tanh, math.nan, weight_variance=1.0)
    with pytest.raises(ValueError, match="gap"):
        correlation_map(3.0, 1.0, tanh, weight_variance=1.0, bias_variance=0.0)
    with pytest.raises(TypeError, match="activation"):
        fixed_point("tanh", weight_variance=1.0, bias_variance=0.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="tau"):
        shaped_tanh_limit(np.eye(2), 1.0, -0.1)
    with pytest.raises(ValueError, match="gap0"):
        shaped_relu_limit(-0.1, 1.0, 1.0)
    with pytest.raises(ValueError, match="depth"):
        printed_shaped_ode(1.0, 1.0, 1.0, 0)
