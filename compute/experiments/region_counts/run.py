"""What is known of nodal sets without drawing a network: exact laws, limits and bounds, §4.2.

For one layer all of it is exact. Deeper, expectations are the limit of wide layers, except on the
whole line, where they are exact again (E 45).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compute.arrays import read_only
from compute.experiments.region_counts.sampler import radii
from compute.experiments.region_counts.setting import (
    Array,
    Cell,
    Params,
    cells_of,
    length_edges,
    means,
    region_edges,
    scales,
)
from compute.regions.exact_laws import expected_zeros
from compute.regions.laws import (
    hit_probability,
    length_bounds,
    length_variance,
    nodal_density,
    squared_gradients,
    zeros_in_interval,
)
from compute.sampling import stream

POINTS = 160
DIMENSION, _NEURONS_DRAWN = 30, 1000


@dataclass(frozen=True)
class Arrangement:
    """What is known of a cell.

    widths: N_1, …, N_L.  regions, length: E N_A and E Z_A, nan where not known.  bound: of E Z_A,
    (4.2.1) with its constant.  zaslavsky: cells of as many lines in the plane, the most that one
    layer can make.  variance: of Z_A, for one layer and two inputs, else nan.  single: expected
    share of first-layer neurons with a component in the window.  region_edges, length_edges: the
    bins of N_A and Z_A, of no length where none are drawn.
    """

    cell: Cell
    widths: tuple[int, ...]
    regions: float
    length: float
    bound: float
    zaslavsky: float
    variance: float
    single: float
    region_edges: Array
    length_edges: Array


@dataclass(frozen=True)
class Distance:
    """Nodal density of the layers against the distance from the origin.

    widths: N_1, …, N_L.  points (160,): distances.  density (L, 160): expected length per area
    and neuron of a layer, exact in the first, else the limit of wide layers; nan at C_b = 0.
    bound (L,): of it.  edges (17,): radii of the rings.  gradients (L + 1,): expected squared
    gradient.
    """

    widths: tuple[int, ...]
    points: Array
    density: Array
    bound: Array
    edges: Array
    gradients: Array


@dataclass(frozen=True)
class Line:
    """Expected zeros of one neuron of every layer, one input.

    widths: N_1, …, N_L.  whole (L,): on the whole line, exactly.  window (L,): in [−a, a], exact
    in the first layer, else the limit of wide layers.  bound (L,): of that.  tail (L,): about as
    many lie beyond what stands for the whole line.
    """

    widths: tuple[int, ...]
    whole: Array
    window: Array
    bound: Array
    tail: Array


@dataclass(frozen=True)
class Result:
    """Every cell of the tab, and what only one tab draws.

    one_neuron: mean number of cells into which one random neuron cuts the unit cube in 30
    dimensions, counted; on the tab of growing numbers, else nan.
    """

    arrangements: tuple[Arrangement, ...]
    distance: Distance | None = None
    line: Line | None = None
    one_neuron: float = math.nan


def run(params: Params) -> Result:
    """Laws, bounds and bins of the tab in front. Cost: 1 to 15 ms; nothing grows with n."""
    found = Result(
        tuple(_arrangement(params, cell) for cell in cells_of(params)),
        distance=_distance(params) if params.figure == "distance" else None,
        line=_line(params) if params.figure == "line" else None,
        one_neuron=_one_neuron(params.seed) if params.figure == "growth" else math.nan,
    )
    return read_only(found)


def work(_params: Params) -> float:
    """Estimated milliseconds of `run`: the same at every setting."""
    return 20.0


def _arrangement(params: Params, cell: Cell) -> Arrangement:
    expected, scale = means(params, cell), float(scales(params, cell)[0])
    a, n = cell.half_width, cell.neurons
    shown = params.figure == "counts"
    planar = cell.inputs == 2
    bounds = length_bounds(
        cell.widths, (2 * a) ** cell.inputs, params.weight_variance, params.bias_variance
    )
    return Arrangement(
        cell=cell,
        widths=cell.widths,
        regions=expected.regions,
        length=expected.length,
        bound=float(bounds.sum()),
        zaslavsky=float(1 + n + (n * (n - 1) // 2 if planar else 0)),
        variance=n * length_variance(a, scale) if planar and cell.layers == 1 else math.nan,
        single=hit_probability(a, scale) if planar else zeros_in_interval(a, scale),
        region_edges=region_edges(params, cell) if shown else np.empty(0),
        length_edges=length_edges(params, cell) if shown else np.empty(0),
    )


def _distance(params: Params) -> Distance:
    (cell,) = cells_of(params)
    points = np.linspace(0, params.half_width, POINTS)
    variances = params.weight_variance, params.bias_variance
    return Distance(
        widths=cell.widths,
        points=points,
        density=np.array([nodal_density(points, s) for s in scales(params, cell).tolist()]),
        bound=length_bounds((1,) * cell.layers, 1.0, *variances),
        edges=radii(params),
        gradients=squared_gradients(cell.layers + 1, params.weight_variance),
    )


def _line(params: Params) -> Line:
    window, whole = cells_of(params)
    s = scales(params, window)
    variances = params.weight_variance, params.bias_variance
    return Line(
        widths=window.widths,
        whole=expected_zeros(window.widths),
        window=np.array([zeros_in_interval(params.half_width, x) for x in s.tolist()]),
        bound=length_bounds((1,) * window.layers, 2 * params.half_width, *variances),
        tail=2 / math.pi * s / whole.half_width,
    )


def _one_neuron(seed: int) -> float:
    """E 30: a hyperplane w·x + b = 0 meets a cube where the sign at its corners changes."""
    rng = stream(seed, "one neuron")
    weight = rng.standard_normal((_NEURONS_DRAWN, DIMENSION)) * math.sqrt(2 / DIMENSION)
    middle, reach = rng.standard_normal(_NEURONS_DRAWN), np.abs(weight).sum(axis=1) / 2
    return float(np.mean(np.where(np.abs(middle) < reach, 2.0, 1.0)))
