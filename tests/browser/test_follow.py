"""Follow the lecturer: two browsers, one of which leads."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from compute.params import tabs
from tests.browser.conftest import SECRET

pytestmark = pytest.mark.browser

# A browser of its own, for whoever follows; films are played there.
OWN = {"color_scheme": "light"}
PAGE = "/gp-kernels"


@pytest.fixture
def room(visit):
    """A lecturer who has opened a room, and its link."""
    lecturer = visit("/teach")
    page = lecturer.page
    page.locator("#room-secret").fill("not the secret")
    page.get_by_role("button", name="Open a room").click()
    expect(page.locator(".room-form [role=status]")).to_contain_text("not the secret")
    page.locator("#room-secret").fill(SECRET)
    page.get_by_role("button", name="Open a room").click()
    expect(page.locator(".room-card img")).to_have_js_property("complete", True)
    assert page.locator(".room-card img").evaluate("image => image.naturalWidth") > 100
    link = page.locator("#room-link").inner_text()
    lecturer.errors.clear()  # of the wrong secret
    return lecturer, link.removeprefix(lecturer.address)


def go(lecturer, path: str) -> None:
    """The lecturer follows a link of the navigation."""
    lecturer.page.locator("#burger").click()
    lecturer.page.locator(f"#navigation a[href='{path}']").click()
    lecturer.page.locator(".slot.drawn .main-svg").first.wait_for()
    lecturer.settle()


def bar(one):
    return one.page.locator("#room")


def press(one, name: str) -> None:
    bar(one).get_by_role("button", name=name).click()


def arrives(student, lecturer) -> None:
    """Both show the same setting."""
    want = lecturer.settle_address()
    student.page.wait_for_function("want => location.pathname + location.search === want", arg=want)
    student.settle()


def test_a_class_follows_page_setting_tab_look_and_frame(room, visit) -> None:
    lecturer, link = room
    student = visit(link, **OWN)
    assert student.location == "/"
    expect(bar(student)).to_contain_text("You follow the lecturer")
    go(lecturer, PAGE)
    student.page.locator(".slot.drawn .main-svg").first.wait_for()
    arrives(student, lecturer)
    lecturer.press("depth", "PageUp")
    arrives(student, lecturer)
    assert student.params == lecturer.params
    lecturer.button("pin").click()
    lecturer.press("depth", "ArrowUp")
    arrives(student, lecturer)
    assert "b" in student.query
    tab = next(name for name in tabs(lecturer.experiment.params) if name != "depth")
    lecturer.choose("figure", tab)
    arrives(student, lecturer)
    lecturer.look("Dark")
    student.page.wait_for_function("() => document.documentElement.dataset.look === 'dark'")
    # it is the lecturer's look, not one that this browser has chosen
    assert student.page.evaluate("localStorage.getItem('look')") is None
    go(lecturer, "/ntk-regime")
    student.page.wait_for_function("() => location.pathname === '/ntk-regime'")
    student.page.locator(".player button").first.wait_for()
    for visitor in (lecturer, student):
        visitor.wait_until("s => s.player && s.answer")
    lecturer.state("s => { s.player.play(false); s.player.go(7); }")
    student.wait_until("s => s.player.at === 7 && !s.player.playing")


def test_a_student_lets_go_and_comes_back_and_a_reload_keeps_the_place(room, visit) -> None:
    lecturer, link = room
    go(lecturer, PAGE)
    lecturer.press("depth", "ArrowUp")
    student = visit(link, **OWN)
    arrives(student, lecturer)
    student.press("depth", "Home")
    expect(bar(student)).to_contain_text("The page is yours")
    lecturer.press("depth", "ArrowUp")
    student.page.reload()
    student.settle()
    expect(bar(student)).to_contain_text("The page is yours")
    assert student.params["depth"] == 1
    press(student, "Back to the lecturer")
    arrives(student, lecturer)
    expect(bar(student)).to_contain_text("You follow the lecturer")
    student.page.reload()
    arrives(student, lecturer)
    press(student, "Let go")
    expect(bar(student)).to_contain_text("The page is yours")
    # the lecturer reloads, too, and still leads
    lecturer.page.reload()
    lecturer.settle()
    lecturer.press("depth", "PageUp")
    press(student, "Back to the lecturer")
    arrives(student, lecturer)
    # going back in the browser is a way to let go
    go(lecturer, "/depth-and-width")
    student.page.wait_for_function("() => location.pathname === '/depth-and-width'")
    arrives(student, lecturer)
    student.page.go_back()
    expect(bar(student)).to_contain_text("The page is yours")


def test_the_lecturer_locks_pauses_and_closes(room, visit) -> None:
    lecturer, link = room
    go(lecturer, PAGE)
    student = visit(link, **OWN)
    press(lecturer, "Lock")
    expect(bar(student)).to_contain_text("holds the page")
    assert bar(student).locator("button").count() == 0
    student.thumb("depth").focus()
    student.page.keyboard.press("Home")
    arrives(student, lecturer)
    press(lecturer, "Unlock")
    press(lecturer, "Pause")
    expect(bar(student)).to_contain_text("paused")
    before = student.location
    lecturer.press("depth", "PageUp")
    expect(bar(lecturer)).to_contain_text("nobody sees")
    assert student.location == before
    press(lecturer, "Go on")
    arrives(student, lecturer)
    press(lecturer, "Close room")
    expect(bar(student)).to_contain_text("closed")
    press(student, "Close")
    expect(bar(student)).to_be_hidden()
    expect(bar(lecturer)).to_be_hidden()
    student.errors.clear()  # of the room that is there no more
