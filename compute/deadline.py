"""The end of a run that takes too long: it is stopped where it is, and its thread is free again.

An estimate can be wrong, and no run may hold a worker. `within(limit, produce)` computes in the
thread that calls it; a watcher, one for the process, raises an exception there when the limit has
passed, which CPython lets any thread do between two steps of the interpreter
(PyThreadState_SetAsyncExc). So loops in Python end at once, a compiled call or one of NumPy first
comes back.

What counts is the time that the thread has computed: a run does not age while others have the
processor, so a busy class changes nothing. A run that waits counts after some longer time. What
Numba needs to compile a function, or to load one that was compiled before, counts nothing and is
never interrupted: it happens once, and is no part of any estimate.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from numba.core.event import Event, Listener, register

T = TypeVar("T")

# On the clock of the wall a run may last so many times its limit: 12 s at two budgets. Where many
# share a core, each gets a tenth of it and less.
WALL: Final = 20.0
# A destructor or a callback may swallow an exception, so it is raised once more, after as long.
MOST_SHOTS: Final = 2
SHORTEST_NAP_S: Final = 0.005


class OverTimeError(ValueError):
    """A run has been stopped because it computed for more than `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after {seconds:.2f} s of computing")
        self.seconds = seconds


class _Stop(BaseException):
    """What is raised in the run; no `except Exception` of its own takes it for an error."""


def within(limit: float, produce: Callable[[], T]) -> T:
    """The value of `produce()`, or OverTimeError where it computes for more than `limit` seconds.

    Any thread may call it, but not inside another such call. Nothing is raised in the thread after
    this has come back.
    """
    watch = _Watch(limit)
    # Each shot may be met on the way out, in place of the step that ends the watch, and there are
    # two of them: so the way out has three steps.
    try:
        try:
            try:
                _watcher.add(watch)
                return produce()
            finally:
                _watcher.remove(watch)
        finally:
            _watcher.remove(watch)
    except _Stop:
        _watcher.remove(watch)
    raise OverTimeError(limit)


class _Watch:
    """The clocks of one run."""

    def __init__(self, limit: float) -> None:
        self.limit, self.thread = limit, threading.get_ident()
        # Who holds it decides whether the run is shot at: the watcher for a moment, the run's own
        # thread while it compiles and, from its end, for good.
        self.gate = threading.RLock()
        self._clock = _clock_of(self.thread)
        self._began = self._now()
        self._paused_at = self._began
        self.shots = self.compiling = 0

    def _now(self) -> tuple[float, float]:
        return time.clock_gettime(self._clock), time.monotonic()

    def left(self) -> float:
        """Seconds that pass at least before the next shot is due."""
        if self.compiling or self.shots == MOST_SHOTS:
            return math.inf
        computed, passed = (now - then for now, then in zip(self._now(), self._began, strict=True))
        allowed = self.limit * (1 + self.shots)
        return min(allowed - computed, WALL * allowed - passed)

    def pause(self) -> None:
        """Compiling begins: the clocks stand."""
        self.compiling += 1
        if self.compiling == 1:
            self._paused_at = self._now()

    def go_on(self) -> None:
        """Compiling has ended: the clocks run on from where they stood."""
        self.compiling -= 1
        if self.compiling == 0:
            spent = (now - then for now, then in zip(self._now(), self._paused_at, strict=True))
            computed, passed = (then + s for then, s in zip(self._began, spent, strict=True))
            self._began = computed, passed


def _clock_of(thread: int) -> int:
    """The clock of what a thread computes; where the system has none, that of the wall."""
    if hasattr(time, "pthread_getcpuclockid"):
        return time.pthread_getcpuclockid(thread)
    return time.CLOCK_MONOTONIC


class _Watcher:
    """One thread that looks at all runs, when the next of them may be due.

    A shot arrives between any two steps of the interpreter, also between taking a lock and the
    `with` that would free it. So a run's own thread holds no lock that another thread waits for:
    it takes the watch's gate for good, and all else it does here is one step of the interpreter.
    """

    def __init__(self) -> None:
        self._watches: dict[int, _Watch] = {}
        self._news: SimpleQueue[None] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def watched(self, thread: int) -> _Watch | None:
        """The watch of a thread's run."""
        return self._watches.get(thread)

    def add(self, watch: _Watch) -> None:
        """Look after a run from now on."""
        with self._starting:  # nothing is shot at the thread before its watch is in the list
            if self._thread is None or not self._thread.is_alive():
                self._news = SimpleQueue()
                self._thread = threading.Thread(target=self._look, name="deadlines", daemon=True)
                self._thread.start()
        self._watches[watch.thread] = watch
        self._news.put(None)

    def remove(self, watch: _Watch) -> None:
        """Look after it no more, and take back a shot that has not arrived."""
        watch.gate.acquire()
        if watch.shots:
            _raise_in(watch.thread, None)
        self._watches.pop(watch.thread, None)

    def pause(self, thread: int) -> None:
        """A thread begins to compile."""
        if watch := self.watched(thread):
            watch.gate.acquire()
            watch.pause()
            if watch.shots:
                _raise_in(thread, None)
                watch.shots = 0

    def go_on(self, thread: int) -> None:
        """A thread has compiled."""
        if (watch := self.watched(thread)) and watch.compiling:
            watch.go_on()
            watch.gate.release()
            self._news.put(None)

    def _look(self) -> None:
        while True:
            nap = min((_look_at(watch) for watch in list(self._watches.values())), default=math.inf)
            with contextlib.suppress(Empty):
                self._news.get(timeout=None if nap == math.inf else max(nap, SHORTEST_NAP_S))


def _look_at(watch: _Watch) -> float:
    """Shoot where the limit has passed. The seconds after which to look again."""
    if not watch.gate.acquire(blocking=False):
        return math.inf  # over, or compiling
    try:
        if watch.left() <= 0:
            watch.shots += 1
            _raise_in(watch.thread, _Stop)
        return watch.left()
    finally:
        watch.gate.release()


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step; None takes back what has not arrived."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if error is None else ctypes.py_object(error)
    )


class _Compiling(Listener):
    """Numba tells, in the thread that compiles, when it begins and when it has ended."""

    def on_start(self, event: Event) -> None:
        """The lock of the compiler is asked for."""
        _watcher.pause(threading.get_ident())

    def on_end(self, event: Event) -> None:
        """The lock of the compiler is free again."""
        _watcher.go_on(threading.get_ident())


_watcher = _Watcher()
register("numba:compiler_lock", _Compiling())  # type: ignore[no-untyped-call]
