"""Kernels against the reference values, mpmath, quadrature, limits, symmetries and networks."""

import json
import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.activations import ACTIVATION_NAMES, Activation, get_activation
from compute.activations.gaussian import pair_expectation
from compute.kernels import (
    correlation_gap,
    gap_profile,
    input_covariance,
    nngp,
    nngp_and_ntk,
    ntk,
    relu_correlation_gap,
)
from tests.thorough import crossed

REFERENCE = Path(__file__).parents[2] / "reference"
OPTIONS: dict[str, dict[str, float]] = {
    "leaky_relu": {"slope_neg": 0.3, "slope_pos": 1.1},
    "cubic": {"a": -0.05},
    "shaped_tanh": {"s": 2.0},
}
CASES = json.loads((REFERENCE / "kernels.json").read_text())["cases"]
ROWS = {row["id"]: row for row in json.loads((REFERENCE / "closed_forms.json").read_text())}


def make(name: str) -> Activation:
    return get_activation(name, **OPTIONS.get(name, {}))


def case_activation(case: dict[str, Any]) -> Activation:
    name, given_options = case["activation"], case["params"]
    wanted = {
        "shaped_relu": ("slope_neg", "slope_pos"),
        "leaky_relu": ("slope_neg", "slope_pos"),
        "cubic": ("a",),
        "shaped_tanh": ("s",),
    }.get(name, ())
    name = "leaky_relu" if name == "shaped_relu" else name
    return get_activation(name, **{key: given_options[key] for key in wanted})


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
@pytest.mark.parametrize("which", ["nngp", "ntk"])
def test_reference_cases(case: dict[str, Any], which: str) -> None:
    weights = {"weight_variance": case["C_W"], "bias_variance": case["C_b"]}
    k0 = input_covariance(case["X"], first_layer=case["first_layer"], **weights)
    function = {"nngp": nngp, "ntk": ntk}[which]
    result = function(k0, case["L"], case_activation(case), layers=[case["L"]], **weights)[0]
    expected = np.array(case[which])
    tolerance = case["atol_rel_to_max"][which] * np.abs(expected).max()
    np.testing.assert_allclose(result, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    "key", ["relu_CW1.8_Cb0.1_L3", "relu_CW2_Cb1_L4", "erf_CW1.2_Cb0.05_L5",
            "sin_CW1.5_Cb0.1_L4", "gelu_CW1.7_Cb0.2_L3"]
)  # fmt: skip
def test_reference_recursions_with_biases(key: str) -> None:
    inputs = ROWS[f"{key}_xx"]["inputs"]
    weight, bias = float(inputs["C_W"]), float(inputs["C_b"])
    gram = np.array([[inputs["s_xx"], inputs["s_xy"]], [inputs["s_xy"], inputs["s_yy"]]])
    result = nngp(
        bias + weight * gram,
        inputs["L"],
        make(key.split("_", maxsplit=1)[0]),
        weight_variance=weight,
        bias_variance=bias,
    )[-1]
    assert result[0, 0] == pytest.approx(ROWS[f"{key}_xx"]["float"], rel=1e-13)
    assert result[0, 1] == pytest.approx(ROWS[f"{key}_xy"]["float"], rel=1e-13)


@pytest.mark.parametrize("key", [key for key in ROWS if key.startswith("relu_ntk_")])
def test_reference_relu_tangent_kernel(key: str) -> None:
    c0, depth = ROWS[key]["inputs"]["c0"], ROWS[key]["inputs"]["hidden_layers"]
    k0 = np.array([[1.0, c0], [c0, 1.0]])
    result = ntk(k0, depth, make("relu"), weight_variance=2.0)[-1]
    assert result[0, 1] == pytest.approx(ROWS[key]["float"], rel=1e-13)
    assert result[0, 0] == pytest.approx(depth + 1, rel=1e-14)


def test_one_layer_tangent_kernel_of_the_notes() -> None:
    k0 = np.array([[1.0, 0.5], [0.5, 1.0]])
    result = ntk(k0, 1, make("erf"), weight_variance=1.0)[-1]
    assert result[0, 1] == pytest.approx(ROWS["ntk_erf_onelayer_notes"]["float"], rel=1e-14)


@pytest.mark.parametrize("depth", [2, 3, 10, 100, 10000])
def test_reference_relu_correlation(depth: int) -> None:
    expected = 1 - mpmath.mpf(ROWS[f"relu_corr_depth_{depth}"]["value"])
    gaps = relu_correlation_gap(0.5, depth)
    # the reference has 20 digits of the correlation
    assert gaps[depth] == pytest.approx(float(expected), rel=1e-12)
    general = correlation_gap(1.0, 0.5, depth, make("relu"), weight_variance=2.0)
    np.testing.assert_allclose(general[1], gaps, rtol=1e-13)
    np.testing.assert_array_equal(general[0], 0.0)


@pytest.mark.parametrize(
    ("key", "name"),
    [("tanh_diag_depth_1", "tanh"), ("tanh_diag_depth_100", "tanh"),
     ("tanh_diag_depth_1000", "tanh"), ("sin_diag_depth_1000", "sin")],
)  # fmt: skip
def test_reference_variances_at_depth(key: str, name: str) -> None:
    depth = ROWS[key]["inputs"]["depth"]
    log_variance, _ = correlation_gap(1.0, 0.5, depth, make(name), weight_variance=1.0)
    assert math.exp(log_variance[depth]) == pytest.approx(ROWS[key]["float"], rel=1e-12)


@pytest.mark.parametrize("depth", [10, 100])
def test_reference_shaped_variance(depth: int) -> None:
    activation = get_activation("cubic", a=-1 / (3 * depth))
    log_variance, _ = correlation_gap(1.0, 0.5, depth, activation, weight_variance=1.0)
    expected = ROWS[f"shaped_finite_L{depth}"]["float"]
    assert math.exp(log_variance[depth]) == pytest.approx(expected, rel=1e-13)


def test_relu_gap_against_mpmath_at_depth_1e5() -> None:
    gaps = relu_correlation_gap(1.8, 100_000)
    with mpmath.workdps(35):
        theta = mpmath.acos(-mpmath.mpf("0.8"))
        # the float 1.8 is not the decimal 1.8
        theta = mpmath.acos(1 - mpmath.mpf(1.8))
        for layer in range(1, 100_001):
            cosine = mpmath.cos(theta) + (mpmath.sin(theta) - theta * mpmath.cos(theta)) / mpmath.pi
            theta = mpmath.acos(cosine)
            if layer in (1, 10, 1000, 100_000):
                exact = 2 * mpmath.sin(theta / 2) ** 2
                assert abs(gaps[layer] / exact - 1) < 1e-12
    assert 1e10 * gaps[-1] == pytest.approx(4.5 * math.pi**2, rel=1e-3)


@pytest.mark.parametrize(("weight", "bias"), [(1.0, 0.0), (2.5, 0.3), (0.7, 0.0), (6.0, 0.0)])
@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_gap_recursion_is_the_kernel_recursion(name: str, weight: float, bias: float) -> None:
    options = {"weight_variance": weight, "bias_variance": bias}
    depth = 3 if name in ("exp", "cubic") else 25
    if name == "exp":
        options["weight_variance"] = 0.05 * weight
    gaps = np.array([0.0, 0.02, 0.7, 1.0, 1.6, 2.0])
    log_variance, profile = gap_profile(0.8, gaps, range(depth + 1), make(name), **options)
    for column, gap in enumerate(gaps):
        k0 = 0.8 * np.array([[1.0, 1.0 - gap], [1.0 - gap, 1.0]])
        kernels = nngp(k0, depth, make(name), **options)
        np.testing.assert_allclose(kernels[:, 0, 0], np.exp(log_variance), rtol=1e-11)
        expected = np.exp(log_variance) * (1 - profile[:, column])
        atol = 2e-11 * np.exp(log_variance)
        assert np.all(np.abs(kernels[:, 0, 1] - expected) <= atol)


@pytest.mark.parametrize("name", ["tanh", "shaped_tanh", "gelu", "erf"])
def test_many_gaps_and_ladders_agree_with_one_gap_at_a_time(name: str) -> None:
    options = {"weight_variance": 2.3, "bias_variance": 0.02}
    gaps = 1 - np.cos(np.linspace(0, math.pi, 19))
    ladder = [400, 0, 3, 50, 3]
    log_variance, profile = gap_profile(1.5, gaps, ladder, make(name), **options)
    for column, gap in enumerate(gaps):
        single = correlation_gap(1.5, float(gap), 400, make(name), **options)
        np.testing.assert_allclose(profile[:, column], single[1][ladder], rtol=1e-10, atol=1e-300)
        np.testing.assert_array_equal(log_variance, single[0][ladder])


def test_tanh_layers_against_the_two_dimensional_trapezoid() -> None:
    tanh = make("tanh")
    weight, bias, q, gap = 4.0, 0.05, 2.0, 0.3
    log_variance, gaps = correlation_gap(
        q, gap, 6, tanh, weight_variance=weight, bias_variance=bias
    )
    k11, k12 = q, q * (1 - gap)
    for layer in range(1, 7):
        mean = pair_expectation(tanh.phi, tanh.phi, (k11, k11, k12), step=0.06)
        k11 = bias + weight * pair_expectation(tanh.phi, tanh.phi, (k11, k11, k11), step=0.06)
        k12 = bias + weight * mean
        assert math.exp(log_variance[layer]) == pytest.approx(k11, rel=1e-13)
        assert gaps[layer] == pytest.approx(1 - k12 / k11, rel=1e-10)


@pytest.mark.parametrize(("weight", "bias"), [(1.0, 0.0), (1.5, 0.1), (4.0, 0.05), (16.0, 0.0)])
def test_tanh_fast_path_of_equal_norms(weight: float, bias: float) -> None:
    angles = np.array([0.0, 1e-3, 0.4, 1.1, 2.0, 3.0, math.pi])
    x = math.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    k0 = input_covariance(x, weight_variance=weight, bias_variance=bias)
    np.fill_diagonal(k0, k0[0, 0])
    options = {"weight_variance": weight, "bias_variance": bias}
    stretched = k0.copy()
    stretched[-1] *= 1 + 1e-12  # no longer one norm to the test, still to the comparison
    stretched[:, -1] *= 1 + 1e-12
    for function, tolerance in ((nngp, 1e-10), (ntk, 1e-9)):
        fast = function(k0, 6, make("tanh"), **options)
        slow = function(stretched, 6, make("tanh"), **options)
        assert (
            np.max(np.abs(fast - slow) / np.abs(slow).max(axis=(1, 2), keepdims=True)) < tolerance
        )


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_kernels_are_covariances_and_permute_with_the_inputs(name: str) -> None:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((9, 4))
    x[3] = 0
    x[4] = x[5]
    x[6] = -x[5]
    options = {"weight_variance": 1.3, "bias_variance": 0.2}
    if name == "exp":
        options = {"weight_variance": 0.05, "bias_variance": 0.0}
    order = rng.permutation(9)
    k0 = input_covariance(x, **options)
    for function in (nngp, ntk):
        kernels = function(k0, 4, make(name), **options)
        assert kernels.shape == (5, 9, 9)
        np.testing.assert_array_equal(kernels, kernels.transpose(0, 2, 1))
        for kernel in kernels:
            smallest = np.linalg.eigvalsh(kernel).min()
            assert smallest >= -1e-11 * np.abs(kernel).max()
        permuted = function(k0[np.ix_(order, order)], 4, make(name), **options)
        expected = kernels[:, order][:, :, order]
        scale = np.abs(kernels).max()
        np.testing.assert_allclose(permuted, expected, rtol=1e-11, atol=1e-11 * scale)
        some = function(k0, 4, make(name), layers=[4, 1], **options)
        np.testing.assert_allclose(some, kernels[[4, 1]], rtol=0, atol=1e-12 * scale)


@settings(max_examples=50, deadline=None)
@given(
    name=st.sampled_from(ACTIVATION_NAMES),
    weight=st.floats(0.05, 8),
    bias=st.floats(1e-3, 3) | st.just(0.0),
    gap=st.floats(0, 2),
    variance=st.floats(1e-4, 50),
)
def test_gap_recursion_never_leaves_its_range(
    name: str, weight: float, bias: float, gap: float, variance: float
) -> None:
    log_variance, gaps = correlation_gap(
        variance, gap, 300, make(name), weight_variance=weight, bias_variance=bias
    )
    assert not np.isnan(log_variance).any()
    assert np.all((gaps >= 0) & (gaps <= 2))


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(["relu", "leaky_relu", "erf", "tanh", "gelu", "sin"]),
    weight=st.floats(0.3, 4),
    bias=st.floats(0, 1).map(lambda b: 0.0 if b < 1e-3 else b),
    seed=st.integers(0, 1000),
)
def test_correlations_stay_correlations(name: str, weight: float, bias: float, seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal((5, 3))
    k0 = input_covariance(x, weight_variance=weight, bias_variance=bias)
    kernels = nngp(k0, 12, make(name), weight_variance=weight, bias_variance=bias)
    root = np.sqrt(kernels[:, range(5), range(5)])
    assert np.all(np.abs(kernels) <= root[:, :, None] * root[:, None, :] * (1 + 1e-10))


def test_homogeneous_logarithms_are_exact() -> None:
    log_variance, gaps = correlation_gap(1.0, 0.5, 10_000, make("relu"), weight_variance=6.0)
    np.testing.assert_array_equal(log_variance, np.arange(10_001) * math.log(3.0))
    np.testing.assert_allclose(gaps, relu_correlation_gap(0.5, 10_000), rtol=1e-13)
    linear = correlation_gap(2.0, 0.5, 100, make("linear"), weight_variance=1.0)
    np.testing.assert_array_equal(linear[0], math.log(2.0))
    np.testing.assert_array_equal(linear[1], 0.5)


def test_blow_up_ends_in_infinity_with_the_limit_gap() -> None:
    log_exp, gap_exp = correlation_gap(1.0, 0.3, 50, make("exp"), weight_variance=1.0)
    assert log_exp[-1] == math.inf
    assert gap_exp[-1] == 1.0
    assert np.all(np.isfinite(log_exp[:3]))
    cubic = get_activation("cubic", a=1.0)
    log_cubic, gap_cubic = correlation_gap(1.0, 0.3, 2000, cubic, weight_variance=1.0)
    assert np.isfinite(log_cubic[500])  # K is e^(3^500) there
    assert log_cubic[-1] == math.inf
    assert gap_cubic[-1] == pytest.approx(1.0, abs=1e-12)


def test_vanishing_variances_keep_their_logarithm() -> None:
    log_variance, gaps = correlation_gap(1.0, 0.5, 10_000, make("tanh"), weight_variance=0.5)
    assert log_variance[-1] - log_variance[5000] == pytest.approx(-5000 * math.log(2), rel=1e-10)
    assert gaps[-1] == pytest.approx(gaps[200], rel=1e-12)


@pytest.mark.parametrize(("bias", "name"), crossed([0.0, 0.5], ACTIVATION_NAMES))
def test_overflow_is_infinite_and_silent(name: str, bias: float) -> None:
    x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, -1.0], [0.0, 0.0]])
    k0 = input_covariance(x, weight_variance=6.0, bias_variance=bias)
    for function in (nngp, ntk):
        result = function(
            k0, 3000, make(name), weight_variance=6.0, bias_variance=bias, layers=[2, 3000]
        )
        assert not np.isnan(result).any()


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_depth_1000_for_a_few_inputs(name: str) -> None:
    x = np.random.default_rng(1).standard_normal((4, 3))
    k0 = input_covariance(x, weight_variance=0.5)
    for function in (nngp, ntk):
        assert np.isfinite(function(k0, 1000, make(name), weight_variance=0.15)).all()


def test_tanh_correlation_does_not_degenerate_at_criticality() -> None:
    # errata 41: only the variance dies
    log_variance, gaps = correlation_gap(1.0, 0.5, 2000, make("tanh"), weight_variance=1.0)
    expected = {10: 0.44626, 100: 0.44111, 1000: 0.44057, 2000: 0.44054}
    for layer, correlation in expected.items():
        assert 1 - gaps[layer] == pytest.approx(correlation, abs=6e-6)
    assert math.exp(log_variance[2000]) == pytest.approx(2.5e-4, rel=0.01)


def test_input_covariance_conventions() -> None:
    x = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]])
    plain = input_covariance(x, weight_variance=2.0, bias_variance=0.5, first_layer="plain")
    np.testing.assert_allclose(plain, x @ x.T / 3)
    full = input_covariance(x, weight_variance=2.0, bias_variance=0.5)
    np.testing.assert_allclose(full, 0.5 + 2 * x @ x.T / 3)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_kernel_against_random_networks(name: str) -> None:
    """12 000 networks of width 64: the covariance of the output within 4 standard errors.

    The covariance of z^(3) is exact at depth 1; at depth 2 it is off by O(1/N), here below 1 %.
    """
    rng = np.random.default_rng(20)
    activation, width, count = make(name), 64, 12_000
    weight, bias = 1.8, 0.1
    x = np.array([[1.0, 0.5, -0.2], [0.3, -1.0, 0.8]])
    fields = []
    for _ in range(count // 1000):
        hidden = np.broadcast_to(x, (1000, 2, 3))
        for rows in (width, width, 1):
            columns = hidden.shape[2]
            matrix = math.sqrt(weight / columns) * rng.standard_normal((1000, columns, rows))
            offset = math.sqrt(bias) * rng.standard_normal((1000, 1, rows))
            before = hidden @ matrix + offset
            hidden = activation.phi(before)
        fields.append(before[:, :, 0])
    z = np.concatenate(fields)
    k0 = input_covariance(x, weight_variance=weight, bias_variance=bias)
    expected = nngp(k0, 2, activation, weight_variance=weight, bias_variance=bias)[-1]
    for i, j in ((0, 0), (0, 1), (1, 1)):
        products = z[:, i] * z[:, j]
        error = products.std() / math.sqrt(count)
        assert abs(products.mean() - expected[i, j]) < 4 * error + 0.01 * expected[0, 0]


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
@pytest.mark.parametrize("layers", [None, [3, 0, 3]])
def test_both_kernels_at_once_are_each_alone(name: str, layers: list[int] | None) -> None:
    x = np.random.default_rng(5).standard_normal((6, 4))
    arguments = (x @ x.T / 4, 4, make(name))
    options = {"weight_variance": 1.3, "bias_variance": 0.2, "layers": layers}
    both = nngp_and_ntk(*arguments, **options)
    for found, alone in zip(both, (nngp, ntk), strict=True):
        np.testing.assert_array_equal(found, alone(*arguments, **options))
        assert len(found) == (5 if layers is None else 3)


def test_bad_input() -> None:
    relu, k0 = make("relu"), np.eye(2)
    with pytest.raises(ValueError, match="symmetric"):
        nngp(np.array([[1.0, 0.5], [0.1, 1.0]]), 1, relu, weight_variance=1.0)
    with pytest.raises(ValueError, match="k0"):
        nngp(np.array([[1.0, 1.5], [1.5, 1.0]]), 1, relu, weight_variance=1.0)
    with pytest.raises(ValueError, match="square"):
        nngp(np.ones((2, 3)), 1, relu, weight_variance=1.0)
    with pytest.raises(ValueError, match="finite"):
        ntk(np.array([[math.nan]]), 1, relu, weight_variance=1.0)
    with pytest.raises(ValueError, match="2\\^25"):
        nngp(np.eye(200), 1000, relu, weight_variance=1.0)
    with pytest.raises(ValueError, match="layers"):
        nngp(k0, 3, relu, weight_variance=1.0, layers=[4])
    with pytest.raises(TypeError, match="layers"):
        nngp(k0, 3, relu, weight_variance=1.0, layers=[1.5])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="depth"):
        nngp(k0, -1, relu, weight_variance=1.0)
    with pytest.raises(TypeError, match="depth"):
        correlation_gap(1.0, 0.5, 2.0, relu, weight_variance=1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="activation"):
        nngp(k0, 1, "relu", weight_variance=1.0)  # type: ignore[arg-type]
    for weight in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="weight_variance"):
            nngp(k0, 1, relu, weight_variance=weight)
    with pytest.raises(ValueError, match="bias_variance"):
        nngp(k0, 1, relu, weight_variance=1.0, bias_variance=-0.1)
    with pytest.raises(ValueError, match="gap"):
        relu_correlation_gap(2.5, 3)
    with pytest.raises(ValueError, match="variance0"):
        correlation_gap(0.0, 0.5, 3, relu, weight_variance=1.0)
    with pytest.raises(ValueError, match="first_layer"):
        input_covariance(np.eye(2), weight_variance=1.0, first_layer="both")
    with pytest.raises(ValueError, match="x"):
        input_covariance([1.0, 2.0], weight_variance=1.0)
