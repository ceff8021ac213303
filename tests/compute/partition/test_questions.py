"""Output maps, linear regions, curves, slices: what is asked of a partition afterwards."""

import numpy as np
import pytest

from compute.partition import nodal_partition
from tests.compute.partition.networks import bits, forward, sample

WINDOW = (-3.0, 3.0, -3.0, 3.0)


def masked_product(weights, biases, pattern, output_weights, output_bias):
    """Gradient and offset on one cell, straight from (4.1.1) with the neurons masked."""
    gradient, offset, first = np.eye(2), np.zeros(2), 0
    for weight, bias in zip(weights, biases, strict=True):
        on = pattern[first : first + len(bias)]
        gradient, offset = on[:, None] * (weight @ gradient), on * (weight @ offset + bias)
        first += len(bias)
    return output_weights @ gradient, output_weights @ offset + output_bias


@pytest.mark.parametrize("widths", [[7], [16, 16], [5, 70, 9], [100, 3]])
def test_output_maps_equal_masked_products(widths):
    weights, biases = sample(widths, 5)
    rng = np.random.default_rng(1)
    out, shift = rng.standard_normal((3, widths[-1])), rng.standard_normal(3)
    found = nodal_partition(weights, biases, window=(-1, 1, -1, 1))
    maps = found.output_maps(out, shift)
    for cell, pattern in enumerate(bits(found)):
        gradient, offset = masked_product(weights, biases, pattern, out, shift)
        assert maps.gradient[cell] == pytest.approx(gradient, abs=1e-11)
        assert maps.offset[cell] == pytest.approx(offset, abs=1e-11)


def test_vertex_outputs_agree_with_the_maps_of_the_cells():
    weights, biases = sample([16, 16], 2)
    found = nodal_partition(weights, biases, window=WINDOW)
    out = np.ones((1, 16))
    values, maps = found.vertex_outputs(out, [0.5]), found.output_maps(out, [0.5])
    offsets, vertices = found.rings
    for cell, polygon in enumerate(found.polygons):
        mapped = polygon @ maps.gradient[cell].T + maps.offset[cell]
        assert values[vertices[offsets[cell] : offsets[cell + 1]]] == pytest.approx(mapped)


def test_linear_regions_of_a_dead_end():
    """x ↦ σ(x) + σ(−x) − σ(y): the first fold stays, and σ(x) − x − σ(−x) has none."""
    weights = [np.array([[1.0, 0], [-1, 0], [0, 1]])]
    found = nodal_partition(weights, [np.zeros(3)], window=WINDOW)
    assert found.region_count == 4
    assert found.linear_regions([[1.0, 1.0, -1.0]], [0.0]).max() + 1 == 4
    assert found.linear_regions([[1.0, -1.0, -1.0]], [0.0]).max() + 1 == 2
    assert found.linear_regions([[1.0, -1.0, 0.0]], [0.0]).max() + 1 == 1


def test_linear_regions_of_deep_and_narrow_networks_are_fewer():
    cells, regions = 0, 0
    for seed in range(20):
        weights, biases = sample([4] * 6, seed)
        found = nodal_partition(weights, biases, window=WINDOW)
        out = np.random.default_rng(seed).standard_normal((1, 4))
        labels = found.linear_regions(out, [0.0])
        assert set(labels.tolist()) == set(range(labels.max() + 1))
        cells, regions = cells + found.region_count, regions + labels.max() + 1
    assert 0.5 * cells < regions < 0.9 * cells


def test_curves_have_the_lengths_and_components():
    weights, biases = sample([12, 12, 12], 11)
    found = nodal_partition(weights, biases, window=WINDOW)
    values = np.hstack(forward(weights, biases, found.vertices))
    assert found.components_by_neuron.max() > 1
    for neuron in range(36):
        curves = found.curves(neuron)
        steps = [np.linalg.norm(np.diff(c.points, axis=0), axis=1).sum() for c in curves]
        assert sum(steps) == pytest.approx(found.length_by_neuron[neuron], abs=1e-10)
        pieces = {curve.component for curve in curves}
        assert pieces == set(range(found.components_by_neuron[neuron]))
        for curve in curves:
            at = np.hstack(forward(weights, biases, curve.points))[:, neuron]
            assert np.abs(at).max() < 1e-12 * (1 + np.abs(values[:, neuron]).max())


def test_a_loop_is_one_closed_curve():
    """1 − σ(x) − σ(−x) − σ(y) − σ(−y) vanishes on a diamond and nowhere else."""
    first = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    found = nodal_partition(
        [first, -np.ones((1, 4))], [np.zeros(4), np.ones(1)], window=(-2, 2, -3, 3)
    )
    (loop,) = found.curves(4)
    assert (loop.points[0] == loop.points[-1]).all()
    assert found.components_by_neuron[4] == 1
    assert found.loops_by_neuron.tolist() == [0, 0, 0, 0, 1]
    assert found.length_by_neuron[4] == pytest.approx(4 * np.sqrt(2))
    assert found.region_count == 8


def test_slices_equal_the_network():
    weights, biases = sample([10, 10, 10], 3)
    found = nodal_partition(weights, biases, window=WINDOW)
    out, shift = np.random.default_rng(0).standard_normal((1, 10)), np.array([0.3])
    cut = found.slice((-2.5, -1.0), (2.0, 2.9))
    assert (np.diff(cut.position) > 0).all()
    assert cut.points[[0, -1]] == pytest.approx(np.array([[-2.5, -1.0], [2.0, 2.9]]))
    values = np.hstack(forward(weights, biases, cut.points))
    for breakpoint_, neuron in cut.zeros:
        assert abs(values[breakpoint_, neuron]) < 1e-12
    dense = np.linspace(0, 1, 4001)
    points = np.outer(1 - dense, cut.points[0]) + np.outer(dense, cut.points[-1])
    exact = np.maximum(forward(weights, biases, points)[-1], 0) @ out[0] + shift
    assert np.interp(dense, cut.position, cut.outputs(out, shift)[:, 0]) == pytest.approx(exact)
    cells = found.locate(points)
    assert (np.diff(cells) != 0).sum() <= len(cut.position) - 2
    middle = 0.5 * (cut.points[1:] + cut.points[:-1])
    assert len(set(found.locate(middle).tolist())) == len(middle)  # cells are convex


def test_locate_outside_the_window():
    weights, biases = sample([5], 0)
    found = nodal_partition(weights, biases, window=WINDOW)
    assert found.locate([[3.1, 0], [0, -4], [0, 0]]).tolist()[:2] == [-1, -1]


def test_results_are_read_only():
    weights, biases = sample([5], 0)
    found = nodal_partition(weights, biases, window=WINDOW)
    for array in (found.length_by_neuron, found.patterns, found.areas, found.vertices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
