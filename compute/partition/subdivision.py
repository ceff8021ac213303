"""Layer by layer: values at the vertices, then one neuron after the other cuts the window.

Values below a multiple of their own rounding error count as zero. Error and scale are carried
through the layers beside the values: a neuron's error is the rounding of its own sum and the
errors of its inputs, added in squares.
"""

from typing import Final, NamedTuple

import numpy as np

from compute.compiled import compiled, internal
from compute.partition.chunk import cut_chunk
from compute.partition.curve_measures import CurveMeasures
from compute.partition.cutting import Layer
from compute.partition.lists import (
    CHUNK,
    Lists,
    empty_lists,
)
from compute.partition.marks import Marks, mark
from compute.partition.mesh import (
    FAILED,
    OVERFLOW,
    VERTICES,
    Counts,
    Floats,
    Mesh,
    Words,
    start,
)

EPSILON: Final = 2.0**-53
SNAP: Final = 1024.0
"""A value counts as zero below this many of its rounding errors; see tests/compute/partition."""


class Scratch(NamedTuple):
    """What a subdivision needs and its result does not; kept for the next one."""

    lists: Lists
    signs: Words
    """(·, 2)"""
    one: Floats
    """(·,) room for the values of a layer."""
    other: Floats
    """(·,) and of the layer before."""


@compiled
def empty_scratch(nodes: int) -> Scratch:
    """Room for so many nodes of lists; it grows with use."""
    return Scratch(empty_lists(nodes), np.empty((1, 2), np.uint64), np.empty(1), np.empty(1))


@internal
def pre_activations(
    inputs: Floats, count: int, weight: Floats, bias: Floats, values: Floats
) -> None:
    """Write W h + b for the first `count` rows h of `inputs` to `values`."""
    n, m = weight.shape
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


@internal
def rounding(weight: Floats, bias: Floats, largest: Floats, error: Floats) -> Floats:
    """Rounding error of W h + b for inputs up to `largest` that carry `error`, per neuron."""
    n, m = weight.shape
    result = np.empty(n)
    for k in range(n):
        total = (EPSILON * bias[k]) ** 2
        for i in range(m):
            total += weight[k, i] ** 2 * ((EPSILON * largest[i]) ** 2 + error[i] ** 2)
        result[k] = np.sqrt(total)
    return result


@internal
def activate(values: Floats, count: int) -> Floats:
    """Apply ReLU in place; the largest value of each neuron (n,)."""
    n = values.shape[1]
    largest = np.zeros(n)
    for v in range(count):
        for k in range(n):
            values[v, k] = max(values[v, k], 0.0)
            largest[k] = max(largest[k], values[v, k])
    return largest


@internal
def subdivide(
    parameters: Floats,
    bounds: Counts,
    half_width: float,
    half_height: float,
    distance: float,
    most_cells: int,
    mesh: Mesh,
    scratch: Scratch,
    marks: Marks,
    curves: CurveMeasures,
    stages: Counts,
) -> tuple[Mesh, Scratch, Marks]:
    """Cut the window by all hidden neurons, in order.

    `parameters` is W^(1), b^(1), W^(2), … as one vector, biases taken at the window's centre,
    which lies `distance` from the origin; `bounds` (L + 1,) counts the neurons before each layer.
    Adds to `curves`, writes to `stages` (L, 3) the counts of vertices, edges and faces after each
    layer. Returns mesh, scratch and marks, whose arrays are others where they had to grow. What
    was in them before is forgotten. A failure: mesh.used[FAILED].
    """
    start(mesh, half_width, half_height)
    lists, signs, free, taken = scratch.lists, scratch.signs, scratch.one, scratch.other
    inputs = mesh.points
    largest = np.empty(2)
    largest[0], largest[1] = half_width + distance, half_height + distance
    error = EPSILON * largest
    offset, m, chunk = 0, 2, 0
    for depth in range(bounds.size - 1):
        n = bounds[depth + 1] - bounds[depth]
        weight = parameters[offset : offset + n * m].reshape(n, m)
        bias = parameters[offset + n * m : offset + n * m + n]
        offset += n * m + n
        error = rounding(weight, bias, largest, error)
        if not np.isfinite(error.sum()):
            mesh.used[FAILED] = OVERFLOW
            break
        room = mesh.points.shape[0]
        if free.size < room * n:
            free = np.empty(room * n)
        if signs.shape[0] < room:
            signs = np.empty((room, 2), np.uint64)
        values = free[: room * n].reshape(room, n)
        pre_activations(inputs, mesh.used[VERTICES], weight, bias, values)
        layer = Layer(values, signs, SNAP * error)
        for first in range(0, n, CHUNK):
            size = min(CHUNK, n - first)
            mesh, layer, lists = cut_chunk(
                mesh, layer, lists, curves, first, size, bounds[depth] + first, most_cells
            )
            if mesh.used[FAILED] != 0:
                break
            chunk += 1
            marks = mark(mesh, layer.signs, marks, chunk, bounds[depth] + first)
        signs = layer.signs
        if layer.values.shape[0] > room:
            free = layer.values.reshape(-1)
        if mesh.used[FAILED] != 0:
            break
        for i in range(3):
            stages[depth, i] = mesh.used[i]
        if depth < bounds.size - 2:
            largest = activate(layer.values, mesh.used[VERTICES])
            for k in range(n):
                error[k] = error[k] if largest[k] > 0.0 else 0.0
        inputs, m = layer.values, n
        free, taken = taken, free
    return mesh, Scratch(lists, signs, free, taken), marks
