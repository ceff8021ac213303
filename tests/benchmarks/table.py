"""The one table that the benchmarks print: ours, the rival, the ratio and its goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.benchmarks.timing import Times, short

WIDTHS = (58, 34, 44, 26)


@dataclass(frozen=True)
class Goal:
    """A bound that a row's figure is to keep: a ratio, unless it has another unit."""

    bound: float
    at_least: bool = True
    unit: str = "×"

    def met(self, value: float) -> bool:
        """Whether the figure keeps the bound; what is not a number does not."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {short(self.bound)}{self.unit}"


@dataclass(frozen=True)
class Row:
    """One line: the work, what it took here and what a rival took, for information; then the
    figure that is judged, and its goal. Without a goal, a line is for information."""

    work: str
    ours: str
    rival: str = "–"
    value: float | None = None
    goal: Goal | None = None

    @property
    def falls_short(self) -> bool:
        """Whether a figure misses its goal."""
        return self.value is not None and self.goal is not None and not self.goal.met(self.value)

    @property
    def verdict(self) -> str:
        """The figure, its goal, and a word where it is missed."""
        if self.value is None:
            return "not measured" if self.goal else ""
        unit = self.goal.unit if self.goal else "×"
        wanted = f" (goal {self.goal})" if self.goal else ""
        return f"{short(self.value)}{unit}{wanted}{' SHORT' if self.falls_short else ''}"


def at_least(bound: float) -> Goal:
    """So many times as fast as the rival, or more."""
    return Goal(bound)


def at_most(bound: float, unit: str = "×") -> Goal:
    """So much of the rival's, or less."""
    return Goal(bound, False, unit)


def faster(
    work: str, ours: Times, rival: Times, name: str, goal: float | None, note: str = ""
) -> Row:
    """How many times as fast as the rival, median against median."""
    return Row(
        work,
        f"{ours}{note}",
        f"{rival}, {name}",
        rival.median / ours.median,
        None if goal is None else at_least(goal),
    )


class Table:
    """Prints rows as they are measured and counts those that fall short."""

    def __init__(self) -> None:
        self.judged = 0
        self.short: list[Row] = []
        self.open: list[Row] = []

    def head(self) -> None:
        """The head of the table."""
        print(_line("work", "ours (median / p95)", "rival, same run", "ratio (goal)"))
        print("-" * (sum(WIDTHS) + 2 * len(WIDTHS)))

    def group(self, title: str, rows: Iterable[Row]) -> None:
        """A group of rows, each printed as soon as it is measured."""
        print(f"\n{title}")
        for row in rows:
            print(_line(row.work, row.ours, row.rival, row.verdict), flush=True)
            self.add(row)

    def add(self, row: Row) -> None:
        """Count a row: judged where it has a figure and a goal, open where only a goal."""
        if row.goal is None:
            return
        if row.value is None:
            self.open.append(row)
            return
        self.judged += 1
        if row.falls_short:
            self.short.append(row)

    def foot(self) -> None:
        """How many rows fall short of their goals, and which."""
        print(f"\n{len(self.short)} of {self.judged} rows short of their goal", end="")
        print(f", {len(self.open)} not measured" if self.open else "")
        for row in self.short:
            print(f"  {row.work.strip()}: {row.verdict}")
        for row in self.open:
            print(f"  {row.work.strip()}: not measured, {row.rival}")


def _line(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
