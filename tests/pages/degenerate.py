"""Dead and degenerate networks: narrow ones with every kinked activation, seed by seed.

`python -m tests.pages.degenerate [--seeds 300] [page ...]` tries all of them and prints what went
wrong: an exception, a warning, an impossible number among the words. `test_degenerate` tries some.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

import app
from components.figures.orders import tell
from components.page import AnyPage
from components.registry import built_pages
from compute.experiment import BUDGET_MS
from compute.params import Number, parameters, tabs, to_query
from compute.sampling import collect

assert app.server  # pages register themselves with the app
PAGES = built_pages()
KINKED = ("relu", "leaky_relu", "abs")
WIDTHS = range(1, 6)
# What narrows a network, and what keeps a run short.
NARROW = ("width", "particles", "neurons", "width_1")
SMALL = {
    "steps": 50,
    "time": 20.0,
    "horizon": 2.0,
    "count": 2,
    "networks": 200,
    "seeds": 4,
    "replicates": 8,
}
DATA = ("circle", "line", "sine", "moons")
WRONG = re.compile(r"not a finite number|\bnan\b")
_NUMBERS = re.compile(r"[\d.×⁻⁰¹²³⁴-⁹]+")


def changed(params: Any, **wanted: Any) -> Any:
    """`params` with these values, each moved into what its field allows."""
    specs, given = parameters(type(params)), {}
    for name, value in wanted.items():
        spec = specs.get(name)
        if spec is not None and value is not None:
            number = isinstance(spec, Number)
            given[name] = min(max(value, spec.low), spec.high) if number else value
    return replace(params, **given)


def settings(page: AnyPage) -> Iterator[Any]:
    """Every tab with every width, kinked activation and kind of data that has an effect there."""
    kind = page.experiment.params
    specs = parameters(kind)
    field = next((n for n in NARROW if n in specs), "")
    seen = set()
    for front in tabs(kind) or [None]:
        for width, kink, data in product(WIDTHS, KINKED, DATA):
            params = changed(kind(), **SMALL, figure=front)
            for name, value in (("activation", kink), ("dataset", data), (field, width)):
                if name in specs and specs[name].has_effect(params):
                    with suppress(ValueError):
                        params = changed(params, **{name: value})
            if params not in seen and page.experiment.work(params) <= BUDGET_MS:
                seen.add(params)
                yield params


def seeded(page: AnyPage, params: Any) -> bool:
    """Whether the run depends on the seed, not only the sample."""
    if not parameters(type(params))["seed"].has_effect(params):
        return False
    one, two = (pickle.dumps(page.experiment.run(replace(params, seed=s))) for s in (0, 1))
    return one != two


def words(page: AnyPage, params: Any, batches: int) -> Iterator[str]:
    """All that the tab in front says: texts of its figures, sentence, notice, frames, checks."""
    result, sampler = page.experiment.run(params), page.experiment.sampler
    count = min(batches, page.batches(params))
    sample = collect(sampler, params, count) if count and sampler else None
    figures = [plot.draw(params, result, sample) for plot in page.shown(params)]
    traces = [trace for figure in figures for trace in figure["data"]]
    yield tell(page.sentence(params, result, sample, None), traces)
    if page.notice:
        yield tell(page.notice(params, result, sample, None), traces)
    for plot, figure in zip(page.shown(params), figures, strict=True):
        layout = figure["layout"]
        yield str(layout.get("title", {}).get("text", ""))
        yield from (str(note.get("text", "")) for note in layout.get("annotations", ()))
        yield from (str(trace.get("name", "")) for trace in figure["data"])
        play = plot.play(params, result, figure, sample)
        frames = len(play["names"]) if play else 0
        for frame in {0, frames // 2, frames - 1} if frames else ():
            yield tell(page.sentence(params, result, sample, frame), traces)
        json.dumps(layout, allow_nan=False, default=lambda a: a.tolist())
    for claim in page.experiment.claims:
        claim.check(params, result, sample)
    if sample is not None and page.progress:
        yield page.progress(params, sample)


def wrong(page: AnyPage, params: Any, batches: int = 0) -> str:
    """What went wrong at a setting; '' where nothing did."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for text in words(page, params, batches):
                if WRONG.search(text):
                    return text
    except Exception as error:  # any exception is what is looked for
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        return f"{type(error).__name__}: {error} at {place}"
    return ""


def main(given: list[str]) -> int:
    """Print what went wrong, a line a kind and page; how many settings it befell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=[*PAGES])
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--sampled", type=int, default=3, help="seeds that draw a batch, too")
    asked = parser.parse_args(given)
    failed = 0
    for key in asked.pages:
        kinds: dict[str, list[Any]] = {}
        count = 0
        for params in settings(PAGES[key]):
            seeds = asked.seeds if seeded(PAGES[key], params) else asked.sampled
            for seed in range(seeds):
                count += 1
                told = wrong(PAGES[key], replace(params, seed=seed), int(seed < asked.sampled))
                if told:
                    kinds.setdefault(_NUMBERS.sub("#", told), []).append((seed, params, told))
        print(f"{key}: {count} settings", flush=True)
        for found in kinds.values():
            seed, params, told = found[0]
            print(f"  {len(found)} times: {told}\n    seed {seed}, {to_query(params)}", flush=True)
            failed += len(found)
    return int(failed > 0)


if __name__ == "__main__":
    np.seterr(all="warn", under="ignore")
    sys.exit(main(sys.argv[1:]))
