"""Real networks: every weight drawn, propagated forwards and backwards, moved by a real step.

The network of (3.1.1): z^(1) = W^(1)x/√N_0 + b^(1), z^(ℓ+1) = W^(ℓ+1)σ(z^(ℓ))/√N_ℓ + b^(ℓ+1), one
output, ‖x‖² = N_0. Nothing here knows a law that a claim tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation

Array = NDArray[np.float64]

# Numbers drawn at once: 2 MB, so that the weights are still in the cache on the way back.
BLOCK = 1 << 18
# Nanoseconds to draw a weight and use it on both ways; for a neuron; for a layer of a block.
_WEIGHT_NS, _NEURON_NS, _LAYER_NS = 14.0, 60.0, 60_000.0


@dataclass(frozen=True)
class Block:
    """Parameters of `count` networks: weights over √C_W, (c, N_ℓ, N_{ℓ−1}) for ℓ = 1 … L+1.

    biases: (c, N_ℓ) each, of variance C_b; () where C_b = 0.
    """

    activation: Activation
    weight_variance: float
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]


@dataclass(frozen=True)
class Signals:
    """What goes through: inputs σ(z^(ℓ−1)) (c, N_{ℓ−1}) and ∂z/∂z^(ℓ) (c, N_ℓ), ℓ = 1 … L+1.

    output: z (c,); gradient: ∇_x z (c, N_0).
    """

    inputs: tuple[Array, ...]
    backward: tuple[Array, ...]
    output: Array
    gradient: Array

    def factors(self) -> Array:
        """‖∂z/∂z^(ℓ)‖² and ‖σ(z^(ℓ−1))‖²/N_{ℓ−1}, (2, L+1, c)."""
        onward = np.stack([_square(d) for d in self.backward])
        return np.stack([onward, [_square(h) / h.shape[1] for h in self.inputs]])

    def squares(self) -> Array:
        """‖∂z/∂W^(ℓ)‖², their product, (L+1, c)."""
        return np.asarray(self.factors().prod(axis=0))

    def kernel(self) -> Array:
        """Θ(x, x), the sum over layers, (c,)."""
        return np.asarray(self.squares().sum(axis=0))

    def input_square(self) -> Array:
        """‖∇_x z‖², (c,)."""
        return _square(self.gradient)

    def pairs(self) -> list[tuple[Array, Array]]:
        """(inputs, backward) layer by layer."""
        return list(zip(self.inputs, self.backward, strict=True))


@dataclass(frozen=True)
class Step:
    """A change of the weights: W^(ℓ) moves by size · ∂z/∂W^(ℓ) at `where`; size (c,)."""

    where: Signals
    size: Array


def measured(
    measure: Callable[[Block], Array],
    sizes: Sequence[int],
    activation: Activation,
    count: int,
    rng: np.random.Generator,
    **given: float,
) -> Array:
    """`measure`, (…, c) of a block, of `count` networks, block by block; the rest: see `draw`."""
    most = _at_once(sizes)
    parts = [min(most, count - start) for start in range(0, count, most)]
    found = [measure(draw(sizes, activation, part, rng, **given)) for part in parts]
    return np.concatenate(found, axis=-1)


def milliseconds(sizes: Sequence[int]) -> float:
    """To draw one network of layers N_0, …, N_{L+1} and to go through it both ways."""
    shared = _LAYER_NS * (len(sizes) - 1) / _at_once(sizes)
    return 1e-6 * (_WEIGHT_NS * _weights_in(sizes) + _NEURON_NS * (sum(sizes) - 1) + shared)


def draw(
    sizes: Sequence[int],
    activation: Activation,
    count: int,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> Block:
    """Parameters of `count` networks of layers N_0, …, N_{L+1}, N_{L+1} = 1."""
    weights = [rng.standard_normal((count, n, m)) for m, n in pairwise(sizes)]
    biases: list[Array] = []
    if bias_variance > 0:
        scale = math.sqrt(bias_variance)
        biases = [scale * rng.standard_normal((count, n)) for n in sizes[1:]]
    return Block(activation, weight_variance, tuple(weights), tuple(biases))


def propagate(block: Block, step: Step | None = None) -> Signals:
    """Forwards and backwards through the networks, after a step of their weights if one is given.

    The step is of rank one in every layer and is added as such: no matrix is written.
    """
    count, _, first = block.weights[0].shape
    h = np.ones((count, first))
    inputs, slopes = [], []
    z = h
    for layer, weights in enumerate(block.weights):
        inputs.append(h)
        z = _scale(block, h) * (weights @ h[..., None])[..., 0]
        if block.biases:
            z = z + block.biases[layer]
        if step is not None:
            z = z + _moved(step, layer, step.where.inputs, h, step.where.backward)
        if layer + 1 < len(block.weights):
            h, slope = block.activation.phi_and_dphi(z)
            slopes.append(slope)
    d = np.ones((count, 1))
    backward = [d]
    for layer in range(len(block.weights) - 1, -1, -1):
        below = _scale(block, inputs[layer]) * (d[:, None] @ block.weights[layer])[:, 0]
        if step is not None:
            below = below + _moved(step, layer, step.where.backward, d, step.where.inputs)
        d = slopes[layer - 1] * below if layer else below
        backward.append(d)
    *found, gradient = backward
    return Signals(tuple(inputs), tuple(found[::-1]), z[:, 0], gradient)


def relative_change(block: Block, step: float, target: float, scale: float) -> Array:
    """(Θ₊ − Θ₋)/(2 step scale), (c,): what gradient steps of ±step/scale on ½(z − y)² do to Θ.

    A central difference of two real steps: what a single step adds at second order cancels. Not a
    finite number where a step throws the network out of the range of a float.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        start = propagate(block)
        pull = step / scale * (start.output - target)
        after, before = (
            propagate(block, Step(start, sign * pull)).kernel() / scale for sign in (-1.0, 1.0)
        )
        return np.asarray((after - before) / (2 * step))


def _weights_in(sizes: Sequence[int]) -> int:
    return sum(n * m for m, n in pairwise(sizes))


def _at_once(sizes: Sequence[int]) -> int:
    return max(1, BLOCK // _weights_in(sizes))


def _scale(block: Block, h: Array) -> float:
    return math.sqrt(block.weight_variance / h.shape[1])


def _moved(
    step: Step, layer: int, one: tuple[Array, ...], now: Array, other: tuple[Array, ...]
) -> Array:
    """What a step size · δ hᵀ/√N of W adds to W h'/√N, or to Wᵀδ'/√N."""
    share = step.size / step.where.inputs[layer].shape[1]
    return np.asarray((share * np.einsum("ci,ci->c", one[layer], now))[:, None] * other[layer])


def _square(vectors: Array) -> Array:
    return np.asarray(np.einsum("ci,ci->c", vectors, vectors))
