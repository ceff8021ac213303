"""Random ReLU networks in section 4.2: samples of N_A, Z_A and C_A.

Networks are drawn as in (4.0.1): weights N(0, C_W), biases N(0, C_b), layers divided by √N.
A batch of them is drawn in one call, partitioned and measured in one compiled loop, and kept as
moments that can be merged. One input is treated like two, with zeros in place of lengths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.partition import MAX_CELLS, MAX_NEURONS, cell_estimate
from compute.partition.inputs import as_interval
from compute.partition.mesh import Counts, Floats
from compute.partition.subdivision import empty_scratch
from compute.regions.kernels import measure_regions, measure_zeros
from compute.sampling import Moments

_MOST_NUMBERS: Final = 1 << 26


@dataclass(frozen=True)
class Ensemble:
    """Random networks of section 4.2: hidden widths, C_W, C_b and the number of inputs, 1 or 2."""

    widths: tuple[int, ...]
    weight_variance: float = 2.0
    bias_variance: float = 1.0
    inputs: int = 2

    def __post_init__(self) -> None:
        cell_estimate(self.widths)  # checks that they are integers ≥ 1
        if sum(self.widths) > MAX_NEURONS:
            raise ValueError(f"widths must add up to at most {MAX_NEURONS}, got {sum(self.widths)}")
        for name in ("weight_variance", "bias_variance"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be a finite number ≥ 0, got {value}")
        if self.inputs not in (1, 2):
            raise ValueError(f"inputs must be 1 or 2, got {self.inputs}")

    @property
    def bounds(self) -> Counts:
        """(L + 1,) number of neurons before each layer."""
        return np.cumsum((0, *self.widths))

    def draw(self, size: int, rng: np.random.Generator) -> Floats:
        """(size, P) networks W^(1), b^(1), W^(2), … with 1/√N inside, from one call of rng."""
        fan_in = (self.inputs, *self.widths[:-1])
        parts = []
        for m, n in zip(fan_in, self.widths, strict=True):
            parts += [np.full(n * m, math.sqrt(self.weight_variance / m))]
            parts += [np.full(n, math.sqrt(self.bias_variance))]
        scale = np.concatenate(parts)
        if size < 1 or size * scale.size > _MOST_NUMBERS:
            raise ValueError(f"size must be 1 … {_MOST_NUMBERS // scale.size}, got {size}")
        numbers: Floats = rng.standard_normal((size, scale.size))
        numbers *= scale
        return numbers


@dataclass(frozen=True)
class Statistics:
    """What a batch of networks showed; `sampling.merge` joins any number of them. L layers."""

    networks: int
    regions: Moments
    """N_A, cells in the window."""
    length: Moments
    """Z_A, length of all curves; the number of zeros for one input."""
    by_layer: tuple[Moments, ...]
    """The same layer by layer."""
    components: NDArray[np.float64]
    """(2, L, 32) neurons with that many components in the window (31: or more), summed over
    networks, and the sum over networks of the square of their number."""
    loops: Moments
    """Closed loops, all neurons together; 0 for one input."""
    disc: Moments
    """N_A for A the disc inscribed in the window."""
    crossings: NDArray[np.float64]
    """(2, L, L) crossings of a curve of the row's layer with one of the column's (row ≤ column),
    summed, and their squares; 0 for one input."""
    radial: NDArray[np.float64]
    """(2, L, rings) length between successive radii, summed, and its squares."""
    region_histogram: NDArray[np.float64]
    """(bins + 2,) networks with N_A below, in and above the bins; (0,) without bins."""
    length_histogram: NDArray[np.float64]
    """The same of Z_A."""


def sample_regions(
    ensemble: Ensemble,
    size: int,
    rng: np.random.Generator,
    *,
    half_width: float,
    radii: ArrayLike = (),
    region_edges: ArrayLike = (),
    length_edges: ArrayLike = (),
) -> Statistics:
    """Statistics of `size` random networks in the window [−half_width, half_width]^inputs.

    `radii`, increasing, cut the length into rings around the origin (two inputs only); the edges,
    increasing, are those of the bins that N_A and Z_A are sorted into. Weights come from one call
    of rng. Raises ValueError naming the argument. Cost: about 0.07 ms a network at [16, 16],
    0.2 ms at [32, 32].
    """
    as_interval(-half_width, half_width, "half_width")
    rings = _increasing(radii, "radii")
    bins = _increasing(region_edges, "region_edges"), _increasing(length_edges, "length_edges")
    networks = ensemble.draw(size, rng)
    if ensemble.inputs == 1:
        found = measure_zeros(networks, ensemble.bounds, -float(half_width), float(half_width))
    else:
        room = cell_estimate(ensemble.widths)
        found, _ = measure_regions(
            networks, ensemble.bounds, float(half_width), rings, room, MAX_CELLS, empty_scratch(64)
        )
        if found.regions.min() < 0:
            failed = int(found.regions.argmin())
            raise RuntimeError(f"a network could not be partitioned: draw {failed}")
    regions, length = found.regions.astype(np.float64), found.by_layer.sum(axis=1)
    return Statistics(
        networks=size,
        regions=Moments.of(regions),
        length=Moments.of(length),
        by_layer=tuple(Moments.of(column) for column in found.by_layer.T),
        components=found.pieces,
        loops=Moments.of(found.loops.astype(np.float64)),
        disc=Moments.of(found.disc.astype(np.float64)),
        crossings=found.crossings,
        radial=found.radial,
        region_histogram=_sorted(regions, bins[0]),
        length_histogram=_sorted(length, bins[1]),
    )


def _increasing(given: ArrayLike, name: str) -> NDArray[np.float64]:
    values = np.asarray(given, np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        raise ValueError(f"{name} must be an increasing sequence of finite numbers, got {given!r}")
    return values


def _sorted(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many values lie below, in and above the bins; (0,) without edges."""
    if edges.size == 0:
        return np.zeros(0)
    bins = np.searchsorted(edges, values, side="right")
    return np.bincount(bins, minlength=edges.size + 1).astype(np.float64)
