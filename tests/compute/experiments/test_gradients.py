"""Page 3.5's experiment: real networks against finite differences, every tab at every extreme."""

from __future__ import annotations

import itertools
import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiments.gradients import EXPERIMENT, Params, run
from compute.experiments.gradients.sampler import SAMPLER, batches
from compute.experiments.gradients.setting import ACTIVATIONS, FIGURES, stops
from compute.ledger import Entry, evaluate
from compute.sampling import collect
from tests.thorough import crossed, several

NAMES = [name for name, _ in ACTIVATIONS]
TABS = [name for name, _ in FIGURES]
SHORT = "compute.experiments.gradients.sampler.BATCH_MS"


def numbers(part: Any) -> list[np.ndarray]:
    """Every array in a result and its parts."""
    if isinstance(part, np.ndarray):
        return [part]
    if is_dataclass(part):
        return [a for f in fields(part) for a in numbers(getattr(part, f.name))]
    return []


@pytest.mark.parametrize(("figure", "activation"), crossed(TABS, NAMES))
def test_every_tab_runs_at_its_corners(
    activation: str, figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing raises or warns; a batch too, and every claim judges or is silent."""
    monkeypatch.setattr(SHORT, 1e-9)
    ends = ((0.25, 0.0), (4.0, 2.0), (4.0, 0.0))
    for width, depth, (weight, bias) in itertools.product((1, 128), (1, 200), ends):
        params = Params(
            figure=figure,
            activation=activation,
            width=width,
            depth=depth,
            inputs=1 if depth == 1 else 16,
            weight_variance=weight,
            bias_variance=bias,
            target=2.0,
        )
        result = run(params)
        for values in numbers(result):
            assert not values.flags.writeable
        if width * depth > 1000 and (activation, figure) != ("relu", "layers"):
            continue
        sample = collect(SAMPLER, params, 2)
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, sample)
            assert check is None or check.reason or check.verdict != Verdict.REFUTED


def test_exact_parts_are_there_exactly_where_laws_are_known() -> None:
    for activation, bias in itertools.product(("relu", "abs", "tanh"), (0.0, 1.0)):
        shared = {"activation": activation, "bias_variance": bias, "weight_variance": 1.2}
        law = run(Params(**shared)).law
        layers = run(Params(figure="layers", **shared)).layers
        kernel = run(Params(figure="kernel", **shared)).kernel
        step = run(Params(figure="step", **shared)).step
        assert law
        assert layers
        assert kernel
        assert step
        assert bool(law.cdf.size) == (activation != "tanh")
        for part in (layers.cdf, kernel.fluctuation.exact, step.loss.exact):
            assert bool(part.size) == (activation != "tanh" and bias == 0)


def test_the_picture_holds_the_law() -> None:
    """The drawn density has all but 1e-3 of what is alive, the bins all but 1e-6."""
    for width, depth in ((3, 5), (8, 8), (64, 4), (2, 40), (100, 200)):
        law = run(Params(width=width, depth=depth)).law
        assert law is not None
        mass = np.trapezoid(law.density, law.points)
        assert mass == pytest.approx(1 - law.dead, abs=4e-3)
        assert law.cdf[0] - law.dead < 1e-3
        assert 1 - law.cdf[-1] < 1e-6


def test_batches_are_the_same_bits_again_and_merge() -> None:
    for figure in TABS:
        params = Params(figure=figure, networks=2000, width=4, depth=4)
        one, two = SAMPLER.batch(params, 0), SAMPLER.batch(params, 0)
        for a, b in zip(numbers(one), numbers(two), strict=True):
            assert np.array_equal(a, b)
        assert collect(SAMPLER, params, batches(params)).current.drawn == 2000


def test_a_dead_network_is_counted_everywhere() -> None:
    """Width 1, 20 deep: all but one in a million are dead, and no number is lost or invented."""
    law = collect(SAMPLER, Params(width=1, depth=20, networks=500), 9).current
    assert law.dead.mean == 1
    assert law.counts.sum() == law.counts[0] == 500
    layers = collect(SAMPLER, Params(figure="layers", width=1, depth=20, networks=500), 9).current
    assert layers.alive == 0
    assert layers.apart is None
    assert layers.counts.sum(axis=1).tolist() == [500] * 21


def test_the_kernel_of_real_networks_has_its_moments() -> None:
    """ReLU, 12 wide, 3 deep: mean and second moment, within 4 standard errors."""
    params = Params(figure="kernel", width=12, depth=3, networks=30_000, seed=5)
    state, part = collect(SAMPLER, params, 99).current, run(params).kernel
    assert part is not None
    for k, _ in enumerate(stops(params)):
        mean, square = state.mean[k].mean_estimate(), state.square[k].mean_estimate()
        assert abs(mean.value - 1) < 4 * mean.standard_error
        assert abs(square.value - part.second[k]) < 4 * square.standard_error
        ratio, error = state.fluctuations()
        assert abs(ratio[k] - math.sqrt(part.second[k] - 1)) < 4 * error[k]


def test_spread_of_the_layers_is_what_it_is_made_of() -> None:
    """Variances of the three logarithms, within 4.5 standard errors in every layer."""
    params = Params(figure="layers", width=6, depth=5, inputs=2, networks=20_000, seed=2)
    state, part = collect(SAMPLER, params, 99).current, run(params).layers
    assert part is not None
    variance, error = state.log_variance()
    # the error at the output and the signal at the input do not vary at all
    assert np.all(np.abs(variance - part.variances) <= 4.5 * error + 1e-12)


@pytest.mark.parametrize("claim", several(EXPERIMENT.claims, 6), ids=lambda c: c.key)
def test_claims_reach_their_verdict(claim: Any) -> None:
    """Every claim, at the setting that shows it; its rivals are refuted."""
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:]), check


def test_the_limit_holds_along_the_sliders() -> None:
    """The tolerance of the extrapolation is honest wherever the claim speaks."""
    (claim,) = (c for c in EXPERIMENT.claims if c.key == "kernel_limit")
    judged = 0
    for activation, width, depth in itertools.product(
        ("relu", "linear"), (1, 2, 8, 16, 100), (1, 2, 5, 16, 80, 200)
    ):
        params = Params(figure="kernel", activation=activation, width=width, depth=depth)
        check = claim.check(params, run(params), None)
        assert check is None or check.verdict == Verdict.AGREES, params
        judged += check is not None
    assert judged > 20


def test_runs_fit_their_estimate() -> None:
    for figure in TABS:
        assert 0 < EXPERIMENT.work(Params(figure=figure)) <= 40
