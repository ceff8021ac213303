"""Page 2.3's experiment: corners, two routes to each number, claims, twenty seeds."""

from __future__ import annotations

import dataclasses
import itertools
import math
import warnings

import numpy as np
import pytest

from components.figures.mean_field.words import notice
from compute.activations import get_activation
from compute.claims import Verdict
from compute.experiments.mean_field import EXPERIMENT, Params, run
from compute.experiments.mean_field.flows import (
    cloud_ms,
    most_cloud_steps,
    most_steps,
    step_ms,
    trained,
)
from compute.experiments.mean_field.sampler import (
    DRAWN_WIDTHS,
    SAMPLER,
    batches,
    exact_constant,
    widths,
)
from compute.experiments.mean_field.setting import (
    atoms,
    dataset,
    dimension,
    grid,
    located,
    start,
    target_values,
    why_not,
)
from compute.experiments.mean_field.squares import Squares
from compute.experiments.mean_field.ways import INSTANTS, agreement
from compute.ledger import Entry, evaluate
from compute.params import parameters
from compute.sampling import collect, merge
from compute.training.flow_reference import reference_flow
from compute.training.mean_field import wasserstein
from compute.training.one_layer import OneLayer, forward
from tests.thorough import crossed, several

NAMES = [name for name, _ in parameters(Params)["activation"].choices]
SMOOTH = [name for name, _ in parameters(Params)["smooth"].choices]
TARGETS = [name for name, _ in parameters(Params)["target"].choices]
SMALL = {"width": 16, "particles": 5, "time": 3.0, "horizon": 1.0, "data": 5}


def arrays(result: object) -> list[np.ndarray]:
    found = []
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            found.append(value)
        elif dataclasses.is_dataclass(value):
            found += arrays(value)
    return found


@pytest.mark.parametrize(("inputs", "target"), crossed(["line", "circle"], TARGETS))
def test_every_tab_runs_at_the_corners(inputs: str, target: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for bias, name in crossed((False, True), NAMES):
            params = Params(inputs=inputs, target=target, bias=bias, activation=name, **SMALL)
            for values in arrays(run(params)):
                assert np.all(np.isfinite(values))
        for bias, name in crossed((False, True), SMOOTH):
            params = Params(
                figure="ways", inputs=inputs, target=target, bias=bias, smooth=name, **SMALL
            )
            part = run(params).ways
            assert part.gap.max() < agreement(params)
            assert np.all(np.isfinite(part.loss))


@pytest.mark.parametrize("name", several(["exp", "cubic"], 1))
def test_a_time_out_of_reach_is_said_and_the_rest_is_shown(name: str) -> None:
    params = Params(figure="ways", smooth=name, particles=64, horizon=20.0, bias=True)
    part = run(params).ways
    assert "did not reach t = 20" in part.stopped
    assert 0 < part.times[-1] < 20
    assert part.gap.max() < agreement(params)
    assert part.outer_parameters.shape[0] == len(part.times) == INSTANTS
    assert "did not reach" in notice(params, run(params), None, None)
    for claim in EXPERIMENT.claims:
        check = claim.check(params, run(params), None)
        assert check is None or check.verdict != Verdict.REFUTED


@pytest.mark.parametrize("data", [1, 2, 32])
@pytest.mark.parametrize("width", [1, 2])
def test_the_smallest_networks(data: int, width: int) -> None:
    for figure, inputs in itertools.product(("cloud", "ways"), ("line", "circle")):
        params = Params(
            figure=figure, inputs=inputs, width=width, particles=width, data=data, time=1.0
        )
        result = run(params)
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, None)
            assert check is None or check.verdict != Verdict.REFUTED


def test_the_cloud_is_the_network() -> None:
    """Outputs drawn are the averages over the cloud drawn, (2.3.1), written out."""
    params = Params(width=50, bias=True, target="neuron", time=20.0)
    part = run(params).cloud
    w, b, a = part.neurons[-1].T
    output = np.mean(a[:, None] * np.tanh(w[:, None] * part.grid + b[:, None]), axis=0)
    assert output == pytest.approx(part.outputs[-1], abs=1e-12)
    moved = np.sqrt(np.mean(np.sum((part.neurons - part.neurons[0]) ** 2, axis=2), axis=1))
    assert moved == pytest.approx(part.movement)
    own = OneLayer(np.full((50, 1), 2.0), np.full(50, 1.5), np.full(50, -0.6))
    end = OneLayer(w[:, None], a, b)
    assert part.atom_distance == pytest.approx(wasserstein(end, own))


def test_the_target_is_its_own_neurons() -> None:
    params = Params(inputs="circle", target="neurons", activation="gelu")
    u = np.linspace(-2, 2, 7)
    x, own = located(params, u) / math.sqrt(2), atoms(params)
    direct = np.mean(own[:, 2, None] * get_activation("gelu").phi(own[:, :2] @ x.T), axis=0)
    assert direct == pytest.approx(target_values(params, u))
    assert np.linalg.norm(located(params, u), axis=1) == pytest.approx(math.sqrt(2))


def test_the_same_film_at_every_width() -> None:
    """The outputs of two wide networks agree to about N^(−½): propagation of chaos."""
    ends = [run(Params(width=n, time=5.0)).cloud.outputs[-1] for n in (1024, 4096)]
    assert np.abs(ends[0] - ends[1]).max() < 0.1
    assert np.array_equal(start(Params(), 8).first, start(Params(), 80).first[:8])


def test_data_on_the_circle_are_apart_and_mirrored() -> None:
    params = Params(inputs="circle", data=12)
    _, x, _ = dataset(params)
    gaps = np.linalg.norm(x[:, None] - x[None], axis=2) + 10 * np.eye(12)
    assert gaps.min() > 0.5
    assert np.abs(x[:6] + x[6:]).max() < 1e-12
    assert why_not(Params(target="hat"))
    assert why_not(Params(inputs="circle", target="waves"))
    assert not why_not(Params(target="hat", bias=True))
    assert not why_not(Params())


def test_the_dissipation_by_hand() -> None:
    """−dL/dt = N_1|∇L|²: the gradient written out for the network at that time."""
    params = Params(figure="ways", particles=8, horizon=20.0)
    part = run(params).ways
    assert part.times[part.probe] == pytest.approx(1.0)
    _, x, y = dataset(params)
    net = start(params, 8)
    end = reference_flow(
        net, x, y, get_activation("tanh"), gamma=math.sqrt(8), eta=8.0, times=[1.0]
    ).parameters[0]
    hidden = np.tanh(end.first @ x.T)
    residual = end.second @ hidden / 8 - y
    by_outer = hidden @ residual / len(y)
    by_inner = end.second * ((1 - hidden**2) @ (residual * x[:, 0])) / len(y)
    speed = np.mean(by_outer**2 + by_inner**2)
    assert part.speed == pytest.approx(speed, rel=1e-5)
    assert part.descent == pytest.approx(speed, rel=1e-5)
    assert part.speed_ratio == pytest.approx(len(y), rel=1e-9)


def test_outputs_in_time_are_off_by_less_than_a_thousandth() -> None:
    """A sine, whose neurons go far; 3e-3 with steps of second order."""
    params = Params(activation="sin", width=32, time=300.0)
    part, (_, x, y), net = run(params).cloud, dataset(params), start(params, 32)
    scales = {"gamma": math.sqrt(32), "eta": 32.0}
    slow = reference_flow(net, x, y, get_activation("sin"), **scales, times=part.times, rtol=1e-8)
    places = located(params, part.grid)
    outputs = [
        forward(now, places, get_activation("sin"), gamma=scales["gamma"])
        for now in slow.parameters
    ]
    assert np.abs(part.outputs - outputs).max() < 1e-3 * np.abs(outputs).max()


def test_slopes_of_mean_squares() -> None:
    """A law that is known: m_w = w^(−1) times noise has slope −½."""
    rng = np.random.default_rng(0)
    at = (8, 16, 32, 64)
    rows = rng.gamma(4.0, 0.25, (500, 4)) / np.array(at)
    whole = Squares.of(rows, 500)
    parts = merge(Squares.of(rows[:200], 200), Squares.of(rows[200:], 300))
    assert np.allclose(whole.products, parts.products)
    slope = parts.slope(at)
    assert abs(slope.value + 0.5) < 4 * slope.standard_error
    # by resampling the rows
    again = [Squares.of(rows[rng.integers(0, 500, 500)], 500).slope(at).value for _ in range(300)]
    assert slope.standard_error == pytest.approx(np.std(again), rel=0.2)
    assert Squares.of(rows[:4], 4).slope(at).effective < 100


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("inputs", ["line", "circle"])
def test_the_function_of_the_measure(inputs: str, bias: bool) -> None:
    """By drawing a million neurons, and its variance too."""
    params = Params(figure="approximation", inputs=inputs, bias=bias, activation="relu", tilt=-1.5)
    part = run(params).approximation
    rng = np.random.default_rng(3)
    n_0 = dimension(params) - 1 - bias
    w, b = rng.standard_normal((400_000, n_0)), bias * rng.standard_normal(400_000)
    outer = params.tilt * (w[:, 0] + b)
    at = [5, 48, 70]
    x = located(params, part.grid[at]) / math.sqrt(n_0)
    terms = outer[:, None] * np.maximum(w @ x.T + b[:, None], 0)
    error = terms.std(axis=0) / math.sqrt(400_000)
    assert np.all(np.abs(terms.mean(axis=0) - part.function[at]) < 4.5 * error + 1e-12)
    assert part.constant == exact_constant(params)


def test_networks_drawn_have_the_exact_error() -> None:
    params = Params(figure="approximation", activation="gelu", bias=True, draws=200)
    sample = collect(SAMPLER, params, 100)
    assert sample.current.error.count == 200
    value, error = sample.current.error.root()
    exact = np.sqrt(exact_constant(params) / np.array(DRAWN_WIDTHS))
    assert np.all(np.abs(value - exact) < 4.5 * error)


@pytest.mark.parametrize("claim", several(EXPERIMENT.claims, 6), ids=lambda c: c.key)
def test_claims_reach_their_verdict(claim) -> None:
    small = dataclasses.replace(
        claim.params, replicates=min(claim.params.replicates, 24), draws=1000
    )
    check = evaluate(Entry(EXPERIMENT, dataclasses.replace(claim, params=small)))
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:])


def test_samples_do_not_depend_on_how_they_are_cut() -> None:
    params = Params(figure="chaos", replicates=8, widest=16, horizon=1.0)
    first, again = (collect(SAMPLER, params, 100).current for _ in range(2))
    assert np.array_equal(first.path.total, again.path.total)
    assert first.path.count == first.cloud.count == 8
    with pytest.raises(ValueError, match="no batch"):
        SAMPLER.batch(params, 100)
    assert batches(Params()) == batches(Params(figure="chaos")) >= 2
    assert widths(params) == (2, 4, 8, 16)


def test_work_is_bounded() -> None:
    """Every admitted setting has a bounded number of steps; the largest are refused."""
    huge = Params(width=4096, data=32, activation="gelu", time=1000.0)
    assert EXPERIMENT.work(huge) > 300
    assert most_steps(huge, 4096) <= 600
    assert EXPERIMENT.work(Params(figure="chaos", widest=128, data=32, tame="gelu")) > 300
    for name, _ in parameters(Params)["figure"].choices:
        assert EXPERIMENT.work(Params(figure=name)) < 150
    # neurons that stick to a kink would take all 480 steps
    stuck = Params(
        inputs="circle", width=20, activation="abs", target="step", data=29, time=300.0,
        bias=True, seed=666666,
    )  # fmt: skip
    _, x, y = dataset(stuck)
    times, most = np.array([0.0, 0.05, 300.0]), most_cloud_steps(stuck)
    flow = trained(stuck, start(stuck, 20), x, y, times, most=most)
    assert "stopped" in flow.reason
    assert 0.5 * flow.evaluations * step_ms(stuck, 20, 29) < cloud_ms(stuck)
    # many numbers and a near horizon: the fast flow takes 137 steps, not 60
    near = Params(
        "ways", particles=256, smooth="sin", target="neurons", data=32, horizon=0.5, bias=True
    )
    assert EXPERIMENT.work(near) > 137 * step_ms(near, 256, 32) + 40
    assert len(grid(Params())) == 97
    assert forward(start(Params(), 3), [[1.0]], get_activation("tanh"), gamma=1).shape == (1,)
