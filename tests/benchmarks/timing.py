"""Timing: ours and the rival by turns, so that whatever else the machine does hits both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Times:
    """Milliseconds of repeated runs."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return float(np.median(self.runs))

    @property
    def p95(self) -> float:
        """The one that 95 of 100 stay below."""
        return float(np.percentile(self.runs, 95))

    def per(self, count: int) -> Times:
        """Of one among `count` that each run did."""
        return Times(tuple(run / count for run in self.runs))

    def __str__(self) -> str:
        if len(self.runs) < 5:
            return f"{short(self.median)} ms"
        return f"{short(self.median)} / {short(self.p95)} ms"


def short(value: float) -> str:
    """A number with three digits at most."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def once(function: Callable[[], Any]) -> float:
    """Milliseconds of processor for one call: what else the machine does is not counted."""
    start = time.process_time()
    function()
    return 1000 * (time.process_time() - start)


def waited(function: Callable[[], Any]) -> float:
    """Milliseconds of the clock for one call: to set beside what another process does."""
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def timed(function: Callable[[], Any], repeats: int = 15) -> Times:
    """Milliseconds of `repeats` calls, after one that does not count."""
    function()
    return Times(tuple(once(function) for _ in range(repeats)))


def by_turns(
    ours: Callable[[], float], rival: Callable[[], float], turns: int = 15
) -> tuple[Times, Times]:
    """Both measure themselves, one after the other; the first turn of each does not count."""
    ours()
    rival()
    pairs = [(ours(), rival()) for _ in range(turns)]
    return Times(tuple(a for a, _ in pairs)), Times(tuple(b for _, b in pairs))


def side_by_side(
    ours: Callable[[], Any], rival: Callable[[], Any], turns: int = 15
) -> tuple[Times, Times]:
    """The same for two functions that are timed here."""
    return by_turns(lambda: once(ours), lambda: once(rival), turns)
