"""The speed of this machine: what is measured, how it is bounded, and that workers agree on it.

No test asks how fast the machine is: the clock is replaced, or the pieces are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from compute import calibration, warm
from compute.cache import Settings, Store
from compute.calibration import (
    FASTEST,
    PIECES,
    REFERENCE_MS,
    SLOWEST,
    TRIES,
    best_ms,
    machine,
    machine_factor,
    measured_factor,
)


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has not been measured, before and after."""
    monkeypatch.setattr(machine, "factor", None)


class Clock:
    """A clock that moves only when somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        """Seconds."""
        return self.now

    def piece(self, milliseconds: Iterator[float]) -> Callable[[], float]:
        """Work of so many milliseconds, the first time, the second time, …"""

        def work() -> float:
            self.now += next(milliseconds) / 1e3
            return 0.0

        return work


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the measurement."""
    made = Clock()
    monkeypatch.setattr(calibration, "time", made)
    return made


def test_the_best_try_counts_and_the_first_one_never(clock: Clock) -> None:
    tries = iter([0.1, *(5.0 + abs(n - 4) for n in range(TRIES))])
    assert best_ms(clock.piece(tries)) == pytest.approx(5.0)
    assert next(tries, None) is None


@pytest.mark.parametrize(
    ("slower", "factor"),
    [(1.0, 1.0), (3.0, 3.0), (0.7, 0.7), (100.0, SLOWEST), (0.01, FASTEST)],
)
def test_the_factor_is_how_many_times_longer_the_pieces_take(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, slower: float, factor: float
) -> None:
    for name, reference in REFERENCE_MS.items():
        monkeypatch.setitem(PIECES, name, clock.piece(repeat(slower * reference)))
    assert measured_factor() == pytest.approx(factor)


def test_each_piece_counts_alike(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    assert set(PIECES) == set(REFERENCE_MS)
    for name, reference in REFERENCE_MS.items():
        slower = 16.0 if name == "python" else 1.0
        monkeypatch.setitem(PIECES, name, clock.piece(repeat(slower * reference)))
    assert measured_factor() == pytest.approx(2.0)


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_work_that_gives_the_same_number_each_time(name: str) -> None:
    first = PIECES[name]()
    assert np.isfinite(first)
    assert first == PIECES[name]()
    assert best_ms(PIECES[name]) > 0.01, "nothing of it is remembered or optimised away"


def test_a_real_measurement_is_within_the_bounds() -> None:
    assert FASTEST <= measured_factor() <= SLOWEST
    assert machine_factor() == 1.0, "measuring alone changes nothing"


def opened(directory: Path) -> Store:
    """What one of the workers knows of the store they share."""
    store = Store()
    store.open(Flask("test"), Settings(directory))
    return store


def test_the_workers_of_a_server_agree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = iter([2.5, 4.0, 6.0])
    monkeypatch.setattr(warm, "measured_factor", lambda: next(found))
    for _ in range(2):
        monkeypatch.setattr(warm, "store", opened(tmp_path))
        assert warm.measure() == machine_factor() == 2.5
    monkeypatch.setattr(warm.os, "getppid", lambda: 4711)
    assert warm.measure() == machine_factor() == 4.0, "another server measures again"
