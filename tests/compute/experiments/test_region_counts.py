"""Page 4.2: cells, bins and batches; laws against samples; claims at their own settings."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pytest

from compute.claims import Verdict
from compute.estimates import bin_density
from compute.experiments.region_counts import EXPERIMENT, Params, run, sampler
from compute.experiments.region_counts.checks.arrangements import FINITE_WIDTH, mean_of
from compute.experiments.region_counts.gradients import sample_gradients
from compute.experiments.region_counts.run import Arrangement
from compute.experiments.region_counts.sampler import SAMPLER, batch, batches
from compute.experiments.region_counts.setting import (
    PATIENCE_MS,
    Cell,
    cells_of,
    drawn_networks,
    network_ms,
    neuron_counts,
    split,
)
from compute.experiments.region_counts.summaries import (
    by_cell,
    component_shares,
    length_variance,
    outside,
    regions,
    ring_density,
    variance_trend,
    zeros_by_layer,
)
from compute.ledger import Entry, evaluate
from compute.params import ParameterError, parameters, values
from compute.partition import nodal_partition
from compute.regions.statistics import Ensemble
from compute.sampling import Moments, collect
from tests.thorough import several

TABS = [name for name, _ in parameters(Params)["figure"].choices]
CLAIMS = {claim.key: claim for claim in EXPERIMENT.claims}


def changed(params: Params, **changes: object) -> Params:
    return dataclasses.replace(params, **changes)


def test_neurons_are_dealt_out_evenly():
    assert split(48, 4) == (12, 12, 12, 12)
    assert split(14, 4) == (4, 4, 3, 3)
    assert split(6, 6) == (1,) * 6
    for layers in (0, 7):
        with pytest.raises(ValueError, match="layers"):
            split(6, layers)
    assert neuron_counts(Params(neurons=192)) == (12, 24, 48, 96, 192)
    assert neuron_counts(Params(neurons=7)) == (7,)


def test_what_each_tab_compares():
    assert [c.layers for c in cells_of(Params())] == [1, 2, 3, 4, 5, 6]
    assert [c.layers for c in cells_of(Params(figure="counts"))] == [1, 4]
    assert len(cells_of(Params(figure="counts", layers=2, deep=2))) == 1
    assert len(cells_of(Params(figure="growth", neurons=48))) == 2 * 4
    assert cells_of(Params(figure="distance", inputs=1))[0].inputs == 2
    assert [c.inputs for c in cells_of(Params(figure="line"))] == [1, 1]


@pytest.mark.parametrize("tab", TABS)
def test_run_draws_no_network_and_freezes_its_arrays(tab):
    result = run(Params(figure=tab))
    assert len(result.arrangements) == len(cells_of(Params(figure=tab)))
    for a in result.arrangements:
        assert isinstance(a, Arrangement)
        assert not a.region_edges.flags.writeable
        assert not a.length_edges.flags.writeable
    assert (result.distance is not None) == (tab == "distance")
    assert (result.line is not None) == (tab == "line")


@pytest.mark.parametrize("tab", TABS)
def test_batches_are_deterministic_and_hold_the_sample_asked_for(tab):
    params = Params(figure=tab, neurons=12, networks=777, deep=2)
    whole = collect(SAMPLER, params, 10_000)
    assert whole.batches == whole.total
    assert [s.networks for s in whole.current.cells] == [777] * len(cells_of(params))
    again = batch(params, 0)
    assert again.cells[0] is not None
    assert again.cells[0].regions == batch(params, 0).cells[0].regions
    assert again.cells[0].regions != batch(changed(params, seed=1), 0).cells[0].regions
    for index in (-1, batches(params)):
        with pytest.raises(ValueError, match="no batch"):
            batch(params, index)


@pytest.mark.parametrize("count", [1, 7, 100])
@pytest.mark.parametrize("total", [1, 3, 64])
def test_shares_of_batches_add_up(count, total):
    for phase in {0, total // 2, total - 1}:
        shares = [sampler._share(count, i, total, phase) for i in range(total)]
        assert sum(shares) == count
        assert max(shares) - min(shares) <= 1


def test_large_networks_are_cut_short_and_small_ones_are_not():
    small = Params(figure="counts", neurons=6, networks=100_000)
    assert [drawn_networks(small, c) for c in cells_of(small)] == [100_000] * 2
    large = Params(figure="counts", neurons=384, deep=6, networks=100_000)
    total = sum(drawn_networks(large, c) * network_ms(large, c) for c in cells_of(large))
    assert total <= PATIENCE_MS * 1.01
    assert batches(large) <= PATIENCE_MS / sampler.BATCH_MS + 1


def test_bins_hold_nearly_all_networks():
    for neurons, deep in ((6, 2), (24, 3), (48, 6)):
        params = Params(figure="counts", neurons=neurons, deep=deep, networks=300)
        state = collect(SAMPLER, params, 100).current
        for s in state.cells:
            for histogram in (s.region_histogram, s.length_histogram):
                assert sum(outside(histogram)) <= 0.02 * s.networks
                assert histogram.sum() == s.networks


def test_a_histogram_is_a_density():
    params = Params(figure="counts", neurons=24, networks=500)
    edges = run(params).arrangements[0].region_edges
    state = collect(SAMPLER, params, 100).current.cells[0]
    height, error = bin_density(state.region_histogram, edges, state.networks)
    inside = state.networks - sum(outside(state.region_histogram))
    assert np.sum(height * np.diff(edges)) == pytest.approx(inside / state.networks)
    assert (error[height > 0] > 0).all()


def test_wide_networks_agree_with_the_limit_and_one_layer_with_the_law():
    params = Params(figure="counts", neurons=96, deep=2, networks=200)
    state = collect(SAMPLER, params, 100).current
    value, error = by_cell(state, regions)
    one, two = run(params).arrangements
    assert abs(value[0] - one.regions) < 4 * error[0]
    assert abs(value[1] - two.regions) < 4 * math.hypot(error[1], FINITE_WIDTH * two.regions / 48)
    assert two.regions < one.regions


def test_zeros_on_the_line_are_those_of_the_product():
    params = Params(figure="line", neurons=6, deep=3, networks=20_000)
    state = collect(SAMPLER, params, 100).current
    line = run(params).line
    value, error = zeros_by_layer(state.cells[1], (2, 2, 2))
    assert line.whole == pytest.approx([1, 0.75, 0.5625])
    assert np.all(np.abs(value - line.whole) < 4 * error + 1e-5)
    inside, _ = zeros_by_layer(state.cells[0], (2, 2, 2))
    assert np.all(inside < value)


def test_rings_add_up_to_the_disc():
    params = Params(figure="distance", neurons=12, deep=2, networks=200)
    state, result = collect(SAMPLER, params, 100).current.cells[0], run(params)
    edges = result.distance.edges
    per, error = ring_density(state, edges, result.distance.widths)
    length = (per * math.pi * np.diff(edges**2) * 6).sum(axis=1)
    assert length == pytest.approx(state.radial[0].sum(axis=1) / state.networks)
    assert (error >= 0).all()
    share, _ = component_shares(state, 0, 6)
    assert share.sum() == pytest.approx(1)


def test_gradients_are_those_of_finite_differences():
    ensemble, a = Ensemble((5, 4)), 2.0
    found = sample_gradients(ensemble, a, np.random.default_rng(8))
    size = found.fourth.count
    rng, layers = np.random.default_rng(8), []
    for m, n in ((2, 5), (5, 4), (4, 1)):
        weight = rng.standard_normal((size, n, m)) * math.sqrt(2 / m)
        layers.append((weight, rng.standard_normal((size, n))))

    def output(x):
        h = np.broadcast_to(x, (size, 2))
        for k, (weight, bias) in enumerate(layers):
            z = np.einsum("knm,km->kn", weight, h) + bias
            h = np.maximum(z, 0) if k < 2 else z
        return h[:, 0]

    x, step = np.array([a / 2, a / 4]), 1e-6
    slopes = [(output(x + step * e) - output(x - step * e)) / (2 * step) for e in np.eye(2)]
    assert found.squares[-1].mean == pytest.approx(np.mean(np.sum(np.square(slopes), axis=0)))


def test_loops_are_counted_by_another_route():
    """The sampler's loops are those of single partitions, and near the first count's mean."""
    ensemble = Ensemble((16, 16))
    p = ensemble.draw(200, np.random.default_rng(5))
    loops = [
        nodal_partition(
            [one[:32].reshape(16, 2), one[48:304].reshape(16, 16)],
            [one[32:48], one[304:320]],
            window=(-3, 3, -3, 3),
        ).loops_by_neuron.sum()
        for one in p
    ]
    assert abs(np.mean(loops) - 0.5588) < 4 * np.std(loops) / math.sqrt(200)


def test_the_trend_of_the_variance_needs_networks_and_intervals():
    params = Params(neurons=24, networks=300)
    state = collect(SAMPLER, params, 100).current
    value, _ = by_cell(state, length_variance)
    assert value[0] < value[2]
    assert variance_trend(state) in {"every", "overall"}
    few = collect(SAMPLER, changed(params, networks=20), 100).current
    assert variance_trend(few) == "unknown"
    first = state.cells[0]
    flat = dataclasses.replace(state, cells=(first,) * 6)
    assert variance_trend(flat) == "mixed"


@pytest.mark.parametrize(
    "forged",
    [
        {"neurons": 10**9},
        {"neurons": 5},
        {"half_width": math.nan},
        {"half_width": 0},
        {"half_width": -3},
        {"half_width": math.inf},
        {"deep": 10**6},
        {"networks": 10**9},
        {"inputs": 3},
        {"bias_variance": -1},
    ],
)
def test_forged_settings_are_refused_at_once(forged):
    start = time.perf_counter()
    with pytest.raises(ParameterError):
        Params(**(values(Params()) | forged))
    assert time.perf_counter() - start < 0.05


@pytest.mark.parametrize("key", several([*CLAIMS], 6))
def test_claims_reach_their_verdict_at_their_own_setting(key):
    claim = CLAIMS[key]
    assert claim.batches <= batches(claim.params)
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES, check


def test_claims_say_nothing_where_they_do_not_hold():
    for params in (
        Params(figure="counts", weight_variance=1.0),
        Params(bias_variance=0.0),
        Params(figure="counts", inputs=1, bias_variance=2.0),
    ):
        result = run(params)
        assert not [c.key for c in EXPERIMENT.claims if c.check(params, result, None) is not None]
    narrow = Params(figure="growth", neurons=24, deep=6)
    assert CLAIMS["growth_slope"].check(narrow, run(narrow), None) is None


def test_moments_of_cells_are_moments():
    cell = Cell(6, 2, 2, 1.0)
    assert cell.widths == (3, 3)
    state = batch(Params(figure="counts", neurons=6, deep=2, networks=50), 0)
    assert isinstance(state.cells[0].regions, Moments)
    assert state.networks == 100


def test_a_sample_that_hardly_varies_is_not_judged():
    """In a huge window nearly all lines meet the square: no verdict from networks that all do."""
    params = Params(figure="counts", neurons=6, half_width=1000.0, networks=1000)
    result = run(params)
    sample = collect(SAMPLER, params, 100)
    for key in ("one_component", "one_layer_square", "one_layer_disc"):
        check = CLAIMS[key].check(params, result, sample)
        assert check.verdict in {Verdict.AGREES, Verdict.UNDECIDED}
    assert mean_of(Moments.of(np.ones(500))).effective == 0
    assert mean_of(Moments.of(np.arange(500.0))).effective > 500
