"""Page 3.6's experiment: networks against weights, laws against closed forms, every extreme."""

from __future__ import annotations

import dataclasses
import itertools
import math
import warnings

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiment import BUDGET_MS
from compute.experiments.depth_and_width import EXPERIMENT, Params, run
from compute.experiments.depth_and_width.sampler import SAMPLER, batches, edges_of
from compute.experiments.depth_and_width.setting import (
    FIGURES,
    SHAPES,
    depth_of,
    kink_of,
    layers_from,
    layers_of,
    nonlinearity,
    shape_of,
    start,
    strength_of,
)
from compute.ledger import Entry, evaluate
from compute.sampling import collect
from tests.thorough import crossed, several

TABS = [name for name, _ in FIGURES]
NAMES = [name for name, _ in SHAPES]


def applied(params: Params, z: np.ndarray) -> np.ndarray:
    """The nonlinearity in plain NumPy, times √C_W."""
    sigma = nonlinearity(params)
    out = {
        0: lambda: np.where(z > 0, sigma.a * z, sigma.b * z),
        1: lambda: z + sigma.a * z**3,
        2: lambda: sigma.a * np.tanh(z / sigma.a),
    }[sigma.kind]()
    return math.sqrt(sigma.gain) * out


def weighed(params: Params, count: int, rng: np.random.Generator) -> np.ndarray:
    """y and log V of layer L from networks with all weights drawn, (count, 2)."""
    n, rho = params.width, params.correlation
    z = math.sqrt(params.variance) * rng.standard_normal((count, n, 2))
    z[..., 1] = rho * z[..., 0] + math.sqrt(1 - rho**2) * z[..., 1]
    for layer in range(depth_of(params)):
        h = applied(params, z)
        if layer + 1 < depth_of(params):
            z = rng.standard_normal((count, n, n)) @ h / math.sqrt(n)
    kernel = np.einsum("cni,cnj->cij", h, h) / n
    root = np.sqrt(kernel[:, 0, 0] * kernel[:, 1, 1])
    with np.errstate(invalid="ignore", divide="ignore"):  # dead networks
        return np.column_stack([np.arctanh(kernel[:, 0, 1] / root), np.log(kernel[:, 0, 0])])


@pytest.mark.parametrize("shape", NAMES)
def test_layers_have_the_law_of_networks_with_weights(shape: str) -> None:
    """Means and deviations of artanh ρ and log V, 3000 networks each way, four standard errors."""
    params = Params(shape=shape, ratio=0.5, width=20, correlation=0.4, strength=-1.0)
    real = weighed(params, 3000, np.random.default_rng(1))
    state = start(params, 3000, 0.4)
    for _ in layers_from(params, state, np.random.default_rng(2)):
        pass
    # where one neuron is left, both inputs are one: ρ = 1
    state = state[np.abs(state[:, 0]) < 15]
    real = real[np.abs(real[:, 0]) < 15]
    for one, other in zip(real.T, state[:, :2].T, strict=True):
        error = math.hypot(one.std(), other.std()) / math.sqrt(2900)
        assert one.mean() == pytest.approx(other.mean(), abs=4 * error)
        assert one.std() == pytest.approx(other.std(), rel=0.12)


def test_the_cubic_and_tanh_have_the_strength_asked_for() -> None:
    """E σ² = V + gV²/N + …, by quadrature; shaped ReLU keeps the variance."""
    x, weight = np.polynomial.hermite_e.hermegauss(80)
    weight /= weight.sum()
    for g in (-2.0, 1.5):
        params = Params(shape="smooth", strength=g, width=512)
        grown = float(weight @ applied(params, math.sqrt(0.7) * x) ** 2)
        assert 512 * (grown / 0.7 - 1) == pytest.approx(0.7 * g, rel=0.02)
    assert kink_of(Params(slope_pos=1.0, slope_neg=-2.0)) == 3
    assert kink_of(Params(shape="linear")) == strength_of(Params()) == 0
    assert shape_of(Params(figure="angle")) == "relu"


def test_layers_shown_end_at_the_last() -> None:
    for figure, ratio, width in itertools.product(TABS, (0.05, 1.0, 10.0), (1, 7, 512)):
        params = Params(figure=figure, ratio=ratio, width=width)
        layers = layers_of(params)
        assert layers[0] >= 1
        assert layers[-1] == depth_of(params)
        assert np.all(np.diff(layers) > 0)


def test_spread_is_the_law_it_says() -> None:
    """Densities integrate to one, means are those of the public function, limits those known."""
    from compute.covariance_sde import correlation_moments

    part = run(Params()).density
    assert part is not None
    exact = correlation_moments(0.3, 1.0, [1.0])[0]
    assert [part.mean[-1], part.deviation[-1] ** 2] == pytest.approx(exact, abs=1e-4)
    for shape in NAMES:
        for figure in ("density", "variance"):
            params = Params(figure=figure, shape=shape, strength=-1.0)
            spread = getattr(run(params), figure)
            area = np.trapezoid(spread.density, spread.points, axis=1)
            assert area == pytest.approx(np.ones(spread.times.size), abs=4e-3)
    normal = run(Params(figure="variance", shape="relu", ratio=2.0)).variance
    assert normal is not None
    assert normal.mean[-1] == pytest.approx(-5, abs=0.01)
    assert normal.deviation[-1] ** 2 == pytest.approx(10, abs=0.02)


def test_few_layers_are_nearly_width_first() -> None:
    """As L/N falls the law closes in on the dotted line."""
    for shape in ("shaped", "linear"):
        part = run(Params(shape=shape, ratio=0.05, width=512)).density
        assert part is not None
        assert part.mean[-1] == pytest.approx(math.tanh(part.wide[-1]), abs=0.02)
        assert part.deviation[-1] < 0.25


def test_paths_come_closer_with_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coupling of a network and its diffusion falls about like N^(−½): 300 paths a width."""
    monkeypatch.setattr("compute.experiments.depth_and_width.paths.PATHS", 300)
    for shape in ("shaped", "linear", "relu"):
        parts = [run(Params(figure="paths", shape=shape, width=n)).paths for n in (20, 160)]
        narrow, wide = (p.distance for p in parts if p is not None)
        assert wide < 0.6 * narrow, shape


@pytest.mark.parametrize(("shape", "figure"), crossed(NAMES, TABS))
def test_every_figure_runs_at_the_corners(figure: str, shape: str) -> None:
    """No warning, no nan where a law is; and a batch where that is quick."""
    corners = itertools.product((0.05, 10.0), (1, 24), (-0.99, 0.99), (-3.0, 3.0))
    for ratio, width, correlation, strength in corners:
        params = Params(
            figure=figure,
            shape=shape,
            ratio=ratio,
            width=width,
            correlation=correlation,
            strength=strength,
            variance=5.0,
            slope_pos=3.0,
            slope_neg=-1.0,
            networks=100,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            part = getattr(run(params), figure)
            for field in dataclasses.fields(part):
                values = np.asarray(getattr(part, field.name), dtype=float)
                if field.name not in ("wide", "networks", "distance", "blow_up"):
                    assert np.all(np.isfinite(values)), (field.name, params)
            if batches(params):
                sample = collect(SAMPLER, params, 1).current
                assert sample.drawn == 100 or batches(params) > 1
                assert np.all(np.isfinite(sample.sums))
                if sample.counts is not None:
                    assert np.array_equal(sample.counts.sum(axis=1), sample.alive())


def test_dead_networks_are_counted() -> None:
    """One neuron: half of all ReLU networks die per layer at the first input."""
    params = Params(figure="variance", shape="relu", width=1, ratio=3.0, networks=10_000)
    sample = collect(SAMPLER, params, 99).current
    assert sample.gone[:, 0] / sample.drawn == pytest.approx(1 - 0.5 ** layers_of(params), abs=0.02)
    assert sample.alive()[-1] == sample.drawn - sample.gone[-1, 0]
    gone = Params(figure="angle", width=1, ratio=10.0, networks=200)
    lost = collect(SAMPLER, gone, 9).current
    assert lost.last is None
    assert np.isnan(lost.medians(edges_of(gone))[0][-1])


def test_the_sample_is_mergeable_and_ends() -> None:
    params = Params(networks=500)
    whole = collect(SAMPLER, params, batches(params))
    assert whole.current.drawn == 500
    assert whole.current.counts is not None
    assert whole.current.counts[-1].sum() == 500
    with pytest.raises(ValueError, match="no batch"):
        SAMPLER.batch(params, batches(params))
    with pytest.raises(ValueError, match="no batch"):
        SAMPLER.batch(Params(figure="paths"), 0)


def test_the_work_is_affordable_at_every_tab() -> None:
    for figure in TABS:
        assert EXPERIMENT.work(Params(figure=figure)) <= BUDGET_MS / 5
    assert EXPERIMENT.work(Params(figure="paths", width=512, ratio=10.0)) > BUDGET_MS


QUICK = [c for c in EXPERIMENT.claims if not c.key.startswith("explosion")]


@pytest.mark.parametrize("claim", several(QUICK, 8), ids=lambda c: c.key)
def test_claims_reach_their_verdict(claim) -> None:
    """A fifth of the networks of the ledger: true statements are not refuted, rivals not agreed."""
    if claim.batches:
        small = dataclasses.replace(claim.params, networks=500)
        check = claim.check(small, run(small), collect(SAMPLER, small, 99))
    else:
        check = evaluate(Entry(EXPERIMENT, claim))
    assert check is not None
    assert check.verdict != Verdict.REFUTED
    assert all(s.verdict != Verdict.AGREES for s in check.statements[1:])


def test_one_claim_a_kind_speaks_at_a_setting() -> None:
    """Claims that share a check divide the settings among themselves."""
    for changes in ({}, {"correlation": -0.2}, {"slope_pos": 3.0}, {"shape": "linear"}):
        params = Params(**changes)
        result = run(params)
        spoken = [c.key for c in EXPERIMENT.claims if c.check(params, result, None) is not None]
        assert len(spoken) == 2, spoken
    for width in (1, 7, 8, 31, 32, 512):
        params = Params(figure="alignment", width=width)
        result = run(params)
        spoken = [c.key for c in EXPERIMENT.claims if c.check(params, result, None) is not None]
        assert len(spoken) == 2, spoken
