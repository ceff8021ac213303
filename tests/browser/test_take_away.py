"""What a visitor takes home: files, tables, the link, the Python."""

from __future__ import annotations

import codecs
import csv
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from compute import __version__
from tests.browser.served import ROOT
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

MEASURED = "real networks, N = 128"
SAMPLED = "s => s.answer.sampling.done === s.answer.sampling.total"
HEADS = {
    "depth": ["series", "layer ℓ", "correlation gap 1 − C(ℓ)", "standard error"],
    "plane": ["series", "weight variance CW", "bias variance Cb", "χ"],
}
PAGE = "/gp-kernels?depth=20&activation=tanh&networks=50"


def download(page, tool: str, directory: Path, slot: int = 0) -> Path:
    with page.page.expect_download() as started:
        page.button(f"{slot}-{tool}").click()
    path = directory / started.value.suggested_filename
    started.value.save_as(path)
    return path


@pytest.fixture(scope="module")
def page(usual, server):
    """One visit for the tests that change nothing."""
    page = Visit(usual, server)
    page.page.emulate_media(reduced_motion="reduce")
    page.open(PAGE)
    page.wait_until(SAMPLED)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.settle_address()
    yield page
    page.close()
    assert page.errors == []
    assert page.strangers == []


def copied(page, what: str) -> str:
    page.button(f"copy-{what}").click()
    page.page.get_by_text("Copied").wait_for()
    page.page.get_by_text("Copied").wait_for(state="hidden")
    return str(page.page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("tab", ["depth", "plane"])
def test_csv_holds_what_the_figure_shows(visit, tmp_path, tab) -> None:
    page = visit(f"{PAGE}&figure={tab}")
    if tab == "depth":
        page.wait_until(SAMPLED)
        page.settle()
    path = download(page, "csv", tmp_path)
    assert path.suffix == ".csv"
    assert path.read_bytes().startswith(codecs.BOM_UTF8), "a spreadsheet knows the encoding"
    text = path.read_text("utf-8-sig")
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert __version__ in head[0]
    for name, value in page.params.items():
        spelled = f"# {name} = {str(value).lower() if isinstance(value, bool) else value}"
        assert spelled in head or spelled.removesuffix(".0") in head
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    assert rows[0] == HEADS[tab]
    drawn = [
        (t["name"], x, y)
        for t in page.drawn()
        for x, y in (
            [(x, y) for y in t["y"] for x in t["x"]] if t["z"] else zip(t["x"], t["y"], strict=True)
        )
    ]
    assert len(rows) - 1 == len(drawn)
    for (name, x, y, _), (drawn_name, drawn_x, drawn_y) in zip(rows[1:], drawn, strict=True):
        assert name == drawn_name
        assert float(x) == pytest.approx(drawn_x, rel=1e-6)
        same = y == "" if drawn_y is None else float(y) == pytest.approx(drawn_y, rel=1e-6)
        assert same
    values = [float(row[3]) for row in rows[1:] if row[3]]
    # the colours of the plane are spread over log₁₀ χ
    shown = [10**v for t in page.drawn() for row in t["z"] or [] for v in row]
    shown = shown or [v for t in page.drawn() for v in t["error"]]
    assert values == pytest.approx(shown, rel=1e-6)


def test_csv_names_every_series_of_a_trace(visit, tmp_path) -> None:
    page = visit("/mean-field?figure=ways")
    rows = [
        line.rsplit(",", 3)
        for line in download(page, "csv", tmp_path).read_text("utf-8-sig").splitlines()
        if not line.startswith("#")
    ][1:]
    names = [name for name, *_ in rows]
    traces = page.drawn()
    assert len(set(names)) == 18 > len(traces) == 3
    assert all(math.isfinite(float(value)) for _, *xy, _ in rows for value in xy)
    assert len(rows) == sum(len(t["x"]) for t in traces) - 18


def test_svg_carries_its_caption(page, tmp_path) -> None:
    text = download(page, "svg", tmp_path).read_text("utf-8-sig")
    plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert text.startswith("<svg")
    for part in (__version__, "depth = 20", "activation = tanh", "seed = 0", "gp-kernels?"):
        assert part in plain
    assert text.count('class="js-line"') >= 1


def test_png_is_a_picture(page, tmp_path) -> None:
    content = download(page, "png", tmp_path).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 20_000


def test_python_gives_the_same_numbers(page) -> None:
    text = copied(page, "python")
    text += "print(repr(float(result.depth.gap[-1])), repr(float(sample.current.gap()[0][-1])))\n"
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    exact, measured = map(float, done.stdout.split())
    drawn = {t["name"]: t["y"][-1] for t in page.drawn()}
    assert exact == pytest.approx(drawn["kernel recursion"], rel=1e-6)
    assert measured == pytest.approx(drawn[MEASURED], rel=1e-6)


def test_link_and_result_are_copied(page) -> None:
    assert copied(page, "link") == page.page.url
    result = copied(page, "result")
    for part in (page.page.url, "depth = 20", f"version {__version__}"):
        assert part in result


def test_table_shows_the_numbers(page) -> None:
    page.button("0-table").click()
    table = page.page.locator(f"#{page.key}-0-data table")
    assert table.locator("tbody tr").count() == sum(len(t["x"]) for t in page.drawn())
    assert table.locator("thead th").count() == 4
    first = table.locator("tbody tr").first.locator("td").all_inner_texts()
    drawn = page.drawn()[0]
    assert first[0] == drawn["name"]
    assert [float(v) for v in first[1:3]] == pytest.approx([drawn["x"][0], drawn["y"][0]], rel=1e-6)
    page.button("0-table").click()
    assert table.count() == 0


def test_a_loss_below_the_axis_is_in_the_file(visit, tmp_path) -> None:
    page = visit("/ntk-regime?time=100000")
    floor = 10 ** page.axis("yaxis", 1)[0]
    text = download(page, "csv", tmp_path, 1).read_text("utf-8-sig")
    lines = [line.rsplit(",", 3) for line in text.splitlines() if not line.startswith("#")][1:]
    assert {value for _, _, value, _ in lines}.isdisjoint({"", "NaN"})
    assert min(float(value) for _, _, value, _ in lines) < floor


def test_a_browser_that_changes_pictures_is_told(visit) -> None:
    page = visit(PAGE)
    page.page.evaluate(
        "CanvasRenderingContext2D.prototype.getImageData = () =>"
        " ({ data: new Uint8ClampedArray(256) })"
    )
    page.button("0-png").click()
    page.page.locator(".notice", has_text="SVG").wait_for()


def test_an_open_table_follows_the_controls(visit) -> None:
    page = visit("/gp-kernels?activation=tanh")
    page.button("0-table").click()
    value = page.page.locator(f"#{page.key}-0-data tbody tr").first.locator("td").nth(2)
    before = value.inner_text()
    page.press("weight_variance", "ArrowRight")
    page.wait_until(
        "(s, before) => document.querySelector('.data-table tbody td:nth-child(3)').textContent"
        " !== before",
        before,
    )
    assert float(value.inner_text()) == pytest.approx(page.drawn()[0]["y"][0], rel=1e-6)


def test_what_is_taken_home_is_what_is_shown_though_more_was_asked(visit, tmp_path) -> None:
    # the work at the end of the slider is too much for a machine of any speed
    page = visit("/nodal-sets?depth=6&width=16&size=100&bias_variance=0.1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = copied(page, "link")
    page.press("width", "End")
    page.page.get_by_role("button", name="Take the nearest setting").wait_for()
    assert copied(page, "link") == shown
    assert "width=16" in copied(page, "python")
    assert "# width = 16" in download(page, "csv", tmp_path).read_text("utf-8-sig")


def test_a_heat_map_is_saved_with_its_own_numbers(visit, tmp_path) -> None:
    page = visit("/initialisation?figure=table")
    text = download(page, "csv", tmp_path).read_text("utf-8-sig")
    rows = [line.split(",") for line in text.splitlines() if line.startswith('"E NTK')]
    rows = rows or [line.split(",") for line in text.splitlines() if line.startswith("E NTK")]
    cells = {(float(x), float(y)): float(value) for _, x, y, value in rows}
    scale, rate = 1.0, 1.0
    near = min(cells, key=lambda at: abs(math.log(at[0] / scale)) + abs(math.log(at[1] / rate)))
    assert near == pytest.approx((scale, rate), rel=1e-5)
    assert cells[near] == pytest.approx(1.0, rel=0.3)
    assert all(value > 0 for value in cells.values())


def test_table_and_csv_follow_the_player(visit, tmp_path) -> None:
    """The layer that is shown is the layer that is saved."""
    page = visit("/gp-kernels?figure=circle")
    page.state("s => s.player.go(3)")
    shown = page.drawn()[0]["y"]
    rows = csv.reader(
        line
        for line in download(page, "csv", tmp_path).read_text("utf-8-sig").splitlines()
        if not line.startswith("#")
    )
    saved = [float(row[2]) for row in list(rows)[1 : len(shown) + 1]]
    assert saved == pytest.approx(shown, rel=1e-5, abs=1e-6)
