"""Experiments: the work budget, on small ones made here and on every one of the edition."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.calibration import FASTEST, SLOWEST, machine
from compute.experiment import (
    ALWAYS_MS,
    BUDGET_MS,
    Experiment,
    OverBudgetError,
    affordable_work,
    budget_ms,
    ensure_affordable,
    nearest_affordable,
    stopped,
)
from compute.experiments import EXPERIMENTS
from compute.params import (
    DEPTHS,
    WIDTHS,
    check,
    choice,
    flag,
    from_query,
    integer,
    parameters,
    real,
    seed,
)
from compute.warm import fronts
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


@pytest.mark.parametrize(
    ("factor", "work", "time"),
    [(None, 300, 300), (1.0, 300, 300), (2.0, 150, 300), (0.5, 600, 300), (8.0, 100, 800)],
)
def test_what_a_machine_affords(
    monkeypatch: pytest.MonkeyPatch, factor: float | None, work: float, time: float
) -> None:
    monkeypatch.setattr(machine, "factor", factor)
    assert affordable_work() == pytest.approx(work)
    assert budget_ms() == pytest.approx(time)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5, 8.0])
def test_what_is_refused_and_said_is_in_the_time_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    monkeypatch.setattr(machine, "factor", factor)
    fake, most = experiment(COSTS["sum"]), affordable_work()
    params = Params(width=int(most) - 8 - 10 - 50, depth=8)
    ensure_affordable(fake, params)
    assert nearest_affordable(fake, params) is params
    with pytest.raises(OverBudgetError, match="nearest setting that does") as over:
        ensure_affordable(fake, Params(width=4096))
    ensure_affordable(fake, over.value.nearest)
    needed, given = 4164 * factor / 1000, max(0.3, 0.1 * factor)
    assert str(over.value).startswith(f"This setting needs about {needed:.1f} s; ")
    assert f"a page answers within {given:.2f} s." in str(over.value)


def test_a_stopped_setting_is_told_one_with_a_quarter_of_its_work() -> None:
    fake, params = experiment(COSTS["sum"]), Params(width=128, depth=60)
    over = stopped(fake, params, 0.6)
    assert over.nearest is not None
    assert fake.work(over.nearest) <= fake.work(params) / 4  # type: ignore[arg-type]
    assert str(over).startswith(
        "This setting took longer than 0.60 s and was stopped. One with less work: "
    )
    assert f"width {over.nearest.width}" in str(over)  # type: ignore[attr-defined]


@pytest.mark.parametrize("cost", ["method", "flag"])
def test_a_stopped_choice_is_told_the_other_one(cost: str) -> None:
    fake = experiment(lambda p: COSTS[cost](p) / 5)
    over = stopped(fake, Params(method="slow", twice=True, seed=5), 0.6)
    expected = {"method": Params(twice=True, seed=5), "flag": Params(method="slow", seed=5)}
    assert over.nearest == expected[cost]


def test_a_stopped_setting_that_is_as_cheap_as_any_is_told_no_other() -> None:
    over = stopped(experiment(lambda _: 20.0), Params(width=8), 1.2)
    assert over.nearest is None
    assert str(over) == "This setting took longer than 1.2 s and was stopped."


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
@pytest.mark.parametrize("factor", [FASTEST, None, SLOWEST])
def test_every_tab_and_every_claim_are_affordable_on_any_machine(
    monkeypatch: pytest.MonkeyPatch, edition: Experiment[Any, Any], factor: float | None
) -> None:
    monkeypatch.setattr(machine, "factor", factor)
    for params in (*fronts(edition), *(c.params for c in edition.claims)):
        ensure_affordable(edition, params)
        assert edition.work(params) <= ALWAYS_MS


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


# Milliseconds of the reference machine that runs took which took more than twice their estimate, as
# `tests.pages.estimates` found them.
TAKEN = (
    ("overparameterisation", "width=40&depth=3&input_dim=8&data_count=18&networks=20", 43),
    ("leaving_the_kernel_regime", "figure=times&particles=2&sigma0=0.43&sigma1=0.43", 290),
    ("mean_field", "width=200&activation=cubic&data=30&time=8", 87),
    ("mean_field", "width=3&bias=1&target=step&data=22&time=300", 62),
    ("ntk_regime", "width=512&activation=erf&dataset=line&count=50&time=2000", 412),
    (
        "ntk_vs_mean_field",
        "figure=kernel&exponent_a=0.5&width=3&activation=relu&data=15&time=800",
        290,
    ),
    ("ntk_vs_mean_field", "figure=width&widest=512&activation=sin&data=20&time=1000", 100),
    ("linear_products", "figure=spectrum&width=3&depth=800&entries=uniform", 50),
    ("linear_products", "figure=direction&width=640&inputs=6&entries=sign", 30),
)


@pytest.mark.parametrize(("key", "query", "taken"), TAKEN)
def test_no_run_takes_more_than_twice_its_estimate(key: str, query: str, taken: float) -> None:
    experiment = next(e for e in EXPERIMENTS if e.key == key)
    params, notices = from_query(experiment.params, dict(parse_qsl(query)))
    assert not notices
    assert 2 * experiment.work(params) >= taken
