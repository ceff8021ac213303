"""The engine against the reference file, an independent engine, and what geometry demands."""

import math

import numpy as np
import pytest
import regioncam
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.partition import cell_estimate, nodal_partition
from tests.compute.partition.networks import REFERENCE, bits, forward, sample

WINDOW = (-3.0, 3.0, -3.0, 3.0)
DEGENERATE = REFERENCE["degenerate"]["cases"]


@pytest.mark.parametrize("row", REFERENCE["networks"], ids=lambda row: str(row["arch"]))
def test_reference_networks(row):
    r = row["r"]
    found = nodal_partition(*sample(row["arch"], row["seed"]), window=(-r, r, -r, r))
    counts = (found.region_count, found.vertex_count, found.edge_count)
    assert counts == (row["regions"], row["vertices"], row["edges"])
    assert found.total_length == pytest.approx(row["total_nodal_length"], abs=1e-8)
    assert found.length_by_neuron == pytest.approx(row["nodal_length_per_neuron"], abs=1e-8)
    assert found.components_by_neuron.tolist() == row["components_per_neuron"]
    assert found.areas.min() == pytest.approx(row["min_region_area"], rel=1e-3)


@pytest.mark.parametrize("row", DEGENERATE[:3], ids=lambda row: str(row["arch"]))
def test_reference_networks_without_bias(row):
    found = nodal_partition(*sample(row["arch"], row["seed"], bias_scale=0.0), window=WINDOW)
    assert found.region_count == row["regions"]
    assert (found.components_by_neuron == 1).all()  # through the origin, or the origin alone


def test_reference_network_of_coincident_neurons():
    weights = [np.array([[1, 0], [1, 0], [-2, 0], [0, 1]])]
    found = nodal_partition(weights, [np.array([0.5, 0.5, -1, 0.2])], window=WINDOW)
    assert found.region_count == DEGENERATE[3]["regions"]
    assert found.length_by_neuron == pytest.approx([6, 6, 6, 6])
    assert found.total_length == pytest.approx(12 if DEGENERATE[3]["regions"] == 4 else 18)


@pytest.mark.parametrize("seed", range(4))
def test_duplicated_neurons_change_nothing_but_the_labels(seed):
    weights, biases = sample([8, 8], seed)
    once = nodal_partition(weights, biases, window=WINDOW)
    scale = np.array([3.0, 0.1, 7.0, 1 / 3, 1.0, 1e5, 1e-5, 0.7])
    doubled = [np.vstack([weights[0], scale[:, None] * weights[0]])]
    doubled.append(np.hstack([weights[1], np.zeros((8, 8))]))
    twice = nodal_partition(
        doubled, [np.concatenate([biases[0], scale * biases[0]]), biases[1]], window=WINDOW
    )
    assert twice.region_count == once.region_count
    assert twice.vertex_count == once.vertex_count
    assert twice.total_length == pytest.approx(once.total_length, rel=1e-12)
    assert twice.length_by_neuron[8:16] == pytest.approx(twice.length_by_neuron[:8], rel=1e-9)
    assert (twice.components_by_neuron[8:16] == twice.components_by_neuron[:8]).all()
    assert (bits(twice)[:, 8:16] == bits(twice)[:, :8]).all()


def regioncam_counts(weights, biases, radius):
    other = regioncam.Regioncam(radius)
    for weight, bias in zip(weights, biases, strict=True):
        other.linear(np.ascontiguousarray(weight.T, np.float32), bias.astype(np.float32))
        other.relu()
    return other.num_vertices, other.num_edges, other.num_faces


@pytest.mark.parametrize("widths", [(16, 16), (5,), (32, 8), (4, 4, 4, 4), (24, 24, 24), (48,)])
def test_counts_equal_regioncam(widths):
    """On a thousand random networks in all."""
    for seed in range(1000, 1170):
        weights, biases = sample(widths, seed)
        found = nodal_partition(weights, biases, window=WINDOW)
        counts = (found.vertex_count, found.edge_count, found.region_count)
        assert counts == regioncam_counts(weights, biases, 3.0), seed


@pytest.mark.parametrize("seed", range(5))
def test_one_layer_is_the_line_arrangement(seed):
    """Cells = 1 + lines in the window + crossings in it; lengths by clipping each line."""
    (weight,), (bias,) = sample([40], seed)
    found = nodal_partition([weight], [bias], window=WINDOW)
    chords = []
    for w, b in zip(weight, bias, strict=True):
        foot, along = -b * w / (w @ w), np.array([-w[1], w[0]]) / np.sqrt(w @ w)
        ends = np.sort((np.array([[-3], [3]]) - foot) / along, axis=0)
        chords.append(max(0.0, ends[1].min() - ends[0].max()))
    crossings = 0
    for i in range(40):
        for j in range(i):
            point = np.linalg.solve(weight[[i, j]], -bias[[i, j]])
            crossings += bool(np.abs(point).max() < 3)
    lines = sum(chord > 0 for chord in chords)
    assert found.region_count == 1 + lines + crossings
    assert found.length_by_neuron == pytest.approx(chords, abs=1e-12)
    assert found.components_by_neuron.tolist() == [int(chord > 0) for chord in chords]


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_zaslavsky_in_a_window_that_holds_every_crossing(n):
    weights, biases = sample([n], n)
    found = nodal_partition(weights, biases, window=(-1e5, 1e5, -1e5, 1e5))
    assert found.region_count == 1 + n + math.comb(n, 2)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=4),
    st.integers(0, 10**6),
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.sampled_from([0.01, 1.0, 3.0, 40.0]),
)
def test_what_geometry_demands(widths, seed, x, y, size):
    weights, biases = sample(widths, seed)
    window = (x, x + size, y, y + 0.5 * size)
    found = nodal_partition(weights, biases, window=window)
    assert found.vertex_count - found.edge_count + found.region_count == 1
    assert found.areas.min() > 0
    assert found.areas.sum() == pytest.approx(0.5 * size * size, rel=1e-9)
    middles = np.array([polygon.mean(axis=0) for polygon in found.polygons])
    signs = np.hstack(forward(weights, biases, middles)) > 0
    large = found.areas > 1e-9 * size * size  # in a sliver the middle is as near to a fold
    assert (bits(found)[large] == signs[large]).all()
    assert (found.locate(middles)[large] == np.flatnonzero(large)).all()
    assert len(np.unique(found.patterns, axis=0)) == found.region_count
    inside = found.edge_neuron >= 0
    ends = found.vertices[found.edges[inside]]
    lengths = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    by_neuron = np.bincount(found.edge_neuron[inside], lengths, len(signs[0]))
    assert found.length_by_neuron == pytest.approx(by_neuron, abs=1e-9 * size)
    for cell in range(0, found.region_count, 17):
        for other in found.neighbours(cell):
            assert (bits(found)[cell] != bits(found)[other]).sum() == 1


def test_parents_are_the_cells_of_the_shorter_networks():
    weights, biases = sample([9, 8, 7], 4)
    found = nodal_partition(weights, biases, window=WINDOW)
    assert (found.parents[0] == 0).all()
    assert (found.parents[-1] == np.arange(found.region_count)).all()
    for layers in (1, 2, 3):
        shorter = nodal_partition(weights[:layers], biases[:layers], window=WINDOW)
        assert found.region_count_by_layer[layers] == shorter.region_count
        areas = np.bincount(found.parents[layers], found.areas)
        assert areas == pytest.approx(shorter.areas, abs=1e-12)
        neurons = sum(len(b) for b in biases[:layers])
        assert (bits(found)[:, :neurons] == bits(shorter)[found.parents[layers]]).all()


def test_more_than_64_neurons_in_a_layer():
    weights, biases = sample([150, 70], 3)
    small = (-0.5, 0.5, -0.5, 0.5)
    found = nodal_partition(weights, biases, window=small)
    order = np.random.default_rng(0).permutation(150)
    other = nodal_partition(
        [weights[0][order], weights[1][:, order]], [biases[0][order], biases[1]], window=small
    )
    assert found.region_count == other.region_count
    assert found.length_by_neuron[order] == pytest.approx(other.length_by_neuron[:150], abs=1e-10)
    assert (found.components_by_neuron[150:] == other.components_by_neuron[150:]).all()
    assert found.patterns.shape == (found.region_count, 4)


def test_scale_and_shift_of_the_plane():
    weights, biases = sample([16, 16], 8)
    found = nodal_partition(weights, biases, window=WINDOW)
    moved = [weights[0] / 1e6, weights[1]]
    shifted = [biases[0] - moved[0] @ np.array([4e6, 5e6]), biases[1]]
    other = nodal_partition(moved, shifted, window=(1e6, 7e6, 2e6, 8e6))
    assert other.region_count == found.region_count
    assert other.length_by_neuron == pytest.approx(1e6 * found.length_by_neuron, rel=1e-7)


@pytest.mark.parametrize("widths", [[16], [64], [32, 32], [16] * 3, [32] * 3, [64] * 3, [32] * 6])
def test_cell_estimate_is_near_the_mean(widths):
    counts = [
        nodal_partition(*sample(widths, seed), window=WINDOW).region_count for seed in range(3)
    ]
    assert cell_estimate(widths) == pytest.approx(np.mean(counts), rel=0.3)
