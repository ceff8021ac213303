"""What page 1.5 knows without a sample: the target, the escape's flow, the limit's staircase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.feature_learning.networks import PARITY, PARITY_SIZE, STAIRS
from compute.experiments.feature_learning.sampler import DIMENSIONS, flow_counts
from compute.experiments.feature_learning.setting import STAIR_RATE, Params, target_of
from compute.feature_learning import dimension_free_path, hermite_coefficients, monomial
from compute.sampling import stream

Array = NDArray[np.float64]

LIMIT_NEURONS, RECORD_EVERY = 64, 5


@dataclass(frozen=True)
class Single:
    """The target along u: t, g (81,). coefficients (6,): E g·h_k. exponent: the least k ≥ 1 with
    E g·h_k ≠ 0. linear: Σ_{k ≥ 2} (E g·h_k)², what the best affine function leaves."""

    t: Array
    g: Array
    coefficients: Array
    exponent: int
    linear: float


@dataclass(frozen=True)
class Flow:
    """dimensions (4,); counts (3, 4): samples that the flow needs at exponents 1, 2, 3."""

    dimensions: Array
    counts: Array


@dataclass(frozen=True)
class Limit:
    """N_0 = ∞: times (n,), risk of staircase and parity (2, n), parts (n, 3) of z: E z·x₁,
    E z·x₁x₂, E z·x₁x₂x₃."""

    times: Array
    risk: Array
    parts: Array


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None."""

    single: Single | None = None
    flow: Flow | None = None
    limit: Limit | None = None


def run(params: Params) -> Result:
    """20 ms on the staircase, below 1 ms elsewhere."""
    if params.figure == "escape":
        return read_only(Result(flow=Flow(np.array(DIMENSIONS, float), flow_counts(params))))
    if params.figure == "staircase":
        return read_only(Result(limit=_limit(params)))
    g, t = target_of(params), np.linspace(-3, 3, 81)
    found = hermite_coefficients(g, 6)
    exponent = 1 + int(np.argmax(np.abs(found[1:]) > 1e-9))
    second = float(hermite_coefficients(lambda s: g(s) ** 2, 1)[0])
    linear = max(second - float(found[0] ** 2 + found[1] ** 2), 0.0)
    linear = 0.0 if linear < 1e-9 else linear
    return read_only(Result(single=Single(t, g(t), found, exponent, linear)))


def _limit(params: Params) -> Limit:
    outer, bias = stream(params.seed, "limit").standard_normal((2, LIMIT_NEURONS))
    count = round(params.stairs_time / STAIR_RATE)
    corners, stairs = dimension_free_path(STAIRS, outer, bias, count, STAIR_RATE)
    _, parity = dimension_free_path(
        PARITY, outer, bias, count, STAIR_RATE, coefficients=[PARITY_SIZE]
    )
    basis = np.array([monomial(corners, s) for s in STAIRS])
    kept = slice(0, count + 1, RECORD_EVERY)
    risk = [
        np.mean((z[kept] - y) ** 2, axis=1)
        for z, y in ((stairs, basis.sum(axis=0)), (parity, PARITY_SIZE * basis[2]))
    ]
    parts = stairs[kept] @ basis.T / len(corners)
    return Limit(
        np.asarray(STAIR_RATE * np.arange(count + 1)[kept], dtype=float), np.array(risk), parts
    )


def work(params: Params) -> float:
    """Milliseconds of `run`."""
    return 1 + 0.6 * params.stairs_time if params.figure == "staircase" else 2.0
