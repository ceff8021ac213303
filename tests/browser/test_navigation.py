"""Finding one's way: skip link, burger, map, unknown addresses."""

from __future__ import annotations

import pytest

from components.contents import CONTENTS
from components.page import path_of

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels"
FOCUS = "document.activeElement"


def test_the_first_tab_offers_to_skip_to_the_page(visit) -> None:
    page = visit(PAGE).page
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUS}.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate(f"!!{FOCUS}.closest('#main')")


def test_the_burger_is_worked_by_keys(visit) -> None:
    page = visit(PAGE).page
    burger = page.locator("#burger")
    burger.focus()
    page.keyboard.press("Enter")
    page.locator("#navigation a").first.locator("visible=true").wait_for()
    assert burger.get_attribute("aria-expanded") == "true"
    reached = ""
    for _ in range(8):
        page.keyboard.press("Tab")
        reached = reached or page.evaluate(f"{FOCUS}.closest('#navigation') ? {FOCUS}.href : ''")
    assert reached
    burger.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    assert not page.locator("#navigation a").first.is_visible()
    assert burger.get_attribute("aria-expanded") == "false"
    for _ in range(4):
        page.keyboard.press("Tab")
        assert not page.evaluate(f"!!{FOCUS}.closest('#navigation')")


def test_a_link_of_the_navigation_opens_its_page_and_closes_it(visit) -> None:
    one = visit("/")
    one.page.locator("#burger").click()
    one.page.locator("#navigation a", has_text="GP kernels at depth").click()
    one.page.locator(".slot.drawn .js-plotly-plot .main-svg").first.wait_for()
    one.settle()
    one.page.wait_for_timeout(400)
    assert one.location == PAGE
    assert not one.page.locator("#navigation a").first.is_visible()


def test_planned_pages_are_no_links(visit) -> None:
    page = visit("/").page
    links = set(page.locator("a").evaluate_all("all => all.map((a) => a.getAttribute('href'))"))
    for entry in (e for chapter in CONTENTS for e in chapter.entries):
        assert (path_of(entry.key) in links) == entry.built, entry.key


def test_an_unknown_address_says_so_and_shows_a_way_on(visit) -> None:
    one = visit("/no-such-page")
    main = one.page.locator("#main")
    assert "/no-such-page" in main.inner_text() or "no page" in main.inner_text().lower()
    assert main.locator("a").count() >= 1
    # The browser notes the status; that is all it may complain about.
    assert all("404" in error for error in one.errors)
    one.errors.clear()
