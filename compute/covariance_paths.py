"""Paths of the covariance diffusion, driven by the random numbers of a network (§3, L = tN).

To first order a layer's normal numbers a, b (N each) move y = artanh ρ by ½ρ(A − B) + √(1−ρ²) C,
with A = Σa²/N − 1, B of b, C = Σab/N; unshaped ReLU moves log X, X = 3π/(Nθ), by
Σ_{a>0} (a² − b²)/N. Summed over layers these are the Brownian motion of the limit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from compute.covariance_sde import correlation_pull

Array = NDArray[np.float64]


def heard(noise: Array, *, ahead: bool) -> Array:
    """What the limit hears of a network's normal numbers (l, n, 2, N): (l, n, 3).

    ½(A − B), C, and Σ (a² − b²)/N, over a > 0 alone where only what is `ahead` passes (ReLU).
    """
    a, b, width = noise[:, :, 0], noise[:, :, 1], noise.shape[3]
    c = np.einsum("lni,lni->ln", a, b) / width
    squares = a * a - b * b
    passed = np.where(a > 0, squares, 0.0) if ahead else squares
    half = 0.5 * squares.sum(axis=2) / width
    return np.stack([half, c, passed.sum(axis=2) / width], axis=2)


def shaped_paths(correlation0: float, kink: float, steps: Array, noise: Array) -> Array:
    """dy = [½ tanh y + ν/(1 − ρ²)] dt + ρ dB₁ + √(1−ρ²) dB₂ by Euler: y, (k + 1, n).

    steps (k,) in t = ℓ/N, noise (k, n, 3) as :func:`heard` sums it. Cost 30 µs a step.
    """
    y = np.full(noise.shape[1], math.atanh(correlation0))
    found = [y]
    for dt, drawn in zip(steps, noise, strict=True):
        rho = np.tanh(y)
        pull = np.minimum(dt * correlation_pull(y, kink), 1.0)
        y = y + 0.5 * rho * dt + pull + rho * drawn[:, 0] + drawn[:, 1] / np.cosh(y)
        found.append(y)
    return np.array(found)


def relu_paths(angle0: float, width: int, steps: Array, noise: Array) -> Array:
    """dX = (1 + 2X + 3/(2NX)) dt − √2 X dW from 3π/(Nθ_0), as y = −log tan(3π/(2NX)), (k + 1, n).

    Arguments and cost of :func:`shaped_paths`.
    """
    x = np.full(noise.shape[1], 3 * math.pi / (width * angle0))
    found = [x]
    for dt, drawn in zip(steps, noise, strict=True):
        x = (x + dt * (1 + 1.5 / (width * x))) * np.exp(dt + drawn[:, 2])
        found.append(x)
    angle = np.minimum(3 * math.pi / (width * np.array(found)), math.pi - 1e-6)
    return np.asarray(-np.log(np.tan(0.5 * angle)))
