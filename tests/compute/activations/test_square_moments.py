"""Moments of σ²: against mpmath, between both forms of the rule, at the ends of the range."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest

from compute.activations import ACTIVATION_NAMES, get_activation
from compute.activations.square_moments import _ERF, _GELU, _TANH, _far, _near, square_moments
from tests.thorough import crossed

OPTIONS = {
    "leaky_relu": {"slope_neg": -0.3, "slope_pos": 1.2},
    "cubic": {"a": -0.05},
    "shaped_tanh": {"s": 3.0},
}
FUNCTIONS = {
    "linear": lambda u: u,
    "relu": lambda u: max(u, 0),
    "leaky_relu": lambda u: mp.mpf(1.2 if u > 0 else -0.3) * u,
    "tanh": mp.tanh,
    "erf": mp.erf,
    "gelu": lambda u: u * mp.ncdf(u),
    "sin": mp.sin,
    "abs": abs,
    "exp": mp.exp,
    "cubic": lambda u: u - u**3 / 20,
    "shaped_tanh": lambda u: 3 * mp.tanh(u / 3),
}


@pytest.mark.parametrize(("name", "variance"), crossed(ACTIVATION_NAMES, [0.01, 1.7]))
def test_against_quadrature_with_thirty_digits(name: str, variance: float) -> None:
    phi = FUNCTIONS[name]
    with mp.workdps(30):
        k, root = mp.mpf(variance), mp.sqrt(variance)
        nodes = [-30, -8, -3, 0, 3, 8, 14, 30]

        def mean(weight: object, power: int) -> mp.mpf:
            return mp.quad(lambda x: phi(root * x) ** power * weight(x) * mp.npdf(x), nodes)

        m = mean(lambda x: 1, 2)
        expected = (
            m / k,
            mean(lambda x: x * x - 1, 2) / (2 * k),
            mean(lambda x: x**4 - 6 * x * x + 3, 2) / (4 * k),
            (mean(lambda x: 1, 4) - m * m) / k**2,
        )
    found = square_moments(variance, get_activation(name, **OPTIONS.get(name, {})))
    for measured, exact in zip(
        (found.mean, found.slope, found.bend, found.spread), expected, strict=True
    ):
        assert float(measured) == pytest.approx(float(exact), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_slope_and_bend_are_derivatives(name: str) -> None:
    """Differences of m, over thirteen decades of K; the mean is that of the kernels."""
    activation = get_activation(name, **OPTIONS.get(name, {}))
    k = np.geomspace(1e-7, 50, 40)
    step = 1e-4
    low, here, high = (square_moments(f * k, activation) for f in (1 - step, 1, 1 + step))
    change = ((1 + step) * high.mean - (1 - step) * low.mean) / (2 * step)
    bend = (high.slope - low.slope) / (2 * step)
    scale = np.abs(here.slope) + np.abs(here.bend)
    assert np.all(np.abs(change - here.slope) < 1e-4 * scale + 1e-9)
    assert np.all(np.abs(bend - here.bend) < 1e-3 * scale + 1e-9)
    np.testing.assert_allclose(here.mean * k, activation.variance(k), rtol=1e-10)


@pytest.mark.parametrize("shape", [_TANH, _ERF, _GELU])
def test_both_forms_of_the_rule_are_one(shape: object) -> None:
    k = np.array([0.8, 1.0, 1.3])
    for near, far in zip(_near(k, shape), _far(k, shape), strict=True):
        np.testing.assert_allclose(near, far, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_no_variance_is_too_small_or_too_large(name: str) -> None:
    activation = get_activation(name, **OPTIONS.get(name, {}))
    found = square_moments(np.array([0.0, 1e-290, 1e290]), activation)
    assert found.mean.shape == (3,)
    if name not in {"exp", "cubic"}:
        values = np.stack([found.mean, found.slope, found.bend, found.spread])
        assert np.isfinite(values).all()
        assert found.mean[0] == pytest.approx(found.mean[1])
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="variance"):
            square_moments(wrong, activation)


def test_large_tanh_is_a_sign_and_large_gelu_is_relu() -> None:
    k = 1e10
    tanh, gelu = (square_moments(k, get_activation(n)) for n in ("tanh", "gelu"))
    # E sech² = 2/√(2πK), E sech⁴ = (4/3)/√(2πK)
    assert float(tanh.mean) * k == pytest.approx(1 - 2 / math.sqrt(2 * math.pi * k), rel=1e-9)
    assert float(tanh.spread) * k * k == pytest.approx(4 / 3 / math.sqrt(2 * math.pi * k), rel=1e-4)
    assert (float(gelu.mean), float(gelu.slope)) == pytest.approx((0.5, 0.5), rel=1e-4)
    assert float(gelu.spread) == pytest.approx(1.25, rel=1e-4)
