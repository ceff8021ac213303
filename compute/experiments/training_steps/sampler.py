"""Training in chunks of steps: each goes on where the one before it ended."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.experiments.training_steps.run import start_of
from compute.experiments.training_steps.setting import (
    Params,
    activation_of,
    data_of,
    parameterisations_of,
    relative_rates,
    widths_of,
)
from compute.sampling import Sampler, either, merge, merged_by, stream
from compute.training.descent import Networks, Rates, batch_order, descend, outputs

Array = NDArray[np.float64]

FRAMES = 40
CHUNK_MS = 80.0
# A loss so many times its start is told as divergence: single precision ends not far beyond.
CEILING = 1e8


def _latter(_first: Networks, second: Networks) -> Networks:
    return second


def _joined(first: Array, second: Array) -> Array:
    return np.concatenate([first, second])


def _least(first: Array, second: Array) -> Array:
    return np.asarray(np.minimum(first, second))


@dataclass(frozen=True)
class Trained:
    """Steps that were taken, of R networks.

    networks: where they are; losses (steps, R): on the batch, before each step, nan once diverged;
    at (F,): the steps of the frames; train, test (F, R): losses on all data there; output
    (F, R or 1, G) float32: predictors; lost (R,): the first step that was not finite, inf where
    there is none; eta (R,).
    """

    networks: Networks = field(metadata=merged_by(_latter))
    losses: Array = field(metadata=merged_by(_joined))
    at: Array = field(metadata=merged_by(_joined))
    train: Array = field(metadata=merged_by(_joined))
    test: Array = field(metadata=merged_by(_joined))
    output: Array = field(metadata=merged_by(_joined))
    lost: Array = field(metadata=merged_by(_least))
    eta: Array = field(metadata=merged_by(either))


def batches(params: Params) -> int:
    """How many chunks, of some 80 ms each."""
    wanted = math.ceil(params.steps * step_ms(params) / CHUNK_MS)
    return min(max(wanted, 8), params.steps)


def step_ms(params: Params) -> float:
    """Estimated milliseconds of a step."""
    size = len(data_of(params)[0].targets)
    size = min(params.batch_size, size) if params.batch_size else size
    rows = size * len(parameterisations_of(params))
    slow = 1.0 if params.activation in {"relu", "tanh", "linear"} else 4.0
    cells = rows * params.width * params.depth
    return 0.07 * (params.depth + 1) + cells * (slow * 4e-6 + 1.2e-7 * params.width)


def bounds(params: Params, index: int) -> tuple[int, int]:
    """The steps before and after chunk `index`."""
    if not 0 <= index < batches(params):
        raise ValueError(f"index must be 0 … {batches(params) - 1}, got {index!r}")
    count = batches(params)
    return params.steps * index // count, params.steps * (index + 1) // count


def batch(params: Params, index: int, before: Trained | None = None) -> Trained:
    """The chunk `index`, from where the chunks before it ended; without those, after all of them.

    ValueError for an index beyond the last chunk. Cost: some 80 ms.
    """
    first, last = bounds(params, index)
    if before is None and index:
        before = batch(params, 0)
        for earlier in range(1, index):
            before = merge(before, batch(params, earlier, before))
    start = start_of(params)
    names = parameterisations_of(params)
    networks = start.networks if before is None else before.networks
    lost = np.full(len(names), np.inf) if before is None else before.lost.copy()
    found = [_frame(params, networks, 0, lost)] if before is None else []
    losses = []
    # frames at even distances, of which a chunk has at least its last
    every = max(1, math.ceil(batches(params) / FRAMES))
    marks = np.linspace(first, last, max(2, 1 + FRAMES // batches(params))).round().astype(int)
    for begin, end in zip(marks[:-1].tolist(), marks[1:].tolist(), strict=True):
        if begin == end or not np.isinf(lost).any():
            continue
        until, going = networks, lost
        networks, taken = _taken(params, until, begin, end, going)
        ended = np.isnan(taken).any(axis=0) & np.isinf(going)
        lost = np.where(ended, begin + np.isnan(taken).argmax(axis=0), going)
        losses.append(np.where(begin + np.arange(end - begin)[:, None] < lost, taken, np.nan))
        if (index % every == 0 or last == params.steps) and np.isinf(lost).any():
            burst = np.isinf(lost) & ~(_frame(params, networks, end, lost)[1] <= _ceiling(params))
            lost = np.where(burst, end, lost)
            if np.isinf(lost).any():
                found.append(_frame(params, networks, end, lost))
        if len(lost) == 1 and lost[0] - 1 > begin and np.isfinite(lost[0]):
            # one that has diverged is shown where it was finite for the last time
            final = int(lost[0]) - 1
            shown, _ = _taken(params, until, begin, final, going)
            found.append(_frame(params, shown, final, going))
    columns = list(zip(*found, strict=True)) or [()] * 4
    width = 1 if params.figure == "rates" else len(names)
    shapes = (0,), (0, len(names)), (0, len(names)), (0, width, len(start.grid))
    at, train, test, output = (
        np.array(c) if c else np.empty(s) for c, s in zip(columns, shapes, strict=True)
    )
    taken = np.concatenate(losses) if losses else np.empty((0, len(names)))
    return Trained(networks, taken, at, train, test, output, lost, _eta(params))


def _eta(params: Params) -> Array:
    """The learning rates, (R,); 0 where nothing moves."""
    largest = start_of(params).largest
    return np.asarray(relative_rates(params) / np.where(largest > 0, largest, np.inf))


def _ceiling(params: Params) -> float:
    return CEILING * max(float(start_of(params).loss.max()), 1e-12)


def _taken(
    params: Params, networks: Networks, first: int, last: int, lost: Array
) -> tuple[Networks, Array]:
    """The steps from `first` to `last` of those that are not lost, and the loss before each."""
    train = start_of(params).train
    return descend(
        networks,
        train.inputs,
        train.targets,
        activation_of(params),
        rates=Rates.of(widths_of(params), parameterisations_of(params)),
        eta=np.where(np.isinf(lost), _eta(params), 0.0),
        momentum=params.momentum,
        steps=last - first,
        batches=_indices(params, len(train.targets), first),
        ceiling=_ceiling(params),
    )


def _frame(
    params: Params, networks: Networks, step: int, lost: Array
) -> tuple[int, Array, Array, Array]:
    """Step, losses on training and test data, and predictors; nan for what has diverged."""
    start, sigma = start_of(params), activation_of(params)
    known = np.where(np.isinf(lost), 1.0, np.nan)
    losses = []
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for data in (start.train, start.test):
            z = outputs(networks, data.inputs, sigma)[0].astype(np.float64)
            losses.append(known * 0.5 * np.mean((z - data.targets) ** 2, axis=1))
        kept = 1 if params.figure == "rates" else networks.count
        drawn = known[:kept, None] * outputs(networks, start.grid, sigma)[0][:kept]
    return step, losses[0], losses[1], drawn.astype(np.float32)


def _indices(params: Params, count: int, step: int) -> Iterator[NDArray[np.intp]] | None:
    """The batches from this step on; every epoch is shuffled by a stream of its own."""
    if not 0 < params.batch_size < count:
        return None
    return _shuffled(params.seed, count, params.batch_size, step)


def _shuffled(seed: int, count: int, size: int, step: int) -> Iterator[NDArray[np.intp]]:
    in_epoch = math.ceil(count / size)
    epoch, skipped = divmod(step, in_epoch)
    while True:
        yield from batch_order(count, size, stream(seed, "batches", epoch))[skipped:]
        epoch, skipped = epoch + 1, 0


SAMPLER = Sampler(batch, merge, batches, continues=True)
