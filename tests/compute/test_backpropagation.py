"""Gradients against differences, the kernel against its Jacobian, the limit against iteration."""

import numpy as np
import pytest

from compute.activations import get_activation
from compute.backpropagation import (
    PARAMETERISATIONS,
    largest_stable_learning_rate,
    loss_and_gradient,
    output_kernel,
)

PARTS = ([2, 3, 2, 1], [1, 4, 2])


def _drawn(widths, seed):
    rng = np.random.default_rng(seed)
    shapes = list(zip(widths[1:], widths[:-1], strict=True))
    weights = [rng.standard_normal(shape) for shape in shapes]
    biases = [rng.standard_normal(n) for n in widths[1:]]
    x, y = rng.standard_normal((5, widths[0])), rng.standard_normal((5, widths[-1]))
    return weights, biases, x, y


@pytest.mark.parametrize("parameterisation", PARAMETERISATIONS)
@pytest.mark.parametrize(
    "name", ["relu", "linear", "tanh", "erf", "gelu", "sin", "abs", "exp", "cubic"]
)
@pytest.mark.parametrize("widths", PARTS, ids=str)
def test_gradients_are_those_of_differences(widths, name, parameterisation):
    weights, biases, x, y = _drawn(widths, 4)
    sigma = get_activation(name, **({"a": 0.2} if name == "cubic" else {}))
    _, dw, db = loss_and_gradient(weights, biases, x, y, sigma, parameterisation)
    for parts, found in ((weights, dw), (biases, db)):
        for part, gradient in zip(parts, found, strict=True):
            kept = part.flat[0]
            losses = []
            for step in (1e-6, -1e-6):
                part.flat[0] = kept + step
                losses.append(loss_and_gradient(weights, biases, x, y, sigma, parameterisation)[0])
            part.flat[0] = kept
            slope = (losses[0] - losses[1]) / 2e-6
            assert gradient.flat[0] == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("parameterisation", PARAMETERISATIONS)
def test_the_kernel_is_that_of_the_jacobian(parameterisation):
    weights, biases, x, _ = _drawn(PARTS[1], 7)
    rows = []
    for datum in x:
        at = [loss_and_gradient(weights, biases, datum[None], y, "tanh", parameterisation)
              for y in (np.zeros((1, 2)), -np.eye(2)[:1], -np.eye(2)[1:])]  # fmt: skip
        for one in at[1:]:
            # the gradient is linear in y: the difference is a row of J
            pairs = zip([*one[1], *one[2]], [*at[0][1], *at[0][2]], strict=True)
            rows.append(np.concatenate([(a - b).ravel() for a, b in pairs]))
    jacobian = np.array(rows)
    kernel = output_kernel(weights, biases, x, "tanh", parameterisation)
    np.testing.assert_allclose(kernel, jacobian @ jacobian.T / 5, rtol=1e-11, atol=1e-13)
    for momentum in (0.0, 0.9):
        rate = largest_stable_learning_rate(weights, biases, x, "tanh", parameterisation, momentum)
        largest = np.linalg.norm(jacobian, 2) ** 2 / 5
        assert rate == pytest.approx(2 * (1 + momentum) / largest, rel=1e-11)


def test_the_stable_rate_divides_convergence_from_divergence():
    weights, biases, x, _ = _drawn([2, 6, 1], 3)
    kernel = output_kernel(weights, biases, x, "tanh")
    for momentum in (0.0, 0.8):
        limit = largest_stable_learning_rate(weights, biases, x, "tanh", "ntk", momentum)
        for share, grows in ((0.99, False), (1.01, True)):
            z, before = np.ones(5), np.ones(5)
            for _ in range(4000):
                moved = z + momentum * (z - before) - share * limit * kernel @ z
                z, before = moved, z
            assert (np.abs(z).max() > 1) == grows


def test_wrong_networks_are_named():
    weights, biases, x, y = _drawn([2, 3, 1], 0)
    with pytest.raises(ValueError, match="parameterisation"):
        loss_and_gradient(weights, biases, x, y, "relu", "mup")
    with pytest.raises(ValueError, match="weights"):
        loss_and_gradient(weights[::-1], biases, x, y, "relu")
    with pytest.raises(ValueError, match="y must"):
        loss_and_gradient(weights, biases, x, y[:2], "relu")
    with pytest.raises(ValueError, match="x must"):
        loss_and_gradient(weights, biases, x[0], y, "relu")
    with pytest.raises(ValueError, match="momentum"):
        largest_stable_learning_rate(weights, biases, x, "relu", momentum=1.0)
