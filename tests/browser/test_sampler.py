"""Progressive samples: batch after batch, paused, continued, dropped, done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from components.page import link
from compute.experiment import BUDGET_MS, Experiment
from compute.experiments import EXPERIMENTS
from compute.params import parameters

pytestmark = pytest.mark.browser

SAMPLED = pytest.mark.parametrize(
    "experiment", [e for e in EXPERIMENTS if e.sampler], ids=lambda e: e.key
)
DONE = "s => s.answer.sampling.done"


def settings(experiment: Experiment[Any, Any]) -> Iterator[Any]:
    """The default of every tab, and each of its whole numbers moved along its ladder."""
    specs = parameters(experiment.params)
    tabs = [name for name, _ in specs["figure"].choices] if "figure" in specs else [None]
    for tab in tabs:
        default = experiment.params() if tab is None else experiment.params(figure=tab)
        yield default
        for name, spec in specs.items():
            if spec.kind == "integer":
                yield from (replace(default, **{name: int(v)}) for v in spec.ladder or ())


def sampling(visit: Any, experiment: Experiment[Any, Any], fewest: int, most: int) -> Any:
    """A visit to a setting whose tab draws a sample of that many batches."""
    silent = set()
    for params in settings(experiment):
        tab = getattr(params, "figure", None)
        fits = fewest <= experiment.sampler.batches(params) <= most
        if tab in silent or not fits or experiment.work(params) > BUDGET_MS:
            continue
        page = visit(link(experiment, params))
        if page.button("progress").is_visible():
            return page
        silent.add(tab)
    raise AssertionError(f"{experiment.key} never samples")


@SAMPLED
def test_it_counts_pauses_continues_and_stops(visit, experiment) -> None:
    page = sampling(visit, experiment, 15, 500)
    page.wait_until("s => s.answer.sampling.done >= 2")
    assert float(page.button("progress").get_attribute("value")) >= 2
    words = page.button("sampled").inner_text()
    assert words

    page.button("pause").click()
    assert page.button("pause").inner_text() == "Continue"
    page.page.wait_for_timeout(500)
    paused = page.state(DONE)
    requests = len(page.all_requests())
    page.page.wait_for_timeout(500)
    assert page.state(DONE) == paused
    assert len(page.all_requests()) == requests

    page.button("pause").click()
    page.wait_until("(s, n) => s.answer.sampling.done > n", paused)
    assert page.button("sampled").inner_text() != words

    page.button("stop").click()
    page.wait_until("s => s.answer.sampling.done === 0")
    page.page.wait_for_timeout(500)
    assert page.state(DONE) == 0
    page.button("replay").click()
    page.wait_until("s => s.answer.sampling.done >= 1")


@SAMPLED
def test_it_goes_up_by_one_and_asks_nothing_when_it_is_done(visit, experiment) -> None:
    page = sampling(visit, experiment, 3, 8)
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    page.page.wait_for_timeout(600)
    indices = [request["index"] for request in page.all_requests()]
    total = page.state("s => s.answer.sampling.total")
    assert indices == list(range(1, total + 1)), "the first answer came with the page"
    assert page.page.evaluate("seen.most") == 1


@SAMPLED
def test_a_change_during_a_batch_shows_only_the_new_setting(visit, experiment) -> None:
    """The running batch is not waited for, and its late answer is dropped."""
    page = sampling(visit, experiment, 15, 500)
    page.wait_until("s => s.answer.sampling.done >= 1")
    page.page.evaluate("seen.delay = 800")
    page.page.wait_for_function("() => seen.requests.at(-1).asked > performance.now() - 200")
    page.page.wait_for_timeout(250)
    page.page.evaluate("seen.delay = 0")
    old = page.state("s => s.token")
    page.button("sample").click()
    page.wait_until("(s, old) => s.answer.token > old && s.answer.token === s.token", old)
    newest = f"seed={page.params['seed']}"
    page.page.wait_for_timeout(1000)
    assert newest in page.state("s => s.answer.query")
    page.wait_until("s => s.answer.sampling.done >= 2")
    assert newest in page.settle_address()
