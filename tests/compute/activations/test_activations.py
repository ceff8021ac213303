"""Duals and gap maps against closed forms of 20 digits, quadrature, mpmath and each other."""

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
from compute.activations.erf_mixture import MIXTURES
from compute.activations.gaussian import pair_expectation

REFERENCE = Path(__file__).parents[2] / "reference"
OPTIONS: dict[str, dict[str, float]] = {
    "leaky_relu": {"slope_neg": 0.3, "slope_pos": 1.1},
    "cubic": {"a": -0.05},
    "shaped_tanh": {"s": 2.0},
}
SMOOTH = [n for n in ACTIVATION_NAMES if n not in ("relu", "leaky_relu", "abs")]
COVARIANCES = [
    (1.0, 1.0, 0.5),
    (2.0, 0.5, -0.3),
    (1.5, 0.75, 0.625),
    (1.0, 1.0, -0.875),
    (0.01, 0.02, 0.0141),
    (6.0, 6.0, 5.99),
    (6.0, 0.1, 0.0),
    (1.0, 1.0, 1.0),
    (1.0, 4.0, -2.0),
]


def make(name: str) -> Activation:
    return get_activation(name, **OPTIONS.get(name, {}))


def closed_forms() -> dict[str, dict[str, Any]]:
    rows = json.loads((REFERENCE / "closed_forms.json").read_text())
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    "key", ["relu_0", "relu_2", "relu_3", "erf_0", "erf_1", "erf_3", "gelu_1", "gelu_2",
            "sin_0", "sin_1", "sin_3", "tanh_0", "tanh_2", "tanh_3", "abs_0", "erf_prime_0",
            "erf_prime_2", "erf_prime_3", "relu_prime_1", "relu_prime_2"]
)  # fmt: skip
def test_closed_forms_of_the_reference(key: str) -> None:
    row = closed_forms()[key]
    covariance = (row["inputs"]["Kxx"], row["inputs"]["Kyy"], row["inputs"]["Kxy"])
    activation = make(key.split("_", maxsplit=1)[0])
    function = activation.dual_derivative if "prime" in key else activation.dual
    assert float(function(*covariance)) == pytest.approx(float(row["value"]), rel=1e-12)


def test_cosine_kernel_is_the_derivative_of_sine() -> None:
    value = float(make("sin").dual_derivative(1.0, 1.0, 0.5))
    assert value == pytest.approx(float(closed_forms()["cos_0"]["value"]), rel=1e-15)


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_duals_against_the_trapezoid(
    name: str, covariance: tuple[float, float, float]
) -> None:
    activation = make(name)
    for function, dual in (
        (activation.phi, activation.dual),
        (activation.dphi, activation.dual_derivative),
    ):
        # exp shifts the Gaussian by its variance
        expected = pair_expectation(function, function, covariance, step=0.06, reach=15.0)
        scale = math.sqrt(
            float(dual(covariance[0], covariance[0], covariance[0]))
            * float(dual(covariance[1], covariance[1], covariance[1]))
        )
        error = abs(float(dual(*covariance)) - expected)
        assert error <= 1e-10 * abs(expected) + 1e-14 * scale


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "abs"])
def test_kinked_duals_against_forty_digits(
    name: str, covariance: tuple[float, float, float]
) -> None:
    activation = make(name)
    with mpmath.workdps(40):
        a, b = mpmath.mpf(activation.a), mpmath.mpf(activation.b)
        q1, q2, q12 = (mpmath.mpf(x) for x in covariance)
        root = mpmath.sqrt(q1 * q2)
        theta = mpmath.acos(q12 / root)
        kink = (a - b) ** 2 / (2 * mpmath.pi)
        value = kink * root * (mpmath.sin(theta) - theta * q12 / root) + (a * a + b * b) / 2 * q12
        slope = (a * a + b * b) / 2 - kink * theta
        scale = float((a * a + b * b) / 2 * root)
    assert float(activation.dual(*covariance)) == pytest.approx(float(value), abs=1e-15 * scale)
    slopes = float(activation.dual_derivative(*covariance))
    # the angle of nearly equal inputs is known to the root of a rounding only
    assert slopes == pytest.approx(float(slope), abs=1e-13)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_phi_and_dphi_agree(name: str) -> None:
    activation = make(name)
    z = np.array([-7.3, -1.0, -0.1, 0.2, 1.7, 6.0])
    h = 1e-6
    difference = (activation.phi(z + h) - activation.phi(z - h)) / (2 * h)
    np.testing.assert_allclose(activation.dphi(z), difference, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_one_dimensional_maps_are_the_diagonal_of_the_duals(name: str) -> None:
    activation = make(name)
    q = np.array([0.0, 1e-9, 0.01, 0.0999, 0.1001, 0.16, 0.5, 2.0, 20.0, 150.0])
    np.testing.assert_allclose(activation.variance(q), activation.dual(q, q, q), rtol=1e-13)
    slopes = activation.dual_derivative(q, q, q)
    np.testing.assert_allclose(activation.mean_square_slope(q), slopes, rtol=1e-13)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_gap_map_agrees_with_the_dual_where_nothing_cancels(name: str) -> None:
    activation = make(name)
    q = np.array([1e-3, 0.05, 0.1, 0.7, 3.0, 12.0])[:, None]
    gap = np.array([0.1, 0.5, 1.0, 1.4, 1.9, 2.0])
    variance, image = activation.gap_map(q, gap)
    expected = 1 - activation.dual(q, q, q * (1 - gap)) / activation.dual(q, q, q)
    np.testing.assert_allclose(image, expected, rtol=0, atol=2e-11)
    assert variance.shape == image.shape == (6, 6)


@pytest.mark.parametrize("q", [1e-6, 0.3, 40.0, 1e7])
@pytest.mark.parametrize("gap", [1e-14, 1e-7, 1e-3, 0.9, 1.5, 2.0])
@pytest.mark.parametrize("name", ["gelu", "erf", "sin", "exp", "cubic", "relu", "abs"])
def test_gap_map_loses_no_digits(name: str, gap: float, q: float) -> None:
    q = min(q, 300.0) if name == "exp" else q  # its variance must stay a float
    with mpmath.workdps(60):
        exact = _exact_gap(name, mpmath.mpf(q), mpmath.mpf(gap))
    image = float(make(name).gap_map(q, gap)[1])
    tolerance = 1e-12 if name == "gelu" else 1e-13
    assert image == pytest.approx(float(exact), rel=tolerance, abs=1e-15)


def _exact_gap(name: str, q: Any, gap: Any) -> Any:
    def kernel(c: Any) -> Any:
        theta = mpmath.acos(c / q)
        if name == "gelu":
            outer = (1 + q) ** 2
            d = mpmath.sqrt(outer - c * c)
            last = (c * c + q * q * d * d) / (outer * d)
            return c / 4 + (c * mpmath.atan2(c, d) + last) / (2 * mpmath.pi)
        if name == "erf":
            return mpmath.asin(2 * c / (1 + 2 * q))
        if name == "sin":
            return mpmath.exp(-q) * mpmath.sinh(c)
        if name == "exp":
            return mpmath.exp(q + c)
        if name == "cubic":
            a = mpmath.mpf(-0.05)
            return c * (1 + 6 * a * q + a * a * (9 * q * q + 6 * c * c))
        factor = 1 if name == "relu" else 2
        return mpmath.cos(theta) * (mpmath.pi - factor * theta) + factor * mpmath.sin(theta)

    return 1 - kernel(q * (1 - gap)) / kernel(q)


@pytest.mark.parametrize("q", [0.02, 0.0999, 0.1001, 1.0, 8.0, 100.0])
def test_tanh_gap_keeps_its_digits(q: float) -> None:
    # as gap -> 0 the ratio tends to q E sigma'^2 / V: the slope of the correlation map
    activation = make("tanh")
    limit = q * float(activation.mean_square_slope(q)) / float(activation.variance(q))
    gap = 1e-12
    assert float(activation.gap_map(q, gap)[1]) / gap == pytest.approx(limit, rel=2e-10)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(ACTIVATION_NAMES),
    q=st.floats(0, 100),
    gap=st.floats(0, 2),
)
def test_gap_stays_a_gap(name: str, q: float, gap: float) -> None:
    variance, image = make(name).gap_map(q, gap)
    assert variance >= 0
    assert -1e-15 <= float(image) <= 2 + 1e-12
    assert float(make(name).gap_map(q, 0.0)[1]) == 0.0


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(ACTIVATION_NAMES),
    q1=st.just(0.0) | st.floats(1e-100, 20),
    q2=st.just(0.0) | st.floats(1e-100, 20),
    rho=st.floats(-1, 1),
)
def test_duals_are_symmetric_and_obey_cauchy_schwarz(
    name: str, q1: float, q2: float, rho: float
) -> None:
    activation = make(name)
    q12 = rho * math.sqrt(q1) * math.sqrt(q2)
    for dual in (activation.dual, activation.dual_derivative):
        value = float(dual(q1, q2, q12))
        assert value == pytest.approx(float(dual(q2, q1, q12)), rel=1e-12, abs=1e-300)
        bound = math.sqrt(float(dual(q1, q1, q1))) * math.sqrt(float(dual(q2, q2, q2)))
        assert abs(value) <= bound * (1 + 1e-9) + 1e-300


def test_shaped_tanh_is_a_scaled_tanh() -> None:
    shaped, plain = get_activation("shaped_tanh", s=3.0), get_activation("tanh")
    value = shaped.dual(1.0, 2.0, 0.4)
    assert float(value) == pytest.approx(9 * float(plain.dual(1 / 9, 2 / 9, 0.4 / 9)), rel=1e-13)


def test_special_leaky_slopes() -> None:
    for name, slopes in {"relu": (0, 1), "abs": (-1, 1), "linear": (1, 1)}.items():
        leaky = get_activation("leaky_relu", slope_neg=slopes[0], slope_pos=slopes[1])
        assert float(leaky.dual(1, 2, 0.3)) == float(get_activation(name).dual(1, 2, 0.3))


@pytest.mark.parametrize("terms", [10, 12])
def test_mixture_tables_are_the_reference(terms: int) -> None:
    table = json.loads((REFERENCE / "tanh_erf_mixture.json").read_text())[str(terms)]
    scales, weights = MIXTURES[terms]
    np.testing.assert_array_equal(scales, table["b"])
    np.testing.assert_array_equal(weights, table["p"])


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("tanhh", {}, ValueError),
        ("", {}, ValueError),
        (3, {}, TypeError),
        ("relu", {"slope": 1.0}, TypeError),
        ("leaky_relu", {}, TypeError),
        ("leaky_relu", {"slope_neg": 0.0, "slope_pos": 0.0}, ValueError),
        ("cubic", {"a": math.nan}, ValueError),
        ("cubic", {"a": math.inf}, ValueError),
        ("cubic", {"a": "1"}, TypeError),
        ("cubic", {"a": True}, TypeError),
        ("shaped_tanh", {"s": 0.0}, ValueError),
        ("shaped_tanh", {"s": -1.0}, ValueError),
    ],
)
def test_bad_names_and_options(name: Any, options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        get_activation(name, **options)


def test_bad_covariances_name_the_argument() -> None:
    relu = make("relu")
    with pytest.raises(ValueError, match="q1"):
        relu.dual(-1.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="q12"):
        relu.dual(1.0, 1.0, 1.1)
    with pytest.raises(ValueError, match="q12"):
        relu.dual_derivative(1.0, 1.0, math.nan)
    with pytest.raises(ValueError, match="gap"):
        relu.gap_map(1.0, 2.1)
    with pytest.raises(ValueError, match="q"):
        relu.gap_map(math.inf, 0.1)


def test_an_activation_is_a_value() -> None:
    assert make("cubic") == get_activation("cubic", a=-0.05)
    assert make("cubic") != get_activation("cubic", a=0.05)
    assert len({make("relu"), get_activation("relu")}) == 1
    with pytest.raises(TypeError):
        make("cubic").options["a"] = 1.0  # type: ignore[index]
