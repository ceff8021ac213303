"""The same where a neuron vanishes at vertices that are already there.

Lines through a common point, coincident neurons and neurons that vanish on whole cells all come
here: the cut goes through the existing vertex, and an edge along which the neuron vanishes keeps
its first label and gets the neuron as a further one. Slower than the generic case, as it walks
the rings of the cells around the vertex.
"""

import numpy as np

from compute.compiled import internal, lean
from compute.partition.curve_measures import HALF, SHARED, CurveMeasures, add_length, link_zeros
from compute.partition.cutting import Layer, join
from compute.partition.lists import NODES, VANISHING, Lists, reserve_nodes
from compute.partition.mesh import (
    CURVE,
    EDGES,
    EXTRA,
    FACE,
    FACES,
    FAILED,
    ISOLATED,
    LABEL,
    LINK,
    MARK,
    MORE,
    NEURON,
    NEXT,
    ORIGIN,
    OUTSIDE,
    START,
    VERTICES,
    Counts,
    Ints,
    Mesh,
    reserve_cuts,
    reserve_labels,
)


@lean
def _degrees(mesh: Mesh, lists: Lists, bit: int) -> int:
    """Edges at all the vertices where the neuron vanishes, counted once for each."""
    total = 0
    node = lists.heads[bit, VANISHING]
    while node >= 0:
        spoke = mesh.spoke[lists.nodes[node, 0], 0]
        h = spoke
        while True:
            total += 1
            h = mesh.half[h ^ 1, NEXT]
            if h == spoke:
                break
        node = lists.nodes[node, 1]
    return total


@lean
def _touched(mesh: Mesh, lists: Lists, bit: int, hits: Counts, found: int, faces: Ints) -> int:
    """Faces at a zero of the neuron, new or old; some more than once."""
    count = 0
    for i in range(found):
        faces[count] = mesh.half[hits[i, HALF], FACE]
        count += 1
    node = lists.heads[bit, VANISHING]
    while node >= 0:
        spoke = mesh.spoke[lists.nodes[node, 0], 0]
        h = spoke
        while True:
            faces[count] = mesh.half[h, FACE]
            count += 1
            h = mesh.half[h ^ 1, NEXT]
            if h == spoke:
                break
        node = lists.nodes[node, 1]
    return count


@lean
def _vanishes(mesh: Mesh, layer: Layer, start: int, column: int) -> bool:
    """Whether the neuron is zero on all of the ring of half-edge `start`."""
    h = start
    while layer.values[mesh.half[h, ORIGIN], column] == 0.0:
        h = mesh.half[h, NEXT]
        if h == start:
            return True
    return False


@lean
def _changes(mesh: Mesh, layer: Layer, start: int, column: int) -> tuple[int, int, int]:
    """How often the neuron changes sign on a ring, and where.

    Returns the number of changes and the half-edges that arrive at the zeros where it becomes
    negative and positive. A change without a zero in between counts three times.
    """
    half, values = mesh.half, layer.values
    h = start
    while values[half[h, ORIGIN], column] == 0.0:
        h = half[h, NEXT]
        if h == start:
            return 0, 0, 0
    last = h
    sign = values[half[h, ORIGIN], column] > 0.0
    into, out, zero, changes = -1, -1, -1, 0
    while True:
        following = half[h, NEXT]
        value = values[half[following, ORIGIN], column]
        if value == 0.0:
            zero = h if zero < 0 else zero
        else:
            if (value > 0.0) != sign:
                changes += 1 if zero >= 0 else 3
                sign = value > 0.0
                if sign:
                    out = zero
                else:
                    into = zero
            zero = -1
        h = following
        if h == last:
            return changes, into, out


@lean
def _label(
    mesh: Mesh, layer: Layer, curves: CurveMeasures, h: int, column: int, neuron: int
) -> None:
    """Add the neuron to the labels of an edge along which it vanishes."""
    left, right = mesh.half[h, FACE], mesh.half[h ^ 1, FACE]
    on_curve = min(left, right) > OUTSIDE and not (
        _vanishes(mesh, layer, mesh.face[left, START], column)
        and _vanishes(mesh, layer, mesh.face[right, START], column)
    )
    if on_curve:
        a, c = mesh.half[h, ORIGIN], mesh.half[h ^ 1, ORIGIN]
        curves.lengths[SHARED, neuron] += add_length(mesh, curves, neuron, a, c)
    entry = mesh.used[EXTRA]
    mesh.used[EXTRA] = entry + 1
    mesh.more[entry, NEURON] = neuron
    mesh.more[entry, LINK] = mesh.edge[h >> 1, MORE]
    mesh.more[entry, CURVE] = 1 if on_curve else 0
    mesh.edge[h >> 1, MORE] = entry


@lean
def _label_all(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    curves: CurveMeasures,
    bit: int,
    column: int,
    neuron: int,
) -> None:
    """Label every edge between two old zeros; note the zeros that no edge continues."""
    half = mesh.half
    node = lists.heads[bit, VANISHING]
    while node >= 0:
        v = lists.nodes[node, 0]
        node = lists.nodes[node, 1]
        spoke = mesh.spoke[v, 0]
        h = spoke
        alone = True
        while True:
            w = half[h ^ 1, ORIGIN]
            if layer.values[w, column] == 0.0:
                alone = False
                if v < w and mesh.edge[h >> 1, LABEL] != neuron:
                    _label(mesh, layer, curves, h, column, neuron)
            h = half[h ^ 1, NEXT]
            if h == spoke:
                break
        if alone:
            entry = mesh.used[ISOLATED]
            mesh.used[ISOLATED] = entry + 1
            mesh.isolated[entry, 0] = neuron
            mesh.isolated[entry, 1] = v


@internal
def join_touched(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    curves: CurveMeasures,
    hits: Counts,
    found: int,
    column: int,
    bit: int,
    neuron: int,
    later: np.uint64,
    later_count: int,
) -> tuple[Mesh, Lists]:
    """Cut every face in which the neuron changes sign, then label the edges where it vanishes."""
    spokes = _degrees(mesh, lists, bit)
    faces = np.empty(found + spokes, np.int32)
    count = _touched(mesh, lists, bit, hits, found, faces)
    if (
        mesh.used[EDGES] + count > mesh.edge.shape[0]
        or mesh.used[FACES] + count > mesh.face.shape[0]
    ):
        mesh = reserve_cuts(mesh, count, count)
    if lists.used[NODES] + count * later_count > lists.nodes.shape[0]:
        lists = reserve_nodes(lists, count * later_count)
    for i in range(count):
        f = faces[i]
        if f != OUTSIDE and mesh.face[f, MARK] != neuron:
            mesh.face[f, MARK] = neuron
            changes, into, out = _changes(mesh, layer, mesh.face[f, START], column)
            if changes == 2:
                join(mesh, layer, lists, curves, into, out, neuron, later)
            elif changes != 0:
                mesh.used[FAILED] = neuron + 1
    zeros = lists.sizes[bit, VANISHING]
    spokes += 2 * count
    if mesh.used[EXTRA] + spokes > mesh.more.shape[0] or (
        mesh.used[ISOLATED] + zeros > mesh.isolated.shape[0]
    ):
        mesh = reserve_labels(mesh, spokes, zeros)
    _label_all(mesh, layer, lists, curves, bit, column, neuron)
    parents = np.empty(mesh.used[VERTICES], np.int32)
    link_zeros(mesh, lists, curves, layer.values, parents, found // 2, column, bit, neuron)
    return mesh, lists
