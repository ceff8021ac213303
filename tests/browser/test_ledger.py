"""The ledger in the browser: the same conversation as a page's, claim after claim."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Route

from components.ledger_view import batches_of, key_of
from compute.ledger import entries
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

SAMPLED = min((e for e in entries() if batches_of(e) > 3), key=batches_of)
EXACT = next(e for e in entries() if not batches_of(e))
KEY, TOTAL = key_of(SAMPLED), batches_of(SAMPLED)
# Not over before a page has been left; no other test asks for it, so the server does not know it.
LONG = key_of(min((e for e in entries() if batches_of(e) > max(10, TOTAL)), key=batches_of))


def row(visit: Visit, key: str) -> Locator:
    """The row of a claim."""
    return visit.page.locator(f"#ledger tr[data-key='{key}']")


def asked(visit: Visit, key: str) -> list[int]:
    """The batches of a claim that have been asked for, in order."""
    return [r["index"] for r in visit.all_requests() if r["words"].get("claim") == key]


def test_an_exact_claim_is_one_question(visit) -> None:
    page = visit("/claims")
    row(page, key_of(EXACT)).locator("[data-run]").click()
    row(page, key_of(EXACT)).locator(".verdict").first.wait_for()
    assert asked(page, key_of(EXACT)) == [0]
    assert "1 of" in page.page.locator("#ledger-summary").inner_text()


def test_a_sampled_claim_is_paused_goes_on_and_is_one_question_ever_after(visit) -> None:
    page = visit("/claims")
    here = row(page, KEY)
    page.page.evaluate("seen.delay = 150")
    here.locator("[data-run]").click()
    here.locator("progress").wait_for()
    page.page.wait_for_function("() => seen.requests.at(-1).index >= 2")
    page.page.locator("#ledger-pause").click()
    page.page.wait_for_function("() => seen.open === 0")
    page.page.wait_for_timeout(400)
    before = asked(page, KEY)
    page.page.wait_for_timeout(400)
    assert asked(page, KEY) == before
    assert page.page.locator("#ledger-pause").inner_text() == "Continue"
    page.page.evaluate("seen.delay = 0")
    page.page.locator("#ledger-pause").click()
    here.locator(".outcome .verdict").wait_for()
    assert page.page.evaluate("seen.most") == 1
    assert asked(page, KEY) == [*before, 0, *range(len(before), TOTAL + 1)], "batches are kept"
    again = visit("/claims")
    row(again, KEY).locator("[data-run]").click()
    row(again, KEY).locator(".outcome .verdict").wait_for()
    assert asked(again, KEY) == [0]


def test_a_lost_answer_is_told_and_the_next_claim_is_asked(visit) -> None:
    page = visit("/claims")
    keys = [key_of(e) for e in entries() if not batches_of(e)][:2]

    def lose(route: Route) -> None:
        if keys[0] in route.request.url:
            route.abort()
        else:
            route.continue_()

    page.page.route("**/answer/**", lose)
    page.page.evaluate("seen.delay = 200")
    for key in keys:
        row(page, key).locator("[data-run]").click()
    row(page, keys[1]).locator(".verdict").first.wait_for()
    assert "gave no answer" in row(page, keys[0]).locator(".outcome").inner_text()
    assert page.errors
    page.errors.clear()


def test_forgotten_batches_are_drawn_again_once(visit) -> None:
    page = visit("/claims")
    digest = page.page.evaluate("document.documentElement.dataset.digest")
    body = '{"problem": {"text": "gone", "nearest": null}, "restart": true, "digest": "%s"}'

    def forget(route: Route) -> None:
        if f"/{digest}/" in route.request.url:
            route.fulfill(body=body % digest, content_type="application/json")
        else:
            route.continue_()

    page.page.route("**/answer/**", forget)
    row(page, KEY).locator("[data-run]").click()
    row(page, KEY).locator(".outcome .verdict").wait_for()
    assert asked(page, KEY)[:2] == [0, 0]
    page.page.unroute("**/answer/**")
    page.page.route(
        "**/answer/**",
        lambda route: route.fulfill(body=body % digest, content_type="application/json"),
    )
    row(page, key_of(EXACT)).locator("[data-run]").click()
    row(page, key_of(EXACT)).get_by_text("gone").wait_for()
    assert asked(page, key_of(EXACT)) == [0, 0], "no more than once"


def test_a_page_that_has_been_left_stops_and_comes_back_paused(visit) -> None:
    page = visit("/claims")
    page.page.evaluate("seen.delay = 400")
    row(page, LONG).locator("[data-run]").click()
    row(page, LONG).locator("progress").wait_for()
    page.page.locator(".brand").click()
    page.page.locator("a.card").first.wait_for()
    page.page.wait_for_function("() => seen.open === 0")
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("seen.open") == 0
    page.page.go_back()
    row(page, LONG).wait_for()
    page.page.locator("#ledger-pause", has_text="Continue").wait_for()
    page.page.evaluate("seen.delay = 0")
    page.page.locator("#ledger-pause").click()
    row(page, LONG).locator(".outcome .verdict").wait_for()
