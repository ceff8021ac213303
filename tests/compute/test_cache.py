"""The cached layer: one computation per key, whoever asks, and never an error of its own."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from hypothesis import given

import compute
from compute import cache
from compute.cache import PAYLOAD_MAX, PrefixError, Settings, Store, cached, cached_sample, key_of
from compute.calibration import SLOWEST, machine
from compute.deadline import OverTimeError
from compute.experiment import BATCH_STOP, BUDGET_MS, RUN_STOP, Experiment
from compute.packing import pack
from compute.params import check, integer, real
from compute.sampling import Moments, Sampler, collect, stream
from tests.strategies import legal_params
from tests.thorough import several


@dataclass(frozen=True)
class Params:
    """Two numbers."""

    n: int = integer(1, 0, 1000, label="n", help="A number.")
    x: float = real(0.0, -1.0, 1.0, label="x", help="Another.")

    __post_init__ = check


def opened(directory: Path, **settings: Any) -> Store:
    """A store of its own in a directory."""
    store = Store()
    store.open(Flask("test"), Settings(directory, **settings))
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A cold store."""
    return opened(tmp_path)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A cold store in the place of the app's."""
    made = opened(tmp_path)
    monkeypatch.setattr(cache, "store", made)
    return made


class Counted:
    """A function that counts its calls and takes its time."""

    def __init__(self, answer: Any = 42, seconds: float = 0.0) -> None:
        self.calls, self.answer, self.seconds = 0, answer, seconds

    def __call__(self) -> Any:
        self.calls += 1
        time.sleep(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def together(n: int, ask: Callable[[], Any]) -> list[Any]:
    """What n threads get that ask at one moment: answers or exceptions."""
    gate = threading.Barrier(n)

    def enter(_: int) -> Any:
        gate.wait()
        try:
            return ask()
        except Exception as error:
            return error

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(enter, range(n)))


def test_fifty_threads_on_a_cold_key_compute_once(store: Store) -> None:
    produce = Counted(seconds=0.1)
    assert together(50, lambda: store.once("key", produce)) == [42] * 50
    assert produce.calls == 1
    assert store.once("key", produce) == 42
    assert produce.calls == 1


def test_different_keys_do_not_wait_for_each_other(store: Store) -> None:
    gate = threading.Barrier(2, timeout=5)  # broken unless both are inside at once
    with ThreadPoolExecutor(2) as pool:
        inside = [pool.submit(store.once, key, gate.wait) for key in ("a", "b")]
    assert sorted(f.result() for f in inside) == [0, 1]


def ask_from_a_process(directory: Path, ready: Any, answers: Any) -> None:
    """What a worker does with a cold key: leaves one byte per computation."""

    def produce() -> int:
        with (directory / "computed").open("ab") as file:
            file.write(b"x")
        time.sleep(0.2)
        return os.getpid()

    store = opened(directory)
    ready.wait()
    answers.put(store.once("key", produce))


@pytest.mark.parametrize("n", several([2, 4], 1))
def test_processes_on_a_cold_key_compute_once(tmp_path: Path, n: int) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, answers = spawn.Barrier(n), spawn.Queue()
    workers = [
        spawn.Process(target=ask_from_a_process, args=(tmp_path, ready, answers)) for _ in range(n)
    ]
    for worker in workers:
        worker.start()
    got = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert len(set(got)) == 1, "everybody has the answer of one of them"
    assert got[0] in {w.pid for w in workers}
    assert (tmp_path / "computed").read_bytes() == b"x"
    assert list((tmp_path / "locks").iterdir()) == []


def test_an_error_reaches_everybody_and_is_not_kept(store: Store) -> None:
    produce = Counted(ValueError("no"), seconds=0.1)
    got = together(8, lambda: store.once("key", produce))
    assert [str(e) for e in got] == ["no"] * 8
    assert produce.calls == 1
    assert store.once("key", Counted(7)) == 7


@pytest.mark.parametrize("damage", [b"", b"\x00", b"junk" * 100, b"\x00\x00\x00\x00\x80\x05."])
def test_a_corrupt_entry_is_a_miss(store: Store, tmp_path: Path, damage: bytes) -> None:
    store.set("key", 1)
    (entry,) = (tmp_path / "entries").iterdir()
    entry.write_bytes(damage)
    assert store.get("key") is None
    assert store.once("key", Counted(2)) == 2
    assert store.get("key") == 2


def test_an_entry_of_a_class_that_is_gone_is_a_miss(store: Store) -> None:
    store._cache.set("key", pack(Moments.of(np.ones(3))).replace(b"Moments", b"Gonents"))
    assert store.get("key") is None


def test_what_is_too_large_to_keep_is_still_answered(store: Store, tmp_path: Path) -> None:
    large = Counted(b"x" * (PAYLOAD_MAX + 1))
    assert store.once("key", large) == large.answer
    assert store.get("key") is None
    assert list((tmp_path / "entries").iterdir()) == []
    nearly = b"x" * (PAYLOAD_MAX - 100)
    store.set("key", nearly)
    assert store.get("key") == nearly


def size(directory: Path) -> int:
    """Bytes of all files below."""
    return sum(f.stat().st_size for f in directory.rglob("*") if f.is_file())


def test_the_directory_stays_within_its_bound_and_keeps_the_newest(tmp_path: Path) -> None:
    store, largest = opened(tmp_path, max_mb=1.0), 0
    for i in range(300):
        store.set(f"key {i}", b"x" * 10_000)
        largest = max(largest, size(tmp_path))
    assert 0.8e6 < largest <= 1e6
    assert store.get("key 299") is not None
    assert store.get("key 0") is None


def test_a_store_left_too_large_is_swept_when_it_is_opened(tmp_path: Path) -> None:
    before = opened(tmp_path)
    for i in range(50):
        before.set(f"key {i}", b"x" * 10_000)
    opened(tmp_path, max_mb=0.1)
    assert 0 < size(tmp_path) <= 0.1e6


def test_a_vanished_directory_comes_back(store: Store, tmp_path: Path) -> None:
    for name in ("entries", "locks"):
        (tmp_path / name).rmdir()
    produce = Counted()
    assert [store.once("key", produce) for _ in range(3)] == [42] * 3
    assert produce.calls == 1


def test_a_store_that_cannot_be_written_costs_only_time(store: Store, tmp_path: Path) -> None:
    for name in ("entries", "locks"):
        (tmp_path / name).rmdir()
        (tmp_path / name).write_text("in the way")
    produce = Counted()
    assert [store.once("key", produce) for _ in range(2)] == [42] * 2
    assert produce.calls == 2


def test_without_a_store_everything_is_computed() -> None:
    produce = Counted()
    store = Store()
    assert [store.once("key", produce) for _ in range(2)] == [42] * 2
    assert produce.calls == 2
    store.sweep()
    store.set("key", 1)
    assert store.get("key") is None


@given(a=legal_params(Params), b=legal_params(Params))
def test_different_params_never_share_a_key(a: Params, b: Params) -> None:
    assert (key_of("f", a) == key_of("f", b)) is (a == b)


def test_name_class_suffix_and_version_enter_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    other = type("Other", (Params,), {})
    keys = [key_of("f", Params()), key_of("g", Params()), key_of("f", other())]
    keys.append(key_of("f", Params(), "1"))
    monkeypatch.setattr(compute, "__version__", "other")
    keys.append(key_of("f", Params()))
    assert len(set(keys)) == 5
    assert all(k.isalnum() and len(k) == 64 for k in keys), "keys are file names"


def test_cached_functions_are_computed_once_per_params(shared: Store) -> None:
    asked = []

    @cached
    def square(params: Params) -> int:
        """The square."""
        asked.append(params)
        return params.n**2

    assert [square(Params(n=n)) for n in (3, 3, 4, 3)] == [9, 9, 16, 9]
    assert asked == [Params(n=3), Params(n=4)]
    assert square.__doc__ == "The square."
    assert shared.get("nothing") is None


def draw(params: Params, index: int) -> Moments:
    """A thousand numbers."""
    return Moments.of(stream(params.n, "draw", index).standard_normal(1000))


EXPERIMENT: Experiment[Any, Any] = Experiment(
    "fake",
    1,
    "1",
    "Fake",
    Params,
    lambda p: p.n,
    lambda _: 1.0,
    Sampler(draw, Moments.merge, lambda _: 8),
)


def test_every_reader_of_n_batches_sees_the_same_bits(shared: Store, tmp_path: Path) -> None:
    alone = [collect(EXPERIMENT.sampler, Params(), n + 1) for n in range(8)]  # type: ignore[arg-type]
    first = [cached_sample(EXPERIMENT, Params(), n) for n in range(8)]
    again = [cached_sample(EXPERIMENT, Params(), n) for n in range(8)]
    assert first == again == alone
    shared.open(Flask("another worker"), Settings(tmp_path))
    assert cached_sample(EXPERIMENT, Params(), 7) == alone[7]


def test_a_crowd_computes_each_batch_once(shared: Store) -> None:
    calls = []

    def slow(params: Params, index: int) -> Moments:
        calls.append(index)
        time.sleep(0.02)
        return draw(params, index)

    assert shared.get("nothing") is None
    crowd = replace(EXPERIMENT, sampler=Sampler(slow, Moments.merge, lambda _: 8))
    for n in range(3):
        got = together(10, lambda n=n: cached_sample(crowd, Params(), n))  # type: ignore[misc]
        assert all(g == got[0] for g in got)
    assert calls == [0, 1, 2]


@pytest.mark.parametrize("index", [-1, -(10**9), 8, 9, 10**9, 10**400])
def test_batches_that_do_not_exist_are_refused(shared: Store, index: int) -> None:
    cached_sample(EXPERIMENT, Params(), 0)
    with pytest.raises(PrefixError, match="has no batch") as refused:
        cached_sample(EXPERIMENT, Params(), index)
    assert len(str(refused.value)) < 200
    assert shared.get("nothing") is None


@pytest.mark.parametrize("index", [2, 3, 7])
def test_batches_too_far_ahead_are_refused(shared: Store, index: int) -> None:
    cached_sample(EXPERIMENT, Params(), 0)
    with pytest.raises(PrefixError, match="comes after"):
        cached_sample(EXPERIMENT, Params(), index)
    assert cached_sample(EXPERIMENT, Params(), 1).batches == 2
    with pytest.raises(PrefixError, match="comes after"):
        cached_sample(EXPERIMENT, Params(n=2), 1)
    assert shared.get("nothing") is None


# ---- what takes too long ---------------------------------------------------------------------


class Endless:
    """A run or a batch that never ends by itself until it is mended; counts its calls."""

    def __init__(self) -> None:
        self.calls, self.mended, self.begun = 0, False, threading.Event()
        self.__qualname__ = "endless"  # by which the cache tells functions apart

    def __call__(self, params: Any, _index: int = 0) -> Moments:
        self.calls += 1
        self.begun.set()
        while not self.mended:
            pass
        return Moments.of(np.array([float(params.n)]))


@pytest.fixture
def endless(shared: Store, monkeypatch: pytest.MonkeyPatch) -> Endless:
    """It, on a machine that stops it after 60 ms."""
    monkeypatch.setattr(machine, "factor", 1.0)
    monkeypatch.setattr(cache, "RUN_STOP", 0.2)
    monkeypatch.setattr(cache, "BATCH_STOP", 0.2)
    return Endless()


def test_a_run_without_end_is_stopped_for_all_who_wait_and_nothing_is_kept(
    endless: Endless,
) -> None:
    run = cached(endless)
    got = together(6, lambda: run(Params()))
    assert all(isinstance(error, OverTimeError) for error in got)
    assert endless.calls < 6, "they wait for one"
    before = endless.calls
    with pytest.raises(OverTimeError):
        run(Params())
    assert endless.calls == before + 1, "it is tried again"
    endless.mended = True
    assert run(Params()).mean == 1.0
    assert run(Params()).mean == 1.0
    assert endless.calls == before + 2, "and kept when it has come to its end"


def test_others_are_served_while_a_run_does_not_end(endless: Endless) -> None:
    quick = cached(Params.__repr__)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cached(endless), Params())
        assert endless.begun.wait(60)
        assert quick(Params(n=2)) == repr(Params(n=2))
        assert isinstance(waiting.exception(60), OverTimeError)


def test_a_batch_without_end_is_stopped_and_its_prefix_stays(
    endless: Endless, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled = replace(EXPERIMENT, sampler=Sampler(endless, Moments.merge, lambda _: 8))
    endless.mended = True
    cached_sample(sampled, Params(), 0)
    endless.mended = False
    with pytest.raises(OverTimeError):
        cached_sample(sampled, Params(), 1)
    endless.mended = True
    assert cached_sample(sampled, Params(), 1).batches == 2
    assert endless.calls == 3


@pytest.mark.parametrize(
    ("factor", "budget"), [(1.0, BUDGET_MS), (2.0, BUDGET_MS), (8.0, 800), (None, None)]
)
def test_the_limits_are_those_of_this_machine(
    shared: Store, monkeypatch: pytest.MonkeyPatch, factor: float | None, budget: float | None
) -> None:
    limits: list[float] = []
    monkeypatch.setattr(cache, "within", lambda limit, make: (limits.append(limit), make())[1])
    monkeypatch.setattr(machine, "factor", factor)
    cached(Params.__repr__)(Params())
    cached_sample(EXPERIMENT, Params(), 0)
    budget = budget or BUDGET_MS * SLOWEST  # what has not been measured may be the slowest
    assert limits == pytest.approx([RUN_STOP * budget / 1000, BATCH_STOP * budget / 1000])


def test_an_experiment_without_a_sampler_has_no_batches() -> None:
    with pytest.raises(PrefixError, match="has no batch"):
        cached_sample(replace(EXPERIMENT, sampler=None), Params(), 0)


def test_arrays_come_back_as_they_went(store: Store) -> None:
    array = np.random.default_rng(0).standard_normal((3, 4))
    store.set("key", array)
    np.testing.assert_array_equal(store.get("key"), array)
