"""Output maps cell by cell, and linear regions: cells merged where the output map agrees.

On a cell the network is the affine map whose neurons are masked by the cell's pattern (4.1.1).
Two cells that were one before the last layer differ in a few bits, so the map of the one is that
of the other and a few columns: full products are only made for the cells of the layer before.
"""

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled, lean_inlined
from compute.partition.lists import ONE, ZERO_WORD, lowest
from compute.partition.measures import ancestors
from compute.partition.mesh import Counts, Floats, Ints, Words


@lean_inlined
def _layer_word(row: Words, first: int, size: int) -> np.uint64:
    """Bits first … first + size ≤ first + 64 of a pattern."""
    word, shift = first >> 6, np.uint64(first & 63)
    bits = row[word] >> shift
    if shift != ZERO_WORD and (first & 63) + size > 64:
        bits |= row[word + 1] << (np.uint64(64) - shift)
    if size < 64:
        bits &= (ONE << np.uint64(size)) - ONE
    return bits  # type: ignore[no-any-return]


@lean_inlined
def _add(target: Floats, column: Floats, source: Floats, k: int, sign: float) -> None:
    """target (3, n) += sign · column (n,) ⊗ source[:, k]."""
    for axis in range(3):
        factor = sign * source[axis, k]
        for i in range(column.size):
            target[axis, i] += factor * column[i]


@compiled
def next_maps(
    maps: Floats,
    home: Counts,
    born_from: Ints,
    patterns: Words,
    first: int,
    weight: Floats,
    bias: Floats,
) -> Floats:
    """Maps of the next layer's pre-activations on the cells of this layer's partition.

    `maps` (C, 3, m) are this layer's pre-activations (x and y slope, constant) on the C cells
    before it, `home` (D,) says in which of them each of the D ≥ C cells after it lies, and
    `born_from` (D,) from which cell it was cut. Neuron `first` is the layer's first. Returns
    (D, 3, n) for `weight` (n, m). Cost O(C m n + (D − C) b n), b the bits in which cells differ.
    """
    m, n = maps.shape[2], weight.shape[0]
    columns = weight.T.copy()
    result = np.empty((home.size, 3, n))
    for cell in range(home.size):
        source, target = maps[home[cell]], result[cell]
        old = cell < maps.shape[0]
        if old:
            for i in range(n):
                target[0, i], target[1, i], target[2, i] = 0.0, 0.0, bias[i]
        else:
            for axis in range(3):
                for i in range(n):
                    target[axis, i] = result[born_from[cell], axis, i]
        for start in range(0, m, 64):
            size = min(64, m - start)
            own = _layer_word(patterns[cell], first + start, size)
            other = ZERO_WORD
            if not old:
                other = _layer_word(patterns[born_from[cell]], first + start, size)
            differ = own ^ other
            while differ != ZERO_WORD:
                k = lowest(differ)
                bit = ONE << np.uint64(k)
                differ ^= bit
                sign = 1.0 if own & bit != ZERO_WORD else -1.0
                _add(target, columns[start + k], source, start + k, sign)
    return result


@compiled
def output_maps(
    parameters: Floats,
    bounds: Counts,
    counts: Counts,
    born_from: Ints,
    patterns: Words,
    weight: Floats,
    bias: Floats,
) -> Floats:
    """(D, 3, outputs) maps of W h + b for the output layer on the cells of the partition.

    `parameters` and `bounds` (L + 1,) as in `subdivide`, but biases as given; `counts` (L + 1,)
    the cells after each layer.
    """
    n = bounds[1]
    maps = np.empty((1, 3, n))
    for k in range(n):
        maps[0, 0, k], maps[0, 1, k] = parameters[2 * k], parameters[2 * k + 1]
        maps[0, 2, k] = parameters[2 * n + k]
    offset = 3 * n
    for depth in range(1, bounds.size):
        m, w, b = n, weight, bias
        if depth < bounds.size - 1:
            n = bounds[depth + 1] - bounds[depth]
            w = parameters[offset : offset + n * m].reshape(n, m)
            b = parameters[offset + n * m : offset + n * m + n]
            offset += n * m + n
        home = ancestors(born_from[: counts[depth]], counts[depth - 1 : depth])[0]
        maps = next_maps(maps, home, born_from, patterns, bounds[depth - 1], w, b)
    return maps


@lean_inlined
def _root(parents: Ints, v: int) -> int:
    while parents[v] != v:
        parents[v] = parents[parents[v]]
        v = parents[v]
    return v


@compiled
def merge_equal(adjacency: Ints, maps: Floats, tolerance: float) -> Ints:
    """(cells,) region of every cell; neighbours share one if their slopes differ by ≤ tolerance.

    The function is continuous, so equal slopes on both sides of an edge are equal maps.
    """
    cells, outputs = maps.shape[0], maps.shape[2]
    parents = np.arange(cells).astype(np.int32)
    for i in range(adjacency.shape[0]):
        a, c = adjacency[i, 0], adjacency[i, 1]
        equal = True
        for k in range(outputs):
            for axis in range(2):
                equal &= abs(maps[a, axis, k] - maps[c, axis, k]) <= tolerance
        if equal:
            a, c = _root(parents, a), _root(parents, c)
            parents[max(a, c)] = min(a, c)
    regions = 0
    labels = np.empty(cells, np.int32)
    for cell in range(cells):
        root = _root(parents, cell)
        if root == cell:
            labels[cell] = regions
            regions += 1
        else:
            labels[cell] = labels[root]
    return labels


@compiled
def descend(signs: NDArray[np.int8], cutter: Ints, first_child: Ints, next_child: Ints) -> Ints:
    """(points,) cell of each point from the history of cuts.

    `signs` (points, n) is negative where the neuron is. A cell's children come in the order in
    which they were cut off; a point goes to the first whose neuron is negative at it.
    """
    cells = np.empty(signs.shape[0], np.int32)
    for i in range(signs.shape[0]):
        cell = 0
        child = first_child[0]
        while child >= 0:
            if signs[i, cutter[child]] < 0:
                cell = child
                child = first_child[cell]
            else:
                child = next_child[child]
        cells[i] = cell
    return cells


@compiled
def children(born_from: Ints) -> tuple[Ints, Ints]:
    """(cells,) first cell cut off from each, and the next one cut off from the same; −1: none."""
    first = np.full(born_from.size, -1, np.int32)
    following = np.full(born_from.size, -1, np.int32)
    for cell in range(born_from.size - 1, 0, -1):
        following[cell] = first[born_from[cell]]
        first[born_from[cell]] = cell
    return first, following
