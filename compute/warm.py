"""Warm-up: run every experiment along every choice it offers, so that compiled code is on disk.

What has not changed since is not run again.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numba

from compute.cache import store
from compute.calibration import machine, measured_factor
from compute.experiment import Experiment, OverBudgetError, ensure_affordable
from compute.experiments import EXPERIMENTS
from compute.params import Choice, parameters, tabs
from compute.sources import compiled_below, digest, path_of

# Chapters whose pages share compiled code; what one process has compiled, no other needs.
APART = ((1, 2, 3), (4,))
_STAMPS = (
    Path(getattr(numba.config, "CACHE_DIR", "") or Path(__file__).parent / "__pycache__") / "warm"
)


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
    """Seconds it took, with a process for each part; compiled functions are cached on disk.

    A page runs where anything that it is made of has changed since it last did.
    """
    start = time.perf_counter()
    stale = [experiment for experiment in EXPERIMENTS if not _Stamp(experiment).holds()]
    if not stale:
        return 0.0
    _tell(f"{len(stale)} of {len(EXPERIMENTS)} pages to warm up")
    for module in compiled_below(*(root for experiment in stale for root in _roots(experiment))):
        _forget_where_changed(module)
    measured_factor()  # which is compiled, too
    parts = [[e.key for e in stale if e.chapter in chapters] for chapters in APART]
    with ProcessPoolExecutor(len(APART), get_context("spawn")) as processes:
        list(processes.map(_warm_pages, parts))
    return time.perf_counter() - start


def _warm_pages(keys: Sequence[str]) -> None:
    for experiment in EXPERIMENTS:
        if experiment.key in keys:
            start = time.perf_counter()
            for _ in steps(experiments=[experiment]):
                pass
            _Stamp(experiment).put()
            _tell(f"{experiment.key}: {time.perf_counter() - start:.1f} s")


class _Stamp:
    """What a page was made of when it last was warmed up, kept beside the machine code."""

    def __init__(self, experiment: Experiment[Any, Any]) -> None:
        self._digest = digest(*_roots(experiment))
        self._file = _STAMPS / experiment.key

    def holds(self) -> bool:
        """Whether it is made of the same now."""
        return self._file.exists() and self._file.read_text() == self._digest

    def put(self) -> None:
        """It is warm."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._digest)


def _roots(experiment: Experiment[Any, Any]) -> list[str]:
    """The modules from which all that a page computes is reached."""
    sampler = experiment.sampler
    return [experiment.run.__module__, *([sampler.batch.__module__] if sampler else [])]


def _forget_where_changed(module: str) -> None:
    """Remove machine code that was compiled from other sources, also of other files."""
    source = path_of(module)
    kept = list((source.parent / "__pycache__").glob(f"{source.stem}.*.nbi"))
    if not kept:
        return
    newest = max(path_of(one).stat().st_mtime for one in {module} | compiled_below(module))
    for index in kept:
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)


def _tell(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(f"warm after {warm():.1f} s", file=sys.stderr)
