"""Snapping: lines through vertices, coincident neurons, vanishing cells, in every quantity."""

import numpy as np
import pytest

from compute.partition import nodal_partition
from tests.compute.partition.networks import bits
from tests.compute.partition.rational import exact_partition

WINDOWS = [(-2, 2, -2, 2), (-3, 3, -1, 2), (1, 3, -2, 1)]
WIDTHS = [(4,), (3, 3), (4, 2), (3, 2, 3), (2, 2, 2, 2)]


def integer_network(seed):
    """A random network with small integer weights: hardly anything about it is generic."""
    rng = np.random.default_rng(seed)
    widths = WIDTHS[seed % len(WIDTHS)]
    largest = 0 if seed % 3 == 0 else 2
    weights, biases, m = [], [], 2
    for n in widths:
        weights.append(rng.integers(-2, 3, (n, m)))
        biases.append(rng.integers(-largest, largest + 1, n))
        m = n
    return weights, biases, WINDOWS[rng.integers(len(WINDOWS))]


def assert_equal_to_fractions(weights, biases, window):
    exact = exact_partition(weights, biases, window)
    found = nodal_partition(weights, biases, window=window)
    counts = (found.vertex_count, found.edge_count, found.region_count)
    assert counts == (exact.vertex_count, exact.edge_count, exact.region_count)
    assert found.length_by_neuron == pytest.approx(exact.length_by_neuron, abs=1e-11)
    assert found.components_by_neuron.tolist() == exact.components_by_neuron
    assert found.total_length == pytest.approx(exact.total_length, abs=1e-11)
    rows = sorted(zip(map(tuple, bits(found)), found.areas.tolist(), strict=True))
    assert [row for row, _ in rows] == [row for row, _ in exact.patterns_and_areas]
    areas = [area for _, area in exact.patterns_and_areas]
    assert [area for _, area in rows] == pytest.approx(areas, abs=1e-12)
    for j, pieces in enumerate(exact.components_by_neuron):
        assert len({curve.component for curve in found.curves(j)}) <= pieces


@pytest.mark.parametrize("seed", range(40))
def test_integer_networks_equal_exact_fractions(seed):
    assert_equal_to_fractions(*integer_network(seed))
