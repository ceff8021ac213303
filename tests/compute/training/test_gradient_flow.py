"""Gradient flow of one-layer networks (sections 2.2 and 2.4) against DOP853 and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.activations import get_activation
from compute.sampling import stream
from compute.training.flow_reference import reference_flow
from compute.training.gradient_flow import gradient_flow
from compute.training.linearised import linearised, output_split
from compute.training.one_layer import (
    OneLayer,
    empirical_ntk,
    forward,
    parameter_gradients,
    preactivations,
    sample_parameters,
)

TANH = get_activation("tanh")


def half_circle(count, frequency=1):
    angles = np.linspace(0.1, math.pi - 0.1, count)
    points = math.sqrt(2) * np.column_stack([np.cos(angles), np.sin(angles)])
    return points, np.sin(frequency * angles)


def net(width, seed=1, **options):
    return sample_parameters(width, 2, stream(seed, "flow"), **options)


@pytest.mark.parametrize("exponent", [0.0, 0.25, 0.5])
@pytest.mark.parametrize(
    ("name", "bias"), [("tanh", False), ("tanh", True), ("gelu", False), ("sin", True)]
)
def test_flow_against_dop853(name, bias, exponent):
    activation = get_activation(name)
    x, y = half_circle(6)
    network = net(50, bias=bias)
    gamma = 50.0**exponent
    times = np.array([0.0, 0.5, 3.0, 12.0])
    common = {"gamma": gamma, "eta": gamma**2, "times": times}
    exact = reference_flow(network, x, y, activation, **common, rtol=1e-11)
    errors = []
    for rtol in (1e-4, 1e-6):
        flow = gradient_flow(network, x, y, activation, **common, rtol=rtol, keep_parameters=True)
        assert flow.converged
        assert flow.reason == ""
        assert np.array_equal(flow.times, times)
        errors.append(np.abs(flow.residuals - exact.residuals).max())
        assert errors[-1] < 20 * rtol
    assert errors[1] < 0.3 * errors[0]
    for mine, other in zip(flow.parameters, exact.parameters, strict=True):
        assert np.abs(mine.vector() - other.vector()).max() < 1e-3


def test_recorded_quantities_are_those_of_the_parameters():
    x, y = half_circle(5)
    network = net(40, bias=True)
    times = [0.0, 1.0, 7.5]
    flow = gradient_flow(network, x, y, TANH, gamma=2.0, eta=3.0, times=times, keep_parameters=True)
    linear = linearised(network, x, y, TANH, gamma=2.0, eta=3.0, times=times)
    for k, now in enumerate(flow.parameters):
        residual = forward(now, x, TANH, gamma=2.0) - y
        assert flow.residuals[k] == pytest.approx(residual, abs=1e-13)
        assert flow.loss[k] == pytest.approx(0.5 * np.mean(residual**2), rel=1e-12)
        kernel = empirical_ntk(now, x, TANH, gamma=2.0, eta=3.0) / 5
        assert flow.kernels[k] == pytest.approx(kernel, rel=1e-12)
        change = preactivations(now, x) - preactivations(network, x)
        assert flow.hidden_movement[k] == pytest.approx(np.sqrt(np.mean(change**2)), abs=1e-13)
        moved = np.linalg.norm(now.vector() - network.vector())
        assert flow.parameter_movement[k] == pytest.approx(moved, abs=1e-13)
        distance = np.linalg.norm(now.vector() - linear.parameters_at(times[k]).vector())
        assert flow.linear_distance[k] == pytest.approx(distance, abs=1e-12)
    assert np.array_equal(flow.final.vector(), flow.parameters[-1].vector())
    for array in (flow.times, flow.residuals, flow.kernels, flow.loss, flow.path.kernels):
        assert not array.flags.writeable


@pytest.mark.parametrize("exponent", [0.0, 0.5])
def test_loss_threshold_is_met_exactly_and_at_the_right_time(exponent):
    x, y = half_circle(8)
    network, gamma = net(256), 256.0**exponent
    flow = gradient_flow(network, x, y, TANH, gamma=gamma, eta=gamma**2, until_loss=1e-3, rtol=1e-6)
    assert flow.converged
    assert flow.loss[-1] == pytest.approx(1e-3, rel=1e-9)
    exact = reference_flow(network, x, y, TANH, gamma=gamma, eta=gamma**2, times=[flow.times[-1]])
    assert 0.5 * np.mean(exact.residuals**2) == pytest.approx(1e-3, rel=5e-4)


def test_times_and_loss_together():
    x, y = half_circle(8)
    common = {"gamma": 1.0, "eta": 1.0, "until_loss": 1e-2}
    stop = gradient_flow(net(100), x, y, TANH, **common).times[-1]
    flow = gradient_flow(net(100), x, y, TANH, **common, times=[0.0, stop / 2, 2 * stop])
    assert flow.converged
    assert flow.times == pytest.approx([0, stop / 2, stop], rel=1e-4)
    early = gradient_flow(net(100), x, y, TANH, **common, times=[0.0, stop / 2])
    assert not early.converged
    assert "not reached" in early.reason
    assert early.times[-1] == stop / 2
    done = gradient_flow(net(100), x, y, TANH, gamma=1.0, eta=1.0, until_loss=1e3, times=[0.0, 1.0])
    assert done.converged
    assert list(done.times) == [0.0]


@pytest.mark.parametrize("exponent", [0.0, 0.5])
@pytest.mark.parametrize("name", ["tanh", "relu", "gelu", "exp"])
def test_loss_is_monotone(name, exponent):
    x, y = half_circle(10)
    gamma = 128.0**exponent
    flow = gradient_flow(
        net(128, bias=True),
        x,
        y,
        get_activation(name),
        gamma=gamma,
        eta=gamma**2,
        times=np.linspace(0, 30, 80),
        rtol=1e-4,
    )
    assert flow.converged
    assert np.all(np.diff(flow.loss) < 1e-9)
    assert flow.loss[-1] < 0.3 * flow.loss[0]


@pytest.mark.parametrize("exponent", [0.0, 0.5])
def test_dense_output_between_the_steps(exponent):
    x, y = half_circle(6)
    network, gamma = net(64), 64.0**exponent
    flow = gradient_flow(network, x, y, TANH, gamma=gamma, eta=gamma**2, until_loss=1e-3)
    times = np.concatenate([[0.0], np.geomspace(1e-3, 1, 60) * flow.times[-1]])
    exact = reference_flow(network, x, y, TANH, gamma=gamma, eta=gamma**2, times=times)
    assert np.abs(flow.residuals_at(times) - exact.residuals).max() < 2e-4
    assert flow.residuals_at(flow.times) == pytest.approx(flow.residuals, abs=1e-15)
    assert flow.path.kernels_at(flow.times) == pytest.approx(flow.kernels, abs=1e-12)
    with pytest.raises(ValueError, match="times"):
        flow.residuals_at([2 * flow.times[-1]])
    with pytest.raises(ValueError, match="times"):
        flow.residuals_at([1.0, 0.5])


def test_dense_output_of_a_flow_that_never_moved():
    x, y = half_circle(4)
    flow = gradient_flow(net(9), x, y, TANH, gamma=1.0, eta=1.0, times=[0.0])
    assert flow.residuals_at([0.0]) == pytest.approx(flow.residuals)
    assert flow.path.kernels_at([0.0]) == pytest.approx(flow.kernels)


def test_linear_flow_in_closed_form():
    """Item 16 of the oracles: e^{−Θt}, and θ_∞ = θ_0 + J⁺(y − z_0)."""
    x, y = half_circle(4)
    network = net(30)
    times = np.linspace(0, 20, 7)
    linear = linearised(network, x, y, TANH, gamma=1.0, eta=2.0, times=times)
    jacobian = parameter_gradients(network, x, TANH, gamma=1.0)
    kernel = 2.0 / 4 * jacobian @ jacobian.T
    rates, modes = np.linalg.eigh(kernel)
    start = forward(network, x, TANH, gamma=1.0) - y
    for t, residual in zip(times, linear.residuals, strict=True):
        expected = modes @ (np.exp(-rates * t) * (modes.T @ start))
        assert residual == pytest.approx(expected, abs=1e-12)
        moved = linear.parameters_at(t).vector() - network.vector()
        assert start + jacobian @ moved == pytest.approx(residual, abs=1e-12)
        row_space = np.linalg.lstsq(jacobian.T, moved, rcond=None)[0]
        assert jacobian.T @ row_space == pytest.approx(moved, abs=1e-9)
    limit = linear.parameters_at(math.inf).vector() - network.vector()
    assert limit == pytest.approx(np.linalg.pinv(jacobian) @ -start, abs=1e-7)
    assert linear.loss == pytest.approx(0.5 * np.mean(linear.residuals**2, axis=1))
    assert linear.predictions_at(x, times) == pytest.approx(linear.residuals + y, abs=1e-12)
    new = np.array([[0.3, -0.7], [1.0, 1.0]])
    gradients = parameter_gradients(network, new, TANH, gamma=1.0)
    shift = linear.parameters_at(times[3]).vector() - network.vector()
    expected = forward(network, new, TANH, gamma=1.0) + gradients @ shift
    assert linear.predictions_at(new, times)[3] == pytest.approx(expected, abs=1e-12)


def test_wide_network_follows_its_linearisation():
    x, y = half_circle(4)
    network, times = net(20_000), [0.0, 1.0, 4.0]
    flow = gradient_flow(network, x, y, TANH, gamma=1.0, eta=1.0, times=times)
    linear = linearised(network, x, y, TANH, gamma=1.0, eta=1.0, times=times)
    assert np.abs(flow.residuals - linear.residuals).max() < 2e-3


def test_rate_is_at_least_the_smallest_eigenvalue():
    """Lemma 2.2.2 corrected (rows 33, 34): L_t ≤ L_0 exp(−2 ∫ λ_min) with the |D| inside Θ."""
    x, y = half_circle(5)
    flow = gradient_flow(net(200), x, y, TANH, gamma=1.0, eta=1.0, times=np.linspace(0, 200, 400))
    smallest = np.linalg.eigvalsh(flow.kernels)[:, 0]
    bound = flow.loss[0] * np.exp(-2 * np.minimum.accumulate(smallest) * flow.times)
    assert smallest.min() > 0
    assert np.all(flow.loss <= bound * (1 + 1e-9))


def test_bias_can_be_kept():
    x, y = half_circle(5)
    network = net(30, bias=True)
    common = {"gamma": 1.0, "eta": 1.0, "times": [3.0], "train_bias": False}
    flow = gradient_flow(network, x, y, TANH, **common, rtol=1e-6)
    exact = reference_flow(network, x, y, TANH, **common)
    assert np.array_equal(flow.final.bias, network.bias)
    assert flow.residuals == pytest.approx(exact.residuals, abs=1e-5)
    linear = linearised(network, x, y, TANH, **common)
    assert np.array_equal(linear.parameters_at(3.0).bias, network.bias)
    assert linear.predictions_at(x, [3.0]) == pytest.approx(linear.residuals + y, abs=1e-12)


def test_output_split():
    x, y = half_circle(5)
    network = net(60, bias=True)
    flow = gradient_flow(network, x, y, TANH, gamma=1.5, eta=1.0, times=[5.0])
    split = output_split(network, flow.final, x, TANH, gamma=1.5)
    change = flow.residuals[-1] + y - forward(network, x, TANH, gamma=1.5)
    assert split.total == pytest.approx(change, abs=1e-13)
    assert split.outer + split.inner + split.remainder == pytest.approx(change, abs=1e-13)
    gradients = parameter_gradients(network, x, TANH, gamma=1.5)
    linear = gradients @ (flow.final.vector() - network.vector())
    assert split.outer + split.inner == pytest.approx(linear, abs=1e-12)
    only_outer = OneLayer(network.first, flow.final.second, network.bias)
    alone = output_split(network, only_outer, x, TANH, gamma=1.5)
    assert alone.inner == pytest.approx(np.zeros(5), abs=1e-15)
    assert alone.total == pytest.approx(split.outer, abs=1e-13)
    with pytest.raises(ValueError, match="after"):
        output_split(network, net(60), x, TANH, gamma=1.5)


WIDTHS = np.array([128, 512, 2048, 8192])


def sweep(exponent, seeds=6):
    """Per seed and width: sup‖θ − θ^lin‖, movement of z^(1), relative change of Θ, remainder."""
    x, y = half_circle(5)
    rows = np.empty((seeds, len(WIDTHS), 4))
    for seed in range(seeds):
        for k, width in enumerate(WIDTHS):
            network, gamma = net(int(width), seed), float(width) ** exponent
            flow = gradient_flow(
                network, x, y, TANH, gamma=gamma, eta=gamma**2, until_loss=1e-3, rtol=1e-4
            )
            assert flow.converged
            change = np.linalg.norm(flow.kernels[-1] - flow.kernels[0])
            split = output_split(network, flow.final, x, TANH, gamma=gamma)
            rows[seed, k] = (
                flow.linear_distance.max(),
                flow.hidden_movement[-1],
                change / np.linalg.norm(flow.kernels[0]),
                np.linalg.norm(split.remainder) / np.linalg.norm(split.total),
            )
    return np.log(rows)


def slope_and_error(rows):
    """Mean slope in log N over seeds and its standard error, per quantity."""
    centred = np.log(WIDTHS) - np.log(WIDTHS).mean()
    slopes = np.einsum("skq,k->sq", rows, centred) / np.sum(centred**2)
    return slopes.mean(axis=0), slopes.std(axis=0, ddof=1) / math.sqrt(len(slopes))


def test_slopes_in_the_kernel_regime():
    """Theorem 2.2.1 and §2.4 at a = 0: −½ for θ − θ^lin and z^(1), −1 for Θ and the remainder."""
    slopes, errors = slope_and_error(sweep(0.0, seeds=40))
    assert np.all(errors < [0.06, 0.06, 0.08, 0.08])
    assert slopes == pytest.approx([-0.5, -0.5, -1, -1], abs=0.1)


@pytest.mark.parametrize("exponent", [0.25, 0.5])
def test_slopes_between_the_regimes(exponent):
    slopes, errors = slope_and_error(sweep(exponent, seeds=12))
    assert np.all(errors[1:] < 0.05)
    assert slopes[1] == pytest.approx(exponent - 0.5, abs=0.1)
    assert slopes[2:] == pytest.approx([2 * exponent - 1] * 2, abs=0.1)


def test_an_unreachable_loss_stops_with_a_reason():
    """Without bias tanh is odd: an even target keeps its even part, whatever the width."""
    x = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    y = np.array([1.0, 1.0, 0.5])
    flow = gradient_flow(net(100), x, y, TANH, gamma=1.0, eta=1.0, until_loss=1e-6)
    assert not flow.converged
    assert "gradient vanished" in flow.reason
    assert flow.loss[-1] == pytest.approx(1 / 3, rel=1e-9)


def test_no_setting_reaches_nan():
    x, y = half_circle(4)
    big = OneLayer(np.full((3, 2), 300.0), np.ones(3))
    with pytest.raises(ValueError, match="parameters"):
        gradient_flow(big, x, y, get_activation("exp"), gamma=1.0, eta=1.0, times=[1.0])
    steep = OneLayer(np.full((3, 2), 12.0), np.ones(3))
    flow = gradient_flow(
        steep, x, 1e9 * y, get_activation("exp"), gamma=1.0, eta=1.0, times=[1.0], max_steps=60
    )
    assert np.all(np.isfinite(flow.residuals))
    assert np.all(np.isfinite(flow.final.vector()))
    assert flow.converged or flow.reason
    short = gradient_flow(
        net(50), *half_circle(12, 5), TANH, gamma=7.0, eta=49.0, until_loss=1e-9, max_steps=5
    )
    assert not short.converged
    assert "5 steps" in short.reason
    dead = OneLayer(np.full((2, 2), -1.0), np.ones(2))
    positive = np.array([[1.0, 1.0], [2.0, 1.0]])
    flow = gradient_flow(
        dead, positive, [1.0, 2.0], get_activation("relu"), gamma=1.0, eta=1.0, until_loss=1e-3
    )
    assert "gradient vanished" in flow.reason


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 30),
    st.integers(1, 8),
    st.sampled_from(["tanh", "relu", "gelu", "sin", "exp", "linear", "abs"]),
    st.floats(0.0, 0.5),
    st.floats(1e-3, 1e3),
    st.integers(0, 10**6),
)
def test_any_flow_is_finite_and_says_what_happened(width, count, name, exponent, eta, seed):
    rng = stream(seed, "hostile")
    network = sample_parameters(width, 3, rng, bias=bool(seed % 2))
    x, y = rng.standard_normal((count, 3)), rng.standard_normal(count)
    gamma = float(width) ** exponent
    flow = gradient_flow(
        network,
        x,
        y,
        get_activation(name),
        gamma=gamma,
        eta=eta,
        until_loss=1e-4,
        rtol=1e-3,
        max_steps=100,
    )
    assert np.all(np.isfinite(flow.residuals))
    assert np.all(np.isfinite(flow.kernels))
    assert np.all(np.diff(flow.times) > 0)
    assert flow.converged == (flow.reason == "")
    assert flow.converged == (flow.loss[-1] <= 1e-4 * (1 + 1e-9))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"times": None}, "times or until_loss"),
        ({"times": []}, "times"),
        ({"times": [1.0, 1.0]}, "times"),
        ({"times": [-1.0]}, "times"),
        ({"times": [math.inf]}, "times"),
        ({"until_loss": 0.0}, "until_loss"),
        ({"until_loss": math.nan}, "until_loss"),
        ({"rtol": 0.0}, "rtol"),
        ({"rtol": math.nan}, "rtol"),
        ({"max_steps": 0}, "max_steps"),
        ({"gamma": -1.0}, "gamma"),
        ({"eta": math.inf}, "eta"),
        ({"x": np.ones((4, 3))}, "x must"),
        ({"x": np.full((4, 2), np.nan)}, "x must"),
        ({"y": np.ones(3)}, "y must"),
        ({"y": np.full(4, np.inf)}, "y must"),
    ],
)
def test_bad_input_names_the_argument(change, name):
    x, y = half_circle(4)
    legal = {"x": x, "y": y, "gamma": 1.0, "eta": 1.0, "times": [1.0]} | change
    with pytest.raises(ValueError, match=name):
        gradient_flow(net(5), legal.pop("x"), legal.pop("y"), TANH, **legal)


def test_bad_input_to_the_others():
    x, y = half_circle(4)
    with pytest.raises(ValueError, match="rtol"):
        reference_flow(net(5), x, y, TANH, gamma=1.0, eta=1.0, times=[1.0], rtol=1.0)
    with pytest.raises(ValueError, match="times"):
        linearised(net(5), x, y, TANH, gamma=1.0, eta=1.0, times=[1.0, 0.5])
    linear = linearised(net(5), x, y, TANH, gamma=1.0, eta=1.0, times=[1.0])
    with pytest.raises(ValueError, match="time must"):
        linear.parameters_at(-1.0)
