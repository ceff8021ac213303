"""Page 2.5's experiment: every tab at its extremes, claims along the sliders, real networks."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from compute.activations import get_activation
from compute.catapult import catapult_path
from compute.claims import Verdict
from compute.experiments.leaving_the_kernel_regime import EXPERIMENT, Params, run
from compute.experiments.leaving_the_kernel_regime.run import REGULAR
from compute.experiments.leaving_the_kernel_regime.sampler import KAPPAS, SAMPLER, batch, train
from compute.experiments.leaving_the_kernel_regime.setting import (
    ACTIVATIONS,
    CURVATURE,
    drawn_start,
)
from compute.ledger import Entry, evaluate
from compute.sampling import collect, merge
from compute.training.large_steps import descend, kernels
from compute.training.one_layer import OneLayer, empirical_ntk, forward, parameter_gradients

NAMES = [name for name, _ in ACTIVATIONS]


@pytest.mark.parametrize("figure", ["map", "final"])
def test_vectors_at_every_corner(figure: str) -> None:
    corners = itertools.product((0.1, 6.0), (10, 1000), (0.0, 3.0), (10, 400))
    for kappa, width, start, steps in corners:
        params = Params(figure=figure, kappa=kappa, width=width, start=start, steps=steps)
        result = run(params)
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, None)
            assert check is None or check.verdict != Verdict.REFUTED, (params, claim.key)


@pytest.mark.parametrize("figure", ["scales", "times"])
@pytest.mark.parametrize("sigma", [0.2, 2.0])
@pytest.mark.parametrize("phi", [0.2, 2.0])
def test_the_flow_at_every_corner(figure: str, sigma: float, phi: float) -> None:
    for particles, other in itertools.product((2, 20), (0.2, 2.0)):
        params = Params(
            figure=figure,
            particles=particles,
            sigma0=sigma,
            sigma1=other,
            sigma2=sigma,
            phi0=other,
            phi1=phi,
            phi2=other,
        )
        for epsilon in (1e-8, 1e-3, 0.1, 100.0) if figure == "scales" else (1.0,):
            params = replace(params, epsilon=epsilon)
            result = run(params)
            for claim in EXPERIMENT.claims:
                check = claim.check(params, result, None)
                assert check is None or check.verdict != Verdict.REFUTED, (params, claim.key)


@pytest.mark.parametrize("activation", NAMES)
def test_networks_at_every_corner(activation: str) -> None:
    for kappa, neurons, data, target in itertools.product(
        (0.1, 6.0), (8, 64), (1, 8), ("random", "zero")
    ):
        params = Params(
            figure="networks",
            activation=activation,
            kappa=kappa,
            neurons=neurons,
            data=data,
            target=target,
        )
        part = run(params).networks
        assert part is not None
        assert np.all(np.isfinite(part.loss))
        assert np.all(np.isfinite(part.kappa))


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_a_step_is_the_gradient_of_the_loss(activation: str) -> None:
    """Against the gradients of the one-layer network, and the kernel against its own."""
    first, second, x, y = drawn_start(Params(data=4), 3, 16)
    sigma, network = get_activation(activation), OneLayer(first[0], second[0])
    kernel = empirical_ntk(network, x[0], sigma, gamma=2.0, eta=1.0) / 4
    assert kernels(first, second, x, sigma, gamma=2.0)[0] == pytest.approx(kernel)
    gradients = parameter_gradients(network, x[0], sigma, gamma=2.0)
    residual = forward(network, x[0], sigma, gamma=2.0) - y[0]
    eta = 1.5 / np.linalg.eigvalsh(kernel)[-1]
    after = network.with_vector(network.vector() - eta * residual @ gradients / 4)
    wanted = 0.5 * np.mean((forward(after, x[0], sigma, gamma=2.0) - y[0]) ** 2)
    found = descend(first, second, x, y, sigma, gamma=2.0, sharpness=[1.5], steps=1)
    assert found.loss[1, 0] == pytest.approx(wanted)
    assert found.loss[0, 0] == pytest.approx(0.5 * np.mean(residual**2))


def test_the_linear_network_of_one_datum_is_the_catapult() -> None:
    """One input, target 0, linear: the two-number map with n = N_1, after rotating W to x."""
    from compute.catapult import catapult_path

    first, second, x, _ = drawn_start(Params(data=1, target="zero"), 0, 200)
    sigma, zero = get_activation("linear"), np.zeros((1, 1))
    lam = float(kernels(first, second, x, sigma, gamma=1.0)[0, 0, 0])
    output = float(second[0] @ (first[0] @ x[0, 0]) / np.sqrt(10 * 200))
    path = catapult_path(output, lam, 3.0 / lam, 200, 20)
    found = descend(first, second, x, zero, sigma, gamma=1.0, sharpness=[3.0], steps=20, watch=True)
    assert found.loss[:, 0] == pytest.approx(path[:, 0] ** 2 / 2, rel=1e-8)
    assert found.curvature[:, 0] == pytest.approx(path[:, 1], rel=1e-8)


def test_dead_networks_are_counted() -> None:
    """One datum with target 0: at huge steps what converges has died."""
    params = Params(figure="networks", data=1, target="zero", neurons=64, networks=20)
    now = (
        merge(batch(params, 0), batch(params, 1))
        if SAMPLER.batches(params) > 1
        else batch(params, 0)
    )
    assert now.dead[KAPPAS.index(8.0)] >= 1
    assert now.dead[KAPPAS.index(1.0)] == 0
    assert np.all(now.dead <= now.converged)


def test_narrow_networks_are_the_first_neurons_of_wide_ones() -> None:
    wide, narrow = drawn_start(Params(), 1, 32), drawn_start(Params(), 1, 8)
    assert np.array_equal(wide[0][:, :8], narrow[0])
    assert np.array_equal(wide[2], narrow[2])


def test_small_steps_settle_and_large_ones_are_gone() -> None:
    found = train(Params(data=4), 0, 64, 0.0, (0.5, 40.0), 0.01)
    assert found.settled.tolist() == [True, False]
    assert found.diverged.tolist() == [False, True]
    assert np.all(np.isfinite(found.kernel_change))


@pytest.mark.parametrize(
    "bad", [{"gamma": 0.0}, {"sharpness": [-1.0]}, {"steps": 0}, {"sharpness": [1.0, 2.0]}]
)
def test_bad_arguments_are_refused(bad: dict[str, Any]) -> None:
    given: dict[str, Any] = {"gamma": 1.0, "sharpness": [1.0], "steps": 2} | bad
    with pytest.raises(ValueError, match=r"gamma|sharpness|steps"):
        descend(*drawn_start(Params(), 0, 8), get_activation("relu"), **given)


EXACT = [claim for claim in EXPERIMENT.claims if not claim.batches]


@pytest.mark.parametrize("claim", EXACT, ids=lambda c: c.key)
def test_exact_claims_agree_and_their_rivals_do_not(claim: Any) -> None:
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:])


def test_the_law_beside_networks_is_where_vectors_of_their_length_end() -> None:
    """By the map itself, step after step, at three step sizes."""
    part = run(Params(figure="networks", neurons=512, steps=10)).networks
    for at in (10, 40, 70):
        kappa = REGULAR[at]
        path = catapult_path(1.0, CURVATURE, kappa / CURVATURE, 512, 2000)
        assert part.law[at] == pytest.approx(kappa / CURVATURE * path[-1, 1], rel=1e-4)


def test_dead_neurons_of_converged_networks_are_counted() -> None:
    params = Params(figure="networks", data=1, target="zero", neurons=64, networks=20)
    now = collect(SAMPLER, params, 1000).current
    found = [train(params, k, 64, 0.0, KAPPAS, 1e-8) for k in range(20)]
    good = np.array([~f.diverged & (f.loss[-1] <= f.loss[0]) for f in found])
    dead = np.array([f.dead for f in found])
    np.testing.assert_allclose(now.neurons, (good * dead).sum(axis=0))
    share = now.neurons / np.maximum(now.converged, 1)
    assert share[-1] > share[0]
