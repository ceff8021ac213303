"""How the claims of §4.1 are measured: routes that share nothing with the partition's engine."""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.experiments.nodal_sets.cells import Cells
from compute.experiments.nodal_sets.plane import crossings
from compute.experiments.nodal_sets.setting import Net
from compute.partition.inputs import as_network
from compute.partition.segments import slice_network

Array = NDArray[np.float64]
Window = tuple[float, float, float, float]


def arrangement_cells(net: Net, window: Window) -> int:
    """1 + lines in the window + crossings in it: cells of the first layer's lines.

    A point where m lines meet counts m − 1 times. From pairs of lines alone.
    """
    weight, bias = net.weights[0], net.biases[0]
    x_min, x_max, y_min, y_max = window
    corners = np.array([[x, y] for x in (x_min, x_max) for y in (y_min, y_max)])
    sides = corners @ weight.T + bias
    met = int(((sides.min(axis=0) < 0) & (sides.max(axis=0) > 0)).sum())
    points = crossings(weight, bias)
    inside = (points > [x_min, y_min]).all(axis=1) & (points < [x_max, y_max]).all(axis=1)
    # m lines through one point meet there in m(m − 1)/2 pairs
    unit = 1e-9 * (x_max - x_min)
    _, pairs = np.unique(np.round(points[inside] / unit), axis=0, return_counts=True)
    lines_there = np.round(0.5 + np.sqrt(0.25 + 2.0 * pairs))
    return 1 + met + int((lines_there - 1).sum())


def border_breakpoints(net: Net, window: Window) -> int:
    """Points of the window's border where the network folds, from four slices."""
    x_min, x_max, y_min, y_max = window
    corners = np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]])
    network = as_network(list(net.weights[:-1]), list(net.biases[:-1]), 2)
    return sum(
        slice_network(network, corners[k], corners[(k + 1) % 4]).position.size - 2 for k in range(4)
    )


def _edges(cells: Cells) -> tuple[Array, Array]:
    """Both ends (k, 2), smaller first, and the cell (k,) of every side of every polygon."""
    sizes = np.diff(cells.offsets)
    following = np.arange(1, cells.ring.size + 1)
    following[cells.offsets[1:] - 1] = cells.offsets[:-1]
    sides = np.sort(np.column_stack([cells.ring, cells.ring[following]]), axis=1)
    return sides, np.repeat(np.arange(sizes.size), sizes)


def euler(cells: Cells) -> int:
    """V − E + F counted from the polygons, with the outside as a face."""
    sides, _ = _edges(cells)
    edges = len(np.unique(sides, axis=0))
    return len(np.unique(cells.ring)) - edges + len(cells.offsets)


def gradients(net: Net, points: Array) -> Array:
    """(m, 2) ∇z by the chain rule at points (m, 2), masks taken there."""
    values, slopes = points, np.broadcast_to(np.eye(2), (len(points), 2, 2))
    for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
        before = values @ weight.T + bias
        on = before > 0
        values = np.where(on, before, 0.0)
        slopes = np.matmul(weight, slopes) * on[:, :, None]
    return np.asarray(np.matmul(net.weights[-1], slopes)[:, 0])


def merged(net: Net, cells: Cells) -> int:
    """Linear regions: cells that share a side are one where the chain rule says one gradient."""
    sizes = np.diff(cells.offsets)
    # inside, as cells are convex
    centres = np.add.reduceat(cells.corners[cells.ring], cells.offsets[:-1]) / sizes[:, None]
    slope = gradients(net, centres)
    sides, owner = _edges(cells)
    order = np.lexsort(sides.T)
    twice = np.flatnonzero((np.diff(sides[order], axis=0) == 0).all(axis=1))
    a, b = owner[order[twice]], owner[order[twice + 1]]
    gap = np.abs(slope[a] - slope[b]).max(axis=1, initial=0)
    equal = gap <= 1e-9 * np.abs(slope).max()
    links = scipy.sparse.coo_array(
        (np.ones(equal.sum()), (a[equal], b[equal])), shape=(sizes.size,) * 2
    )
    return int(scipy.sparse.csgraph.connected_components(links, directed=False)[0])


def clipped(window: Window, start: Array, end: Array) -> tuple[Array, Array] | None:
    """Where the line through two points enters and leaves the window; None if it does not."""
    low, high = -math.inf, math.inf
    for axis in range(2):
        d = end[axis] - start[axis]
        bounds = np.array(window[2 * axis : 2 * axis + 2]) - start[axis]
        if d == 0:
            if bounds[0] > 0 or bounds[1] < 0:
                return None
            continue
        low, high = max(low, float((bounds / d).min())), min(high, float((bounds / d).max()))
    if low >= high:
        return None
    return start + low * (end - start), start + high * (end - start)


def crossed(cells: Cells, start: Array, end: Array) -> int:
    """How often the line changes cell: cells with corners on both its sides, less one."""
    p = cells.corners[cells.ring]
    d = end - start
    side = d[0] * (p[:, 1] - start[1]) - d[1] * (p[:, 0] - start[0])
    low = np.minimum.reduceat(side, cells.offsets[:-1])
    high = np.maximum.reduceat(side, cells.offsets[:-1])
    return int(((low < 0) & (high > 0)).sum()) - 1


def depends_on(net: Net, layer: int) -> int:
    """How many numbers layer `layer` + 1 reads: outputs of layer `layer` that change it."""
    weight = net.weights[layer]
    base = np.zeros(weight.shape[1])
    return sum(
        bool(np.any(weight @ (base + unit) != weight @ base)) for unit in np.eye(weight.shape[1])
    )


def line_distance(points: Array) -> float:
    """Distance from the origin of the line through the first and the last of the points."""
    (x, y), (p, q) = points[0], points[-1]
    return float(abs(x * q - y * p)) / math.hypot(p - x, q - y)
