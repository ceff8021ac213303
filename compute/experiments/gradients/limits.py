"""Infinitely wide networks of the page's setting, and the bins that its samples are counted in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.activations.layer_maps import LARGEST
from compute.arrays import read_only
from compute.experiments.gradients.setting import EXACT, Params, hidden
from compute.gradients import GradientLaw
from compute.kernels import nngp

Array = NDArray[np.float64]

# A histogram goes so many deviations of the logarithm down and up from its mean, in so many bins.
DOWN, UP, BINS = 8.0, 6.0, 560
# Bins of the picture are so many of those, and it goes so far.
JOINED, PICTURE_DOWN, PICTURE_UP = 7, 4.2, 3.1


@dataclass(frozen=True)
class Wide:
    """The infinitely wide network: what its squares are, ℓ = 1 … L+1.

    forward: of the inputs of layer ℓ, (K^(ℓ−1) − C_b)/C_W; backward: ‖∂z/∂z^(ℓ)‖² = Π_{k≥ℓ} χ_k,
    χ_k = C_W E σ'(z^(k))²; (L+1,) each. gradient: ‖∇_x z‖² = C_W Π χ_k. For linear, ReLU and
    absolute value without biases they are the means at every width. deviation: √Var z.
    """

    forward: Array
    backward: Array
    gradient: float
    deviation: float

    @property
    def squares(self) -> Array:
        """‖∂z/∂W^(ℓ)‖², (L+1,)."""
        return self.forward * self.backward

    @property
    def kernel(self) -> float:
        """Θ, their sum."""
        return float(self.squares.sum())


def wide(params: Params, depth: int | None = None) -> Wide:
    """The infinitely wide network at a setting, at its depth or one below."""
    forward, chi = _rows(
        params.activation, params.weight_variance, params.bias_variance, params.depth
    )
    depth = params.depth if depth is None else depth
    backward = np.append(np.cumprod(chi[:depth][::-1])[::-1], 1.0)
    gradient = params.weight_variance * float(backward[0])
    variance = params.bias_variance + params.weight_variance * float(forward[depth])
    return Wide(forward[: depth + 1], backward, gradient, math.sqrt(variance))


@lru_cache(maxsize=512)
def _rows(name: str, weight: float, bias: float, depth: int) -> tuple[Array, Array]:
    """(K^(ℓ−1) − C_b)/C_W (L+1,) and χ (L,) from K^(0) = C_W + C_b: the input has length √N_0."""
    activation, start = get_activation(name), np.array([[weight + bias]])
    k = nngp(start, depth, activation, weight_variance=weight, bias_variance=bias)[:, 0, 0]
    # what grows that far is linear, or periodic, there: its slope has long been constant
    chi = weight * activation.mean_square_slope(np.minimum(k[:-1], LARGEST))
    return read_only((np.append(1.0, (k[1:] - bias) / weight), chi))


def gradient_law(params: Params, depth: int | None = None) -> GradientLaw | None:
    """The law of ‖∇_x z‖², with biases too (fair signs make fair gates); None if unknown."""
    if params.activation not in EXACT:
        return None
    name = EXACT[params.activation]
    variance = params.weight_variance
    widths = hidden(params, depth)
    return GradientLaw.of(widths, params.inputs, name, weight_variance=variance)


def layer_law(params: Params) -> GradientLaw | None:
    """The law of ‖∂z/∂W^(ℓ)‖², every layer's; None where it is unknown."""
    if params.activation not in EXACT or params.bias_variance > 0:
        return None
    name = EXACT[params.activation]
    return GradientLaw.of_layer(hidden(params), name, weight_variance=params.weight_variance)


def log_spread(params: Params, law: GradientLaw | None, scale: float) -> tuple[float, float]:
    """(centre, deviation) of the logarithm that bins are laid around.

    Of the exact law where there is one; else around the infinitely wide network's value, with the
    spread of ReLU, which no other activation here exceeds by much near criticality.
    """
    if law is not None:
        mean, variance = law.log_moments()
        return mean, math.sqrt(max(variance, 1e-4))
    variance = 5 * params.depth / params.width + 2 / params.inputs
    return math.log(scale) - variance / 4, math.sqrt(variance)


def edges_of(centre: float, deviation: float) -> Array:
    """Edges of the bins, (BINS + 1,)."""
    return centre + deviation * np.linspace(-DOWN, UP, BINS + 1)
