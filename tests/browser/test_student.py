"""A student's path through Chapter 1, by keyboard alone: draw, train until it bursts, choose."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

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
    assert "breakpoints" in page.sentence
    tab_to(page, "Network as Python")
    with page.page.expect_download() as taken:
        keyboard.press("Enter")
    script = tmp_path / "network.py"
    taken.value.save_as(script)
    knots = [tuple(map(float, k.split("~"))) for k in page.params["knots"].split("_")]
    ran = subprocess.run([sys.executable, script], capture_output=True, check=True, timeout=60)
    assert ran.stdout.decode().count("z(") == len(knots), "it prints what the figure shows"
    check = f"from network import *\nfor x, y in {knots}: assert abs(network(x) - y) < 1e-9, x"
    subprocess.run([sys.executable, "-c", check], cwd=tmp_path, check=True, timeout=60)


def test_a_rate_that_diverges_is_explained_and_shared(visit: Callable[..., Visit]) -> None:
    page = visit("/training-steps?count=16&steps=200")
    keyboard = page.page.keyboard
    tab_to(page, "learning rate", role="slider")
    keyboard.press("End")
    page.wait_until("s => s.answer.sampling.text.endsWith('diverged')")
    assert "the last finite step is" in page.sentence
    assert page.button("warning").inner_text().startswith("Why: ")
    assert page.button("warning").locator("sub").first.inner_text() == "max"
    page.wait_until("s => s.answer.last")
    address = page.settle_address()
    tab_to(page, "Copy link")
    keyboard.press("Enter")
    page.page.locator("#training_steps-copy-link", has_text="Copied").wait_for()
    tab_to(page, "Copy Python")
    friend = visit(address)
    friend.wait_until("s => s.answer.last")
    friend.settle()
    assert friend.sentence == page.sentence
    assert [friend.drawn(slot) for slot in (0, 1)] == [page.drawn(slot) for slot in (0, 1)]


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
    chosen = []
    for key in ("End", "Home"):
        keyboard.press(key)
        page.settle()
        chosen.append(page.state("s => s.answer.sentence"))
    assert "limit's squared error is 1.29, that of the least ℓ² norm 1.29" in chosen[0]
    assert "× 10⁻⁶, that of the least ℓ² norm 1.29" in chosen[1]
