"""The fast tanh against NumPy's, in relative terms, and at its ends."""

import numpy as np
import pytest

from compute.activations import get_activation
from compute.activations.fast_tanh import tanh_and_slope


@pytest.mark.parametrize("scale", [1.0, 0.3, 2.0])
def test_both_are_accurate_to_a_few_roundings(scale):
    rng = np.random.default_rng(0)
    z = np.concatenate(
        [rng.standard_normal(5000) * 3, rng.standard_normal(999) * 1e-9, np.linspace(-19, 19, 777)]
    )
    values, slopes = np.empty_like(z), np.empty_like(z)
    tanh_and_slope(z, scale, values, slopes)
    np.testing.assert_allclose(values, scale * np.tanh(z / scale), rtol=1e-15)
    np.testing.assert_allclose(slopes, np.cosh(z / scale) ** -2.0, rtol=6e-15, atol=1e-30)


def test_the_ends():
    z = np.array([0.0, -0.0, 1e-300, -40.0, 800.0, np.inf, -np.inf, np.nan])
    values, slopes = np.empty_like(z), np.empty_like(z)
    tanh_and_slope(z, 1.0, values, slopes)
    np.testing.assert_array_equal(values, [0.0, -0.0, 1e-300, -1, 1, 1, -1, np.nan])
    assert np.signbit(values[1])
    np.testing.assert_array_equal(slopes[:3], 1)
    assert np.all(slopes[3:7] < 1e-30)
    assert np.isnan(slopes[7])


def test_it_may_write_over_its_argument_and_is_what_activations_use():
    z = np.random.default_rng(1).standard_normal((3, 400))
    shaped = get_activation("shaped_tanh", s=2.0)
    values, slopes = z.ravel().copy(), np.empty(z.size)
    tanh_and_slope(values, 2.0, values, slopes)
    np.testing.assert_array_equal(shaped.phi(z).ravel(), values)
    np.testing.assert_array_equal(shaped.dphi(z).ravel(), slopes)
    np.testing.assert_array_equal(shaped.phi(z[:, ::2]), shaped.phi(z)[:, ::2])
    assert shaped.phi(0.5).shape == ()
