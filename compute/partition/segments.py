"""The same in one dimension: where a network folds along a line.

Used for slices through a window and for networks with one input (4.2.2). One neuron after the
other puts a breakpoint wherever it changes sign; a value within its rounding error at a
breakpoint that is already there counts as a zero at that point.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from compute.compiled import compiled
from compute.partition.inputs import Network, real_matrix
from compute.partition.mesh import Counts, Floats, Ints, longer_floats, longer_ints
from compute.partition.subdivision import EPSILON, SNAP, activate, pre_activations, rounding


class Folds(NamedTuple):
    """Breakpoints of a network on an interval, in order, both ends included."""

    position: Floats
    """(k,)"""
    values: Floats
    """(k, N_L) the last hidden layer's activations."""
    zeros: Ints
    """(z, 2) breakpoint and neuron that vanishes there, in the order of the neurons."""


class _Line(NamedTuple):
    """A linked list of breakpoints, from the left end, which is the first, to the right end."""

    position: Floats
    """(·, 1)"""
    following: Ints
    """(·, 1) next breakpoint to the right, −1 at the right end."""
    values: Floats
    """(·, n) of the layer that is being cut."""
    zeros: Ints
    """(·, 2) breakpoint and neuron that vanishes there."""
    used: Counts
    """(2,) breakpoints and zeros in use."""


@compiled
def _roomy(line: _Line) -> _Line:
    """Room for one more neuron, which may vanish at and between all breakpoints."""
    points, zeros = 2 * line.used[0], line.used[1] + 2 * line.used[0]
    position, following, values, pairs = line.position, line.following, line.values, line.zeros
    if points > position.shape[0]:
        position = longer_floats(position, 2 * points)
        following = longer_ints(following, 2 * points)
        values = longer_floats(values, 2 * points)
    if zeros > pairs.shape[0]:
        pairs = longer_ints(pairs, 2 * zeros)
    return _Line(position, following, values, pairs, line.used)


@compiled
def _note_zero(line: _Line, v: int, column: int, neuron: int) -> None:
    line.values[v, column] = 0.0
    line.zeros[line.used[1], 0] = v
    line.zeros[line.used[1], 1] = neuron
    line.used[1] += 1


@compiled
def _fold(line: _Line, column: int, neuron: int, tolerance: float) -> None:
    """Put a breakpoint wherever one neuron changes sign."""
    position, following, values = line.position, line.following, line.values
    before = line.used[0]
    for v in range(before):
        if abs(values[v, column]) <= tolerance:
            _note_zero(line, v, column, neuron)
    for a in range(before):
        c = following[a, 0]
        if c < 0:
            continue
        at_a, at_c = values[a, column], values[c, column]
        if not (at_a < 0.0 < at_c or at_c < 0.0 < at_a):
            continue
        from_c, from_a = at_a / (at_a - at_c), at_c / (at_c - at_a)
        v = line.used[0]
        line.used[0] += 1
        position[v, 0] = from_a * position[a, 0] + from_c * position[c, 0]
        for k in range(values.shape[1]):
            values[v, k] = from_a * values[a, k] + from_c * values[c, k]
        following[a, 0], following[v, 0] = v, c
        _note_zero(line, v, column, neuron)


@compiled
def _in_order(line: _Line) -> Folds:
    """The breakpoints from left to right."""
    count, found, n = line.used[0], line.used[1], line.values.shape[1]
    position, values = np.empty(count), np.empty((count, n))
    rank, zeros = np.empty(count, np.int32), np.empty((found, 2), np.int32)
    v = 0
    for i in range(count):
        rank[v] = i
        position[i] = line.position[v, 0]
        for k in range(n):
            values[i, k] = line.values[v, k]
        v = line.following[v, 0]
    for i in range(found):
        zeros[i, 0], zeros[i, 1] = rank[line.zeros[i, 0]], line.zeros[i, 1]
    return Folds(position, values, zeros)


@compiled
def folds(parameters: Floats, bounds: Counts, low: float, high: float) -> Folds:
    """Breakpoints on [low, high] of a network with one input, and the neurons that vanish there.

    `parameters` is W^(1), b^(1), W^(2), … as one vector, `bounds` (L + 1,) the number of neurons
    before each layer. Cost O(Σ_l k_l N_l (N_{l−1} + N_l)) for k_l breakpoints after l layers.
    """
    line = _Line(
        np.empty((64, 1)),
        np.empty((64, 1), np.int32),
        np.empty((64, 1)),
        np.empty((64, 2), np.int32),
        np.zeros(2, np.int64),
    )
    line.position[0, 0], line.position[1, 0] = low, high
    line.following[0, 0], line.following[1, 0] = 1, -1
    line.used[0] = 2
    inputs = line.position
    largest = np.full(1, max(abs(low), abs(high)))
    error = EPSILON * largest
    offset = 0
    for depth in range(bounds.size - 1):
        n, m = bounds[depth + 1] - bounds[depth], inputs.shape[1]
        weight = parameters[offset : offset + n * m].reshape(n, m)
        bias = parameters[offset + n * m : offset + n * m + n]
        offset += n * m + n
        error = rounding(weight, bias, largest, error)
        room = line.position.shape[0]
        values = np.empty((room, n))
        pre_activations(inputs, line.used[0], weight, bias, values)
        line = _Line(line.position, line.following, values, line.zeros, line.used)
        for column in range(n):
            line = _roomy(line)
            _fold(line, column, bounds[depth] + column, SNAP * error[column])
        largest = activate(line.values, line.used[0])
        for k in range(n):
            error[k] = error[k] if largest[k] > 0.0 else 0.0
        inputs = line.values
    return _in_order(line)


@dataclass(frozen=True)
class Slice:
    """A network along a segment: affine between successive breakpoints, both ends included."""

    position: Floats
    """(k,) from 0 at the start to 1 at the end of the segment."""
    points: Floats
    """(k, 2) in the plane."""
    activations: Floats
    """(k, N_L) the last hidden layer's."""
    zeros: Ints
    """(z, 2) breakpoint and a neuron that vanishes there."""

    def outputs(self, output_weights: ArrayLike, output_bias: ArrayLike) -> Floats:
        """(k, outputs) values at the breakpoints for an output layer (outputs, N_L), (outputs,)."""
        weight = real_matrix(output_weights, "output_weights", (None, self.activations.shape[1]))
        return self.activations @ weight.T + real_matrix(
            output_bias, "output_bias", weight.shape[:1]
        )


def slice_network(network: Network, start: Floats, end: Floats) -> Slice:
    """The network (two inputs) along the segment; ValueError where the two ends are one point."""
    if np.array_equal(start, end):
        raise ValueError("end must be another point than start")
    weight, bias = network.layers()[0]
    parameters = np.concatenate(
        [weight @ (end - start), weight @ start + bias, network.parameters[3 * network.widths[0] :]]
    )
    found = folds(parameters, np.cumsum((0, *network.widths)), 0.0, 1.0)
    t = found.position
    points = (1.0 - t)[:, None] * start + t[:, None] * end
    return Slice(t, points, found.values, found.zeros)
