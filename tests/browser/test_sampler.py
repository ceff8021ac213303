"""Progressive samples: batch after batch, paused, continued, dropped, done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from components.page import Page, link
from components.registry import built_pages
from compute.experiment import ALWAYS_MS
from compute.experiments import EXPERIMENTS
from compute.params import parameters
from tests.browser.visit import Visit
from tests.thorough import several

pytestmark = pytest.mark.browser

SAMPLERS = [e.key for e in EXPERIMENTS if e.sampler]
DONE = "s => s.answer.sampling.done"


def settings(page: Page) -> Iterator[Any]:
    """The default of every tab, and each of its whole numbers moved along its ladder."""
    params = page.experiment.params
    specs = parameters(params)
    tabs = [name for name, _ in specs["figure"].choices] if "figure" in specs else [None]
    for tab in tabs:
        default = params() if tab is None else params(figure=tab)
        yield default
        for name, spec in specs.items():
            if spec.kind == "integer":
                yield from (replace(default, **{name: int(v)}) for v in spec.ladder or ())


def sampling(key: str, fewest: int, most: int) -> str:
    """The address of a setting whose tab draws a sample of that many batches."""
    page = built_pages()[key]
    for params in settings(page):
        if fewest <= page.batches(params) <= most and page.experiment.work(params) <= ALWAYS_MS:
            return link(page.experiment, params)
    raise AssertionError(f"{key} never samples")


@pytest.fixture(scope="module")
def drawing(
    request: pytest.FixtureRequest, application: Any, usual: BrowserContext, server: str
) -> Iterator[Visit]:
    """A visit to a page that draws a long sample."""
    visit = Visit(usual, server)
    visit.page.emulate_media(reduced_motion="reduce")
    visit.open(sampling(request.param, 15, 500))
    yield visit
    visit.close()
    assert visit.errors == []
    assert visit.strangers == []


# The gate is one for all pages: a few of them are enough here.
long_sample = pytest.mark.parametrize("drawing", several(SAMPLERS, 2), indirect=True)


@long_sample
def test_it_counts_pauses_continues_and_stops(drawing: Visit) -> None:
    page = drawing
    page.wait_until("s => s.answer.sampling.done >= 2")
    assert float(page.button("progress").get_attribute("value")) >= 2

    page.button("pause").click()
    assert page.button("pause").inner_text() == "Continue"
    # A batch that was under way still arrives.
    page.page.wait_for_function("() => seen.open === 0")
    page.page.wait_for_timeout(500)
    paused, words = page.state(DONE), page.button("sampled").text_content()
    assert words
    requests = len(page.all_requests())
    page.page.wait_for_timeout(500)
    assert page.state(DONE) == paused
    assert len(page.all_requests()) == requests

    page.button("pause").click()
    # Several batches may make up what the words count.
    page.page.wait_for_function(
        "([id, words]) => document.getElementById(id).textContent !== words",
        arg=[f"{page.key}-sampled", words],
    )
    assert page.state(DONE) > paused

    page.button("stop").click()
    page.wait_until("s => s.answer.sampling.done === 0")
    page.page.wait_for_timeout(500)
    assert page.state(DONE) == 0
    page.button("replay").click()
    page.wait_until("s => s.answer.sampling.done >= 1")


@long_sample
def test_a_change_during_a_batch_shows_only_the_new_setting(drawing: Visit) -> None:
    """The running batch is not waited for, and its late answer is dropped."""
    page = drawing
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


def test_a_lost_batch_is_told_and_the_sample_can_be_continued(application, visit) -> None:
    # a context of its own, whose network can be cut
    page = visit(sampling("region_counts", 15, 500), locale="en-GB")
    page.wait_until("s => s.answer.sampling.done >= 1")
    page.context.set_offline(True)
    page.button("problem").get_by_text("press Continue").wait_for()
    page.context.set_offline(False)
    done = page.state(DONE)
    assert page.button("pause").inner_text() == "Continue"
    page.button("pause").click()
    page.wait_until("(s, done) => s.answer.sampling.done > done", done)
    assert not page.button("problem").is_visible()
    page.errors.clear()


def test_no_batch_is_asked_for_while_a_slider_moves(visit) -> None:
    page = visit("/gp-kernels?networks=20000&width=64")
    page.wait_until("s => s.answer.sampling.done >= 1")
    page.thumb("depth").focus()
    before = len(page.all_requests())
    answered = "n => seen.requests.filter((r) => r.index === 0 && r.answered).length >= n"
    for answers in range(1, 7):
        page.page.keyboard.press("ArrowLeft")
        page.page.wait_for_function(answered, arg=answers)
    page.settle()
    requests = page.all_requests()[before:]
    first = [at for at, request in enumerate(requests) if request["index"] == 0]
    assert len(first) >= 3
    for answer, batch in pairwise(requests[first[0] :]):
        if batch["index"] == 1:  # the keys may be further apart than the rest that is waited for
            assert batch["asked"] - answer["answered"] >= 250
    page.wait_until("s => s.answer.sampling.done >= 1")


@pytest.mark.parametrize("key", several(SAMPLERS, 2))
def test_it_goes_up_by_one_and_asks_nothing_when_it_is_done(application, visit, key) -> None:
    page = visit(sampling(key, 3, 24))
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    page.page.wait_for_timeout(600)
    indices = [request["index"] for request in page.all_requests()]
    total = page.state("s => s.answer.sampling.total")
    assert indices == list(range(1, total + 1)), "the first answer came with the page"
    assert page.page.evaluate("seen.most") == 1


# Those whose tabs leave the least room beside them, in the window of a small laptop.
@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("key", several(["finite_width", "gp_limit"], 1))
def test_the_words_of_a_sample_move_nothing(key: str, visit: Callable[..., Visit]) -> None:
    page = visit(sampling(key, 3, 500), viewport={"width": 1280, "height": 720})
    page.wait_until("s => s.answer.sampling.done >= 3")
    assert page.shifted <= 0.01
