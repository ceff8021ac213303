"""A student's path through Chapter 1: draw, train until it bursts, choose.

By keyboard alone, by mouse alone, by finger on a phone, and by mouse in the projector's look.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Locator

from tests.browser.visit import PHONE, Visit
from tests.thorough import several

pytestmark = pytest.mark.browser

Point = tuple[float, float]

# What is in focus, by its name.
NAMED = """() => {
  const { activeElement: e } = document;
  return e.getAttribute("aria-label") || e.labels?.[0]?.textContent.trim() || e.textContent.trim();
}"""
MOST_TABS = 120


def tab_to(page: Visit, name: str, *, role: str = "", key: str = "Tab") -> None:
    """Press Tab until what is in focus has a name that begins so."""
    met = []
    for _ in range(MOST_TABS):
        page.page.keyboard.press(key)
        met.append(page.page.evaluate(NAMED))
        of_role = page.page.evaluate("document.activeElement.getAttribute('role') || ''")
        if met[-1].startswith(name) and of_role == role:
            return
    raise AssertionError(f"{name} is not reached from the keyboard: {met}")


def corners(page: Visit) -> list[Point]:
    """The corners of what is drawn, as the address writes them."""
    pairs = (knot.split("~") for knot in page.params["knots"].split("_"))
    return [(float(x), float(y)) for x, y in pairs]


def run_network(taken: Download, page: Visit, folder: Path) -> None:
    """The script runs where it was put, prints the corners and gives them to who imports it."""
    script = folder / "network.py"
    taken.save_as(script)
    knots = corners(page)
    ran = subprocess.run([sys.executable, script], capture_output=True, check=True, timeout=60)
    assert ran.stdout.decode().splitlines() == [f"z({x:g}) = {y:g}" for x, y in knots]
    check = f"from network import *\nfor x, y in {knots}: assert abs(network(x) - y) < 1e-9, x"
    subprocess.run([sys.executable, "-c", check], cwd=folder, check=True, timeout=60)


def explained(page: Visit) -> None:
    """Wait until the rate has diverged: the page says at which step, and why."""
    page.wait_until("s => s.answer.sampling.text.endsWith('diverged') && s.answer.last")
    page.settle()
    assert "diverged: that is the last finite step" in page.sentence
    why = page.button("warning")
    assert why.inner_text().startswith("Why: ηλmax = 16 is above 2(1 + β) = 2")
    assert why.locator("sub").first.inner_text() == "max"


def looks_alike(page: Visit, other: Visit) -> None:
    """The same words and numbers, in whatever look."""
    other.wait_until("s => s.answer.last")
    other.settle()
    assert other.sentence == page.sentence
    for slot in (0, 1):
        drawn = [[trace | {"colour": ""} for trace in one.drawn(slot)] for one in (page, other)]
        assert drawn[0] == drawn[1]


def chosen(page: Visit, large: str, small: str) -> None:
    """What α chooses: the least ℓ² norm where it is large, the sparse truth where it is small."""
    assert "limit's squared error is 1.29, that of the least ℓ² norm 1.29" in large
    assert "× 10⁻⁶, that of the least ℓ² norm 1.29" in small
    assert page.axis("yaxis")[0] < -5, "the sparse one is in sight"


# ---- by keyboard -----------------------------------------------------------------------------


def test_a_function_is_drawn_and_its_network_taken_away(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    page = visit("/piecewise-linear")
    keyboard = page.page.keyboard
    tab_to(page, "Skip to the figure")
    keyboard.press("Enter")
    tab_to(page, "Corner 4 of 7")
    keyboard.press("ArrowUp")
    page.wait_until("s => s.params.knots.includes('0~0.1')")
    page.settle()
    keyboard.press("Insert")
    page.wait_until("s => s.params.knots.split('_').length === 8")
    page.settle()
    tab_to(page, "Corner 7 of 8")
    keyboard.press("Delete")
    page.wait_until("s => s.params.knots.split('_').length === 7")
    page.settle()
    assert "breakpoints" in page.sentence
    tab_to(page, "Network as Python")
    with page.page.expect_download() as taken:
        keyboard.press("Enter")
    run_network(taken.value, page, tmp_path)


def test_a_rate_that_diverges_is_explained_and_shared(visit: Callable[..., Visit]) -> None:
    page = visit("/training-steps?count=16&steps=200")
    keyboard = page.page.keyboard
    tab_to(page, "learning rate", role="slider")
    keyboard.press("End")
    explained(page)
    address = page.settle_address()
    tab_to(page, "Copy link")
    keyboard.press("Enter")
    page.page.locator("#training_steps-copy-link", has_text="Copied").wait_for()
    tab_to(page, "Copy Python")
    looks_alike(page, visit(address))


def test_alpha_chooses_between_two_interpolants(visit: Callable[..., Visit]) -> None:
    page = visit("/implicit-bias")
    keyboard = page.page.keyboard
    tab_to(page, "Two parameters")
    for _ in range(3):
        keyboard.press("ArrowRight")
    page.wait_until("s => s.params.figure === 'alpha'")
    page.settle()
    # the rail stands before the tabs
    tab_to(page, "scale of the start", role="slider", key="Shift+Tab")
    said = []
    for key in ("End", "Home"):
        keyboard.press(key)
        page.settle()
        said.append(page.sentence)
    chosen(page, *said)


# ---- by hand ---------------------------------------------------------------------------------


class Hand:
    """A mouse, or a finger where the screen takes one."""

    def __init__(self, page: Visit, finger: bool) -> None:
        self.page = page
        self.finger = finger

    def press(self, place: Locator) -> None:
        """A button, a tab."""
        place.scroll_into_view_if_needed()
        if self.finger:
            place.tap()
        else:
            place.click()

    def place(self, x: float, y: float) -> Point:
        """Where the values x and y of the first figure are on the screen."""
        box = self.page.page.locator(f"#{self.page.key}-graph-0 .nsewdrag").first.bounding_box()
        assert box is not None
        (left, right), (low, high) = self.page.axis(), self.page.axis("yaxis")
        across, down = (x - left) / (right - left), (high - y) / (high - low)
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def click(self, x: float, y: float) -> None:
        """There, in the figure; until the answer has come."""
        point = self.page.page.touchscreen.tap if self.finger else self.page.page.mouse.click
        point(*self.place(x, y))
        self.page.settle()

    def drag(self, start: Point, end: Point) -> None:
        """From one place of the screen to another; until the answer has come."""
        way = [
            tuple(a + (b - a) * k / 8 for a, b in zip(start, end, strict=True)) for k in range(9)
        ]
        if self.finger:
            send = self.page.protocol.send
            for kind, points in [("touchStart", way[:1]), *(("touchMove", [p]) for p in way)]:
                at = [{"x": x, "y": y} for x, y in points]
                send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
                self.page.next_frames(1)
            send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        else:
            mouse = self.page.page.mouse
            mouse.move(*start)
            mouse.down()
            for x, y in way:
                mouse.move(x, y)
                self.page.next_frames(1)
            mouse.up()
        self.page.settle()

    def slide(self, name: str, share: float) -> None:
        """Drag a slider to a share of its length."""
        self.page.thumb(name).scroll_into_view_if_needed()
        self.page.next_frames(12)
        track, grip = self.page.part("slider", name), self.page.thumb(name)
        whole, held = track.bounding_box(), grip.bounding_box()
        assert whole is not None
        assert held is not None
        y = held["y"] + held["height"] / 2
        start, end = held["x"] + held["width"] / 2, whole["x"] + share * whole["width"]
        self.drag((start, y), (end, y))


HANDS: dict[str, dict[str, Any]] = {
    "finger": PHONE,
    "mouse": {},
    "projector": {"viewport": {"width": 1920, "height": 1080}},
    "small projector": {"viewport": {"width": 1280, "height": 720}},
}


@pytest.mark.parametrize("kind", several([*HANDS], 2))
def test_the_same_path_by_hand(visit: Callable[..., Visit], tmp_path: Path, kind: str) -> None:
    look = "view=projector" if "projector" in kind else ""
    page = visit(f"/piecewise-linear?{look}", **HANDS[kind])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hand = Hand(page, kind == "finger")
    # one is added, one is moved, one is taken away
    hand.click(1.5, 1.2)
    hand.drag(hand.place(0.0, 0.0), hand.place(0.2, -1.0))
    hand.click(-1.2, -0.6)
    drawn = [
        (-1.8, -1.5),
        (-0.6, 0.9),
        (0.2, -1.0),
        (0.6, 1.5),
        (1.2, -0.3),
        (1.5, 1.2),
        (1.8, 0.3),
    ]
    assert corners(page) == [pytest.approx(point, abs=0.04) for point in drawn]
    with page.page.expect_download() as taken:
        hand.press(page.page.get_by_role("button", name="Network as Python"))
    run_network(taken.value, page, tmp_path)

    page.open(f"/training-steps?count=16&steps=200&{look}")
    hand.slide("rate", 0.995)
    explained(page)
    ring = "e => getComputedStyle(e.closest('.control-slider')).outlineStyle"
    assert page.thumb("rate").evaluate(ring) == "none", "no frame around what is held"
    hand.press(page.button("copy-link"))
    page.page.locator("#training_steps-copy-link", has_text="Copied").wait_for()
    link = page.page.evaluate("navigator.clipboard.readText()")
    looks_alike(page, visit(link, **HANDS[kind]))
    page.page.bring_to_front()

    page.open(f"/implicit-bias?{look}")
    hand.press(page.page.locator(".tabs label").get_by_text("Kernel to rich", exact=True))
    page.wait_until("s => s.params.figure === 'alpha'")
    said = []
    for share in (0.995, 0.005):
        hand.slide("alpha", share)
        said.append(page.sentence)
    chosen(page, *said)
