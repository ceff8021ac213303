"""Random functions on a circle of inputs, section 2.1.1: networks beside their Gaussian process.

A wide network is a long sum over neurons, so it is drawn in blocks of neurons: `run` adds up the
first, the sampler goes on until all N_1 are in. Neuron i is the same at every width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.experiments.initialisation.setting import (
    CALL_NS,
    Params,
    activation_of,
    directions,
    scale_of,
    variance_of,
)
from compute.sampling import merge, stream

Array = NDArray[np.float64]

DRAWS, POINTS, BLOCK = 5, 180, 1024
BATCH_MS = 85.0


@dataclass(frozen=True)
class CircleSample:
    """Sums over the first `neurons` neurons of each of five networks.

    outputs (5, p): Σ W_i^(2) σ(z_i(x)) along the circle; products (5, p): Σ σ(z_i(x_0)) σ(z_i(x)).
    """

    neurons: int
    outputs: Array
    products: Array


@dataclass(frozen=True)
class Circle:
    """Functions on the circle, closed: p = 181 inputs, the last being the first again.

    angles (181,): of the input, in degrees. sample: the first neurons, at most 1024. widths (k,)
    and growing (k, 5, 181): the same networks cut off at those widths, their own γ; empty where
    N_1 > 1024. process (5, 181): draws of the Gaussian process of the limit. covariance (181,):
    its covariance between angle 0 and angle. scale: γ.
    """

    angles: Array
    sample: CircleSample
    widths: NDArray[np.int64]
    growing: Array
    process: Array
    covariance: Array
    scale: float

    def functions(self, sample: CircleSample) -> Array:
        """z(x) of the networks made of the neurons so far, (5, 181)."""
        return sample.outputs / (self.scale * math.sqrt(sample.neurons))

    def covariances(self, sample: CircleSample) -> Array:
        """Cov(z(x_0), z(x) | W^(1)) of each network so far, (5, 181)."""
        return sample.products / (self.scale**2 * sample.neurons)


def block_ms(params: Params) -> float:
    """Milliseconds for a block of neurons."""
    one = POINTS * (CALL_NS[params.activation][0] + 4.0) + 11.0 * (params.inputs + 1)
    return 1e-6 * DRAWS * BLOCK * one


def circle_of(params: Params) -> Circle:
    """Everything for the tab at once, from the first block. Cost: a block and 1 ms."""
    points = _points(params)
    neurons = min(params.width, BLOCK)
    stops = sorted({*(2**k for k in range(neurons.bit_length())), neurons})
    first, second = _weights(params, 0, neurons)
    activation, scale = activation_of(params), scale_of(params)
    parts = (
        _sums(first[:, start:stop], second[:, start:stop], points, activation)
        for start, stop in pairwise([0, *stops])
    )
    cut = list(accumulate(parts, merge))
    growing = [c.outputs / (scale_of(params, c.neurons) * math.sqrt(c.neurons)) for c in cut]
    kept = len(stops) if params.width <= BLOCK else 0
    covariance = _covariance(params, activation) / scale**2
    noise = stream(params.seed, "process").standard_normal((DRAWS, POINTS))
    return Circle(
        angles=np.linspace(0.0, 360.0, POINTS + 1),
        sample=cut[-1],
        widths=np.array(stops[:kept], dtype=np.int64),
        growing=np.array(growing)[:kept],
        process=_process(covariance, noise),
        covariance=covariance,
        scale=scale,
    )


def circle_batches(params: Params) -> int:
    """How many batches add the neurons beyond the first block; 0 where there are none."""
    blocks = math.ceil(params.width / BLOCK) - 1
    return math.ceil(blocks / _blocks(params))


def circle_batch(params: Params, index: int) -> CircleSample:
    """The neurons of batch `index`; the first batch holds those of `run` too."""
    per = _blocks(params)
    points, activation = _points(params), activation_of(params)
    start = 0 if index == 0 else 1 + index * per
    blocks = range(start, min(1 + (index + 1) * per, math.ceil(params.width / BLOCK)))
    if not blocks:
        raise ValueError(f"batch {index} is beyond the last neuron")
    counts = (min(BLOCK, params.width - block * BLOCK) for block in blocks)
    weights = (_weights(params, block, n) for block, n in zip(blocks, counts, strict=True))
    return reduce(merge, (_sums(*w, points, activation) for w in weights))


def _blocks(params: Params) -> int:
    """Blocks of neurons in a batch."""
    return max(1, int(BATCH_MS / block_ms(params)))


def _points(params: Params) -> Array:
    turn = np.linspace(0.0, 2 * np.pi, POINTS + 1)
    plane = directions(params)
    return np.asarray(np.cos(turn)[:, None] * plane[0] + np.sin(turn)[:, None] * plane[1])


def _weights(params: Params, block: int, count: int) -> tuple[Array, Array]:
    """(5, count, N_0) and (5, count): the weights of a block, all standard normal."""
    rng = stream(params.seed, "functions", block)
    drawn = rng.standard_normal((count, DRAWS, params.inputs + 1)).swapaxes(0, 1)
    return drawn[..., :-1], drawn[..., -1]


def _sums(first: Array, second: Array, points: Array, activation: Activation) -> CircleSample:
    outputs = np.empty((DRAWS, len(points)))
    products = np.empty_like(outputs)
    unit = math.sqrt(points.shape[1])
    for draw in range(DRAWS):
        values = activation.phi(first[draw] @ points.T / unit)
        outputs[draw] = second[draw] @ values
        products[draw] = values[:, 0] @ values
    return CircleSample(first.shape[1], outputs, products)


def _covariance(params: Params, activation: Activation) -> Array:
    """E[σ(z_i(x_0))σ(z_i(x))] around the circle, (181,)."""
    q = variance_of(params)
    half = np.cos(np.linspace(0.0, np.pi, POINTS // 2 + 1))
    values = activation.dual(q, q, q * half)
    return np.concatenate([values, values[-2::-1]])


def _process(covariance: Array, noise: Array) -> Array:
    """Draws of the stationary Gaussian process of that covariance, (5, 181)."""
    eigenvalues = np.fft.rfft(covariance[:-1]).real
    drawn = np.fft.irfft(np.sqrt(np.maximum(eigenvalues, 0.0)) * np.fft.rfft(noise), noise.shape[1])
    return np.concatenate([drawn, drawn[:, :1]], axis=1)
