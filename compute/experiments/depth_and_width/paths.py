"""A few networks and, driven by their own random numbers, the limit: path beside path.

To first order a layer's normal numbers a, b (N each) move y = artanh ρ by ½ρ(A − B) + √(1−ρ²) C,
with A = Σa²/N − 1, B of b, C = Σab/N; unshaped ReLU moves log X, X = 3π/(Nθ), by
Σ_{a>0} (a² − b²)/N. Summed over layers these are the Brownian motion of the limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.covariance_sde import correlation_pull
from compute.experiments.depth_and_width.layers import blocks, start
from compute.experiments.depth_and_width.setting import (
    Params,
    angle0,
    depth_of,
    kink_of,
    shape_of,
)
from compute.kernels import relu_correlation_gap
from compute.kernels.phase import shaped_relu_limit
from compute.sampling import stream

Array = NDArray[np.float64]

PATHS, DRAWN = 5, 300


@dataclass(frozen=True)
class Paths:
    """Paths of y = artanh ρ over ℓ/N.

    times (m,), from 0; networks, limit (5, m): of real networks, nan once dead or exploded, and of
    the limit under the same random numbers; wide (m,): of the infinitely wide network. distance:
    root of the mean square between ρ of both in layer L, nan where no network is left.
    """

    times: Array
    networks: Array
    limit: Array
    wide: Array
    distance: float


def paths_of(params: Params) -> Paths:
    """Five of each. Cost 10 N L normal numbers."""
    rng, state = stream(params.seed, "paths"), start(params, PATHS, params.correlation)
    y, noise = _drawn(params, state, rng)
    depth = depth_of(params)
    ends = np.unique(np.linspace(0, depth, min(depth, DRAWN) + 1).round().astype(np.int64))
    sums = np.add.reduceat(noise, ends[:-1], axis=0)
    times = ends / params.width
    steps = np.diff(times)
    unshaped = shape_of(params) == "relu"
    limit = _relu(params, sums[..., 2], steps) if unshaped else _shaped(params, sums, steps)
    networks = np.vstack([np.full(PATHS, math.atanh(params.correlation)), y])[ends]
    gap = np.tanh(networks[-1]) - np.tanh(limit[-1])
    alive = np.isfinite(gap)
    distance = math.sqrt(float(np.mean(gap[alive] ** 2))) if alive.any() else math.nan
    return Paths(times, networks.T, limit.T, np.arctanh(wide_correlation(params, ends)), distance)


def _drawn(params: Params, state: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """y after every layer, (L, 5), and what the limit hears of its noise, (L, 5, 3)."""
    kept, heard = [], []
    unshaped = shape_of(params) == "relu"
    for noise, states in blocks(params, state, rng):
        a, b = noise[:, :, 0], noise[:, :, 1]
        c = np.einsum("lni,lni->ln", a, b) / params.width
        squares = a * a - b * b
        ahead = np.where(a > 0, squares, 0.0) if unshaped else squares
        half = 0.5 * squares.sum(axis=2) / params.width
        heard.append(np.stack([half, c, ahead.sum(axis=2) / params.width], axis=2))
        kept.append(states[:, :, 0])
    return np.concatenate(kept), np.concatenate(heard)


def _shaped(params: Params, noise: Array, steps: Array) -> Array:
    """dy = [½ tanh y + ν/(1 − ρ²)] dt + ρ dB₁ + √(1−ρ²) dB₂, (m, 5)."""
    y = np.full(PATHS, math.atanh(params.correlation))
    found, kink = [y], kink_of(params)
    for dt, drawn in zip(steps, noise, strict=True):
        rho = np.tanh(y)
        pull = np.minimum(dt * correlation_pull(y, kink), 1.0)
        y = y + 0.5 * rho * dt + pull + rho * drawn[:, 0] + drawn[:, 1] / np.cosh(y)
        found.append(y)
    return np.array(found)


def _relu(params: Params, noise: Array, steps: Array) -> Array:
    """dX = (1 + 2X + 3/(2NX)) dt − √2 X dW from 3π/(Nθ_0), as y = −log tan(3π/(2NX)), (m, 5)."""
    x = np.full(PATHS, 3 * math.pi / (params.width * angle0(params)))
    found = [x]
    for dt, drawn in zip(steps, noise, strict=True):
        x = (x + dt * (1 + 1.5 / (params.width * x))) * np.exp(dt + drawn)
        found.append(x)
    angle = np.minimum(3 * math.pi / (params.width * np.array(found)), math.pi - 1e-6)
    return np.asarray(-np.log(np.tan(0.5 * angle)))


def wide_correlation(params: Params, layers: NDArray[np.int64]) -> Array:
    """ρ of the network that is infinitely wide while N shapes it, in these layers."""
    gap0, shape = 1 - params.correlation, shape_of(params)
    if shape == "relu":
        return np.clip(1 - relu_correlation_gap(gap0, int(layers[-1]))[layers], -1, 1 - 1e-15)
    if shape != "shaped":
        return np.full(layers.size, params.correlation)
    return 1 - shaped_relu_limit(gap0, 0.5 * kink_of(params), layers / params.width)
