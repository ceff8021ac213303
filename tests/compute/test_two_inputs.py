"""Networks at two inputs: layers against plain NumPy, outputs at other inputs by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.two_inputs import EXPLODED, Nonlinearity, turned_to, two_input_layers

RELU = Nonlinearity(0, 1.0, 0.0, 2.0)
CUBIC = Nonlinearity(1, 0.01, 0.0, 1.0)
BOUNDED = Nonlinearity(2, 3.0, 0.0, 1.0)


@pytest.mark.parametrize("sigma", [RELU, CUBIC, BOUNDED], ids=["relu", "cubic", "tanh"])
def test_a_layer_by_hand(sigma: Nonlinearity) -> None:
    """From the same normal numbers: ρ, V and V′ of one layer of every network."""
    state = np.tile([math.atanh(0.4), math.log(0.7), math.log(1.2)], (5, 1))
    before = state.copy()
    noise, states = next(two_input_layers(state, 1, 6, sigma, np.random.default_rng(3)))
    assert noise.shape == (1, 5, 2, 6)
    a, b = noise[0, :, 0], noise[0, :, 1]
    rho = 0.4
    z, w = math.sqrt(0.7) * a, math.sqrt(1.2) * (rho * a + math.sqrt(1 - rho**2) * b)
    out = {
        0: lambda t: np.maximum(t, 0),
        1: lambda t: t + 0.01 * t**3,
        2: lambda t: 3 * np.tanh(t / 3),
    }[sigma.kind]
    h, g = out(z), out(w)
    correlation = (h * g).sum(1) / np.sqrt((h * h).sum(1) * (g * g).sum(1))
    np.testing.assert_allclose(np.tanh(states[0, :, 0]), correlation, rtol=1e-9)
    np.testing.assert_allclose(states[0, :, 1], np.log(sigma.gain * (h * h).mean(1)), rtol=1e-9)
    np.testing.assert_allclose(states[0, :, 2], np.log(sigma.gain * (g * g).mean(1)), rtol=1e-9)
    assert not np.array_equal(before, state)


def test_dead_and_exploded_networks_are_marked() -> None:
    state = np.tile([0.3, 0.0, 0.0], (400, 1))
    for _ in two_input_layers(state, 20, 1, RELU, np.random.default_rng(1)):
        pass
    assert np.all(np.isneginf(state[:, 1]))
    wild = np.tile([0.3, math.log(EXPLODED) - 1, 0.0], (10, 1))
    for _ in two_input_layers(wild, 3, 50, CUBIC, np.random.default_rng(1)):
        pass
    assert np.all(np.isposinf(wild[:, 1]))
    assert np.all(np.isnan(wild[:, 0]))


def test_outputs_of_linear_networks_at_other_inputs() -> None:
    """ρ of M x and M(cx + sx′) from the states at x ⊥ x′, and by hand."""
    rng = np.random.default_rng(6)
    matrix = rng.standard_normal((8, 2))
    one, two = matrix.T
    states = np.array(
        [
            math.atanh(one @ two / np.linalg.norm(one) / np.linalg.norm(two)),
            math.log(one @ one),
            math.log(two @ two),
        ]
    )
    for rho in (-0.95, 0.0, 0.6):
        other = rho * one + math.sqrt(1 - rho**2) * two
        by_hand = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        assert np.tanh(turned_to(np.array([rho]), states))[0] == pytest.approx(by_hand, rel=1e-9)
