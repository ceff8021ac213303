"""What a visitor waits for: slider to paint, paints while dragging, first load.

Every page and every tab in the system's Chromium, by turns beside a plain Dash app that answers
with the same run and the same traces in figures of the same size (`plain_dash`). Both servers have
empty caches. Every slider in sight is moved a few stops away from the default, by keys, and back;
one is dragged. Animations are off and samples are stopped, so that only the slider makes figures
move.

Ours asks for the next stop ahead of its key, so that the run's own time is subtracted from the
rival's alone. Every other few keys are those of a reader who saves data, for whom nothing is asked
ahead: there both need the run, and it is subtracted from both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, sync_playwright

from components.page import link, path_of
from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS
from compute.params import Parameter, parameters, to_query
from tests.benchmarks.runs import tabs
from tests.benchmarks.table import Row, at_least, at_most
from tests.benchmarks.timing import Times, short, waited
from tests.benchmarks.visitors import (
    FIGURE,
    drag,
    figures_in_sight,
    first_load,
    open_rival,
    press,
    rival_path,
    visitor,
)
from tests.browser.served import chromium, serve
from tests.browser.visit import Visit

KEYS, TURN = 30, 5
DRAG_S, DRAGS = 2.5, 2
LOADS = 3
# On a slow machine not every tab fits into the time a benchmark may take; first tabs go first.
SECONDS = 600.0
SHEETS = ("/", "/claims", "/errata", "/teach")

GO = """async (s) => {
  if (!s.player) return null;
  const start = performance.now();
  for (let k = 0; k < 30; k++) {
    await s.player.go(k);
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - start) / 30;
}"""


@dataclass(frozen=True)
class Side:
    """One of the two, at the same setting: a visit and its sliders by name."""

    visit: Visit
    thumbs: dict[str, Locator]


@dataclass
class Found:
    """Milliseconds from key to paint of both sides, and of the runs between, key by key."""

    ours: list[float] = field(default_factory=list)
    rival: list[float] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)

    def beyond_the_run(self, its: list[float]) -> Times:
        """What one side has needed besides."""
        return Times(tuple(np.subtract(its, self.runs).tolist()))


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
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        serve(Path(scratch, "ours")) as ours,
        serve(Path(scratch, "rival"), "tests.benchmarks.plain_dash:server") as rival,
    ):
        browser = playwright.chromium.launch(**chromium())
        for experiment, tab, params, first in order:
            if time.monotonic() > deadline:
                yield Row(f"slider to paint: {experiment.key} {tab}", "–", "out of time")
                continue
            yield from _tab(browser, ours, rival, experiment, tab, params, first)
        for path in SHEETS if not keys else ():
            loads = [first_load(browser, ours, path, "#main h1") for _ in range(LOADS)]
            yield from _load(path, loads, [])
        browser.close()


def _tab(
    browser: Browser,
    ours: str,
    rival: str,
    experiment: Experiment[Any, Any],
    tab: str,
    params: Any,
    first: bool,
) -> Iterator[Row]:
    visit = visitor(browser, ours)
    visit.open(link(experiment, params))
    visit.stop_sampling()
    figures = figures_in_sight(visit)
    room = sliders(visit, params)
    path = rival_path(experiment.key, to_query(params), list(room), figures)
    if first:
        own = path_of(experiment.key)
        loads = [
            (first_load(browser, ours, own, FIGURE), first_load(browser, rival, path, FIGURE))
            for _ in range(LOADS)
        ]
        yield from _load(own, [a for a, _ in loads], [b for _, b in loads])
    name = f"{experiment.key} {tab}".rstrip()
    if not room:
        yield Row(f"slider to paint: {name}", "has no slider")
        visit.close()
        return
    other = visitor(browser, rival)
    open_rival(other, path, len(figures))
    handles = other.page.locator("[role=slider]")
    sides = (
        Side(visit, {slider: visit.thumb(slider) for slider in room}),
        Side(other, {slider: handles.nth(i) for i, slider in enumerate(room)}),
    )
    yield from _keys(experiment, params, name, sides, room, len(figures))
    yield _dragging(sides, max(room, key=lambda slider: min(room[slider], KEYS)))
    if redraw := visit.state(GO):
        yield Row("  playing: one frame", f"{short(redraw)} ms")
    other.close()
    visit.close()


def _load(
    path: str, ours: list[tuple[float, float]], rival: list[tuple[float, float]]
) -> Iterator[Row]:
    """Time and bytes of visitors who come for the first time, the median of each."""
    took, size = np.median(ours, axis=0)
    if rival:
        its, its_size = np.median(rival, axis=0)
        work = f"first load: {path}, to the first figure"
        yield Row(work, f"{short(took)} ms", f"{short(its)} ms", took / its, at_most(0.5))
        wire = f"{its_size:.2f} MB"
    else:
        yield Row(f"first load: {path}", f"{short(took)} ms")
        wire = "–"
    yield Row("  on the wire", f"{size:.2f} MB", wire, float(size), at_most(2, " MB"))


def sliders(visit: Visit, params: Any) -> dict[str, int]:
    """The sliders in sight that ask the server, and how many stops each can go to the right."""
    shown_here = visit.state("s => s.local")
    room = {
        name: len(stops(spec, getattr(params, name)))
        for name, spec in parameters(type(params)).items()
        if name not in shown_here and visit.thumb(name).count() and visit.thumb(name).is_visible()
    }
    return {name: count for name, count in room.items() if count > 0}


def stops(spec: Parameter, value: float) -> list[float]:
    """The values at which a slider stops on its way to the right."""
    if spec.ladder is not None:
        return [stop for stop in spec.ladder if stop > value]
    return [value + spec.step * (k + 1) for k in range(int((spec.high - value) / spec.step))]


def _keys(
    experiment: Experiment[Any, Any],
    params: Any,
    name: str,
    sides: tuple[Side, Side],
    room: dict[str, int],
    figures: int,
) -> Iterator[Row]:
    """All sliders forth and back; a few keys on ours, as many on the rival, and so on."""
    specs, steps = parameters(type(params)), max(TURN, KEYS // len(room))
    experiment.run(params)
    ahead, asked, cached = Found(), Found(), Found()
    kinds = cycle((ahead, asked))
    for slider, count in room.items():
        ways = stops(specs[slider], getattr(params, slider))[: min(steps, count)]
        turns = [ways[i : i + TURN] for i in range(0, len(ways), TURN)]
        for key in ("ArrowRight", "ArrowLeft"):
            for turn in turns:
                found = next(kinds) if key == "ArrowRight" else cached
                sides[0].visit.page.evaluate("saves => { seen.saves = saves; }", found is asked)
                for side, its in zip(sides, (found.ours, found.rival), strict=True):
                    its.extend(press(side.visit, side.thumbs[slider], key, figures, len(turn)))
                if found is not cached:
                    found.runs += [
                        waited(lambda p=p: experiment.run(p)) for p in _at(params, slider, turn)
                    ]
    yield from _slider_rows(name, figures, len(room), ahead, asked, cached)


def _at(params: Any, slider: str, turn: list[float]) -> list[Any]:
    kind = type(getattr(params, slider))
    return [replace(params, **{slider: kind(value)}) for value in turn]


def _slider_rows(
    name: str, figures: int, count: int, ahead: Found, asked: Found, cached: Found
) -> Iterator[Row]:
    """Median and p95 of keys that are foreseen; the median where none is; then what was cached."""
    mine, beyond = Times(tuple(ahead.ours)), ahead.beyond_the_run(ahead.rival)
    s = "s" if figures > 1 else ""
    yield Row(
        f"slider to paint: {name}, {figures} figure{s}",
        str(mine),
        f"{beyond} beyond run ({len(ahead.runs)} keys, sliders: {count})",
        mine.median / beyond.median,
        at_most(0.5),
    )
    yield Row(
        "  p95",
        f"{short(mine.p95)} ms",
        f"{short(beyond.p95)} ms",
        mine.p95 / beyond.p95,
        at_most(0.5),
    )
    if asked.runs:
        mine, other = asked.beyond_the_run(asked.ours), asked.beyond_the_run(asked.rival)
        ratio = mine.median / other.median
        yield Row("  beyond run, nothing asked ahead", str(mine), str(other), ratio)
    mine, other = Times(tuple(cached.ours)), Times(tuple(cached.rival))
    yield Row("  cached", str(mine), str(other), mine.median / other.median, at_most(0.4))


def _dragging(sides: tuple[Side, Side], slider: str) -> Row:
    """Drawings a second. Where ours draws every value that the slider passes, none is missing."""
    found = [
        [drag(side.visit, side.thumbs[slider], DRAG_S) for side in sides] for _ in range(DRAGS)
    ]
    (mine, passed), (other, its) = np.sum(found, axis=0).tolist()
    seconds = DRAG_S * DRAGS
    return Row(
        "  drawings a second while dragging",
        f"{short(mine / seconds)} ({mine} of {passed} values)",
        f"{short(other / seconds)} ({other} of {its})",
        mine / max(other, 1),
        None if mine >= passed else at_least(3),
    )
