"""The address: it follows the controls, and opening it restores them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels"


def test_it_follows_the_controls_and_names_what_is_not_default(visit) -> None:
    page = visit(PAGE)
    assert page.settle_address() == PAGE
    page.press("depth", "ArrowRight")
    page.settle_address()
    assert page.query == {"depth": "1300"}
    page.choose("activation", "tanh")
    page.settle_address()
    assert page.query == {"activation": "tanh", "depth": "1300"}
    page.press("depth", "ArrowLeft")
    page.settle_address()
    assert page.query == {"activation": "tanh"}


def test_dragging_leaves_no_trail(visit) -> None:
    page = visit(PAGE)
    entries = page.page.evaluate("history.length")
    page.press("depth", *["ArrowRight"] * 4)
    page.settle_address()
    assert page.page.evaluate("history.length") == entries


def test_it_restores_the_whole_state(visit) -> None:
    address = f"{PAGE}?figure=map&activation=erf&weight_variance=2.5&depth=7&first_layer=plain"
    page = visit(address)
    shown = {k: v for k, v in page.params.items() if k in page.query}
    assert shown == {
        "figure": "map",
        "activation": "erf",
        "weight_variance": 2.5,
        "depth": 7,
        "first_layer": "plain",
    }
    assert page.part("box", "depth").input_value() == "7"
    assert page.part("box", "activation").input_value() == "erf"
    assert page.sentence.startswith("erf")
    assert "slope χ" in page.page.locator(".gtitle").first.text_content()
    assert page.settle_address() == address


def test_a_bad_value_gives_the_default_and_says_so(visit) -> None:
    page = visit(f"{PAGE}?depth=1e9&seed=abc&bogus=1&activation=tanh")
    notice = page.page.locator(".notice").first
    assert notice.is_visible()
    for part in ("depth", "1000", "seed", "abc", "bogus"):
        assert part in notice.inner_text()
    assert page.params["depth"] == 1000
    assert page.params["activation"] == "tanh"
    page.settle_address()
    assert page.query == {"activation": "tanh"}


def test_back_undoes_a_preset_and_a_reset(visit) -> None:
    page = visit(PAGE)
    fresh = page.params, page.sentence
    page.button("preset-6").click()
    preset = page.settle_address(), page.params, page.sentence
    page.button("reset").click()
    assert page.settle_address() == PAGE
    assert (page.params, page.sentence) == fresh
    page.page.go_back()
    assert (page.settle_address(), page.params, page.sentence) == preset
    page.page.go_back()
    assert page.settle_address() == PAGE
    assert (page.params, page.sentence) == fresh
    page.page.go_forward()
    assert (page.settle_address(), page.params, page.sentence) == preset


def test_what_is_to_be_tried_is_set_by_one_request_above_it_and_back_undoes_it(visit) -> None:
    page = visit(PAGE)
    fresh = page.params, page.sentence
    before = len(page.requests())
    page.page.get_by_role("button", name="Set the controls: figure Phase plane").click()
    address = page.settle_address()
    assert len(page.requests()) == before + 1
    assert address == f"{PAGE}?figure=plane&activation=tanh&weight_variance=1&bias_variance=0.3"
    assert page.page.evaluate("scrollY") == 0
    page.page.go_back()
    assert page.settle_address() == PAGE
    assert (page.params, page.sentence) == fresh


def test_leaving_and_coming_back(visit) -> None:
    page = visit(PAGE)
    page.press("depth", "Home")
    left = page.settle_address(), page.sentence
    page.page.locator(".brand").click()
    page.page.locator(".cards").first.wait_for()
    page.page.go_back()
    page.page.locator(".slot.drawn .js-plotly-plot .main-svg").first.wait_for()
    assert (page.settle_address(), page.sentence) == left


def test_controls_can_be_left_out_and_the_words_survive(visit) -> None:
    page = visit(f"{PAGE}?depth=50&controls=depth&view=embed")
    visible = page.page.locator(".controls .control").locator("visible=true")
    assert visible.count() == 1
    assert page.control("depth").is_visible()
    page.press("depth", "ArrowRight")
    page.settle_address()
    assert page.query == {"depth": "64", "view": "embed", "controls": "depth"}


def test_a_link_that_was_changed_on_its_way_shows_what_its_sender_saw(visit) -> None:
    """By a server's slash, the source of a mail, a network's mark, and one decoding too many."""
    page = visit(f"{PAGE}/?activation=tanh&amp;depth=20&utm_source=x&fbclid=y&b=~depth=50&seed=3")
    assert (page.params["activation"], page.params["depth"], page.params["seed"]) == ("tanh", 20, 0)
    assert page.state("s => [s.pinned.depth, s.pinned.seed]") == [50, 3]
    assert page.page.locator(".notice").locator("visible=true").count() == 0
    link = f"{PAGE}?activation=tanh&depth=20&b=depth:50,seed:3"
    assert page.settle_address() == link
    page.button("preset-1").click()
    assert page.settle_address().startswith(f"{PAGE}?activation=linear")
    page.page.go_back()
    assert page.settle_address() == link
