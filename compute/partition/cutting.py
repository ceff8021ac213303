"""One neuron cuts the cells: put vertices on the edges it crosses, then join them cell by cell.

The neuron is affine on every cell and on every edge, so its values at the vertices are all that
is needed. Values of the whole layer at a new vertex follow by interpolation along its edge.
"""

from typing import NamedTuple

import numpy as np

from compute.compiled import lean, lean_inlined
from compute.partition.curve_measures import (
    COMPONENTS,
    HALF,
    ROOT,
    CurveMeasures,
    add_length,
    link_hits,
)
from compute.partition.lists import (
    CROSSING,
    NEGATIVE,
    ONE,
    POSITIVE,
    VANISHING,
    ZERO_WORD,
    Lists,
    crossing,
    lowest,
    push,
    push_all,
)
from compute.partition.mesh import (
    FACE,
    FAILED,
    MARK,
    NEXT,
    ORIGIN,
    OUTSIDE,
    PENDING,
    VERTICES,
    Counts,
    Floats,
    Mesh,
    Words,
    cut,
    split,
)


class Layer(NamedTuple):
    """Values of one layer at the vertices, and their signs for the chunk that is being cut."""

    values: Floats
    """(V, n) pre-activations; exactly 0 where they were snapped."""
    signs: Words
    """(V, 2)"""
    tolerance: Floats
    """(n,) below it a value counts as 0."""


@lean_inlined
def _decide(
    layer: Layer,
    lists: Lists,
    a: int,
    c: int,
    v: int,
    first: int,
    earlier: np.uint64,
    later: np.uint64,
) -> None:
    """Signs at a vertex between a and c.

    Neurons that have cut are positive there if they are at one end; NEGATIVE is not kept for them.
    """
    signs = layer.signs
    positive = signs[a, POSITIVE] & signs[c, POSITIVE]
    negative = signs[a, NEGATIVE] & signs[c, NEGATIVE]
    open_bits = later & ~(positive | negative)
    positive |= (signs[a, POSITIVE] | signs[c, POSITIVE]) & earlier
    while open_bits != ZERO_WORD:
        bit = lowest(open_bits)
        own = open_bits & (~open_bits + ONE)
        open_bits ^= own
        value = layer.values[v, first + bit]
        if abs(value) <= layer.tolerance[first + bit]:
            layer.values[v, first + bit] = 0.0
            push(lists, bit, VANISHING, v)
        else:
            positive |= own if value > 0.0 else ZERO_WORD
            negative |= own if value < 0.0 else ZERO_WORD
    signs[v, POSITIVE] = positive
    signs[v, NEGATIVE] = negative


@lean_inlined
def _between(mesh: Mesh, layer: Layer, a: int, c: int, v: int, column: int) -> None:
    """Position and values of the vertex where a neuron vanishes between a and c."""
    points, values = mesh.points, layer.values
    at_a, at_c = values[a, column], values[c, column]
    from_c = at_a / (at_a - at_c)
    from_a = at_c / (at_c - at_a)
    points[v, 0] = from_a * points[a, 0] + from_c * points[c, 0]
    points[v, 1] = from_a * points[a, 1] + from_c * points[c, 1]
    # those that are needed no more, too: a loop from 0 becomes vector instructions
    for k in range(values.shape[1]):
        values[v, k] = from_a * values[a, k] + from_c * values[c, k]
    values[v, column] = 0.0


@lean
def split_crossed(
    mesh: Mesh, layer: Layer, lists: Lists, first: int, bit: int, later: np.uint64, hits: Counts
) -> int:
    """Put a vertex on every edge that the chunk's neuron `bit` crosses.

    Writes to `hits` (·, 2) the half-edges that now arrive at the new vertices, one in each of the
    two faces beside the edge, and for each the vertex's first; returns how many there are.
    """
    half, signs = mesh.half, layer.signs
    own = ONE << np.uint64(bit)
    found = 0
    node = lists.heads[bit, CROSSING]
    while node >= 0:
        edge = lists.nodes[node, 0]
        node = lists.nodes[node, 1]
        a, c = half[2 * edge, ORIGIN], half[2 * edge + 1, ORIGIN]
        if crossing(signs, a, c) & own == ZERO_WORD:
            continue  # cut since it was listed; the part that is still crossed is listed too
        v = mesh.used[VERTICES]
        mesh.used[VERTICES] = v + 1
        _between(mesh, layer, a, c, v, first + bit)
        _decide(layer, lists, a, c, v, first, own - ONE, later)
        added = split(mesh, edge, v)
        push_all(lists, crossing(signs, v, c) & later, CROSSING, added)
        hits[found, HALF], hits[found, ROOT] = 2 * edge, found
        hits[found + 1, HALF], hits[found + 1, ROOT] = 2 * added + 1, found
        found += 2
    return found


@lean_inlined
def join(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    curves: CurveMeasures,
    into: int,
    out: int,
    neuron: int,
    later: np.uint64,
) -> None:
    """Cut a face between two zeros; after the end of `into` the neuron is negative."""
    edge = cut(mesh, into, out, neuron)
    a, c = mesh.half[2 * edge, ORIGIN], mesh.half[2 * edge + 1, ORIGIN]
    add_length(mesh, curves, neuron, a, c)
    push_all(lists, crossing(layer.signs, a, c) & later, CROSSING, edge)


@lean
def join_pairs(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    curves: CurveMeasures,
    hits: Counts,
    found: int,
    column: int,
    neuron: int,
    later: np.uint64,
) -> None:
    """Cut every face that was hit twice; anything but two hits is a failure."""
    half, face = mesh.half, mesh.face
    pending = 0
    curves.pieces[COMPONENTS, neuron] = found // 2
    for i in range(found):
        h = hits[i, HALF]
        f = half[h, FACE]
        if f == OUTSIDE:
            continue
        if face[f, MARK] == neuron:
            mesh.used[FAILED] = neuron + 1
            return
        if face[f, PENDING] < 0:
            face[f, PENDING] = i
            pending += 1
            continue
        other = face[f, PENDING]
        earlier = hits[other, HALF]
        pending -= 1
        link_hits(hits, curves, neuron, other, i)
        # the edge that goes on from h ends where the crossed edge ended
        ahead = half[half[half[h, NEXT], NEXT], ORIGIN]
        falls = layer.values[ahead, column] < 0.0
        into, out = (h, earlier) if falls else (earlier, h)
        join(mesh, layer, lists, curves, into, out, neuron, later)
    if pending != 0:
        mesh.used[FAILED] = neuron + 1
