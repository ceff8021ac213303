"""Page 3.4's experiment: every figure at every extreme, its sampler, its claims."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from compute.activations import get_activation
from compute.arrays import log_ladder
from compute.claims import Verdict
from compute.experiments.deep_networks import activation_of
from compute.experiments.finite_width import EXPERIMENT, Params, run
from compute.experiments.finite_width import sampler as sampling
from compute.experiments.finite_width.sampler import SAMPLER, batch, batches
from compute.experiments.finite_width.setting import (
    ACTIVATIONS,
    FIGURES,
    variances,
)
from compute.finite_width import corrections, nearest_critical
from compute.output_law import centred_kernel_moment, output_tail
from compute.sampling import SMALLEST_EFFECTIVE, collect

NAMES = [name for name, _ in ACTIVATIONS]
TABS = [name for name, _ in FIGURES]
LAYERS = ("cumulant", "collapse", "width", "neurons")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few networks."""
    monkeypatch.setattr(sampling, "BATCH", 20_000)
    monkeypatch.setattr(sampling, "SLOW_BATCH", 20_000)


@pytest.mark.parametrize("activation", NAMES)
def test_every_figure_runs_at_the_corners(activation: str) -> None:
    """No setting raises, warns, or is without a first layer."""
    corners = itertools.product(TABS, (0.1, 6.0), (0.0, 2.0), (1, 200), (0.05, 10.0), (1, 4096))
    for figure, weight, bias, depth, variance0, width in itertools.islice(corners, 0, None, 3):
        params = Params(
            figure=figure,
            activation=activation,
            weight_variance=weight,
            bias_variance=bias,
            depth=depth,
            variance0=variance0,
            width=width,
        )
        result = run(params)
        assert EXPERIMENT.work(params) < 100
        if figure in LAYERS:
            assert result.cumulant is not None
            assert np.isfinite(result.cumulant.leading[:, 0]).all()
            assert not result.cumulant.leading.flags.writeable


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("activation", ["relu", "gelu", "exp"])
@pytest.mark.parametrize("route", ["layers", "weights"])
def test_the_sampler_bears_every_setting(activation: str, route: str) -> None:
    for figure, weight, width in itertools.product(("cumulant", "neurons"), (0.1, 6.0), (1, 20)):
        params = Params(
            figure=figure, activation=activation, weight_variance=weight, width=width,
            depth=30, bias_variance=0.1 * (weight > 1), route=route,
        )  # fmt: skip
        sample = collect(SAMPLER, params, 2).current
        part = run(params).cumulant
        assert part is not None
        assert sample.told(part.effective).shape == sample.ratio()[0].shape == sample.largest.shape


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear"])
def test_both_routes_measure_one_law(activation: str) -> None:
    """Weight by weight, and neuron by neuron with the last layer integrated out; with biases."""
    found = []
    for route in ("weights", "layers"):
        params = Params(
            activation=activation, weight_variance=1.4, bias_variance=0.2, variance0=1.3,
            depth=3, width=6, route=route, networks=100_000,
        )  # fmt: skip
        sample = collect(SAMPLER, params, 4).current
        found.append((*sample.ratio(), *sample.shift()))
    (a, ea, g, eg), (b, eb, h, eh) = found
    assert np.all(np.abs(a - b) < 4.5 * np.hypot(ea, eb))
    assert np.all(np.abs(g - h) < 4.5 * np.hypot(eg, eh))
    assert np.all(eb <= ea * 1.05), "integrating out the last layer never costs"


def test_exact_laws_of_two_neurons_and_dead_networks() -> None:
    """ReLU, N = 4: covariance of squares, a third of one neuron's cumulant, share of the dead."""
    params = Params(figure="neurons", width=4, depth=2, route="weights", networks=100_000)
    sample = collect(SAMPLER, params, 8).current
    law = (1 + 5 / 4) ** np.array([1, 2]) - 1
    for value, error in (sample.covariance(), sample.one_neuron(), sample.ratio()):
        assert np.all(np.abs(value[0] - law) < 4.5 * error[0])
    share, dead = 1 - (1 - 2.0**-4) ** 2, sample.dead[0] / sample.count[0]
    assert abs(dead - share) < 4 * math.sqrt(share / sample.count[0])


def test_outputs_have_the_exact_tail_and_an_atom() -> None:
    params = Params(figure="density", width=5, depth=3, networks=100_000)
    sample = collect(SAMPLER, params, 3).current
    count, part = float(sample.count[0]), run(params).density
    assert part is not None
    assert sample.histogram.sum() + sample.dead[0] == count
    expected = float(output_tail(np.array([3.0]), [5] * 3, "relu")[0])
    assert part.tail[0] == pytest.approx(expected)
    spread = math.sqrt(expected / count)
    assert abs(sample.beyond / count - expected) < 4.5 * spread
    # the first-order tail is the integral of the first-order density
    grid = np.linspace(3, 40, 200_001)
    ratio = (1 + 5 / 5) ** 3 - 1
    first = np.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi)
    first = first * (1 + ratio / 8 * (grid**4 - 6 * grid**2 + 3))
    assert part.tail[2] == pytest.approx(2 * np.trapezoid(first, grid), rel=1e-6)
    assert part.first.min() < 0 < part.ratio - 4 / 3


def test_batches_are_deterministic_and_add_up() -> None:
    params = Params(networks=2000)
    first, again, other = batch(params, 0), batch(params, 0), batch(params, 1)
    np.testing.assert_array_equal(first.sums, again.sums)
    assert not np.array_equal(first.sums, other.sums)
    whole = collect(SAMPLER, params, 2).current
    np.testing.assert_allclose(whole.sums, first.sums + other.sums)
    np.testing.assert_array_equal(whole.largest, np.maximum(first.largest, other.largest))
    assert batches(params) * first.count[0] >= 2000


def test_a_straight_line_is_extrapolated_exactly() -> None:
    """Ratios a/N + b/N² give a; here from the exact law of one linear layer, 2/N."""
    params = Params(figure="width", activation="linear", weight_variance=1.0, depth=1, width=50)
    sample = collect(SAMPLER, params, 2).current
    value, error, slope = sample.extrapolated((50, 100, 200))
    # one layer, integrated out: no sampling error is left, so nothing is said of it
    assert math.isnan(value) or abs(value - 2) < 1e-9 + 4 * error
    assert math.isnan(slope) or abs(slope) < 1e-6 + 1000 * error


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("variance", [0.05, 1.0, 10.0])
def test_a_tuned_network_stays_where_it_is(name: str, variance: float) -> None:
    found, activation = nearest_critical(variance, activation_of(name)), activation_of(name)
    assert found.weight > 0
    assert found.bias >= 0
    if found.critical and not found.reason:
        given = {"weight_variance": found.weight, "bias_variance": found.bias}
        kernel = np.exp(corrections(variance, [9] * 3, activation, **given).log_variance)
        np.testing.assert_allclose(kernel, variance, rtol=1e-8)


def test_criticality_is_recognised_where_it_is_set() -> None:
    assert variances(Params()).critical
    assert variances(Params(weight_variance=0.7)).critical, "κ₄/K² of ReLU knows no C_W"
    assert not variances(Params(bias_variance=0.1)).critical
    assert variances(Params(activation="tanh", weight_variance=1.0)).critical
    assert not variances(Params(activation="tanh", weight_variance=1.5)).critical
    tuned = Params(activation="gelu", tuning="critical")
    assert variances(tuned).weight == pytest.approx(2.055581912347135)


def test_the_table_has_the_known_classes() -> None:
    part = run(Params(figure="critical", activation="gelu")).critical
    assert part is not None
    rows = dict(part.rows)
    assert {name for name, row in rows.items() if row.fading} == {
        *("tanh", "erf", "sin", "t − 0.1t³")
    }
    assert rows["ReLU"].slope == pytest.approx(5)
    assert rows["tanh"].slope == pytest.approx(0.6648, abs=1e-4)
    assert rows["exp"].bias == pytest.approx(0.5)
    assert part.half == pytest.approx((3.5615528, 1.9830583, 0.1729224, 4.9042262), rel=1e-6)
    # exp has no network at K < ½
    low = run(Params(figure="critical", activation="exp", variance0=0.3)).critical
    assert low is not None
    assert not low.chosen.solved
    assert "below 0" in low.chosen.reason


def test_the_error_of_the_theorem_against_closed_forms() -> None:
    """cos of a linear network with one layer: (1 + 1/N)^(−N/2)."""
    part = run(Params(figure="observable", law="linear")).observable
    assert part is not None
    n = part.widths
    exact = (1 + 1 / n) ** (-n / 2) - math.exp(-0.5) * (1 + 2 / n / 8)
    np.testing.assert_allclose(part.error[0], np.abs(exact) / math.exp(-0.5), rtol=1e-5)
    np.testing.assert_allclose(part.slope, [-1.996, -2.003, -2.012], atol=2e-3)
    fourth = run(Params(figure="observable", function="fourth")).observable
    assert fourth is not None
    assert fourth.error.max() < 1e-12


def test_drawn_layers_end_at_the_last() -> None:
    for last in (1, 2, 17, 200):
        layers = log_ladder(last, 12)
        assert layers[0] == 1
        assert layers[-1] == last
        assert layers.size <= 12
    assert not log_ladder(0, 12).size


@pytest.mark.parametrize(
    "claim", [c for c in EXPERIMENT.claims if not c.batches], ids=lambda claim: claim.key
)
def test_exact_claims_agree(claim: object) -> None:
    check = claim.check(claim.params, run(claim.params), None)
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:])


def test_claims_say_nothing_elsewhere() -> None:
    """A setting without a sample never judges a sampled claim; other tabs are silent."""
    for figure, activation in itertools.product(TABS, ("relu", "tanh")):
        params = Params(figure=figure, activation=activation, depth=2, route="weights")
        result = run(params)
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, None)
            if check is not None and claim.batches:
                assert check.verdict == Verdict.UNDECIDED


def test_leaky_relu_is_the_one_that_is_named() -> None:
    assert activation_of("leaky_relu") == get_activation("leaky_relu", slope_neg=0.1, slope_pos=1.0)
    assert dataclasses.asdict(Params())["variance0"] == 1.0


def test_relu_is_undecided_where_its_tail_is_too_rare_for_the_sample() -> None:
    """15 000 networks of width 8: a sample without the rarest of them would call itself enough."""
    claim = next(c for c in EXPERIMENT.claims if c.key == "exact_relu")
    params = Params(depth=4, width=8, route="weights", networks=12_000, seed=5)
    sample, result = collect(SAMPLER, params, 4), run(params)
    assert sample.current.estimate().effective > 2 * SMALLEST_EFFECTIVE
    check = claim.check(params, result, sample)
    assert check is not None
    assert "tail is not sampled" in check.reason
    assert result.cumulant is not None
    assert not sample.current.told(result.cumulant.effective)[0, -1]
    hidden = [8] * 4
    second, fourth = (centred_kernel_moment(hidden, "relu", k) for k in (2, 4))
    assert result.cumulant.effective[0, -1] == pytest.approx(second**2 / fourth, rel=1e-9)
