"""Gradients and the tangent kernel of an infinitely wide network at one input of length √N_0."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.activations.layer_maps import LARGEST
from compute.arrays import read_only
from compute.kernels import nngp

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WideGradients:
    """What the squares are in a network of L layers, ℓ = 1 … L+1.

    forward (L+1,): of the inputs of layer ℓ, (K^(ℓ−1) − C_b)/C_W; slopes (L,): χ_ℓ = C_W
    E σ'(z^(ℓ))². For linear, ReLU and absolute value without biases all are the means at every
    width.
    """

    forward: Array
    slopes: Array
    weight_variance: float
    bias_variance: float

    def cut(self, depth: int) -> WideGradients:
        """The network that ends behind its first `depth` layers."""
        return replace(self, forward=self.forward[: depth + 1], slopes=self.slopes[:depth])

    @property
    def backward(self) -> Array:
        """‖∂z/∂z^(ℓ)‖² = Π_{k≥ℓ} χ_k, (L+1,)."""
        return np.append(np.cumprod(self.slopes[::-1])[::-1], 1.0)

    @property
    def gradient(self) -> float:
        """‖∇_x z‖² = C_W Π χ_k."""
        return self.weight_variance * float(self.backward[0])

    @property
    def deviation(self) -> float:
        """√Var z."""
        return math.sqrt(self.bias_variance + self.weight_variance * float(self.forward[-1]))

    @property
    def squares(self) -> Array:
        """‖∂z/∂W^(ℓ)‖², (L+1,)."""
        return self.forward * self.backward

    @property
    def kernel(self) -> float:
        """Θ, their sum."""
        return float(self.squares.sum())


@lru_cache(maxsize=512)
def wide_gradients(
    depth: int, activation: Activation, *, weight_variance: float, bias_variance: float = 0.0
) -> WideGradients:
    """The network of that depth, from K^(0) = C_W + C_b. Cost: one kernel recursion."""
    start, given = np.array([[weight_variance + bias_variance]]), (weight_variance, bias_variance)
    k = nngp(start, depth, activation, weight_variance=given[0], bias_variance=given[1])[:, 0, 0]
    # what grows that far is linear, or periodic, there: its slope has long been constant
    chi = weight_variance * activation.mean_square_slope(np.minimum(k[:-1], LARGEST))
    forward = np.append(1.0, (k[1:] - bias_variance) / weight_variance)
    return read_only(WideGradients(forward, chi, *given))
