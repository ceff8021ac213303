"""Real networks at two inputs, layer by layer: their variances and their correlation.

Given what a layer puts out, the preactivations of the next are Gaussian with covariance K^ of two
inputs, at every width: so a layer costs 2N normal numbers instead of N². Nothing of a limit is
used. y = artanh ρ is kept, not ρ: it has all digits of 1 − ρ and of 1 + ρ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled

Array = NDArray[np.float64]

# Where a variance counts as exploded: there a cubic network of moderate width has no way back.
EXPLODED = 1e5
# So many normal numbers are drawn at a time.
_BLOCK = 200_000


@dataclass(frozen=True)
class Nonlinearity:
    """kind 0: slopes `a` right and `b` left; 1: t + a t³; 2: a tanh(t/a). `gain` is C_W."""

    kind: int
    a: float
    b: float
    gain: float


def two_input_layers(
    state: Array, depth: int, width: int, sigma: Nonlinearity, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Blocks of layers: their noise (l, n, 2, N), and the states after each, (l, n, 3).

    `state` (n, 3): artanh ρ, log V, log V′ of n networks' first preactivations; it is moved on.
    log V is inf for networks that exploded, −inf for those that are dead at one of the inputs; y is
    then nan. The noise is overwritten by the next block. Cost: 2N normal numbers a network and
    layer, 20 ns each.
    """
    n = state.shape[0]
    size = max(1, min(depth, _BLOCK // (2 * n * width)))
    for first in range(0, depth, size):
        noise = rng.standard_normal((min(size, depth - first), n, 2, width))
        states = np.empty((noise.shape[0], n, 3))
        _layers(noise, state, states, sigma.kind, sigma.a, sigma.b, sigma.gain)
        yield noise, states


def turned_to(correlations: Array, states: Array) -> Array:
    """artanh ρ of outputs for inputs at these ρ_0, from states that began at a right angle.

    correlations (j,), states (…, 3) of a linear network; (…, j). The angle between x and
    cx + s x′ is that of two vectors of the plane, to all digits at either end.
    """
    y, stretch = states[..., :1], np.exp(0.5 * (states[..., 2:] - states[..., 1:2]))
    across = np.sqrt(1 - correlations**2) * stretch
    angle = np.arctan2(across / np.cosh(y), correlations + across * np.tanh(y))
    with np.errstate(divide="ignore"):
        found = -np.log(np.tan(0.5 * np.clip(angle, 1e-300, np.pi)))
    return np.asarray(np.clip(found, -37.0, 37.0))


@compiled
def _layers(
    noise: Array, state: Array, states: Array, kind: int, a: float, b: float, gain: float
) -> None:
    """One layer after another: `state` is moved on, and kept after each in `states`."""
    width = noise.shape[3]
    first, second = np.empty(width), np.empty(width)
    for layer in range(noise.shape[0]):
        for k in range(noise.shape[1]):
            if math.isfinite(state[k, 1]) and math.isfinite(state[k, 0]):
                rho, across = math.tanh(state[k, 0]), 1 / math.cosh(state[k, 0])
                large = math.exp(0.5 * state[k, 1]) if kind > 0 else 1.0
                other = math.exp(0.5 * state[k, 2]) if kind > 0 else 1.0
                square, squared, both = 0.0, 0.0, 0.0
                for i in range(width):
                    z = noise[layer, k, 0, i]
                    w = other * (rho * z + across * noise[layer, k, 1, i])
                    z *= large
                    if kind == 0:
                        z = a * z if z > 0 else b * z
                        w = a * w if w > 0 else b * w
                    elif kind == 1:
                        z += a * z * z * z
                        w += a * w * w * w
                    else:
                        z, w = a * math.tanh(z / a), a * math.tanh(w / a)
                    first[i], second[i] = z, w
                    square += z * z
                    squared += w * w
                    both += z * w
                if square == 0.0 or squared == 0.0:
                    state[k, 0], state[k, 1], state[k, 2] = math.nan, -math.inf, -math.inf
                else:
                    side = 1.0 if both > 0 else -1.0
                    one, two = 1 / math.sqrt(square), side / math.sqrt(squared)
                    apart = 0.0
                    for i in range(width):
                        apart += (first[i] * one - second[i] * two) ** 2
                    apart = max(apart, 1e-32)
                    state[k, 0] = side * 0.5 * math.log((4 - apart) / apart)
                    grown, grew = math.log(gain * square / width), math.log(gain * squared / width)
                    state[k, 1] = grown + (state[k, 1] if kind == 0 else 0.0)
                    state[k, 2] = grew + (state[k, 2] if kind == 0 else 0.0)
                    if kind == 1 and max(state[k, 1], state[k, 2]) > math.log(EXPLODED):
                        state[k, 0], state[k, 1], state[k, 2] = math.nan, math.inf, math.inf
            for j in range(3):
                states[layer, k, j] = state[k, j]
