"""Deliberate faults of section 4.1: in the network that is cut, and in what is counted of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import of_result, with_argument

_HERE = "compute.experiments.nodal_sets"
_PARTITIONS = (f"{_HERE}.run:nodal_partition", f"{_HERE}.plane:nodal_partition")
_FAR = -1e9


def _forgetful(partition: Any) -> Any:
    """The neuron of the first layer that folds closest to the origin never turns on."""

    def faulty(weights: Any, biases: Any, **more: Any) -> Any:
        first = np.array(biases[0])
        first[np.argmin(np.abs(first) / np.hypot(*weights[0].T))] = _FAR
        return partition(weights, [first, *biases[1:]], **more)

    return faulty


def _unshared(cells: Any) -> Any:
    """A corner of the first cell is no longer that of its neighbours."""
    ring, corners = np.array(cells.ring), np.vstack([cells.corners, cells.corners[:1]])
    ring[0] = len(cells.corners)
    return replace(cells, ring=ring, corners=corners)


def _deaf(net: Any) -> Any:
    """Layer 2 does not read the first neuron."""
    second = np.array(net.weights[1])
    second[:, 0] = 0.0
    return net._replace(weights=(net.weights[0], second, *net.weights[2:]))


NEURON = Fault(
    name="neuron",
    words="a forgotten neuron",
    targets=_PARTITIONS,
    wrap=_forgetful,
)
WEIGHTS = Fault(
    name="weights",
    words="3 % more variance in the weights",
    targets=_PARTITIONS,
    wrap=with_argument(0, lambda weights: [math.sqrt(1.03) * w for w in weights]),
)
CORNER = Fault(
    name="corner",
    words="a corner that two cells do not share",
    targets=(f"{_HERE}.run:_cells",),
    wrap=of_result(_unshared),
)
MERGED = Fault(
    name="merged",
    words="linear regions counted as cells",
    targets=(f"{_HERE}.run:linear_regions",),
    wrap=of_result(lambda regions: np.arange(len(regions), dtype=np.int32)),
)
READ = Fault(
    name="read",
    words="a neuron that layer 2 does not read",
    targets=(f"{_HERE}.run:network",),
    wrap=of_result(_deaf),
)
