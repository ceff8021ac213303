"""Networks drawn layer by layer: against real weights, moment recursions, and bad arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from compute.activations import get_activation
from compute.kernels import input_covariance, nngp
from compute.networks import (
    measured_differences,
    measured_kernels,
    nested_kernels,
    network_ms,
    sample_outputs,
    symmetric_root,
    weight_layers,
)

RELU, TANH = get_activation("relu"), get_activation("tanh")
K0 = np.array([[1.0, 0.4], [0.4, 1.5]])


def within(draws: np.ndarray, expected: float, errors: float = 4.0) -> bool:
    """Whether the mean of the draws is what is expected, in standard errors."""
    return abs(draws.mean() - expected) < errors * draws.std() / math.sqrt(draws.size)


def test_linear_moments_of_two_inputs() -> None:
    """E z_1² z_2² by the Wishart recursion (a, b) = E(K̂_12², K̂_11 K̂_22)."""
    a, b = 0.4**2, 1.5
    for n in (10, 20, 15):
        a, b = a * (1 + 1 / n) + b / n, b + 2 * a / n
    z = sample_outputs(
        K0, [10, 20, 15], get_activation("linear"), 100_000, np.random.default_rng(0),
        weight_variance=1.0,
    )  # fmt: skip
    assert within((z**2).prod(axis=1), b + 2 * a)
    assert within(z[:, 0] * z[:, 1], 0.4)


@pytest.mark.parametrize("inputs", [1, 2, 3, 6])
def test_the_conditional_route_has_the_law_of_real_weights(inputs: int) -> None:
    """Both samplers, ReLU with biases: second and fourth moments, width 4 (6 inputs > 4 too)."""
    turn = np.linspace(0, 1.2, inputs)
    points = np.stack([np.cos(turn), np.sin(turn)], axis=1) * math.sqrt(2)
    k0 = 0.3 + 1.4 * points @ points.T / 2
    given = {"weight_variance": 1.4, "bias_variance": 0.3}
    count = 40_000
    fast = sample_outputs(k0, [4, 4], RELU, count, np.random.default_rng(1), **given)
    *_, (z, _) = weight_layers(points, [4, 4, 1], RELU, count, np.random.default_rng(2), **given)
    real = z[:, 0]
    assert fast.shape == real.shape == (count, inputs)
    for power in (2, 4):
        ends = fast[:, 0] ** power * fast[:, -1] ** 2, real[:, 0] ** power * real[:, -1] ** 2
        error = math.hypot(*(e.std() / math.sqrt(count) for e in ends))
        assert abs(ends[0].mean() - ends[1].mean()) < 4 * error


def test_covariance_of_one_layer_is_the_kernel_at_every_width() -> None:
    z = sample_outputs(
        K0, [3], TANH, 100_000, np.random.default_rng(3), weight_variance=1.5, bias_variance=0.1
    )
    expected = 0.1 + 1.5 * float(TANH.dual(1.0, 1.5, 0.4))
    assert within(z[:, 0] * z[:, 1], expected)


def test_equal_inputs_have_equal_outputs() -> None:
    z = sample_outputs(
        np.ones((2, 2)), [5, 5], RELU, 50, np.random.default_rng(0), weight_variance=2.0
    )
    np.testing.assert_allclose(z[:, 0], z[:, 1], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_root_squares_to_its_covariance(size: int) -> None:
    rng = np.random.default_rng(size)
    factor = rng.standard_normal((10, size, max(size - 1, 1)))
    covariance = factor @ np.swapaxes(factor, 1, 2)
    root = symmetric_root(covariance)
    np.testing.assert_allclose(root @ root, covariance, atol=1e-12)
    np.testing.assert_allclose(root, np.swapaxes(root, 1, 2), atol=1e-13)
    assert np.all(symmetric_root(np.zeros((1, size, size))) == 0)


@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_what_overflows_is_no_number_and_no_warning(inputs: int) -> None:
    k0 = 50 * (np.eye(inputs) * 0.5 + 0.5)
    exp = get_activation("exp")
    z = sample_outputs(k0, [4, 4, 4], exp, 20, np.random.default_rng(0), weight_variance=6.0)
    assert z.shape == (20, inputs)
    assert not np.isfinite(z).all()


def test_widths_and_biases_of_real_layers() -> None:
    rng = np.random.default_rng(0)
    layers = list(
        weight_layers(np.eye(3), [4, 2], TANH, 20_000, rng, weight_variance=1.5, bias_variance=0.2)
    )
    assert [z.shape for z, _ in layers] == [(20_000, 4, 3), (20_000, 2, 3)]
    np.testing.assert_allclose(layers[0][1], np.tanh(layers[0][0]), rtol=1e-12)
    assert within(layers[0][0][:, 0, 0] ** 2, 0.2 + 1.5 / 3)
    assert within(layers[0][0][:, 0, 0] * layers[0][0][:, 0, 1], 0.2)


def test_measured_kernels_are_those_of_the_weights() -> None:
    """One layer has the mean K^(1) at every width; outputs given K̂ have that variance."""
    given = {"weight_variance": 1.5, "bias_variance": 0.2}
    x = np.array([[1.0, 0.5], [0.0, 2.0]])
    drawn = measured_kernels(x, [3, 5], TANH, 40_000, np.random.default_rng(4), **given)
    kernels, z = drawn
    assert (kernels.shape, z.shape) == ((2, 3, 40_000), (40_000, 2))
    limit = nngp(input_covariance(x, **given), 1, TANH, **given)[-1]
    for entry, (i, j) in enumerate(((0, 0), (0, 1), (1, 1))):
        assert within(kernels[0, entry], limit[i, j])
        assert within(z[:, i] * z[:, j] - kernels[1, entry], 0.0)
    # the same networks along v = (1, −1), from the same numbers
    one = measured_kernels(x, [3, 5], TANH, 20, np.random.default_rng(4), **given)[0][-1]
    apart = measured_differences(x, [3, 5], TANH, 20, np.random.default_rng(4), **given)
    assert apart[:, 0] == pytest.approx(one[0] - 2 * one[1] + one[2], rel=1e-12)


def test_a_narrower_network_is_the_corner_of_the_widest() -> None:
    """Its kernel does not depend on how wide the widest is in that corner's mean, K^(2)."""
    given = {"weight_variance": 2.0, "bias_variance": 0.1}
    x = np.array([[1.0, 0.5], [0.0, 2.0], [1.0, 1.0]])
    found = nested_kernels(x, [1, 4, 9], 2, RELU, 20_000, np.random.default_rng(5), **given)
    assert found.shape == (3, 20_000, 3, 3)
    limit = nngp(input_covariance(x, **given), 2, RELU, **given)[-1]
    for kernels in found:
        assert within(kernels[:, 0, 0], limit[0, 0])
    # neurons that the networks share make their kernels alike
    assert np.corrcoef(found[1, :, 0, 0], found[2, :, 0, 0])[0, 1] > 0.2


@pytest.mark.parametrize(
    ("changed", "error", "named"),
    [
        ({"k0": [[1.0, 0.5]]}, ValueError, "k0"),
        ({"k0": [[1.0, 2.0], [2.0, 1.0]]}, ValueError, "k0"),
        ({"k0": [[1.0, 0.1], [0.2, 1.0]]}, ValueError, "k0"),
        ({"widths": []}, ValueError, "widths"),
        ({"size": 0}, ValueError, "size"),
        ({"rng": 3}, TypeError, "rng"),
        ({"weight_variance": -1.0}, ValueError, "weight_variance"),
        ({"bias_variance": math.nan}, ValueError, "bias_variance"),
    ],
)
def test_bad_arguments_are_named(
    changed: dict[str, Any], error: type[Exception], named: str
) -> None:
    given: dict[str, Any] = {
        "k0": K0, "widths": [3], "activation": RELU, "size": 2, "weight_variance": 1.0,
        "rng": np.random.default_rng(0),
    }  # fmt: skip
    with pytest.raises(error, match=named):
        sample_outputs(**given | changed)


def test_what_a_network_takes_grows_with_its_weights_and_inputs() -> None:
    """Four times the weights at twice the width, once the rest is nothing beside them."""
    assert network_ms([512] * 3, 2) == pytest.approx(4 * network_ms([256] * 3, 2), rel=0.03)
    assert network_ms([64] * 6, 2) == pytest.approx(2 * network_ms([64] * 3, 2), rel=0.03)
    assert network_ms([64] * 3, 11) > network_ms([64] * 3, 2)
