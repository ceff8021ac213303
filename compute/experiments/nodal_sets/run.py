"""From the setting of page 4.1 to its partition, its picture, the slice and the plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.experiments.nodal_sets import raster
from compute.experiments.nodal_sets.cells import (
    Cells,
    affine_maps,
    last_folds,
    layers_of_folds,
    linear_regions,
    pattern_codes,
    region_codes,
    shades,
)
from compute.experiments.nodal_sets.plane import Plane, whole_plane
from compute.experiments.nodal_sets.setting import (
    Net,
    Params,
    Window,
    ends,
    expected_cells,
    network,
    window,
)
from compute.partition import NodalPartition, nodal_partition
from compute.partition.strands import Strands, strands

Array = NDArray[np.float64]

VECTOR_CELLS = 5000
# What does not make the partition, so that a new colour makes none.
_LOOKS: dict[str, Any] = {
    name: getattr(Params(), name) for name in ("colour", "layers", "neuron", "arrows", "line")
}


@dataclass(frozen=True)
class Raster:
    """The picture above VECTOR_CELLS cells, in the colouring and with the folds asked for."""

    rows: bytes
    """See `raster.rows`."""
    low: float
    high: float
    """Values of the first and the last shade."""


@dataclass(frozen=True)
class Cut:
    """The network along the line: affine between successive breakpoints."""

    position: Array
    """(k,) distance from the start."""
    points: Array
    """(k, 2)"""
    output: Array
    """(k,)"""
    layer: NDArray[np.int32]
    """(k,) layer of the first neuron that folds there, 0 at an end."""
    neuron: NDArray[np.int32]
    """(k,) that neuron, from 1; 0 at an end."""


@dataclass(frozen=True)
class Result:
    """What page 4.1 shows. Neurons are counted through the layers; arrays start at neuron 1."""

    net: Net
    widths: tuple[int, ...]
    window: Window
    cells: int
    """N_A"""
    cells_by_layer: tuple[int, ...]
    """Cells after 0 … L layers."""
    vertices: int
    edges: int
    length: float
    """Z_A"""
    regions: int
    """Linear regions: cells merged where the output map agrees."""
    length_by_neuron: Array
    components: NDArray[np.int64]
    """C_A of every neuron."""
    loops: NDArray[np.int64]
    dead: int
    """Neurons that are off in the whole window."""
    output_range: tuple[float, float]
    """Least and largest output in the window."""
    gradient_range: tuple[float, float]
    """Least and largest gradient norm."""
    strands: Strands
    """Curves of all neurons; above VECTOR_CELLS cells of the chosen one."""
    drawn: Cells | None
    raster: Raster | None
    cut: Cut | None
    plane: Plane

    @property
    def neurons(self) -> int:
        """Hidden neurons in all."""
        return len(self.components)


def work(params: Params) -> float:
    """Milliseconds of :func:`run`: mostly the cells'."""
    return 3 + 0.0074 * expected_cells(params)


def run(params: Params) -> Result:
    """The partition of the window, and all that is shown of it."""
    geometry = _geometry(replace(params, **_LOOKS))
    partition, net = geometry.partition, geometry.net
    few = partition.region_count <= VECTOR_CELLS
    return Result(
        net=net,
        widths=partition.network.widths,
        window=partition.window,
        cells=partition.region_count,
        cells_by_layer=partition.region_count_by_layer,
        vertices=partition.vertex_count,
        edges=partition.edge_count,
        length=partition.total_length,
        regions=int(geometry.region.max()) + 1,
        length_by_neuron=partition.length_by_neuron,
        components=partition.components_by_neuron,
        loops=partition.loops_by_neuron,
        dead=_dead(partition),
        output_range=geometry.output_range,
        gradient_range=(float(geometry.gradients.min()), float(geometry.gradients.max())),
        strands=geometry.strands if few else _only(geometry.strands, params.neuron - 1),
        drawn=_cells(geometry) if few else None,
        raster=None if few else _raster(params, geometry),
        cut=_cut(params, partition, net),
        plane=whole_plane(net),
    )


@dataclass(frozen=True)
class _Geometry:
    net: Net
    partition: NodalPartition
    maps: Array
    gradients: Array
    output_range: tuple[float, float]
    region: NDArray[np.int32]
    strands: Strands


@lru_cache(maxsize=4)
def _geometry(params: Params) -> _Geometry:
    net = network(params)
    partition = nodal_partition(
        list(net.weights[:-1]), list(net.biases[:-1]), window=window(params)
    )
    maps = affine_maps(partition, net.weights[-1], net.biases[-1])
    return _Geometry(
        net=net,
        partition=partition,
        maps=maps,
        gradients=np.hypot(maps[:, 0], maps[:, 1]),
        output_range=_output_range(partition, maps),
        region=linear_regions(partition, maps),
        strands=strands(partition),
    )


def _dead(partition: NodalPartition) -> int:
    words = np.bitwise_or.reduce(partition.patterns, axis=0)
    return sum(partition.network.widths) - int(np.bitwise_count(words).sum())


def _output_range(partition: NodalPartition, maps: Array) -> tuple[float, float]:
    """Least and largest output: at corners, for it is affine on every cell."""
    offsets, ring = partition.rings
    x, y = partition.vertices[ring].T
    slope_x, slope_y, constant = np.repeat(maps, np.diff(offsets), axis=0).T
    values = slope_x * x + slope_y * y + constant
    return float(values.min()), float(values.max())


def _cells(geometry: _Geometry) -> Cells:
    partition = geometry.partition
    offsets, ring = partition.rings
    return Cells(
        offsets=offsets.astype(np.int32),
        ring=ring,
        corners=partition.vertices,
        maps=geometry.maps,
        codes=pattern_codes(partition),
        last=last_folds(partition),
        region=geometry.region,
    )


def _only(all_: Strands, neuron: int) -> Strands:
    """The strands of one neuron."""
    kept = np.flatnonzero(all_.neuron == neuron)
    if kept.size == 0:
        return Strands(all_.offsets[:1], all_.points[:0], all_.neuron[:0], all_.component[:0])
    # strands are ordered by neuron
    start, end = all_.offsets[kept[0]], all_.offsets[kept[-1] + 1]
    offsets = all_.offsets[kept[0] : kept[-1] + 2] - start
    return Strands(offsets, all_.points[start:end], all_.neuron[kept], all_.component[kept])


def _raster(params: Params, geometry: _Geometry) -> Raster:
    partition, maps = geometry.partition, geometry.maps
    x_min, x_max, y_min, y_max = partition.window
    side = np.array([x_max - x_min, y_max - y_min])
    values, low, high = _shading(params, geometry)
    in_unit = np.column_stack([maps[:, :2] * side, maps @ np.array([x_min, y_min, 1.0])])
    layer = layers_of_folds(partition)[partition.edge_neuron + 1]
    rows = raster.rows(
        (partition.vertices - np.array([x_min, y_min])) / side,
        partition.rings,
        shades(in_unit, values, low, high),
        partition.edges,
        np.where(layer <= params.layers, layer, 0),
    )
    return Raster(rows, low, high)


def _shading(params: Params, geometry: _Geometry) -> tuple[Array, float, float]:
    """(cells,) what colours the cells, none where that is the output; and the ends of the scale."""
    if params.colour == "output":
        # symmetric, so that the middle shade is 0
        high = max(abs(v) for v in geometry.output_range) or 1.0
        return np.empty(0), -high, high
    if params.colour == "gradient":
        return geometry.gradients, 0.0, float(geometry.gradients.max()) or 1.0
    if params.colour == "layer":
        last = np.minimum(last_folds(geometry.partition), params.layers)
        return last.astype(float), 0.0, float(params.depth)
    codes = pattern_codes(geometry.partition)
    if params.colour == "region":
        return region_codes(codes, geometry.region).astype(float), 0.0, 255.0
    return codes[min(params.layers, len(codes)) - 1].astype(float), 0.0, 255.0


def _cut(params: Params, partition: NodalPartition, net: Net) -> Cut | None:
    line = ends(params)
    if line is None:
        return None
    found = partition.slice(*line)
    neuron = np.zeros(found.position.size, np.int32)
    # reversed: the first neuron that vanishes at a breakpoint is the one that made it
    for at, j in found.zeros[::-1].tolist():
        neuron[at] = j + 1
    return Cut(
        position=found.position * float(np.hypot(*(line[1] - line[0]))),
        points=found.points,
        output=found.outputs(net.weights[-1], net.biases[-1])[:, 0],
        layer=layers_of_folds(partition)[neuron],
        neuron=neuron,
    )
