"""Answers at addresses: the page keeps them, a proxy does, and a page outlives an update."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser.test_sampler import sampling
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels?figure=map&activation=tanh"


class Wire:
    """What reaches the server: questions that the browser has not answered from what it keeps."""

    def __init__(self, visit: Visit) -> None:
        self.asked: list[str] = []
        self._urls: dict[str, str] = {}
        protocol = visit.protocol
        protocol.on("Network.requestWillBeSent", self._sent)
        protocol.on("Network.responseReceived", self._received)
        protocol.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _received(self, event: dict[str, Any]) -> None:
        url = self._urls[event["requestId"]]
        response = event["response"]
        if "/answer/" in url and not response.get("fromDiskCache"):
            self.asked.append(url.partition("?")[2])


def kept_visit(visit: Any, path: str) -> Visit:
    """A visit in a context of its own, which has not kept anything yet."""
    return visit(path, locale="en-GB")  # type: ignore[no-any-return]


def test_a_slider_moved_there_and_back_asks_nothing_the_second_time(visit) -> None:
    page = kept_visit(visit, PAGE)
    wire = Wire(page)
    keys = ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft")
    page.press("weight_variance", *keys)
    first, drawn = len(wire.asked), page.drawn()
    assert first >= 2, "forth, at least: the first answer has come with the page"
    page.press("weight_variance", *keys)
    assert page.drawn() == drawn
    assert len(wire.asked) == first
    assert len(page.requests()) == first, "the page answers itself"
    assert len(set(wire.asked)) == first


def test_a_sample_drawn_again_asks_nothing_the_second_time(visit) -> None:
    page = kept_visit(visit, "/gp-kernels?depth=8&networks=500&width=16")
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    wire = Wire(page)
    page.button("replay").click()
    page.wait_until("s => s.answer.index === 0")
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    assert [query for query in wire.asked if "batch" in query] == []
    assert [r["index"] for r in page.all_requests()].count(1) == 1, "the page answers itself"


def test_moving_a_beside_a_pinned_b_never_asks_for_b_again(visit) -> None:
    page = kept_visit(visit, f"{PAGE}&b=figure:map,activation:erf")
    wire = Wire(page)
    page.press("weight_variance", "ArrowRight", "ArrowRight")
    assert len(wire.asked) == 2
    assert all("activation=tanh" in query for query in wire.asked), "B came with the page"
    assert page.page.locator(f"#{page.key}-sentence-b").inner_text().startswith("B: erf")
    page.button("pin").click()
    page.settle()
    page.press("weight_variance", "ArrowRight")
    assert len(wire.asked) == 3, "what is pinned has just been seen"
    assert page.page.locator(f"#{page.key}-sentence-b").inner_text().startswith("B: tanh")


def test_a_side_b_that_is_refused_is_said(visit) -> None:
    page = visit(PAGE)
    page.state("(s) => window.dow.go(s, {}, { ...s.params, depth: 1e9 })")
    notice = page.button("problem")
    notice.get_by_text("Side B: depth").wait_for()
    page.button("unpin").click()
    page.settle()
    assert not notice.is_visible()
    assert page.errors, "the browser notes the status"
    page.errors.clear()


def test_what_the_browser_spells_is_what_the_server_spells(visit) -> None:
    page = visit("/mean-field")
    for i in range(page.page.locator(".presets button").count()):
        page.button(f"preset-{i}").click()
        page.settle()
        assert page.state("s => window.dow.queryOf(s.meta.fields, s.params) === s.answer.query"), i


def test_an_open_page_outlives_an_update_and_offers_to_reload(visit) -> None:
    page = kept_visit(visit, PAGE)
    wire = Wire(page)
    offer = page.page.locator("#newer")
    assert not offer.is_visible()
    page.page.evaluate("() => { document.documentElement.dataset.digest = '0123456789abcdef'; }")
    before = page.drawn()
    with page.page.expect_response("**/answer/0123456789abcdef/**") as found:
        page.press("weight_variance", "ArrowRight")
    assert found.value.headers["cache-control"] == "no-store"
    assert page.drawn() != before
    offer.locator("visible=true").wait_for()
    page.press("weight_variance", "ArrowRight", "ArrowLeft")
    assert len(wire.asked) == 3, "nothing of it is kept"
    page.button("pin").click()
    page.settle()
    page.press("weight_variance", "ArrowRight")
    shown = page.params, page.sentence, page.state("s => s.beside.query")
    offer.get_by_role("button").click()  # at once: the address has to follow first
    page.page.wait_for_function("document.documentElement.dataset.digest !== '0123456789abcdef'")
    page.page.wait_for_function("() => window.dow?.pages.gp_kernels?.answer")
    page.settle()
    assert (page.params, page.sentence, page.state("s => s.beside.query")) == shown
    assert not offer.is_visible()


def test_batches_that_the_server_no_longer_has_are_drawn_again(application, visit) -> None:
    """Those that the browser has kept do not help: it asks for all of them afresh."""
    page = kept_visit(visit, sampling("region_counts", 15, 500))
    page.wait_until("s => s.answer.sampling.done >= 2")
    page.button("pause").click()
    page.page.wait_for_function("() => seen.open === 0")
    page.page.wait_for_timeout(300)
    done = page.state("s => s.answer.sampling.done")
    refusal = '{"problem": {"text": "gone", "nearest": null}, "restart": true, "digest": "%s"}'
    digest = page.page.evaluate("document.documentElement.dataset.digest")

    def forget(route: Route) -> None:
        if f"/{digest}/" in route.request.url and "batch=" in route.request.url:
            route.fulfill(body=refusal % digest, content_type="application/json")
        else:
            route.continue_()

    page.page.route("**/answer/**", forget)
    before = len(page.asked)
    page.button("pause").click()
    page.wait_until("(s, done) => s.answer.sampling?.done > done", done)
    asked = [re.sub(r".*/answer/(\w+)/.*?(batch=\d+)?$", r"\1 \2", a) for a in page.asked[before:]]
    assert asked[0] == f"{digest} batch={done + 1}"
    assert asked[1:4] == ["afresh ", "afresh batch=1", "afresh batch=2"]
    assert not page.page.locator("#newer").is_visible()
    assert not page.button("problem").is_visible()


def test_a_page_that_asks_too_much_says_so_and_goes_on_by_itself(visit) -> None:
    page = visit(PAGE)
    page.stop_sampling()
    refused: list[str] = []
    body = '{"problem": {"text": "Too much is asked.", "nearest": null}, "wait": 1, "digest": "x"}'

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=429, body=body, content_type="application/json")

    page.page.route("**/answer/**", refuse, times=1)
    page.thumb("depth").focus()
    page.page.keyboard.press("ArrowRight")
    page.button("problem").get_by_text("Too much is asked.").wait_for()
    page.settle()
    assert page.params["depth"] == 1300
    assert not page.button("problem").is_visible()
    assert len(refused) == 1
    page.errors.clear()  # the browser itself reports the 429


# The dots of a side of the first figure, with their error bars.
DOTS = """(side) => JSON.stringify(document.getElementById(`gp_kernels-${side}-0`)._fullData
  .filter(({ error_y }) => error_y.visible)
  .map(({ x, y, error_y }) => [x, y, error_y.array].map((values) => Array.from(values))))"""


def test_side_b_is_measured_too(visit) -> None:
    """Two identical settings show the same dots, and B keeps its own when A is moved away."""
    page = kept_visit(
        visit,
        "/gp-kernels?depth=8&networks=500&width=16&b=depth:8,networks:500,width:16",
    )
    page.wait_until("s => s.answer.last")
    page.settle()
    dots = page.page.evaluate(DOTS, "graph")
    assert dots != "[]"
    assert page.page.evaluate(DOTS, "beside") == dots
    said = [
        page.page.locator(f"#{page.key}-{name}").inner_text() for name in ("sentence", "sentence-b")
    ]
    assert said[0].removeprefix("A: ") == said[1].removeprefix("B: ")
    wire = Wire(page)
    page.press("depth", "ArrowRight")
    page.wait_until("s => s.answer.last")
    page.settle()
    assert page.page.evaluate(DOTS, "beside") == dots
    assert page.page.evaluate(DOTS, "graph") not in {dots, "[]"}
    assert not [query for query in wire.asked if "depth=8" in query], "B is not drawn again"
