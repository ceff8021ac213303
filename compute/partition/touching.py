"""The same where a neuron vanishes at vertices that are already there.

Lines through a common point, coincident neurons and neurons that vanish on whole cells all come
here: the cut goes through the existing vertex, and an edge along which the neuron vanishes keeps
its first label and gets the neuron as a further one. Slower than the generic case, as it walks
the rings of the cells around the vertex.
"""

import numpy as np

from compute.compiled import compiled
from compute.partition.cutting import Layer, join
from compute.partition.lists import VANISHING, Lists, reserve_nodes
from compute.partition.mesh import (
    BORDER,
    CURVE,
    EDGES,
    EXTRA,
    FACE,
    FACES,
    FAILED,
    FLAGS,
    FLIPS,
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
    Ints,
    Mesh,
    reserve,
    reserve_labels,
)


@compiled
def _degrees(mesh: Mesh, lists: Lists, bit: int) -> int:
    """Edges at all the vertices where the neuron vanishes, counted once for each."""
    total = 0
    node = lists.heads[bit, VANISHING]
    while node >= 0:
        spoke = mesh.spoke[lists.nodes[node, 0]]
        h = spoke
        while True:
            total += 1
            h = mesh.half[h ^ 1, NEXT]
            if h == spoke:
                break
        node = lists.nodes[node, 1]
    return total


@compiled
def _touched(mesh: Mesh, lists: Lists, bit: int, hits: Ints, found: int, faces: Ints) -> int:
    """Faces at a zero of the neuron, new or old; some more than once."""
    count = 0
    for i in range(found):
        faces[count] = mesh.half[hits[i], FACE]
        count += 1
    node = lists.heads[bit, VANISHING]
    while node >= 0:
        spoke = mesh.spoke[lists.nodes[node, 0]]
        h = spoke
        while True:
            faces[count] = mesh.half[h, FACE]
            count += 1
            h = mesh.half[h ^ 1, NEXT]
            if h == spoke:
                break
        node = lists.nodes[node, 1]
    return count


@compiled
def side(mesh: Mesh, layer: Layer, face: int, column: int) -> int:
    """Sign of the neuron in a face that it does not cut: 0 where it vanishes on all of it."""
    start = mesh.face[face, START]
    h = start
    while True:
        value = layer.values[mesh.half[h, ORIGIN], column]
        if value > 0.0:
            return 1
        if value < 0.0:
            return -1
        h = mesh.half[h, NEXT]
        if h == start:
            return 0


@compiled
def _join_ring(
    mesh: Mesh, layer: Layer, lists: Lists, face: int, column: int, neuron: int, later: np.uint64
) -> None:
    """Cut a face between the zeros where its ring changes sign, if it does."""
    half, values = mesh.half, layer.values
    h = mesh.face[face, START]
    start = h
    while values[half[h, ORIGIN], column] == 0.0:
        h = half[h, NEXT]
        if h == start:
            return
    start = h
    sign = values[half[h, ORIGIN], column] > 0.0
    into, out, zero, changes = -1, -1, -1, 0
    while True:
        following = half[h, NEXT]
        value = values[half[following, ORIGIN], column]
        if value == 0.0:
            zero = h if zero < 0 else zero
        else:
            if (value > 0.0) != sign:
                changes = changes + 1 if zero >= 0 else 3
                sign = value > 0.0
                if sign:
                    out = zero
                else:
                    into = zero
            zero = -1
        h = following
        if h == start:
            break
    if changes == 2:
        join(mesh, layer, lists, into, out, neuron, later)
    elif changes != 0:
        mesh.count[FAILED] = neuron + 1


@compiled
def _label(mesh: Mesh, layer: Layer, h: int, column: int, neuron: int) -> None:
    """Add the neuron to the labels of an edge along which it vanishes."""
    left, right = mesh.half[h, FACE], mesh.half[h ^ 1, FACE]
    flags = 0
    if left != OUTSIDE and right != OUTSIDE:
        on_left = side(mesh, layer, left, column)
        on_right = side(mesh, layer, right, column)
        if (on_left > 0) != (on_right > 0):
            flags |= FLIPS
        if on_left != 0 or on_right != 0:
            flags |= CURVE
    entry = mesh.count[EXTRA]
    mesh.count[EXTRA] = entry + 1
    mesh.more[entry, NEURON] = neuron
    mesh.more[entry, LINK] = mesh.edge[h >> 1, MORE]
    mesh.more[entry, FLAGS] = flags
    mesh.edge[h >> 1, MORE] = entry


@compiled
def _label_all(mesh: Mesh, layer: Layer, lists: Lists, bit: int, column: int, neuron: int) -> None:
    """Label every edge between two old zeros; note the zeros that no edge continues."""
    half = mesh.half
    node = lists.heads[bit, VANISHING]
    while node >= 0:
        v = lists.nodes[node, 0]
        node = lists.nodes[node, 1]
        spoke = mesh.spoke[v]
        h = spoke
        alone = True
        while True:
            w = half[h ^ 1, ORIGIN]
            if layer.values[w, column] == 0.0:
                alone = False
                if v < w and mesh.edge[h >> 1, LABEL] != neuron:
                    _label(mesh, layer, h, column, neuron)
            h = half[h ^ 1, NEXT]
            if h == spoke:
                break
        if alone:
            entry = mesh.count[ISOLATED]
            mesh.count[ISOLATED] = entry + 1
            mesh.isolated[entry, 0] = neuron
            mesh.isolated[entry, 1] = v


@compiled
def join_touched(
    mesh: Mesh, layer: Layer, lists: Lists, hits: Ints, found: int, column: int, bit: int,
    neuron: int, later: np.uint64, later_count: int,
) -> tuple[Mesh, Lists]:
    """Cut every face in which the neuron changes sign, then label the edges where it vanishes."""
    spokes = _degrees(mesh, lists, bit)
    faces = np.empty(found + spokes, np.int32)
    count = _touched(mesh, lists, bit, hits, found, faces)
    if mesh.count[EDGES] + count > mesh.edge.shape[0] or mesh.count[FACES] + count > mesh.face.shape[0]:
        mesh = reserve(mesh, 0, count, count)
    if lists.count[0] + count * later_count > lists.nodes.shape[0]:
        lists = reserve_nodes(lists, count * later_count)
    for i in range(count):
        f = faces[i]
        if f != OUTSIDE and mesh.face[f, MARK] != neuron:
            mesh.face[f, MARK] = neuron
            _join_ring(mesh, layer, lists, f, column, neuron, later)
    zeros = lists.sizes[bit, VANISHING]
    spokes += 2 * count
    if mesh.count[EXTRA] + spokes > mesh.more.shape[0] or (
        mesh.count[ISOLATED] + zeros > mesh.isolated.shape[0]
    ):
        mesh = reserve_labels(mesh, spokes, zeros)
    _label_all(mesh, layer, lists, bit, column, neuron)
    return mesh, lists
