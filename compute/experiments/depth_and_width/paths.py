"""A few networks and, driven by their own random numbers, the limit: path beside path."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.covariance_paths import heard, relu_paths, shaped_paths
from compute.experiments.depth_and_width.setting import (
    Params,
    angle0,
    depth_of,
    kink_of,
    layers_from,
    shape_of,
    start,
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
    unshaped, depth = shape_of(params) == "relu", depth_of(params)
    blocks = [
        (after[:, :, 0], heard(noise, ahead=unshaped))
        for noise, after in layers_from(params, state, rng)
    ]
    y, noise = (np.concatenate(part) for part in zip(*blocks, strict=True))
    ends = np.unique(np.linspace(0, depth, min(depth, DRAWN) + 1).round().astype(np.int64))
    sums, times = np.add.reduceat(noise, ends[:-1], axis=0), ends / params.width
    if unshaped:
        limit = relu_paths(angle0(params), params.width, np.diff(times), sums)
    else:
        limit = shaped_paths(params.correlation, kink_of(params), np.diff(times), sums)
    networks = np.vstack([np.full(PATHS, math.atanh(params.correlation)), y])[ends]
    gap = np.tanh(networks[-1]) - np.tanh(limit[-1])
    alive = np.isfinite(gap)
    distance = math.sqrt(float(np.mean(gap[alive] ** 2))) if alive.any() else math.nan
    return Paths(times, networks.T, limit.T, np.arctanh(wide_correlation(params, ends)), distance)


def wide_correlation(params: Params, layers: NDArray[np.int64]) -> Array:
    """ρ of the network that is infinitely wide while N shapes it, in these layers."""
    gap0, shape = 1 - params.correlation, shape_of(params)
    if shape == "relu":
        return np.clip(1 - relu_correlation_gap(gap0, int(layers[-1]))[layers], -1, 1 - 1e-15)
    if shape != "shaped":
        return np.full(layers.size, params.correlation)
    return 1 - shaped_relu_limit(gap0, 0.5 * kink_of(params), layers / params.width)
