"""Figures under the mouse: zoom that stays, clicks that steer."""

from __future__ import annotations

import pytest

from components.page import path_of
from compute.experiments import EXPERIMENTS
from compute.params import parameters
from tests.thorough import several

pytestmark = pytest.mark.browser

PLOT = ".slot.drawn .js-plotly-plot .nsewdrag"


def corner(page, x: float, y: float, slot: int = 0) -> tuple[float, float]:
    """The point of the window at shares x, y of a figure's plot area, from its lower left."""
    box = page.page.locator(PLOT).nth(slot).bounding_box()
    return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]


def zoom(page) -> None:
    mouse = page.page.mouse
    mouse.move(*corner(page, 0.3, 0.7))
    mouse.down()
    for i in range(1, 11):
        mouse.move(*corner(page, 0.3 + 0.03 * i, 0.7 - 0.04 * i))
    mouse.up()
    page.wait_until("s => Object.keys(s.zoom).length > 0")
    page.next_frames()


@pytest.mark.parametrize("tab", several(["map", "shaped"], 1))
def test_zoom_stays_while_sliding_and_a_double_click_ends_it(visit, tab) -> None:
    page = visit(f"/gp-kernels?figure={tab}&activation=tanh")
    whole = page.axis("xaxis"), page.axis("yaxis")
    zoom(page)
    near = page.axis("xaxis"), page.axis("yaxis")
    for (low, high), (left, right) in zip(near, whole, strict=True):
        assert left < low < high < right
    figure = page.drawn()
    page.press("norm", "ArrowLeft", "ArrowRight", "ArrowRight")
    page.look("Dark")
    assert page.params["norm"] == 1.5
    assert page.drawn() != figure
    for now, then in zip((page.axis("xaxis"), page.axis("yaxis")), near, strict=True):
        assert now == pytest.approx(then)
    page.press("norm", "ArrowLeft")
    page.page.mouse.dblclick(*corner(page, 0.5, 0.5))
    for axis, ends in zip(("xaxis", "yaxis"), whole, strict=True):
        assert page.eventually(lambda a=axis, e=ends: page.axis(a) == pytest.approx(e))


def test_zoom_belongs_to_one_figure(visit) -> None:
    page = visit("/gp-kernels")
    zoom(page)
    near = page.axis("xaxis")
    page.choose("figure", "map")
    page.settle()
    assert page.axis("xaxis") == pytest.approx([-1.02, 1.02])
    page.choose("figure", "depth")
    page.settle()
    assert page.axis("xaxis") == pytest.approx(near)


def test_a_click_on_the_phase_plane_goes_there_and_two_take_the_zoom_back(visit) -> None:
    page = visit("/gp-kernels?figure=plane&activation=tanh")
    entries = page.page.evaluate("history.length")
    share_weight, share_bias = (4 - 0.1) / 5.9, 0.25
    before = len(page.requests())
    page.page.mouse.click(*corner(page, share_weight, share_bias))
    page.settle_address()
    assert page.params["weight_variance"] == pytest.approx(4, abs=0.03)
    assert page.params["bias_variance"] == pytest.approx(0.5, abs=0.03)
    assert page.part("box", "weight_variance").input_value() == str(page.params["weight_variance"])
    assert len(page.requests()) == before + 1
    marker = next(t for t in page.drawn() if t["name"] == "this page")
    assert marker["x"] == pytest.approx([page.params["weight_variance"]])
    assert marker["y"] == pytest.approx([page.params["bias_variance"]])
    # a browser remembers fifty
    assert page.page.evaluate("history.length") == min(entries + 1, 50)
    there = page.params
    zoom(page)
    page.page.mouse.dblclick(*corner(page, 0.5, 0.5))
    page.wait_until("s => Object.keys(s.zoom).length === 0")
    page.settle()
    assert page.params == there


def test_figures_below_the_fold_are_drawn_when_they_are_reached(visit) -> None:
    page = visit("/gp-kernels?figure=circle")
    last = page.state("s => s.items.length") - 1
    page.page.locator(f"#{page.key}-{last}-slot").scroll_into_view_if_needed()
    page.settle()
    page.page.wait_for_function(
        "([page, slot]) => window.dow.plotOf(window.dow.pages[page], slot)?._fullData?.length",
        arg=[page.key, last],
    )
    assert page.drawn(last)


# The figures as plotly has drawn them: moved since they were first drawn, and drawn anew.
AS_DRAWN = """async (s) => {
  const svg = (gd) => [...gd.querySelectorAll(".main-svg")].map((part) => {
    const copy = part.cloneNode(true);
    // marks that an axis gets come after those that it has had
    const layers = "[class*=axislayer], [class*=axislayer] g, .gridlayer g";
    for (const marks of copy.querySelectorAll(layers))
      marks.append(...[...marks.children].sort((a, b) => (a.outerHTML < b.outerHTML ? -1 : 1)));
    return copy.innerHTML;
  }).join("");
  const found = [];
  for (const slot of s.items.keys()) {
    const gd = window.dow.plotOf(s, slot);
    if (!gd || s.pending.has(slot)) continue;
    const moved = svg(gd), frame = gd.dowFrame;
    gd.dowFrame = null;
    window.dow.plot(s, slot);
    await new Promise((done) => setTimeout(done, 200));
    found.push([moved, svg(gd), Boolean(frame)]);
  }
  return found;
}"""


# How often figures have been drawn anew since, how often they have been moved, and what became of
# the first move: it is drawn before plotly says that its animation has ended.
COUNTED = """() => {
  const { react, redraw, animate } = Plotly;
  window.anew = window.moved = 0;
  window.told = [];
  for (const gd of document.querySelectorAll(".js-plotly-plot"))
    for (const what of ["afterplot", "transitioned"])
      gd.on(`plotly_${what}`, () => { if (window.moved) window.told.push(what); });
  Plotly.react = (...all) => { window.anew += 1; return react(...all); };
  Plotly.redraw = (...all) => { window.anew += 1; return redraw(...all); };
  Plotly.animate = (...all) => { window.moved += 1; return animate(...all); };
}"""


@pytest.mark.parametrize("key", several([e.key for e in EXPERIMENTS], 2))
def test_a_moved_figure_looks_as_if_drawn_anew(visit, key) -> None:
    page = visit(path_of(key))
    page.stop_sampling()
    page.page.evaluate(COUNTED)
    fields = parameters(page.experiment.params)
    # one whose steps are small
    small = ("bias_variance",) if key == "nodal_sets" else ("weight_variance", "data", "width")
    slider = next(n for n in (*small, *fields) if n in fields and page.thumb(n).is_visible())
    for arrow in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        page.press(slider, arrow)
    assert page.page.evaluate("window.moved") > 0, "nothing has been moved"
    assert page.page.evaluate("window.told[0]") == "afterplot"
    drawn = page.state(AS_DRAWN)
    assert any(framed for _, _, framed in drawn)
    for moved, anew, _ in drawn:
        assert moved == anew


@pytest.mark.parametrize(
    ("address", "slider"),
    several(
        [
            ("/linear-products?view=projector", "width"),
            ("/linear-products", "depth"),
            ("/initialisation", "width"),
            ("/gp-kernels", "depth"),
        ],
        2,
    ),
)
def test_axes_that_change_are_moved_with_what_stands_on_them(visit, address, slider) -> None:
    page = visit(address)
    page.stop_sampling()
    page.page.evaluate(COUNTED)
    before = page.axis("xaxis"), page.axis("yaxis")
    for arrow in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.press(slider, arrow)
    assert (page.axis("xaxis"), page.axis("yaxis")) != before
    assert page.page.evaluate("window.anew") == 0
    # none of it is a zoom
    assert page.state("s => s.zoom") == {}
    for moved, anew, _ in page.state(AS_DRAWN):
        assert moved == anew


@pytest.mark.parametrize(
    "address",
    several(["/linear-products?samples=400", "/initialisation?figure=outputs&networks=1000"], 1),
)
def test_a_finished_sample_looks_as_if_drawn_anew(visit, address) -> None:
    page = visit(address)
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    page.settle()
    for moved, anew, _ in page.state(AS_DRAWN):
        assert moved == anew


# One after the other; the third moves the title of the axis.
STEPS = (
    "layout.xaxis.tickvals = [1, 2]; layout.xaxis.ticktext = ['one', 'two']",
    "layout.title.text = 'Another title'; layout.yaxis.range = [2, 3]",
    "layout.yaxis.range = [2, 20]",
)
# A place gets another size, and nobody has told plotly yet.
PLACED = "window.dow.plotOf(s, 0).style.height = '300px'; window.dow.plot(s, 0)"


def test_marks_and_titles_are_not_forgotten(visit) -> None:
    page = visit("/linear-products")
    page.stop_sampling()
    for step in STEPS:
        page.state(
            f"s => {{ const {{ layout }} = s.items[0].spec; {step}; window.dow.plot(s, 0); }}"
        )
        page.wait_until("s => !window.dow.plotOf(s, 0).dowMoving")
        moved, anew, framed = page.state(AS_DRAWN)[0]
        assert framed
        assert moved == anew, step
    page.page.evaluate("() => { Plotly.Plots.resize = () => Promise.resolve(); }")
    page.state(f"s => {{ {PLACED}; }}")
    page.wait_until("s => !window.dow.plotOf(s, 0).dowMoving")
    moved, anew, _ = page.state(AS_DRAWN)[0]
    assert moved == anew, PLACED


# A plotly that tells nothing of what it is doing, or has no animations, or never ends one, or keeps
# other notes.
OTHERS = (
    "Plotly.animate = () => new Promise(() => null)",
    "Plotly.animate = undefined",
    "Plotly.animate = () => Promise.resolve()",
    "delete window.dow.plotOf(s, 0)._fullLayout._pushmargin",
)


def test_another_plotly_draws_every_figure_anew(visit) -> None:
    page = visit("/linear-products")
    page.stop_sampling()
    page.page.evaluate(COUNTED)
    for count, other in enumerate(OTHERS, 1):
        own = page.page.evaluate_handle("() => Plotly.animate")
        page.state(f"s => {{ {other}; }}")
        page.press("depth", "ArrowRight")
        assert page.page.evaluate("window.anew") >= count, other
        page.page.evaluate("own => { Plotly.animate = own; }", own)
        for moved, anew, _ in page.state(AS_DRAWN):
            assert moved == anew


def test_side_b_is_drawn_anew_after_a_zoom(visit) -> None:
    page = visit("/gp-kernels")
    page.button("pin").click()
    page.settle()
    ranges = """() => { const gd = document.getElementById("gp_kernels-beside-0");
      const ticks = [...gd.querySelectorAll(".xtick")].map((tick) => tick.textContent);
      return [gd._fullLayout.xaxis.range, ticks]; }"""
    whole = page.page.evaluate(ranges)
    page.page.evaluate(
        """() => Plotly.relayout("gp_kernels-beside-0", { "xaxis.range": [0.5, 0.9] })"""
    )
    assert page.page.evaluate(ranges) != whole
    page.press("weight_variance", "ArrowRight")
    assert page.page.evaluate(ranges) == whole


ORDERED = """() => {
  let framed = false;
  window.order = [];
  for (const way of ["react", "animate"]) {
    const own = Plotly[way];
    Plotly[way] = (gd, ...rest) => {
      if (!window.order.length) requestAnimationFrame(() => { framed = true; });
      const rested = performance.now() - window.dow.pages.region_counts.sentAt >= 250;
      window.order.push([gd.id.split("-").at(-1), framed, rested]);
      return own(gd, ...rest);
    };
  }
}"""


def test_figures_that_are_near_are_drawn_when_the_slider_rests(visit) -> None:
    page = visit("/region-counts")
    page.stop_sampling()
    page.page.evaluate(ORDERED)
    page.press("weight_variance", "ArrowRight")
    (first, framed, _), *others = page.page.evaluate("window.order")
    assert (first, framed) == ("0", False)
    near = [(after, rested) for slot, after, rested in others if slot != "0"]
    assert near
    assert all(after and rested for after, rested in near), "drawn on the way"
