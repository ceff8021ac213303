"""What the next key will ask for has been asked for, and nothing else has."""

from __future__ import annotations

import pytest

from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels?figure=map&activation=tanh"


def opened(visit, path: str = PAGE, within: str = "Infinity") -> Visit:
    """A page whose reader does not save data, in a context that has not kept anything.

    Its server has time for more if it answers `within` so many milliseconds.
    """
    page: Visit = visit(path, locale="en-GB")
    page.page.evaluate(f"() => {{ seen.saves = false; window.dow.swift.within = {within}; }}")
    return page


def ahead(page: Visit, name: str = "weight_variance") -> list[float]:
    """The values of a field that have been asked for ahead."""
    words = page.page.evaluate("seen.ahead.map((one) => one.words)")
    return [page.setting({"words": one})[name] for one in words]


def wait_for(page: Visit, count: int) -> None:
    """Wait until so many have been asked for ahead, and are there."""
    page.page.wait_for_function(
        "n => seen.ahead.length >= n && seen.ahead.every((one) => one.answered)", arg=count
    )


def shown_afresh(visit, page: Visit) -> tuple[object, str]:
    """What somebody sees who opens the address that the page has now."""
    other = visit(page.settle_address(), locale="en-US")
    return other.drawn(), other.sentence


def test_the_next_stop_of_a_slider_is_there_before_its_key(visit) -> None:
    page = opened(visit)
    page.press("weight_variance", "ArrowRight")
    start = page.params["weight_variance"]
    wait_for(page, 1)
    asked, foreseen = len(page.requests()), ahead(page)[-1]
    page.press("weight_variance", "ArrowRight")
    assert page.params["weight_variance"] == foreseen > start
    assert len(page.requests()) == asked
    assert (page.drawn(), page.sentence) == shown_afresh(visit, page)


def test_who_comes_by_the_keyboard_finds_both_neighbours_there(visit) -> None:
    page = opened(visit, f"{PAGE}&weight_variance=2")
    page.part("box", "weight_variance").focus()
    page.page.keyboard.press("Tab")
    wait_for(page, 2)
    step = page.state("s => s.meta.fields.weight_variance.step")
    assert ahead(page) == pytest.approx([2 + step, 2 - step])
    page.page.keyboard.press("ArrowLeft")
    page.settle()
    assert page.params["weight_variance"] == pytest.approx(2 - step)
    assert page.requests() == []


def test_a_key_that_is_faster_than_its_answer_waits_for_it(visit) -> None:
    """What has been asked for ahead, and is not there yet, is not asked for again."""
    page = opened(visit)
    page.page.evaluate("() => { seen.late = 400; }")
    page.press("weight_variance", "ArrowRight")
    page.page.wait_for_function("() => seen.ahead.length === 1")
    page.page.keyboard.press("ArrowRight")
    page.settle()
    assert page.params["weight_variance"] == ahead(page)[0]
    assert len(page.requests()) == 1


def test_a_hand_that_drags_asks_for_nothing_ahead(visit) -> None:
    page = opened(visit)
    page.press("weight_variance", "ArrowRight")
    wait_for(page, 1)
    page.drag("weight_variance", seconds=0.5)
    page.settle()
    page.next_frames()
    assert len(ahead(page)) == 1


@pytest.mark.parametrize(("saves", "within"), [("true", "Infinity"), ("false", "0")])
def test_nothing_is_asked_ahead_where_data_or_the_server_are_to_be_spared(
    visit, saves, within
) -> None:
    """A server that takes its time has enough to do."""
    page = opened(visit, within=within)
    page.page.evaluate(f"() => {{ seen.saves = {saves}; }}")
    page.press("weight_variance", "ArrowRight", "ArrowRight")
    page.next_frames()
    assert page.page.evaluate("seen.ahead") == []
    assert len(page.requests()) == 2


def test_there_is_nothing_beyond_the_end(visit) -> None:
    page = opened(visit)
    page.press("weight_variance", "End")
    page.press("weight_variance", "ArrowRight")
    page.press("weight_variance", "ArrowLeft")
    wait_for(page, 1)
    high = page.state("s => s.meta.fields.weight_variance.high")
    assert max(ahead(page)) < high
