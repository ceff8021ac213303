"""What students ask for: a link opened, as a browser opens it, and sliders moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from components.door import digest
from components.page import path_of
from compute.experiment import ALWAYS_MS, Experiment
from compute.experiments import EXPERIMENTS
from compute.params import Number, ParameterError, Params, parameters, to_query
from tests.browser.served import chromium
from tests.browser.visit import newcomer
from tests.load.crowd import Request

# Where a slider without a ladder stops.
STOPS = 41
# Samples of a student's own: so many moves are its before another's begin.
OWN = 1000
LINK = "/gp-limit?seed={}"
COMPLETE = "s => s.answer.sampling.done === s.answer.sampling.total"


def link(address: str, seed: int) -> list[Request]:
    """All that a browser asks for when it opens a link, until its sample is complete, in order."""
    asked: list[Request] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        visit = newcomer(browser, address)
        visit.page.on(
            "request",
            lambda one: asked.append((one.method, one.url.removeprefix(address), one.post_data)),
        )
        visit.open(LINK.format(seed))
        visit.wait_until(COMPLETE)
        visit.close()
        browser.close()
    return [one for one in asked if one[1].startswith("/")]


def with_seed(asked: Sequence[Request], old: int, new: int) -> list[Request]:
    """The same link with another sample, which nobody has asked for."""
    return [
        (method, address.replace(str(old), str(new)), body and body.replace(str(old), str(new)))
        for method, address, body in asked
    ]


@cache
def stops(experiment: Experiment[Any, Any]) -> tuple[Params, ...]:
    """The settings that the page's first slider passes, those that every machine computes."""
    default = experiment.params()
    for name, spec in parameters(experiment.params).items():
        if not isinstance(spec, Number) or name == "seed" or not spec.has_effect(default):
            continue
        values = spec.ladder or np.linspace(spec.low, spec.high, STOPS)
        kind, found = type(getattr(default, name)), []
        for value in dict.fromkeys(kind(round(float(value), 6)) for value in values):
            try:
                setting = replace(default, **{name: value})
            except ParameterError:
                continue
            if experiment.work(setting) <= ALWAYS_MS:
                found.append(setting)
        if len(found) > 1:
            return tuple(found)
    raise ValueError(f"{experiment.key} has no slider")


def setting(student: int, move: int) -> tuple[Experiment[Any, Any], Params]:
    """What a student sees after so many moves: a page of its own choice, its own sample, and the
    slider a stop further, back again from the end. No other move of anybody is the same."""
    experiment = EXPERIMENTS[student % len(EXPERIMENTS)]
    passed = stops(experiment)
    back_and_forth = (*passed, *passed[-2:0:-1])
    place = (student // len(EXPERIMENTS) + move) % len(back_and_forth)
    seed = student * OWN + move % OWN
    return experiment, replace(back_and_forth[place], seed=seed)


def address(experiment: Experiment[Any, Any], params: Params) -> str:
    """Where the answer to a setting is."""
    query = to_query(params)
    return f"/answer/{digest()}{path_of(experiment.key)}" + (f"?{query}" if query else "")


def moves(students: int, count: int, first: int = 0) -> list[list[list[Request]]]:
    """The turns of students who move a slider so often, the first one's number being `first`."""
    return [
        [[("GET", address(*setting(first + student, move)), None)] for move in range(count)]
        for student in range(students)
    ]
