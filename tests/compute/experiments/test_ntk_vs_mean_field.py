"""Page 2.4: two routes to every quantity, every corner, claims that end as they should."""

from __future__ import annotations

import dataclasses
import math
import warnings

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiment import BUDGET_MS, nearest_affordable
from compute.experiments.ntk_vs_mean_field import EXPERIMENT, Params, run, sweep
from compute.experiments.ntk_vs_mean_field.checks import BENDING
from compute.experiments.ntk_vs_mean_field.claims import SWEEP
from compute.experiments.ntk_vs_mean_field.neurons import measured_velocity, velocity_formula
from compute.experiments.ntk_vs_mean_field.run import initial
from compute.experiments.ntk_vs_mean_field.sampler import batch, batches, merge
from compute.experiments.ntk_vs_mean_field.setting import (
    EXPONENTS,
    dataset,
    first_widths,
    frame_times,
    gamma,
    nonlinearity,
    phase_exponents,
    sweep_steps,
    target_values,
    why_not,
    widths,
)
from compute.experiments.ntk_vs_mean_field.sweep import AT, measure
from compute.experiments.one_layer_fields import OWN
from compute.params import parameters
from compute.sampling import Sample, collect, stream
from compute.training.flow_reference import reference_flow
from compute.training.gradient_flow import gradient_flow
from compute.training.mean_field import particle_flow
from compute.training.one_layer import (
    empirical_ntk,
    forward,
    preactivations,
    sample_parameters,
)
from tests.thorough import some

TABS = [name for name, _ in parameters(Params)["figure"].choices]
SAMPLED = ["width", "phase"]
CLAIMS = {claim.key: claim for claim in EXPERIMENT.claims}
CORNERS = [
    {"width": 1, "data": 2, "time": 1.0, "widest": 256},
    {"width": 2, "data": 32, "activation": "relu", "bias": False, "target": "hat"},
    {"width": 64, "activation": "sin", "target": "bumps", "exponent_a": 0.5, "exponent_b": 0.0},
    {"width": 64, "activation": "abs", "bias": False, "target": "step"},
    {"width": 64, "activation": "linear", "time": 1000.0},
    {
        "width": 40,
        "target": "own",
        "points": ((0.0, 0.0),),
        "activation": "leaky_relu",
        "time": 50.0,
    },
    {"width": 40, "target": "own", "points": ((1.0, 1.0), (1.0, -1.0)), "activation": "gelu"},
    {"width": 40, "target": "own", "points": (), "activation": "erf", "bias": False},
]


def changed(params, **changes):
    return dataclasses.replace(params, **changes)


def arrays(part):
    """Every array of a result, with its name."""
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            yield field.name, value
        elif dataclasses.is_dataclass(value):
            yield from arrays(value)
        elif isinstance(value, tuple):
            for item in value:
                if dataclasses.is_dataclass(item):
                    yield from arrays(item)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("corner", CORNERS, ids=str)
def test_corners_run_and_check_without_a_warning(tab, corner):
    params = Params(figure=tab, networks=4, **corner)
    assert EXPERIMENT.work(params) <= BUDGET_MS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = run(params)
        for claim in EXPERIMENT.claims:
            claim.check(params, result, None)
    for name, value in arrays(result):
        assert not value.flags.writeable, name
        if name != "alignment":
            assert np.all(np.isfinite(value)), name


@pytest.mark.parametrize("tab", SAMPLED)
@pytest.mark.parametrize("corner", CORNERS[:2], ids=str)
def test_corners_sample_without_a_warning(tab, corner):
    params = Params(figure=tab, networks=4, **(corner | {"widest": 256}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample = collect(EXPERIMENT.sampler, params, batches(params))
        for claim in EXPERIMENT.claims:
            claim.check(params, run(params), sample)
    assert np.all(sample.current.tried == 4)
    assert np.all(np.isfinite(sample.current.logs))


def test_settings_that_take_long_have_a_nearest_one_that_does_not():
    params = Params(width=4096, data=32, activation="gelu", time=1000.0)
    assert EXPERIMENT.work(params) > BUDGET_MS
    assert EXPERIMENT.work(nearest_affordable(EXPERIMENT, params)) <= BUDGET_MS


def test_targets():
    x, y = dataset(Params(target="sine", data=5))
    np.testing.assert_allclose(x[:, 0], [-2, -1, 0, 1, 2])
    np.testing.assert_allclose(y, [0, -1, 0, 1, 0], atol=1e-15)
    own = Params(target="own", points=((0.0, 1.0), (0.0, 2.0), (1.0, 0.0)))
    np.testing.assert_allclose(target_values(own, [-1.0, 0.0, 0.5, 2.0]), [1.5, 1.5, 0.75, 0])
    np.testing.assert_array_equal(dataset(Params(target="own", points=()))[1], [p[1] for p in OWN])


def test_what_cannot_be_fitted_is_said_in_words():
    assert "odd" in why_not(Params(bias=False, target="hat"))
    assert "ratios" in why_not(Params(bias=False, activation="relu"))
    assert "two targets" in why_not(Params(target="own", points=((1.0, 1.0), (1.0, 0.0))))
    assert why_not(Params()) == ""
    result = run(Params(bias=False, target="hat", time=1000.0))
    assert min(side.loss[-1] for side in result.sides) > 0.05


def test_a_network_that_sticks_to_a_kink_takes_no_longer_than_twice_what_is_promised(monkeypatch):
    """One neuron whose kink stays at a datum: steps without end, at every exponent."""
    params, steps = Params(figure="phase", width=1, activation="abs", data=8, time=100.0), []

    def counted(*task, **options):
        flow = gradient_flow(*task, **options)
        steps.append(flow.evaluations // 2)
        return flow

    monkeypatch.setattr(sweep, "gradient_flow", counted)
    run(params)
    promised = [sweep_steps(params, 1, a) for a in phase_exponents(params)]
    assert len(steps) == len(promised)
    assert sum(promised) < sum(steps) <= 2 * sum(promised)
    # a narrow smooth network in the rich regime, over a long time
    params = Params(
        "width", widest=512, target="sine", bias=False, data=13, time=800.0, seed=666666
    )
    steps.clear()
    run(params)
    promised = [sweep_steps(params, n, a) for a in EXPONENTS for n in first_widths(params)]
    assert len(steps) == len(promised)
    assert sum(promised) < sum(steps) <= 2.2 * sum(promised)


def test_networks_that_stop_early_are_counted_and_in_no_mean():
    """One neuron with a kink: some starts stick at every exponent, others come through."""
    params = Params(figure="phase", width=1, activation="abs", networks=4, data=4, time=2.0)
    state = collect(EXPERIMENT.sampler, params, batches(params)).current
    assert np.all(state.tried == 4)
    assert 0 < state.stopped.sum() < state.tried.sum()
    starts = [measured_start(params, start) for start in range(4)]
    through = [found for found in starts if found[AT["reached"]] == 1]
    assert state.counts[0, 0] == len(through)
    for name in ("hidden_movement", "test_error"):
        logs = [math.log(found[AT[name]]) for found in through]
        assert state.mean(name)[0, 0] == pytest.approx(math.exp(np.mean(logs)), rel=1e-12)


def measured_start(params, start):
    """What the sample has of one of its starts, at a = 0."""
    rng = stream(params.seed, "sweep", start)
    return measure(params, sample_parameters(params.width, 1, rng, bias=True), 0.0)


def test_a_slope_without_the_networks_that_stopped_decides_nothing():
    params = changed(SWEEP, networks=100, widest=1024, time=5.0)
    state = collect(EXPERIMENT.sampler, params, 3).current
    late = dataclasses.replace(state, stopped=np.ones_like(state.stopped))
    check = CLAIMS["hidden_movement_kernel"].check(params, None, Sample(3, 3, late, (late, late)))
    assert check.verdict == Verdict.UNDECIDED
    assert "stopped before t" in check.reason


@pytest.mark.parametrize("exponent", [0.0, 0.25, 0.5])
def test_both_sides_agree_with_the_slow_integrator(exponent):
    params = Params(width=30, data=6, time=20.0, exponent_a=exponent, exponent_b=exponent)
    result = run(params)
    network = initial(params, 30)
    x, y = dataset(params)
    scale = gamma(30, exponent)
    slow = reference_flow(
        network, x, y, nonlinearity(params), gamma=scale, eta=scale**2, times=frame_times(params)
    )
    side = result.sides[0]
    np.testing.assert_allclose(side.loss, 0.5 * np.mean(slow.residuals**2, axis=1), atol=2e-3)
    last = slow.parameters[-1]
    moved = preactivations(last, x) - preactivations(network, x)
    assert side.hidden_movement[-1] == pytest.approx(np.sqrt(np.mean(moved**2)), rel=0.02)
    outputs = forward(last, result.grid[:, None], nonlinearity(params), gamma=scale)
    np.testing.assert_allclose(side.outputs[-1], outputs, atol=0.02)


def test_the_mean_field_side_is_the_flow_of_particles():
    params = Params(width=20, data=5, time=10.0)
    x, y = dataset(params)
    times = frame_times(params)[1:]
    path = particle_flow(initial(params, 20), x, y, nonlinearity(params), times=times)
    np.testing.assert_allclose(run(params).sides[1].loss[1:], path.loss, atol=2e-3)


def test_the_kernel_at_first_is_the_same_on_both_sides():
    a, b = run(Params(figure="kernel", width=50)).sides
    np.testing.assert_allclose(a.kernels[0], b.kernels[0], rtol=1e-12)
    at = np.linspace(-2, 2, 25)[:, None]
    params = Params(figure="kernel", width=50)
    again = empirical_ntk(initial(params, 50), at, nonlinearity(params), gamma=1.0, eta=1.0) / 12
    np.testing.assert_allclose(a.kernels[0], again, rtol=1e-12)
    assert a.kernel_change[0] == b.kernel_change[0] == 0
    assert b.kernel_change[-1] > 5 * a.kernel_change[-1]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("exponent", [0.0, 0.3, 0.5])
def test_velocities_of_the_loss_and_of_the_display_agree(bias, exponent):
    params = Params(width=9, data=5, bias=bias)
    network = initial(params, 9)
    measured = measured_velocity(params, network, exponent)
    np.testing.assert_allclose(measured, velocity_formula(params, network, exponent), atol=1e-8)


def test_neurons_end_where_their_displacement_says():
    side = run(Params(figure="particles", width=20, bias=False, time=20.0)).sides[1]
    went = np.linalg.norm(side.neurons.path[-1] - side.neurons.path[0], axis=1)
    np.testing.assert_allclose(went, side.neurons.displacement, rtol=1e-10)
    turned = run(Params(figure="particles", width=100)).sides[1].neurons.path[:, :, 0]
    assert np.abs(np.diff(turned, axis=0)).max() <= math.pi
    assert turned[0].min() >= -0.5 * math.pi
    assert turned[0].max() < 1.5 * math.pi


def test_the_parts_of_the_output_make_up_its_change():
    params = Params(figure="phase", width=100, data=6, time=30.0)
    strip = run(params).strip
    parts = [strip.measured[:, AT[name]] for name in ("outer", "inner", "remainder")]
    # root mean squares obey the triangle inequality
    assert np.all(sum(parts) >= 1 - 1e-9)
    assert parts[2][0] < 0.2 < parts[2][-1]
    again = measure(params, initial(params, 100), 0.5)
    np.testing.assert_array_equal(again, strip.measured[-1])
    sides = run(changed(params, figure="outputs")).sides
    assert sides[1].test_error[0] == pytest.approx(again[AT["test_error"]], rel=0.02)
    assert sides[1].hidden_movement[-1] == pytest.approx(again[AT["hidden_movement"]], rel=0.02)


def test_velocities_are_those_of_the_kernel():
    params = Params(figure="phase", width=60, data=6)
    network = initial(params, 60)
    x, y = dataset(params)
    found = measure(params, network, 0.0)
    kernel = empirical_ntk(network, x, nonlinearity(params), gamma=1.0, eta=1.0) / 6
    speed = kernel @ (y - forward(network, x, nonlinearity(params), gamma=1.0))
    assert found[AT["output_speed"]] == pytest.approx(np.sqrt(np.mean(speed**2)), rel=0.01)


@pytest.mark.parametrize("tab", SAMPLED)
def test_batches_are_deterministic_and_hold_what_was_asked_for(tab):
    params = Params(figure=tab, width=20, widest=256, networks=5, time=5.0)
    first = batch(params, 0)
    np.testing.assert_array_equal(first.logs, batch(params, 0).logs)
    whole = collect(EXPERIMENT.sampler, params, 10_000)
    assert whole.batches == whole.total == batches(params)
    assert np.all(whole.current.counts == 5)
    assert np.all(whole.current.starts == (5 if tab == "width" else whole.current.starts[0]))
    other = collect(EXPERIMENT.sampler, changed(params, seed=1), 10_000)
    assert not np.array_equal(whole.current.logs, other.current.logs)
    both = merge(whole.current, other.current)
    np.testing.assert_array_equal(both.counts, 10)
    with pytest.raises(ValueError, match="no batch"):
        batch(params, batches(params))


def test_the_slope_of_the_means_is_the_mean_of_the_slopes():
    params = Params(figure="width", widest=256, networks=4, time=5.0)
    state = collect(EXPERIMENT.sampler, params, 10_000).current
    fitted = np.polyfit(np.log(widths(params)), np.log(state.mean("hidden_movement")[1]), 1)[0]
    assert state.slope(0.25, "hidden_movement").value == pytest.approx(fitted, rel=1e-9)
    assert (
        math.isnan(batch(params, 0).slope(0.5, "kernel_change").value) or len(widths(params)) == 6
    )


def test_slopes_are_never_far_from_their_claims_over_seeds():
    """At a reduced size: 4 starts a seed, and beyond 5 standard errors would be refuted."""
    predictions = {
        "hidden_movement": lambda a: a - 0.5,
        "kernel_change": lambda a: 2 * a - 1,
        "hidden_speed": lambda a: a - 0.5,
        "output_speed": lambda _: 0.0,
    }
    slopes = {}
    for seed in range(some(5, 20)):
        params = changed(SWEEP, networks=4, widest=512, time=20.0, seed=seed)
        state = collect(EXPERIMENT.sampler, params, 10_000).current
        for name, predicted in predictions.items():
            for a in (0.0, 0.25, 0.5):
                found = state.slope(a, name)
                slopes.setdefault((name, a), []).append(found.value)
                error = math.hypot(found.standard_error, BENDING.get(name, 0.03))
                assert abs(found.value - predicted(a)) < 5 * error, (seed, name, a)
    for (name, a), values in slopes.items():
        assert abs(np.mean(values) - predictions[name](a)) < 0.1, (name, a)


def test_slope_claims_wait_for_a_hundred_draws_and_then_agree():
    params = changed(SWEEP, networks=100, widest=1024, time=5.0)
    first = collect(EXPERIMENT.sampler, params, 3)
    check = CLAIMS["hidden_movement_kernel"].check(params, run(params), first)
    assert check.verdict == Verdict.UNDECIDED
    assert "draws" in check.reason or "sample" in check.reason


def test_claims_are_silent_where_the_limit_is_far():
    judge = CLAIMS["kernel_change_between"].check
    result = run(SWEEP)
    for changes in (
        {"activation": "relu"},
        {"activation": "tanh"},
        {"bias": False},
        {"time": 300.0},
        {"widest": 256},
        {"target": "own"},
        {"figure": "phase"},
    ):
        assert judge(changed(SWEEP, **changes), result, None) is None
    assert judge(SWEEP, result, None).verdict == Verdict.UNDECIDED
