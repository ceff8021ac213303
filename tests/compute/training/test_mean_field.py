"""Neurons as particles and networks as measures (section 2.3)."""

import math

import numpy as np
import pytest

from compute.activations import get_activation
from compute.sampling import stream
from compute.training import approximation as ap
from compute.training import mean_field as mf
from compute.training.flow_reference import reference_flow
from compute.training.gradient_flow import gradient_flow
from compute.training.one_layer import OneLayer, forward, sample_parameters

TANH = get_activation("tanh")


def data(count=4):
    angles = np.linspace(0.2, math.pi - 0.2, count)
    return math.sqrt(2) * np.column_stack([np.cos(angles), np.sin(angles)]), np.sin(angles)


def net(width, seed=1, **options):
    return sample_parameters(width, 2, stream(seed, "particles"), **options)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_particles_are_parameters(name, bias):
    """(2.3.7)–(2.3.8) with 1/|D| and the flow on ½|D|⁻¹Σ, η = N_1: two codes, one motion."""
    activation = get_activation(name)
    network, (x, y) = net(30, bias=bias), data()
    times = np.array([0.0, 0.7, 4.0])
    path = mf.particle_flow(network, x, y, activation, times=times)
    exact = reference_flow(
        network, x, y, activation, gamma=math.sqrt(30), eta=30, times=times, rtol=1e-11
    )
    assert mf.particle_gap(path, exact.parameters, x) < 1e-8
    assert np.abs(path.residuals - exact.residuals).max() < 1e-8
    assert np.all(np.diff(path.loss) < 0)
    moved = np.abs(path.outer[-1] - path.outer[0]).max()
    assert moved > 0.1


def test_the_factor_of_the_data_matters():
    """Row 5: with the loss ½Σ of (2.3.6) the same equations run |D| times too slowly."""
    network, (x, y) = net(30), data()
    path = mf.particle_flow(network, x, y, TANH, times=[4.0])
    common = {"gamma": math.sqrt(30), "eta": 30.0 * len(y)}
    late = reference_flow(network, x, y, TANH, **common, times=[4.0])
    right = reference_flow(network, x, y, TANH, **common, times=[1.0])
    assert mf.particle_gap(path, late.parameters, x) > 0.05
    assert mf.particle_gap(path, right.parameters, x) < 1e-7


def test_fast_flow_moves_the_particles_too():
    network, (x, y) = net(300), data()
    times = np.linspace(0, 6, 4)
    path = mf.particle_flow(network, x, y, TANH, times=times)
    flow = gradient_flow(
        network, x, y, TANH, gamma=math.sqrt(300), eta=300, times=times, keep_parameters=True
    )
    assert mf.particle_gap(path, flow.parameters, x) < 2e-3
    assert np.abs(path.residuals - flow.residuals).max() < 1e-4


def test_displacement_and_cloud():
    network, (x, y) = net(20, bias=True), data()
    flow = gradient_flow(network, x, y, TANH, gamma=math.sqrt(20), eta=20, times=[3.0])
    moved = mf.displacement(network, flow.final)
    assert moved.shape == (20, 4)
    assert np.linalg.norm(moved) == pytest.approx(flow.parameter_movement[-1])
    assert np.array_equal(mf.cloud(network)[:, :2], network.first)


def test_wasserstein_distance():
    network = net(64)
    order = stream(0, "shuffle").permutation(64)
    shuffled = OneLayer(network.first[order], network.second[order])
    assert mf.wasserstein(network, shuffled) == pytest.approx(0, abs=1e-12)
    shifted = OneLayer(network.first[order] + [0.3, 0.0], network.second[order])
    assert mf.wasserstein(network, shifted) == pytest.approx(0.3, rel=1e-12)
    # in one dimension (all else equal) optimal transport sorts
    a, b = (OneLayer(np.zeros((50, 1)), net(50, seed).second) for seed in (3, 4))
    sorted_distance = np.sqrt(np.mean((np.sort(a.second) - np.sort(b.second)) ** 2))
    assert mf.wasserstein(a, b) == pytest.approx(sorted_distance, rel=1e-12)


def test_wasserstein_rate_in_three_dimensions():
    widths = [32, 128, 512]
    distances = [
        np.mean([mf.wasserstein(net(n, 2 * k), net(n, 2 * k + 1)) for k in range(8)])
        for n in widths
    ]
    slope = np.polyfit(np.log(widths), np.log(distances), 1)[0]
    assert slope == pytest.approx(-1 / 3, abs=0.07)


def test_propagation_of_chaos_has_slope_one_half():
    x, y = data(3)
    widths = (16, 64, 256)
    slopes = []
    for seed in range(4):
        chaos = mf.propagation_of_chaos(
            net(32 * 256, seed), widths, x, y, TANH, times=[0.5, 2.0, 5.0], groups=8, rtol=1e-4
        )
        slopes.append(
            [
                np.polyfit(np.log(widths), np.log(d), 1)[0]
                for d in (chaos.path_distance, chaos.output_distance)
            ]
        )
    mean = np.mean(slopes, axis=0)
    error = np.std(slopes, axis=0, ddof=1) / 2
    assert mean == pytest.approx([-0.5, -0.5], abs=0.1)
    assert np.all(error < 0.1)


def test_coupled_distance_of_a_network_from_itself():
    network = net(40)
    assert mf.coupled_distance(network.neurons(0, 10), network) == 0


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu"])
def test_tilted_measure_by_sampling(name):
    """Stein's lemma and the variance, against 400 000 atoms."""
    activation = get_activation(name)
    x, _ = data()
    v = np.array([0.8, -0.5])
    inner = stream(1, "stein").standard_normal((2, 400_000))
    values = activation.phi(x @ inner / math.sqrt(2)) * (v @ inner)
    exact = ap.tilted_function(x, v, activation)
    error = values.std(axis=1) / math.sqrt(values.shape[1])
    assert np.all(np.abs(values.mean(axis=1) - exact) < 5 * error)
    assert values.var(axis=1) == pytest.approx(ap.tilted_variance(x, v, activation), rel=0.02)


def test_approximation_rate():
    """(2.3.3): N E‖f_N − f‖² is the same constant at every width."""
    x, v = data()[0], np.array([1.0, 0.5])
    constant = ap.tilted_variance(x, v, TANH).mean()
    for width in (20, 200, 2000):
        errors = ap.sample_approximation_error(400, width, x, v, TANH, stream(width, "rate"))
        assert errors.shape == (400,)
        standard_error = errors.std() / 20
        assert abs(errors.mean() - constant / width) < 4.5 * standard_error


def test_tilted_function_at_zero_and_along():
    zero = np.zeros((1, 2))
    assert ap.tilted_function(zero, [1.0, 1.0], TANH) == pytest.approx([0])
    assert ap.tilted_variance(zero, [1.0, 1.0], TANH) == pytest.approx([0], abs=1e-15)
    gelu = get_activation("gelu")
    linear = get_activation("linear")
    x = np.array([[0.6, 1.0]])
    assert ap.tilted_function(x, [2.0, 1.0], linear) == pytest.approx([2.2 / math.sqrt(2)])
    # Var[(v·W)(u·W)] = |v|²|u|² + (v·u)²
    u = x[0] / math.sqrt(2)
    expected = 5 * (u @ u) + (2 * u[0] + u[1]) ** 2
    assert ap.tilted_variance(x, [2.0, 1.0], linear) == pytest.approx([expected], rel=1e-12)
    assert ap.tilted_function(x, [2.0, 1.0], gelu)[0] == pytest.approx(1.1 / math.sqrt(2))


OPPOSITE = np.array([[1.0, 0.5], [-1.0, -0.5], [0.3, 2.0]])


@pytest.mark.parametrize(
    ("name", "x", "y", "bias", "words"),
    [
        ("tanh", OPPOSITE, [1.0, 1.0, 0.0], False, "odd"),
        ("linear", OPPOSITE, [1.0, 1.0, 0.0], False, "odd"),
        ("tanh", OPPOSITE, [1.0, -1.0, 0.0], False, ""),
        ("tanh", OPPOSITE, [1.0, 1.0, 0.0], True, ""),
        ("gelu", OPPOSITE, [1.0, 1.0, 0.0], False, ""),
        ("relu", OPPOSITE, [1.0, 1.0, 0.0], False, ""),
        ("tanh", [[0.0, 0.0]], [1.0], False, "z(0) = 0"),
        ("relu", [[0.0], [1.0]], [1.0, 1.0], False, "z(0) = 0"),
        ("exp", [[0.0]], [1.0], False, ""),
        ("relu", [[1.0, 1.0], [2.0, 2.0]], [1.0, 1.0], False, "ray"),
        ("relu", [[1.0, 1.0], [2.0, 2.0]], [1.0, 2.0], False, ""),
        ("abs", [[1.0, 1.0], [-2.0, -2.0]], [1.0, 1.0], False, "even"),
        ("gelu", [[1.0], [1.0]], [1.0, 2.0], True, "two targets"),
    ],
)
def test_obstruction(name, x, y, bias, words):
    """Rows 37 and 39: what no width can fit."""
    reason = ap.obstruction(get_activation(name), x, y, bias)
    assert words in reason
    assert bool(reason) == bool(words)


def test_obstruction_agrees_with_training():
    x = np.array([[1.0, 0.5], [-1.0, -0.5], [0.3, 2.0]])
    for y, bias in (([1.0, 1.0, 0.0], False), ([1.0, -1.0, 0.0], False), ([1.0, 1.0, 0.0], True)):
        flow = gradient_flow(
            net(200, bias=bias), x, y, TANH, gamma=1.0, eta=1.0, until_loss=1e-3, rtol=1e-4
        )
        assert flow.converged == (ap.obstruction(TANH, x, y, bias) == "")


def test_odd_networks_are_exactly_odd():
    for seed in range(50):
        z = forward(net(7, seed), OPPOSITE[:2], TANH, gamma=1.0)
        assert z[0] + z[1] == pytest.approx(0, abs=1e-15)


X, Y = data()
EXACT = reference_flow(net(5), X, Y, TANH, gamma=1.0, eta=1.0, times=[0.1])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: mf.particle_flow(net(5), X, Y[:2], TANH, times=[1.0]), "y must"),
        (lambda: mf.particle_flow(net(5), X, Y, TANH, times=[1.0, 0.5]), "times"),
        (lambda: mf.particle_flow(net(5), X, Y, TANH, times=[1.0], rtol=0), "rtol"),
        (
            lambda: mf.particle_gap(
                mf.particle_flow(net(4), X, Y, TANH, times=[0.1]), EXACT.parameters, X
            ),
            "networks",
        ),
        (lambda: mf.displacement(net(4), net(5)), "after"),
        (lambda: mf.wasserstein(net(4), net(5)), "second"),
        (lambda: mf.wasserstein(net(5000), net(5000)), "first"),
        (lambda: mf.coupled_distance(net(5), net(4)), "reference"),
        (lambda: mf.propagation_of_chaos(net(64), (4,), X, Y, TANH, times=[1.0]), "reference"),
        (lambda: mf.propagation_of_chaos(net(64), (), X, Y, TANH, times=[1.0]), "widths"),
        (lambda: ap.tilted_function(X, [1.0], TANH), "direction"),
        (lambda: ap.tilted_function(100 * X, [1.0, 0.0], TANH), "variance"),
        (
            lambda: ap.sample_approximation_error(0, 3, X, [1.0, 0.0], TANH, stream(0, "x")),
            "size",
        ),
        (lambda: ap.obstruction(TANH, X, Y[:1], False), "y must"),
    ],
)
def test_bad_input_names_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()


@pytest.mark.parametrize("name", ["relu", "abs", "exp"])
def test_no_integration_runs_without_end(name):
    activation, network = get_activation(name), net(40)
    times = np.geomspace(1e-6, 1e4, 30)
    path = mf.particle_flow(network, X, Y, activation, times=times, most=2000)
    slow = reference_flow(
        network, X, Y, activation, gamma=40**0.5, eta=40.0, times=times, rtol=1e-10, most=2000
    )
    for found in (path, slow):
        assert 0 < len(found.times) < len(times)
        assert "within 2000 evaluations: shown up to" in found.reason
        assert len(found.residuals) == len(found.times)
    both = min(len(path.times), len(slow.times))
    np.testing.assert_allclose(path.residuals[:both], slow.residuals[:both], atol=1e-6)
