"""What a partition is asked for: lengths, components and patterns, in one pass each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled, internal, lean, lean_inlined
from compute.partition.lists import ONE
from compute.partition.mesh import (
    CURVE,
    EDGES,
    FACE,
    FACES,
    FLAGS,
    FLIPS,
    ISOLATED,
    LABEL,
    LINK,
    MORE,
    NEURON,
    NEXT,
    ORIGIN,
    START,
    VERTICES,
    Counts,
    Floats,
    Ints,
    Mesh,
    Words,
)

Flags = NDArray[np.uint8]


@lean
def lengths(mesh: Mesh, by_neuron: Floats) -> float:
    """Add the length of each neuron's curve to `by_neuron`; returns that of all curves together.

    An edge on several neurons' curves counts once for each of them and once in the total.
    """
    half, points = mesh.half, mesh.points
    total = 0.0
    for edge in range(mesh.used[EDGES]):
        label = mesh.edge[edge, LABEL]
        if label < 0:
            continue  # the border is no neuron's curve, even where one vanishes along it
        a, c = half[2 * edge, ORIGIN], half[2 * edge + 1, ORIGIN]
        length = np.sqrt((points[a, 0] - points[c, 0]) ** 2 + (points[a, 1] - points[c, 1]) ** 2)
        total += length
        by_neuron[label] += length
        entry = mesh.edge[edge, MORE]
        while entry >= 0:
            if mesh.more[entry, FLAGS] & CURVE:
                by_neuron[mesh.more[entry, NEURON]] += length
            entry = mesh.more[entry, LINK]
    return total


@compiled
def edges_by_neuron(mesh: Mesh, neurons: int) -> tuple[Counts, Ints]:
    """Offsets (n + 2,), the last spare, and the edges on each neuron's zero set, by neuron."""
    edges, edge = mesh.used[EDGES], mesh.edge
    offsets = np.zeros(neurons + 2, np.int64)
    for e in range(edges):
        if edge[e, LABEL] >= 0:
            offsets[edge[e, LABEL] + 2] += 1
        entry = edge[e, MORE]
        while entry >= 0:
            offsets[mesh.more[entry, NEURON] + 2] += 1
            entry = mesh.more[entry, LINK]
    for j in range(neurons):
        offsets[j + 2] += offsets[j + 1]
    grouped = np.empty(offsets[neurons + 1], np.int32)
    for e in range(edges):
        j = edge[e, LABEL]
        if j >= 0:
            grouped[offsets[j + 1]] = e
            offsets[j + 1] += 1
        entry = edge[e, MORE]
        while entry >= 0:
            j = mesh.more[entry, NEURON]
            grouped[offsets[j + 1]] = e
            offsets[j + 1] += 1
            entry = mesh.more[entry, LINK]
    return offsets, grouped


@lean_inlined
def _root(parents: Ints, v: int) -> int:
    while parents[v] != v:
        parents[v] = parents[parents[v]]
        v = parents[v]
    return v


@compiled
def components(
    mesh: Mesh, offsets: Counts, grouped: Ints, by_neuron: Counts, loops: Counts
) -> None:
    """Add the number of connected pieces of each neuron's zero set in the closed window.

    To `loops` (n,) add its independent closed loops. Pieces are joined at shared vertices
    (union-find); a zero at an isolated point is a piece, and so is a cell on which the neuron
    vanishes, through its edges.
    """
    half = mesh.half
    parents = np.empty(mesh.used[VERTICES], np.int32)
    seen = np.full(mesh.used[VERTICES], -1, np.int32)
    for j in range(by_neuron.size):
        pieces = 0
        for i in range(offsets[j], offsets[j + 1]):
            a, c = half[2 * grouped[i], ORIGIN], half[2 * grouped[i] + 1, ORIGIN]
            if seen[a] != j:
                seen[a] = j
                parents[a] = a
                pieces += 1
            if seen[c] != j:
                seen[c] = j
                parents[c] = c
                pieces += 1
            a, c = _root(parents, a), _root(parents, c)
            if a != c:
                parents[a] = c
                pieces -= 1
            else:
                loops[j] += 1
        by_neuron[j] += pieces
    for i in range(mesh.used[ISOLATED]):
        by_neuron[mesh.isolated[i, 0]] += 1


class CurveMeasures(NamedTuple):
    """What is measured of the curves, in all and by neuron."""

    total_length: float
    length_by_neuron: Floats
    components_by_neuron: Counts
    loops_by_neuron: Counts


@compiled
def curve_measures(mesh: Mesh, neurons: int) -> CurveMeasures:
    """Lengths, components and loops of so many neurons' curves."""
    by_neuron = np.zeros(neurons)
    pieces, loops = np.zeros(neurons, np.int64), np.zeros(neurons, np.int64)
    total = lengths(mesh, by_neuron)
    offsets, grouped = edges_by_neuron(mesh, neurons)
    components(mesh, offsets, grouped, pieces, loops)
    return CurveMeasures(total, by_neuron, pieces, loops)


@lean_inlined
def _flip(patterns: Words, cell: int, neuron: int) -> None:
    patterns[cell, neuron >> 6] ^= ONE << np.uint64(neuron & 63)


@internal
def patterns(mesh: Mesh, first_on: Flags) -> tuple[Words, int]:
    """(cells, ⌈n/64⌉) bit j of a row is set where neuron j is positive in the cell; cells reached.

    A walk through the dual graph from the first cell: to step over an edge is to flip the bits
    of the neurons that change sign there.
    """
    half, face, edge = mesh.half, mesh.face, mesh.edge
    cells = mesh.used[FACES] - 1
    result = np.zeros((cells, (first_on.size + 63) // 64), np.uint64)
    reached = np.zeros(cells, np.bool_)
    queue = np.empty(cells, np.int32)
    for j in range(first_on.size):
        if first_on[j]:
            _flip(result, 0, j)
    queue[0] = 0
    reached[0] = True
    waiting = 1
    i = 0
    while i < waiting:
        cell = queue[i]
        i += 1
        start = face[cell + 1, START]
        h = start
        while True:
            other = half[h ^ 1, FACE] - 1
            if other >= 0 and not reached[other]:
                reached[other] = True
                queue[waiting] = other
                waiting += 1
                for word in range(result.shape[1]):
                    result[other, word] = result[cell, word]
                _flip(result, other, edge[h >> 1, LABEL])
                entry = edge[h >> 1, MORE]
                while entry >= 0:
                    if mesh.more[entry, FLAGS] & FLIPS:
                        _flip(result, other, mesh.more[entry, NEURON])
                    entry = mesh.more[entry, LINK]
            h = half[h, NEXT]
            if h == start:
                break
    return result, waiting


@compiled
def rings(mesh: Mesh) -> tuple[Counts, Ints]:
    """Offsets (cells + 1,) and the vertices of every cell, counter-clockwise."""
    half = mesh.half
    cells = mesh.used[FACES] - 1
    offsets = np.empty(cells + 1, np.int64)
    vertices = np.empty(2 * mesh.used[EDGES], np.int32)
    filled = 0
    for cell in range(cells):
        offsets[cell] = filled
        start = mesh.face[cell + 1, START]
        h = start
        while True:
            vertices[filled] = half[h, ORIGIN]
            filled += 1
            h = half[h, NEXT]
            if h == start:
                break
    offsets[cells] = filled
    return offsets, vertices[:filled]


@compiled
def areas(points: Floats, offsets: Counts, vertices: Ints) -> Floats:
    """(cells,) by the shoelace formula about each cell's first vertex."""
    result = np.zeros(offsets.size - 1)
    for cell in range(result.size):
        first = vertices[offsets[cell]]
        x0, y0 = points[first, 0], points[first, 1]
        for i in range(offsets[cell] + 1, offsets[cell + 1] - 1):
            a, c = vertices[i], vertices[i + 1]
            result[cell] += 0.5 * (
                (points[a, 0] - x0) * (points[c, 1] - y0)
                - (points[c, 0] - x0) * (points[a, 1] - y0)
            )
    return result


@compiled
def ancestors(born_from: Ints, counts: Counts) -> Ints:
    """(len(counts), cells): the cell that contains each one when there were counts[i] cells."""
    result = np.empty((counts.size, born_from.size), np.int32)
    for i in range(counts.size):
        for cell in range(born_from.size):
            old = cell < counts[i]
            result[i, cell] = cell if old else result[i, born_from[cell]]
    return result
