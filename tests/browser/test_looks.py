"""Light, dark, projector, embedded, and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.visit import PHONE
from tests.thorough import several

pytestmark = pytest.mark.browser

PAGE = "/gp-kernels"
INK = "getComputedStyle(document.querySelector('.sentence')).color"
STROKE = "getComputedStyle(document.querySelector('.js-plotly-plot .js-line')).stroke"
SIZES = """[".sentence", ".xtitle", ".ytitle", ".gtitle"].map((name) =>
  parseFloat(getComputedStyle(document.querySelector(name)).fontSize))"""


def test_a_look_is_swapped_without_a_request(visit) -> None:
    page = visit(f"{PAGE}?figure=map")
    page.settle_address()
    asked = len(page.asked)
    colours = [(page.page.evaluate(INK), page.page.evaluate(STROKE))]
    for look in ("Dark", "Projector"):
        page.look(look)
        colours.append((page.page.evaluate(INK), page.page.evaluate(STROKE)))
    assert len(set(colours)) == 3
    assert len({stroke for _, stroke in colours}) == 3
    assert len(page.asked) == asked
    page.press("depth", "ArrowRight")
    assert page.page.evaluate(STROKE) == colours[-1][1]
    # who has set letters twice as large has them in figures, too
    page.look("Light")
    usual = page.page.evaluate(SIZES)
    page.page.evaluate("document.documentElement.style.fontSize = '32px'")
    page.look("Dark")
    assert page.page.evaluate(SIZES) == [2 * size for size in usual]


# Of what shows a choice or a place: whether its paint differs from that of its neighbours.
MARKED = """() => {
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const paint = (selector) => {
    const { backgroundColor, border, outline } = style(selector);
    return [backgroundColor, border, outline].join();
  };
  const tab = ".tabs .mantine-SegmentedControl-label", chip = ".presets .chip";
  const slider = ".control-slider .mantine-Slider-";
  const ground = getComputedStyle(document.body).backgroundColor;
  return {
    tab: paint(`${tab}[data-active]`) !== paint(`${tab}:not([data-active])`),
    preset: paint(`${chip}[aria-pressed=true]`) !== paint(`${chip}[aria-pressed=false]`),
    track: style(`${slider}track`).borderTopWidth !== "0px",
    bar: style(`${slider}bar`).backgroundColor !== ground,
    legend: style(".slot .legendlines path").stroke !== ground,
  };
}"""


def test_forced_colours_keep_what_shows_a_choice(visit) -> None:
    page = visit("/training-steps")
    page.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    shown = page.page.evaluate(MARKED)
    page.page.emulate_media(forced_colors="none")
    assert [name for name, visible in shown.items() if not visible] == []


def test_a_look_is_kept(visit) -> None:
    page = visit(PAGE)
    page.look("Dark")
    page.page.reload()
    page.settle()
    assert page.page.evaluate("document.documentElement.dataset.look") == "dark"


def test_a_projector_is_readable_from_the_last_row(visit) -> None:
    page = visit(f"{PAGE}?view=projector")
    assert page.page.evaluate("document.documentElement.dataset.look") == "projector"
    assert min(page.page.evaluate(SIZES)) >= 24
    chosen = page.page.locator(".looks label[data-active=true]").inner_text()
    assert chosen == "Projector"
    assert page.settle_address() == f"{PAGE}?view=projector"


def test_an_embedded_page_is_its_figure(visit) -> None:
    page = visit(f"{PAGE}?view=embed&controls=depth")
    for name in (".header", ".statement", ".below", "footer", ".presets"):
        assert page.page.locator(name).locator("visible=true").count() == 0, name
    assert page.page.locator(".js-plotly-plot").locator("visible=true").count() == 1
    assert page.control("depth").is_visible()


def test_on_a_phone_the_figure_is_seen_above_its_controls_and_fingers_have_room(visit) -> None:
    page = visit(PAGE, **PHONE)
    assert page.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    drawer = page.page.locator(f"#{page.key}-rail").bounding_box()
    plot = page.page.locator(".slot.drawn .js-plotly-plot .nsewdrag").first.bounding_box()
    # Without scrolling: more than half of the plot area.
    assert drawer["y"] - plot["y"] >= 0.5 * plot["height"]
    # Having scrolled to it: all of it.
    page.page.locator(".slot.main .sides").evaluate("e => scrollTo(0, e.offsetTop - 60)")
    plot = page.page.locator(".slot.drawn .js-plotly-plot .nsewdrag").first.bounding_box()
    assert plot["y"] + plot["height"] <= drawer["y"]
    before = page.drawn()
    page.thumb("depth").scroll_into_view_if_needed()
    page.press("depth", "Home")
    assert page.drawn() != before
    wanted = ".button, .chip, .tool, .tabs label, .looks label, #burger"
    small = page.page.evaluate(
        """(wanted) => [...document.querySelectorAll(wanted)]
             .filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 44)
             .map((e) => `${e.textContent.trim() || e.id} ${e.getBoundingClientRect().height}`)""",
        wanted,
    )
    assert small == [], "too small for a finger"


def bottom(page, selector: str) -> float:
    """Where an element ends, from the top of the screen."""
    box = page.page.locator(selector).first.bounding_box()
    return box["y"] + box["height"]


def test_on_a_phone_the_result_stands_between_figure_and_drawer(visit) -> None:
    page = visit(f"{PAGE}?figure=shaped", **PHONE)
    drawer = page.page.locator(f"#{page.key}-rail").bounding_box()["y"]
    assert page.eventually(
        lambda: bottom(page, ".graph") <= bottom(page, ".sentence") - 10 < drawer
    )
    tab = page.page.locator(".tabs label", has_text="Shaped limit")

    def in_sight() -> bool:
        box = tab.bounding_box()
        return box["x"] >= 0 and box["x"] + box["width"] <= 390

    assert page.eventually(in_sight)


def test_on_a_phone_a_long_legend_leaves_room_for_the_axes(visit) -> None:
    page = visit("/training-steps?figure=rates&steps=50", **PHONE)
    drawn = page.page.locator(".slot.main .nsewdrag").first
    assert page.eventually(lambda: drawn.bounding_box()["height"] >= 120)
    drawer = page.page.locator(f"#{page.key}-rail").bounding_box()["y"]
    assert bottom(page, ".graph") <= drawer


def test_a_small_frame_holds_the_figure_and_three_controls(visit) -> None:
    names = ("weight_variance", "depth", "correlation")
    size = {"width": 800, "height": 500}
    page = visit(f"{PAGE}?view=embed&controls={','.join(names)}", viewport=size)
    assert page.eventually(lambda: bottom(page, ".xtitle") <= 500)
    for name in names:
        assert bottom(page, f"#{page.key}-control-{name}") <= 500
    # beside the buttons of a sample there is room for the tab in front
    page = visit("/initialisation?figure=outputs&view=embed", viewport=size)
    page.page.locator(".sampler").wait_for()
    assert page.eventually(lambda: tab_in_sight(page))


def tab_in_sight(page) -> bool:
    """Whether the tab in front is whole among those that are seen."""
    tabs = page.page.locator(".tabs").bounding_box()
    tab = page.page.locator(".tabs label[data-active]").bounding_box()
    return tabs["x"] <= tab["x"] and tab["x"] + tab["width"] <= tabs["x"] + tabs["width"]


def test_the_tab_in_front_stays_in_sight_in_another_look(visit) -> None:
    page = visit("/implicit-bias?figure=turn", viewport={"width": 1280, "height": 720})
    page.settle_address()
    page.look("Projector")
    tabs = page.page.locator(".tabs")
    assert tabs.evaluate("e => e.scrollWidth > e.clientWidth"), "there is something to scroll"
    assert page.eventually(lambda: tab_in_sight(page))


@pytest.mark.parametrize("path", several(["/gp-kernels?figure=circle", "/initialisation"], 1))
def test_a_projector_shows_all_that_is_worked(visit, path) -> None:
    """Tabs, result, figure, player and the buttons of the state, whole and without scrolling."""
    address = f"{path}{'&' if '?' in path else '?'}view=projector"
    page = visit(address, viewport={"width": 1440, "height": 900})
    parts = [".tabs", ".sentence", ".xtitle", ".state-buttons", ".compare-buttons"]
    parts += [".player"] if page.state("s => Boolean(s.player)") else []
    for part in parts:
        assert page.eventually(lambda part=part: bottom(page, part) <= 900), part
    cut = "(e) => e.scrollWidth - e.clientWidth"
    assert page.page.locator(".sentence").evaluate(cut) <= 0


@pytest.mark.parametrize("path", several(["/gradients?figure=kernel", "/linear-products", PAGE], 2))
def test_the_whole_main_figure_is_in_sight(visit, path) -> None:
    sizes = [
        ({"width": 390, "height": 844}, path),
        ({"width": 1440, "height": 900}, f"{path}{'&' if '?' in path else '?'}no=1&b=default"),
    ]
    for size, address in sizes:
        page = visit(address, viewport=size)
        small = size["width"] < 900

        def whole(page=page, small=small) -> bool:
            graph = page.page.locator(f"#{page.key}-graph-0").bounding_box()
            drawer = page.page.locator(f"#{page.key}-rail").bounding_box()
            end = drawer["y"] if small else 900
            return graph["y"] + graph["height"] <= end and graph["height"] >= 250

        assert page.eventually(whole)


CUT = """() => [...document.querySelectorAll(".slot.drawn .sides")].flatMap((slot) => {
  const whole = slot.getBoundingClientRect();
  return [...slot.querySelectorAll(".annotation-text, .gtitle, .xtitle, .ytitle, .legendtext")]
    .map((text) => [text.textContent, text.getBoundingClientRect()])
    .filter(([, at]) => at.left < whole.left - 1 || at.right > whole.right + 1)
    .map(([text]) => text);
})"""


@pytest.mark.parametrize(
    "path",
    several(
        [
            "/linear-products",
            "/gp-kernels?figure=plane",
            "/region-counts?figure=counts",
            "/finite-width?figure=critical",
            "/ntk-regime?figure=eigenvalues",
        ],
        2,
    ),
)
def test_no_words_are_cut_off_on_a_phone(visit, path) -> None:
    page = visit(path, **PHONE)
    for slot in range(page.state("s => s.items.length")):
        page.page.locator(f"#{page.key}-graph-{slot}").scroll_into_view_if_needed()
        page.wait_until("(s, slot) => !s.pending.has(slot)", slot)
    assert page.eventually(lambda: page.page.evaluate(CUT) == []), page.page.evaluate(CUT)


# How a line of plain text is written.
WRITTEN = """async (text) => {
  const entry = document.querySelector("script[type=module]");
  const { typeset } = await import(new URL("page/elements.js", entry.src));
  return typeset(text).map((part) => part.outerHTML ?? part).join("");
}"""


def test_an_exponent_is_written_whole(visit) -> None:
    page = visit(PAGE).page
    assert page.evaluate(WRITTEN, "At t = 10^6.67 it is C_W.") == (
        "At t = 10<sup>6.67</sup> it is C<sub>W</sub>."
    )
    assert page.evaluate(WRITTEN, "from 10^3. Then") == "from 10<sup>3</sup>. Then"


# Pairs of a figure's labels that cover each other, by more than the edge of a letter.
COVERED = """[...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
  const labels = [...plot.querySelectorAll(".annotation-text")]
    .map((e) => [e, e.getBoundingClientRect()]);
  return labels.flatMap(([e, a], i) => labels.slice(i + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
                       Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6)
    .map(([f]) => `${e.textContent} | ${f.textContent}`));
})"""


@pytest.mark.parametrize(("look", "width"), several([("", 390), ("&view=projector", 1280)], 1))
def test_no_label_covers_another(visit, look, width) -> None:
    """Three slopes of one line, and two panels beside each other, where there is little room."""
    path = f"/ntk-vs-mean-field?figure=width&networks=4{look}"
    page = visit(path, viewport={"width": width, "height": 720})
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    page.settle()
    assert page.page.locator(".annotation-text").count() >= 6
    assert page.page.evaluate(COVERED) == []


def test_the_narrowest_screen_has_room_for_the_figure(visit) -> None:
    page = visit("/ntk-vs-mean-field", viewport={"width": 320, "height": 640})
    drawn = page.page.locator(".slot.main .nsewdrag").first.bounding_box()
    assert drawn is not None
    assert drawn["height"] > 100


ON_PAPER = """() => {
  const seen = (e) => e.checkVisibility();
  const paper = document.querySelector("#main").getBoundingClientRect();
  const figures = [...document.querySelectorAll(".slot.drawn .main-svg:first-child")];
  return {
    look: document.documentElement.dataset.look,
    controls: [...document.querySelectorAll("button, input, .rail")].filter(seen).length,
    wide: figures.filter((e) => Math.abs(e.getBoundingClientRect().width - paper.width) > 1).length,
    drawn: figures.length,
    words: document.querySelector("#main").innerText,
  };
}"""


@pytest.mark.parametrize("kind", several([{}, PHONE], 1))
def test_on_paper_a_page_is_a_hand_out(visit, kind) -> None:
    """Figures that nobody scrolled to, the result, the claims and the link, in the light look."""
    page = visit("/gp-kernels?depth=50&networks=100", **kind)
    page.look("Dark")
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    page.page.emulate_media(media="print")
    page.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.next_frames()
    found = page.page.evaluate(ON_PAPER)
    assert (found["look"], found["controls"], found["wide"], found["drawn"]) == ("light", 0, 0, 2)
    for part in (
        page.sentence,
        "measured",
        "/gp-kernels?depth=50&networks=100",
        "correlation = 0.5",
    ):
        assert part in found["words"]
    page.page.emulate_media(media="screen")
    page.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.settle()
    assert page.page.evaluate("document.documentElement.dataset.look") == "dark"
    assert page.button("reset").is_visible()
