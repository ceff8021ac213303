"""Up to 64 neurons of a layer cut the cells, one after the other.

The code that works is lean: it stops where an array is full or where a neuron touches old
vertices; `cut_chunk` then makes room, or finishes that neuron's cut, and lets it go on.
"""

import numpy as np

from compute.compiled import internal, lean, lean_inlined
from compute.partition.curve_measures import CurveMeasures
from compute.partition.cutting import Layer, join_pairs, split_crossed
from compute.partition.lists import (
    CROSSING,
    HITS,
    NEGATIVE,
    NODES,
    ONE,
    POSITIVE,
    VANISHING,
    ZERO_WORD,
    Lists,
    crossing,
    push_all,
    reserve_nodes,
)
from compute.partition.mesh import (
    EDGES,
    FACES,
    FAILED,
    ORIGIN,
    TOO_MANY,
    VERTICES,
    Counts,
    Mesh,
    longer_floats,
    reserve_cuts,
    reserve_vertices,
)
from compute.partition.touching import join_touched


@lean
def _clear(lists: Lists, size: int) -> int:
    """Empty the lists; returns 0, the vertex to start from."""
    for bit in range(size):
        for kind in range(2):
            lists.heads[bit, kind] = -1
            lists.sizes[bit, kind] = 0
    lists.used[NODES] = 0
    return int(lists.used[NODES])  # a variable: Numba compiles again for a constant


@lean
def _list_zeros(mesh: Mesh, layer: Layer, lists: Lists, first: int, size: int, start: int) -> int:
    """Signs at vertices start, start + 1, … and the lists of zeros; where it stopped for room."""
    values, signs, tolerance = layer.values, layer.signs, layer.tolerance
    for v in range(start, mesh.used[VERTICES]):
        if lists.used[NODES] + size > lists.nodes.shape[0]:
            return v
        positive, negative, own = ZERO_WORD, ZERO_WORD, ONE
        for bit in range(size):
            value = values[v, first + bit]
            limit = tolerance[first + bit]
            if value > limit:
                positive |= own
            elif value < -limit:
                negative |= own
            else:
                values[v, first + bit] = 0.0
            own <<= ONE
        signs[v, POSITIVE] = positive
        signs[v, NEGATIVE] = negative
        push_all(lists, ~(positive | negative) & (own - ONE), VANISHING, v)
    return -1


@lean
def _list_crossings(mesh: Mesh, layer: Layer, lists: Lists, size: int, start: int) -> int:
    """The lists of crossed edges from edge `start` on; where it stopped for room."""
    half, signs, room = mesh.half, layer.signs, lists.nodes.shape[0]
    for edge in range(start, mesh.used[EDGES]):
        if lists.used[NODES] + size > room:
            return edge
        a, c = half[2 * edge, ORIGIN], half[2 * edge + 1, ORIGIN]
        push_all(lists, crossing(signs, a, c), CROSSING, edge)
    return -1


@lean_inlined
def _later(bit: int, size: int) -> np.uint64:
    """The bits of the chunk's neurons after `bit`."""
    return ((ONE << np.uint64(size - bit - 1)) - ONE) << np.uint64(bit) << ONE


@lean
def _sweep(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    curves: CurveMeasures,
    hits: Counts,
    first: int,
    size: int,
    start: int,
    neuron: int,
    most_cells: int,
) -> int:
    """Cut by neurons `start` … of the chunk; the one that has to wait, or `size` at the end.

    It waits for room, or, with lists.used[HITS] ≥ 0 vertices put on edges, to touch old ones.
    """
    used = mesh.used
    lists.used[HITS] = -1
    for bit in range(start, size):
        crossed = lists.sizes[bit, CROSSING]
        if (
            used[VERTICES] + crossed > mesh.points.shape[0]
            or used[EDGES] + 2 * crossed > mesh.edge.shape[0]
            or used[FACES] + crossed > mesh.face.shape[0]
            or lists.used[NODES] + 3 * crossed * (size - bit - 1) > lists.nodes.shape[0]
            or 2 * crossed > hits.shape[0]
        ):
            return bit
        later, column = _later(bit, size), first + bit
        found = split_crossed(mesh, layer, lists, first, bit, later, hits)
        if lists.sizes[bit, VANISHING] > 0:
            lists.used[HITS] = found
            return bit
        join_pairs(mesh, layer, lists, curves, hits, found, column, neuron + bit, later)
        if used[FACES] > most_cells + 1:
            used[FAILED] = TOO_MANY
        if used[FAILED] != 0:
            return bit
    return size


@internal
def _longer_layer(layer: Layer, rows: int) -> Layer:
    """Room for so many vertices."""
    signs = layer.signs
    if signs.shape[0] < rows:
        signs = np.empty((rows, 2), np.uint64)
        for v in range(layer.signs.shape[0]):
            for k in range(2):
                signs[v, k] = layer.signs[v, k]
    return Layer(longer_floats(layer.values, rows), signs, layer.tolerance)


@internal
def cut_chunk(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    curves: CurveMeasures,
    first: int,
    size: int,
    neuron: int,
    most_cells: int,
) -> tuple[Mesh, Layer, Lists]:
    """Cut by neurons first … first + size of the layer; `neuron` is the number of the first."""
    hits = np.empty((256, 2), np.int64)
    stop = _clear(lists, size)
    while True:
        stop = _list_zeros(mesh, layer, lists, first, size, stop)
        if stop < 0:
            break
        lists = reserve_nodes(lists, size)
    stop += 1
    while True:
        stop = _list_crossings(mesh, layer, lists, size, stop)
        if stop < 0:
            break
        lists = reserve_nodes(lists, size)
    stop += 1
    while True:
        stop = _sweep(mesh, layer, lists, curves, hits, first, size, stop, neuron, most_cells)
        if stop == size or mesh.used[FAILED] != 0:
            return mesh, layer, lists
        crossed, later_count = lists.sizes[stop, CROSSING], size - stop - 1
        if lists.used[HITS] < 0:
            mesh = reserve_cuts(reserve_vertices(mesh, crossed), 2 * crossed, crossed)
            if layer.values.shape[0] < mesh.points.shape[0]:
                layer = _longer_layer(layer, mesh.points.shape[0])
            if lists.used[NODES] + 3 * crossed * later_count > lists.nodes.shape[0]:
                lists = reserve_nodes(lists, 3 * crossed * later_count)
            if 2 * crossed > hits.shape[0]:
                hits = np.empty((4 * crossed, 2), np.int64)
        else:
            later, column = _later(stop, size), first + stop
            mesh, lists = join_touched(
                mesh,
                layer,
                lists,
                curves,
                hits,
                lists.used[HITS],
                column,
                stop,
                neuron + stop,
                later,
                later_count,
            )
            stop += 1
