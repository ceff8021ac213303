"""How long `run` takes: at every tab's default, and at the worst setting the budget admits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from compute.experiment import BUDGET_MS, Experiment, nearest_affordable
from compute.experiments import EXPERIMENTS
from compute.params import Number, parameters, to_query
from tests.benchmarks.table import Row, at_most
from tests.benchmarks.timing import Times, once, short
from tests.pages.degenerate import PAGES
from tests.pages.estimates import run_ms

# What a tab may compute before it paints; the rest is for the progressive sampler.
USUAL_MS = 40.0
SECONDS_PER_TAB = 2.0
TRIES = 60


def tabs(experiment: Experiment[Any, Any]) -> dict[str, Any]:
    """The default setting of every tab, by the tab's name."""
    spec = parameters(experiment.params).get("figure")
    if spec is None:
        return {"": experiment.params()}
    return {name: experiment.params(figure=name) for name, _ in spec.choices}


def rows(keys: tuple[str, ...] = ()) -> Iterator[Row]:
    """A tab's default, nothing of it remembered, in milliseconds of the reference machine: it has
    a goal. And the worst setting, for information. Only experiments in `keys` where any are named.
    """
    for experiment in EXPERIMENTS:
        if keys and experiment.key not in keys:
            continue
        for tab, default in tabs(experiment).items():
            page = PAGES[experiment.key]
            usual = Times(tuple(run_ms(page, default) for _ in range(7)))
            worst, where = slowest(experiment, default)
            name = f"run: {experiment.key} {tab}".rstrip()
            said = f"worst {short(worst)} ms at {where or 'the default'}"
            yield Row(name, str(usual), said, usual.median, at_most(USUAL_MS, " ms"))


def slowest(experiment: Experiment[Any, Any], default: Any) -> tuple[float, str]:
    """Milliseconds and query of the slowest of some affordable corners, each run once."""
    rng = np.random.default_rng(4)
    found = (0.0, "")
    deadline = time.perf_counter() + SECONDS_PER_TAB
    for _ in range(TRIES):
        if time.perf_counter() > deadline:
            break
        params = corner(experiment, default, rng)
        if experiment.work(params) > BUDGET_MS:
            params = nearest_affordable(experiment, params)
        found = max(found, (once(lambda p=params: experiment.run(p)), to_query(params)))
    return found


def corner(experiment: Experiment[Any, Any], default: Any, rng: np.random.Generator) -> Any:
    """Every choice at random; every number at its default or one of its ends."""
    given = {}
    for name, spec in parameters(experiment.params).items():
        if name == "figure":
            given[name] = default.figure
        elif spec.kind == "choice":
            given[name] = spec.choices[rng.integers(len(spec.choices))][0]
        elif spec.kind == "flag":
            given[name] = bool(rng.integers(2))
        elif isinstance(spec, Number) and spec.slider:
            value = (getattr(default, name), spec.low, spec.high)[rng.integers(3)]
            given[name] = int(value) if spec.kind == "integer" else float(value)
    return experiment.params(**given)
