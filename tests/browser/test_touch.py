"""What fingers do: one scrolls the page, takes what it taps, opens lists; two zoom a window."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.visit import PHONE, Visit
from tests.thorough import several

pytestmark = pytest.mark.browser


def plot_area(page: Visit, slot: int = 0) -> tuple[float, float, float, float]:
    """x, y, width and height of what is drawn inside the axes."""
    area = page.page.locator(f"#{page.key}-graph-{slot} .nsewdrag").first
    # below the header, above the drawer
    area.evaluate("e => scrollTo(0, scrollY + e.getBoundingClientRect().top - 130)")
    page.next_frames(6)
    box = area.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def swipe(page: Visit, x: float, start: float, end: float) -> None:
    """A finger down, along and up again."""
    send = page.protocol.send
    send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": start}]})
    for step in range(1, 11):
        at = {"x": x, "y": start + (end - start) * step / 10}
        send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        page.page.wait_for_timeout(20)
    send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.next_frames(12)


def test_a_tap_on_the_phase_plane_goes_there(visit: Callable[..., Visit]) -> None:
    page = visit("/gp-kernels?figure=plane&activation=tanh", **PHONE)
    x, y, width, height = plot_area(page)
    (left, right), (bottom, top) = page.axis(), page.axis("yaxis")
    page.page.touchscreen.tap(x + 0.6 * width, y + 0.4 * height)
    page.wait_until("s => s.params.bias_variance > 0.5")
    page.settle()
    assert page.params["weight_variance"] == pytest.approx(left + 0.6 * (right - left), abs=0.02)
    assert page.params["bias_variance"] == pytest.approx(bottom + 0.6 * (top - bottom), abs=0.11)
    first, second = two_sliders(page, "weight_variance", "bias_variance", 40, 100)
    assert first > 0.5
    assert second == 0


def two_sliders(page: Visit, one: str, other: str, far: float, farther: float) -> list[float]:
    """What a finger on one slider does, and a second one that comes down on the other."""
    page.thumb(other).scroll_into_view_if_needed()
    page.next_frames(12)
    before = page.params
    boxes = [page.thumb(name).bounding_box() for name in (one, other)]
    at = [(box["x"] + 10, box["y"] + 10) for box in boxes if box is not None]

    def fingers(share: float) -> list[dict[str, float]]:
        moved = zip(at, (far, farther), strict=True)
        return [{"x": x + share * way, "y": y, "id": i} for i, ((x, y), way) in enumerate(moved)]

    send = page.protocol.send
    steps = [("touchStart", fingers(0)[:1]), ("touchStart", fingers(0))]
    steps += [("touchMove", fingers(k / 5)) for k in range(1, 6)]
    steps += [("touchEnd", fingers(1)[:1]), ("touchEnd", [])]
    for kind, points in steps:
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.next_frames()
    page.settle()
    return [page.params[name] - before[name] for name in (one, other)]


@pytest.mark.parametrize(
    "path",
    several(["/gp-kernels?figure=plane&activation=tanh", "/ntk-regime?dataset=points"], 1),
)
def test_a_finger_on_a_figure_scrolls_the_page(visit: Callable[..., Visit], path: str) -> None:
    page = visit(path, **PHONE)
    x, y, width, height = plot_area(page)
    before, top = page.params, page.page.evaluate("scrollY")
    swipe(page, x + 0.6 * width, y + 0.8 * height, y + 0.1 * height)
    assert page.eventually(lambda: page.page.evaluate("scrollY") > top + 50)
    assert page.params == before
    assert page.state("s => s.zoom") == {}


def test_two_fingers_zoom_the_window_and_nothing_else(visit: Callable[..., Visit]) -> None:
    page = visit("/nodal-sets", **PHONE)
    x, y, width, height = plot_area(page)
    top = page.page.evaluate("scrollY")
    send = page.protocol.send
    middle = x + 0.5 * width, y + 0.5 * height

    def fingers(share: float) -> list[dict[str, float]]:
        return [{"x": middle[0] + s * share * width, "y": middle[1]} for s in (-1, 1)]

    send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers(0.1)})
    for step in range(1, 11):
        at = fingers(0.1 + 0.02 * step)
        send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
        page.page.wait_for_timeout(30)
    send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_until("s => Math.abs(s.params.size - 2) < 0.04")
    page.settle()
    assert page.params["size"] == pytest.approx(6 / 3, rel=0.02)
    assert [page.params["centre_x"], page.params["centre_y"]] == pytest.approx([0, 0], abs=0.05)
    assert page.axis() == pytest.approx([-1, 1], abs=0.06)
    assert page.page.evaluate("[scrollY, visualViewport.scale]") == [top, 1]


def test_a_tap_shows_a_cell_and_chooses_a_fold(visit: Callable[..., Visit]) -> None:
    page = visit("/nodal-sets?neuron=0", **PHONE)
    x, y, width, height = plot_area(page)
    for share in (0.3, 0.4, 0.5, 0.6, 0.7):
        page.page.touchscreen.tap(x + share * width, y + 0.45 * height)
        page.next_frames()
    cell = page.page.locator(".nodal-cell").first
    assert page.eventually(lambda: cell.inner_text().startswith("x = ("))


def test_a_list_opens_on_the_screen(visit: Callable[..., Visit]) -> None:
    page = visit("/gp-kernels", **PHONE)
    box = page.part("box", "activation")
    box.scroll_into_view_if_needed()
    box.tap()
    option = page.page.get_by_role("option", name="tanh", exact=True).locator("visible=true")
    option.wait_for()

    def on_the_screen() -> bool:
        at = option.bounding_box()
        assert at is not None
        return at["x"] >= 0 and at["x"] + at["width"] <= 390 and 0 <= at["y"] <= 844

    assert page.eventually(on_the_screen)
    option.tap()
    page.wait_until("s => s.params.activation === 'tanh'")


@pytest.mark.parametrize(
    ("path", "field", "slot"),
    several(
        [
            ("/mean-field?target=own", "own", 1),
            ("/ntk-regime?dataset=points", "points", 0),
            ("/ntk-vs-mean-field?target=own", "points", 0),
        ],
        1,
    ),
)
def test_points_are_added_and_removed(
    visit: Callable[..., Visit], path: str, field: str, slot: int
) -> None:
    """By mouse and by finger, at one place."""
    for kind in ({}, PHONE):
        page = visit(path, **kind)
        x, y, width, height = plot_area(page, slot)
        at = (x + 0.45 * width / (2 if "vs" in path else 1), y + 0.12 * height)
        before = page.params[field]
        click = page.page.touchscreen.tap if kind else page.page.mouse.click
        click(*at)
        page.wait_until("(s, field, before) => s.params[field] !== before", field, before)
        page.settle()
        added = page.params[field].split("_")
        assert len(added) == len(before.split("_")) + 1
        assert before in page.params[field]
        x, y, width, height = plot_area(page, slot)
        point = [float(v) for v in added[-1].split("~")]
        unit = page.state("(s, slot) => s.items[slot].extra.unit || 1", slot)
        low, high = page.axis(slot=slot)
        bottom, top = page.axis("yaxis", slot=slot)
        across = page.state(
            "(s, slot) => window.dow.plotOf(s, slot)._fullLayout.xaxis._length", slot
        )
        click(
            x + (point[0] * unit - low) / (high - low) * across,
            y + (top - point[1]) / (top - bottom) * height,
        )
        page.wait_until("(s, field, before) => s.params[field] === before", field, before)
