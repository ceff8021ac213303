"""From a checked network to the arrays of its partition: one call into compiled code."""

import math
import threading
from typing import Final, NamedTuple

import numpy as np

from compute.compiled import compiled, internal
from compute.partition.chunk import Flags
from compute.partition.inputs import MAX_CELLS, Network
from compute.partition.measures import patterns
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
from compute.partition.subdivision import Scratch, empty_scratch, subdivide

_MOST_KEPT: Final = 1 << 22
_FEW_CELLS: Final = 1000
# Beyond that, fresh memory costs more page faults than a partition costs arithmetic.
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
    """A subdivided window and the patterns of its cells."""

    mesh: Mesh
    stages: Counts
    """(L, 3) vertices, edges, faces with the outside after each layer."""
    patterns: Words


@compiled
def _measured(
    parameters: Floats,
    bounds: Counts,
    half_width: float,
    half_height: float,
    distance: float,
    most_cells: int,
    room: int,
    scratch: Scratch,
) -> tuple[Measured, Scratch]:
    """Subdivide and read off the patterns, unless that failed."""
    first_on, stages = np.empty(bounds[-1], np.uint8), np.empty((bounds.size - 1, 3), np.int64)
    mesh, scratch = subdivide(
        parameters,
        bounds,
        half_width,
        half_height,
        distance,
        most_cells,
        room,
        scratch,
        first_on,
        stages,
    )
    return Measured(mesh, stages, _read_off(mesh, first_on)), scratch


@compiled
def _measured_alone(
    parameters: Floats,
    bounds: Counts,
    half_width: float,
    half_height: float,
    distance: float,
    most_cells: int,
    room: int,
) -> Measured:
    """The same with scratch of its own: what Python does not see costs it nothing."""
    # not by way of the above: what calls compiled code is compiled together with it, 4 s longer
    first_on, stages = np.empty(bounds[-1], np.uint8), np.empty((bounds.size - 1, 3), np.int64)
    mesh, _ = subdivide(
        parameters,
        bounds,
        half_width,
        half_height,
        distance,
        most_cells,
        room,
        empty_scratch(4 * room),
        first_on,
        stages,
    )
    return Measured(mesh, stages, _read_off(mesh, first_on))


@internal
def _read_off(mesh: Mesh, first_on: Flags) -> Words:
    """The patterns of all cells; none, and why in mesh.used, where something failed."""
    words = np.empty((0, 1), np.uint64)
    if mesh.used[FAILED] == 0:
        words, reached = patterns(mesh, first_on)
        if reached != mesh.used[FACES] - 1:
            mesh.used[FAILED] = UNREACHED
    return words


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
    parameters, bounds = centred(network, x, y), network.bounds
    box = 0.5 * (x_max - x_min), 0.5 * (y_max - y_min), math.hypot(x, y)
    room = min(network.cell_estimate, MAX_CELLS)
    if room <= _FEW_CELLS:
        measured = _measured_alone(parameters, bounds, *box, MAX_CELLS, room)
    else:
        kept = getattr(_kept, "scratch", None) or empty_scratch(64)
        measured, scratch = _measured(parameters, bounds, *box, MAX_CELLS, room, kept)
        size = scratch.one.size + scratch.other.size + scratch.lists.nodes.size
        _kept.scratch = scratch if size <= _MOST_KEPT else None
    _check(measured.mesh, network, window)
    return measured


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
