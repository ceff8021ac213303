"""What colours the cells of page 4.1: codes of patterns, last folds, linear regions, maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled
from compute.partition import NodalPartition, affine
from compute.partition.mesh import Floats, Ints, Words
from compute.sampling import stream

Array = NDArray[np.float64]
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Cells:
    """Every cell's polygon and what can colour it."""

    offsets: NDArray[np.int32]
    """(cells + 1,) into `ring`."""
    ring: NDArray[np.int32]
    """Corners of all cells, counter-clockwise, as rows of `corners`."""
    corners: Array
    """(V, 2) positions."""
    maps: Array
    """(cells, 3) z = a x + b y + c."""
    codes: Codes
    """(L, cells) a code of the pattern of the first ℓ layers: equal where that is."""
    last: Codes
    """(cells,) deepest layer with a fold at the cell's border; 0 for none."""
    region: NDArray[np.int32]
    """(cells,) linear region."""


def affine_maps(partition: NodalPartition, weight: Array, bias: Array) -> Array:
    """(cells, 3) the output on every cell, z = a x + b y + c."""
    maps = partition.output_maps(weight, bias)
    return np.column_stack([maps.gradient[:, 0], maps.offset[:, 0]])


def linear_regions(partition: NodalPartition, maps: Array) -> NDArray[np.int32]:
    """(cells,) linear region of every cell, as `NodalPartition.linear_regions` numbers them.

    From the maps, which are known here already.
    """
    slopes = np.ascontiguousarray(maps[:, :2, None])
    return affine.merge_equal(partition.adjacency, slopes, 1e-9 * float(np.abs(slopes).max()))


def pattern_codes(partition: NodalPartition) -> Codes:
    """(L, cells) the exclusive or of a fixed random byte for every neuron that is on.

    So a code stays when a slider moves the cell but not its pattern.
    """
    bounds = np.cumsum((0, *partition.network.widths))
    bytes_ = stream(0, "colours").integers(0, 256, int(bounds[-1]), np.uint8)
    return _codes(partition.patterns, bytes_, bounds)


def region_codes(codes: Codes, region: NDArray[np.int32]) -> Codes:
    """(cells,) the pattern code, of `pattern_codes`, of the first cell of each linear region."""
    _, first = np.unique(region, return_index=True)
    of_region: Codes = codes[-1][first]
    return of_region[region]


@compiled
def _codes(patterns: Words, bytes_: Codes, bounds: NDArray[np.int64]) -> Codes:
    cells, layers = patterns.shape[0], bounds.size - 1
    result = np.zeros((layers, cells), np.uint8)
    one = np.uint64(1)
    for cell in range(cells):
        code = np.uint8(0)
        for layer in range(layers):
            for j in range(bounds[layer], bounds[layer + 1]):
                if (patterns[cell, j >> 6] >> np.uint64(j & 63)) & one:
                    code ^= bytes_[j]
            result[layer, cell] = code
    return result


def layers_of_folds(partition: NodalPartition) -> NDArray[np.int32]:
    """(neurons + 1,) 0 for the window's border, then the layer of every neuron."""
    return np.concatenate([[0], partition.layer_of_neuron]).astype(np.int32)


def last_folds(partition: NodalPartition) -> Codes:
    """(cells,) the deepest layer that has a fold at each cell's border."""
    layer = layers_of_folds(partition)[partition.edge_neuron + 1]
    return _deepest(partition.edge_cells, layer, partition.region_count)


@compiled
def _deepest(edge_cells: Ints, layer: Ints, cells: int) -> Codes:
    result = np.zeros(cells, np.uint8)
    for edge in range(edge_cells.shape[0]):
        for side in range(2):
            cell = edge_cells[edge, side]
            if cell >= 0 and layer[edge] > result[cell]:
                result[cell] = layer[edge]
    return result


def shades(maps: Array, values: Array, low: float, high: float) -> Floats:
    """(cells, 3) the affine map `maps` or the number `values` of every cell, from [low, high]."""
    plane = maps if values.size == 0 else np.column_stack([np.zeros((values.size, 2)), values])
    scaled = plane / (high - low)
    scaled[:, 2] -= low / (high - low)
    return scaled
