"""The cached layer: the only module that knows flask-caching.

Only functions of one Params instance are cached. Simultaneous requests for one key compute once,
across threads (a shared future) and across processes (a file lock, or a Redis lock). The store is
bounded in bytes, a corrupt entry is a miss, and keys carry the version of the app. Entries are read
without pickle: whoever can write into the store can make it forget, and nothing else.

Where a Redis server is shared and dies, or hangs, each replica goes on with its own directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask_caching import Cache
from redis.backoff import NoBackoff
from redis.exceptions import LockError, RedisError
from redis.retry import Retry

import compute
from compute.calibration import SLOWEST, machine
from compute.deadline import within
from compute.experiment import BATCH_STOP, BUDGET_MS, RUN_STOP, Experiment, budget_ms
from compute.outage import Outage
from compute.packing import AsItIs, PackingError, pack, unpack
from compute.params import P, Params
from compute.sampling import Sample, advance

T = TypeVar("T")

PAYLOAD_MAX = 1_000_000
# A page goes on within a second: asking and waiting in vain, then computing.
PATIENCE_S = 0.4
# Longer than a run may take; a replica that died holding a lock keeps the others no longer.
LOCK_S = 10
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
        # A Redis server, where one is shared; its own directory is what a replica goes on with.
        self._shared: Cache | None = None
        self._outage = Outage()
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
        kept = {"CACHE_DEFAULT_TIMEOUT": settings.timeout_s}
        # Threshold 0 turns off the library's own pruning, which counts entries, not bytes.
        entries = {"CACHE_DIR": str(settings.directory / "entries"), "CACHE_THRESHOLD": 0}
        self._cache.init_app(app, config={"CACHE_TYPE": "FileSystemCache", **entries, **kept})
        local: Any = self._cache.cache
        local.serializer = AsItIs()
        self._shared, self._outage = None, Outage()
        if settings.url:
            patience = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
            options = {"CACHE_OPTIONS": patience | {"retry": Retry(NoBackoff(), 0)}}
            server = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": settings.url}
            self._shared = Cache(app, config={**server, **options, **kept})
            shared: Any = self._shared.cache
            shared.serializer = AsItIs()
        self._settings = settings
        self.sweep()

    def get(self, key: str) -> Any:
        """The stored value, or None where there is none or it cannot be read."""
        if self._settings is None:
            return None
        payload = self._ask(lambda cache: cache.get(key))
        try:
            return None if payload is None else unpack(payload)
        except PackingError as error:
            _log.warning("unreadable cache entry %s, computed again: %s", key, error)
            return None

    def set(self, key: str, value: object) -> None:
        """Keep `value`, unless it is above 1 MB or the store cannot be written."""
        if self._settings is None:
            return
        try:
            payload = pack(value)
        except PackingError as error:
            _log.warning("cache entry %s is not kept: %s", key, error)
            return
        if len(payload) > PAYLOAD_MAX:
            _log.warning("cache entry %s of %d bytes is too large to keep", key, len(payload))
            return
        self._ask(lambda cache: cache.set(key, payload))
        self._unswept += len(payload)
        if self._unswept > self._settings.max_mb * 1e6 / 64:
            self.sweep()

    def _ask(self, question: Callable[[Cache], Any]) -> Any:
        """Ask the shared server, or where it is away the own directory; None where that fails."""
        if self._shared is not None and self._outage.over():
            try:
                answer = question(self._shared)
            except RedisError as error:
                self._outage.failed(error)
            else:
                self._outage.answered()
                return answer
        try:
            if self._settings is not None:
                (self._settings.directory / "entries").mkdir(parents=True, exist_ok=True)
            return question(self._cache)
        except Exception:
            _log.warning("the cache directory fails", exc_info=True)
            return None

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
        if self._settings is None:
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
        with contextlib.ExitStack() as held:
            if not self._lock_for_all(key, held):
                try:
                    held.enter_context(self._lock(key))
                except OSError:
                    _log.warning("no lock for %s: computed without one", key, exc_info=True)
            yield

    def _lock_for_all(self, key: str, held: contextlib.ExitStack) -> bool:
        """Whether `key` is held against all replicas, or has been waited for long enough."""
        if (client := self.redis) is None or not self._outage.over():
            return False
        lock = client.lock(f"lock:{key}", timeout=LOCK_S, sleep=0.02, blocking_timeout=LOCK_S)
        try:
            if lock.acquire():
                held.callback(self._release, lock)
            self._outage.answered()
        except RedisError as error:
            self._outage.failed(error)
            return False
        return True

    def _release(self, lock: Any) -> None:
        try:
            lock.release()
        except LockError:
            pass  # it has run out meanwhile
        except RedisError as error:
            self._outage.failed(error)

    @property
    def redis(self) -> Any:
        """The client of the shared Redis server; None where there is none."""
        shared: Any = self._shared
        return None if shared is None else shared.cache._write_client

    @contextlib.contextmanager
    def _lock(self, key: str) -> Iterator[None]:
        if self._settings is None:
            yield
            return
        path = self._settings.directory / "locks" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # Whoever waits on the unlinked file looks into the store first.
                with contextlib.suppress(OSError):
                    path.unlink()


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
