"""Page 4.1: networks, cells and their colours, images, slices; claims at every preset and seed."""

from __future__ import annotations

import sys
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.claims import Verdict
from compute.experiment import OverBudgetError, ensure_affordable
from compute.experiments.nodal_sets import EXPERIMENT, Params, Result, run
from compute.experiments.nodal_sets.checks import counting
from compute.experiments.nodal_sets.plane import crossings, whole_plane
from compute.experiments.nodal_sets.raster import FIRST_SHADE, PIXELS, SHADES
from compute.experiments.nodal_sets.setting import (
    Net,
    expected_cells,
    network,
    widths,
    window,
)
from compute.params import ParameterError, values
from compute.partition import nodal_partition

HATS = Params(network="hats", depth=4, size=1, centre_x=0.5, centre_y=0.5)
SETTINGS = (
    Params(),
    Params(depth=1, width=16),
    Params(network="own", depth=2, width_1=3, width_2=1),
    Params(depth=6, width=4, seed=5),
    Params(bias_variance=0),
    Params(size=0.5, centre_x=1),
    Params(size=60, weight_variance=0.2),
    HATS,
)


def output(net: Net, points: Any) -> Any:
    """z (m,) straight from the weights."""
    h = np.asarray(points, dtype=np.float64)
    for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
        h = np.maximum(h @ weight.T + bias, 0)
    return (h @ net.weights[-1].T + net.biases[-1])[:, 0]


def inside(params: Params, count: int, seed: int = 0) -> Any:
    """Random points (count, 2) of the window."""
    x_min, x_max, y_min, y_max = window(params)
    u = np.random.default_rng(seed).random((count, 2))
    return np.array([x_min, y_min]) + u * np.array([x_max - x_min, y_max - y_min])


def partition_of(params: Params) -> Any:
    """The partition of a setting, made afresh."""
    net = network(params)
    return nodal_partition(list(net.weights[:-1]), list(net.biases[:-1]), window=window(params))


# ---- networks --------------------------------------------------------------------------------


def test_weights_and_biases_have_the_variances_of_the_notes() -> None:
    """(4.0.1): weights C_W/N, biases C_b."""
    nets = [network(Params(width=32, weight_variance=3, bias_variance=2, seed=s)) for s in range(9)]
    for layer, fan_in in enumerate((2, 32, 32, 32)):
        weights = np.concatenate([n.weights[layer].ravel() for n in nets])
        error = np.sqrt(2 / weights.size)
        assert weights.var() * fan_in / 3 == pytest.approx(1, abs=4 * error)
        biases = np.concatenate([n.biases[layer] for n in nets])
        assert biases.var() / 2 == pytest.approx(1, abs=4 * np.sqrt(2 / biases.size))


def test_more_neurons_and_layers_leave_the_others_where_they_are() -> None:
    small, large = network(Params(depth=2, width=5)), network(Params(depth=4, width=9))
    np.testing.assert_array_equal(small.weights[0], large.weights[0][:5])
    scaled = large.weights[1][:5, :5] * np.sqrt(9 / 5)
    np.testing.assert_allclose(small.weights[1], scaled, rtol=1e-12)
    np.testing.assert_array_equal(small.biases[1], large.biases[1][:5])


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_composed_hats_are_hats_of_hats(depth: int) -> None:
    params = replace(HATS, depth=depth)
    points = inside(params, 200)
    expected = points
    for _ in range(depth):
        expected = 1 - np.abs(2 * expected - 1)
    np.testing.assert_allclose(output(network(params), points), expected.sum(axis=1), atol=1e-12)
    assert run(params).cells == 4**depth


def test_own_widths_are_used() -> None:
    params = Params(network="own", depth=3, width_1=7, width_2=2, width_3=9)
    assert widths(params) == run(params).widths == (7, 2, 9)


# ---- cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize("params", SETTINGS)
def test_cells_hold_the_networks_map(params: Params) -> None:
    result = run(params)
    cells = result.drawn
    assert cells is not None
    points = inside(params, 300)
    at = partition_of(params).locate(points)
    z = (cells.maps[at] * np.column_stack([points, np.ones(300)])).sum(axis=1)
    scale = max(map(abs, result.output_range))
    np.testing.assert_allclose(z, output(result.net, points), atol=1e-9 * scale)
    low, high = result.output_range
    assert low - 1e-9 * scale <= z.min() <= z.max() <= high + 1e-9 * scale
    slopes = counting.gradients(result.net, points)
    np.testing.assert_allclose(cells.maps[at, :2], slopes, atol=1e-9 * np.abs(slopes).max())


@pytest.mark.parametrize("params", SETTINGS)
def test_codes_follow_patterns_layer_by_layer(params: Params) -> None:
    cells = run(params).drawn
    assert cells is not None
    partition = partition_of(params)
    for layer, parents in enumerate(partition.parents[1:]):
        # what was one cell after this layer has one code, that of any of its parts
        _, first = np.unique(parents, return_index=True)
        one = cells.codes[layer][first][np.unique(parents, return_inverse=True)[1]]
        np.testing.assert_array_equal(cells.codes[layer], one)
    different = len({tuple(p) for p in partition.patterns.tolist()})
    assert len(set(cells.codes[-1].tolist())) > 0.4 * min(different, 256)


def test_last_folds_are_the_deepest_at_the_border() -> None:
    params = Params(depth=4, width=6)
    cells, partition = run(params).drawn, partition_of(params)
    assert cells is not None
    for cell in range(0, partition.region_count, 7):
        edges = np.flatnonzero((partition.edge_cells == cell).any(axis=1))
        neurons = partition.edge_neuron[edges]
        layers = partition.layer_of_neuron[neurons[neurons >= 0]]
        assert cells.last[cell] == layers.max(initial=0)


@pytest.mark.parametrize("params", SETTINGS)
def test_linear_regions_are_those_of_the_partition(params: Params) -> None:
    result = run(params)
    assert result.drawn is not None
    net = result.net
    expected = partition_of(params).linear_regions(net.weights[-1], net.biases[-1])
    np.testing.assert_array_equal(result.drawn.region, expected)
    assert result.regions == expected.max() + 1 <= result.cells


def test_dead_neurons_are_off_everywhere() -> None:
    params = Params(depth=3, width=12, seed=3)
    result = run(params)
    points = inside(params, 20_000)
    h, dead = points, 0
    for weight, bias in zip(result.net.weights[:-1], result.net.biases[:-1], strict=True):
        h = np.maximum(h @ weight.T + bias, 0)
        dead += int((h.max(axis=0) == 0).sum())
    assert result.dead <= dead <= result.dead + 2  # a tiny patch may be missed by the points


# ---- images -----------------------------------------------------------------------------------


def pixels(result: Result) -> Any:
    """The image (PIXELS, PIXELS), top row first."""
    assert result.raster is not None
    raw = np.frombuffer(zlib.decompress(result.raster.rows), np.uint8)
    rows = raw.reshape(PIXELS, PIXELS + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:]


@pytest.mark.parametrize("colour", ["output", "gradient", "layer"])
def test_an_image_shows_the_cell_under_every_pixel(colour: str) -> None:
    params = Params(width=50, colour=colour)
    result = run(params)
    assert result.cells > 5000
    assert result.drawn is None
    image = pixels(result)
    rng = np.random.default_rng(1)
    row, column = rng.integers(0, PIXELS, (2, 4000))
    x_min, x_max, y_min, y_max = window(params)
    x = x_min + (column + 0.5) / PIXELS * (x_max - x_min)
    y = y_max - (row + 0.5) / PIXELS * (y_max - y_min)
    points = np.column_stack([x, y])
    if colour == "output":
        value = output(result.net, points)
    elif colour == "gradient":
        value = np.hypot(*counting.gradients(result.net, points).T)
    else:
        partition = partition_of(params)
        cell = partition.locate(points)
        layer = np.concatenate([[0], partition.layer_of_neuron])[partition.edge_neuron + 1]
        last = np.zeros(partition.region_count, int)
        np.maximum.at(
            last, np.where(partition.edge_cells < 0, 0, partition.edge_cells), layer[:, None]
        )
        value = last[cell].astype(float)
    assert result.raster is not None
    low, high = result.raster.low, result.raster.high
    expected = FIRST_SHADE + (value - low) / (high - low) * (SHADES - 1)
    shown = image[row, column]
    free = shown >= FIRST_SHADE
    assert 0.5 < free.mean() < 1
    assert np.abs(shown[free] - expected[free]).max() <= 0.51


def test_layers_shown_are_drawn_into_the_image() -> None:
    params = Params(width=50, layers=2)
    image = pixels(run(params))
    folds = set(np.unique(image[image < FIRST_SHADE]).tolist())
    assert folds == {1, 2}


def test_a_new_colour_makes_no_new_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counted(*a: Any, **k: Any) -> Any:
        made.append(1)
        return nodal_partition(*a, **k)

    monkeypatch.setattr(sys.modules[run.__module__], "nodal_partition", counted)
    params = Params(width=50, seed=77)
    first = run(params)
    for changed in ({"colour": "pattern"}, {"neuron": 120}, {"layers": 1}, {"arrows": True}):
        assert run(replace(params, **changed)).cells == first.cells
    assert len(made) == 1
    run(replace(params, size=5.5))
    assert len(made) == 2


def test_above_5000_cells_the_chosen_neurons_curve_is_kept() -> None:
    longest = int(run(Params(width=50)).length_by_neuron.argmax())
    params = Params(width=50, neuron=longest + 1)
    result = run(params)
    assert set(result.strands.neuron.tolist()) == {longest}
    length = np.hypot(*np.diff(result.strands.points, axis=0).T)
    ends = np.zeros(len(length), bool)
    ends[result.strands.offsets[1:-1] - 1] = True
    assert length[~ends].sum() == pytest.approx(result.length_by_neuron[longest])
    assert len(run(replace(params, neuron=0)).strands.neuron) == 0


# ---- slice and plane --------------------------------------------------------------------------


def test_the_slice_is_the_network_along_the_line() -> None:
    params = Params(line=((-2, -1), (2.5, 2)))
    part = run(params).cut
    assert part is not None
    np.testing.assert_allclose(part.output, output(network(params), part.points), atol=1e-12)
    middle = 0.5 * (part.points[1:] + part.points[:-1])
    halfway = 0.5 * (part.output[1:] + part.output[:-1])
    np.testing.assert_allclose(output(network(params), middle), halfway, atol=1e-12)
    assert part.layer[0] == part.layer[-1] == 0
    assert (part.layer[1:-1] > 0).all()
    assert part.position[-1] == pytest.approx(np.hypot(4.5, 3))


@pytest.mark.parametrize("line", [(), ((1.0, 1.0),), ((1.0, 1.0), (1.0, 1.0))])
def test_no_line_no_slice(line: tuple[tuple[float, float], ...]) -> None:
    assert run(Params(line=line)).cut is None


@pytest.mark.parametrize("width", [1, 2, 3, 8, 40, 64])
@pytest.mark.parametrize("seed", range(4))
def test_regions_of_the_plane(width: int, seed: int) -> None:
    """Zaslavsky in general position and without biases."""
    part = whole_plane(network(Params(depth=1, width=width, seed=seed)))
    n = part.lines
    assert n[0] == 1
    assert n[-1] == width
    np.testing.assert_array_equal(part.regions, 1 + n + n * (n - 1) // 2)
    np.testing.assert_array_equal(part.central, 2 * n)


def test_crossings_lie_on_both_lines() -> None:
    net = network(Params(depth=1, width=6))
    points = crossings(net.weights[0], net.biases[0])
    assert len(points) == 15
    near = np.sort(np.abs(points @ net.weights[0].T + net.biases[0]), axis=1)
    assert near[:, 1].max() < 1e-9 * np.abs(points).max()


# ---- claims -----------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", EXPERIMENT.claims, ids=lambda c: c.key)
def test_every_claim_agrees_where_it_is_made(claim: Any) -> None:
    check = claim.check(claim.params, run(claim.params), None)
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:])


def test_the_printed_minimum_is_refuted_for_every_number_of_lines() -> None:
    claim = next(c for c in EXPERIMENT.claims if c.key == "whole_plane")
    for width in (1, 2, 5, 20, 64):
        params = Params(depth=1, width=width)
        check = claim.check(params, run(params), None)
        assert check is not None
        assert [s.verdict for s in check.statements] == [Verdict.AGREES, Verdict.REFUTED]


def test_counts_by_hand() -> None:
    """Two axes and a line off the corner: 7 cells, or 6 through the origin."""
    weight = np.array([[1.0, 0], [0, 1], [1, 1]])
    for shift, cells in ((-0.5, 7), (0.0, 6)):
        net = Net((weight, np.ones((1, 3))), (np.array([0, 0, shift]), np.zeros(1)))
        assert counting.arrangement_cells(net, (-1, 1, -1, 1)) == cells


def test_a_line_is_clipped_to_the_window() -> None:
    box = (-1.0, 1.0, -1.0, 1.0)
    found = counting.clipped(box, np.array([0.0, 0.0]), np.array([1.0, 0.5]))
    assert found is not None
    np.testing.assert_allclose(found, [[-1, -0.5], [1, 0.5]])
    assert counting.clipped(box, np.array([0.0, 2.0]), np.array([1.0, 2.0])) is None
    assert counting.clipped(box, np.array([2.0, 0.0]), np.array([2.0, 2.0])) is None


# ---- bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2.0, 6.0, 20.0])
@pytest.mark.parametrize("depth", [1, 3, 6])
@pytest.mark.parametrize("weight_variance", [1.0, 2.0, 4.0])
def test_the_estimate_is_near_the_number_of_cells(
    size: float, depth: int, weight_variance: float
) -> None:
    params = Params(depth=depth, width=24, size=size, weight_variance=weight_variance)
    found = np.mean([run(replace(params, seed=s)).cells for s in range(4)])
    assert found < 1.7 * expected_cells(params)


def test_beyond_the_budget_a_setting_is_refused_with_one_that_is_not() -> None:
    ensure_affordable(EXPERIMENT, Params(depth=6, width=64))
    with pytest.raises(OverBudgetError, match="nearest setting") as refused:
        ensure_affordable(EXPERIMENT, Params(depth=6, width=64, size=60))
    ensure_affordable(EXPERIMENT, refused.value.nearest)


@pytest.mark.parametrize(
    "forged",
    [
        {"width": 10**9},
        {"depth": 7},
        {"size": 0},
        {"size": float("nan")},
        {"centre_x": float("inf")},
        {"neuron": -1},
        {"line": "nan~0_1~1"},
        {"colour": "red"},
    ],
)
def test_forged_values_are_refused(forged: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        Params(**(values(Params()) | forged))


@settings(max_examples=15, deadline=None)
@given(
    widths=st.tuples(*(st.integers(1, 8),) * 6),
    depth=st.integers(1, 6),
    seed=st.integers(0, 999_999),
    bias=st.sampled_from([0.0, 0.1, 1.0, 4.0]),
    size=st.sampled_from([0.01, 1.0, 6.0, 100.0]),
)
def test_areas_fill_the_window_and_euler_holds(
    widths: tuple[int, ...], depth: int, seed: int, bias: float, size: float
) -> None:
    given_widths = {f"width_{k + 1}": n for k, n in enumerate(widths)}
    params = Params(
        network="own", depth=depth, seed=seed, bias_variance=bias, size=size, **given_widths
    )
    result = run(params)
    assert result.vertices - result.edges + result.cells == 1
    assert result.drawn is not None
    assert counting.euler(result.drawn) == 2
    assert result.cells == result.cells_by_layer[-1] == len(result.drawn.maps)
    for claim in EXPERIMENT.claims:
        check = claim.check(params, result, None)
        assert check is None or check.verdict == Verdict.AGREES, claim.key


@pytest.mark.parametrize("claim", EXPERIMENT.claims, ids=lambda claim: claim.key)
def test_claims_point_at_a_neuron_that_is_there(claim) -> None:
    assert claim.params.neuron <= sum(run(claim.params).widths)
