"""Steps at any depth: against the public gradients, replayed, and where they end."""

import numpy as np
import pytest

from compute.activations import get_activation
from compute.backpropagation import PARAMETERISATIONS, loss_and_gradient, multipliers
from compute.training.descent import Rates, batch_order, descend, outputs, start_networks
from compute.training.fused import flatten

TANH = get_activation("tanh")
WIDTHS = [2, 5, 4, 1]


def _start(names, **more):
    rng = np.random.default_rng(2)
    return start_networks(WIDTHS, names, rng, weight_variance=2.0, bias_variance=0.3, **more)


def _data():
    rng = np.random.default_rng(5)
    return rng.standard_normal((7, 2)), rng.standard_normal(7)


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu"])
@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_stacked_steps_are_those_of_each_parameterisation(name, momentum):
    (x, y), sigma, eta, steps = _data(), get_activation(name), 0.02, 30
    names = PARAMETERISATIONS
    networks = _start(names)
    ended, losses = descend(
        networks, x, y, sigma, rates=Rates.of(WIDTHS, names), eta=eta, momentum=momentum,
        steps=steps,
    )  # fmt: skip
    for k, kind in enumerate(names):
        scales = multipliers(WIDTHS, kind)
        weights, biases = networks.one(k)
        weights = [w / m for w, m in zip(weights, scales, strict=True)]
        fast = 4.0 if kind == "mean_field" else 1.0
        own = [fast] * 3 + [fast] * 2 + [1.0]
        parts, moving = [*weights, *biases], [0.0] * 6
        for step in range(steps):
            loss, dw, db = loss_and_gradient(parts[:3], parts[3:], x, y, sigma, kind)
            assert losses[step, k] == pytest.approx(loss, rel=1e-9)
            grads = zip(own, moving, [*dw, *db], strict=True)
            moving = [momentum * v - eta * f * g for f, v, g in grads]
            parts = [p + v for p, v in zip(parts, moving, strict=True)]
        found = ended.one(k)
        for one, other, m in zip(found[0], parts[:3], scales, strict=True):
            np.testing.assert_allclose(one, m * other, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("sigma", [TANH, get_activation("relu")], ids=["tanh", "relu"])
def test_single_precision_follows_double_and_replays_bit_by_bit(sigma):
    x, y = _data()
    rates = Rates.of(WIDTHS, ["ntk"])
    double = descend(_start(["ntk"]), x, y, sigma, rates=rates, eta=0.1, steps=50)[1]
    runs = [
        descend(_start(["ntk"], dtype=np.float32), x, y, sigma, rates=rates, eta=0.1, steps=50)[1]
        for _ in range(2)
    ]
    np.testing.assert_allclose(runs[0], double, rtol=1e-4)
    assert np.array_equal(runs[0], runs[1])


def test_a_network_that_diverges_rests_and_leaves_the_others_alone():
    x, y = _data()
    names, rates = ["ntk"] * 2, Rates.of(WIDTHS, ["ntk"] * 2)
    ended, losses = descend(
        _start(names), x, y, TANH, rates=rates, eta=[0.1, 100.0], steps=60, ceiling=1e6
    )
    alone = descend(
        _start(["ntk"]), x, y, TANH, rates=Rates.of(WIDTHS, ["ntk"]), eta=0.1, steps=60
    )[1]
    np.testing.assert_allclose(losses[:, 0], alone[:, 0], rtol=1e-12)
    assert np.isnan(losses[-1, 1])
    assert all(np.isfinite(w).all() for w in ended.weights)


def test_an_epoch_holds_every_datum_once():
    order = batch_order(11, 4, np.random.default_rng(0))
    assert [len(part) for part in order] == [4, 4, 3]
    assert sorted(np.concatenate(order)) == list(range(11))


def test_ntk_and_standard_start_as_one_function():
    z, hidden = outputs(_start(PARAMETERISATIONS), _data()[0], TANH)
    np.testing.assert_array_equal(z[0], z[1])
    assert [h.shape for h in hidden] == [(3, 7, 5), (3, 7, 4)]


def test_tanh_of_single_precision_is_exact_to_three_ten_millionths():
    z = np.concatenate([np.linspace(-12, 12, 4000), np.geomspace(1e-30, 1, 97)]).astype(np.float32)
    values, slopes = z.reshape(1, 17, 241).copy(), np.empty((1, 17, 241), np.float32)
    flatten(values, np.zeros((1, 17, 1), np.float32), slopes)
    exact = np.tanh(z.astype(np.float64))
    np.testing.assert_allclose(values.ravel(), exact, rtol=4e-7)
    assert np.abs(values).max() <= 1
    np.testing.assert_allclose(slopes.ravel(), 1 - exact**2, atol=6e-7)
    unknown = np.full((1, 1, 1), np.nan, np.float32)
    flatten(unknown, np.zeros((1, 1, 1), np.float32), slopes)
    assert np.isnan(unknown).all()
