"""From a checked network to the arrays of its partition: one call into compiled code."""

import math
import threading
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from compute.compiled import compiled
from compute.partition.chunk import Flags
from compute.partition.inputs import MAX_CELLS, Network, cell_estimate
from compute.partition.measures import components, edges_by_neuron, lengths, patterns
from compute.partition.mesh import (
    FACES,
    FAILED,
    OVERFLOW,
    TOO_MANY,
    UNREACHED,
    Counts,
    Floats,
    Mesh,
    Words,
)
from compute.partition.subdivision import empty_scratch, subdivide

_MOST_KEPT: Final = 1 << 22
# Fresh memory costs more page faults than a partition of 1000 cells costs arithmetic.
_kept = threading.local()
Window = tuple[float, float, float, float]


class PartitionError(RuntimeError):
    """A cell that one neuron would cut more than twice, or an inconsistent graph: a bug.

    The network and the window that caused it are attached.
    """

    def __init__(self, message: str, network: Network, window: Window) -> None:
        super().__init__(message)
        self.network = network
        self.window = window


class Measured(NamedTuple):
    """A subdivided window and what is measured of it."""

    mesh: Mesh
    stages: Counts
    """(L, 3) vertices, edges, faces with the outside after each layer."""
    patterns: Words
    length_by_neuron: Floats
    components_by_neuron: Counts
    loops_by_neuron: Counts
    total_length: float


@compiled
def _measure(mesh: Mesh, first_on: Flags) -> tuple[float, Floats, Counts, Counts, Words]:
    """Total length, then by neuron: lengths, components, loops; the patterns of all cells.

    Nothing of a mesh that failed.
    """
    neurons = first_on.size
    by_neuron = np.zeros(neurons)
    pieces, loops = np.zeros(neurons, np.int64), np.zeros(neurons, np.int64)
    total, words = 0.0, np.empty((0, 1), np.uint64)
    if mesh.used[FAILED] == 0:
        total = lengths(mesh, by_neuron)
        offsets, grouped = edges_by_neuron(mesh, neurons)
        components(mesh, offsets, grouped, pieces, loops)
        words, reached = patterns(mesh, first_on)
        if reached != mesh.used[FACES] - 1:
            mesh.used[FAILED] = UNREACHED
    return total, by_neuron, pieces, loops, words


def centred(network: Network, centre_x: float, centre_y: float) -> Floats:
    """The parameters with the first biases taken at the window's centre."""
    if centre_x == 0.0 and centre_y == 0.0:
        return network.parameters
    parameters = network.parameters.copy()
    n = network.widths[0]
    weight = parameters[: 2 * n].reshape(n, 2)
    parameters[2 * n : 3 * n] += weight[:, 0] * centre_x + weight[:, 1] * centre_y
    return parameters


def run(network: Network, window: Window) -> Measured:
    """Subdivide and measure; PartitionError or ValueError where that fails."""
    x_min, x_max, y_min, y_max = window
    x, y = x_min + 0.5 * (x_max - x_min), y_min + 0.5 * (y_max - y_min)
    first_on = np.empty(sum(network.widths), np.uint8)
    stages = np.empty((len(network.widths), 3), np.int64)
    mesh, scratch = subdivide(
        centred(network, x, y),
        np.array([*accumulate(network.widths, initial=0)]),
        0.5 * (x_max - x_min),
        0.5 * (y_max - y_min),
        math.hypot(x, y),
        MAX_CELLS,
        min(cell_estimate(network.widths), MAX_CELLS),
        getattr(_kept, "scratch", None) or empty_scratch(),
        first_on,
        stages,
    )
    size = scratch.one.size + scratch.other.size + scratch.lists.nodes.size
    _kept.scratch = scratch if size <= _MOST_KEPT else None
    total, by_neuron, pieces, loops, words = _measure(mesh, first_on)
    _check(mesh, network, window)
    return Measured(mesh, stages, words, by_neuron, pieces, loops, total)


def _check(mesh: Mesh, network: Network, window: Window) -> None:
    """Raise what mesh.used tells of a failure; assert Euler's relation V − E + F = 2."""
    vertices, edges, faces, _, _, failed = mesh.used.tolist()
    if failed == TOO_MANY:
        raise ValueError(f"weights: the network has more than {MAX_CELLS} cells in the window")
    if failed == OVERFLOW:
        raise ValueError("weights are too large: the network's values overflow")
    if failed == UNREACHED:
        raise PartitionError("the dual graph does not reach every cell", network, window)
    if failed > 0:
        raise PartitionError(f"neuron {failed - 1} cuts a cell more than twice", network, window)
    if vertices - edges + faces != 2:
        raise PartitionError(f"Euler: {vertices} − {edges} + {faces} ≠ 2", network, window)
