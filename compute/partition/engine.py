"""From a checked network to the arrays of its partition: one call into compiled code."""

import math
import threading
from typing import Final, NamedTuple

import numpy as np

from compute.compiled import compiled, internal
from compute.partition.curve_measures import CurveMeasures, empty_curves
from compute.partition.inputs import MAX_CELLS, Network
from compute.partition.marks import Marks, empty_marks, patterns
from compute.partition.mesh import (
    FAILED,
    OVERFLOW,
    TOO_MANY,
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
    """A subdivided window, the patterns of its cells and the measures of its curves."""

    mesh: Mesh
    stages: Counts
    """(L, 3) vertices, edges, faces with the outside after each layer."""
    patterns: Words
    curves: CurveMeasures


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
    curves, stages = empty_curves(bounds[-1]), np.empty((bounds.size - 1, 3), np.int64)
    mesh, scratch, marks = subdivide(
        parameters,
        bounds,
        half_width,
        half_height,
        distance,
        most_cells,
        room,
        scratch,
        empty_marks(bounds, 2 * room),
        curves,
        stages,
    )
    return _measures(mesh, stages, marks, curves), scratch


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
    curves, stages = empty_curves(bounds[-1]), np.empty((bounds.size - 1, 3), np.int64)
    mesh, _, marks = subdivide(
        parameters,
        bounds,
        half_width,
        half_height,
        distance,
        most_cells,
        room,
        empty_scratch(4 * room),
        empty_marks(bounds, 2 * room),
        curves,
        stages,
    )
    return _measures(mesh, stages, marks, curves)


@internal
def _measures(mesh: Mesh, stages: Counts, marks: Marks, curves: CurveMeasures) -> Measured:
    """The patterns joined to the rest, unless something failed."""
    words = np.empty((0, 1), np.uint64)
    if mesh.used[FAILED] == 0:
        words = patterns(mesh, marks, curves.pieces.shape[1])
    return Measured(mesh, stages, words, curves)


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
    if failed > 0:
        raise PartitionError(f"neuron {failed - 1} cuts a cell more than twice", network, window)
    if vertices - edges + faces != 2:
        raise PartitionError(f"Euler: {vertices} − {edges} + {faces} ≠ 2", network, window)
