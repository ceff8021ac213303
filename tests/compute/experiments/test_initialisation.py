"""Page 2.1's experiment: every setting runs, two routes per quantity, claims end as they should."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate

from compute.activations import get_activation
from compute.claims import Verdict
from compute.experiment import BUDGET_MS
from compute.experiments.initialisation import EXPERIMENT, Params, run
from compute.experiments.initialisation.circle import BLOCK, DRAWS, circle_of
from compute.experiments.initialisation.law import mixture
from compute.experiments.initialisation.run import one_width
from compute.experiments.initialisation.sampler import (
    SAMPLER,
    _entries,
    batches,
    networks_at,
    widths_of,
)
from compute.experiments.initialisation.samples import KERNEL_WIDTHS
from compute.experiments.initialisation.setting import (
    ACTIVATIONS,
    FIGURES,
    LARGEST_WIDTH,
    activation_of,
    pair,
    scale_of,
    variance_of,
)
from compute.experiments.initialisation.settle import numerical_ntk, spreads
from compute.sampling import collect
from compute.training.one_layer import (
    OneLayer,
    empirical_ntk,
    parameter_gradients,
    sample_parameters,
)
from compute.training.one_layer_limits import output_excess_kurtosis, sample_outputs
from tests.thorough import crossed, several

sample_at = functools.cache(functools.partial(collect, SAMPLER))
TABS = [name for name, _ in FIGURES]
NAMES = [name for name, _ in ACTIVATIONS]
CLAIMS = {claim.key: claim for claim in EXPERIMENT.claims}
EXTREMES = [
    {"width": 1, "norm": 0.1, "angle": 0.0},
    {"width": 1, "norm": 2.0, "angle": 180.0, "scaling": "power", "exponent": 1.0},
    {"width": 7, "norm": 2.0, "angle": 90.0, "inputs": 64, "eta": 0.01},
    {"width": LARGEST_WIDTH, "norm": 1.0, "scaling": "root", "eta": 1e5},
]


def assert_numbers(part: object) -> None:
    """Every array of a part is read-only and without NaN."""
    for field in dataclasses.fields(part):  # type: ignore[arg-type]
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
            assert np.isfinite(value).all(), field.name


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("activation", NAMES)
def test_the_corners_run_and_check_without_a_warning(tab: str, activation: str) -> None:
    for setting in EXTREMES:
        params = Params(figure=tab, activation=activation, networks=100, **setting)
        assert EXPERIMENT.work(params) <= BUDGET_MS
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = run(params)
            for claim in EXPERIMENT.claims:
                claim.check(params, result, None)
        assert [getattr(result, name) is not None for name in TABS] == [n == tab for n in TABS]
        assert_numbers(getattr(result, tab))


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, EXTREMES[:3]), ids=str)
def test_samples_run_merge_and_check_without_a_warning(tab: str, setting: dict) -> None:
    for activation in ("relu", "exp", "cubic", "shaped_tanh"):
        params = Params(figure=tab, activation=activation, networks=100, **setting)
        if not batches(params):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sample = collect(SAMPLER, params, 3)
            for claim in EXPERIMENT.claims:
                claim.check(params, run(params), sample)


@pytest.mark.parametrize("option", ["slope_neg", "cubic", "saturation"])
def test_options_reach_the_activation(option: str) -> None:
    name = {"slope_neg": "leaky_relu", "cubic": "cubic", "saturation": "shaped_tanh"}[option]
    found = activation_of(Params(activation=name, **{option: 0.7}))
    assert 0.7 in found.options.values()
    activation_of(Params(activation="leaky_relu", slope_neg=1e-12))


def test_the_two_inputs_have_their_norm_and_angle() -> None:
    for angle, inputs in itertools.product((0.0, 37.0, 90.0, 180.0), (2, 3, 64)):
        points = pair(Params(angle=angle, inputs=inputs, norm=1.5))
        gram = points @ points.T / inputs
        assert gram[0, 0] == pytest.approx(2.25)
        assert gram[1, 1] == pytest.approx(2.25)
        assert gram[0, 1] == pytest.approx(2.25 * math.cos(math.radians(angle)), abs=1e-12)


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("width", [1, 2, 8, 300])
def test_the_mixture_is_a_law_with_the_exact_moments(activation: str, width: int) -> None:
    options = {"leaky_relu": {"slope_neg": 0.1, "slope_pos": 1.0}, "cubic": {"a": 0.1}}
    options["shaped_tanh"] = {"s": 1.5}
    sigma = get_activation(activation, **options.get(activation, {}))
    y, density, atom = mixture(width, 0.36, sigma)
    step = y[1] - y[0]

    def integral(values: np.ndarray) -> float:
        return 2 * float(values.sum() - 0.5 * values[0]) * step

    assert integral(density) + atom == pytest.approx(1, abs=1e-4)
    assert integral(density * y**2) == pytest.approx(1, abs=5e-3)
    if activation not in {"exp", "cubic"}:
        kurtosis = output_excess_kurtosis(width, 0.36, sigma)
        assert integral(density * y**4) - 3 == pytest.approx(kurtosis, rel=0.02, abs=5e-3)
    assert atom == pytest.approx(0.5**width if activation == "relu" else 0.0, abs=1e-9)


def test_the_mixture_against_real_networks() -> None:
    """Shares of networks in three intervals, ReLU and sin, within 4 standard errors."""
    for name, width in (("relu", 2), ("sin", 1), ("tanh", 5)):
        sigma = get_activation(name)
        rng = np.random.default_rng(3)
        drawn = np.abs(
            sample_outputs(40_000, width, np.ones((1, 2)), sigma, rng, gamma=1.0).ravel()
        )
        y, density, atom = mixture(width, 1.0, sigma)
        root = math.sqrt(run(Params(activation=name)).variance)
        below = atom + 2 * (y[1] - y[0]) * (np.cumsum(density) - 0.5 * density[0])
        for edge in (0.3, 1.0, 2.0):
            share = float(np.interp(edge, y + 0.5 * (y[1] - y[0]), below))
            error = math.sqrt(share * (1 - share) / drawn.size)
            assert abs(np.mean(drawn < edge * root) - share) < 4 * error


def test_the_peak_of_a_heavy_tailed_mixture() -> None:
    """Two neurons, exp, q = 4: E S^(−½)/√(2π) by a product rule over both; ReLU has a logarithm."""
    z = np.linspace(-9, 9, 1201)
    weights = np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum()
    squares = np.exp(4 * z) / math.exp(8)
    both = 0.5 * (squares[:, None] + squares)
    exact = float(weights @ (both**-0.5) @ weights) / math.sqrt(2 * math.pi)
    assert mixture(2, 4.0, get_activation("exp"))[1][0] == pytest.approx(exact, rel=1e-4)
    _, relu, _ = mixture(3, 1.0, get_activation("relu"))
    assert relu[0] < 1.2 * relu[1]


def test_relu_by_hand() -> None:
    """15/N_1, 1/2, and the spreads √5, √3, √2 of one neuron's terms."""
    law = run(Params(width=5)).output
    assert law.kurtosis == pytest.approx(3)
    assert law.limit == pytest.approx(0.5)
    assert law.atom == pytest.approx(1 / 32)
    assert law.kurtoses[0] == pytest.approx(15)
    found = spreads(get_activation("relu"), 1.0, 0.5)[:, 0]
    assert found == pytest.approx([math.sqrt(5), math.sqrt(3), math.sqrt(2)], rel=1e-9)
    assert spreads(get_activation("sin"), 1.0, 0.5)[2, 0] == 0


@pytest.mark.parametrize(
    ("name", "saturation", "norm"),
    [("shaped_tanh", 0.1, 2.0), ("shaped_tanh", 0.2, 2.0), ("exp", 1.0, 2.0), ("sin", 1.0, 2.0)],
)
def test_a_spread_in_one_dimension(name: str, saturation: float, norm: float) -> None:
    """At (x, x) all moments are integrals over one Gaussian: steep and heavy-tailed σ too."""
    params = Params(figure="width", activation=name, saturation=saturation, norm=norm)
    sigma, variance = activation_of(params), variance_of(params)

    def mean(function: Callable[[Any], Any]) -> float:
        def inside(z: float) -> float:
            return math.exp(-0.5 * z * z) * sum(function(np.array([a * z]))[0] for a in roots)

        places = [0.01, 0.05, 0.2, 1, 3, 8]
        return integrate.quad(inside, 0, 40, points=places, limit=500, epsrel=1e-11)[0] * unit

    root, unit = math.sqrt(variance), 1 / math.sqrt(2 * math.pi)
    roots = (root, -root)
    kernel = mean(lambda z: sigma.phi(z) ** 2 + variance * sigma.dphi(z) ** 2)
    squares = mean(lambda z: (sigma.phi(z) ** 2 + variance * sigma.dphi(z) ** 2) ** 2)
    fourth = mean(lambda z: 2 * (variance * sigma.dphi(z) ** 2) ** 2)
    exact = math.sqrt(squares + fourth - kernel**2) / kernel
    assert spreads(sigma, variance, 0.5)[1, 0] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu"])
def test_spreads_against_single_neurons(name: str) -> None:
    """Standard deviation of one neuron's term, from 200 000 of them."""
    params = Params(activation=name, norm=1.3, angle=50.0)
    sigma, points = activation_of(params), pair(params)
    rng = np.random.default_rng(5)
    shape = 200_000, 1
    weights = rng.standard_normal((*shape, params.inputs)), rng.standard_normal(shape)
    drawn = _entries(*weights, points, sigma, 1.0)
    exact = spreads(sigma, variance_of(params), math.cos(math.radians(50)))
    for row, (first, entries) in enumerate(((0, (0, 1)), (3, (3, 4)))):
        unit = drawn[:, first].mean()
        for column, entry in enumerate(entries):
            measured = drawn[:, entry].std() / unit
            assert measured == pytest.approx(exact[row, column], rel=0.03)


def test_sampled_kernels_are_those_of_gradients() -> None:
    """An entry is the inner product of two rows of the Jacobian, and (2.1.9) corrected."""
    params = Params(activation="tanh", inputs=4)
    points, sigma = pair(params), activation_of(params)
    rng = np.random.default_rng(9)
    first, second = rng.standard_normal((1, 6, 4)), rng.standard_normal((1, 6))
    found = _entries(first, second, points, sigma, 2.0)[0]
    network = OneLayer(first[0], second[0])
    rows = parameter_gradients(network, points, sigma, gamma=2.0)
    assert found[3:] == pytest.approx([(rows @ rows.T)[i] for i in ((0, 0), (0, 1), (1, 1))])


@pytest.mark.parametrize("name", ["tanh", "erf", "gelu", "sin", "exp", "linear"])
def test_numerical_gradients_to_eight_digits(name: str) -> None:
    """Every entry of (2.1.9) corrected; the whole output is differenced, not a neuron's term."""
    sigma, rng = get_activation(name), np.random.default_rng(1)
    network = sample_parameters(7, 3, rng)
    points = rng.standard_normal((5, 3))
    found, _ = numerical_ntk(network, points, sigma, 1.5, 2.0)
    exact = empirical_ntk(network, points, sigma, gamma=1.5, eta=2.0)[0]
    assert np.abs(found - exact).max() < 1e-8 * np.abs(exact).max()


@pytest.mark.parametrize(("name", "kinked"), [("tanh", False), ("gelu", False), ("relu", True)])
def test_only_a_kink_can_be_stepped_over(name: str, kinked: bool) -> None:
    network = sample_parameters(7, 3, np.random.default_rng(1))
    _, crossed = numerical_ntk(network, np.zeros((1, 3)), get_activation(name), 1.5, 2.0)
    assert crossed == kinked


def test_functions_are_networks_and_grow_neuron_by_neuron() -> None:
    params = Params(figure="functions", width=64)
    wide, narrow = circle_of(params), circle_of(dataclasses.replace(params, width=4))
    assert wide.growing.shape == (7, DRAWS, wide.angles.size)
    assert wide.growing[2] == pytest.approx(narrow.growing[-1])
    assert wide.growing[-1] == pytest.approx(wide.functions(wide.sample))
    assert wide.functions(wide.sample)[:, 0] == pytest.approx(wide.functions(wide.sample)[:, -1])


def test_neurons_beyond_the_first_block_come_in_batches() -> None:
    params = Params(figure="functions", width=5 * BLOCK + 7)
    sample = collect(SAMPLER, params, batches(params))
    assert sample.current.neurons == params.width
    part = circle_of(params)
    assert part.sample.neurons == BLOCK
    assert part.widths.size == 0
    again = collect(SAMPLER, params, 1).current
    assert again.neurons > BLOCK
    assert batches(Params(figure="functions", width=BLOCK)) == 0


def test_the_process_has_the_limit_covariance() -> None:
    values = [circle_of(Params(seed=s, width=1)) for s in range(400)]
    drawn = np.concatenate([v.process for v in values])
    found = (drawn[:, :1] * drawn).mean(axis=0)
    limit = values[0].covariance
    assert np.abs(found - limit).max() < 5 * limit[0] * math.sqrt(2 / len(drawn))


def test_whole_samples_hold_what_was_asked_for() -> None:
    for tab in ("output", "width", "outputs"):
        params = Params(figure=tab, networks=100, width=3)
        state = collect(SAMPLER, params, batches(params)).current
        wanted = [networks_at(params, w) for w in widths_of(params)]
        drawn = {"output": lambda s: [s.drawn], "width": lambda s: s.drawn.tolist()}
        drawn["outputs"] = lambda s: s.powers[:, 0, 0].tolist()
        assert drawn[tab](state) == wanted


def test_wide_networks_are_fewer() -> None:
    params = Params(figure="width")
    assert networks_at(params, 4) == params.networks
    assert networks_at(params, KERNEL_WIDTHS[-1]) < params.networks / 100
    assert one_width(Params(width=LARGEST_WIDTH, inputs=64)) < LARGEST_WIDTH
    assert scale_of(Params(width=100, scaling="root")) == pytest.approx(10)


@pytest.mark.parametrize("key", several([*CLAIMS], 6))
def test_claims_reach_their_verdict_at_their_own_setting(key: str) -> None:
    claim = CLAIMS[key]
    assert claim.batches <= batches(claim.params)
    sample = sample_at(claim.params, claim.batches) if claim.batches else None
    check = claim.check(claim.params, run(claim.params), sample)
    assert check.verdict == Verdict.AGREES, check
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:]), check
