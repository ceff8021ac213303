"""Lengths, components and loops of every neuron's curve, measured while the neuron cuts.

Later neurons only put vertices on a curve, which changes none of the three: the neuron's own cut
knows its few edges and how they hang together, so nobody has to look for them afterwards.
"""

from typing import Final, NamedTuple

import numpy as np

from compute.compiled import internal, lean, lean_inlined
from compute.partition.lists import VANISHING, Lists
from compute.partition.mesh import NEXT, ORIGIN, VERTICES, Counts, Floats, Ints, Mesh

# rows of CurveMeasures.lengths and of CurveMeasures.pieces, columns of a cut's hits
ALL: Final = 0
SHARED: Final = 1
COMPONENTS: Final = 0
LOOPS: Final = 1
HALF: Final = 0
ROOT: Final = 1


class CurveMeasures(NamedTuple):
    """What is measured of n neurons' curves."""

    lengths: Floats
    """(2, n) of the neuron's curve, and of those edges on it that another neuron's cut made."""
    pieces: Counts
    """(2, n) components of its zero set in the closed window, and independent closed loops."""


@internal
def empty_curves(neurons: int) -> CurveMeasures:
    """Nothing measured so far."""
    return CurveMeasures(np.zeros((2, neurons)), np.zeros((2, neurons), np.int64))


@lean
def clear(curves: CurveMeasures) -> None:
    """Forget what was measured."""
    for row in range(2):
        for neuron in range(curves.lengths.shape[1]):
            curves.lengths[row, neuron] = 0.0
            curves.pieces[row, neuron] = 0


@lean_inlined
def add_length(mesh: Mesh, curves: CurveMeasures, neuron: int, a: int, c: int) -> float:
    """Count the edge between vertices a and c as part of the neuron's curve; its length."""
    x = mesh.points[c, 0] - mesh.points[a, 0]
    y = mesh.points[c, 1] - mesh.points[a, 1]
    length = np.sqrt(x * x + y * y)
    curves.lengths[ALL, neuron] += length
    return float(length)


@lean_inlined
def link_hits(hits: Counts, curves: CurveMeasures, neuron: int, i: int, k: int) -> None:
    """Count the edge between two hits: it joins two pieces (union-find) or closes a loop."""
    while hits[i, ROOT] != i:
        hits[i, ROOT] = hits[hits[i, ROOT], ROOT]
        i = hits[i, ROOT]
    while hits[k, ROOT] != k:
        hits[k, ROOT] = hits[hits[k, ROOT], ROOT]
        k = hits[k, ROOT]
    hits[i, ROOT] = k
    curves.pieces[COMPONENTS, neuron] -= i != k
    curves.pieces[LOOPS, neuron] += i == k


@lean_inlined
def _root(parents: Ints, v: int) -> int:
    while parents[v] != v:
        parents[v] = parents[parents[v]]
        v = parents[v]
    return v


@lean
def _link_around(
    mesh: Mesh,
    curves: CurveMeasures,
    values: Floats,
    parents: Ints,
    column: int,
    neuron: int,
    v: int,
) -> None:
    """Count the edges from a zero to the zeros with higher numbers."""
    half, spoke = mesh.half, mesh.spoke[v, 0]
    h = spoke
    while True:
        w = half[h ^ 1, ORIGIN]
        if v < w and values[w, column] == 0.0:
            a, c = _root(parents, v), _root(parents, w)
            parents[a] = c
            curves.pieces[COMPONENTS, neuron] -= a != c
            curves.pieces[LOOPS, neuron] += a == c
        h = half[h ^ 1, NEXT]
        if h == spoke:
            break


@lean
def link_zeros(
    mesh: Mesh,
    lists: Lists,
    curves: CurveMeasures,
    values: Floats,
    parents: Ints,
    added: int,
    column: int,
    bit: int,
    neuron: int,
) -> None:
    """The same for a neuron that vanishes at old vertices and at the last `added` ones.

    Its zero set is these and all edges between two of them; `parents` (V,) is scratch.
    """
    zeros, vertices = lists.heads[bit, VANISHING], mesh.used[VERTICES]
    for v in range(vertices - added, vertices):
        parents[v] = v
    node = zeros
    while node >= 0:
        parents[lists.nodes[node, 0]] = lists.nodes[node, 0]
        node = lists.nodes[node, 1]
    curves.pieces[COMPONENTS, neuron] += added + lists.sizes[bit, VANISHING]
    for v in range(vertices - added, vertices):
        _link_around(mesh, curves, values, parents, column, neuron, v)
    node = zeros
    while node >= 0:
        _link_around(mesh, curves, values, parents, column, neuron, lists.nodes[node, 0])
        node = lists.nodes[node, 1]
