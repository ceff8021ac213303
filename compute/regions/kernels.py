"""What is measured of random networks, network after network in one compiled loop: section 4.2.

`statistics` draws the networks and keeps what these loops return.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from compute.compiled import compiled, lean
from compute.partition.curve_measures import (
    ALL,
    COMPONENTS,
    LOOPS,
    clear,
    empty_curves,
)
from compute.partition.marks import empty_marks
from compute.partition.mesh import (
    EDGES,
    FACE,
    FACES,
    FAILED,
    LABEL,
    ORIGIN,
    VERTICES,
    Counts,
    Floats,
    Ints,
    Mesh,
    empty_mesh,
)
from compute.partition.segments import folds
from compute.partition.subdivision import Scratch, subdivide

MOST_COMPONENTS: Final = 31
_NOBODY: Final = -2


class Tally(NamedTuple):
    """What a batch of networks showed; L layers."""

    regions: Counts
    """(networks,) N_A, cells of the window; −1 where a partition failed."""
    by_layer: Floats
    """(networks, L) Z_A, length of the curves of a layer; its zeros for one input."""
    pieces: Floats
    """(2, L, 32) neurons with that many components; sum over networks, and sum of squares."""
    loops: Counts
    """(networks,) closed curves."""
    disc: Counts
    """(networks,) cells that meet the open disc inscribed in the window."""
    crossings: Floats
    """(2, L, L) crossings of a curve of one layer with one of another (row ≤ column), summed."""
    radial: Floats
    """(2, L, rings) length between successive radii, summed."""


@lean
def _radial(mesh: Mesh, layer_of: Ints, radii: Floats, result: Floats) -> None:
    """Add to `result` (L, rings) the length of the curves between successive radii."""
    half, points, rings = mesh.half, mesh.points, radii.size - 1
    for edge in range(mesh.used[EDGES]):
        label = mesh.edge[edge, LABEL]
        if label < 0:
            continue
        a, c = half[2 * edge, ORIGIN], half[2 * edge + 1, ORIGIN]
        dx, dy = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1]
        length = np.sqrt(dx * dx + dy * dy)
        if length == 0.0:
            continue
        # along the line: s at its foot is 0, r² = foot² + s²
        low = (points[a, 0] * dx + points[a, 1] * dy) / length
        high = low + length
        foot = points[a, 0] ** 2 + points[a, 1] ** 2 - low * low
        nearest = foot if low < 0.0 < high else foot + min(low * low, high * high)
        k = 0
        while k < rings and radii[k + 1] ** 2 <= nearest:
            k += 1
        reach = np.sqrt(max(radii[k] ** 2 - foot, 0.0))
        inside = max(min(high, reach) - max(low, -reach), 0.0)
        while k < rings and inside < length:
            k += 1
            reach = np.sqrt(max(radii[k] ** 2 - foot, 0.0))
            within = max(min(high, reach) - max(low, -reach), 0.0)
            result[layer_of[label], k - 1] += within - inside
            inside = within


@lean
def _crossings(mesh: Mesh, layer_of: Ints, first: Ints, second: Ints, result: Floats) -> None:
    """Add to `result` (L, L) the vertices where curves of two neurons meet.

    `first`, `second` (vertices,) are scratch: whose curves end or pass there, −2 for nobody's.
    Where more than two meet, two of them count.
    """
    for v in range(mesh.used[VERTICES]):
        first[v], second[v] = _NOBODY, _NOBODY
    for edge in range(mesh.used[EDGES]):
        label = mesh.edge[edge, LABEL]
        for side in range(2):
            v = mesh.half[2 * edge + side, ORIGIN]
            if first[v] == _NOBODY:
                first[v] = label
            elif first[v] != label:
                second[v] = label
    for v in range(mesh.used[VERTICES]):
        if first[v] >= 0 and second[v] >= 0:
            one, other = layer_of[first[v]], layer_of[second[v]]
            result[min(one, other), max(one, other)] += 1.0


@lean
def _in_disc(mesh: Mesh, radius: float, seen: Ints) -> int:
    """Cells that meet the open disc around the origin; `seen` (faces,) is scratch.

    A cell that meets it, but is not alone in it, has an edge in it.
    """
    points, half = mesh.points, mesh.half
    for f in range(mesh.used[FACES]):
        seen[f] = 0
    count = 0
    for edge in range(mesh.used[EDGES]):
        if mesh.edge[edge, LABEL] < 0:
            continue
        a, c = half[2 * edge, ORIGIN], half[2 * edge + 1, ORIGIN]
        dx, dy = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1]
        square = dx * dx + dy * dy
        along = 0.0
        if square > 0.0:
            along = -(points[a, 0] * dx + points[a, 1] * dy) / square
            along = min(max(along, 0.0), 1.0)
        x, y = points[a, 0] + along * dx, points[a, 1] + along * dy
        if x * x + y * y >= radius * radius:
            continue
        for side in range(2):
            face = half[2 * edge + side, FACE]
            if seen[face] == 0:
                seen[face] = 1
                count += 1
    return max(count, 1)


@compiled
def measure_regions(
    networks: Floats,
    bounds: Counts,
    half_width: float,
    radii: Floats,
    room: int,
    most_cells: int,
    scratch: Scratch,
) -> tuple[Tally, Scratch]:
    """Partition network after network (two inputs) in the same memory."""
    count, neurons, layers = networks.shape[0], bounds[-1], bounds.size - 1
    regions, by_layer = np.zeros(count, np.int64), np.zeros((count, layers))
    pieces = np.zeros((2, layers, MOST_COMPONENTS + 1))
    loops, disc = np.zeros(count, np.int64), np.zeros(count, np.int64)
    crossings = np.zeros((2, layers, layers))
    radial = np.zeros((2, layers, max(radii.size - 1, 0)))
    layer_of = np.empty(neurons, np.int32)
    for depth in range(layers):
        for j in range(bounds[depth], bounds[depth + 1]):
            layer_of[j] = depth
    curves, stages = empty_curves(neurons), np.empty((layers, 3), np.int64)
    mesh, marks = empty_mesh(room), empty_marks(bounds, 2 * room)
    one, other = np.empty(16, np.int32), np.empty(16, np.int32)
    shells, folded = np.empty((layers, radial.shape[2])), np.empty((layers, layers))
    few = np.empty((layers, MOST_COMPONENTS + 1))
    for i in range(count):
        clear(curves)
        mesh, scratch, marks = subdivide(
            networks[i],
            bounds,
            half_width,
            half_width,
            0.0,
            most_cells,
            mesh,
            scratch,
            marks,
            curves,
            stages,
        )
        if mesh.used[FAILED] != 0:
            regions[i] = -1
            continue
        regions[i] = mesh.used[FACES] - 1
        longest = max(mesh.used[VERTICES], mesh.used[FACES])
        if one.size < longest:
            one, other = np.empty(2 * longest, np.int32), np.empty(2 * longest, np.int32)
        _clear(few)
        for j in range(neurons):
            by_layer[i, layer_of[j]] += curves.lengths[ALL, j]
            few[layer_of[j], min(curves.pieces[COMPONENTS, j], MOST_COMPONENTS)] += 1.0
            loops[i] += curves.pieces[LOOPS, j]
        _add(few, pieces)
        disc[i] = _in_disc(mesh, half_width, one)
        _clear(folded)
        _crossings(mesh, layer_of, one, other, folded)
        _add(folded, crossings)
        if radii.size > 1:
            _clear(shells)
            _radial(mesh, layer_of, radii, shells)
            _add(shells, radial)
    return Tally(regions, by_layer, pieces, loops, disc, crossings, radial), scratch


@compiled
def measure_zeros(networks: Floats, bounds: Counts, low: float, high: float) -> Tally:
    """The same for one input, in an interval: zeros take the place of lengths."""
    count, layers = networks.shape[0], bounds.size - 1
    regions, by_layer = np.empty(count, np.int64), np.zeros((count, layers))
    pieces, few = np.zeros((2, layers, MOST_COMPONENTS + 1)), np.empty((layers, 32))
    own = np.zeros(bounds[-1], np.int64)
    for i in range(count):
        found = folds(networks[i], bounds, low, high)
        for j in range(own.size):
            own[j] = 0
        for k in range(found.zeros.shape[0]):
            own[found.zeros[k, 1]] += 1
        # without biases all neurons vanish at one point
        regions[i] = found.position.shape[0] - 1
        _clear(few)
        for depth in range(layers):
            for j in range(bounds[depth], bounds[depth + 1]):
                by_layer[i, depth] += own[j]
                few[depth, min(own[j], MOST_COMPONENTS)] += 1.0
        _add(few, pieces)
    nothing = np.zeros(count, np.int64)
    crossings, radial = np.zeros((2, layers, layers)), np.zeros((2, layers, 0))
    return Tally(regions, by_layer, pieces, nothing, regions, crossings, radial)


@lean
def _clear(table: Floats) -> None:
    for i in range(table.shape[0]):
        for k in range(table.shape[1]):
            table[i, k] = 0.0


@lean
def _add(table: Floats, sums: Floats) -> None:
    """Add a network's table to the sums, and its squares to the sums of squares."""
    for i in range(table.shape[0]):
        for k in range(table.shape[1]):
            sums[0, i, k] += table[i, k]
            sums[1, i, k] += table[i, k] ** 2
