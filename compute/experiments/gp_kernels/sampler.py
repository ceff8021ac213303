"""Real networks against the kernel: every weight drawn, K^ measured layer by layer.

The lowest route to (3.3.1): no Gaussian conditioning, no recursion. For piecewise linear
activations with C_b = 0 the mean of the measured variance is exact at every width; elsewhere it
differs from the limit by O(ℓ/N).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.estimates import mean_and_error
from compute.experiments.gp_kernels.setting import Params, activation_of
from compute.sampling import Estimate, Moments, Sampler, merge, stream

Array = NDArray[np.float64]

LAYERS = 12
BATCH_S = 0.09
SECONDS_PER_WEIGHT = 1.2e-8


@dataclass(frozen=True)
class Networks:
    """Sums over `count` networks of the measured kernels of layers 1…m.

    `sums` (m, 5): of K^(x, x), of half of what the outputs of layer ℓ differ by, D = C_W
    ‖σ(z(x)) − σ(z(x'))‖²/(2N), their squares, their product. `deepest` holds the moments of
    K^(x, x) in layer m.
    """

    count: int
    sums: Array
    deepest: Moments

    def variance(self) -> tuple[Array, Array]:
        """Mean of K^(x, x) with its standard error, (m,) each."""
        return mean_and_error(self.count, self.sums[:, 0], self.sums[:, 2])

    def gap(self) -> tuple[Array, Array]:
        """Mean of D over mean of K^(x, x), with its standard error by the delta method.

        For inputs of equal norm that is 1 − C^(ℓ), and small gaps do not cancel.
        """
        a, d, aa, dd, ad = (self.sums / self.count).T
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = d / a
            spread = (dd - d * d) - 2 * ratio * (ad - a * d) + ratio**2 * (aa - a * a)
            error = np.sqrt(np.maximum(spread, 0) / max(self.count - 1, 1)) / a
        return ratio, error

    def deepest_estimate(self) -> Estimate:
        """K^(x, x) of the deepest measured layer."""
        return self.deepest.mean_estimate()


def measured_layers(params: Params) -> int:
    """How many layers are measured."""
    return min(params.depth, LAYERS)


def _per_batch(params: Params) -> int:
    weights = measured_layers(params) * params.width**2 + 1000
    return max(1, min(params.networks, round(BATCH_S / (SECONDS_PER_WEIGHT * weights))))


def batches(params: Params) -> int:
    """How many batches make up n networks."""
    return math.ceil(params.networks / _per_batch(params))


def batch(params: Params, index: int) -> Networks:
    """One batch of networks, 50 to 100 ms; two inputs in the plane, N_0 = 2, ρ_0 apart."""
    rng = stream(params.seed, "networks", index)
    count = min(_per_batch(params), params.networks - index * _per_batch(params))
    n, activation = params.width, activation_of(params)
    inputs = math.sqrt(2 * params.norm) * np.array(
        [[1.0, params.correlation], [0.0, math.sqrt(max(1 - params.correlation**2, 0.0))]]
    )
    plain = params.first_layer == "plain"
    scale = math.sqrt((1.0 if plain else params.weight_variance) / 2)
    z = scale * rng.standard_normal((count, n, 2)) @ inputs
    if not plain:
        z += math.sqrt(params.bias_variance) * rng.standard_normal((count, n, 1))
    kernels = np.empty((measured_layers(params), 2, count))
    with np.errstate(over="ignore", invalid="ignore"):
        for layer in range(kernels.shape[0]):
            h = activation.phi(z)
            share = params.weight_variance / n
            squares = np.einsum("cn,cn->c", h[..., 0], h[..., 0])
            apart = h[..., 0] - h[..., 1]
            kernels[layer, 0] = params.bias_variance + share * squares
            kernels[layer, 1] = 0.5 * share * np.einsum("cn,cn->c", apart, apart)
            if layer + 1 < kernels.shape[0]:
                weights = rng.standard_normal((count, n, n))
                z = math.sqrt(params.weight_variance / n) * weights @ h
                z += math.sqrt(params.bias_variance) * rng.standard_normal((count, n, 1))
        a, d = kernels[:, 0], kernels[:, 1]
        sums = np.stack([a, d, a * a, d * d, a * d], axis=-1).sum(axis=1)
        return Networks(count, sums, Moments.of(a[-1]))


SAMPLER = Sampler(batch, merge, batches)
