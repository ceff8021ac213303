"""Experiment: a page's mathematics, usable without the page.

The ledger, the sweep, the exported Python and the tests use an experiment alone; it imports no
web framework.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from compute.calibration import machine_factor
from compute.claims import Claim
from compute.params import Number, P, Params, changes, parameters
from compute.sampling import Sampler

R = TypeVar("R")

BUDGET_MS = 300.0
# Work that no machine refuses, however slow: the pages' own settings (every tab's default, every
# preset, every claim) need no more, and answer late there rather than never.
ALWAYS_MS = 100.0
# A run that has used so many times the budget is stopped. Batches have no estimate, only a size.
RUN_STOP = 2.0
BATCH_STOP = 4.0


class OverBudgetError(ValueError):
    """The setting takes too long; `nearest` is the closest that does not, where there is one."""

    def __init__(self, message: str, nearest: Params | None) -> None:
        super().__init__(message)
        self.nearest = nearest


@dataclass(frozen=True)
class Experiment(Generic[P, R]):
    """`run(params)` answers one question of the notes.

    `work(params)` estimates the milliseconds of `run` before it runs, on the reference machine of
    `compute.calibration`. `sampler` goes on where 300 ms end. `claims` are what the notes assert
    and this experiment can measure.
    """

    key: str
    chapter: int
    section: str
    title: str
    params: type[P]
    run: Callable[[P], R]
    work: Callable[[P], float]
    sampler: Sampler[P, Any] | None = None
    claims: tuple[Claim, ...] = ()


def affordable_work() -> float:
    """The most work that this machine affords, in milliseconds of the reference machine."""
    return max(BUDGET_MS / machine_factor(), ALWAYS_MS)


def budget_ms() -> float:
    """The time in which this machine answers; more than BUDGET_MS where it is very slow."""
    return affordable_work() * machine_factor()


def ensure_affordable(experiment: Experiment[Any, Any], params: Params) -> None:
    """Raise OverBudgetError, naming the nearest affordable setting, where `run` is too long."""
    work = experiment.work(params)
    if work <= affordable_work():
        return
    nearest = nearest_affordable(experiment, params)
    raise OverBudgetError(
        f"This setting needs about {_seconds(work * machine_factor())}; "
        f"a page answers within {_seconds(budget_ms())}. "
        f"The nearest setting that does: {changes(params, nearest)}.",
        nearest,
    )


def stopped(experiment: Experiment[Any, Any], params: Params, seconds: float) -> OverBudgetError:
    """What is said of a setting that was stopped after so many seconds of computing.

    Its estimate was wrong, so nobody knows which setting near it is quick enough: named is one
    with a quarter of its work, or the nearest to that.
    """
    work = experiment.work(params)
    nearest = nearest_affordable(experiment, params, work / 4)
    said = f"This setting took longer than {_seconds(1e3 * seconds)} and was stopped."
    if experiment.work(nearest) >= work:
        return OverBudgetError(said, None)
    return OverBudgetError(f"{said} One with less work: {changes(params, nearest)}.", nearest)


def _seconds(milliseconds: float) -> str:
    """To two digits, so that what is just too much is seen to be more."""
    digits = 2 if milliseconds < 1000 else 1
    return f"{milliseconds / 1000:.{digits}f} s"


def nearest_affordable(
    experiment: Experiment[Any, Any], params: Params, most: float | None = None
) -> Params:
    """Step numeric fields down their scales, cheapest step first, until the work is at most `most`.

    None means what this machine affords. Where no single step makes it cheaper, all fields step
    together; where that does not help either, one field goes to its default, and all of them if
    none is enough.
    """
    most = affordable_work() if most is None else most
    best: Any = params
    work = experiment.work(best)
    while work > most:
        lower = {
            name: value
            for name, spec in parameters(type(best)).items()
            if isinstance(spec, Number) and name != "seed"
            for value in _step_down(spec.ladder, spec.low, getattr(best, name))
        }
        steps = [replace(best, **{name: value}) for name, value in lower.items()]
        best = min(steps, key=experiment.work, default=best)
        if experiment.work(best) >= work:
            best = replace(best, **lower)
        if experiment.work(best) >= work:
            return _with_one_default(experiment, params, most)
        work = experiment.work(best)
    chosen: Params = best
    return chosen


def _with_one_default(experiment: Experiment[Any, Any], params: Params, most: float) -> Params:
    """`params` with its dearest field at the default; the default where that is not enough."""
    standard: Params = experiment.params()
    changed = [
        replace(params, **{name: getattr(standard, name)})
        for name in parameters(type(params))
        if name not in {"figure", "seed"}
    ]
    best = min(changed, key=experiment.work)
    return best if experiment.work(best) <= most else standard


def _step_down(ladder: tuple[float, ...] | None, low: float, value: float) -> tuple[float, ...]:
    if ladder is not None:
        return tuple(v for v in ladder if v < value)[-1:]
    lower = type(value)(max(low, 0.8 * value))
    return (lower,) if lower < value else ()
