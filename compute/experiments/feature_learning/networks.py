"""§1.3.3, real networks on targets of a few directions, trained chunk by chunk.

Training goes on from a state, so a batch after the first is an order to go on (`More`), and
joining it to a state carries it out: whichever worker holds the state can do so. float32: the test
error differs from float64 by less than 10⁻⁴ of itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.feature_learning.setting import (
    STAIR_BATCH,
    STAIR_RATE,
    STAIR_WIDTH,
    Params,
    runs,
    step_ms,
    target_of,
)
from compute.feature_learning import best_ridge, monomial
from compute.sampling import stream

Array = NDArray[np.float64]
Single = NDArray[np.float32]

STAIRS, PARITY = ((0,), (0, 1), (0, 1, 2)), ((0, 1, 2),)
PARITY_SIZE = math.sqrt(3)
CHUNKS = (1, 2, 4, 5, 10, 20, 25, 50)
BATCH_MS, RECORDS = 120.0, 20
TEST, SHOWN, FOLLOWED, PROBED, LEADING = 2048, 200, 128, 256, 24
DRAWN = 24
PENALTIES = 10.0 ** np.arange(-8.0, 3.1, 0.5)


@dataclass(frozen=True)
class More:
    """The order to train on for one more chunk at this setting."""

    params: Params


@dataclass(frozen=True)
class Training:
    """R networks on single-index data after `steps[-1]` steps, each with its own data and start.

    steps (n,).   first (R, N_1, N_0 + 1), the bias last, second (R, N_1).   train, test (n, R):
    mean square errors.   ridge, penalty (R,): the test error of the start's features at their
    best penalty.   shown (4, 200): ⟨u, x⟩ of fresh inputs, and of the first network, z, z at the
    start, and the ridge's prediction.   cosine, strength (n, M): of the first network's first M
    neurons, cos∠(W_i, u) and W_i^(2)|W_i|/√N_0.   kernel (2, 24): shares of the target in the
    leading eigenvectors of the first network's tangent kernel, cumulated, at the start and now.
    bent (2, M', 2): slope W_i·u/√N_0 and bias of the first network's first M' ≤ 24 features
    σ(slope t + bias) along x = tu, at the start and now.
    """

    steps: NDArray[np.int64]
    first: Single
    second: Single
    train: Array
    test: Array
    ridge: Array
    penalty: Array
    shown: Array
    cosine: NDArray[np.float16]
    strength: NDArray[np.float16]
    kernel: Array
    bent: Array

    def gain(self) -> Array:
        """How many times the ridge's test error is that of the network, (R,)."""
        return np.asarray(self.ridge / np.maximum(self.test[-1], 1e-12))


@dataclass(frozen=True)
class Climb:
    """R networks on the staircase and R on parity, x ∈ {−1, 1}^N_0.

    times (n,).   first (2R, N_1, N_0 + 1), second (2R, N_1).   risk (n, 2, R): E(z − y)² over
    fresh inputs, staircase first.   parts (n, 3): the first network's E z·x₁, E z·x₁x₂,
    E z·x₁x₂x₃ on the staircase.
    """

    times: Array
    first: Single
    second: Single
    risk: Array
    parts: Array

    def arrival(self, level: float) -> Array:
        """First times at which the risk is below `level`, (2, R); inf where it never is."""
        below = self.risk < level
        return np.where(below.any(axis=0), self.times[np.argmax(below, axis=0)], np.inf)


def outputs(first: Single, second: Single, x: Single, scale: float) -> Single:
    """z (n,) = scale Σ W^(2) σ(W^(1) x), the bias among the coordinates of x (n, N_0 + 1)."""
    return np.asarray(np.float32(scale) * (np.maximum(x @ first.T, 0) @ second))


def descend(
    first: Single, second: Single, x: Single, y: Single, scale: float, rate: float
) -> tuple[Single, Single]:
    """One step of size `rate` down ½|D|⁻¹Σ(z − y)² of both layers and the bias."""
    h = x @ first.T
    on = (h > 0).astype(np.float32)
    h *= on
    rest = (np.float32(scale) * (h @ second) - y) / np.float32(len(y))
    by_second = np.float32(rate * scale) * (rest @ h)
    on *= rest[:, None]
    first = first - (on.T @ x) * (np.float32(rate * scale) * second)[:, None]
    return first, second - by_second


# ---- one direction -------------------------------------------------------------------------


def with_bias(x: Array, scale: float) -> Single:
    """Inputs times `scale`, and a coordinate 1."""
    return np.asarray(np.column_stack([scale * x, np.ones(len(x))]), dtype=np.float32)


def data_of(params: Params, run: int, name: str, count: int) -> tuple[Single, Array, Array]:
    """(x/√N_0 and 1, t = ⟨u, x⟩, y) of `count` inputs; u is the first coordinate."""
    x = stream(params.seed, name, run).standard_normal((count, params.input_dim))
    return with_bias(x, params.input_dim**-0.5), x[:, 0], target_of(params)(x[:, 0])


def scale_and_rate(params: Params) -> tuple[float, float]:
    """1/(γ√N_1) and ηγ², γ = N_1^a."""
    gamma = params.width**params.exponent
    return 1 / (gamma * math.sqrt(params.width)), params.rate * gamma**2


def chunk(params: Params) -> int:
    """Steps of a batch: what takes some 100 ms, and at most a twentieth of all."""
    if params.figure == "staircase":
        most = round(params.stairs_time / STAIR_RATE)
        cost = 2 * STAIR_BATCH * STAIR_WIDTH * (1.3e-7 * params.stairs_dim + 1.5e-6)
    else:
        most, cost = params.steps, step_ms(params, params.data)
    cost *= runs(params)
    return max(c for c in CHUNKS if c == 1 or (c * cost <= BATCH_MS and c <= most // RECORDS))


def record_steps(params: Params) -> list[int]:
    """The steps after which a training is measured: at the start, and after every batch."""
    size = chunk(params)
    return [*range(0, params.steps, size), params.steps]


def drawn_network(params: Params, run: int) -> tuple[Single, Single]:
    """The start of a run: first (N_1, N_0 + 1), second (N_1,)."""
    rng = stream(params.seed, "start", run)
    first = rng.standard_normal((params.width, params.input_dim + 1)).astype(np.float32)
    return first, rng.standard_normal(params.width).astype(np.float32)


def start_ridge(params: Params, run: int, first: Single, data: int) -> tuple[float, float, Array]:
    """:func:`best_ridge` on the features of a start and a constant, at so many data."""
    x, _, y = data_of(params, run, "train", data)
    fresh, _, wanted = data_of(params, run, "test", TEST)
    features, others = (
        with_bias(np.maximum(v @ first.T, 0), 1.0).astype(np.float64) for v in (x, fresh)
    )
    return best_ridge(features, y, others, wanted, PENALTIES)


def start_training(params: Params) -> Training:
    """The networks before the first step, and the ridge on their features."""
    found: list[Any] = []
    for run in range(runs(params)):
        first, second = drawn_network(params, run)
        ridge = start_ridge(params, run, first, params.data)
        found.append((first, second, *ridge[:2]))
        if run == 0:
            _, t, _ = data_of(params, run, "test", TEST)
            shown = np.array([t[:SHOWN], t[:SHOWN], t[:SHOWN], ridge[2][:SHOWN]])
    first, second, ridges, penalties = (np.array(column) for column in zip(*found, strict=True))
    empty = np.empty((0, len(found)))
    neurons = np.empty((0, min(params.width, FOLLOWED)), dtype=np.float16)
    state = Training(
        np.empty(0, dtype=np.int64),
        *(first, second, empty, empty, ridges, penalties, shown),
        *(neurons, neurons, np.full((2, LEADING), np.nan)),
        np.array([_bent(params, first[0])] * 2),
    )
    begun = _recorded(params, state, first, second, 0)
    begun.shown[2], begun.kernel[0] = begun.shown[1], begun.kernel[1]
    return read_only(begun)


def train_on(params: Params, state: Training) -> Training:
    """The same networks one chunk later."""
    scale, rate = scale_and_rate(params)
    count = min(chunk(params), params.steps - int(state.steps[-1]))
    first, second = state.first.copy(), state.second.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for run in range(len(first)):
            x, _, y = data_of(params, run, "train", params.data)
            w, v, targets = first[run], second[run], y.astype(np.float32)
            for _ in range(count):
                w, v = descend(w, v, x, targets, scale, rate)
            first[run], second[run] = w, v
        return read_only(_recorded(params, state, first, second, int(state.steps[-1]) + count))


def _recorded(
    params: Params, state: Training, first: Single, second: Single, step: int
) -> Training:
    """The state with one more record; networks that left the range of numbers are nan."""
    scale, _ = scale_and_rate(params)
    errors = []
    shown, kernel = state.shown.copy(), state.kernel.copy()
    for run in range(len(first)):
        row = []
        for name, count in (("train", params.data), ("test", TEST)):
            x, _, y = data_of(params, run, name, count)
            z = outputs(first[run], second[run], x, scale).astype(np.float64)
            row.append(float(np.mean((z - y) ** 2)))
        errors.append(row)
        if run == 0:
            shown[1] = z[:SHOWN]
            if params.figure == "features":
                inside = slice(0, PROBED)
                kernel[1] = kernel_shares(first[0], second[0], x[inside], y[inside], scale)
    inner = first[0, :FOLLOWED].astype(np.float64)
    size = np.linalg.norm(inner[:, :-1], axis=1)
    cosine = inner[:, 0] / np.maximum(size, 1e-12)
    strength = second[0, :FOLLOWED] * size / math.sqrt(params.input_dim)
    train, test = np.array(errors).T
    return replace(
        state,
        steps=np.append(state.steps, step),
        first=first,
        second=second,
        train=np.vstack([state.train, train]),
        test=np.vstack([state.test, test]),
        shown=shown,
        cosine=np.vstack([state.cosine, cosine.astype(np.float16)]),
        strength=np.vstack([state.strength, np.clip(strength, -6e4, 6e4).astype(np.float16)]),
        kernel=kernel,
        bent=np.array([state.bent[0], _bent(params, first[0])]),
    )


def _bent(params: Params, first: Single) -> Array:
    """u is the first coordinate."""
    slopes = first[:DRAWN, 0] / math.sqrt(params.input_dim)
    return np.column_stack([slopes, first[:DRAWN, -1]]).astype(np.float64)


def kernel_shares(first: Single, second: Single, x: Single, y: Array, scale: float) -> Array:
    """Σ_{j ≤ J} (v_j·y)²/|y|² for J = 1…24, v_j the leading eigenvectors of the tangent kernel.

    Kernel and target without their means over the inputs, for a constant is easy.
    """
    on = x @ first.T
    h = np.maximum(on, 0)
    gated = (on > 0) * second
    kernel = (scale**2 * ((x @ x.T) * (gated @ gated.T) + h @ h.T)).astype(np.float64)
    if not np.all(np.isfinite(kernel)):
        return np.full(LEADING, np.nan)
    kernel = kernel - kernel.mean(axis=0)
    kernel = kernel - kernel.mean(axis=1, keepdims=True)
    rest = y - y.mean()
    vectors = np.linalg.eigh(kernel)[1][:, ::-1][:, :LEADING]
    return np.asarray(np.cumsum((vectors.T @ rest) ** 2) / float(rest @ rest))


# ---- the staircase -------------------------------------------------------------------------


def start_climb(params: Params) -> Climb:
    """Both sets of networks at t = 0: every run starts alike on both targets."""
    count, made = runs(params), []
    for run in range(count):
        rng = stream(params.seed, "climb", run)
        inner = rng.standard_normal((STAIR_WIDTH, params.stairs_dim + 1))
        inner[:, :-1] /= math.sqrt(params.stairs_dim)
        made.append((inner, rng.standard_normal(STAIR_WIDTH)))
    first, second = (np.array(column, np.float32) for column in zip(*made, strict=True))
    nothing = Climb(np.empty(0), first, second, np.empty((0, 2, count)), np.empty((0, 3)))
    both = np.concatenate([first, first]), np.concatenate([second, second])
    return read_only(_climbed(params, nothing, *both, 0.0))


def stairs_targets(x: Array) -> Array:
    """Staircase and parity at x (n, ≥ 3): (2, n)."""
    staircase = np.sum([monomial(x, s) for s in STAIRS], axis=0)
    return np.array([staircase, PARITY_SIZE * monomial(x, PARITY[0])])


def climb_on(params: Params, state: Climb) -> Climb:
    """One chunk later: every step has fresh inputs, the same for both targets."""
    done = round(float(state.times[-1]) / STAIR_RATE)
    count = min(chunk(params), round(params.stairs_time / STAIR_RATE) - done)
    first, second, half = state.first.copy(), state.second.copy(), runs(params)
    scale, rate = 1 / STAIR_WIDTH, STAIR_RATE * STAIR_WIDTH
    for run in range(half):
        rng = stream(params.seed, f"climb {run}", done)
        for _ in range(count):
            x, y = _corners(rng, params.stairs_dim, STAIR_BATCH)
            for at, targets in zip((run, half + run), y, strict=True):
                first[at], second[at] = descend(first[at], second[at], x, targets, scale, rate)
    return read_only(_climbed(params, state, first, second, STAIR_RATE * (done + count)))


def _corners(rng: np.random.Generator, dimension: int, count: int) -> tuple[Single, Single]:
    x = np.asarray(2 * rng.integers(0, 2, (count, dimension), dtype=np.int8) - 1, dtype=float)
    return with_bias(x, 1.0), stairs_targets(x).astype(np.float32)


def _climbed(params: Params, state: Climb, first: Single, second: Single, time: float) -> Climb:
    """The state with one more record, on test inputs of its own."""
    x, y = _corners(stream(params.seed, "climb test"), params.stairs_dim, TEST)
    half = runs(params)
    z = np.array([outputs(w, v, x, 1 / STAIR_WIDTH) for w, v in zip(first, second, strict=True)])
    risk = np.asarray(
        np.mean((z.reshape(2, half, -1) - y[:, None]) ** 2, axis=-1, dtype=np.float64)
    )
    corners = x.astype(np.float64)
    parts = [float(np.mean(z[0] * monomial(corners, s))) for s in STAIRS]
    return Climb(
        np.append(state.times, time),
        *(first, second, np.concatenate([state.risk, risk[None]])),
        np.vstack([state.parts, parts]),
    )
