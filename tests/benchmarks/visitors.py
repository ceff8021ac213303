"""Visitors of ours and of the rival who do the same: look, press keys, drag, come anew."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator

from tests.browser.visit import Visit, newcomer

OBSERVER = Path(__file__).with_name("observer.js")

# The figures in sight, by their number among the tab's, with their size.
IN_SIGHT = """() => bench.figures().map((gd) => {
  const { width, height, top } = gd.getBoundingClientRect();
  return { slot: gd.id.match(/(\\d+)$/)?.[1], top,
           size: `${Math.round(width)}x${Math.round(height)}` };
}).filter((figure) => figure.top < innerHeight)"""
# Milliseconds from the start of the navigation until something is there.
THERE = """(selector) => new Promise((done) => {
  const timer = setInterval(() => {
    if (!document.querySelector(selector)) return;
    clearInterval(timer);
    done(performance.now());
  }, 10);
})"""
# Milliseconds between coming to a slider and the first key.
ARRIVAL = 300
FIGURE = ".js-plotly-plot .main-svg"


def visitor(browser: Browser, address: str) -> Visit:
    """A visitor with nothing at hand, without animations."""
    visit = newcomer(browser, address, reduced_motion="reduce")
    visit.context.add_init_script(path=OBSERVER)
    return visit


def figures_in_sight(visit: Visit) -> dict[str, str]:
    """Number and size in pixels of every figure that is drawn and in sight."""
    return {figure["slot"]: figure["size"] for figure in visit.page.evaluate(IN_SIGHT)}


def rival_path(key: str, query: str, sliders: list[str], figures: dict[str, str]) -> str:
    """The address at which the plain Dash app shows the same."""
    own = {
        "page": key,
        "sliders": ",".join(sliders),
        "figures": ",".join(f"{slot}:{size}" for slot, size in figures.items()),
    }
    return f"/?{urlencode(own)}" + (f"&{query}" if query else "")


def open_rival(visit: Visit, path: str, figures: int) -> None:
    """Open the plain Dash app, and wait until its figures are there."""
    visit.page.goto(path)
    visit.page.wait_for_function("n => bench.figures().length >= n", arg=figures)
    visit.page.wait_for_timeout(500)


def first_load(browser: Browser, address: str, path: str, selector: str) -> tuple[float, float]:
    """Milliseconds until `selector` is there, and megabytes on the wire."""
    visit = visitor(browser, address)
    visit.page.goto(path, wait_until="commit")
    took = visit.page.evaluate(THERE, selector)
    visit.page.wait_for_timeout(500)
    size = visit.bytes
    visit.close()
    return float(took), size / 1e6


def press(visit: Visit, thumb: Locator, key: str, figures: int, times: int) -> list[float]:
    """Milliseconds from each key to its paint, which the next one waits for."""
    visit.page.bring_to_front()
    visit.page.evaluate("bench.watch()")
    thumb.focus()
    # A hand comes to a slider, here by the keyboard, before it moves it.
    for back_and_forth in ("Shift+Tab", "Tab"):
        visit.page.keyboard.press(back_and_forth)
    visit.page.wait_for_timeout(ARRIVAL)
    found = []
    for _ in range(times):
        visit.page.evaluate("bench.key = Infinity; bench.paints = []")
        visit.page.keyboard.press(key)
        found.append(float(visit.page.evaluate("n => bench.painted(n)", figures)))
        # The figures are there, but callbacks are still coming back; no hand is faster.
        visit.page.wait_for_timeout(20)
    return found


def drag(visit: Visit, thumb: Locator, seconds: float) -> tuple[int, int]:
    """Drawings of the first figure while the mouse drags across most of the slider, and the
    values that the slider passes meanwhile: with few stops there is little to paint."""
    visit.page.bring_to_front()
    visit.page.evaluate("bench.watch(); bench.paints = []")
    thumb.evaluate("thumb => bench.count(thumb)")
    thumb.scroll_into_view_if_needed()
    track = thumb.locator("xpath=ancestor::*[@id][1]").bounding_box()
    grip = thumb.bounding_box()
    assert track is not None
    assert grip is not None
    y, mouse = grip["y"] + grip["height"] / 2, visit.page.mouse
    mouse.move(grip["x"] + grip["width"] / 2, y)
    mouse.down()
    passed, begun = 0.0, visit.page.evaluate("performance.now()")
    while passed < 1:
        passed = min(1.0, (visit.page.evaluate("performance.now()") - begun) / 1000 / seconds)
        mouse.move(track["x"] + (0.2 + 0.6 * passed) * track["width"], y)
        visit.page.wait_for_timeout(30)
    mouse.up()
    drawings, values = visit.page.evaluate("[bench.drawings(), bench.values]")
    visit.page.wait_for_timeout(500)
    return int(drawings), int(values)
