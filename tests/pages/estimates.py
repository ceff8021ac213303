"""Runs beside their estimates: random legal settings of every tab, each run and timed.

`python -m tests.pages.estimates [--settings 40] [page ...]` prints the settings whose run computed
for more than twice what `work` promised, the worst first. What counts is the time of the thread
beside that of the pieces of `compute.calibration` just before, and the best of three such runs: a
busy machine is no wrong estimate. A run of less than 20 ms is short, whatever was promised.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from components.page import AnyPage
from compute.calibration import PIECES, REFERENCE_MS
from compute.experiment import BUDGET_MS
from compute.params import Formula, Parameter, PointList, parameters, tabs, to_query
from tests.pages.degenerate import PAGES
from tests.pages.test_words import drawn_value
from tests.strategies import FORMULAS

SHORT_MS, MOST, TRIES = 20.0, 2.0, 3


def value_of(spec: Parameter, rng: np.random.Generator) -> Any:
    """A legal value; points are many or few, a formula one of some."""
    if isinstance(spec, Formula):
        return str(rng.choice(FORMULAS))
    if isinstance(spec, PointList):
        places = rng.uniform(spec.low, spec.high, (rng.integers(spec.most + 1), 2))
        return tuple((float(x), float(y)) for x, y in np.round(places, 2))
    return drawn_value(spec, rng)


def settings(page: AnyPage, count: int, seed: int) -> Iterator[Any]:
    """Settings that the budget admits, as many of every tab."""
    kind, rng = page.experiment.params, np.random.default_rng([seed, *page.key.encode()])
    specs = {name: spec for name, spec in parameters(kind).items() if name != "figure"}
    fronts: list[str | None] = list(tabs(kind)) or [None]
    for front in fronts:
        wanted = {"figure": front} if front else {}
        for _ in range(max(count // len(fronts), 1)):
            while True:
                params = replace(kind(), **wanted)
                for name, spec in specs.items():
                    if spec.has_effect(params):
                        params = replace(params, **{name: value_of(spec, rng)})
                if page.experiment.work(params) <= BUDGET_MS:
                    break
            yield params


def forget() -> None:
    """Empty what the pages remember of their runs; tables of the mathematics stay."""
    for name, module in list(sys.modules.items()):
        if name.startswith("compute.experiments."):
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


def computed_ms(produce: Callable[[], object]) -> float:
    """Milliseconds that the thread computes."""
    start = time.thread_time()
    produce()
    return 1e3 * (time.thread_time() - start)


def pace() -> float:
    """How many times longer than the reference this machine takes at this moment."""
    ratios = [
        median(computed_ms(piece) for _ in range(3)) / REFERENCE_MS[name]
        for name, piece in PIECES.items()
    ]
    return float(np.prod(ratios)) ** (1 / len(ratios))


def run_ms(page: AnyPage, params: Any) -> float:
    """Milliseconds of the reference machine that `run` needs, nothing of it remembered."""
    forget()
    before = pace()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return computed_ms(lambda: page.experiment.run(params)) / before


def excess(page: AnyPage, params: Any) -> tuple[float, float]:
    """How many times longer than promised a run is, and its milliseconds; 0 for one in time."""
    promised, best = page.experiment.work(params), math.inf
    for _ in range(TRIES):
        best = min(best, run_ms(page, params))
        if best <= max(MOST * promised, SHORT_MS):
            return 0.0, best
    return best / promised, best


def main(given: list[str]) -> int:
    """Print the runs that are longer than promised; how many of how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=[*PAGES])
    parser.add_argument("--settings", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(given)
    failed = 0
    for key in asked.pages:
        page, found, count = PAGES[key], [], 0
        for params in settings(page, asked.settings, asked.seed):
            count += 1
            over, took = excess(page, params)
            if over:
                found.append((over, took, to_query(params)))
        print(f"{key}: {len(found)} of {count} settings", flush=True)
        for over, took, query in sorted(found, reverse=True):
            print(f"  {over:.1f} times, {took:.0f} ms: {query}", flush=True)
        failed += len(found)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
