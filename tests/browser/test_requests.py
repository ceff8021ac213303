"""One figure request in flight, the newest value next, no answer that nobody waits for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.thorough import several

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels?figure=map&activation=tanh"
ANSWERS = "**/answer/**"


@pytest.mark.parametrize("delay", several([200, 0], 1))
def test_dragging_asks_one_at_a_time(visit, delay) -> None:
    """With answers 200 ms late: still never two at once, and the figure moves on the way."""
    page = visit(PAGE)
    page.page.evaluate(
        "ms => { seen.delay = ms; seen.watch(); seen.most = 0; seen.paints = []; }", delay
    )
    before = len(page.requests())
    page.drag("weight_variance", answers=3)
    # What is painted until here has been painted while dragging.
    paints = page.page.evaluate("seen.answersPainted()")
    page.settle()
    assert page.page.evaluate("seen.most") == 1
    assert paints >= 3
    assert len(page.requests()) - before >= 3
    assert page.setting(page.requests()[-1]) == page.params
    shown = float(page.thumb("weight_variance").get_attribute("aria-valuenow"))
    assert page.params["weight_variance"] == pytest.approx(shown)
    assert page.params["weight_variance"] > 4


def test_a_failed_answer_does_not_lock_the_page(visit) -> None:
    page = visit(PAGE)
    figure = page.drawn()
    page.page.route(ANSWERS, lambda route: route.fulfill(status=500, body="no"))
    with page.page.expect_response(lambda r: r.status == 500):
        page.thumb("depth").press("Home")
    page.page.wait_for_timeout(600)
    assert page.drawn() == figure
    page.page.unroute(ANSWERS)
    page.press("depth", "ArrowRight")
    assert page.drawn() != figure
    assert page.page.locator(".slots.waiting").count() == 0
    assert page.errors
    page.errors.clear()


def test_a_failed_answer_is_said(visit) -> None:
    """An old figure beside new controls must not pass for the answer."""
    page = visit(PAGE)
    page.page.route(ANSWERS, lambda route: route.abort())
    page.thumb("depth").press("ArrowRight")
    page.page.locator(".notice").locator("visible=true").wait_for()
    page.page.unroute(ANSWERS)
    page.press("depth", "ArrowRight")
    assert page.page.locator(".notice").locator("visible=true").count() == 0
    page.errors.clear()


def test_a_page_that_has_been_left_says_nothing(visit) -> None:
    """Its request fails, and its patience ends, where nothing of the page is there any more."""
    page = visit(PAGE)
    page.page.evaluate("seen.delay = 4500")
    page.thumb("depth").press("ArrowRight")
    page.page.wait_for_function("() => seen.open === 1")
    page.page.locator(".brand").click()
    page.page.locator("a.card").first.wait_for()
    page.page.wait_for_function("() => seen.open === 0")
    assert page.page.locator(".notice").locator("visible=true").count() == 0


def test_a_late_answer_is_dropped(visit) -> None:
    """The first answer is held for 1.5 s; the gate gives it up after 10 s, moved here by hand."""
    page = visit(PAGE)
    page.page.evaluate("seen.delay = 1500")
    page.thumb("depth").press("Home")
    page.page.wait_for_function("() => seen.open === 1")
    page.state("s => { s.sentAt -= 20000; seen.delay = 0; }")
    page.thumb("depth").press("End")
    page.settle()
    newest = page.drawn(), page.sentence
    assert page.params["depth"] == 10_000
    page.page.wait_for_function("() => seen.open === 0")
    page.page.wait_for_timeout(300)
    assert (page.drawn(), page.sentence) == newest


def test_an_answer_with_an_old_token_is_dropped(visit) -> None:
    page = visit(PAGE)
    before = page.drawn(), page.sentence
    page.state(
        """(s) => window.dow.arrive(s,
             { ...s.answer, token: s.token - 1, sentence: "stale", figures: [] })"""
    )
    page.page.wait_for_timeout(300)
    assert (page.drawn(), page.sentence) == before


def test_too_much_work_is_a_notice_with_a_way_out(visit) -> None:
    """Whatever page has a setting over the budget: the notice, and the button that repairs it."""
    page = visit(PAGE)
    page.state(
        """(s) => window.dow.arrive(s, { token: s.token, index: 0,
             problem: { text: "Too much.", nearest: { ...s.params, depth: 50 } } })"""
    )
    notice = page.page.locator(f"#{page.key}-problem")
    notice.locator("visible=true").wait_for()
    assert "Too much." in notice.inner_text()
    notice.locator("button").click()
    page.settle()
    assert page.params["depth"] == 50
    assert not notice.is_visible()


def test_figures_come_when_plotly_does(visit) -> None:
    page = visit("/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.page.route("**/assets/plotly*", hold)
    page.page.goto(PAGE, wait_until="commit")
    page.thumb("depth").wait_for()
    page.page.wait_for_function("() => window.dow.pages.gp_kernels?.meta")
    page.thumb("depth").press("End")
    page.page.wait_for_timeout(500)
    assert page.page.locator(".main-svg").count() == 0
    held[0].continue_()
    page.settle()
    assert page.params["depth"] == 10_000
    assert page.drawn()
    assert page.page.locator(f"#{page.key}-problem").is_hidden()


def test_a_page_without_plotly_says_so(visit) -> None:
    page = visit("/")
    page.page.route("**/assets/plotly*", lambda route: route.abort())
    page.page.goto(PAGE)
    page.page.get_by_text("could not be loaded").wait_for()
    assert page.page.locator(f"#{page.key}-problem").is_visible()
    page.errors.clear()
