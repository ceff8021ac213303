"""The player: layers as an animation that asks the server nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels?figure=circle"
AT = "s => s.player.at"
# How long the player means to wait after a frame, in milliseconds.
PAUSE = """async (s) => {
  const { player } = s;
  player.play(false);
  player.go(0);
  await player.drawing;
  player.play(true);
  player.due = 0;
  player.tick(1000);
  player.play(false);
  return player.due - 1000;
}"""


def test_it_plays_and_pauses(visit) -> None:
    page = visit(PAGE, reduced_motion="no-preference")
    toggle = page.page.get_by_role("button", name="Play or pause").first
    # slow enough that no machine sees the end before it is looked at
    page.page.get_by_label("Speed").first.select_option("0.25")
    asked = page.asked.copy()
    page.state("s => { s.player.go(0); s.player.play(true); }")
    page.wait_until("s => s.player.at > 0")
    toggle.click()
    assert toggle.inner_text() == "Play"
    still = page.state(AT)
    page.page.wait_for_timeout(400)
    assert page.state(AT) == still
    page.page.get_by_label("Speed").first.select_option("4")
    toggle.click()
    page.wait_until("(s, at) => s.player.at > at", still)
    page.wait_until("s => !s.player.playing")
    assert page.state(AT) == page.state("s => s.player.last")
    assert [one for one in page.asked[len(asked) :] if "/answer/" in one] == []


def test_it_steps_and_scrubs(visit) -> None:
    page = visit(PAGE)
    last = page.state(AT)
    at_last = page.drawn()
    page.page.get_by_role("button", name="One step back").first.click()
    assert page.state(AT) == last - 1
    assert page.drawn() != at_last
    page.page.get_by_role("button", name="One step on").first.click()
    assert page.drawn() == at_last
    scrub = page.page.locator(".player input[type=range]").first
    scrub.focus()
    page.page.keyboard.press("Home")
    assert page.state(AT) == 0
    assert (
        scrub.get_attribute("aria-valuetext")
        == page.page.locator(".player-label").first.inner_text()
    )


def test_speed_changes_the_pace(visit) -> None:
    """By the pause that is meant: a busy machine can only lengthen it."""
    page = visit(PAGE)
    for speed, pause in (("0.25", 1000 / 3), ("1", 1000 / 12), ("4", 1000 / 48)):
        page.page.get_by_label("Speed").first.select_option(speed)
        assert page.state(PAUSE) == pytest.approx(pause - 4)


def test_every_frame_is_drawn(visit) -> None:
    """Thirty frames in a row: each changes the curve on the screen."""
    page = visit(PAGE)
    different = page.state(
        """async (s) => {
          const seen = new Set();
          for (let k = 0; k < 30; k++) {
            await s.player.go(k);
            seen.add(window.dow.plotOf(s, 0).querySelector(".js-line").getAttribute("d"));
          }
          return seen.size;
        }"""
    )
    assert different == 30


def test_less_motion_starts_paused_on_the_last_frame(visit) -> None:
    page = visit(PAGE)
    assert not page.state("s => s.player.playing")
    assert page.state(AT) == page.state("s => s.player.last")
    page.page.wait_for_timeout(300)
    assert page.state(AT) == page.state("s => s.player.last")


def test_a_slider_keeps_the_layer_that_is_looked_at(visit) -> None:
    page = visit(PAGE)
    page.state("s => s.player.go(5)")
    page.press("weight_variance", "ArrowRight")
    assert page.state(AT) == 5
    drawn = page.drawn()
    page.state("s => s.player.go(5)")
    assert page.drawn() == drawn


def test_words_follow_the_frame(visit) -> None:
    """An answer whose title and sentence name the frame, as the server may say them."""
    one = visit("/gp-kernels")

    def reworded(route: Route) -> None:
        answer = route.fetch().json()
        names = answer["figures"][0]["frames"]["names"]
        answer["figures"][0]["frames"]["titles"] = [f"Layer {n} is drawn" for n in names]
        answer["played"] = [{"sentence": f"It is layer {n}.", "warning": ""} for n in names]
        route.fulfill(json=answer)

    one.page.route("**/answer/*/gp-kernels?*figure=circle*", reworded)
    one.choose("figure", "circle")
    one.wait_until("s => s.shown.answer.played.length > 0")
    title, sentence = one.page.locator(".gtitle").first, one.page.locator("#gp_kernels-sentence")
    names = one.state("s => s.player.names")
    for step in ("Home", "ArrowRight", "End"):
        one.page.locator(".player input[type=range]").first.press(step)
        name = names[one.state(AT)]
        expect(title).to_have_text(f"Layer {name} is drawn")
        expect(sentence).to_have_text(f"It is layer {name}.")
