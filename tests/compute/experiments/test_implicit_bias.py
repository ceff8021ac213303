"""Page 1.4's experiment: every tab at its ends, and what it measures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiments.implicit_bias import Params, run
from compute.experiments.implicit_bias.checks import (
    diagonal_limit,
    risk_above,
    risk_below,
    turning,
)
from compute.experiments.implicit_bias.problems import counts, sparse_problem
from compute.experiments.implicit_bias.sampler import SAMPLER, batches, scales
from compute.experiments.implicit_bias.setting import ALPHAS, FIGURES
from compute.experiments.implicit_bias.turning import INPUTS, SIGMA, sine_outside, turning_data
from compute.implicit_bias import diagonal_linear_path
from compute.sampling import collect
from compute.training.one_layer import OneLayer, forward, sample_parameters
from tests.thorough import several


@pytest.mark.parametrize("figure", [name for name, _ in FIGURES])
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_tab_runs_at_its_ends(figure: str, end: str) -> None:
    low = {"rate": 0.01, "samples": 2, "features": 4, "alpha": 0.001, "decades": 1.0, "noise": 0.0}
    high = {"rate": 1.1, "samples": 60, "features": 120, "alpha": 3.0, "momentum": 0.95}
    run(Params(figure=figure, **(low if end == "low" else high)))


def test_many_weak_features_are_a_ridge() -> None:
    apart = [run(Params(figure="fit", weak=m)).fit.apart for m in (400, 4000)]
    assert apart[1] < apart[0] < 0.1


def test_the_sparse_truth_is_found_from_a_small_start() -> None:
    part = run(Params(figure="alpha", alpha=0.001)).alpha
    np.testing.assert_allclose(part.limit, part.truth, atol=1e-2)
    np.testing.assert_allclose(part.sparse, part.truth, atol=1e-8)


def test_medians_lie_where_the_drawn_risks_do() -> None:
    params = Params(figure="descent", problems=200)
    risks = collect(SAMPLER, params, 2).current.risks
    first, median, third = risks.quartiles()
    assert risks.count == 200
    assert (first <= median).all()
    assert (median <= third).all()
    assert counts(params)[int(median.argmax())] == 20


@pytest.mark.parametrize(("features", "used"), [(10, 10), (20, 20), (24, 24)])
def test_without_noise_rounding_refutes_nothing(features: int, used: int) -> None:
    params = Params(figure="descent", noise=0.0, features=features, used=used, problems=200)
    result, sample = run(params), collect(SAMPLER, params, 2)
    check = (risk_above if used >= params.samples else risk_below)(params, result, sample)
    assert check.verdict is Verdict.AGREES, check


@pytest.mark.parametrize("more", [{}, {"samples": 60}, {"samples": 2, "alpha": 0.15}])
def test_every_diagonal_network_reaches_the_data_and_its_limit(more: dict[str, float]) -> None:
    params = Params(figure="alpha", **more)
    sample = collect(SAMPLER, params, batches(params))
    trained = sample.current.diagonal
    assert [t.alpha for t in trained] == list(scales(params))
    assert trained[0].alpha == params.alpha
    assert set(ALPHAS) <= {t.alpha for t in trained}
    x, y, _ = sparse_problem(params)
    for network in trained:
        assert network.reached, network.alpha
        limit = diagonal_linear_path(x, y, [network.alpha])[0]
        np.testing.assert_allclose(network.beta, limit, atol=2e-3)
        own = replace(params, alpha=network.alpha)
        if own.alpha in (0.001, params.alpha, 3.0):
            assert diagonal_limit(own, run(own), sample).verdict is Verdict.AGREES


@pytest.mark.parametrize("width", [6, 40])
def test_the_angle_to_the_rows_is_that_of_all_parameters(width: int) -> None:
    """Jacobians by differences of the network, and least squares in all parameters."""
    x, _ = turning_data(Params(samples=8), 0)
    rng = np.random.default_rng(3)
    start, now = (sample_parameters(width, INPUTS, rng, bias=True) for _ in range(2))
    residual = rng.standard_normal(8)

    def rows(network: OneLayer) -> np.ndarray:
        theta = network.vector()
        moved = [
            network.with_vector(theta + s * e) for e in 1e-5 * np.eye(theta.size) for s in (1, -1)
        ]
        z = np.array([forward(n, x, SIGMA, gamma=1.0) for n in moved])
        return (z[::2] - z[1::2]).T / 2e-5

    gradient = residual @ rows(now)
    inside = np.linalg.lstsq(rows(start).T, gradient, rcond=None)[0] @ rows(start)
    expected = np.linalg.norm(gradient - inside) / np.linalg.norm(gradient)
    assert sine_outside(start, now, x, residual) == pytest.approx(expected, rel=1e-5)
    assert sine_outside(start, start, x, residual) < 1e-6


@pytest.mark.parametrize(
    ("seed", "exponent"), several([(0, 0.5), (1, 0.25), (2, 0.0), (3, 0.5), (4, 0.0)], 1)
)
def test_no_seed_refutes_that_gradients_turn_by_their_law(seed: int, exponent: float) -> None:
    params = Params(figure="turn", seed=seed, exponent=exponent)
    check = turning(params, run(params), collect(SAMPLER, params, 50))
    assert check.verdict is Verdict.AGREES, check
