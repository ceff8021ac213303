"""Page 1.2's experiment: chunks replay, limits hold, bad settings end in words, claims decide."""

import warnings

import numpy as np
import pytest

from compute.backpropagation import largest_stable_learning_rate
from compute.claims import Verdict
from compute.experiment import BUDGET_MS, nearest_affordable
from compute.experiments.training_steps import EXPERIMENT, Params, run
from compute.experiments.training_steps.checks import _start
from compute.experiments.training_steps.sampler import CEILING, SAMPLER, batch, batches, bounds
from compute.experiments.training_steps.setting import TEST, activation_of, data_of
from compute.params import tabs
from compute.sampling import collect

EXTREMES = [
    {"activation": "exp", "depth": 6, "rate": 16.0, "weight_variance": 6.0},
    {"activation": "relu", "width": 1, "depth": 6, "bias_variance": 0.0},
    {"activation": "cubic", "rate": 16.0, "momentum": 0.95, "batch_size": 1},
    {"dataset": "points", "points": (), "batch_size": 1},
    {"dataset": "points", "points": ((0.0, 1.0), (0.0, -1.0)), "rate": 4.0},
    {"dataset": "spiral", "count": 2, "noise": 1.0, "width": 1},
    {"dataset": "parity", "rate": 16.0, "parameterisation": "mean_field", "activation": "relu"},
    {"activation": "linear", "weight_variance": 0.1, "parameterisation": "standard"},
]


@pytest.mark.parametrize("tab", tabs(Params))
@pytest.mark.parametrize("setting", EXTREMES, ids=str)
def test_extremes_run_without_a_warning_and_never_refute(tab, setting):
    params = Params(figure=tab, steps=50, **setting)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = run(params)
        sample = collect(SAMPLER, params, 2)
        checks = [claim.check(params, result, sample) for claim in EXPERIMENT.claims]
    assert all(c is None or c.verdict != Verdict.REFUTED for c in checks)
    start = result.start
    assert all(np.isfinite(v).all() for v in (start.loss, start.output, start.gradient))
    assert np.isfinite(sample.current.train[:, np.isinf(sample.current.lost)]).all()


@pytest.mark.parametrize("extra", [{}, {"batch_size": 5, "momentum": 0.6}], ids=str)
def test_chunks_replay_bit_by_bit_whoever_computed_the_ones_before(extra):
    params = Params(steps=60, **extra)
    first, second = (collect(SAMPLER, params, batches(params)).current for _ in range(2))
    assert np.array_equal(first.losses, second.losses)
    assert np.array_equal(first.output, second.output)
    alone = batch(params, 2)
    begin, end = bounds(params, 2)
    assert np.array_equal(alone.losses, first.losses[begin:end])
    assert (len(first.losses), first.at[-1]) == (60, 60)
    with pytest.raises(ValueError, match="index"):
        batch(params, batches(params))


def test_lambda_max_is_that_of_the_public_function():
    params = Params(width=12, count=9)
    x = run(params).start.train.inputs
    limit = largest_stable_learning_rate(*_start(params), x, activation_of(params), "ntk")
    assert run(params).start.largest[0] == pytest.approx(2 / limit, rel=1e-5)


@pytest.mark.parametrize("more", [{"steps": 50}, {"count": 16, "steps": 200}])
def test_far_above_the_limit_a_run_ends_with_its_last_finite_step(more):
    params = Params(rate=16.0, **more)
    now = collect(SAMPLER, params, batches(params)).current
    lost = int(now.lost[0])
    assert 1 <= lost < 50
    assert np.isfinite(now.losses[:lost, 0]).all()
    assert np.isnan(now.losses[lost:, 0]).all()
    assert now.at.tolist() == sorted(now.at)
    assert now.at[-1] == lost - 1
    assert now.train[-1, 0] == pytest.approx(now.losses[lost - 1, 0], rel=1e-5)
    assert now.losses[0, 0] < now.train[-1, 0] <= CEILING * now.losses[0, 0]


def test_own_points_are_the_data():
    train, test = data_of(Params(dataset="points", points=((-1.0, 0.5), (1.0, -0.5))))
    assert train.targets.tolist() == [0.5, -0.5]
    assert len(test.targets) == TEST


def test_a_setting_that_is_too_dear_names_one_that_is_not():
    dear = Params(figure="compare", count=512, width=128, depth=6)
    assert EXPERIMENT.work(nearest_affordable(EXPERIMENT, dear)) <= BUDGET_MS


@pytest.mark.parametrize("claim", EXPERIMENT.claims, ids=lambda c: c.key)
def test_a_claim_agrees_at_its_setting_and_at_two_seeds_more(claim):
    for seed in (0, 1, 2):
        params = type(claim.params)(**{**vars(claim.params), "seed": seed})
        assert claim.check(params, run(params), None).verdict == Verdict.AGREES
    for fault in claim.faults:
        with fault.on():
            found = claim.check(claim.params, run(claim.params), None)
        assert found.verdict == Verdict.REFUTED
