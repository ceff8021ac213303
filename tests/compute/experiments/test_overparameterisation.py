"""Page 1.3's experiment: every tab at its ends, its claims, what descent does."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiments.overparameterisation import EXPERIMENT, Params, run
from compute.experiments.overparameterisation.sampler import GOAL, descend
from compute.experiments.overparameterisation.setting import ACTIVATIONS, count, start_ratios
from compute.jacobian_rank import parameter_count


@pytest.mark.parametrize("activation", [name for name, _ in ACTIVATIONS])
@pytest.mark.parametrize("depth", [1, 4])
@pytest.mark.parametrize("data", [2, 40])
def test_no_exact_claim_is_refuted_at_the_ends(activation: str, depth: int, data: int) -> None:
    for dim, width in ((1, 1), (3, 6)):
        for figure in ("rank", "patterns"):
            params = Params(figure, activation, width, depth, dim, data, networks=2)
            result = run(params)
            for claim in EXPERIMENT.claims:
                check = claim.check(params, result, None)
                assert check is None or check.verdict != Verdict.REFUTED, claim.key


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("aligned", ["aligned", "random"])
def test_linear_networks_end_at_their_target(layers: int, aligned: str) -> None:
    part = run(Params("linear", layers=layers, aligned=aligned, ratio=1.5, start=0.1)).linear
    assert part is not None
    assert np.all(np.isfinite(part.modes))
    assert np.all(part.loss[:, -1] < 0.2 * part.loss[:, 0])


def test_parameters_are_counted_as_everywhere() -> None:
    assert count(Params(depth=2, input_dim=5), 4) == parameter_count([5, 4, 4, 1], True)
    assert start_ratios(Params()) == [
        11 / 16,
        21 / 16,
        31 / 16,
        51 / 16,
        61 / 16,
        81 / 16,
        161 / 16,
    ]


def test_a_step_of_descent_is_that_of_numpy() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((5, 2)), rng.standard_normal(5)
    inner, outer = rng.standard_normal((3, 3)), rng.standard_normal(4)
    a, b = inner.copy(), outer.copy()
    for _ in range(3):
        h = np.tanh(x @ a[:, :2].T + a[:, 2])
        residual = h @ b[:3] / math.sqrt(3) + b[3] - y
        drive = residual[:, None] * (1 - h**2) * b[:3] / math.sqrt(3) / 5
        b = b - np.append(residual @ h / math.sqrt(3), residual.sum()) / 5
        a = a - drive.T @ np.column_stack([x, np.ones(5)])
    h = np.tanh(x @ a[:, :2].T + a[:, 2])
    loss = 0.5 * np.mean((h @ b[:3] / math.sqrt(3) + b[3] - y) ** 2)
    assert descend(x, y, inner, outer, 2, 1.0, 3) == pytest.approx(loss, rel=1e-12)


def test_batches_are_the_same_twice_and_stop_at_the_goal() -> None:
    params = Params("starts", steps=2000, starts=20)
    assert EXPERIMENT.sampler is not None
    first, again = (EXPERIMENT.sampler.batch(params, 1).losses for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (1, 7)
    assert GOAL / 10 < first[0, -1] <= GOAL < first[0, 0]
    wild = EXPERIMENT.sampler.batch(replace(params, activation="linear", rate=2.0), 0)
    assert not np.isnan(wild.losses).any()
