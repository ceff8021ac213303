"""Random ReLU networks in section 4.2: samples of N_A, Z_A and C_A, and the laws known exactly.

Networks are drawn as in (4.0.1): weights N(0, C_W), biases N(0, C_b), layers divided by √N.
A batch of them is drawn in one call, partitioned and measured in one compiled loop, and kept as
moments that can be merged. One input is treated like two, with zeros in place of lengths.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ellipe

from compute.compiled import compiled
from compute.partition import MAX_CELLS, MAX_NEURONS, cell_estimate
from compute.partition.inputs import as_interval
from compute.partition.lean import lean
from compute.partition.measures import components, edges_by_neuron, lengths
from compute.partition.mesh import (
    EDGES,
    FACES,
    FAILED,
    LABEL,
    ORIGIN,
    Counts,
    Floats,
    Ints,
    Mesh,
)
from compute.partition.segments import folds
from compute.partition.subdivision import Scratch, empty_scratch, subdivide
from compute.sampling import Moments

MOST_COMPONENTS: Final = 31
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
    """What a batch of networks showed; `merge` joins batches in any number."""

    networks: int
    regions: Moments
    """N_A, cells in the window."""
    length: Moments
    """Z_A, length of all curves; the number of zeros for one input."""
    by_layer: tuple[Moments, ...]
    """The same layer by layer."""
    components: NDArray[np.int64]
    """(L, 32) neurons with that many components in the window (31: or more)."""
    loops: Moments
    """Closed loops, all neurons together; 0 for one input."""
    radial: NDArray[np.float64]
    """(2, L, bins) sums of length between successive radii, and of its square, over networks."""

    def merge(self, other: Statistics) -> Statistics:
        """Both batches together."""
        return Statistics(
            self.networks + other.networks,
            self.regions.merge(other.regions),
            self.length.merge(other.length),
            tuple(a.merge(b) for a, b in zip(self.by_layer, other.by_layer, strict=True)),
            self.components + other.components,
            self.loops.merge(other.loops),
            self.radial + other.radial,
        )


@lean
def _radial(mesh: Mesh, layer_of: Ints, radii: Floats, result: Floats) -> None:
    """Add to `result` (L, bins) the length of the curves between successive radii."""
    half, points = mesh.half, mesh.points
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
        foot = points[a, 0] ** 2 + points[a, 1] ** 2 - low * low
        inside = 0.0
        for k in range(radii.size):
            reach = np.sqrt(max(radii[k] ** 2 - foot, 0.0))
            within = max(min(low + length, reach) - max(low, -reach), 0.0)
            if k > 0:
                result[layer_of[label], k - 1] += within - inside
            inside = within


@compiled
def _measure(
    networks: Floats,
    bounds: Counts,
    half_width: float,
    radii: Floats,
    room: int,
    most_cells: int,
    scratch: Scratch,
) -> tuple[Counts, Floats, Counts, Counts, Floats, Scratch]:
    """Partition network after network in the same memory; see `sample_regions`."""
    count, neurons, layers = networks.shape[0], bounds[-1], bounds.size - 1
    regions = np.zeros(count, np.int64)
    by_layer = np.zeros((count, layers))
    pieces = np.zeros((layers, MOST_COMPONENTS + 1), np.int64)
    loops = np.zeros(count, np.int64)
    radial = np.zeros((2, layers, max(radii.size - 1, 0)))
    layer_of = np.empty(neurons, np.int32)
    for depth in range(layers):
        for j in range(bounds[depth], bounds[depth + 1]):
            layer_of[j] = depth
    first_on, stages = np.empty(neurons, np.uint8), np.empty((layers, 3), np.int64)
    for i in range(count):
        mesh, scratch = subdivide(
            networks[i],
            bounds,
            half_width,
            half_width,
            0.0,
            most_cells,
            room,
            scratch,
            first_on,
            stages,
        )
        if mesh.used[FAILED] != 0:
            regions[i] = -1
            continue
        regions[i] = mesh.used[FACES] - 1
        own, mine = np.zeros(neurons), np.zeros(neurons, np.int64)
        closed = np.zeros(neurons, np.int64)
        lengths(mesh, own)
        offsets, grouped = edges_by_neuron(mesh, neurons)
        components(mesh, offsets, grouped, mine, closed)
        shells = np.zeros((layers, radial.shape[2]))
        _radial(mesh, layer_of, radii, shells)
        for j in range(neurons):
            by_layer[i, layer_of[j]] += own[j]
            pieces[layer_of[j], min(mine[j], MOST_COMPONENTS)] += 1
            loops[i] += closed[j]
        for depth in range(layers):
            for k in range(shells.shape[1]):
                radial[0, depth, k] += shells[depth, k]
                radial[1, depth, k] += shells[depth, k] ** 2
    return regions, by_layer, pieces, loops, radial, scratch


@compiled
def _count_zeros(
    networks: Floats, bounds: Counts, low: float, high: float
) -> tuple[Counts, Counts]:
    """(networks, L) zeros of each layer in the interval; (L, 32) neurons with so many."""
    layers = bounds.size - 1
    by_layer = np.zeros((networks.shape[0], layers), np.int64)
    pieces = np.zeros((layers, MOST_COMPONENTS + 1), np.int64)
    own = np.zeros(bounds[-1], np.int64)
    for i in range(networks.shape[0]):
        found = folds(networks[i], bounds, low, high)
        for j in range(own.size):
            own[j] = 0
        for k in range(found.zeros.shape[0]):
            own[found.zeros[k, 1]] += 1
        for depth in range(layers):
            for j in range(bounds[depth], bounds[depth + 1]):
                by_layer[i, depth] += own[j]
                pieces[depth, min(own[j], MOST_COMPONENTS)] += 1
    return by_layer, pieces


def sample_regions(
    ensemble: Ensemble,
    size: int,
    rng: np.random.Generator,
    *,
    half_width: float,
    radii: ArrayLike = (),
) -> Statistics:
    """Statistics of `size` random networks in the window [−half_width, half_width]^inputs.

    `radii`, increasing, cut the length into rings around the origin (two inputs only). Weights
    come from one call of rng. Raises ValueError naming the argument. Cost: about 0.06 ms a
    network at [16, 16], 0.2 ms at [32, 32].
    """
    as_interval(-half_width, half_width, "half_width")
    rings = np.asarray(radii, np.float64)
    if rings.ndim != 1 or not np.isfinite(rings).all() or (np.diff(rings) <= 0).any():
        raise ValueError(f"radii must be an increasing sequence of finite numbers, got {radii!r}")
    networks = ensemble.draw(size, rng)
    if ensemble.inputs == 1:
        zeros, pieces = _count_zeros(networks, ensemble.bounds, -half_width, half_width)
        by_layer = zeros.astype(np.float64)
        regions, loops = zeros.sum(axis=1) + 1, np.zeros(size, np.int64)
        radial = np.zeros((2, len(ensemble.widths), 0))
    else:
        room = cell_estimate(ensemble.widths)
        regions, by_layer, pieces, loops, radial, _ = _measure(
            networks, ensemble.bounds, float(half_width), rings, room, MAX_CELLS, empty_scratch()
        )
        if regions.min() < 0:
            raise RuntimeError(f"a network could not be partitioned: draw {int(regions.argmin())}")
    return Statistics(
        size,
        Moments.of(regions.astype(np.float64)),
        Moments.of(by_layer.sum(axis=1)),
        tuple(Moments.of(column) for column in by_layer.T),
        pieces,
        Moments.of(loops.astype(np.float64)),
        radial,
    )


def length_bound(neurons: int, area: float) -> float:
    """E[Z_A] ≤ Σ N_ℓ vol(A)/√π at C_W = 2, C_b = 1: (4.2.1) with its sharp constant."""
    return neurons * area / math.sqrt(math.pi)


def length_density(radius: ArrayLike, layer: int = 1) -> NDArray[np.float64]:
    """Expected length per area and neuron at distance `radius` from the origin, two inputs.

    E(m)/(π √(1 + r²)), m = r²/(1 + r²): exact in layer 1 (C_W = 2, C_b = 1). In layer ℓ at
    infinite width the bias variance becomes ℓ, so the plane is stretched by √ℓ.
    """
    r = np.asarray(radius, np.float64) / math.sqrt(layer)
    m = r * r / (1.0 + r * r)
    return np.asarray(ellipe(m) / (math.pi * np.sqrt(1.0 + r * r) * math.sqrt(layer)))


def one_layer_regions_disc(neurons: int, radius: float) -> float:
    """Expected cells of one layer in a disc about the origin (C_W = 2, C_b = 1)."""
    root = math.hypot(1.0, radius)
    return 1.0 + neurons * radius / root + math.comb(neurons, 2) * (1.0 - 1.0 / root)


def one_layer_regions_square(neurons: int, half_width: float) -> float:
    """The same in [−a, a]²: 1 + N (4/π) arctan(a/√(1 + a²)) + C(N, 2) (2/π) arcsin(a²/(1 + a²))."""
    a = half_width
    hit = 4.0 / math.pi * math.atan(a / math.hypot(1.0, a))
    meet = 2.0 / math.pi * math.asin(a * a / (1.0 + a * a))
    return 1.0 + neurons * hit + math.comb(neurons, 2) * meet


def one_layer_length_square(half_width: float) -> float:
    """Expected length of one first-layer line in [−a, a]²: the density's integral."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = 0.5 * half_width * (nodes + 1.0)
    density = length_density(np.hypot(x[:, None], x[None, :]))
    return float(weights @ density @ weights) * half_width**2


def expected_zeros(widths: Sequence[int]) -> NDArray[np.float64]:
    """(L,) zeros on the whole line of one neuron of each layer: ∏_{k<ℓ} (1 − 2^(−N_k)), exactly."""
    alive = [-math.expm1(-n * math.log(2.0)) for n in widths[:-1]]
    zeros: NDArray[np.float64] = np.multiply.accumulate(np.array([1.0, *alive]))
    return zeros


def expected_zeros_in_interval(radius: float, layer: int) -> float:
    """Zeros in [−R, R] of one neuron at infinite width: (2/π) arctan(R √(2/ℓ))."""
    return 2.0 / math.pi * math.atan(radius * math.sqrt(2.0 / layer))


def crossings_across_layers(width: int) -> tuple[float, float]:
    """Expected crossings in the plane of a first-layer line with a second-layer curve, and of two
    second-layer curves, for N_1 = width: 1 − 2^(1 − N) and P(Bin(N, ½) ≥ 2)."""
    return 1.0 - 2.0 ** (1 - width), 1.0 - (1 + width) * 2.0**-width
