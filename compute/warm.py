"""Warm-up: run every experiment along every choice it offers, so that compiled code is on disk."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

from compute.cache import store
from compute.calibration import machine, measured_factor
from compute.experiment import Experiment, OverBudgetError, ensure_affordable
from compute.experiments import EXPERIMENTS
from compute.params import Choice, parameters, tabs

# Chapters whose pages share compiled code; what one process has compiled, no other needs.
APART = ((1, 2, 3), (4,))


def settings(experiment: Experiment[Any, Any]) -> Iterator[Any]:
    """The default, and the default with one choice changed, under every figure of the page.

    Each activation and each figure has compiled code of its own.
    """
    specs = parameters(experiment.params)
    for front in fronts(experiment):
        yield front
        for name, spec in specs.items():
            if name != "figure":
                options = spec.choices if isinstance(spec, Choice) else ()
                yield from (replace(front, **{name: option}) for option, _ in options)


def fronts(experiment: Experiment[Any, Any]) -> Iterator[Any]:
    """The default under every figure of the page."""
    default = experiment.params()
    yield from [replace(default, figure=tab) for tab in tabs(experiment.params)] or [default]


def steps(
    chosen: Callable[[Experiment[Any, Any]], Iterator[Any]] = settings,
    experiments: Sequence[Experiment[Any, Any]] = EXPERIMENTS,
) -> Iterator[Any]:
    """Warm up, one setting at a time, yielding it: a server says meanwhile that it lives."""
    for experiment in experiments:
        for params in chosen(experiment):
            try:
                ensure_affordable(experiment, params)
            except OverBudgetError:
                continue
            experiment.run(params)
            yield params
        sampler = experiment.sampler
        for params in fronts(experiment):
            if sampler is not None and sampler.batches(params):
                yield sampler.batch(params, 0)


def measure() -> float:
    """Measure how fast this machine is, once for all workers of a server: they refuse alike.

    A worker that starts later, beside others at work, would find the machine slower than it is.
    """
    server = f"machine:{socket.gethostname()}:{os.getppid()}"
    machine.factor = store.once(server, measured_factor)
    return machine.factor


def warm() -> float:
    """Seconds it took, with a process for each part; compiled functions are cached on disk."""
    start = time.perf_counter()
    measured_factor()  # which is compiled, too
    with ProcessPoolExecutor(len(APART), get_context("spawn")) as parts:
        list(parts.map(_warm_chapters, APART))
    return time.perf_counter() - start


def _warm_chapters(chapters: tuple[int, ...]) -> None:
    for _ in steps(experiments=[e for e in EXPERIMENTS if e.chapter in chapters]):
        pass


if __name__ == "__main__":
    print(f"warm after {warm():.1f} s", file=sys.stderr)
