"""A run or a batch that does not end: its page says so, and nobody else waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from components import ledger_view
from components.answer import answer
from components.door import KEPT, digest
from components.layout import layout
from components.page import Page
from compute import cache
from compute.calibration import machine
from compute.ledger import Entry
from compute.sampling import Sampler
from tests.components.test_door import door_to
from tests.components.test_page import COUNT, EXPERIMENT, MEAN, PAGE, Params, batch
from tests.layouts import nodes

if TYPE_CHECKING:
    from flask.testing import FlaskClient

WAIT_S = 120


class Run:
    """Ends at once, unless the size is one that does not end yet."""

    def __init__(self) -> None:
        self.endless, self.sizes, self.begun = {40}, [0], threading.Event()
        self.__qualname__ = "endless_page"  # by which the cache tells functions apart

    def __call__(self, params: Params, index: int = 0) -> Any:
        self.sizes.append(params.size)
        self.begun.set()
        while params.size in self.endless:
            pass
        return params.size

    def batch(self, params: Params, index: int) -> Any:
        """A batch of the page, drawn when the run has an end."""
        if index == 1:
            self(params)
        return batch(params, index)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, cold_store: Path) -> Run:
    """It, on a machine that gives a run 60 ms."""
    monkeypatch.setattr(machine, "factor", 1.0)
    monkeypatch.setattr(cache, "RUN_STOP", 0.2)
    monkeypatch.setattr(cache, "BATCH_STOP", 0.2)
    return Run()


@pytest.fixture
def page(run: Run) -> Page[Any, Any]:
    """The page that tests have, with that run."""
    return replace(PAGE, experiment=replace(EXPERIMENT, run=run))


@pytest.fixture
def ask(page: Page[Any, Any], cold_store: Path) -> Callable[..., Any]:
    """Ask the door for an answer, from any thread."""
    client: FlaskClient = door_to(page, cold_store)

    def get(**words: object) -> Any:
        return client.application.test_client().get(
            f"/answer/{digest()}/fake-page?{urlencode(words)}"
        )

    return get


def test_a_run_without_end_is_stopped_in_words_with_a_cheaper_setting(
    ask: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        got = ask(size=40)
    assert got.status_code == 200
    assert got.headers["Cache-Control"] == "no-store"
    assert got.json["problem"] == {
        "text": "This setting took longer than 0.06 s and was stopped. "
        "One with less work: size 10.",
        "nearest": {"figure": "one", "size": 10, "seed": 0},
    }
    assert "fake_page: stopped after 0.06 s" in caplog.text
    assert "size=40" in caplog.text
    nearest = ask(**got.json["problem"]["nearest"])
    assert nearest.json["problem"] is None
    assert nearest.headers["Cache-Control"] == KEPT


def test_others_are_served_meanwhile(run: Run, ask: Callable[..., Any]) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, size=40)
        assert run.begun.wait(WAIT_S)
        assert ask(size=30).json["problem"] is None
        assert "stopped" in waiting.result(WAIT_S).json["problem"]["text"]


def test_the_same_address_is_tried_again_and_kept_when_it_ends(
    run: Run, ask: Callable[..., Any]
) -> None:
    for _ in range(2):
        assert "stopped" in ask(size=40).json["problem"]["text"]
    run.endless.clear()
    for _ in range(2):
        assert ask(size=40).json["sentence"] == "40 gives 40."
    assert run.sizes.count(40) == 3


def test_two_that_do_not_end_are_both_stopped(run: Run, ask: Callable[..., Any]) -> None:
    run.endless |= {41}
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(ask, size=size) for size in (40, 41, 40, 41)]
        texts = [f.result(WAIT_S).json["problem"]["text"] for f in found]
    assert all("was stopped" in text for text in texts)


def test_a_batch_without_end_is_stopped(run: Run, page: Page[Any, Any]) -> None:
    run.endless = {20}
    sampler = Sampler(run.batch, lambda a, b: a.merge(b), lambda _: 4)
    sampled = replace(page, experiment=replace(EXPERIMENT, sampler=sampler))
    assert answer(sampled, Params(size=20), 1)["problem"] is None
    assert "was stopped" in answer(sampled, Params(size=20), 2)["problem"]["text"]
    run.endless.clear()
    assert answer(sampled, Params(size=20), 2)["sampling"]["done"] == 2


def test_a_page_that_opens_on_it_says_so(page: Page[Any, Any]) -> None:
    found = layout(page, {"size": "40"})
    (meta,) = [n for n in nodes(found.to_plotly_json()) if n["props"].get("id") == "fake_page-meta"]
    assert "was stopped" in meta["props"]["data"]["first"]["problem"]["text"]


def test_the_ledger_says_so(
    run: Run, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.endless = {COUNT.params.size}
    experiment = replace(EXPERIMENT, run=run)
    entries = tuple(Entry(experiment, claim) for claim in (COUNT, MEAN))
    monkeypatch.setattr(ledger_view, "entries", lambda: entries)
    found = ledger_view.answer("fake_page.count")
    assert found == {
        "problem": {"text": "Not measured: stopped after 0.06 s of computing.", "nearest": None}
    }
    run.endless.clear()
    assert ledger_view.answer("fake_page.count")["check"]["verdict"] == "agrees"
