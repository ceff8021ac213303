"""What a partition is asked for afterwards: edges by neuron, rings, areas, in one pass each."""

import numpy as np

from compute.compiled import compiled
from compute.partition.mesh import (
    EDGES,
    FACES,
    LABEL,
    LINK,
    MORE,
    NEURON,
    NEXT,
    ORIGIN,
    START,
    Counts,
    Floats,
    Ints,
    Mesh,
)


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
