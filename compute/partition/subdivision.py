"""Layer by layer: values at the vertices, then one neuron after the other cuts the window.

Values below a multiple of their own rounding error count as zero. Error and scale are carried
through the layers beside the values: a neuron's error is the rounding of its own sum and the
errors of its inputs, added in squares.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled
from compute.partition.cutting import Layer, join_pairs, split_crossed
from compute.partition.lists import (
    CHUNK,
    CROSSING,
    NEGATIVE,
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
    OVERFLOW,
    TOO_MANY,
    VERTICES,
    Counts,
    Floats,
    Ints,
    Mesh,
    Words,
    reserve,
    start,
)
from compute.partition.touching import join_touched, side

EPSILON: Final = 2.0**-53
SNAP: Final = 1024.0
"""A value counts as zero below this many of its rounding errors; see tests/compute/partition."""

Flags = NDArray[np.uint8]


@compiled
def _pre_activations(inputs: Floats, count: int, weight: Floats, bias: Floats, room: int) -> Floats:
    """(room, n) values W h + b in the first `count` rows."""
    n, m = weight.shape
    values = np.empty((room, n))
    if m == 2:
        for v in range(count):
            x, y = inputs[v, 0], inputs[v, 1]
            for k in range(n):
                values[v, k] = weight[k, 0] * x + weight[k, 1] * y + bias[k]
    else:
        np.dot(inputs[:count], weight.T, values[:count])
        for v in range(count):
            for k in range(n):
                values[v, k] += bias[k]
    return values


@compiled
def _errors(weight: Floats, bias: Floats, largest: Floats, error: Floats) -> Floats:
    """Rounding error of W h + b for inputs up to `largest` that carry `error`, per neuron."""
    n, m = weight.shape
    result = np.empty(n)
    for k in range(n):
        total = (EPSILON * bias[k]) ** 2
        for i in range(m):
            total += weight[k, i] ** 2 * ((EPSILON * largest[i]) ** 2 + error[i] ** 2)
        result[k] = np.sqrt(total)
    return result


@compiled
def _read_signs(mesh: Mesh, layer: Layer, lists: Lists, first: int, size: int) -> Lists:
    """Signs of a chunk of neurons at all vertices, and the lists of crossed edges and zeros."""
    vertices, edges = mesh.count[VERTICES], mesh.count[EDGES]
    lists.heads[:] = -1
    lists.sizes[:] = 0
    lists.count[0] = 0
    values, signs, tolerance = layer.values, layer.signs, layer.tolerance
    for v in range(vertices):
        positive, negative, own = ZERO_WORD, ZERO_WORD, ONE
        for bit in range(size):
            value = values[v, first + bit]
            if value > tolerance[first + bit]:
                positive |= own
            if value < -tolerance[first + bit]:
                negative |= own
            own <<= ONE
        signs[v, POSITIVE] = positive
        signs[v, NEGATIVE] = negative
        zero = ~(positive | negative) & (own - ONE)
        if zero != ZERO_WORD:
            for bit in range(size):
                if (zero >> np.uint64(bit)) & ONE != ZERO_WORD:
                    values[v, first + bit] = 0.0
            if lists.count[0] + size > lists.nodes.shape[0]:
                lists = reserve_nodes(lists, size)
            push_all(lists, zero, VANISHING, v)
    for edge in range(edges):
        if lists.count[0] + size > lists.nodes.shape[0]:
            lists = reserve_nodes(lists, size)
        a, c = mesh.half[2 * edge, ORIGIN], mesh.half[2 * edge + 1, ORIGIN]
        push_all(lists, crossing(signs, a, c), CROSSING, edge)
    return lists


@compiled
def _longer_layer(layer: Layer, rows: int) -> Layer:
    values = np.empty((rows, layer.values.shape[1]))
    values[: layer.values.shape[0]] = layer.values
    signs = np.empty((rows, 2), np.uint64)
    signs[: layer.signs.shape[0]] = layer.signs
    return Layer(values, signs, layer.tolerance)


@compiled
def _cut_chunk(
    mesh: Mesh,
    layer: Layer,
    lists: Lists,
    first: int,
    size: int,
    neuron: int,
    first_on: Flags,
    most_cells: int,
) -> tuple[Mesh, Layer, Lists]:
    """Cut the cells by neurons first … first + size of the layer; `neuron` is the first's number."""
    lists = _read_signs(mesh, layer, lists, first, size)
    hits = np.empty(64, np.int32)
    for bit in range(size):
        crossed = lists.sizes[bit, CROSSING]
        later_count = size - bit - 1
        later = ((ONE << np.uint64(later_count)) - ONE) << np.uint64(bit) << ONE
        if crossed > 0:
            if 2 * crossed > hits.size:
                hits = np.empty(4 * crossed, np.int32)
            if (
                mesh.count[VERTICES] + crossed > mesh.points.shape[0]
                or mesh.count[EDGES] + 2 * crossed > mesh.edge.shape[0]
                or mesh.count[FACES] + crossed > mesh.face.shape[0]
            ):
                mesh = reserve(mesh, crossed, 2 * crossed, crossed)
                layer = _longer_layer(layer, mesh.points.shape[0])
            if lists.count[0] + 3 * crossed * later_count > lists.nodes.shape[0]:
                lists = reserve_nodes(lists, 3 * crossed * later_count)
        found = split_crossed(mesh, layer, lists, first, bit, later, hits)
        if lists.sizes[bit, VANISHING] == 0:
            join_pairs(mesh, layer, lists, hits, found, first + bit, neuron + bit, later)
        else:
            mesh, lists = join_touched(
                mesh, layer, lists, hits, found, first + bit, bit, neuron + bit, later, later_count
            )
        if mesh.count[FACES] > most_cells + 1:
            mesh.count[FAILED] = TOO_MANY
        if mesh.count[FAILED] != 0:
            break
        first_on[neuron + bit] = side(mesh, layer, 1, first + bit) > 0
    return mesh, layer, lists


@compiled
def _activate(values: Floats, count: int) -> Floats:
    """Apply ReLU in place; the largest value of each neuron (n,)."""
    n = values.shape[1]
    largest = np.zeros(n)
    for v in range(count):
        for k in range(n):
            values[v, k] = max(values[v, k], 0.0)
            largest[k] = max(largest[k], values[v, k])
    return largest


@compiled
def subdivide(
    parameters: Floats,
    widths: Counts,
    half_width: float,
    half_height: float,
    distance: float,
    most_cells: int,
    mesh: Mesh,
    lists: Lists,
    first_on: Flags,
    stages: Counts,
) -> tuple[Mesh, Lists, Floats]:
    """Cut the window by all hidden neurons, in order.

    `parameters` is W^(1), b^(1), W^(2), … as one vector, biases taken at the window's centre,
    which lies `distance` from the origin. Writes to `first_on` (Σn,) the neurons that are on in
    face 1 and to `stages` (L, 3) the counts of vertices, edges and faces after each layer.
    Returns the mesh, the lists (both may have been moved) and the last layer's activations at
    the vertices. A failure is told by mesh.count[FAILED].
    """
    start(mesh, half_width, half_height)
    values = mesh.points
    largest = np.array([half_width + distance, half_height + distance])
    error = EPSILON * largest
    offset, neuron, m = 0, 0, 2
    for depth in range(widths.size):
        n = widths[depth]
        weight = parameters[offset : offset + n * m].reshape(n, m)
        bias = parameters[offset + n * m : offset + n * m + n]
        offset += n * m + n
        error = _errors(weight, bias, largest, error)
        if not np.all(np.isfinite(error)):
            mesh.count[FAILED] = OVERFLOW
            return mesh, lists, values
        room = mesh.points.shape[0]
        values = _pre_activations(values, mesh.count[VERTICES], weight, bias, room)
        layer = Layer(values, np.empty((room, 2), np.uint64), SNAP * error)
        for first in range(0, n, CHUNK):
            size = min(CHUNK, n - first)
            mesh, layer, lists = _cut_chunk(
                mesh, layer, lists, first, size, neuron, first_on, most_cells
            )
            neuron += size
            if mesh.count[FAILED] != 0:
                return mesh, lists, values
        values = layer.values
        largest = _activate(values, mesh.count[VERTICES])
        for k in range(n):
            if largest[k] == 0.0:
                error[k] = 0.0
        stages[depth] = mesh.count[:3]
        m = n
    return mesh, lists, values
