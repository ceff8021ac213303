"""What a step of descent does to every number of a layer, each in one way through memory.

NumPy goes through memory once for every operation, and between small matrices its calls cost as
much as the arithmetic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled, inlined, summed

Array = NDArray[Any]


@compiled
def rectify(z: Array, b: Array, slopes: Array) -> None:
    """z ← relu(z + b), and whether that is above 0: z, slopes (R, N, n), b (R, N, 1)."""
    for r in range(z.shape[0]):
        for i in range(z.shape[1]):
            shift = b[r, i, 0]
            for k in range(z.shape[2]):
                value = z[r, i, k] + shift
                slopes[r, i, k] = value > 0
                # what is not a number stays none
                z[r, i, k] = value if value > 0 else value - value


@compiled
def flatten(z: Array, b: Array, slopes: Array) -> None:
    """z ← tanh(z + b) and slopes ← 1 − z²: the same shapes, all in single precision."""
    for r in range(z.shape[0]):
        for i in range(z.shape[1]):
            shift = b[r, i, 0]
            for k in range(z.shape[2]):
                value = _tanh(z[r, i, k] + shift)
                z[r, i, k] = value
                slopes[r, i, k] = np.float32(1) - value * value


@inlined
def _tanh(z: Any) -> Any:
    """tanh z in single precision, to 3e-7 of itself, by vector instructions; nan of nan.

    Lambert's continued fraction to its sixth power at z/4, as p/q, and tanh 2t = 2t/(1 + t²)
    twice, which makes no relative error larger. Beyond 9 all are ±1.
    """
    z = np.float32(9) if z > np.float32(9) else z
    z = np.float32(-9) if z < np.float32(-9) else z
    t = z * np.float32(1 / 4)
    s = t * t
    p = np.float32(21 / 10395) * s + np.float32(1260 / 10395)
    p = t * (p * s + np.float32(1))
    q = np.float32(1 / 10395) * s + np.float32(210 / 10395)
    q = (q * s + np.float32(4725 / 10395)) * s + np.float32(1)
    p, q = np.float32(2) * p * q, q * q + p * p
    p, q = np.float32(2) * p * q, q * q + p * p
    return p / q


@compiled
def return_through(signal: Array, slopes: Array, push: Array) -> None:
    """signal ← signal · slopes, (R, N, n), and `push` (R, N, 1) ← its sums over the data."""
    for r in range(signal.shape[0]):
        for i in range(signal.shape[1]):
            push[r, i, 0] = _scaled(signal[r, i], slopes[r, i])


@summed
def _scaled(signal: Array, slopes: Array) -> Any:
    total = slopes.dtype.type(0)
    for k in range(signal.shape[0]):
        signal[k] *= slopes[k]
        total += signal[k]
    return total


@compiled
def move(at: Array, velocity: Array, gradient: Array, rates: Array, momentum: float) -> None:
    """v ← βv − ηg, θ ← θ + v: all (R, ·, ·), each with a rate of its own (R,); 0 rests."""
    beta = at.dtype.type(momentum)
    for r in range(at.shape[0]):
        if rates[r] == 0:
            continue
        for i in range(at.shape[1]):
            for j in range(at.shape[2]):
                velocity[r, i, j] = beta * velocity[r, i, j] - rates[r] * gradient[r, i, j]
                at[r, i, j] += velocity[r, i, j]
