"""How many regions do the lines of the first layer cut from the whole plane? (Zaslavsky)"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.experiments.nodal_sets.setting import Net
from compute.partition import nodal_partition

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """Regions of the whole plane cut by the first 1 … N_1 lines, counted."""

    lines: NDArray[np.int64]
    """(k,) numbers of lines."""
    regions: NDArray[np.int64]
    """(k,) regions, with the biases of the network."""
    central: NDArray[np.int64]
    """(k,) regions without biases."""


def crossings(weight: Array, bias: Array) -> Array:
    """(p, 2) where two of the lines w·x + b = 0 meet, by Cramer's rule; parallel ones do not."""
    i, j = np.triu_indices(len(bias), 1)
    (a, b), (c, d) = weight[i].T, weight[j].T
    det = a * d - b * c
    meet = np.abs(det) > 1e-12 * np.hypot(a, b) * np.hypot(c, d)
    x = b * bias[j] - d * bias[i], c * bias[i] - a * bias[j]
    return np.column_stack([v[meet] / det[meet] for v in x])


def whole_plane(net: Net) -> Plane:
    """Count cells in a square that holds all crossings, and in any square without biases.

    No window enters, so panning and zooming count once.
    """
    return _counted(net.weights[0].tobytes(), net.biases[0].tobytes())


@lru_cache(maxsize=16)
def _counted(weights: bytes, biases: bytes) -> Plane:
    weight, bias = np.frombuffer(weights).reshape(-1, 2), np.frombuffer(biases)
    most = len(bias)
    lines = np.unique(np.linspace(1, most, min(most, 16)).round().astype(np.int64))
    feet = np.abs(bias) / np.hypot(*weight.T)
    reach = 1.25 * max(float(np.abs(crossings(weight, bias)).max(initial=0)), float(feet.max()), 1)
    counts = [
        nodal_partition([weight[:n]], [b[:n]], window=(-r, r, -r, r)).region_count
        for b, r in ((bias, reach), (np.zeros(most), 1.0))
        for n in lines.tolist()
    ]
    return Plane(lines, np.array(counts[: lines.size]), np.array(counts[lines.size :]))
