"""Where the breakpoints ξ_i = −b_i/W_i of random networks are: counted in drawn weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.piecewise_linear.setting import Params
from compute.sampling import Estimate, Moments, Sampler, merge, stream

Array = NDArray[np.float64]

BINS = 24
NEURONS_PER_BATCH = 300_000


@dataclass(frozen=True)
class Breakpoints:
    """Of `count` networks: `bins` (24,) sums of the breakpoints in each bin of [−R, R], `squares`
    (24,) of the squared numbers per network; `inside` the moments of all that are inside."""

    count: int
    bins: Array
    squares: Array
    inside: Moments

    def estimate(self) -> Estimate:
        """The mean number of breakpoints in the window."""
        return self.inside.centred_estimate()


def random_networks(
    params: Params, count: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """W^(1) ~ N(0, C_W), b^(1) ~ N(0, C_b), W^(2) ~ N(0, C_W/N_1) of `count` networks, (count, N_1)
    each."""
    drawn = rng.standard_normal((3, count, params.width))
    first, bias = math.sqrt(params.weight_variance), math.sqrt(params.bias_variance)
    return first * drawn[0], bias * drawn[1], first / math.sqrt(params.width) * drawn[2]


def _per_batch(params: Params) -> int:
    return max(1, min(params.networks, NEURONS_PER_BATCH // params.width))


def batches(params: Params) -> int:
    """How many batches make up n networks."""
    return math.ceil(params.networks / _per_batch(params))


def batch(params: Params, index: int) -> Breakpoints:
    """One batch of networks, some 80 ms."""
    count = min(_per_batch(params), params.networks - index * _per_batch(params))
    first, bias, _ = random_networks(params, count, stream(params.seed, "networks", index))
    with np.errstate(divide="ignore", over="ignore"):
        places = -bias / first
    inside = np.abs(places) < params.window
    bin_of = np.clip(((places[inside] / params.window + 1) * BINS / 2).astype(int), 0, BINS - 1)
    network = np.nonzero(inside)[0]
    table = np.bincount(network * BINS + bin_of, minlength=count * BINS).reshape(count, BINS)
    table = table.astype(np.float64)
    return Breakpoints(
        count, table.sum(axis=0), (table**2).sum(axis=0), Moments.of(table.sum(axis=1))
    )


SAMPLER = Sampler(batch, merge, batches)
