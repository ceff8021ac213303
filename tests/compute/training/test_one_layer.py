"""One hidden layer at initialisation (section 2.1): kernels, their limits, exact moments."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.activations import get_activation
from compute.sampling import stream
from compute.training import one_layer as ol
from compute.training import one_layer_limits as limits
from compute.training.gradient_flow import gradient_flow
from compute.training.one_layer_hessian import (
    hessian_blocks,
    hessian_norm,
    kernel_change_bounds,
    second_derivative,
)

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6], [-0.8, 0.9, 0.2], [0.5, 0.5, 1.4]])
TANH = get_activation("tanh")
SMOOTH = [
    get_activation(name, **options)
    for name, options in [
        ("tanh", {}),
        ("erf", {}),
        ("gelu", {}),
        ("sin", {}),
        ("exp", {}),
        ("linear", {}),
        ("cubic", {"a": -0.1}),
        ("shaped_tanh", {"s": 1.7}),
    ]
]


def names(activation):
    return activation.name


def numerical_gradients(network, x, activation, gamma, step=1e-4):
    """∇_θ z by five-point differences of `forward`, in the order of `vector`."""
    theta = network.vector()

    def output(k, shift):
        moved = theta.copy()
        moved[k] += shift
        return ol.forward(network.with_vector(moved), x, activation, gamma=gamma)

    columns = [
        (8 * (output(k, step) - output(k, -step)) - output(k, 2 * step) + output(k, -2 * step))
        / (12 * step)
        for k in range(len(theta))
    ]
    return np.array(columns).T


def test_forward_is_the_sum_over_neurons():
    network = ol.sample_parameters(5, 3, stream(1, "net"), bias=True)
    for gamma in (1.0, 2.5):
        expected = [
            sum(
                network.second[i]
                * math.tanh(network.first[i] @ point / math.sqrt(3) + network.bias[i])
                for i in range(5)
            )
            / (gamma * math.sqrt(5))
            for point in X
        ]
        got = ol.forward(network, X, TANH, gamma=gamma)
        assert got == pytest.approx(np.array(expected), rel=1e-14)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("activation", [*SMOOTH, get_activation("relu")], ids=names)
def test_tangent_kernel_against_numerical_gradients(activation, bias):
    """Row 4 of the errata: (2.1.9) needs (W_i^(2))²; as printed it is far away."""
    network = ol.sample_parameters(6, 3, stream(2, "net"), bias=bias)
    gamma, eta = 1.3, 0.7
    numerical = numerical_gradients(network, X, activation, gamma)
    exact = ol.parameter_gradients(network, X, activation, gamma=gamma)
    kernel = ol.empirical_ntk(network, X, activation, gamma=gamma, eta=eta)
    assert np.abs(numerical - exact).max() < 1e-8
    assert np.abs(kernel - eta * numerical @ numerical.T).max() < 1e-8
    assert np.abs(kernel - eta * exact @ exact.T).max() < 1e-13 * np.abs(kernel).max()
    printed = ol.printed_ntk(network, X, activation, gamma=gamma, eta=eta)
    assert np.abs(printed - kernel).max() > 0.05 * np.abs(kernel).max()


def test_printed_kernel_is_right_for_unit_outer_weights():
    sampled = ol.sample_parameters(20, 3, stream(3, "net"))
    network = ol.OneLayer(sampled.first, np.sign(sampled.second))
    pair = [f(network, X, TANH, gamma=1.0, eta=1.0) for f in (ol.empirical_ntk, ol.printed_ntk)]
    assert pair[0] == pytest.approx(pair[1], rel=1e-13)


def test_blocks_of_neurons_do_not_change_the_result():
    network = ol.sample_parameters(20_011, 3, stream(4, "net"), bias=True)
    hidden = ol.preactivations(network, X)
    values, slopes = np.tanh(hidden), network.second / np.cosh(hidden) ** 2
    gram = X @ X.T / 3 + 1
    expected = (values @ values.T + gram * (slopes @ slopes.T)) / network.width
    assert ol.empirical_ntk(network, X, TANH, gamma=1.0, eta=1.0) == pytest.approx(expected)
    covariance = ol.conditional_covariance(network, X, TANH, gamma=2.0)
    assert covariance == pytest.approx(values @ values.T / network.width / 4, rel=1e-12)


def test_neurons_are_shared_between_widths_and_biases():
    small = ol.sample_parameters(7, 2, stream(5, "net"))
    large = ol.sample_parameters(40, 2, stream(5, "net"), bias=True)
    part = large.neurons(0, 7)
    assert np.array_equal(small.first, part.first)
    assert np.array_equal(small.second, part.second)
    assert np.array_equal(large.with_vector(large.vector()).bias, large.bias)
    assert not small.first.flags.writeable


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu"])
@pytest.mark.parametrize("bias", [False, True])
def test_kernels_approach_their_limits(name, bias):
    """(2.1.7), the limit of the conditional covariance, and (2.1.10), within 5 standard errors."""
    activation = get_activation(name)
    limit = limits.limit_kernels(X, activation, gamma=1.5, eta=2.0, bias=bias)
    networks = [ol.sample_parameters(2000, 3, stream(6, "net", k), bias=bias) for k in range(40)]
    for expected, sample in [
        (
            limit.covariance,
            [ol.conditional_covariance(n, X, activation, gamma=1.5) for n in networks],
        ),
        (limit.ntk, [ol.empirical_ntk(n, X, activation, gamma=1.5, eta=2.0) for n in networks]),
        (limit.ntk, [ol.printed_ntk(n, X, activation, gamma=1.5, eta=2.0) for n in networks]),
    ]:
        error = np.std(sample, axis=0, ddof=1) / math.sqrt(len(sample))
        assert np.all(np.abs(np.mean(sample, axis=0) - expected) < 5 * error + 1e-12)
    hidden = np.concatenate([ol.preactivations(n, X) for n in networks], axis=1)
    covariance = X @ X.T / 3 + bias
    assert np.cov(hidden) == pytest.approx(covariance, abs=0.05)


def test_fluctuations_of_both_kernels_fall_with_slope_one_half():
    widths = [64, 256, 1024, 4096]
    spread = {"ntk": [], "covariance": []}
    for width in widths:
        networks = [ol.sample_parameters(width, 3, stream(7, "net", k)) for k in range(300)]
        for name, sample in [
            ("ntk", [ol.empirical_ntk(n, X, TANH, gamma=1, eta=1) for n in networks]),
            ("covariance", [ol.conditional_covariance(n, X, TANH, gamma=1) for n in networks]),
        ]:
            spread[name].append(math.sqrt(np.var(sample, axis=0).sum()))
    for values in spread.values():
        slope = np.polyfit(np.log(widths), np.log(values), 1)[0]
        assert slope == pytest.approx(-0.5, abs=0.05)


def test_table_is_of_order_one_where_the_rate_is_the_square_of_the_scale():
    table = limits.mean_ntk_table(X[0], TANH, etas=[1.0, 64.0, 4096.0], gammas=[1.0, 8.0, 64.0])
    assert np.diagonal(table) == pytest.approx(table[0, 0])
    assert table[0, 0] == pytest.approx(limits.limit_kernels(X[:1], TANH, gamma=1, eta=1).ntk[0, 0])
    assert table[2, 0] == pytest.approx(4096 * table[0, 0])


@pytest.mark.parametrize("activation", [*SMOOTH, get_activation("relu")], ids=names)
def test_moments_agree_with_the_duals(activation):
    for variance in (0.0, 0.3, 1.0, 3.7):
        value = limits.hidden_moment(lambda z: activation.phi(z) ** 2, variance, activation)
        assert value == pytest.approx(
            float(activation.dual(variance, variance, variance)), rel=1e-10
        )
        slope = limits.hidden_moment(lambda z: activation.dphi(z) ** 2, variance, activation)
        expected = float(activation.dual_derivative(variance, variance, variance))
        if variance > 0:
            assert slope == pytest.approx(expected, rel=1e-10)


def test_kurtosis_and_correlation_in_closed_form():
    relu, linear = get_activation("relu"), get_activation("linear")
    for width in (1, 10, 1000):
        assert limits.output_excess_kurtosis(width, 0.8, relu) == pytest.approx(15 / width)
        assert limits.output_excess_kurtosis(width, 0.8, linear) == pytest.approx(6 / width)
        # linear, two outputs: E z_1²z_2² = q²(1 + 2/N), Var z² = 2q²(1 + 3/N)
        assert limits.square_correlation(width, 0.8, linear) == pytest.approx(1 / (width + 3))


def test_sampled_outputs_have_the_exact_moments():
    """Two outputs of one hidden layer: kurtosis, and the correlation of their squares."""
    rng, size, width = stream(8, "outputs"), 200_000, 4
    z = limits.sample_outputs(size, width, X[:2], TANH, rng, gamma=2.0, outputs=2)
    assert z.shape == (size, 2, 2)
    variance = X[0] @ X[0] / 3
    first = z[:, 0, 0]
    limit = limits.limit_kernels(X[:2], TANH, gamma=2.0, eta=1.0).covariance
    assert np.cov(z[:, :, 0].T) == pytest.approx(limit, abs=5e-3 * limit[0, 0] * 2)
    kurtosis = np.mean(first**4) / np.mean(first**2) ** 2 - 3
    assert kurtosis == pytest.approx(limits.output_excess_kurtosis(width, variance, TANH), abs=0.1)
    correlation = np.corrcoef(first**2, z[:, 0, 1] ** 2)[0, 1]
    assert correlation == pytest.approx(limits.square_correlation(width, variance, TANH), abs=0.02)
    assert abs(np.corrcoef(first, z[:, 0, 1])[0, 1]) < 0.01


@pytest.mark.parametrize("activation", SMOOTH, ids=names)
def test_second_derivatives(activation):
    z, step = np.linspace(-3, 3, 41), 1e-4
    numerical = (activation.dphi(z + step) - activation.dphi(z - step)) / (2 * step)
    size = max(1.0, np.abs(numerical).max())
    assert np.abs(second_derivative(activation, z) - numerical).max() < 1e-7 * size


@pytest.mark.parametrize("bias", [False, True])
def test_hessian_against_differences_of_the_gradient(bias):
    network = ol.sample_parameters(4, 3, stream(9, "net"), bias=bias)
    theta, step = network.vector(), 1e-5
    full = np.empty((len(theta), len(theta)))
    for k in range(len(theta)):
        ends = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[k] += sign * step
            ends.append(
                ol.parameter_gradients(network.with_vector(moved), X[:1], TANH, gamma=1.7)[0]
            )
        full[k] = (ends[0] - ends[1]) / (2 * step)
    blocks = hessian_blocks(network, X[0], TANH, gamma=1.7)
    assert blocks.shape == (4, 4 + bias, 4 + bias)
    for i in range(4):
        place = [*range(3 * i, 3 * i + 3), *([16 + i] if bias else []), 12 + i]
        assert blocks[i] == pytest.approx(full[np.ix_(place, place)], abs=1e-8)
        full[np.ix_(place, place)] = 0
    assert np.abs(full).max() < 1e-8
    norms = hessian_norm(network, X, TANH, gamma=1.7)
    assert norms.shape == (4,)
    assert norms[0] == pytest.approx(np.abs(np.linalg.eigvalsh(blocks)).max(), rel=1e-12)


def test_hessian_norm_needs_the_logarithm():
    """Row 36 of the errata: √N‖Hess‖/√(2 log N) is constant within 10 %, √N‖Hess‖ is not."""
    widths = [100, 1000, 10_000, 100_000]
    x = np.array([[math.sqrt(2), 0.0]])
    plain = [
        math.sqrt(width)
        * np.mean(
            [
                hessian_norm(ol.sample_parameters(width, 2, stream(k, "hess")), x, TANH, gamma=1)[0]
                for k in range(30)
            ]
        )
        for width in widths
    ]
    scaled = np.array(plain) / np.sqrt(2 * np.log(widths))
    assert scaled.max() / scaled.min() < 1.1
    assert plain[-1] / plain[0] > 1.5


def test_bound_of_the_kernels_change():
    """Row 35: the corrected bound holds."""
    x, y = X[:3, :2], np.array([0.4, -0.2, 0.9])
    network = ol.sample_parameters(30, 2, stream(10, "net"))
    times = np.linspace(0, 4, 60)
    for gamma in (1.0, 0.1):
        flow = gradient_flow(
            network, x, y, TANH, gamma=gamma, eta=1.0, times=times, keep_parameters=True
        )
        change = [np.linalg.norm(kernel - flow.kernels[0], 2) for kernel in flow.kernels]
        corrected, _ = kernel_change_bounds(flow, x, TANH, gamma=gamma, eta=1.0)
        assert np.all(np.array(change) <= corrected * 1.01 + 1e-12)
    with pytest.raises(ValueError, match="keep_parameters"):
        kernel_change_bounds(
            gradient_flow(network, x, y, TANH, gamma=1, eta=1, times=[1.0]),
            x,
            TANH,
            gamma=1,
            eta=1,
        )


def test_printed_bound_of_the_kernels_change_fails():
    """z = w_1 w_2 from (3, 3) to 0: the kernel w_1² + w_2² falls from 18 to 0. The corrected
    bound is an equality here; the printed one is the length of the path, 3√2."""
    network = ol.OneLayer([[3.0]], [3.0])
    linear = get_activation("linear")
    flow = gradient_flow(
        network,
        [[1.0]],
        [0.0],
        linear,
        gamma=1.0,
        eta=1.0,
        times=np.concatenate([[0.0], np.geomspace(1e-3, 1e5, 600)]),
        keep_parameters=True,
    )
    corrected, printed = kernel_change_bounds(flow, [[1.0]], linear, gamma=1.0, eta=1.0)
    change = abs(flow.kernels[-1, 0, 0] - 18)
    assert change == pytest.approx(18, rel=1e-3)
    assert corrected[-1] == pytest.approx(change, rel=0.01)
    assert printed[-1] == pytest.approx(3 * math.sqrt(2), rel=0.01)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5), st.floats(0.1, 10), st.integers(0, 10**6))
def test_kernels_are_positive_and_homogeneous(width, input_dim, gamma, seed):
    rng = stream(seed, "any")
    network = ol.sample_parameters(width, input_dim, rng)
    x = rng.standard_normal((6, input_dim))
    kernel = ol.empirical_ntk(network, x, TANH, gamma=gamma, eta=gamma**2)
    assert np.linalg.eigvalsh(kernel).min() > -1e-12 * np.trace(kernel)
    same = ol.empirical_ntk(network, x, TANH, gamma=1.0, eta=1.0)
    assert kernel == pytest.approx(same, rel=1e-12)


NET = ol.sample_parameters(3, 2, stream(0, "bad"))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: ol.sample_parameters(0, 2, stream(0, "x")), "width"),
        (lambda: ol.sample_parameters(3, -1, stream(0, "x")), "input_dim"),
        (lambda: ol.OneLayer(np.ones(3), np.ones(3)), "first"),
        (lambda: ol.OneLayer(np.ones((3, 2)), np.ones(4)), "second"),
        (lambda: ol.OneLayer(np.ones((3, 2)), np.full(3, np.nan)), "second"),
        (lambda: ol.OneLayer(np.ones((3, 2)), np.ones(3), np.ones(2)), "bias"),
        (lambda: NET.neurons(2, 9), "stop"),
        (lambda: ol.forward(NET, [[1.0]], TANH, gamma=1), "x must"),
        (lambda: ol.forward(NET, [[1.0, math.inf]], TANH, gamma=1), "x must"),
        (lambda: ol.forward(NET, np.empty((0, 2)), TANH, gamma=1), "x must"),
        (lambda: ol.forward(NET, [[1.0, 2.0]], TANH, gamma=0), "gamma"),
        (lambda: ol.empirical_ntk(NET, [[1.0, 2.0]], TANH, gamma=1, eta=-1), "eta"),
        (lambda: ol.empirical_ntk(NET, [[1.0, 2.0]], TANH, gamma=math.nan, eta=1), "gamma"),
        (lambda: limits.limit_kernels([1.0, 2.0], TANH, gamma=1, eta=1), "x must"),
        (lambda: limits.mean_ntk_table([1.0], TANH, etas=[0.0], gammas=[1.0]), "etas"),
        (lambda: limits.square_spread(0, 1.0, TANH), "width"),
        (lambda: limits.square_spread(3, 0.0, TANH), "variance"),
        (lambda: limits.square_spread(3, 1e3, TANH), "variance"),
        (lambda: limits.sample_outputs(0, 3, X, TANH, stream(0, "x"), gamma=1), "size"),
        (lambda: hessian_norm(NET, X, TANH, gamma=1), "x must"),
        (lambda: hessian_blocks(NET, [1.0], TANH, gamma=1), "x must"),
    ],
)
def test_bad_input_names_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()
