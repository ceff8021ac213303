"""Page 1.5's experiment: gradients, training in pieces, corners of the sliders, claims."""

from __future__ import annotations

import dataclasses
import pickle
import warnings

import numpy as np
import pytest

from compute.cache import PAYLOAD_MAX
from compute.claims import Verdict
from compute.experiments.feature_learning import EXPERIMENT, Params, curve, networks, run
from compute.experiments.feature_learning.sampler import SAMPLER, Escapes, batches
from compute.experiments.feature_learning.setting import DATA_SIZES, TARGETS, runs
from compute.sampling import advance, collect

SMALL = Params(width=16, data=64, input_dim=4, steps=100)
QUICK = {"neurons": 20, "stairs_time": 10.0, "stairs_dim": 10}


def test_a_step_goes_down_the_gradient() -> None:
    """Against differences of the loss in float64."""
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((5, 4)), rng.standard_normal(5)
    x, y, scale = rng.standard_normal((30, 4)), rng.standard_normal(30), 0.3

    def loss(w: np.ndarray, v: np.ndarray) -> float:
        return float(np.mean((scale * np.maximum(x @ w.T, 0) @ v - y) ** 2) / 2)

    single = [np.asarray(a, np.float32) for a in (first, second, x, y)]
    after = networks.descend(*single, scale, 1.0)
    for at in np.ndindex(5, 4):
        step = np.zeros((5, 4))
        step[at] = 1e-5
        slope = (loss(first + step, second) - loss(first - step, second)) / 2e-5
        assert first[at] - after[0][at] == pytest.approx(slope, abs=2e-5)
    for i in range(5):
        step = 1e-5 * np.eye(5)[i]
        slope = (loss(first, second + step) - loss(first, second - step)) / 2e-5
        assert second[i] - after[1][i] == pytest.approx(slope, abs=2e-5)


def test_training_in_pieces_is_training_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = collect(SAMPLER, SMALL, 1000).current
    monkeypatch.setattr(networks, "CHUNKS", (1,))
    steps = collect(SAMPLER, SMALL, 1000).current
    assert pieces.steps[-1] == steps.steps[-1] == SMALL.steps
    assert len(steps.steps) == SMALL.steps + 1
    np.testing.assert_array_equal(pieces.first, steps.first)
    np.testing.assert_array_equal(pieces.test[-1], steps.test[-1])


def test_a_state_goes_on_where_another_worker_left_it() -> None:
    sample = collect(SAMPLER, SMALL, 3)
    there = pickle.loads(pickle.dumps(sample))
    went_on, whole = advance(SAMPLER, SMALL, there).current, collect(SAMPLER, SMALL, 4).current
    for field in dataclasses.fields(whole):
        np.testing.assert_array_equal(getattr(went_on, field.name), getattr(whole, field.name))


def test_against_the_data_is_the_network_of_the_first_tab() -> None:
    """Trained in other pieces, at the number of data of its slider."""
    alone = collect(SAMPLER, dataclasses.replace(SMALL, data=256), 1000).current
    params = dataclasses.replace(SMALL, figure="curve")
    found = collect(SAMPLER, params, 1000).current
    at = DATA_SIZES.index(256)
    np.testing.assert_allclose(found.ridge[:, at], alone.ridge, rtol=1e-6)
    np.testing.assert_allclose(found.network[:, at], alone.test[-1], rtol=1e-4)
    assert found.growth().shape == (runs(params),)


def test_against_the_data_goes_on_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    params = dataclasses.replace(SMALL, figure="curve")
    whole = collect(SAMPLER, params, 1000).current
    monkeypatch.setattr(curve, "PIECE_MS", 0.3)
    assert batches(params) > 100
    small = collect(SAMPLER, params, 1000).current
    np.testing.assert_array_equal(small.network, whole.network)
    last = dataclasses.replace(params, steps=1200, width=512, input_dim=64)
    assert 1 <= runs(last) < runs(params)


def test_the_kernel_is_that_of_the_gradients() -> None:
    """Shares of the target by the kernel of differences of the output."""
    rng = np.random.default_rng(1)
    first, second = rng.standard_normal((6, 4)), rng.standard_normal(6)
    x, y = rng.standard_normal((30, 4)), rng.standard_normal(30)
    theta = np.concatenate([first.ravel(), second])

    def z(t: np.ndarray) -> np.ndarray:
        return np.maximum(x @ t[:24].reshape(6, 4).T, 0) @ t[24:]

    jacobian = np.array([(z(theta + s) - z(theta - s)) / 2e-6 for s in 1e-6 * np.eye(30)])
    centred = jacobian - jacobian.mean(axis=1, keepdims=True)
    vectors = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, : networks.LEADING]
    rest = y - y.mean()
    said = np.cumsum((vectors.T @ rest) ** 2) / (rest @ rest)
    single = (np.asarray(a, np.float32) for a in (first, second, x))
    np.testing.assert_allclose(networks.kernel_shares(*single, y, 1.0), said, atol=1e-3)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("exponent", [0.0, 0.5])
def test_small_and_steep_settings_stay_quiet(target: str, exponent: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rate in (0.05, 2.0):
            params = dataclasses.replace(
                SMALL, target=target, exponent=exponent, rate=rate, width=8, input_dim=2
            )
            state = collect(SAMPLER, params, 4).current
            assert state.test.shape == (4, runs(params))
            assert run(params).single.linear >= 0


def test_the_target_has_its_information_exponent() -> None:
    found = {t: run(dataclasses.replace(SMALL, target=t)).single.exponent for t in TARGETS}
    assert found == {
        "relu": 1,
        "hermite1": 1,
        "hermite2": 2,
        "hermite3": 3,
        "hermite4": 4,
        "sign": 1,
    }


def test_large_samples_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state thrice: now, and at two checkpoints."""
    monkeypatch.setattr(networks, "CHUNKS", (1,))
    for params in (
        Params(width=512, input_dim=64, data=64),
        Params(width=512, input_dim=8, data=64),
        Params(figure="staircase", stairs_dim=100),
    ):
        kept = len(pickle.dumps(collect(SAMPLER, params, 2).current))
        assert 3 * kept < 0.9 * PAYLOAD_MAX


def test_medians_count_those_that_did_not_arrive() -> None:
    counts = np.ones((9, 3, 4)) * np.arange(1, 10)[:, None, None]
    counts[-2:, 2] = -1
    counts[3:, 1] = -1
    state = Escapes(counts)
    median, _ = state.median()
    np.testing.assert_array_equal(median[0], 5)
    np.testing.assert_array_equal(median[2], 5)
    assert np.isnan(median[1]).all()
    assert state.lost() == 8 + 24


@pytest.mark.parametrize("figure", ["learning", "curve", "features", "escape", "staircase"])
def test_every_tab_has_batches_to_its_end(figure: str) -> None:
    params = dataclasses.replace(SMALL, figure=figure, **QUICK)
    sample = collect(SAMPLER, params, 1000)
    assert sample.batches == batches(params)
    for claim in EXPERIMENT.claims:
        check = claim.check(params, run(params), sample)
        assert check is None or check.verdict != Verdict.REFUTED, (claim.key, check)


def test_the_claims_agree_and_notice() -> None:
    """The two of the limit, which need no sample; `--power` tries all."""
    params = Params(figure="staircase")
    for claim in EXPERIMENT.claims:
        if not claim.batches:
            at = claim.params
            assert claim.check(at, run(at), None).verdict == Verdict.AGREES
            with claim.faults[0].on():
                assert claim.check(at, run(at), None).verdict == Verdict.REFUTED
    assert run(params).limit.risk.shape[0] == 2
