"""Controls: keys, boxes, presets. Page 3.3, which has every kind of control."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from compute.params import DEPTHS
from tests.thorough import several

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels?figure=shaped"
# What a box says before a key, and when all that the key itself does has been done.
KEY = """async (box) => {
  const before = box.value;
  const key = { key: "ArrowRight", code: "ArrowRight", bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
  for (let k = 0; k < 20; k++) await null;
  return [before, box.value];
}"""


def test_keys_move_a_ladder(visit) -> None:
    page = visit(PAGE)
    at = DEPTHS.index(1000)
    for key, stop in [
        ("ArrowRight", DEPTHS[at + 1]),
        ("ArrowLeft", DEPTHS[at]),
        ("PageUp", DEPTHS[at + round(len(DEPTHS) / 10)]),
        ("PageDown", DEPTHS[at]),
        ("End", DEPTHS[-1]),
        ("Home", DEPTHS[0]),
    ]:
        before = page.drawn(), page.sentence
        page.press("depth", key)
        assert page.params["depth"] == stop, key
        assert page.part("box", "depth").input_value() == str(stop)
        assert (page.drawn(), page.sentence) != before, key
        assert page.thumb("depth").get_attribute("aria-valuenow") == str(stop)
        assert page.thumb("depth").evaluate("e => e === document.activeElement"), key
    # the box says so in the same frame, though React draws it later
    seen = page.part("box", "depth").evaluate(KEY)
    assert seen == [str(DEPTHS[0]), str(DEPTHS[1])]


def test_keys_move_a_linear_slider(visit) -> None:
    page = visit("/gp-kernels?figure=map&activation=tanh")
    for key, value in [
        ("ArrowRight", 2.01),
        ("PageUp", 2.6),
        ("PageDown", 2.01),
        ("End", 6.0),
        ("Home", 0.1),
    ]:
        before = page.drawn(), page.sentence
        page.press("weight_variance", key)
        assert page.params["weight_variance"] == pytest.approx(value), key
        assert (page.drawn(), page.sentence) != before, key


# A drag whose moves come while the browser is busy with what the ones before have changed.
BUSY_DRAG = """async ([thumb, from, to]) => {
  const track = thumb.closest(".mantine-Slider-root")
    .querySelector(".mantine-Slider-trackContainer");
  const { x, y, width, height } = track.getBoundingClientRect();
  const fire = (type, part, on = document) => on.dispatchEvent(new MouseEvent(type,
    { bubbles: true, buttons: 1, clientX: x + width * part, clientY: y + height / 2 }));
  fire("mousedown", from, track);
  for (let k = 0; k <= 8; k++) {
    fire("mousemove", from + (to - from) * k / 8);
    await new Promise((done) => setTimeout(done, k % 3 * 8));
    const end = performance.now() + k % 5 * 10;
    while (performance.now() < end);
  }
  fire("mouseup", to);
}"""


def test_a_slider_stays_where_it_was_let_go_though_the_browser_was_busy(visit) -> None:
    page = visit("/gp-kernels?figure=map&activation=tanh")
    low, high = 0.1, 6.0
    for start, end in [(0.2, 0.7), (0.25, 0.75), (0.3, 0.8), (0.2, 0.6)]:
        handle = page.thumb("weight_variance").element_handle()
        page.page.evaluate(BUSY_DRAG, [handle, start, end])
        page.settle()
        at = float(page.thumb("weight_variance").get_attribute("aria-valuenow"))
        assert at == pytest.approx(low + end * (high - low), abs=0.05)
        assert page.params["weight_variance"] == pytest.approx(at)


def test_a_slider_that_was_moved_goes_back_to_where_it_was_told_to_be(visit) -> None:
    """It keeps a value of its own, and follows what it is told where that has changed."""
    page = visit(PAGE)
    start = page.params["depth"]
    page.press("depth", *["ArrowLeft"] * round(len(DEPTHS) / 10))
    page.press("depth", "PageUp")
    assert page.thumb("depth").get_attribute("aria-valuenow") == str(start)
    assert page.thumb("depth").evaluate("e => e === document.activeElement")
    page.press("depth", "ArrowRight")
    page.type("depth", str(start))
    page.settle()
    assert page.params["depth"] == start
    assert page.thumb("depth").get_attribute("aria-valuenow") == str(start)


def test_a_legal_value_off_the_ladder_stays(visit) -> None:
    page = visit(PAGE)
    page.type("depth", "7")
    page.settle()
    page.page.keyboard.press("Tab")
    page.settle()
    assert page.part("box", "depth").input_value() == "7"
    assert page.params["depth"] == 7
    assert page.thumb("depth").get_attribute("aria-valuenow") in {"6", "8"}


def test_an_illegal_value_is_explained_and_changes_nothing(visit) -> None:
    page = visit(PAGE)
    for text, legal in (("99999", 50), ("0", 64), ("", 80)):
        before = page.drawn(), page.sentence, len(page.requests()), page.settle_address()
        page.type("depth", text)
        problem = page.page.locator(f"#{page.key}-problem-depth")
        problem.locator("visible=true").wait_for()
        assert "a whole number from 1 to 10000" in problem.inner_text()
        page.page.keyboard.press("Tab")
        after = page.drawn(), page.sentence, len(page.requests()), page.settle_address()
        assert after == before, text
        page.type("depth", str(legal))
        page.settle()
        assert not problem.is_visible()
        assert page.params["depth"] == legal


def test_a_preset_is_one_request(visit) -> None:
    page = visit(PAGE)
    for i in several(range(page.page.locator(".presets button").count()), 4):
        before = len(page.requests())
        params = page.params
        page.button(f"preset-{i}").click()
        page.settle()
        assert len(page.requests()) - before == (page.params != params), i


def test_controls_without_effect_are_hidden(visit) -> None:
    page = visit("/gp-kernels?figure=map")
    assert not page.control("slope_neg").is_visible()
    assert not page.button("sample").is_visible(), "nothing is random here"
    page.choose("activation", "leaky_relu")
    page.settle()
    assert page.control("slope_neg").is_visible()
    assert not page.control("psi").is_visible()
    page.choose("figure", "circle")
    assert page.button("sample").is_visible()


def test_new_sample_draws_another_seed(visit) -> None:
    page = visit("/gp-kernels?figure=circle&depth=8")
    before = page.drawn()
    page.button("sample").click()
    page.settle()
    assert page.params["seed"] != 0
    assert page.drawn() != before
    page.page.go_back()
    page.settle()
    assert page.params["seed"] == 0
    assert page.drawn() == before


# Every character an event of its own, and no time between them on any machine.
TYPE = """(box, text) => {
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  for (let end = 1; end <= text.length; end += 1) {
    set.call(box, text.slice(0, end));
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}"""


def test_what_is_half_typed_is_not_asked_for(visit) -> None:
    page = visit(PAGE)
    before = page.params["depth"], len(page.requests())
    page.part("box", "depth").click()
    page.part("box", "depth").evaluate(TYPE, "999999")
    page.page.locator(f"#{page.key}-problem-depth").locator("visible=true").wait_for()
    page.page.wait_for_timeout(500)
    assert (page.params["depth"], len(page.requests())) == before
    assert page.part("box", "depth").get_attribute("aria-invalid") == "true"
    page.part("box", "depth").evaluate(TYPE, "7.5")
    expect(page.page.locator(f"#{page.key}-problem-depth")).to_contain_text("a whole number")
    page.page.wait_for_timeout(500)
    assert (page.params["depth"], len(page.requests())) == before
    assert page.part("box", "depth").input_value() == "7.5"
    page.part("box", "depth").evaluate(TYPE, "75")
    page.settle()
    assert (page.params["depth"], len(page.requests())) == (75, before[1] + 1)
    assert page.part("box", "depth").get_attribute("aria-invalid") == "false"


def test_boxes_follow_keys_that_come_faster_than_they_are_drawn(visit) -> None:
    page = visit("/gp-kernels?networks=20000&width=64")
    page.protocol.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.thumb("depth").focus()
    box = page.part("box", "depth")
    for key in ("ArrowLeft", "ArrowRight"):
        for _ in range(8):
            page.page.keyboard.press(key)
        page.settle()
        assert page.eventually(lambda: float(box.input_value()) == page.params["depth"])
        # at rest React has drawn it
        assert page.eventually(lambda: float(box.get_attribute("value")) == page.params["depth"])
    page.protocol.send("Emulation.setCPUThrottlingRate", {"rate": 1})


MEANT = {"1.0": 1, "0.10": 0.1, "2,5": 2.5, "2·10⁰": 2, "25e-1": 2.5, "½": 0.5}


def test_a_number_is_taken_as_it_is_meant_and_spelled_as_ours_when_left(visit) -> None:
    page = visit("/gp-kernels")
    box = page.part("box", "weight_variance")
    for typed, meant in MEANT.items():
        box.click()
        page.page.keyboard.press("Control+a")
        page.page.keyboard.insert_text(typed)
        page.wait_until("(s, value) => s.params.weight_variance === value", meant)
        assert box.input_value() == typed
        page.part("box", "depth").click()
        expect(box).to_have_value(str(meant))
        page.settle()
        assert page.params["weight_variance"] == meant


def test_what_may_be_another_number_is_told(visit) -> None:
    page = visit("/gp-kernels")
    before = page.params["depth"]
    for typed in ("1,000", "−5"):
        page.type("depth", typed)
        page.page.locator(f"#{page.key}-problem-depth").locator("visible=true").wait_for()
        page.part("box", "weight_variance").click()
        assert page.part("box", "depth").input_value() == typed
        assert page.params["depth"] == before


def test_arrow_keys_step_a_box(visit) -> None:
    page = visit("/gp-kernels")
    at = DEPTHS.index(page.params["depth"])
    page.part("box", "depth").click()
    for key, stop in (("ArrowUp", DEPTHS[at + 1]), ("ArrowDown", DEPTHS[at])):
        page.page.keyboard.press(key)
        expect(page.part("box", "depth")).to_have_value(str(stop))
        page.settle()
        assert page.params["depth"] == stop


def test_a_formula_is_drawn_or_refused_in_words(visit) -> None:
    page = visit("/piecewise-linear?figure=error&target=own")
    page.type("formula", "abs(x - 0.3)")
    page.settle()
    assert page.params["formula"] == "abs(x - 0.3)"
    assert "no law is drawn" in page.sentence
    figure = page.drawn()
    page.type("formula", "1/x")
    notice = page.page.locator(".notice").locator("visible=true")
    expect(notice).to_contain_text("is not a formula in x")
    assert page.drawn() == figure
    page.type("formula", "x; y")
    expect(page.control("formula").get_by_role("alert")).to_contain_text("must be a formula in x")
    page.type("formula", "x^2")
    page.settle()
    expect(notice).to_have_count(0)
    assert page.drawn() != figure
    page.errors.clear()  # what was refused
