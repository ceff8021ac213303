"""What every page must do, whatever it is about.

The tests of one page share a visit, in this order: one leaves it as the next expects it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from components.page import path_of
from compute.experiments import EXPERIMENTS
from compute.params import parameters, show
from tests.browser.axe import LOOKS, SHEETS, serious
from tests.browser.visit import Visit
from tests.thorough import THOROUGH, several, some

pytestmark = pytest.mark.browser

PATHS = [path_of(e.key) for e in EXPERIMENTS]
OTHERS = list(SHEETS)
# Those that are opened by a browser that has never been here.
FIRST = several([*PATHS, *OTHERS], 6)
LARGEST_LOAD = 2_000_000

OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
NAMELESS = """[...document.querySelectorAll("button, a, input, select, [role=slider]")]
  .filter((e) => e.offsetParent !== null && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.title ||
                   e.labels?.[0]?.textContent.trim()))
  .concat([...document.querySelectorAll("th")].filter((e) => !e.textContent.trim()))
  .map((e) => e.outerHTML.slice(0, 120))"""
# Of each slider: least, most, present value and name.
SLIDERS = """() => Object.fromEntries(
  [...document.querySelectorAll("[id*='\\"slider\\"'] [role=slider]")].map((thumb) => [
    JSON.parse(thumb.closest("[id*='\\"slider\\"']").id).param,
    ["valuemin", "valuemax", "valuenow", "label"].map((n) => thumb.getAttribute(`aria-${n}`))]))"""


@dataclass
class Opened:
    """A visit to `path`, the bytes that its first load brought, and what it showed."""

    visit: Visit
    path: str
    load: int
    fresh: tuple[object, ...]


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, usual: BrowserContext, server: str) -> Iterator[Opened]:
    """One of the pages."""
    visit = Visit(usual, server)
    visit.page.emulate_media(reduced_motion="reduce")
    visit.protocol.send("Network.enable")
    visit.protocol.send("Network.setCacheDisabled", {"cacheDisabled": request.param in FIRST})
    visit.open(request.param)
    visit.protocol.send("Network.setCacheDisabled", {"cacheDisabled": False})
    load = visit.bytes
    yield Opened(visit, request.param, load, shown(visit) if visit.is_experiment else ())
    visit.close()
    assert visit.errors == []
    assert visit.strangers == []


def shown(visit: Visit) -> tuple[object, ...]:
    """Address, parameters and result of an experiment."""
    return visit.settle_address(), visit.params, visit.sentence


def on(paths: list[str]) -> pytest.MarkDecorator:
    """A visit to each of them."""
    return pytest.mark.parametrize("opened", paths, indirect=True)


every_page, every_experiment = on([*PATHS, *OTHERS]), on(PATHS)
# Every other page has its looks tried, the others their sliders: all pages, where all is tried.
one_half = on([*PATHS[:: some(2, 1)], *OTHERS])
other_half = on(PATHS[some(1, 0) :: some(2, 1)])
# What is the same code for all of them is tried on some.
some_experiments = on(several(PATHS, 2))


@every_page
def test_opens_without_error_and_without_leaving_the_machine(opened: Opened) -> None:
    assert opened.visit.errors == []
    assert opened.visit.strangers == []
    assert opened.visit.page.locator("#main h1").count() == 1
    assert opened.visit.page.title() != ""


@on(FIRST)
def test_first_load_is_light(opened: Opened) -> None:
    assert 100_000 < opened.load <= LARGEST_LOAD


@every_page
def test_nothing_moves_once_it_is_there(opened: Opened) -> None:
    assert opened.visit.shifted <= 0.01


@every_page
def test_formulas_are_typeset(opened: Opened) -> None:
    main = opened.visit.page.locator("#main")
    assert main.locator(".temml-error").count() == 0
    assert "\\(" not in main.inner_text()
    if opened.visit.is_experiment:
        assert main.locator(".statement math").count() >= 1


@every_page
def test_all_that_can_be_worked_has_a_name(opened: Opened) -> None:
    assert opened.visit.page.evaluate(NAMELESS) == []


@every_experiment
def test_sliders_tell_their_values(opened: Opened) -> None:
    visit = opened.visit
    said, params = visit.page.evaluate(SLIDERS), visit.params
    specs = parameters(visit.experiment.params)
    assert list(said) == [n for n, spec in specs.items() if getattr(spec, "slider", False)]
    for name, (low, high, now, label) in said.items():
        spec = specs[name]
        assert "e" not in low + high, "attributes know no exponents"
        stops = spec.ladder or (spec.low, spec.high)
        assert [float(low), float(high)] == [stops[0], stops[-1]], name
        assert float(now) == pytest.approx(params[name]), name
        assert label == f"{spec.label} {spec.symbol}".strip()


@one_half
def test_nothing_overflows_in_any_look(opened: Opened, artifacts: Path) -> None:
    """In one of the looks by turns, or in all and with screenshots, for the eye."""
    visit, page = opened.visit, opened.visit.page
    name = opened.path.strip("/") or "home"
    sizes = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
    too_wide = {}
    # axe has a look at every fourth page; at all of them, in all looks: make axe
    turn = [*PATHS, *OTHERS].index(opened.path)
    own = LOOKS[turn % len(LOOKS)]
    for look in LOOKS if THOROUGH else (own,):
        visit.look(look)
        if look == own and (THOROUGH or turn % 4 == 2):
            assert serious(visit) == []
        if THOROUGH:
            page.screenshot(path=artifacts / f"{name}-{look.lower()}.png", caret="initial")
        too_wide[look] = page.evaluate(OVERFLOW)
    page.set_viewport_size(sizes["phone"])
    assert visit.eventually(lambda: page.evaluate(OVERFLOW) <= 0), "too wide for a phone"
    visit.next_frames()
    if THOROUGH:
        page.screenshot(path=artifacts / f"{name}-phone.png", caret="initial")
    too_wide["phone"] = page.evaluate(OVERFLOW)
    if visit.is_experiment:
        drawn = page.locator(".slot.main .nsewdrag").first
        play = page.locator(".player button").first
        drawer = page.locator(".rail").bounding_box()
        assert drawer is not None

        def readable() -> bool:
            box, button = drawn.bounding_box(), play.is_visible() and play.bounding_box()
            above = not button or button["y"] + button["height"] <= drawer["y"]
            return box is not None and box["height"] > 100 and above

        assert visit.eventually(readable), "the first figure can be read on a phone, and played"
    page.set_viewport_size(sizes["desk"])
    assert {look: width for look, width in too_wide.items() if width > 0} == {}
    assert visit.errors == []


@other_half
def test_a_slider_moves_the_figure(opened: Opened) -> None:
    """The first slider in sight, by one key: new numbers or a new sentence, and the same focus."""
    visit = opened.visit
    visit.stop_sampling()
    specs = parameters(visit.experiment.params)
    name = next(n for n in specs if visit.thumb(n).is_visible())
    before = visit.drawn(), visit.sentence
    visit.press(name, "ArrowRight" if visit.params[name] < specs[name].high else "ArrowLeft")
    assert (visit.drawn(), visit.sentence) != before
    assert visit.thumb(name).evaluate("e => e === document.activeElement")


@some_experiments
def test_reset_after_touching_everything_is_a_fresh_page(opened: Opened) -> None:
    visit = opened.visit
    reset(visit)
    specs = parameters(visit.experiment.params)
    # what is in sight comes before what a choice must first bring into sight
    left = sorted(specs, key=lambda name: specs[name].kind == "choice")
    while left:
        name = next((name for name in left if visit.control(name).is_visible()), left[0])
        touch(visit, name)
        left.remove(name)
    reset(visit)
    # measured numbers are those of the sample so far
    visit.stop_sampling()
    assert shown(visit)[:-1] == opened.fresh[:-1]
    now, first = visit.state("s => [s.answer.sentence, s.meta.first.sentence]")
    assert now == first
    assert visit.state("s => s.answer.query") == "", "what is shown is the answer to the default"


def reset(visit: Visit) -> None:
    """Press the button, and wait."""
    visit.button("reset").click()
    visit.wait_until(
        "s => Object.entries(s.meta.fields).every(([name, { default: value }]) =>"
        " JSON.stringify(s.params[name]) === JSON.stringify(value) || Array.isArray(value))"
    )
    visit.settle_address()


def reveal(visit: Visit, name: str) -> None:
    """Make a control visible by the choices under which it has an effect."""
    specs = parameters(visit.experiment.params)
    for choice, values in (*specs[name].shown_if_all, *specs[name].shown_if_any):
        if visit.control(name).is_visible():
            return
        if visit.params[choice] in values:
            continue
        if choice != "figure":
            reveal(visit, choice)
        if specs[choice].kind == "choice":
            visit.choose(choice, values[0])
        else:
            visit.type(choice, str(values[0]))
            visit.wait_until("(s, name, value) => s.params[name] === value", choice, values[0])
        visit.next_frames()


def touch(visit: Visit, name: str) -> None:
    """Take a parameter away from its default by hand."""
    spec = parameters(visit.experiment.params)[name]
    default = visit.experiment.params.__dataclass_fields__[name].default
    reveal(visit, name)
    if spec.kind == "choice":
        visit.choose(name, next(v for v, _ in reversed(spec.choices) if v != default))
    elif spec.kind == "flag":
        visit.control(name).locator("label").first.click()
    elif getattr(spec, "slider", False):
        visit.thumb(name).focus()
        visit.page.keyboard.press("ArrowLeft" if default > spec.low else "ArrowRight")
    elif spec.kind == "points":
        text = f"{show(spec.low / 2)}~{show(spec.high / 2)}"
        visit.type(name, text)
        visit.wait_until("(s, name, text) => s.params[name] === text", name, text)
    elif spec.kind == "formula":
        visit.type(name, "x^3 - x")
    else:
        visit.type(name, str(default + 1))
    visit.wait_until("(s, name) => s.params[name] !== s.meta.fields[name].default", name)


@some_experiments
def test_a_link_shows_what_its_sender_saw(opened: Opened, visit: Callable[..., Visit]) -> None:
    """The state of the last preset, by its button and by its address."""
    sender = opened.visit
    sender.page.locator(".presets button").last.click()
    sender.settle()
    sender.stop_sampling()
    address = sender.settle_address()
    receiver = visit(address)
    receiver.stop_sampling()
    assert receiver.params == sender.params
    assert receiver.sentence == sender.sentence
    assert receiver.drawn() == sender.drawn()
    assert receiver.settle_address() == address
