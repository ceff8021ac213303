"""What a visitor waits for: slider to paint, paints while dragging, first load.

Every page and every tab, in the system's Chromium; the server has an empty cache. Every slider in
sight is moved a few stops away from the default and back; one is dragged as far as it goes.
Animations are off (prefers-reduced-motion) and samples are stopped, so that only the slider makes
figures move.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from components.page import link, path_of
from compute.experiments import EXPERIMENTS
from compute.params import Parameter, parameters
from tests.benchmarks.runs import tabs
from tests.benchmarks.table import Row, Times, short
from tests.browser.served import chromium, serve
from tests.browser.visit import Visit, newcomer

STEPS = 30
DRAG_S = 2.5
LOADS = 3
# On a slow machine not every tab fits into the time a benchmark may take; first tabs go first.
SECONDS = 400.0
CACHED = {1: 60, 2: 75, 3: 90, 4: 90}

SHAPES = """s => s.items.map((item, slot) => s.pending.has(slot) ? null :
  window.dow.plotOf(s, slot)._fullData.map((t) =>
    t.z ? `${t.z[0].length}x${t.z.length}` : t.x.length).join(",")).filter(Boolean).join("|")"""
# When every figure in sight has been painted since the key: milliseconds from key to last paint.
PAINTED = """(figures) => {
  const paints = window.seen.paints.filter((p) => p.at > window.seen.key);
  const drawn = new Set(paints.map((p) => p.graph));
  return drawn.size >= figures && Math.max(...paints.map((p) => p.at)) - window.seen.key;
}"""
GO = """async (s) => {
  if (!s.player) return null;
  const start = performance.now();
  for (let k = 0; k < 30; k++) {
    await s.player.go(k);
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - start) / 30;
}"""


def rows(keys: tuple[str, ...] = ()) -> Iterator[Row]:
    """The tabs of the experiments in `keys`, or of all of them, as far as the time goes."""
    chosen = [e for e in EXPERIMENTS if not keys or e.key in keys]
    work = [list(tabs(e).items()) for e in chosen]
    order = [
        (experiment, tab, params, i == 0)
        for i in range(max(map(len, work)))
        for experiment, its in zip(chosen, work, strict=True)
        for tab, params in its[i : i + 1]
    ]
    deadline = time.monotonic() + SECONDS
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        with serve(Path(scratch, "ours")) as ours:
            yield from first_loads(browser, ours, [path_of(e.key) for e in chosen])
            with serve(Path(scratch, "rival"), "tests.benchmarks.rival:server") as rival:
                for experiment, tab, params, first in order:
                    name = f"{experiment.key} {tab}"
                    if time.monotonic() > deadline:
                        yield Row(f"slider to paint: {name}", "not measured: out of time")
                        continue
                    yield from sliding(browser, ours, rival, name, link(experiment, params), first)
        browser.close()


# Milliseconds from the start of the navigation until something is there.
THERE = """(selector) => new Promise((done) => {
  const timer = setInterval(() => {
    if (!document.querySelector(selector)) return;
    clearInterval(timer);
    done(performance.now());
  }, 10);
})"""


def first_loads(browser: Browser, address: str, paths: list[str]) -> Iterator[Row]:
    """Bytes and time of visitors who come for the first time, the median of each."""
    for path in [*paths, "/", "/claims", "/errata", "/teach"]:
        took, size = np.median([first_load(browser, address, path) for _ in range(LOADS)], axis=0)
        what = "the first figure" if path in paths else "the page"
        yield Row(
            f"first load: {path}",
            f"{size / 1e6:.2f} MB, {short(took)} ms to {what}",
            "≤ 2 MB, ≤ 1500 ms",
        )


def first_load(browser: Browser, address: str, path: str) -> tuple[float, int]:
    """Milliseconds and bytes of one visitor with nothing at hand."""
    visit = newcomer(browser, address)
    visit.page.goto(path, wait_until="commit")
    figure = ".slot.drawn .js-plotly-plot .main-svg"
    took = visit.page.evaluate(THERE, figure if visit.is_experiment else "#main h1")
    visit.page.wait_for_timeout(500)
    size = visit.bytes
    visit.close()
    return float(took), size


def sliding(
    browser: Browser, ours: str, rival: str, name: str, path: str, first: bool
) -> Iterator[Row]:
    """Keys on every slider, a few stops forth (uncached) and back (cached); one is dragged."""
    visit = newcomer(browser, ours, reduced_motion="reduce")
    visit.open(path)
    visit.stop_sampling()
    room = sliders(visit)
    if not room:
        yield Row(f"slider to paint: {name}", "has no slider")
        visit.close()
        return
    visit.page.evaluate("seen.watch()")
    figures = visit.state("s => s.items.length - s.pending.size")
    shape = visit.state(SHAPES)
    cold: list[float] = []
    cached: list[float] = []
    for name_of_slider, stops in room.items():
        thumb, steps = visit.thumb(name_of_slider), min(stops, max(1, STEPS // len(room)))
        cold += keys(visit, thumb, "ArrowRight", figures, steps)
        cached += keys(visit, thumb, "ArrowLeft", figures, steps)
    slider = max(room, key=lambda name: min(room[name], STEPS))
    redraw = visit.state(GO)
    paints = {delay: dragging(visit, slider, delay) for delay in ((0, 200) if first else (0,))}
    visit.close()
    usual = as_go_figure(browser, rival, shape, figures) if first else None
    s = "s" if figures > 1 else ""
    yield Row(
        f"slider to paint: {name}, {figures} figure{s}",
        f"{Times(tuple(cold))} ({len(cold)} keys; sliders: {len(room)})",
        "≤ 100 / 200 ms",
        f"{usual} as go.Figure" if usual else "–",
    )
    yield Row("  cached", str(Times(tuple(cached))), f"≤ {CACHED.get(figures, 90)} ms")
    painted, values = paints[0]
    yield Row(
        f"  paints a second, dragging {DRAG_S} s",
        f"{short(painted / DRAG_S)} ({painted} of {values} values)",
        "≥ 10, or all values",
    )
    if first:
        yield Row(f"  paints in {DRAG_S} s, answers 200 ms late", str(paints[200][0]), "≥ 8")
    if redraw:
        yield Row("  playing: one frame", f"{short(redraw)} ms", "≤ 33 ms")


def sliders(visit: Visit) -> dict[str, int]:
    """The sliders in sight that ask the server, and how many stops each can go to the right."""
    specs = parameters(visit.experiment.params)
    shown_here = visit.state("s => s.local")
    room = {
        name: stops_right(spec, visit.params[name])
        for name, spec in specs.items()
        if spec.slider
        and spec.kind in {"integer", "real"}
        and name not in shown_here
        and visit.thumb(name).is_visible()
    }
    return {name: stops for name, stops in room.items() if stops > 0}


def stops_right(spec: Parameter, value: float) -> int:
    """How many steps a slider can go to the right."""
    if spec.ladder is not None:
        return sum(stop > value for stop in spec.ladder)
    return int((spec.high - value) / spec.step)


def keys(visit: Visit, thumb: Any, key: str, figures: int, steps: int) -> list[float]:
    """Milliseconds from key to paint; each key waits for the paint of the one before."""
    found = []
    thumb.focus()
    for _ in range(steps):
        visit.page.evaluate("seen.key = Infinity; seen.paints = []")
        visit.page.keyboard.press(key)
        painted = visit.page.wait_for_function(PAINTED, arg=figures)
        found.append(float(painted.json_value()))
        # The figures are there, but callbacks are still coming back; no hand is faster.
        visit.page.wait_for_timeout(20)
    return found


# Counts the values that a slider passes; its thumb says each of them.
VALUES = """(thumb) => {
  seen.values = 0;
  const count = new MutationObserver((changes) => { seen.values += changes.length; });
  count.observe(thumb, { attributeFilter: ["aria-valuenow"] });
  seen.stop = () => count.disconnect();
}"""


def dragging(visit: Visit, slider: str, delay: int) -> tuple[int, int]:
    """Paints of the first figure while the mouse drags, with answers `delay` ms late, and the
    values that the slider passes meanwhile: with few stops there is little to paint."""
    visit.settle()
    visit.page.evaluate("ms => { seen.delay = ms; seen.paints = []; }", delay)
    visit.thumb(slider).evaluate(VALUES)
    visit.drag(slider, DRAG_S)
    painted, values = visit.page.evaluate("[seen.answersPainted(), seen.values]")
    visit.page.evaluate("seen.stop()")
    visit.settle()
    return int(painted), int(values)


def as_go_figure(browser: Browser, address: str, shape: str, figures: int) -> Times:
    """The rival's time from key to paint, drawing the same numbers of points."""
    visit = newcomer(browser, address, reduced_motion="reduce")
    visit.page.goto(f"/?shape={shape}")
    visit.page.wait_for_function(
        "n => document.querySelectorAll('.js-plotly-plot .main-svg').length >= n", arg=figures
    )
    visit.page.wait_for_timeout(500)
    visit.page.evaluate("seen.watch()")
    found = keys(visit, visit.page.locator("[role=slider]"), "ArrowRight", figures, STEPS)
    visit.close()
    return Times(tuple(found))
