"""Page 4.1 in the browser: what hovers, clicks, drags and plays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compute.experiments.nodal_sets import Params, run
from compute.experiments.nodal_sets.setting import network, window
from compute.partition import nodal_partition
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

PATH = "/nodal-sets"
PIXEL = """(s, x, y) => {
  const gd = window.dow.plotOf(s, 0), { xaxis, yaxis } = gd._fullLayout;
  const frame = gd.getBoundingClientRect();
  return [frame.left + xaxis._offset + xaxis.d2p(x), frame.top + yaxis._offset + yaxis.d2p(y)];
}"""
CELL = """(s, x, y) => {
  const { dow } = window, cell = dow.nodal.locate(dow.plotOf(s, 0).dowNet, x, y);
  return [dow.nodal.area(cell.points), ...cell.output, cell.sides.length, Array.from(cell.on)];
}"""


def at(visit: Visit, x: float, y: float) -> tuple[float, float]:
    """Where a point of the plane is on the screen."""
    left, top = visit.state(PIXEL, x, y)
    return left, top


SHOWN = """(s => window.dow.plotOf(s, 0).data.filter((t) => /^layer/.test(t.name))
  .map((t) => t.visible))"""


def shown(visit: Visit) -> list[bool]:
    """Which layers' folds are drawn."""
    return list(visit.state(SHOWN))


@pytest.mark.parametrize(("query", "params"), [("", Params()), ("?width=50", Params(width=50))])
def test_hovering_names_the_cell(visit: Callable[..., Visit], query: str, params: Params) -> None:
    """With polygons and without, the browser's cell is the partition's."""
    here = visit(PATH + query)
    net = network(params)
    hidden = list(net.weights[:-1]), list(net.biases[:-1])
    partition = nodal_partition(*hidden, window=window(params))
    maps = partition.output_maps(net.weights[-1], net.biases[-1])
    points = np.random.default_rng(0).uniform(-2.9, 2.9, (40, 2))
    for (x, y), cell in zip(points.tolist(), partition.locate(points).tolist(), strict=True):
        area, a, b, z, sides, on = here.state(CELL, x, y)
        assert area == pytest.approx(partition.areas[cell], rel=1e-6)
        assert [a, b] == pytest.approx(maps.gradient[cell, 0].tolist(), rel=1e-9, abs=1e-12)
        assert z == pytest.approx(float(maps.gradient[cell, 0] @ [x, y] + maps.offset[cell, 0]))
        assert sides == len(partition.polygons[cell])
        words = partition.patterns[cell].tolist()
        assert on == [words[j >> 6] >> (j & 63) & 1 for j in range(len(on))]
    asked = len(here.requests())
    here.page.mouse.move(*at(here, 0.5, -0.7))
    said = here.page.locator(".nodal-cell")
    said.get_by_text("neighbours, across neurons").wait_for()
    assert "x = (0.5" in said.inner_text()
    assert len(here.requests()) == asked


def test_colour_neuron_and_layers_ask_the_server_nothing(visit: Callable[..., Visit]) -> None:
    here = visit(PATH)
    asked = len(here.requests())
    result = run(Params())
    lit = """(s, neuron) => window.dow.plotOf(s, 0).data
      .filter((t) => t.name === "chosen neuron" && t.x.length).length"""
    here.type("neuron", "12")
    here.page.locator(".nodal-neuron", has_text="neuron 12 (layer 2, no. 4)").wait_for()
    pieces = int(result.components[11])
    assert f"{pieces} piece" in here.page.locator(".nodal-neuron").inner_text()
    assert here.state(lit) == pieces
    # a click on a fold chooses its neuron
    points = result.strands.points[: result.strands.offsets[1]]
    here.page.mouse.click(*at(here, *(0.7 * points[0] + 0.3 * points[1]).tolist()))
    here.wait_until("s => s.params.neuron !== 12")
    image = "s => window.dow.plotOf(s, 0).layout.images[0].source"
    before = here.state(image)
    here.choose("colour", "pattern")
    here.wait_until(f"(s, before) => ({image})(s) !== before", before)
    here.part("box", "layers").fill("2")
    here.wait_until("s => s.params.layers === 2")
    address = here.settle_address()
    assert shown(here) == [True, True, False]
    assert len(here.requests()) == asked
    assert here.query["colour"] == "pattern"
    assert here.query["layers"] == "2"
    assert "colour='pattern', layers=2" in here.page.locator("#nodal_sets-python").inner_text()
    again = visit(address)
    assert again.params == here.params
    assert again.state(image) == here.state(image)


# What stands around the square, and which of it covers something else.
COVERED = """() => {
  const words = "text[class^='legend']";
  const names = [".gtitle", words, ".cbfills", ".cbaxis", ".nsewdrag", ".nodal-panel"];
  const boxes = names.flatMap((name) => [...document.querySelectorAll(`.slot.main ${name}`)]
    .map((e) => [name, e.getBoundingClientRect()]).filter(([, box]) => box.width));
  return boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
    .filter(([, q]) => p.left < q.right - 2 && q.left < p.right - 2 &&
                       p.top < q.bottom - 2 && q.top < p.bottom - 2)
    .map(([b]) => `${a} ${b}`));
}"""


@pytest.mark.parametrize(("view", "width", "height"), [("", 390, 844), ("?view=embed", 800, 500)])
def test_nothing_covers_the_square_where_there_is_little_room(
    visit: Callable[..., Visit], view: str, width: int, height: int
) -> None:
    """On a phone and in a frame: title, layers, colour bar and what is read off stand apart."""
    here = visit(PATH + view, viewport={"width": width, "height": height})
    names = here.page.locator(".slot.main text[class^='legend']")
    assert names.all_text_contents() == ["layer 1", "layer 2", "layer 3"]
    assert here.eventually(lambda: here.page.evaluate(COVERED) == []), here.page.evaluate(COVERED)


def test_layers_play_in_the_browser(visit: Callable[..., Visit]) -> None:
    here = visit(PATH)
    asked = len(here.requests())
    here.state(
        """s => {
          const gd = window.dow.plotOf(s, 0);
          const folds = () => gd.data.filter((t) => /^layer/.test(t.name)).map((t) => t.visible);
          s.played = [];
          gd.on("plotly_afterplot", () => s.played.push(folds()));
        }"""
    )
    here.page.get_by_role("button", name="Play the layers").click()
    here.wait_until("s => s.played.length > 0 && s.params.layers === 6")
    assert [True, False, False] in here.state("s => s.played")
    assert shown(here) == [True, True, True]
    assert here.page.get_by_role("button", name="Play the layers").inner_text() == "Play layers"
    assert len(here.requests()) == asked


def test_an_end_of_the_line_is_dragged(visit: Callable[..., Visit]) -> None:
    here = visit(PATH)
    title = "s => s.items[1].spec.layout.title.text"
    before, axis = here.state(title), here.axis()
    (_, _), (x, y) = Params().line
    start, end = at(here, x, y), at(here, -2.0, 2.5)
    mouse = here.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    mouse.move(*end, steps=4)
    mouse.up()
    here.settle()
    first, second = (p.split("~") for p in here.params["line"].split("_"))
    assert first == ["-2.6", "-1.4"]
    assert [float(v) for v in second] == pytest.approx([-2.0, 2.5], abs=0.03)
    assert here.axis() == axis, "the figure has not been panned"
    assert here.state(title) != before


def test_a_move_within_the_frame_of_the_release_counts(visit: Callable[..., Visit]) -> None:
    here = visit(PATH)
    _, (x, y) = Params().line
    mouse = here.page.mouse
    mouse.move(*at(here, x, y))
    mouse.down()
    here.state(
        """(s, x, y) => {
          for (const kind of ["pointermove", "pointerup"])
            window.dow.plotOf(s, 0).dispatchEvent(
              new PointerEvent(kind, { clientX: x, clientY: y, bubbles: true }));
        }""",
        *at(here, -2.0, 2.5),
    )
    mouse.up()
    here.settle()
    second = here.params["line"].split("_")[1].split("~")
    assert [float(v) for v in second] == pytest.approx([-2.0, 2.5], abs=0.03)
    line = here.state(
        "s => { const { x, y } = window.dow.plotOf(s, 0).data.at(-1); return [x[1], y[1]]; }"
    )
    assert line == [float(v) for v in second]


def test_the_surface_is_the_output_over_the_window(visit: Callable[..., Visit]) -> None:
    here = visit(PATH + "?depth=2&width=6")
    page, asked = here.page, len(here.requests())
    assert not any("plotly-3d" in address for address in here.asked)
    page.get_by_role("button", name="The output in three dimensions").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("arrow keys").wait_for()
    surface = page.evaluate(
        """() => {
          const { x, y, z, i, j, k } = document.querySelector(".nodal-surface-graph").data[0];
          return [x, y, z, i, j, k].map((list) => Array.from(list));
        }"""
    )
    x, y, z, *triangles = (np.array(part) for part in surface)
    params = Params(depth=2, width=6)
    net = network(params)
    values = np.column_stack([x, y])
    for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
        values = np.maximum(values @ weight.T + bias, 0.0)
    assert z == pytest.approx((values @ net.weights[-1].T + net.biases[-1])[:, 0], abs=1e-5)
    assert (
        len(z)
        == nodal_partition(
            list(net.weights[:-1]), list(net.biases[:-1]), window=window(params)
        ).vertex_count
    )
    folds = page.evaluate(
        """() => document.querySelector(".nodal-surface-graph").data.slice(1).map(
          ({ x, y, z }) => [x, y, z].map((list) => Array.from(list, (v) => v ?? NaN)))"""
    )
    assert len(folds) == 2
    for line in folds:
        x1, x2, height = np.array(line)
        # between the corners, too
        for share in (0.0, 0.3, 0.5):
            between = [v[:-1] + share * np.diff(v) for v in (x1, x2, height)]
            kept = np.isfinite(between[2])
            values = np.column_stack(between[:2])[kept]
            for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
                values = np.maximum(values @ weight.T + bias, 0.0)
            exact = (values @ net.weights[-1].T + net.biases[-1])[:, 0]
            assert between[2][kept] == pytest.approx(exact, abs=2e-3 * np.ptp(z))
    p, q, r = (np.column_stack([x[part], y[part]]) for part in triangles)
    (a, b), (c, d) = (q - p).T, (r - p).T
    assert 0.5 * np.abs(a * d - b * c).sum() == pytest.approx(params.size**2, rel=1e-5)
    eye = """() => ["x", "y", "z"].map((axis) =>
      document.querySelector(".nodal-surface-graph")._fullLayout.scene.camera.eye[axis])"""
    before, centre = page.evaluate(eye), np.array([0, 0, -0.1])
    page.keyboard.press("Control+-")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"(x) => ({eye})()[0] < x - 0.01", arg=before[0])
    after = page.evaluate(eye)
    assert np.linalg.norm(after - centre) == pytest.approx(np.linalg.norm(before - centre))
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert len(here.requests()) == asked
    # it goes with what it is of
    here.button("sample").click()
    here.settle_address()
    page.get_by_role("button", name="The output in three dimensions").click()
    dialog.get_by_text("arrow keys").wait_for()
    page.go_back()
    dialog.wait_for(state="detached")
    here.settle()
    # the page's own plotly is in its place
    assert "mesh3d" not in page.evaluate("() => Object.keys(Plotly.PlotSchema.get().traces)")
    here.press("width", "ArrowRight")
    assert here.params["width"] == 8


def test_pan_and_zoom_are_the_window(visit: Callable[..., Visit]) -> None:
    here = visit(PATH)
    start, end = at(here, 0.3, -1.3), at(here, 1.3, -1.8)
    mouse = here.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=6)
    mouse.up()
    here.wait_until("s => s.params.centre_x !== 0")
    here.settle()
    assert here.params["centre_x"] == pytest.approx(-1.0, abs=0.05)
    assert here.params["centre_y"] == pytest.approx(0.5, abs=0.05)
    panned = here.settle_address()
    here.page.locator(".nodal-buttons button").nth(1).click()
    here.wait_until("s => s.params.size === 3")
    here.settle()
    centre = here.params["centre_x"]
    assert here.axis() == pytest.approx([centre - 1.5, centre + 1.5])
    assert here.axis("yaxis")[1] - here.axis("yaxis")[0] == pytest.approx(3.0)
    cells = run(Params(size=3, centre_x=centre, centre_y=here.params["centre_y"])).cells
    assert f"= {cells} nodal cells" in here.sentence
    bring = here.page.get_by_role("button", name="Bring the line into the window")
    bring.click()
    here.settle()
    (low, left), (high, right) = (map(float, p.split("~")) for p in here.params["line"].split("_"))
    assert [low, high] == pytest.approx([centre - 1.2, centre + 1.2])
    assert left == right == here.params["centre_y"]
    assert not bring.is_visible()
    here.page.go_back()
    assert "line" not in here.settle_address(), "though its box has just been written"
    here.page.go_back()
    here.wait_until("s => s.params.size === 6")
    assert here.settle_address() == panned
    before = here.params["size"]
    here.page.mouse.move(*at(here, -1.0, 0.5))
    here.page.keyboard.down("Control")
    here.page.mouse.wheel(0, -100)
    here.page.keyboard.up("Control")
    here.wait_until("(s, before) => s.params.size < before", before)


def test_downloads_hold_cells_and_the_chosen_neuron(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    here = visit(PATH + "?colour=region&neuron=12")
    with here.page.expect_download() as download:
        here.button("0-svg").click()
    path: Any = tmp_path / "figure.svg"
    download.value.save_as(path)
    text = path.read_text()
    assert "data:image/svg+xml" in text
    assert "neuron = 12" in text.replace("\u00a0", " ")
    shades = here.state(
        "s => window.dow.plotOf(s, 0).layout.images[0].source.split('<path').length"
    )
    assert shades > 20
