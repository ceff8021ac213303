"""Curves as strands: the same lengths, components and places as the curves one by one."""

from __future__ import annotations

import numpy as np
import pytest

from compute.partition import NodalPartition, nodal_partition
from compute.partition.strands import strands


def random_partition(widths: tuple[int, ...], seed: int, bias: float = 1.0) -> NodalPartition:
    """A network of section 4.2 in [−3, 3]²."""
    rng, m = np.random.default_rng(seed), 2
    weights, biases = [], []
    for n in widths:
        weights.append(rng.standard_normal((n, m)) * np.sqrt(2.0 / m))
        biases.append(bias * rng.standard_normal(n))
        m = n
    return nodal_partition(weights, biases, window=(-3, 3, -3, 3))


@pytest.mark.parametrize("widths", [(1,), (16,), (8, 8), (4,) * 6, (12, 6, 20)])
@pytest.mark.parametrize("bias", [1.0, 0.0])
@pytest.mark.parametrize("seed", range(3))
def test_strands_are_the_curves(widths: tuple[int, ...], bias: float, seed: int) -> None:
    partition = random_partition(widths, seed, bias)
    found = strands(partition)
    assert (np.diff(found.neuron) >= 0).all()
    assert found.offsets[0] == 0
    assert found.offsets[-1] == len(found.points)
    for j in range(sum(widths)):
        mine = np.flatnonzero(found.neuron == j)
        parts = [found.points[found.offsets[k] : found.offsets[k + 1]] for k in mine]
        length = sum(float(np.hypot(*np.diff(p, axis=0).T).sum()) for p in parts)
        assert length == pytest.approx(partition.length_by_neuron[j], abs=1e-9)
        curves = [c for c in partition.curves(j) if len(c.points) > 1]
        assert len(set(found.component[mine].tolist())) == len({c.component for c in curves})
        # every corner of a strand is a point of the neuron's curve
        if curves:
            places = np.concatenate([c.points for c in curves])
            for p in parts:
                gaps = np.abs(p[:, None] - places[None]).max(axis=2).min(axis=1)
                assert gaps.max() <= 1e-12


def test_a_line_of_the_first_layer_is_two_points() -> None:
    partition = random_partition((20,), 5)
    sizes = np.diff(strands(partition).offsets)
    assert sizes.size > 10
    assert (sizes == 2).all()


def test_a_loop_is_closed() -> None:
    """σ of a pyramid's height less ½ vanishes on a diamond."""
    weights = [np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]), -np.ones((1, 4))]
    partition = nodal_partition(weights, [np.zeros(4), np.array([0.5])], window=(-1, 1, -1, 1))
    found = strands(partition)
    (loop,) = np.flatnonzero(found.neuron == 4)
    corners = found.points[found.offsets[loop] : found.offsets[loop + 1]]
    np.testing.assert_array_equal(corners[0], corners[-1])
    assert len(corners) == 5
    assert np.abs(corners).sum(axis=1) == pytest.approx(np.full(5, 0.5))
