"""Experiments: the work budget, on small ones made here and on every one of the edition."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.experiment import (
    BUDGET_MS,
    Experiment,
    OverBudgetError,
    ensure_affordable,
    nearest_affordable,
)
from compute.experiments import EXPERIMENTS
from compute.params import DEPTHS, WIDTHS, check, choice, flag, integer, parameters, real, seed
from tests.strategies import legal_params


@dataclass(frozen=True)
class Params:
    """Enough kinds of fields to get a work estimate into trouble."""

    method: str = choice("fast", (("fast", "fast"), ("slow", "slow")), label="method", help="How.")
    width: int = integer(64, 1, 4096, label="width", help="Neurons.", ladder=WIDTHS)
    depth: int = integer(8, 1, 10_000, label="depth", help="Layers.", ladder=DEPTHS)
    repeats: int = integer(10, 0, 1000, label="repeats", help="Draws.")
    time: float = real(1.0, -5.0, 50.0, label="time", help="Length.")
    twice: bool = flag(False, label="twice", help="Both ways.")
    seed: int = seed()

    __post_init__ = check


def experiment(work: Callable[[Params], float]) -> Experiment[Params, None]:
    """An experiment of which only the cost matters."""
    return Experiment("fake", 1, "1", "Fake", Params, lambda _: None, work)


COSTS: dict[str, Callable[[Params], float]] = {
    "product": lambda p: 1e-5 * p.width**2 * p.depth,
    "sum": lambda p: p.width + p.depth + p.repeats + 50 * abs(p.time),
    "larger": lambda p: float(max(p.width, p.depth)),
    "method": lambda p: 1000.0 if p.method == "slow" else 1.0,
    "flag": lambda p: 1000.0 if p.twice else 1.0,
    "exponential": lambda p: math.exp(p.repeats / 2),
    "cliff": lambda p: math.inf if p.width > 100 else 1.0,
    "seed": lambda p: p.seed + 1e-3 * p.depth,
}
each_cost = pytest.mark.parametrize("cost", COSTS)


@each_cost
@given(params=legal_params(Params))
def test_the_nearest_setting_is_affordable_and_affordable_ones_are_left_alone(
    cost: str, params: Params
) -> None:
    fake = experiment(COSTS[cost])
    if fake.work(params) <= BUDGET_MS:
        ensure_affordable(fake, params)
        assert nearest_affordable(fake, params) is params
        return
    with pytest.raises(OverBudgetError, match="The nearest setting that does: ") as over:
        ensure_affordable(fake, params)
    nearest = over.value.nearest
    assert fake.work(nearest) <= BUDGET_MS
    for name, spec in parameters(Params).items():
        if getattr(nearest, name) != getattr(params, name):
            assert spec.label in str(over.value).split("does: ")[1]


@pytest.mark.parametrize(
    ("cost", "params", "nearest"),
    [
        ("product", Params(width=2048, depth=8), Params(width=1600, depth=8)),
        ("cliff", Params(width=128), Params(width=100)),
        ("larger", Params(width=400, depth=400), Params(width=256, depth=256, repeats=3)),
    ],
)
def test_the_nearest_setting_keeps_what_it_can(cost: str, params: Params, nearest: Params) -> None:
    found = nearest_affordable(experiment(COSTS[cost]), params)
    assert (found.method, found.seed) == (nearest.method, nearest.seed)  # type: ignore[attr-defined]
    assert (found.width, found.depth) == (nearest.width, nearest.depth)  # type: ignore[attr-defined]


@pytest.mark.parametrize("cost", ["method", "flag"])
def test_a_choice_that_is_too_dear_goes_alone(cost: str) -> None:
    params = Params(method="slow", twice=True, width=8, depth=3, seed=5)
    found = nearest_affordable(experiment(COSTS[cost]), params)
    changed = {name: getattr(found, name) for name in parameters(Params)}
    expected = {"method": {"method": "fast"}, "flag": {"twice": False}}[cost]
    assert changed == {name: getattr(params, name) for name in parameters(Params)} | expected


def test_a_seed_is_never_stepped() -> None:
    fake = experiment(lambda p: p.width * 1.0)
    assert nearest_affordable(fake, Params(width=4096, seed=77)).seed == 77  # type: ignore[attr-defined]


def test_the_message_names_choices_and_numbers_as_the_address_spells_them() -> None:
    fake = experiment(COSTS["method"])
    with pytest.raises(OverBudgetError, match=r"about 1\.0 s; .* does: method fast\.$"):
        ensure_affordable(fake, Params(method="slow"))
    fake = experiment(COSTS["sum"])
    with pytest.raises(OverBudgetError, match=r"does: width \d+") as over:
        ensure_affordable(fake, Params(width=4096))
    assert "e+" not in str(over.value)


each_experiment = pytest.mark.parametrize("edition", EXPERIMENTS, ids=lambda e: e.key)


@each_experiment
def test_an_experiment_is_described(edition: Experiment[Any, Any]) -> None:
    assert edition.key.isidentifier()
    assert edition.chapter in {1, 2, 3, 4}
    assert edition.section.startswith(f"{edition.chapter}")
    assert edition.title == edition.title.strip() != ""
    assert (edition.run.__doc__ or "").strip().endswith(".")


def test_keys_and_claim_keys_are_unique() -> None:
    keys = [e.key for e in EXPERIMENTS]
    claims = [c.key for e in EXPERIMENTS for c in e.claims]
    runs = [f"{e.run.__module__}.{e.run.__qualname__}" for e in EXPERIMENTS]
    assert len(set(runs)) == len(runs), "the cache tells them apart by name"
    assert len(set(keys)) == len(keys)
    assert len(set(claims)) == len(claims)


@each_experiment
def test_the_default_and_every_claim_are_affordable(edition: Experiment[Any, Any]) -> None:
    for params in (edition.params(), *(c.params for c in edition.claims)):
        ensure_affordable(edition, params)
        assert edition.work(params) <= BUDGET_MS


@each_experiment
@given(data=st.data())
def test_every_setting_of_the_edition_is_affordable_or_has_a_neighbour_that_is(
    edition: Experiment[Any, Any], data: st.DataObject
) -> None:
    params = data.draw(legal_params(edition.params))
    work = edition.work(params)
    assert work > 0
    assert edition.work(nearest_affordable(edition, params)) <= BUDGET_MS


@each_experiment
def test_results_are_frozen_dataclasses(edition: Experiment[Any, Any]) -> None:
    result = edition.run(edition.params())
    assert result.__dataclass_params__.frozen
    assert (type(result).__doc__ or "").strip()
    ast.parse(inspect.getsource(type(result)))
