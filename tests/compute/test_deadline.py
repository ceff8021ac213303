"""The end of runs that take too long: they stop, say so, and nothing is raised later.

What is stopped never ends by itself, so that no test depends on how fast the machine is.
"""

from __future__ import annotations

import itertools
import math
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import pytest

from compute import deadline
from compute.deadline import MOST_SHOTS, WALL, OverTimeError, within

SHORT = 0.05
# Of a test that hangs because nothing is stopped.
PATIENCE_S = 120


def endless() -> None:
    """A loop in Python."""
    for _ in itertools.count():
        pass


def endless_calls() -> None:
    """A loop of short calls that come back."""
    while True:
        math.fsum(range(100))


def endless_wait() -> None:
    """A loop that computes nothing."""
    while True:
        time.sleep(1e-3)


def stubborn() -> None:
    """A loop that takes every error for its own."""
    while True:
        try:
            endless()
        except Exception:
            continue


class Swallows:
    """Dies over and over, each time in a destructor, where exceptions are lost."""

    def __del__(self) -> None:
        for _ in range(100_000):
            pass


@pytest.fixture
def shots(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is raised in threads, and taken back, in this order."""
    seen: list[Any] = []
    raise_in = deadline._raise_in

    def noted(thread: int, error: Any) -> None:
        seen.append(error)
        raise_in(thread, error)

    monkeypatch.setattr(deadline, "_raise_in", noted)
    return seen


def own_watch() -> Any:
    """The watch of the run that asks."""
    watch = deadline._watcher.watched(threading.get_ident())
    assert watch
    return watch


def in_threads(n: int, *jobs: Callable[[], Any]) -> list[Any]:
    """What `n` threads get from jobs that they take in turn: answers or errors."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(n) as pool:
        return [f.result(PATIENCE_S) for f in [pool.submit(run, job) for job in jobs]]


@pytest.mark.parametrize("run", [endless, endless_calls, endless_wait, stubborn])
def test_what_never_ends_is_stopped(run: Callable[[], None]) -> None:
    with pytest.raises(OverTimeError, match=r"stopped after 0\.05 s of computing") as over:
        within(SHORT, run)
    assert isinstance(over.value, ValueError)
    assert over.value.seconds == SHORT
    assert over.value.__context__ is None


def test_a_short_run_gives_its_value_or_its_error(shots: list[Any]) -> None:
    assert within(60.0, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        within(60.0, lambda: 1 / 0)
    assert shots == []
    assert not deadline._watcher._watches


def test_it_is_cleaned_up_on_the_way_out() -> None:
    left = []

    def run() -> None:
        try:
            endless()
        finally:
            left.append("closed")

    with pytest.raises(OverTimeError):
        within(SHORT, run)
    assert left == ["closed"]
    assert not deadline._watcher._watches


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_swallowed_exception_is_raised_once_more(shots: list[Any]) -> None:
    def swallow_the_first() -> None:
        while not shots:
            Swallows()
        endless()

    with pytest.raises(OverTimeError):
        within(SHORT, swallow_the_first)
    assert 1 <= shots.count(deadline._Stop) <= MOST_SHOTS


def test_any_thread_may_be_stopped_while_others_go_on() -> None:
    stopped, gate = threading.Event(), threading.Barrier(4, timeout=PATIENCE_S)

    def slow() -> str:
        gate.wait()
        try:
            within(SHORT, endless)
        except OverTimeError:
            stopped.set()
            return "stopped"
        return "ended"

    def patient() -> str:
        gate.wait()
        return within(PATIENCE_S, lambda: "heard" if stopped.wait(PATIENCE_S) else "nothing")

    assert in_threads(4, slow, patient, slow, patient) == ["stopped", "heard"] * 2


def test_a_thread_goes_on_after_it_was_stopped(shots: list[Any]) -> None:
    def again() -> int:
        for _ in range(5):
            with pytest.raises(OverTimeError):
                within(0.01, endless)
        return sum(1 for _ in range(200_000))

    assert in_threads(1, again) == [200_000]
    assert not deadline._watcher._watches


def test_nothing_is_raised_after_the_end(shots: list[Any]) -> None:
    """Runs that end by themselves at about their limit: each has a value, or was stopped."""

    def of_length(seconds: float) -> Callable[[], float]:
        def run() -> float:
            start = time.thread_time()
            while time.thread_time() - start < seconds:
                pass
            return seconds

        return run

    def many() -> int:
        ended = 0
        for n in range(30):
            try:
                ended += within(0.01, of_length(0.008 + 2e-4 * n)) > 0
            except OverTimeError:
                continue
            for _ in range(2000):  # where a late one would be met
                pass
        return ended

    for ended in in_threads(3, many, many, many):
        assert 0 <= ended <= 30
    assert not deadline._watcher._watches


def test_a_shot_that_has_not_arrived_is_taken_back(shots: list[Any]) -> None:
    """The run ends while its thread is in a call that does not come back to the interpreter."""

    def run() -> str:
        watch = own_watch()
        watch.shots = 1  # as if it had arrived just as the run ends
        return "ended"

    assert within(60.0, run) == "ended"
    assert shots[-1] is None
    assert sum(1 for _ in range(100_000)) == 100_000


@pytest.mark.parametrize("late", range(MOST_SHOTS + 1))
def test_shots_that_arrive_on_the_way_out_are_met(
    monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    """As many as there can be, each in place of a step that ends the watch."""
    remove, left = deadline._watcher.remove, [late]

    def hit(watch: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise deadline._Stop
        remove(watch)

    monkeypatch.setattr(deadline._watcher, "remove", hit)
    if late:
        with pytest.raises(OverTimeError):
            within(60.0, lambda: 1)
    else:
        assert within(60.0, lambda: 1) == 1
    assert not deadline._watcher._watches


def test_shots_that_come_at_once_hold_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """They arrive anywhere on the way in and out, where a lock left held would stop all others."""
    monkeypatch.setattr(deadline, "SHORTEST_NAP_S", 1e-6)

    def hunted() -> int:
        stopped = 0
        while stopped < 10:
            try:
                assert within(2e-5, lambda: sum(range(50))) == 1225
            except OverTimeError:
                stopped += 1
        return stopped

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert in_threads(3, hunted, hunted, hunted) == [10] * 3
    finally:
        sys.setswitchinterval(usual)
    assert within(60.0, lambda: 42) == 42
    assert not deadline._watcher._watches


class Hands:
    """A clock whose hands are moved by the test: what was computed, and what passed."""

    CLOCK_MONOTONIC = 0

    def __init__(self) -> None:
        self.computed = self.passed = 0.0

    def clock_gettime(self, _clock: int) -> float:
        """Seconds of computing."""
        return self.computed

    def monotonic(self) -> float:
        """Seconds on the wall."""
        return self.passed


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The clocks of watches that are made in the test."""
    made = Hands()
    monkeypatch.setattr(deadline, "time", made)
    return made


def test_waiting_for_the_processor_does_not_age_a_run(hands: Hands) -> None:
    watch = deadline._Watch(1.0)
    hands.passed = WALL - 2.0
    assert watch.left() == pytest.approx(1.0)
    hands.computed = 0.75
    assert watch.left() == pytest.approx(0.25)
    hands.passed = WALL - 0.125
    assert watch.left() == pytest.approx(0.125), "but a worker is not held for ever"
    hands.computed = 1.5
    assert watch.left() == pytest.approx(-0.5)
    watch.shots = 1
    assert watch.left() == pytest.approx(0.5)
    watch.shots = MOST_SHOTS
    assert watch.left() == math.inf


def test_compiling_does_not_age_a_run(hands: Hands) -> None:
    watch = deadline._Watch(1.0)
    hands.computed, hands.passed = 0.25, 0.5
    watch.pause()
    watch.pause()
    hands.computed, hands.passed = 60.0, 70.0
    assert watch.left() == math.inf
    watch.go_on()
    assert watch.left() == math.inf
    watch.go_on()
    assert watch.left() == pytest.approx(0.75)
    hands.computed += 0.5
    assert watch.left() == pytest.approx(0.25)


def test_a_run_that_compiles_is_not_stopped(shots: list[Any]) -> None:
    limits: list[float] = []

    @numba.njit
    def half(x: float) -> float:
        return x / 2

    class Seen(deadline.Listener):
        """What is left of the run while it compiles."""

        def on_start(self, event: deadline.Event) -> None:
            """Compiling has begun."""
            limits.extend(watch.left() for watch in deadline._watcher._watches.values())

        def on_end(self, event: deadline.Event) -> None:
            """Compiling has ended."""

    listener = Seen()
    deadline.register("numba:compile", listener)
    try:
        assert within(60.0, lambda: half(3.0)) == 1.5
    finally:
        numba.core.event.unregister("numba:compile", listener)
    assert limits
    assert set(limits) == {math.inf}
    assert shots == []


def test_a_shot_on_its_way_is_taken_back_when_compiling_begins(shots: list[Any]) -> None:
    def run() -> int:
        watch = own_watch()
        watch.shots = 1
        deadline._watcher.pause(watch.thread)
        assert watch.shots == 0
        deadline._watcher.go_on(watch.thread)
        return watch.compiling

    assert within(60.0, run) == 0
    assert shots == [None]


def test_compiling_outside_a_run_is_nobodys_business() -> None:
    deadline._watcher.pause(threading.get_ident())
    deadline._watcher.go_on(threading.get_ident())
    assert not deadline._watcher._watches
