"""Running a sweep: one batch of one setting at a time goes to whoever is free.

Batches of a setting are merged in their order, and a batch depends on its setting and number alone:
so the numbers are the same bits whatever the order, the number of processes or the machine's share
of them, and whatever was killed on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any

from compute.cache import code_digest
from compute.experiment import Experiment
from compute.params import Params
from compute.sampling import Sample, advance
from compute.sweep.grid import SweepError, experiment_of
from compute.sweep.progress import Progress
from compute.sweep.rows import Row, row

Step = tuple[str, Sample[Any] | Row]


def plan(
    experiment: Experiment[Any, Any], settings: Sequence[Params], batches: int
) -> dict[str, Any]:
    """What a sweep computes, in words, and the code that does."""
    return {
        "page": experiment.key,
        "grid": [repr(params) for params in settings],
        "batches": batches,
        "code": code_digest(),
    }


def wanted(experiment: Experiment[Any, Any], params: Params, batches: int) -> int:
    """How many batches a setting gets: those that are asked for, of those that its sampler has."""
    return min(batches, experiment.sampler.batches(params)) if experiment.sampler else 0


def step(key: str, params: Params, batches: int, sample: Sample[Any] | None) -> Step:
    """One batch more, or the row where there are enough; with the digest of the code."""
    experiment = experiment_of(key)
    enough = wanted(experiment, params, batches)
    if experiment.sampler is None or (sample.batches if sample else 0) >= enough:
        return code_digest(), row(experiment, params, sample)
    return code_digest(), advance(experiment.sampler, params, sample)


def sweep(
    experiment: Experiment[Any, Any],
    settings: Sequence[Params],
    batches: int,
    progress: Progress,
    executor: Executor,
    width: int,
    told: Callable[[int], object] = lambda _: None,
) -> list[Row]:
    """The rows of all settings; at most `width` of them are under way at a time.

    `told` hears of every step that is done, and first of those that had been done before.
    SweepError where a worker of the executor has other code.
    """
    rows: dict[int, Row] = {}
    waiting = []
    for place, params in enumerate(settings):
        enough = wanted(experiment, params, batches)
        if (finished := progress.row(place)) is not None:
            rows[place] = finished
            told(enough + 1)
        else:
            sample = progress.sample(place)
            told(sample.batches if sample else 0)
            waiting.append((place, sample))
    waiting.reverse()
    flying: dict[Future[Step], int] = {}

    def send(place: int, sample: Sample[Any] | None) -> None:
        flying[executor.submit(step, experiment.key, settings[place], batches, sample)] = place

    while waiting or flying:
        while waiting and len(flying) < width:
            send(*waiting.pop())
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in done:
            place = flying.pop(future)
            digest, found = future.result()
            if digest != code_digest():
                raise SweepError("a worker of the cluster has another version of this code")
            if isinstance(found, Mapping):
                progress.keep_row(place, found)
                rows[place] = found
            else:
                progress.keep_sample(place, found)
                send(place, found)
            told(1)
    return [rows[place] for place in range(len(settings))]
