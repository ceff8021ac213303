"""ReLU networks on the line: they fit, they start at 0, they count their kinks."""

from __future__ import annotations

import numpy as np
import pytest

from compute.training.relu_line import LineNetwork, train_on_line

X, Y = np.array([-1.0, 0.0, 1.0]), np.array([1.0, 0.0, 1.0])


def test_a_trained_network_goes_through_the_data() -> None:
    network = train_on_line(X, Y, 0.3, 40, np.random.default_rng(0))
    np.testing.assert_allclose(network.output(X), Y, atol=1e-2)
    assert network.loss < 3e-6


def test_the_start_is_zero_and_jumps_are_slopes() -> None:
    start = train_on_line(X, Y, 2.0, 40, np.random.default_rng(0), most=0)
    np.testing.assert_allclose(start.output(X), 0, atol=1e-12)
    bent = LineNetwork(np.array([2.0]), np.array([-1.0]), np.array([3.0]), 0.0, 0)
    np.testing.assert_allclose(bent.jumps(np.array([0.0, 0.4, 0.6])), [0, 6])


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="even"):
        train_on_line(X, Y, 1.0, 3, np.random.default_rng(0))
