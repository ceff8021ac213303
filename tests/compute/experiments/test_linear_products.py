"""Page 3.1's experiment: every setting runs, samples merge, and claims end as they should."""

import dataclasses
import math
import warnings

import numpy as np
import pytest
from scipy import integrate, special, stats

from compute.claims import Statement, Verdict, sampled
from compute.claims.kolmogorov import KOLMOGOROV_AGREE, KOLMOGOROV_REFUTE
from compute.experiment import BUDGET_MS
from compute.experiments.linear_products import EXPERIMENT, Params, run
from compute.experiments.linear_products.checks.matrices import UNIFORM_PAIR, sign_correlation
from compute.experiments.linear_products.law import FAR, rare_from
from compute.experiments.linear_products.sampler import batch, batches
from compute.experiments.linear_products.setting import log_mean, route_of, widths
from compute.experiments.linear_products.weights import (
    OVERLAP,
    frame_exponents,
    overlaps,
    second_moments,
)
from compute.ledger import Entry, evaluate
from compute.linear_products import (
    carried_share,
    log_norm_moments,
    log_norm_quantiles,
    lyapunov_exponents,
    sample_log_norm,
)
from compute.params import parameters
from compute.sampling import collect, merge
from tests.thorough import crossed, several, some

TABS = [name for name, _ in parameters(Params)["figure"].choices]
SAMPLED = [tab for tab in TABS if tab != "plane"]
CLAIMS = {claim.key: claim for claim in EXPERIMENT.claims}
EXTREMES = [
    {"width": 1, "depth": 1, "inputs": 1, "outputs": 1},
    {"width": 1, "depth": 1000, "weight_variance": 0.2},
    {"width": 1000, "depth": 1, "inputs": 1, "weight_variance": 4.0},
    {"width": 1000, "depth": 1000, "inputs": 1000, "outputs": 1000, "weight_variance": 4.0},
    {"width": 1000, "depth": 1000, "outputs": 1, "taper": "linear", "neck": 1},
    {"width": 2, "depth": 16, "inputs": 2, "outputs": 1, "entries": "sign"},
    {"width": 3, "depth": 2, "taper": "bottleneck", "neck": 1000, "entries": "student"},
    {"width": 1, "depth": 1000, "inputs": 1, "outputs": 1, "entries": "uniform"},
    {"width": 1000, "depth": 1000, "entries": "sign", "route": "exact"},
]


def stripped(params, **changes):
    return dataclasses.replace(params, **changes)


@pytest.mark.parametrize(("tab", "setting"), crossed(TABS, EXTREMES), ids=str)
def test_the_extremes_run_sample_and_check_without_a_warning(tab, setting):
    params = Params(figure=tab, samples=100, **setting)
    assert EXPERIMENT.work(params) <= BUDGET_MS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = run(params)
        sample = collect(EXPERIMENT.sampler, params, 2) if batches(params) else None
        for claim in EXPERIMENT.claims:
            claim.check(params, result, sample)
    parts = [getattr(result, name) for name in TABS]
    assert [part is not None for part in parts] == [name == tab for name in TABS]
    part = getattr(result, tab)
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
            assert not np.isnan(value).any(), field.name


def test_the_shapes():
    assert widths(Params(width=8, depth=2, taper="bottleneck", outputs=5)) == (8, 2, 5)
    assert widths(Params(width=8, depth=3, taper="linear", neck=2, outputs=1)) == (8, 5, 2, 1)
    assert widths(Params(width=3, depth=2, outputs=7)) == (3, 3, 7)
    assert widths(Params(width=3, depth=1, taper="bottleneck", neck=9, outputs=1)) == (3, 1)


def test_the_law_is_a_density_with_its_moments_and_median():
    params = Params(width=5, depth=3, inputs=2, outputs=4, weight_variance=1.7)
    law = run(params).law
    mean, variance = log_norm_moments(widths(params))
    assert law.mean == pytest.approx(mean + 0.5 * log_mean(params))
    assert law.variance == pytest.approx(variance)
    assert np.trapezoid(law.exact, law.points) == pytest.approx(1, abs=3e-4)
    assert np.trapezoid(law.exact * law.points, law.points) == pytest.approx(law.mean, abs=3e-3)
    assert law.cdf[0] == pytest.approx(1e-4, abs=1e-9)
    assert law.cdf[-1] == pytest.approx(1 - 1e-4, abs=1e-9)
    median = math.exp(2 * log_norm_quantiles(widths(params), [0.5])[0])
    assert math.exp(law.log_median) == pytest.approx(median, rel=1e-4)
    assert law.medians[0] == pytest.approx(
        math.exp(2 * log_norm_quantiles((5, 4), [0.5])[0]), rel=1e-4
    )


@pytest.mark.parametrize("setting", [(1, 1), (1, 5), (2, 40), (64, 32), (1000, 1)])
def test_medians_read_off_the_distribution_function_are_exact_enough(setting):
    width, depth = setting
    params = Params(width=width, depth=depth, outputs=width)
    exact = log_norm_quantiles(widths(params), [0.5])[0]
    spread = math.sqrt(log_norm_moments(widths(params))[1])
    assert 0.5 * run(params).law.log_median == pytest.approx(exact, abs=1e-4 * spread)


def test_the_plane_agrees_with_the_law_at_the_present_point():
    for shows in ("mean", "variance"):
        params = Params(figure="plane", width=16, depth=50, outputs=3, inputs=3, shows=shows)
        plane = run(params).plane
        law = run(stripped(params, figure="law")).law
        assert plane.here == pytest.approx(law.mean if shows == "mean" else law.variance)
        assert plane.beta == pytest.approx(law.beta)
        at = (np.flatnonzero(plane.depths == 50)[0], np.flatnonzero(plane.widths == 16)[0])
        assert plane.values[at] == pytest.approx(plane.here)
        wide, deep = plane.wide_first, plane.deep_first
        assert tuple(wide[:2, 0]) == tuple(deep[:2, 0]) == (16, 50)
        assert tuple(wide[:2, -1]) == (FAR, 1000)
        assert tuple(deep[:2, -1]) == (1000, FAR)
        # the limits do not commute: what is left of width first is the output layer's
        assert wide[2, -1] == pytest.approx(log_norm_moments((3,))[shows == "variance"], rel=0.01)
        assert abs(deep[2, -1]) > 400


def test_a_median_below_the_range_of_floats_has_its_logarithm():
    """Width 1: log X is a sum of 1001 ½ log χ²₁, whose cumulants are polygammas."""
    law = run(Params(width=1, depth=1000, outputs=1)).law
    assert law.medians[-1] == 0
    first, second, third = (1001 * special.polygamma(k, 0.5) / 2 ** (k + 1) for k in range(3))
    first += 1001 * math.log(2) / 2
    assert law.log_median == pytest.approx(2 * first - third / (3 * second), abs=0.01)


def test_a_product_is_near_the_limit_that_was_taken():
    """Root mean square distances, by hand from what is drawn."""
    for width, depth in ((64, 1), (3, 500)):
        part = run(Params(figure="spectrum", width=width, depth=depth)).spectrum
        free = np.interp(part.ranks, part.free_ranks[::-1], part.free_values[::-1])
        by_hand = np.sqrt(np.mean((part.measured - free) ** 2))
        exponents = np.sqrt(np.mean((part.measured - part.lyapunov) ** 2))
        assert part.free_gap == pytest.approx(by_hand)
        assert part.lyapunov_gap == pytest.approx(exponents)
        assert (part.free_gap < part.lyapunov_gap) == (width > depth)


def test_the_spectrum_lies_between_its_limits():
    wide = run(Params(figure="spectrum", width=64, depth=1)).spectrum
    free = np.interp(wide.ranks, wide.free_ranks[::-1], wide.free_values[::-1])
    assert np.abs(wide.measured - free)[:60].max() < 0.2
    deep = run(Params(figure="spectrum", width=4, depth=512)).spectrum
    assert deep.measured == pytest.approx(deep.lyapunov, abs=0.2)
    assert run(Params(figure="spectrum", width=1000)).spectrum.lyapunov.size == 1000
    assert run(Params(figure="spectrum", width=1000)).spectrum.measured.size == 64


@pytest.mark.parametrize("tab", SAMPLED)
def test_batches_are_deterministic_and_merge_into_one(tab):
    params = Params(figure=tab, width=4, depth=3, inputs=4, outputs=4, samples=1_000_000)
    first, second = batch(params, 0), batch(params, 1)
    again = batch(params, 0)
    np.testing.assert_array_equal(first.counts, again.counts)
    assert not np.array_equal(first.counts, second.counts)
    both = merge(first, second)
    assert both.drawn == first.drawn + second.drawn
    np.testing.assert_allclose(both.counts, first.counts + second.counts)
    other = batch(stripped(params, seed=1), 0)
    assert not np.array_equal(first.counts, other.counts)


@pytest.mark.parametrize("tab", SAMPLED)
def test_the_batches_hold_the_sample_size_that_was_asked_for(tab):
    params = Params(figure=tab, width=20, depth=4, inputs=20, samples=777)
    whole = collect(EXPERIMENT.sampler, params, 10_000)
    assert whole.batches == whole.total
    assert whole.current.drawn == 777
    with pytest.raises(ValueError, match="no batch"):
        batch(params, batches(params))


def test_the_plane_has_nothing_to_sample():
    assert batches(Params(figure="plane")) == 0
    with pytest.raises(ValueError, match="no batch"):
        batch(Params(figure="plane"), 0)


def test_histograms_are_densities():
    for tab in SAMPLED:
        params = Params(figure=tab, width=4, depth=8, inputs=4, outputs=4, samples=1000)
        edges = getattr(run(params), tab).edges
        state = batch(params, 0)
        height, error = state.density(edges)
        assert np.sum(height * np.diff(edges)) == pytest.approx(1, abs=0.03)
        assert np.all(error[height > 0] > 0)


def test_the_route_is_weights_where_they_are_affordable():
    assert route_of(Params()) == "weights"
    assert route_of(Params(samples=1_000_000)) == "exact"
    assert route_of(Params(samples=1_000_000, route="weights")) == "weights"
    assert route_of(Params(route="exact")) == "exact"
    huge = {"width": 1000, "depth": 1000}
    assert route_of(Params(route="weights", **huge)) == "exact"
    assert route_of(Params(entries="sign", **huge)) == "none"
    assert route_of(Params(entries="sign", route="exact")) == "weights"


def test_both_routes_have_the_same_law():
    params = Params(width=3, depth=4, inputs=3, outputs=2, samples=20_000)
    law = run(params).law
    for route in ("weights", "exact"):
        state = batch(stripped(params, route=route), 0)
        assert state.distance(law.cdf) < KOLMOGOROV_AGREE / math.sqrt(state.drawn)
        assert state.dead == 0


def test_signs_kill_networks_and_they_are_counted():
    state = batch(Params(width=2, depth=16, inputs=2, outputs=1, entries="sign"), 0)
    assert state.dead > state.drawn / 2
    assert state.counts.sum() + state.dead == state.drawn


def test_kolmogorov_critical_values():
    assert stats.kstwobign.sf(KOLMOGOROV_AGREE) == pytest.approx(1e-3, rel=0.01)
    assert stats.kstwobign.sf(KOLMOGOROV_REFUTE) == pytest.approx(2 * stats.norm.sf(5), rel=0.01)


@pytest.mark.parametrize("entries", ["gaussian", "sign", "uniform", "student"])
def test_overlaps_have_the_input_covariance(entries):
    found = overlaps(3, (10, 10, 4), 20_000, entries, np.random.default_rng(5))
    error = found.std() / math.sqrt(found.size)
    assert abs(found.mean() - OVERLAP / 3) < 4 * error


def test_frames_grow_with_newmans_exponents():
    found = frame_exponents(3, "gaussian", np.random.default_rng(5))
    error = found.std(axis=0) / math.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - lyapunov_exponents(3)) < 4 * error)


def test_traces_have_the_exact_mean_at_finite_width():
    a = b = 1.0
    width, factors = 20, 3
    for _ in range(factors):
        a, b = b + (1 + 1 / width) * a, b + 2 * a / width**2
    found = second_moments(width, factors, 4000, "gaussian", np.random.default_rng(5))
    assert abs(found.mean() - a) < 4 * found.std() / math.sqrt(found.size)


def test_the_mean_exponent_of_uniform_pairs_by_quadrature():
    def product(p):
        return -0.5 * np.log(np.abs(p))

    inner_nodes, inner_weights = np.polynomial.legendre.leggauss(200)

    def piece(low, high, inner):
        # t = low + (high − low) s³(10 − 15 s + 6 s²) tames logarithms at both ends.
        s = 0.5 * (inner_nodes + 1)
        t = low + (high - low) * s**3 * (10 - 15 * s + 6 * s * s)
        jacobian = 0.5 * inner_weights * (high - low) * 30 * s**2 * (1 - s) ** 2
        return np.sum(jacobian * inner(t))

    def given(p):
        below = piece(0, p, lambda t: product(p - t) * np.log(t))
        across = piece(0, 1, lambda q: product(q) * np.log(p + q))
        above = piece(0, 1 - p, lambda t: product(p + t) * np.log(t))
        return below + across + above

    total = 2 * integrate.quad(lambda p: product(p) * given(p), 0, 1, limit=200)[0]
    assert 0.5 * (total + math.log(3) - math.log(2)) == pytest.approx(UNIFORM_PAIR, abs=1e-6)


def test_the_correlation_is_that_of_the_sample():
    params = Params(figure="direction", inputs=3, width=3, entries="sign", samples=50_000)
    found = batch(params, 0).correlation()
    assert abs(found.value - sign_correlation(3, 3)) < 4 * found.standard_error
    shown = run(params).direction
    direct = np.corrcoef(shown.log_norm, shown.concentration)[0, 1]
    assert shown.correlation == pytest.approx(direct, abs=1e-9)


def test_claims_are_all_about_gaussian_weights_that_are_multiplied():
    """No law is tested by draws from itself, and none where it is not claimed."""
    about_log_x = {k for k in CLAIMS if k.startswith(("log", "chi", "output"))}
    for changes in ({"route": "exact"}, {"entries": "student"}):
        params = Params(**changes)
        result = run(params)
        shown = {k for k, claim in CLAIMS.items() if claim.check(params, result, None)}
        assert not shown & about_log_x


@pytest.mark.parametrize("key", several([*CLAIMS], 6))
def test_claims_reach_their_verdict_at_their_own_setting(key):
    claim = CLAIMS[key]
    assert claim.batches <= batches(claim.params)
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES, check
    if len(check.statements) > 1:
        assert check.statements[-1].verdict == Verdict.REFUTED


def test_the_mean_at_large_beta_is_never_decided_but_what_most_networks_carry_of_it():
    """β = 10, exact draws: twenty seeds or five, a hundred thousand networks each."""
    params = stripped(CLAIMS["mean_norm_deep"].params, route="exact", samples=100_000)
    common = run(params).law.common
    for seed in range(some(5, 20)):
        sample = collect(EXPERIMENT.sampler, stripped(params, seed=seed), 2)
        whole = sampled("", sample, lambda s: s.square.mean_estimate(), Statement("", 1.0))
        carried = sampled("", sample, lambda s: s.common.mean_estimate(), Statement("", common))
        assert (whole.verdict, carried.verdict) == (Verdict.UNDECIDED, Verdict.AGREES)
    claim = CLAIMS["mean_norm_deep"]
    check = claim.check(
        claim.params, run(claim.params), collect(EXPERIMENT.sampler, claim.params, claim.batches)
    )
    assert check.verdict == Verdict.AGREES
    assert "whole mean is 1 stays undecided: " in check.reason


def test_what_most_networks_carry_of_the_mean_is_how_many_there_are_of_those_that_carry_it():
    deep = (10,) * 100
    below = sample_log_norm([12] * 100, 20_000, np.random.default_rng(8)) <= (
        rare_from(deep) - 50 * math.log(12 / 10)
    )
    share = carried_share(deep, [rare_from(deep)])[0]
    assert share < 1 / 50
    assert abs(below.mean() - share) < 5 * math.sqrt(share / below.size)
    assert carried_share((2, 7), [30.0]) == pytest.approx([1.0], abs=1e-9)
