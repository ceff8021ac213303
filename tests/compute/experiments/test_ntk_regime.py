"""Page 2.2's experiment: two routes per quantity, and claims end as they should."""

import dataclasses
import math
import warnings

import numpy as np
import pytest

from compute.activations import get_activation
from compute.claims import Verdict
from compute.experiment import BUDGET_MS, ensure_affordable, nearest_affordable
from compute.experiments.ntk_regime import EXPERIMENT, Params, run
from compute.experiments.ntk_regime.data import dataset
from compute.experiments.ntk_regime.deep_sweep import DEEP_WIDTHS, GAP, MOVED
from compute.experiments.ntk_regime.lemma import lemma
from compute.experiments.ntk_regime.positivity import positivity
from compute.experiments.ntk_regime.sampler import (
    APART,
    SIZES,
    WIDTHS,
    _peaks,
    batch,
    batches,
)
from compute.experiments.ntk_regime.setting import data_of, setting_of
from compute.params import parameters
from compute.sampling import collect, merge, stream
from compute.training.flow_reference import reference_flow
from compute.training.one_layer import (
    OneLayer,
    empirical_ntk,
    sample_parameters,
)
from compute.training.one_layer_hessian import hessian_norm
from tests.thorough import crossed

TABS = [name for name, _ in parameters(Params)["figure"].choices]
CLAIMS = {claim.key: claim for claim in EXPERIMENT.claims}
EXTREMES = [
    {"width": 4, "count": 2, "time": 1.0, "rate": 0.1},
    {"width": 4, "count": 40, "time": 1e5, "rate": 10.0, "exponent": 0.5},
    {"width": 4096, "count": 2, "exponent": 0.5, "angle": 1.0},
    {"activation": "exp", "rate": 10.0, "exponent": 0.5, "dataset": "line"},
    {"activation": "exp", "width": 4, "dataset": "sphere", "seed": 999_999},
    {"activation": "cubic", "width": 16, "exponent": 0.5, "rate": 10.0, "time": 1e5},
    {"activation": "linear", "count": 12, "angle": 180.0},
    {"activation": "relu", "exponent": 0.5, "width": 512, "rate": 10.0},
    {"activation": "abs", "dataset": "points", "points": ((0.0, 1.0), (0.0, -1.0))},
    {"activation": "leaky_relu", "dataset": "points", "points": ()},
    {"dataset": "points", "points": tuple((-2 + k / 8, (-1) ** k) for k in range(32))},
    {"layers": 3, "activation": "exp", "rate": 10.0},
    {"layers": 2, "activation": "cubic", "exponent": 0.5, "time": 1e5},
    {"layers": 3, "activation": "relu", "count": 24, "exponent": 0.5},
]


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, EXTREMES), ids=str)
def test_the_extremes_run_sample_and_check_without_a_warning(tab, setting):
    params = Params(figure=tab, seeds=4, **setting)
    assert EXPERIMENT.work(params) <= BUDGET_MS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = run(params)
        sample = collect(EXPERIMENT.sampler, params, 1) if batches(params) else None
        checks = [claim.check(params, result, sample) for claim in EXPERIMENT.claims]
    assert all(c is None or c.verdict != Verdict.REFUTED for c in checks)
    part = getattr(result, tab, None)
    assert (part is None) == (tab == "width")
    may_be_nan = {"corrected", "printed", "explicit", "closed", "half", "square"}
    for field in dataclasses.fields(part) if part else ():
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
            assert field.name in may_be_nan or not np.isnan(value).any(), field.name


def test_a_setting_that_takes_too_long_names_one_that_does_not():
    params = Params(figure="movement", width=4096, count=64)
    with pytest.raises(ValueError, match="nearest setting"):
        ensure_affordable(EXPERIMENT, params)
    assert EXPERIMENT.work(nearest_affordable(EXPERIMENT, params)) <= BUDGET_MS


def test_the_data_are_nested_and_on_their_curves():
    for name in ("circle", "line", "sphere"):
        few, many = dataset(name, 5, (), 3), dataset(name, 64, (), 3)
        np.testing.assert_array_equal(few.inputs, many.inputs[:5])
        np.testing.assert_array_equal(few.targets, many.targets[:5])
        assert len(np.unique(many.place)) == 64
    circle = dataset("circle", 7, (), 0)
    np.testing.assert_allclose(np.sum(circle.inputs**2, axis=1), 2)
    np.testing.assert_allclose(np.sum(dataset("sphere", 7, (), 0).inputs ** 2, axis=1), 16)


def test_training_agrees_with_a_runge_kutta_method_of_all_parameters():
    params = Params(width=32, time=20.0)
    setting, part = setting_of(params), run(params).training
    slow = reference_flow(
        setting.network,
        setting.data.inputs,
        setting.data.targets,
        setting.activation,
        gamma=setting.gamma,
        eta=setting.eta,
        times=part.times,
        rtol=1e-8,
    )
    np.testing.assert_allclose(part.residuals, slow.residuals, atol=2e-3)
    np.testing.assert_allclose(part.loss, 0.5 * np.mean(slow.residuals**2, axis=1), atol=2e-3)
    kernels = [
        empirical_ntk(n, setting.data.inputs, setting.activation, gamma=1.0, eta=1 / 6)
        for n in slow.parameters
    ]
    least = np.minimum.accumulate([np.linalg.eigvalsh(k)[0] for k in kernels])
    np.testing.assert_allclose(part.least, least, rtol=0.02)
    np.testing.assert_allclose(part.bound, part.loss[0] * np.exp(-2 * part.least * part.times))


def test_the_modes_add_up_to_the_residual_and_the_curves_start_there():
    part = run(Params(width=64)).training
    norms = np.linalg.norm(part.residuals, axis=1)
    np.testing.assert_allclose(np.linalg.norm(part.shares, axis=1), norms)
    decay = np.exp(-part.curve_times[:, None] * part.rates)
    np.testing.assert_allclose(part.curves, decay * part.shares[0])
    np.testing.assert_allclose(part.explicit, part.closed, atol=1e-5)


def test_predictions_on_the_grid_pass_through_those_on_the_data():
    part = run(Params(width=64, dataset="points", points=((-2.0, 1.0), (0.0, 0.5)))).training
    grid = part.data.grid_place
    for values, residuals in (
        (part.predictions, part.residuals),
        (part.linear_predictions, part.linear_residuals),
    ):
        at_zero = np.interp(0.0, grid, values[-1])
        assert at_zero == pytest.approx(residuals[-1, 1] + 0.5, abs=2e-3)


def test_movement_agrees_with_the_networks_along_the_way():
    params = Params(figure="movement", width=32, time=50.0)
    setting, part = setting_of(params), run(params).movement
    slow = reference_flow(
        setting.network,
        setting.data.inputs,
        setting.data.targets,
        setting.activation,
        gamma=1.0,
        eta=1.0,
        times=np.array([0.0, 50.0]),
        rtol=1e-8,
    )
    ends = [
        empirical_ntk(n, setting.data.inputs, setting.activation, gamma=1.0, eta=1 / 6)
        for n in slow.parameters
    ]
    change = np.linalg.norm(ends[1] - ends[0], ord=2)
    assert part.change[-1] == pytest.approx(change, rel=0.02)
    moved = np.linalg.norm(slow.parameters[1].vector() - slow.parameters[0].vector())
    assert part.moved[-1] == pytest.approx(moved, rel=0.01)
    assert np.all(part.change <= part.corrected + 1e-12)
    assert part.half == pytest.approx(0.5 * np.linalg.eigvalsh(ends[0])[0])


def test_the_metric_is_the_inverse_kernel():
    part = run(Params(figure="metric", angle=40.0)).metric
    setting = setting_of(Params(figure="metric", angle=40.0))
    kernel = empirical_ntk(
        setting.network, setting.data.inputs, setting.activation, gamma=1.0, eta=0.5
    )
    offsets = part.ellipses[0] - part.path[0]
    sizes = np.einsum("mi,ij,mj->m", offsets, np.linalg.inv(kernel), offsets)
    np.testing.assert_allclose(sizes, sizes[0])
    assert part.overlap == pytest.approx(math.cos(math.radians(40)) + 1)
    np.testing.assert_allclose(part.path[-1], part.target, atol=1e-6)


def test_the_smallest_eigenvalue_of_the_limit_against_sampled_kernels():
    part = positivity(get_activation("erf"), "circle", 4, (), 0, 2.0)
    data = dataset("circle", 4, (), 0)
    network = sample_parameters(200_000, 2, stream(5, "check"), bias=True)
    kernel = empirical_ntk(network, data.inputs, get_activation("erf"), gamma=1.0, eta=2 / 4)
    assert part.limit == pytest.approx(np.linalg.eigvalsh(kernel)[0], rel=0.02)
    assert part.trace == pytest.approx(np.trace(kernel), rel=0.02)
    assert part.by_count[list(part.counts).index(4)] == pytest.approx(part.limit)
    assert part.limit_trace == pytest.approx(2 * part.printed_trace)
    assert part.by_width[:, -1].mean() == pytest.approx(part.limit, rel=0.1)


@pytest.mark.parametrize(
    ("activation", "data", "dimension"),
    [
        ("linear", "circle", 3),
        ("cubic", "circle", 7),
        ("linear", "line", 2),
        ("cubic", "line", 4),
        ("linear", "sphere", 17),
    ],
)
def test_polynomials_span_their_dimension_and_no_more(activation, data, dimension):
    part = run(Params(figure="eigenvalues", activation=activation, dataset=data, count=20))
    assert part.eigenvalues.dimension == dimension
    assert part.eigenvalues.rank == dimension
    assert part.eigenvalues.limit == 0


def test_the_models_of_the_lemma():
    part = lemma(2.0)
    assert part.half_rate == pytest.approx(2.0, abs=1e-4)
    assert part.square_rate == pytest.approx(4.0, abs=1e-4)
    np.testing.assert_allclose(part.quartic, (1 + 16 * part.times) ** -2.0, rtol=1e-5)
    kept = part.half_bound > 1e-7
    np.testing.assert_allclose(part.half[kept], part.half_bound[kept], rtol=1e-3)
    assert part.change[-1] == pytest.approx(16)
    assert lemma(1.0).printed[-1] == pytest.approx(2)
    assert lemma(1.0).corrected[-1] == pytest.approx(8)


def test_the_peaks_are_those_of_the_hessian():
    rng = stream(1, "neurons")
    peaks = _peaks(get_activation("tanh"), rng)
    hidden, outer = stream(1, "neurons").standard_normal((2, SIZES[-1]))
    network = OneLayer(hidden[:, None], outer)
    norm = hessian_norm(network, np.array([[1.0]]), get_activation("tanh"), gamma=1.0)[0]
    assert peaks[1, -1] == pytest.approx(math.sqrt(SIZES[-1]) * norm)
    assert list(peaks[0]) == [10_000, 1000, 100, 10, 1]


def test_batches_are_deterministic_and_merge_into_one():
    params = Params(figure="width", count=2, seeds=8)
    first, second = batch(params, 0), batch(params, 1)
    np.testing.assert_array_equal(first.logs, batch(params, 0).logs)
    assert not np.array_equal(first.logs, second.logs)
    both = merge(first, second)
    assert both.drawn == 2
    np.testing.assert_allclose(both.logs, first.logs + second.logs)
    slope = np.polyfit(np.log(WIDTHS), first.logs[0, APART], 1)[0]
    assert first.slope(APART).value == pytest.approx(slope)
    assert both.slope(APART).value == pytest.approx(
        0.5 * (first.slope(APART).value + second.slope(APART).value)
    )
    assert batches(Params()) == 0


@pytest.mark.parametrize("layers", [2, 3])
def test_deep_batches_merge_and_fit_the_slope_of_their_means(layers):
    params = Params(figure="width", count=2, seeds=4, layers=layers, time=20.0)
    parts = batches(params) // 4
    whole = collect(EXPERIMENT.sampler, params, 2 * parts).current
    np.testing.assert_array_equal(batch(params, 1).logs, batch(params, 1).logs)
    assert list(whole.counts) == [2] * len(DEEP_WIDTHS)
    assert whole.skipped == 0
    means = whole.logs[0, APART] / 2
    slope = np.polyfit(np.log(DEEP_WIDTHS), means, 1)[0]
    assert whole.slope(APART).value == pytest.approx(slope)
    assert whole.slope(APART).standard_error > 0


def test_two_hidden_layers_follow_the_theorem():
    params = Params(figure="width", dataset="sphere", count=4, layers=2, seeds=8)
    current = collect(EXPERIMENT.sampler, params, 8).current
    for which, slope in ((APART, -0.5), (GAP, -1.0), (MOVED, 0.0)):
        estimate = current.slope(which)
        assert abs(estimate.value - slope) < 0.1 + 4 * estimate.standard_error


def test_the_sweep_shows_the_slope_of_the_theorem_and_that_of_a_kink():
    for activation, slope in (("tanh", -0.5), ("relu", -0.25)):
        params = Params(figure="width", activation=activation, dataset="sphere", count=2, seeds=4)
        sample = collect(EXPERIMENT.sampler, params, 4)
        estimate = sample.current.slope(APART)
        assert abs(estimate.value - slope) < 0.1 + 4 * estimate.standard_error
        peak = sample.current.peak_growth()
        if activation == "tanh":
            assert peak.value == pytest.approx(math.sqrt(3), rel=0.1)


def test_the_metric_tab_has_two_data_of_its_own():
    data = data_of(Params(figure="metric", dataset="line", count=9))
    assert data.targets.shape == (2,)
