"""Real networks forwards and backwards: against finite differences, written steps, and limits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from compute.activations import get_activation
from compute.gradients import wide_gradients
from compute.gradients.networks import Block, Step, draw, measured, propagate, relative_change
from compute.kernels import ntk
from compute.sampling import stream


def moved(block: Block, layer: int, change: np.ndarray) -> Block:
    """Block with the weights of one layer changed, in units of W."""
    weights = list(block.weights)
    weights[layer] = weights[layer] + change / math.sqrt(block.weight_variance)
    return replace(block, weights=tuple(weights))


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_gradients_against_finite_differences(activation: str) -> None:
    """Every weight of every layer, biases drawn."""
    given = {"weight_variance": 2.0, "bias_variance": 0.3}
    block = draw((3, 4, 4, 4, 1), get_activation(activation), 2, stream(0, "test"), **given)
    squares = propagate(block).squares()
    for layer, weights in enumerate(block.weights):
        total = np.zeros(2)
        for place in np.ndindex(weights.shape[1:]):
            change = np.zeros(weights.shape)
            change[:, *place] = 1e-5
            ends = [propagate(moved(block, layer, s * change)).output for s in (1, -1)]
            total += ((ends[0] - ends[1]) / 2e-5) ** 2
        assert squares[layer] == pytest.approx(total, rel=1e-6)


def test_a_step_of_rank_one_is_the_step_of_the_matrices() -> None:
    """W − s ∂z/∂W written out, layer by layer."""
    given = {"weight_variance": 1.5, "bias_variance": 0.2}
    block = draw((2, 5, 5, 5, 1), get_activation("tanh"), 4, stream(0, "test"), **given)
    start, size = propagate(block), np.array([0.1, -0.2, 0.3, 0.0])
    written = block
    for layer, (h, d) in enumerate(start.pairs()):
        gradient = d[:, :, None] * h[:, None, :] / math.sqrt(h.shape[1])
        written = moved(written, layer, size[:, None, None] * gradient)
    quick, slow = propagate(block, Step(start, size)), propagate(written)
    assert quick.output == pytest.approx(slow.output, rel=1e-12)
    assert quick.squares() == pytest.approx(slow.squares(), rel=1e-12)
    assert quick.gradient == pytest.approx(slow.gradient, rel=1e-12)
    change = relative_change(block, 2e-4, 0.7, 2.0)
    after, before = (
        propagate(block, Step(start, s * 1e-4 * (start.output - 0.7))).squares().sum(axis=0)
        for s in (-1, 1)
    )
    assert change == pytest.approx((after - before) / 8e-4, rel=1e-9)


@pytest.mark.parametrize("activation", ["relu", "linear", "tanh", "erf", "gelu", "sin", "abs"])
def test_wide_networks_are_those_of_the_tangent_kernel(activation: str) -> None:
    """Without biases Θ is that of compute.kernels over C_W, at every depth."""
    sigma = get_activation(activation)
    kernel = ntk(np.array([[1.6]]), 9, sigma, weight_variance=1.6)[:, 0, 0]
    found = wide_gradients(9, sigma, weight_variance=1.6)
    for depth in (1, 4, 9):
        assert found.cut(depth).kernel == pytest.approx(kernel[depth] / 1.6, rel=1e-11)
        alone = wide_gradients(depth, sigma, weight_variance=1.6)
        np.testing.assert_allclose(found.cut(depth).squares, alone.squares, rtol=1e-12)


def test_networks_are_drawn_block_by_block() -> None:
    """As many as are asked for, in the order of one stream, whatever a block holds."""
    sizes, sigma = (2, 300, 300, 1), get_activation("relu")
    found = measured(
        lambda b: propagate(b).factors(), sizes, sigma, 5, stream(1, "test"), weight_variance=2.0
    )
    rng = stream(1, "test")
    blocks = [draw(sizes, sigma, n, rng, weight_variance=2.0) for n in (2, 2, 1)]
    apart = [propagate(block).factors() for block in blocks]
    np.testing.assert_array_equal(found, np.concatenate(apart, axis=-1))


@pytest.mark.parametrize("activation", ["tanh", "gelu", "relu"])
def test_wide_real_networks_come_near_the_limit(activation: str) -> None:
    """128 wide, 2 deep, biases: within 5 standard errors and 6/N."""
    sigma, given = get_activation(activation), {"weight_variance": 2.0, "bias_variance": 0.4}
    block = draw((8, 128, 128, 1), sigma, 300, stream(3, "test"), **given)
    signals, limit = propagate(block), wide_gradients(2, sigma, **given).squares
    squares = signals.squares()
    assert signals.kernel() == pytest.approx(squares.sum(axis=0), rel=1e-14)
    assert signals.input_square() == pytest.approx((signals.gradient**2).sum(axis=1), rel=1e-14)
    error = squares.std(axis=1) / math.sqrt(300)
    assert np.all(np.abs(squares.mean(axis=1) - limit) < 5 * error + 6 / 128 * limit)
