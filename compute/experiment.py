"""Experiment: a page's mathematics, usable without the page.

The ledger, the sweep, the exported Python and the tests use an experiment alone; it imports no
web framework.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from compute.claims import Claim
from compute.params import Number, P, Params, parameters, show
from compute.sampling import Sampler

R = TypeVar("R")

BUDGET_MS = 300.0


class OverBudgetError(ValueError):
    """The setting would take too long; `nearest` is the closest one that would not."""

    def __init__(self, message: str, nearest: Params) -> None:
        super().__init__(message)
        self.nearest = nearest


@dataclass(frozen=True)
class Experiment(Generic[P, R]):
    """`run(params)` answers one question of the notes.

    `work(params)` estimates the milliseconds of `run` before it runs. `sampler` goes on where
    300 ms end. `claims` are what the notes assert and this experiment can measure.
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


def ensure_affordable(experiment: Experiment[Any, Any], params: Params) -> None:
    """Raise OverBudgetError, naming the nearest affordable setting, where `run` is too long."""
    needed = experiment.work(params)
    if needed <= BUDGET_MS:
        return
    nearest = nearest_affordable(experiment, params)
    changed = ", ".join(
        f"{spec.label} {show(getattr(nearest, name))}"
        for name, spec in parameters(type(params)).items()
        if getattr(nearest, name) != getattr(params, name)
    )
    raise OverBudgetError(
        f"This setting needs about {_seconds(needed)}; "
        f"a page answers within {_seconds(BUDGET_MS)}. "
        f"The nearest setting that does: {changed}.",
        nearest,
    )


def _seconds(milliseconds: float) -> str:
    """To two digits, so that what is just too much is seen to be more."""
    digits = 2 if milliseconds < 1000 else 1
    return f"{milliseconds / 1000:.{digits}f} s"


def nearest_affordable(experiment: Experiment[Any, Any], params: Params) -> Params:
    """Step numeric fields down their scales, cheapest step first, until the work is affordable.

    Where no single step makes it cheaper, all fields step together; where that does not help
    either, one field goes to its default, and all of them if none is enough.
    """
    best: Any = params
    work = experiment.work(best)
    while work > BUDGET_MS:
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
            return _with_one_default(experiment, params)
        work = experiment.work(best)
    chosen: Params = best
    return chosen


def _with_one_default(experiment: Experiment[Any, Any], params: Params) -> Params:
    """`params` with its dearest field at the default; the default where that is not enough."""
    standard: Params = experiment.params()
    changed = [
        replace(params, **{name: getattr(standard, name)})
        for name in parameters(type(params))
        if name not in {"figure", "seed"}
    ]
    best = min(changed, key=experiment.work)
    return best if experiment.work(best) <= BUDGET_MS else standard


def _step_down(ladder: tuple[float, ...] | None, low: float, value: float) -> tuple[float, ...]:
    if ladder is not None:
        return tuple(v for v in ladder if v < value)[-1:]
    lower = type(value)(max(low, 0.8 * value))
    return (lower,) if lower < value else ()
