"""Every neuron's curve as polylines, all in one compiled pass: what a picture of folds needs.

`NodalPartition.curves` gives one curve with all its vertices; here vertices at which a curve goes
straight on are left out, so that a line of the first layer is two points.
"""

from typing import NamedTuple

import numpy as np

from compute.compiled import compiled, lean_inlined
from compute.partition.measures import edges_by_neuron
from compute.partition.mesh import (
    CURVE,
    LABEL,
    LINK,
    MORE,
    NEURON,
    ORIGIN,
    VERTICES,
    Counts,
    Floats,
    Indices,
    Ints,
    Mesh,
)
from compute.partition.partition import NodalPartition

_STRAIGHT = 1e-9


class Strands(NamedTuple):
    """Polylines, ordered by neuron; isolated zeros are left out."""

    offsets: Counts
    """(s + 1,) into `points`."""
    points: Floats
    """(k, 2) positions; a closed strand repeats its first point."""
    neuron: Ints
    """(s,)"""
    component: Ints
    """(s,) connected piece of the neuron's zero set, from 0."""


def strands(partition: NodalPartition) -> Strands:
    """All curves of a partition. Cost O(E)."""
    mesh = partition.measured.mesh
    neurons = sum(partition.network.widths)
    offsets, vertices, neuron, component = _trace(mesh, neurons, *edges_by_neuron(mesh, neurons))
    return Strands(offsets, partition.vertices[vertices], neuron, component)


@lean_inlined
def _is_shown(mesh: Mesh, edge: int, neuron: int) -> bool:
    """Whether the edge is part of the neuron's curve, not only of its zero set."""
    shown = mesh.edge[edge, LABEL] == neuron
    entry = mesh.edge[edge, MORE]
    while entry >= 0 and not shown:
        shown = mesh.more[entry, NEURON] == neuron and mesh.more[entry, CURVE] == 1
        entry = mesh.more[entry, LINK]
    return bool(shown)


@lean_inlined
def _root(parents: Ints, v: int) -> int:
    while parents[v] != v:
        parents[v] = parents[parents[v]]
        v = parents[v]
    return v


@lean_inlined
def _bends(points: Floats, a: int, v: int, c: int) -> bool:
    """Whether the path a, v, c turns at v."""
    x, y = points[v, 0] - points[a, 0], points[v, 1] - points[a, 1]
    p, q = points[c, 0] - points[v, 0], points[c, 1] - points[v, 1]
    size = np.sqrt((x * x + y * y) * (p * p + q * q))
    return bool(abs(x * q - y * p) > _STRAIGHT * size or x * p + y * q < 0.0)


@lean_inlined
def _number(half: Indices, parents: Ints, piece: Ints, edges: Ints) -> None:
    """Number the connected pieces that these edges make, at the root of each."""
    pieces = 0
    for i in range(edges.size):
        v = _root(parents, half[2 * edges[i], ORIGIN])
        if piece[v] < 0:
            piece[v] = pieces
            pieces += 1


@compiled
def _trace(
    mesh: Mesh, neurons: int, bounds: Counts, grouped: Ints
) -> tuple[Counts, Ints, Ints, Ints]:
    """Offsets, vertices, neuron and component of every strand."""
    half, points, count = mesh.half, mesh.points, mesh.used[VERTICES]
    total = grouped.size
    offsets = np.zeros(total + 1, np.int64)
    vertices = np.empty(2 * total, np.int32)
    neuron, component = np.empty(total, np.int32), np.empty(total, np.int32)
    parents, seen = np.empty(count, np.int32), np.full(count, -1, np.int32)
    piece = np.empty(count, np.int32)
    # the first two shown edges at a vertex, and how many there are
    degree, link = np.zeros(count, np.int32), np.empty((count, 2), np.int32)
    unused = np.zeros(total, np.bool_)
    made = filled = 0
    for j in range(neurons):
        first, last = bounds[j], bounds[j + 1]
        for i in range(first, last):
            a, c = half[2 * grouped[i], ORIGIN], half[2 * grouped[i] + 1, ORIGIN]
            for v in (a, c):
                if seen[v] != j:
                    seen[v], parents[v], degree[v], piece[v] = j, v, 0, -1
            parents[_root(parents, a)] = _root(parents, c)
            if not _is_shown(mesh, grouped[i], j):
                continue
            unused[i] = True
            for v in (a, c):
                if degree[v] < 2:
                    link[v, degree[v]] = i
                degree[v] += 1
        _number(half, parents, piece, grouped[first:last])
        # strands with ends first, then closed ones
        for closed in (False, True):
            for i in range(first, last):
                for side in range(2):
                    v = half[2 * grouped[i] + side, ORIGIN]
                    if not unused[i] or (degree[v] == 2 and not closed):
                        continue
                    start, before, here, edge = filled, v, v, i
                    vertices[filled] = v
                    filled += 1
                    while True:
                        unused[edge] = False
                        a, c = half[2 * grouped[edge], ORIGIN], half[2 * grouped[edge] + 1, ORIGIN]
                        following = c if a == here else a
                        if filled > start + 1 and not _bends(points, before, here, following):
                            filled -= 1
                        else:
                            before = here
                        vertices[filled] = following
                        filled += 1
                        here = following
                        if degree[here] != 2:
                            break
                        onward = link[here, 1] if link[here, 0] == edge else link[here, 0]
                        if not unused[onward]:
                            break
                        edge = onward
                    neuron[made], component[made] = j, piece[_root(parents, v)]
                    made += 1
                    offsets[made] = filled
    return offsets[: made + 1], vertices[:filled], neuron[:made], component[:made]
