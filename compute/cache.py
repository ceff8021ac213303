"""The cached layer: the only module that knows flask-caching.

Only functions of one Params instance are cached. Simultaneous requests for one key compute once,
across threads (a shared future) and across processes (a file lock, or a Redis lock). The store is
bounded in bytes, a corrupt entry is a miss, and keys carry the version of the app.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import logging
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask_caching import Cache

import compute
from compute.calibration import SLOWEST, machine
from compute.deadline import within
from compute.experiment import BATCH_STOP, BUDGET_MS, RUN_STOP, Experiment, budget_ms
from compute.params import P, Params
from compute.sampling import Sample, advance

T = TypeVar("T")

PAYLOAD_MAX = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """Where answers are kept: `url` names a Redis server, '' the directory `directory`."""

    directory: Path
    url: str = ""
    max_mb: float = 256.0
    timeout_s: int = 6 * 3600


class Store:
    """A byte-bounded, single-flight store over flask-caching."""

    def __init__(self) -> None:
        self._cache = Cache()
        self._settings: Settings | None = None
        self._flights: dict[str, Future[Any]] = {}
        self._guard = threading.Lock()
        self._unswept = 0
        # Told of every look-up: "hit", "merged" with another's flight, or "computed".
        self.tell: Callable[[str], None] = lambda _: None

    def open(self, app: Flask, settings: Settings) -> None:
        """Connect to the store; until then everything is computed afresh."""
        settings.directory.mkdir(parents=True, exist_ok=True)
        (settings.directory / "locks").mkdir(exist_ok=True)
        config: dict[str, Any] = {"CACHE_DEFAULT_TIMEOUT": settings.timeout_s}
        if settings.url:
            config |= {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": settings.url}
        else:
            # Threshold 0 turns off the library's own pruning, which counts entries, not bytes.
            entries = str(settings.directory / "entries")
            config |= {
                "CACHE_TYPE": "FileSystemCache",
                "CACHE_DIR": entries,
                "CACHE_THRESHOLD": 0,
            }
        self._cache.init_app(app, config=config)
        self._settings = settings
        self.sweep()

    def get(self, key: str) -> Any:
        """The stored value, or None where there is none or it cannot be read."""
        if self._settings is None:
            return None
        try:
            payload = self._cache.get(key)
            return None if payload is None else pickle.loads(payload)
        except Exception:
            _log.warning("unreadable cache entry %s: computed again", key, exc_info=True)
            return None

    def set(self, key: str, value: object) -> None:
        """Keep `value`, unless it is above 1 MB or the store cannot be written."""
        if self._settings is None:
            return
        payload = pickle.dumps(value, protocol=5)
        if len(payload) > PAYLOAD_MAX:
            _log.warning("cache entry %s of %d bytes is too large to keep", key, len(payload))
            return
        try:
            if not self._settings.url:
                (self._settings.directory / "entries").mkdir(parents=True, exist_ok=True)
            self._cache.set(key, payload)
        except Exception:
            _log.warning("cache entry %s could not be written", key, exc_info=True)
        self._unswept += len(payload)
        if self._unswept > self._settings.max_mb * 1e6 / 64:
            self.sweep()

    def once(self, key: str, produce: Callable[[], T]) -> T:
        """The value of `key`; whoever comes first produces it, everybody else waits for that."""
        found = self.get(key)
        if found is not None:
            self.tell("hit")
            return found  # type: ignore[no-any-return]
        with self._guard:
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if not leads:
            self.tell("merged")
            return flight.result()  # type: ignore[no-any-return]
        try:
            with self._locked(key):
                value = self.get(key)
                self.tell("merged" if value is not None else "computed")
                if value is None:
                    value = produce()
                    self.set(key, value)
            flight.set_result(value)
            return value  # type: ignore[no-any-return]
        except BaseException as error:
            flight.set_exception(error)
            raise
        finally:
            with self._guard:
                del self._flights[key]

    def sweep(self) -> None:
        """Remove the oldest entries until the store is a sixteenth below its bound."""
        self._unswept = 0
        if self._settings is None or self._settings.url:
            return
        directory = self._settings.directory / "entries"
        entries = []
        for entry in os.scandir(directory) if directory.exists() else ():
            with contextlib.suppress(FileNotFoundError):
                state = entry.stat()
                entries.append((state.st_mtime, state.st_size, entry.path))
        excess = sum(size for _, size, _ in entries) - self._settings.max_mb * 1e6 * 15 / 16
        for _, size, path in sorted(entries):
            if excess <= 0:
                break
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            excess -= size

    @contextlib.contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        """Hold `key` against other processes; a lock that fails costs time, never the answer."""
        held = contextlib.ExitStack()
        try:
            held.enter_context(self._lock(key))
        except Exception:
            _log.warning("no lock for %s: computed without one", key, exc_info=True)
        try:
            yield
        finally:
            try:
                held.close()
            except Exception:
                _log.warning("the lock for %s was lost", key, exc_info=True)

    @contextlib.contextmanager
    def _lock(self, key: str) -> Iterator[None]:
        if self._settings is None:
            yield
        elif self._settings.url:
            client: Any = self._cache.cache
            with client._write_client.lock(f"lock:{key}", timeout=30):
                yield
        else:
            path = self._settings.directory / "locks" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                try:
                    yield
                finally:
                    # Whoever waits on the unlinked file looks into the store first.
                    path.unlink(missing_ok=True)


store = Store()


@functools.cache
def code_digest(directory: Path = Path(__file__).parent) -> str:
    """A digest of the code in `directory`: changed code must not find old answers."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(name: str, params: Params, suffix: str = "") -> str:
    """The key of a function of `params`: version, code, name and every field enter it."""
    text = f"{compute.__version__}|{code_digest()}|{name}|{params!r}|{suffix}"
    return hashlib.sha256(text.encode()).hexdigest()


def in_time(produce: Callable[[], T], budgets: float) -> T:
    """`produce()`, or OverTimeError where it takes longer than so many budgets.

    A machine that has not been measured may be the slowest.
    """
    budget = BUDGET_MS * SLOWEST if machine.factor is None else budget_ms()
    return within(budgets * budget / 1000, produce)


def cached(function: Callable[[P], T]) -> Callable[[P], T]:
    """`function`, computed once per Params instance while the store keeps it.

    OverTimeError, for all who wait, where it takes longer than two budgets; nothing is kept then.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def look_up(params: P) -> T:
        return store.once(key_of(name, params), lambda: in_time(lambda: function(params), RUN_STOP))

    return look_up


class PrefixError(ValueError):
    """A batch was asked for before the ones it builds on."""


def cached_sample(experiment: Experiment[Any, Any], params: Params, index: int) -> Sample[Any]:
    """The cumulative sample up to batch `index`, one batch computed at most.

    A browser sends the index, so it is checked: PrefixError where `index` is beyond the last
    batch or more than one ahead of the newest cached prefix; OverTimeError where the batch takes
    too long.
    """
    sampler = experiment.sampler
    if sampler is None or not 0 <= index < sampler.batches(params):
        raise PrefixError(f"{experiment.key} has no batch of that number")
    name = f"sample:{experiment.key}"
    before = None
    if index > 0:
        before = store.get(key_of(name, params, str(index - 1)))
        if before is None:
            raise PrefixError(f"batch {index} comes after batch {index - 1}")
    return store.once(
        key_of(name, params, str(index)),
        lambda: in_time(lambda: advance(sampler, params, before), BATCH_STOP),
    )


def kept_sample(experiment: Experiment[Any, Any], params: Params, index: int) -> Sample[Any] | None:
    """The cumulative sample up to batch `index`, where it is kept; nothing is computed."""
    sample: Sample[Any] | None = store.get(key_of(f"sample:{experiment.key}", params, str(index)))
    return sample
