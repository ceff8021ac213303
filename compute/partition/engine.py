"""From a checked network to the arrays of its partition: one call into compiled code."""

import math
import threading
from typing import Final, NamedTuple

import numpy as np

from compute.compiled import compiled
from compute.partition.curve_measures import CurveMeasures, empty_curves
from compute.partition.inputs import MAX_CELLS, Network
from compute.partition.marks import empty_marks, gather
from compute.partition.mesh import (
    FACES,
    FAILED,
    OVERFLOW,
    TOO_MANY,
    Counts,
    Floats,
    Mesh,
    Words,
    empty_mesh,
)
from compute.partition.packed import (
    Packed,
    lengths_inside,
    mesh_inside,
    patterns_inside,
    pieces_inside,
    places_inside,
)
from compute.partition.subdivision import Scratch, empty_scratch, subdivide

_MOST_KEPT: Final = 1 << 22
_FEW_CELLS: Final = 2000
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
    lengths: Floats
    """As in `CurveMeasures`."""
    pieces: Counts

    @property
    def used(self) -> Counts:
        """The counts of what there is in the mesh."""
        return self.mesh.used


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
        empty_mesh(room),
        scratch,
        empty_marks(bounds, 2 * room),
        curves,
        stages,
    )
    cells = mesh.used[FACES] - 1 if mesh.used[FAILED] == 0 else 0
    patterns = np.zeros((cells, (bounds[-1] + 63) // 64), np.uint64)
    if mesh.used[FAILED] == 0:
        gather(mesh, marks, patterns)
    return Measured(mesh, stages, patterns, curves.lengths, curves.pieces), scratch


@compiled
def _fill(
    parameters: Floats,
    bounds: Counts,
    half_width: float,
    half_height: float,
    distance: float,
    most_cells: int,
    room: int,
    block: Counts,
) -> bool:
    """The same into a block; whether it had room and nothing failed."""
    # not by way of the above: what calls compiled code is compiled together with it, 4 s longer
    neurons = bounds[-1]
    at = places_inside(room, neurons, bounds.size - 1)
    for i in range(at.points):
        block[i] = 0
    given = mesh_inside(block, at, room)
    curves = CurveMeasures(lengths_inside(block, at), pieces_inside(block, at))
    mesh, _, marks = subdivide(
        parameters,
        bounds,
        half_width,
        half_height,
        distance,
        most_cells,
        given,
        empty_scratch(8 * room),
        empty_marks(bounds, 2 * room),
        curves,
        block[at.stages : at.pieces].reshape(bounds.size - 1, 3),
    )
    fits = (
        mesh.used[FAILED] == 0
        and mesh.used[FACES] <= room
        and mesh.points.shape[0] == given.points.shape[0]
        and mesh.edge.shape[0] == given.edge.shape[0]
        and mesh.face.shape[0] == given.face.shape[0]
        and mesh.more.shape[0] == given.more.shape[0]
        and mesh.isolated.shape[0] == given.isolated.shape[0]
    )
    if fits:
        gather(mesh, marks, patterns_inside(block, at, neurons))
    return bool(fits)


def centred(network: Network, centre_x: float, centre_y: float) -> Floats:
    """The parameters with the first biases taken at the window's centre."""
    if centre_x == 0.0 and centre_y == 0.0:
        return network.parameters
    parameters = network.parameters.copy()
    n = network.widths[0]
    weight = parameters[: 2 * n].reshape(n, 2)
    parameters[2 * n : 3 * n] += weight[:, 0] * centre_x + weight[:, 1] * centre_y
    return parameters


def run(network: Network, window: Window) -> Measured | Packed:
    """Subdivide and measure; PartitionError or ValueError where that fails."""
    x_min, x_max, y_min, y_max = window
    x, y = x_min + 0.5 * (x_max - x_min), y_min + 0.5 * (y_max - y_min)
    parameters = centred(network, x, y)
    box = 0.5 * (x_max - x_min), 0.5 * (y_max - y_min), math.hypot(x, y)
    # more than is to be expected: what is too small is copied
    room = min(network.cell_estimate * 3 // 2, MAX_CELLS)
    neurons = int(network.bounds[-1])
    if room <= _FEW_CELLS:
        packed = Packed(room, neurons, len(network.widths))
        if _fill(parameters, network.bounds, *box, MAX_CELLS, room, packed.block):
            _check(packed.used, network, window)
            return packed
    kept = getattr(_kept, "scratch", None) or empty_scratch(64)
    measured, scratch = _measured(parameters, network.bounds, *box, MAX_CELLS, room, kept)
    size = scratch.one.size + scratch.other.size + scratch.lists.nodes.size
    _kept.scratch = scratch if size <= _MOST_KEPT else None
    _check(measured.used, network, window)
    return measured


def _check(used: Counts, network: Network, window: Window) -> None:
    """Raise what `used` tells of a failure; assert Euler's relation V − E + F = 2."""
    vertices, edges, faces, _, _, failed = used.tolist()
    if failed == TOO_MANY:
        raise ValueError(f"weights: the network has more than {MAX_CELLS} cells in the window")
    if failed == OVERFLOW:
        raise ValueError("weights are too large: the network's values overflow")
    if failed > 0:
        raise PartitionError(f"neuron {failed - 1} cuts a cell more than twice", network, window)
    if vertices - edges + faces != 2:
        raise PartitionError(f"Euler: {vertices} − {edges} + {faces} ≠ 2", network, window)
