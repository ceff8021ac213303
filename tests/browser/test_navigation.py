"""Finding one's way: skip link, burger, map, unknown addresses."""

from __future__ import annotations

import pytest

from components.contents import CONTENTS
from components.page import path_of
from tests.thorough import several

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels"
FOCUS = "document.activeElement"


@pytest.mark.parametrize("width", several([390, 1440], 1))
def test_the_first_tab_offers_to_skip_to_the_figure_and_the_next_to_the_page(visit, width) -> None:
    page = visit(PAGE).page
    page.set_viewport_size({"width": width, "height": 800})
    for name, target in (("figure", "figure"), ("page", "main")):
        page.keyboard.press("Tab")
        assert page.evaluate(f"[{FOCUS}.className, {FOCUS}.textContent]") == [
            "skip",
            f"Skip to the {name}",
        ]
        assert page.locator(".skip:focus").bounding_box()["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate(f"{FOCUS}.id") == target
        page.keyboard.press("Tab")
        assert page.evaluate(f"!!{FOCUS}.closest('#main')")
        page.locator(".skip").first.focus()
    title = page.locator("#gp_kernels-0-slot").get_attribute("aria-label")
    assert page.get_by_role("group", name=title, exact=True).get_attribute("id") == "figure"
    figure = page.locator("#figure").bounding_box()
    assert 0 <= figure["y"] < figure["y"] + figure["height"] <= 800, "all of it is on the screen"


def test_a_sheet_has_no_figure_to_skip_to(visit) -> None:
    page = visit("/errata").page
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.textContent") == "Skip to the page"


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
    page.locator("#navigation a").first.wait_for(state="hidden")
    assert burger.get_attribute("aria-expanded") == "false"
    for _ in range(4):
        page.keyboard.press("Tab")
        assert not page.evaluate(f"!!{FOCUS}.closest('#navigation')")


def test_a_link_of_the_navigation_opens_its_page_and_closes_it(visit) -> None:
    one = visit("/")
    one.page.locator("#burger").click()
    one.page.locator("#navigation a", has_text="GP kernels at depth").click()
    one.page.locator(".slot.drawn .js-plotly-plot .main-svg").first.wait_for()
    assert one.settle_address() == PAGE
    one.page.locator("#navigation a").first.wait_for(state="hidden")


def test_a_clicker_steps_through_presets_and_on_to_the_next_page(visit) -> None:
    """On a projector; each with its reason, and back again."""
    here = visit("/gp-kernels?view=projector&activation=tanh&weight_variance=4"
                 "&bias_variance=0.3&correlation=0.99&depth=200")  # fmt: skip
    reason = here.page.locator("#gp_kernels-reason")
    assert reason.inner_text() == "χ > 1: close inputs are torn apart"
    here.page.keyboard.press("PageUp")
    here.wait_until("s => s.params.figure === 'plane'")
    here.settle()
    assert reason.inner_text() == "χ ≈ 1: signals reach thousands of layers"
    assert here.button("preset-5").get_attribute("aria-pressed") == "true"
    here.press("depth", "PageDown")
    assert here.params["weight_variance"] == 4, "a slider that has the focus does not take it"
    here.page.keyboard.press("PageDown")
    here.page.locator("#finite_width-slots").wait_for()
    here.settle()
    assert here.page.evaluate("scrollY") == 0
    here.page.keyboard.press("PageUp")
    here.page.locator("#gp_kernels-slots").wait_for()
    here.settle()
    assert here.page.url.startswith(f"{here.address}/gp-kernels")


def test_without_a_server_the_page_and_its_address_stay(visit) -> None:
    here = visit(PAGE)
    here.context.set_offline(True)
    here.page.locator("#burger").click()
    here.page.locator("#navigation a").first.click()
    here.page.locator("#away").wait_for()
    here.context.set_offline(False)
    here.page.wait_for_url(f"**{PAGE}")
    assert here.page.locator("h1").inner_text() == "What survives infinite depth?"
    here.errors.clear()


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


def test_a_claim_is_seen_with_its_numbers_above_the_figure(visit) -> None:
    """From the ledger; they follow the controls, give way to another claim, and go at a reset."""
    here = visit("/claims")
    here.page.locator("#claim-gp_kernels-relu_gap_law").get_by_text("See it").click()
    chosen = here.page.locator("#gp_kernels-chosen")
    chosen.locator(".verdict.agrees").wait_for()
    here.settle()
    assert "at ℓ = 10000" in chosen.inner_text()
    graph = here.page.locator("#gp_kernels-graph-0").bounding_box()
    assert graph["y"] + graph["height"] <= 900
    assert chosen.bounding_box()["y"] < graph["y"]
    here.press("depth", "ArrowLeft")
    assert "at ℓ = 8000" in chosen.inner_text()
    here.settle_address()
    assert here.page.url.endswith("#claim-relu_gap_law")
    link = here.page.url
    more = here.page.locator("#gp_kernels-more")
    assert more.inner_text().endswith(" more claims of this page, at other settings")
    more.click()
    here.page.locator("#gp_kernels-show-tanh_law").click()
    here.wait_until("s => s.params.activation === 'tanh'")
    here.settle()
    own = here.page.locator("#gp_kernels-claim-tanh_law").inner_text()
    assert chosen.inner_text().endswith(own)
    here.button("reset").click()
    here.settle()
    assert chosen.inner_text() == ""
    assert here.settle_address() == "/gp-kernels"
    assert "#" not in here.page.url
    here.page.go_back()
    chosen.get_by_text("measured").wait_for()
    here.settle()
    assert chosen.inner_text().endswith(own)
    again = visit(link.removeprefix(here.address))
    again.page.locator("#gp_kernels-chosen").get_by_text("at ℓ = 8000").wait_for()
