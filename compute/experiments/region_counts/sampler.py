"""Progressive sample for section 4.2: random networks of every cell, partitioned exactly.

Every batch draws some networks of each cell, so that all of them advance together. Bins are known
before anything is drawn, from the expected mean and spread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compute.experiments.region_counts.gradients import Gradients, sample_gradients
from compute.experiments.region_counts.setting import (
    RINGS,
    Array,
    Cell,
    Params,
    cells_of,
    drawn_networks,
    ensemble,
    length_edges,
    network_ms,
    region_edges,
)
from compute.regions.statistics import Statistics, sample_regions
from compute.sampling import Sampler, merge, stream

BATCH_MS = 100.0


@dataclass(frozen=True)
class RegionSample:
    """Statistics of the tab's cells, in their order; None while a cell has no network yet.

    gradients: of networks near and far; None on the other tabs.
    """

    cells: tuple[Statistics | None, ...]
    gradients: Gradients | None

    @property
    def networks(self) -> int:
        """How many networks of all cells together."""
        return sum(s.networks for s in self.cells if s is not None)


def batch(params: Params, index: int) -> RegionSample:
    """Batch `index` of the tab in front; ValueError where there is none."""
    total = batches(params)
    if not 0 <= index < total:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    cells = cells_of(params)
    found = []
    for place, cell in enumerate(cells):
        size = _share(drawn_networks(params, cell), index, total, place * total // len(cells))
        found.append(_sampled(params, cell, size, index) if size else None)
    gradients = None
    if params.figure == "distance" and found[0] is not None:
        rng = stream(params.seed, "gradients", index)
        gradients = sample_gradients(ensemble(params, cells[0]), params.half_width, rng)
    return RegionSample(tuple(found), gradients)


def batches(params: Params) -> int:
    """How many batches of a tenth of a second hold the networks."""
    cells = cells_of(params)
    cost = sum(drawn_networks(params, c) * network_ms(params, c) for c in cells)
    most = max(drawn_networks(params, c) for c in cells)
    return min(max(1, math.ceil(cost / BATCH_MS)), most)


SAMPLER: Sampler[Params, RegionSample] = Sampler(batch, merge, batches)


def radii(params: Params) -> Array:
    """Radii of the rings in which lengths are measured, (RINGS + 1,)."""
    return np.linspace(0, params.half_width, RINGS + 1)


def _share(count: int, index: int, total: int, phase: int) -> int:
    """How many of `count` networks belong to batch `index` of `total`; phases take turns."""
    return (count * (index + 1) + phase) // total - (count * index + phase) // total


def _sampled(params: Params, cell: Cell, size: int, index: int) -> Statistics:
    name = f"{cell.neurons} neurons, {cell.layers} layers, {cell.inputs} inputs"
    shown = params.figure == "counts"
    return sample_regions(
        ensemble(params, cell),
        size,
        stream(params.seed, name, index),
        half_width=cell.half_width,
        radii=radii(params) if params.figure == "distance" else (),
        region_edges=region_edges(params, cell) if shown else (),
        length_edges=length_edges(params, cell) if shown else (),
    )
