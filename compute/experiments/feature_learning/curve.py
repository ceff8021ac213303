"""§1.3.3, test errors against the number of data: networks trained one after the other.

Every run has one start and one stream of data, of which |D| = 64 … 2048 are the first, so that
what differs along a curve is the number of data alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.feature_learning.networks import (
    TEST,
    Single,
    data_of,
    descend,
    drawn_network,
    outputs,
    scale_and_rate,
    start_ridge,
)
from compute.experiments.feature_learning.setting import DATA_SIZES, Params, runs, step_ms

Array = NDArray[np.float64]

PIECE_MS = 100.0


@dataclass(frozen=True)
class Curve:
    """Test errors after the last step against |D| = DATA_SIZES, run by run.

    network, ridge (R, 6): of the trained network, and of the ridge on the features of its start at
    its best penalty; nan where they are still to come, inf where training diverged. done: pieces of
    training so far.   first (N_1, N_0 + 1), second (N_1,): the network in training.
    """

    network: Array
    ridge: Array
    done: int
    first: Single
    second: Single

    def growth(self) -> Array:
        """How many times larger the gain, ridge over network, is at the largest |D| than at the
        smallest, (r,): of the runs that have both."""
        gain = (self.ridge / np.maximum(self.network, 1e-12))[:, [0, -1]]
        first, last = gain[np.isfinite(gain).all(axis=1)].T
        return np.asarray(last / np.maximum(first, 1e-12))


def pieces(params: Params) -> list[tuple[int, int, int, int]]:
    """What each batch trains: (run, place in DATA_SIZES, from step, to step), small |D| first."""
    found = []
    for run in range(runs(params)):
        for place, data in enumerate(DATA_SIZES):
            most = max(1, int(PIECE_MS / step_ms(params, data)))
            for begin in range(0, params.steps, most):
                found.append((run, place, begin, min(begin + most, params.steps)))
    return found


def start_curve(params: Params) -> Curve:
    """The first piece."""
    empty = np.full((runs(params), len(DATA_SIZES)), np.nan)
    return grow_on(params, Curve(empty, empty, 0, *drawn_network(params, 0)))


def grow_on(params: Params, state: Curve) -> Curve:
    """One piece more: who begins starts anew and has its ridge, who has ended is tested."""
    run, place, begin, end = pieces(params)[state.done]
    network, ridge = state.network.copy(), state.ridge.copy()
    first, second = state.first, state.second
    if begin == 0:
        first, second = drawn_network(params, run)
        ridge[run, place] = start_ridge(params, run, first, DATA_SIZES[place])[0]
    x, _, y = data_of(params, run, "train", DATA_SIZES[place])
    (scale, rate), targets = scale_and_rate(params), y.astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(end - begin):
            first, second = descend(first, second, x, targets, scale, rate)
        if end == params.steps:
            fresh, _, wanted = data_of(params, run, "test", TEST)
            z = outputs(first, second, fresh, scale).astype(np.float64)
            error = float(np.mean((z - wanted) ** 2))
            network[run, place] = error if np.isfinite(error) else np.inf
    return read_only(Curve(network, ridge, state.done + 1, first, second))
