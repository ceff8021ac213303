"""Real networks at one input, layer by layer: by neurons given the last layer, or by weights.

Given z^(ℓ) the neurons of z^(ℓ+1) are independent Gaussians of the measured variance K̂^(ℓ), at
every width, so that a layer costs N normal numbers instead of N². Weight by weight nothing is
assumed. Nothing of an expansion in 1/N is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation

Array = NDArray[np.float64]

# Networks whose matrices are drawn at once: so many numbers.
_BLOCK = 65_536


def one_input_layers(
    kernel: Array,
    depth: int,
    width: int,
    activation: Activation,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
    by_weights: bool = False,
) -> Iterator[tuple[Array, Array, Array]]:
    """(K̂^(ℓ−1), z^(ℓ), K̂^(ℓ)), ℓ = 1…depth: (n,), (n, width), (n,).

    kernel (n,): Var z^(1) of every network. `by_weights` draws the matrices from the second layer
    on. What leaves the range of a float is inf or nan. Cost a layer and network: N normal numbers
    and activations, or N².
    """
    inner: Array | None = None
    for _ in range(depth):
        if by_weights and inner is not None:
            z = _weighted(inner, weight_variance / width, bias_variance, rng)
        else:
            z = rng.standard_normal((kernel.size, width))
            z *= np.sqrt(kernel)[:, None]
        inner, before = activation.phi(z), kernel
        kernel = bias_variance + weight_variance / width * np.einsum("cn,cn->c", inner, inner)
        yield before, z, kernel


def _weighted(inner: Array, scale: float, bias: float, rng: np.random.Generator) -> Array:
    """z^(ℓ+1) = W h + b, (n, N), every weight drawn."""
    width, z = inner.shape[1], np.empty(inner.shape)
    step = max(1, _BLOCK // width**2)
    for first in range(0, len(inner), step):
        h = inner[first : first + step, :, None]
        weights = rng.standard_normal((len(h), width, width))
        z[first : first + step] = math.sqrt(scale) * (weights @ h)[..., 0]
    if bias > 0:
        z += math.sqrt(bias) * rng.standard_normal(z.shape)
    return z
