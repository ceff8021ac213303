"""Networks of several layers in training (Theorem 2.2.1): two routes for each quantity."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from compute.activations import get_activation
from compute.kernels import ntk
from compute.sampling import stream
from compute.training.deep_network import (
    DeepNetwork,
    DeepTrainer,
    deep_forward,
    linear_deep,
    sample_deep,
)
from compute.training.exponential_midpoint import Solver
from compute.training.gradient_flow import gradient_flow
from compute.training.linearised import linearised
from compute.training.one_layer import OneLayer, empirical_ntk, forward, sample_parameters

TANH = get_activation("tanh")
X = stream(0, "inputs").standard_normal((5, 3))
Y = np.array([1.0, -1.0, 0.5, 0.0, 2.0])


def deep(widths, seed=1):
    return sample_deep(widths, 3, stream(seed, "deep"))


def as_deep(network: OneLayer) -> DeepNetwork:
    return DeepNetwork((np.column_stack([network.first, network.bias]),), network.second)


@pytest.mark.parametrize("name", ["tanh", "gelu", "sin"])
@pytest.mark.parametrize("widths", [(7,), (6, 4), (5, 3, 6)])
def test_the_jacobian_is_that_of_numerical_differences(widths, name):
    activation, network = get_activation(name), deep(widths)
    trainer = DeepTrainer(network, X, Y, activation, gamma=2.0, eta=3.0)
    point = trainer.evaluate(trainer.start())
    theta, step = network.vector(), 1e-4
    columns = []
    for k in range(len(theta)):
        values = []
        for shift in (-2, -1, 1, 2):
            moved = theta.copy()
            moved[k] += shift * step
            values.append(deep_forward(network.with_vector(moved), X, activation, gamma=2.0))
        columns.append((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step))
    numerical = np.stack(columns, axis=1)
    scale = max(1.0, float(np.abs(numerical).max()))
    np.testing.assert_allclose(trainer.jacobian(point), numerical, rtol=0, atol=1e-8 * scale)
    kernel = 3.0 / 5 * numerical @ numerical.T
    np.testing.assert_allclose(point.kernel, kernel, rtol=0, atol=1e-8 * np.abs(kernel).max())
    outputs = deep_forward(network, X, activation, gamma=2.0)
    np.testing.assert_allclose(point.residual, outputs - Y, rtol=1e-12, atol=1e-14)


def test_one_layer_is_the_network_of_one_layer():
    shallow = sample_parameters(20, 3, stream(2, "net"), bias=True)
    network, scales = as_deep(shallow), {"gamma": 1.5, "eta": 2.0}
    np.testing.assert_allclose(
        deep_forward(network, X, TANH, gamma=1.5), forward(shallow, X, TANH, gamma=1.5), rtol=1e-13
    )
    trainer = DeepTrainer(network, X, Y, TANH, **scales)
    start = trainer.evaluate(trainer.start())
    np.testing.assert_allclose(
        start.kernel, empirical_ntk(shallow, X, TANH, **scales) / 5, rtol=1e-12
    )
    solver = Solver(trainer, -np.inf, 1e-5, 200)
    assert solver.run(4.0) == ""
    flow = gradient_flow(shallow, X, Y, TANH, **scales, times=[4.0], rtol=1e-5)
    np.testing.assert_allclose(solver.point.residual, flow.residuals[-1], atol=1e-12)
    moved = solver.point.weights
    assert moved.distance(start.weights) == pytest.approx(flow.parameter_movement[-1], rel=1e-9)
    line = linear_deep(trainer, start, 4.0)
    assert moved.distance(line) == pytest.approx(flow.linear_distance[-1], rel=1e-6)
    limit = linearised(shallow, X, Y, TANH, **scales, times=[4.0]).parameters_at(4.0)
    np.testing.assert_allclose(trainer.trained(line).vector(), as_deep(limit).vector(), atol=1e-12)


def test_the_flow_is_that_of_runge_kutta_steps_of_all_parameters():
    network = deep((8, 6, 7))
    trainer = DeepTrainer(network, X, Y, TANH, gamma=1.0, eta=1.0)

    def descent(_, theta):
        here = DeepTrainer(network.with_vector(theta), X, Y, TANH, gamma=1.0, eta=1.0)
        point = here.evaluate(here.start())
        return -here.jacobian(point).T @ point.residual / 5

    slow = solve_ivp(descent, (0, 6.0), network.vector(), method="DOP853", rtol=1e-10, atol=1e-12)
    solver = Solver(trainer, -np.inf, 1e-7, 3000)
    assert solver.run(6.0) == ""
    end = trainer.trained(solver.point.weights)
    np.testing.assert_allclose(end.vector(), slow.y[:, -1], atol=1e-4)
    apart = np.linalg.norm(end.vector() - network.vector())
    assert solver.point.weights.distance(trainer.start()) == pytest.approx(apart, rel=1e-9)


def test_wide_networks_have_the_limit_kernel():
    widths, x = (1500, 1500), X * np.sqrt(3) / np.linalg.norm(X, axis=1)[:, None]
    trainer = DeepTrainer(deep(widths), x, Y, TANH, gamma=1.0, eta=1.0)
    kernel = 5 * trainer.evaluate(trainer.start()).kernel
    first = x @ x.T / 3 + 1
    limit = ntk(first, 2, TANH, weight_variance=1.0, bias_variance=1.0, layers=[2])[0]
    # the limit has a bias of variance 1 in the output too, of which ∇z knows nothing here
    np.testing.assert_allclose(kernel, limit - 1, rtol=0.2)


def test_hostile_arguments_are_named():
    with pytest.raises(ValueError, match="layers"):
        DeepNetwork((), np.ones(2))
    with pytest.raises(ValueError, match="layers"):
        DeepNetwork((np.ones((3, 2)), np.ones((2, 3))), np.ones(2))
    with pytest.raises(ValueError, match="outer"):
        DeepNetwork((np.ones((3, 2)),), np.ones(2))
    with pytest.raises(ValueError, match="finite"):
        DeepNetwork((np.ones((3, 2)),), np.array([1.0, np.nan, 0.0]))
    with pytest.raises(ValueError, match="widths"):
        sample_deep((3, 0), 2, stream(0, "x"))
    with pytest.raises(ValueError, match="gamma"):
        DeepTrainer(deep((3,)), X, Y, TANH, gamma=0.0, eta=1.0)
    with pytest.raises(ValueError, match="y must"):
        DeepTrainer(deep((3,)), X, Y[:2], TANH, gamma=1.0, eta=1.0)


def test_what_is_not_finite_is_said():
    trainer = DeepTrainer(deep((40, 40, 40)), 9 * X, Y, get_activation("exp"), 1.0, 1.0)
    with np.errstate(over="ignore", invalid="ignore"):
        point = trainer.evaluate(trainer.start())
    assert np.isnan(point.kernel).all()
