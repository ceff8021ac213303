"""Timing and the one table that the benchmarks print."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

WIDTHS = (54, 36, 40, 40)


@dataclass(frozen=True)
class Row:
    """One line of the table: the work, what it took here, what was wanted, what a rival took."""

    work: str
    ours: str
    target: str = "–"
    rival: str = "–"


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

    def __str__(self) -> str:
        if len(self.runs) < 5:
            return f"{short(self.median)} ms"
        return f"{short(self.median)} / {short(self.p95)} ms"


def short(value: float) -> str:
    """A number with three digits at most."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def once(function: Callable[[], Any]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def timed(function: Callable[[], Any], repeats: int = 15) -> Times:
    """Milliseconds of `repeats` calls, after one that does not count."""
    function()
    return Times(tuple(once(function) for _ in range(repeats)))


def side_by_side(
    ours: Callable[[], Any], rival: Callable[[], Any], repeats: int = 15
) -> tuple[Times, Times]:
    """Both in turns, so that whatever else the machine does hits both."""
    ours()
    rival()
    pairs = [(once(ours), once(rival)) for _ in range(repeats)]
    return Times(tuple(a for a, _ in pairs)), Times(tuple(b for _, b in pairs))


def print_head() -> None:
    """The head of the table."""
    print(_line("work", "ours (median / p95)", "target", "rival, same run"))
    print("-" * (sum(WIDTHS) + 2 * len(WIDTHS)))


def print_rows(title: str, rows: Iterable[Row]) -> None:
    """A group of rows, each printed as soon as it is measured."""
    print(f"\n{title}")
    for row in rows:
        print(_line(row.work, row.ours, row.target, row.rival), flush=True)


def _line(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
