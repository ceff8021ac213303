"""What is known exactly of random ReLU networks at finite width, section 4.2 (C_W = 2, C_b = 1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray


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
    return np.asarray(scipy.special.ellipe(m) / (math.pi * np.sqrt(1.0 + r * r) * math.sqrt(layer)))


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


@lru_cache(maxsize=64)
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
