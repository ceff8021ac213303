"""The player: layers as an animation that asks the server nothing."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels?figure=circle"
AT = "s => s.player.at"
# The shortest of three pauses between frames, in milliseconds, by the clock the player has.
PAUSE = """async (s) => {
  const player = s.player, times = [];
  player.go(0);
  player.play(true);
  for (let at = player.at; times.length < 4;) {
    const now = await new Promise(requestAnimationFrame);
    if (player.at !== at) { at = player.at; times.push(now); }
  }
  player.play(false);
  return Math.min(...times.slice(1).map((t, i) => t - times[i]));
}"""


def test_it_plays_and_pauses(visit) -> None:
    page = visit(PAGE, reduced_motion="no-preference")
    toggle = page.page.get_by_role("button", name="Play or pause").first
    asked = page.asked.copy()
    start = page.state(AT)
    page.page.wait_for_timeout(400)
    assert page.state(AT) > start
    toggle.click()
    assert toggle.inner_text() == "Play"
    still = page.state(AT)
    page.page.wait_for_timeout(400)
    assert page.state(AT) == still
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
    """By the shortest pause between two frames, which a busy machine can only lengthen."""
    page = visit(PAGE)
    shortest = {}
    for speed in ("0.25", "4"):
        page.page.get_by_label("Speed").first.select_option(speed)
        shortest[speed] = page.state(PAUSE)
    assert shortest["0.25"] > 300
    assert shortest["4"] < 250


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
