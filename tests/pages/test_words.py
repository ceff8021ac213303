"""Words of order are true of the picture: all presets and 40 random settings a page, 500 in
a thorough run.

An order that the code decides by other means than the drawn numbers is a phrase in plain words; the
present ones are listed in `PLAIN`, a list that may only become shorter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import app
from components.figures import base, orders
from components.figures.base import dots, line
from components.figures.orders import Order, Words, holds
from components.page import AnyPage
from components.registry import built_pages
from compute.experiment import BUDGET_MS
from compute.params import (
    Choice,
    Flag,
    Formula,
    Integer,
    Number,
    Parameter,
    PointList,
    parameters,
    tabs,
)
from compute.sampling import collect
from tests.pages.plain_words import PLAIN
from tests.thorough import THOROUGH, some

assert app.server  # pages register themselves with the app
PAGES = built_pages()
SETTINGS = some(24, 500)
# Settings that cost more than so many milliseconds are drawn more rarely, in proportion.
CHEAP_MS = 25.0

# Words that say how numbers stand to one another.
PHRASES = re.compile(
    r"(?:fewer|less than|more than|smaller|larger|greater|shorter|longer|narrower|wider|"
    r"\bbetween\b|follow|hardly|steeper|flatter|\brises?\b|\bfalls?\b|\bgrows?\b|shrink|"
    r"close to|closes|stays?\b|survives|drawn together|torn apart|on its way|has become|"
    r"\bevery\b|\ball\b|at most|at least|the same|rebuilds?|settles?|\breaches\b|\bagree)"
    r"(?: [^\W\d_]+){0,2}"
)


def drawn_value(spec: Parameter, rng: np.random.Generator) -> Any:
    """A legal value: of a choice any, of a number one of its stops or between its ends."""
    match spec:
        case Choice():
            return spec.choices[rng.integers(len(spec.choices))][0]
        case Flag():
            return bool(rng.integers(2))
        case Number():
            stops = spec.ladder or np.linspace(spec.low, spec.high, 40)
            value = float(stops[rng.integers(len(stops))])
            return round(value) if isinstance(spec, Integer) else value
    raise TypeError(f"no value for {spec}")


def settings(page: AnyPage) -> Iterator[tuple[Any, int]]:
    """The presets, and random settings, as many of each tab; the first of a tab with a batch."""
    yield from ((preset.params, 0) for preset in page.presets)
    rng, rarely = np.random.default_rng(list(page.key.encode())), np.random.default_rng(0)
    fronts: list[str | None] = list(tabs(page.experiment.params)) or [None]
    specs = {n: s for n, s in parameters(page.experiment.params).items() if n != "figure"}
    count = 0
    while count < SETTINGS:
        given = {
            n: drawn_value(s, rng)
            for n, s in specs.items()
            if not isinstance(s, PointList | Formula)
        }
        front = fronts[count % len(fronts)]
        params = replace(page.experiment.params(), **given, **({"figure": front} if front else {}))
        work = page.experiment.work(params)
        if work > BUDGET_MS or rarely.random() * work > CHEAP_MS:
            continue
        yield params, int(count < len(fronts) and page.batches(params) > 0)
        count += 1


class Heard:
    """All words that are told, with the traces that they are told of."""

    def __init__(self) -> None:
        self.said: list[tuple[Words, Sequence[Any], str]] = []

    def __call__(self, words: Words, traces: Sequence[Any]) -> str:
        text = orders.tell(words, traces)
        self.said.append((words, traces, text))
        return text


def listen(page: AnyPage, params: Any, heard: Heard, batches: int) -> None:
    """Draw all that the tab in front shows, and say its words."""
    result = page.experiment.run(params)
    sampler = page.experiment.sampler
    sample = collect(sampler, params, batches) if batches and sampler else None
    figures = [plot.draw(params, result, sample) for plot in page.shown(params)]
    traces = [trace for figure in figures for trace in figure["data"]]
    heard(page.sentence(params, result, sample, None), traces)
    if page.notice:
        heard(page.notice(params, result, sample, None), traces)


def plain(words: Words) -> str:
    """The words that stand there whatever is drawn."""
    parts = [words] if isinstance(words, str) else words
    return " … ".join(part for part in parts if isinstance(part, str))


def true(order: Order, traces: Sequence[Any]) -> bool:
    """A second way to the verdict: point by point, in plain Python."""
    named = {t.get("name"): t for t in reversed(traces)}
    if not {order.of, *(n for n in order.than if isinstance(n, str))} <= set(named):
        return False
    xs, ys, errors = (a.tolist() for a in orders.points(named[order.of]))
    if order.relation in ("rises", "falls", "still"):
        return changes(order, [y for y in ys if math.isfinite(y)])
    places = [len(xs) - 1] if order.at == "last" and xs else range(len(xs))
    told = []
    for i in places:
        limits = [height(named[n], xs[i]) if isinstance(n, str) else float(n) for n in order.than]
        if all(math.isfinite(v) for v in (ys[i], *limits)):
            told.append(stands(order, ys[i], errors[i], limits))
    return bool(told) and all(told)


def changes(order: Order, ys: Sequence[float]) -> bool:
    """Of one trace from its first point to its last."""
    if len(ys) < 2:
        return False
    room = order.slack * max(abs(y) for y in ys)
    if order.relation == "still":
        return max(ys) - min(ys) <= room
    sign = 1 if order.relation == "rises" else -1
    return sign * (ys[-1] - ys[0]) > room and all(sign * (b - a) >= -room for a, b in pairwise(ys))


def height(trace: Any, x: float) -> float:
    """Where a trace is at x, on the straight line between its points; nan outside."""
    xs, ys, _ = (a.tolist() for a in orders.points(trace))
    for (a, y), (b, z) in pairwise(sorted(zip(xs, ys, strict=True))):
        if a <= x <= b:
            return y if a in (b, x) else y + (z - y) * (x - a) / (b - a)
    return math.nan


def stands(order: Order, y: float, error: float, limits: Sequence[float]) -> bool:
    """Of one point."""
    seen = 0.0 if math.isnan(error) else 3.5 * error
    room = [max(seen, order.slack * max(abs(y), abs(v))) for v in limits]
    if order.relation == "below":
        return y < limits[0] - room[0]
    if order.relation == "above":
        return y > limits[0] + room[0]
    if order.relation == "between":
        return min(limits) - room[0] <= y <= max(limits) + room[1]
    return abs(y - limits[0]) <= room[0]


def test_the_second_way_is_one_and_sees_what_is_false() -> None:
    x = np.arange(1.0, 4.0)
    curve, half = line(x, x, "theory", "curve"), line(x, x / 2, "bound", "half")
    drawn = dots(x, x + 0.3, "dots", error=np.full(3, 0.1))
    for order, verdict in (
        (Order("", "half", "below", ("curve",)), True),
        (Order("", "half", "above", ("curve",)), False),
        (Order("", "dots", "follows", ("curve",)), True),
        (Order("", "dots", "follows", ("half",)), False),
        (Order("", "dots", "above", ("half",)), True),
        (Order("", "dots", "above", ("curve",)), False),
        (Order("", "half", "between", (0.4, "curve")), True),
        (Order("", "half", "between", (0.6, "curve")), False),
        (Order("", "curve", "rises"), True),
        (Order("", "curve", "still"), False),
        (Order("", "nobody", "rises"), False),
        (Order("", "half", "below", (1.4,), at="last"), False),
    ):
        assert true(order, [curve, half, drawn]) is verdict is holds(order, [curve, half, drawn])


@pytest.mark.long
@pytest.mark.parametrize("key", PAGES)
def test_orders_hold_at_random_settings(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard()
    monkeypatch.setattr(base, "tell", heard)
    found: set[str] = set()
    for params, batches in settings(PAGES[key]):
        listen(PAGES[key], params, heard, batches)
        for words, traces, text in heard.said:
            for order in orders.orders(words):
                assert (order.words in text) == true(order, traces), (params, order)
            found |= {m.group() for m in PHRASES.finditer(plain(words))}
        heard.said.clear()
    assert sorted(found - PLAIN[key]) == [], "these are to be orders"
    if THOROUGH:
        assert sorted(PLAIN[key] - found) == [], "these are said no more: off the list"
