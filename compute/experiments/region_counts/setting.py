"""How many regions, section 4.2: the setting of the page, and which networks each tab draws.

A cell is an arrangement of neurons in layers with the window it is looked at through; every tab
compares a few of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.experiments import deep_network_fields as ask
from compute.params import check, choice, integer, real, seed
from compute.regions.laws import (
    expected_length,
    expected_regions,
    length_variance,
    nodal_scales,
    zeros_in_interval,
)
from compute.regions.statistics import Ensemble

Array = NDArray[np.float64]

DEEPEST, FEWEST, MOST = 6, 6, 384
RINGS, BINS = 16, 40
_FINEST = 1e-9
# What stands for the whole line: the zeros beyond are counted as a bias.
WHOLE_LINE = 1e6
# A sample that would take longer than this is cut short, which the page says.
PATIENCE_MS, LEAST = 60_000.0, 8

_NEURONS = (6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384)
_WINDOWS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 50.0, 100.0)
_SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
_PLANE = (("figure", ("depth", "counts", "growth")),)


@dataclass(frozen=True)
class Params:
    """The setting of page 4.2; `figure` is the tab in front."""

    figure: str = choice(
        "depth",
        (
            ("depth", "More depth"),
            ("counts", "Distributions"),
            ("growth", "More neurons"),
            ("distance", "Near and far"),
            ("line", "On a line"),
        ),
        label="figure",
        help="Which question about the nodal sets is drawn.",
    )
    neurons: int = integer(
        48,
        FEWEST,
        MOST,
        label="neurons",
        symbol="ΣN",
        help="Hidden neurons in all, dealt out evenly to the layers.",
        ladder=_NEURONS,
    )
    layers: int = integer(
        1,
        1,
        DEEPEST,
        label="layers",
        symbol="L",
        help="In how many layers the neurons are arranged: first arrangement.",
        shown_if_any=(("figure", ("counts", "growth")),),
    )
    deep: int = integer(
        4,
        1,
        DEEPEST,
        label="layers",
        symbol="L′",
        help="The other arrangement of as many neurons; the only one near and far and on a line.",
        shown_if_any=(("figure", ("counts", "growth", "distance", "line")),),
    )
    half_width: float = real(
        3.0,
        0.1,
        10_000.0,
        label="half the window",
        symbol="a",
        help="A is the square [−a, a]², or the interval [−a, a].",
        ladder=(*_WINDOWS, 1000.0, 10_000.0),
    )
    weight_variance: float = ask.weight_variance(
        2.0, 0.2, 4.0, "Variance of a weight before the factor 1/√N; 2 in the notes.", 0.1
    )
    bias_variance: float = ask.bias_variance(
        1.0, 4.0, "Variance of a bias; 1 in the notes. At 0 all folds run through the origin.", 0.1
    )
    inputs: int = integer(
        2,
        1,
        2,
        label="inputs",
        symbol="N₀",
        help="Two: curves in the plane. One: zeros on the line, counted in place of lengths.",
        shown_if_any=_PLANE,
    )
    networks: int = ask.draws(
        1000,
        10,
        100_000,
        "sample size",
        "Random networks of every arrangement, drawn batch by batch.",
        _SIZES,
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Cell:
    """Neurons in so many layers, seen through the window [−half_width, half_width]^inputs."""

    neurons: int
    layers: int
    inputs: int
    half_width: float

    @property
    def widths(self) -> tuple[int, ...]:
        """The neurons dealt out evenly; the first layers are one wider where it does not come out.

        ValueError for more layers than neurons.
        """
        return split(self.neurons, self.layers)


def split(neurons: int, layers: int) -> tuple[int, ...]:
    """Widths N_1, …, N_L as equal as they can be, the wider ones first."""
    if not 1 <= layers <= neurons:
        raise ValueError(f"layers must be 1 … {neurons}, got {layers}")
    even, rest = divmod(neurons, layers)
    return tuple(even + (depth < rest) for depth in range(layers))


def cells_of(params: Params) -> tuple[Cell, ...]:
    """What the tab in front compares, in the order in which figures and samples keep it.

    On a line: the window, and the whole line.
    """
    a, inputs = params.half_width, params.inputs
    if params.figure == "depth":
        return tuple(Cell(params.neurons, d, inputs, a) for d in range(1, DEEPEST + 1))
    if params.figure == "distance":
        return (Cell(params.neurons, params.deep, 2, a),)
    if params.figure == "line":
        return tuple(Cell(params.neurons, params.deep, 1, w) for w in (a, WHOLE_LINE))
    depths = dict.fromkeys((params.layers, params.deep))
    counts = neuron_counts(params) if params.figure == "growth" else (params.neurons,)
    return tuple(Cell(n, d, inputs, a) for d in depths for n in counts)


def neuron_counts(params: Params) -> tuple[int, ...]:
    """Numbers of neurons up to the one asked for, each twice the one before, (1 to 5,)."""
    halved = [params.neurons >> k for k in range(5)]
    return tuple(sorted(n for n in halved if n >= FEWEST))


def ensemble(params: Params, cell: Cell) -> Ensemble:
    """The random networks of a cell."""
    return Ensemble(cell.widths, params.weight_variance, params.bias_variance, cell.inputs)


def is_standard(params: Params) -> bool:
    """Whether weights and biases have the variances of the notes, 2 and 1."""
    return params.weight_variance == 2.0 and params.bias_variance == 1.0


def scales(params: Params, cell: Cell) -> Array:
    """The scale of every layer's nodal set, (L,): `regions.laws.nodal_scales`.

    0, as without biases, where the partition cannot tell folds from folds through the origin.
    """
    found = nodal_scales(cell.layers, params.weight_variance, params.bias_variance, cell.inputs)
    return np.where(found < _FINEST * cell.half_width, 0.0, found)


@dataclass(frozen=True)
class Means:
    """Expectations of a cell, exact for one layer and else the limit of wide layers.

    regions: E N_A.  length: E Z_A.  region_spread, length_spread: a guess of the standard
    deviation over the mean, from which bins are made before anything is drawn.
    """

    regions: float
    length: float
    region_spread: float
    length_spread: float


@lru_cache(maxsize=1024)
def means(params: Params, cell: Cell) -> Means:
    """The expectations of a cell; regions nan where no law is known (C_b = 0, deeper than one)."""
    s = scales(params, cell)
    a, n = cell.half_width, cell.neurons
    # over depth the spread of N_A was measured to be 0.5 L/√n from n = 24 to 384 at a = 3
    deep = 0.5 * cell.layers / math.sqrt(n) if cell.layers > 1 else 0.0
    if cell.inputs == 1:
        hits = [zeros_in_interval(a, scale) for scale in s.tolist()]
        zeros = sum(k * p for k, p in zip(cell.widths, hits, strict=True))
        one = math.sqrt(n * max(hits[0] * (1 - hits[0]), 0.01)) / max(zeros, 0.5)
        return Means(1 + zeros, zeros, 0.0, math.hypot(one, deep))
    length = expected_length(cell.widths, a, s)
    alone = math.sqrt(max(n * length_variance(a, float(s[0])), 0.0)) / length
    regions = expected_regions(cell.widths, a, s)
    return Means(regions, length, math.hypot(2 * alone, deep), math.hypot(alone, 0.55 * deep))


def region_edges(params: Params, cell: Cell) -> Array:
    """Bins of N_A between whole numbers: the expected mean ± 5 expected standard deviations."""
    found = means(params, cell)
    if cell.inputs == 1:
        return length_edges(params, cell) + 1
    middle = found.regions if math.isfinite(found.regions) else 4.0 * cell.neurons
    spread = min(found.region_spread, 0.6) if math.isfinite(found.regions) else 0.6
    return _whole_edges(middle * (1 - 5 * spread), middle * (1 + 5 * spread))


def length_edges(params: Params, cell: Cell) -> Array:
    """Bins of Z_A in the same way; of whole numbers for one input."""
    found = means(params, cell)
    low, high = (found.length * (1 + sign * 5 * found.length_spread) for sign in (-1, 1))
    if cell.inputs == 1:
        return _whole_edges(low, high)
    low = low if low > 0.25 * found.length else 0.0
    return np.linspace(low, high, BINS + 1)


def _whole_edges(low: float, high: float) -> Array:
    """Edges halfway between whole numbers, at most 40 bins, from 0 where that is near."""
    first = math.floor(low) if low > 0.25 * high else 0
    step = max(1, math.ceil((high - first) / BINS))
    count = max(4, math.ceil((high - first) / step))
    return np.asarray(first - 0.5 + step * np.arange(count + 1))


def network_ms(params: Params, cell: Cell) -> float:
    """Milliseconds to draw, partition and measure one network; measured, with room."""
    fan_in = (cell.inputs, *cell.widths[:-1])
    drawn = 1e-5 * sum(m * n for m, n in zip(fan_in, cell.widths, strict=True))
    if cell.inputs == 1:
        return 0.004 + drawn + 2e-5 * cell.neurons**2
    found = means(params, cell).regions
    cells = found if math.isfinite(found) else 8.0 * cell.neurons
    rings = 1.7 if params.figure == "distance" else 1.0
    return 0.006 + drawn + 1e-3 * rings * cells * (0.35 + cells / 15_000)


def drawn_networks(params: Params, cell: Cell) -> int:
    """How many networks of a cell are drawn: as many as were asked for, as far as time goes."""
    share = PATIENCE_MS / len(cells_of(params))
    return int(min(params.networks, max(LEAST, share / network_ms(params, cell))))
