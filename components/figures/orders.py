"""Statements of order in the words about a figure, decided by what the figure shows.

"Fewer", "follows", "between" are true or false of the numbers in front of the reader. An
:class:`Order` names the drawn traces it speaks of, and is said only where it holds of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from components.figures.packed import decoded

Array = NDArray[np.float64]
Relation = Literal["below", "above", "between", "follows", "rises", "falls", "still"]
Trace = Mapping[str, Any]

# Two curves of one figure are told apart, and a change is seen, from this share on.
SEEN = 0.02
# A measurement follows a curve that is within so many of its standard errors.
ERRORS = 3.5


@dataclass(frozen=True)
class Order:
    """`words`, where `relation` holds of the trace named `of`; `otherwise` where it does not.

    `than` names the trace, or is the number, it is compared with: two of them for *between*, none
    for *rises*, *falls* and *still*, which speak of one trace from its first point to its last.
    `at` says which points: "all" that both have, or the "last" one. What differs by less than the
    share `slack` counts as equal: it neither lies below nor fails to follow; nor does a measured
    point that is off by less than 3.5 of its standard errors.
    """

    words: str
    of: str
    relation: Relation
    than: tuple[str | float, ...] = ()
    at: Literal["all", "last"] = "all"
    otherwise: str = ""
    slack: float = SEEN


Words = str | Sequence[str | Order]


def tell(words: Words, traces: Sequence[Trace]) -> str:
    """The words as they are said of these traces."""
    if isinstance(words, str):
        return words
    return "".join(part if isinstance(part, str) else _said(part, traces) for part in words)


def _said(order: Order, traces: Sequence[Trace]) -> str:
    return order.words if holds(order, traces) else order.otherwise


def orders(words: Words) -> tuple[Order, ...]:
    """The statements of order among the words."""
    return () if isinstance(words, str) else tuple(w for w in words if isinstance(w, Order))


def holds(order: Order, traces: Sequence[Trace]) -> bool:
    """Whether the statement is true of what is drawn; False where a trace is not there."""
    named = {trace.get("name"): trace for trace in reversed(traces)}
    wanted = (order.of, *(t for t in order.than if isinstance(t, str)))
    if any(name not in named for name in wanted):
        return False
    x, y, error = points(named[order.of])
    if not y.size:
        return False
    if order.relation in ("rises", "falls", "still"):
        return _changes(order, y)
    others = [t if not isinstance(t, str) else _at(named[t], x) for t in order.than]
    if order.at == "last":
        y, error = y[-1:], error[-1:]
        others = [o if isinstance(o, float | int) else o[-1:] for o in others]
    compared = [np.broadcast_to(np.asarray(o, dtype=np.float64), y.shape) for o in others]
    known = np.isfinite(y) & np.logical_and.reduce([np.isfinite(c) for c in compared])
    return bool(known.any()) and _compare(
        order, y[known], error[known], [c[known] for c in compared]
    )


def _compare(order: Order, y: Array, error: Array, others: Sequence[Array]) -> bool:
    seen = ERRORS * np.nan_to_num(error)
    room = [np.maximum(order.slack * np.maximum(np.abs(y), np.abs(o)), seen) for o in others]
    if order.relation == "below":
        return bool(np.all(y < others[0] - room[0]))
    if order.relation == "above":
        return bool(np.all(y > others[0] + room[0]))
    if order.relation == "between":
        low, high = np.minimum(*others), np.maximum(*others)
        return bool(np.all((y >= low - room[0]) & (y <= high + room[1])))
    return bool(np.all(np.abs(y - others[0]) <= room[0]))


def _changes(order: Order, y: Array) -> bool:
    y = y[np.isfinite(y)]
    if y.size < 2:
        return False
    room = order.slack * float(np.abs(y).max())
    steps, change = np.diff(y), float(y[-1] - y[0])
    if order.relation == "still":
        return bool(np.ptp(y) <= room)
    sign = 1 if order.relation == "rises" else -1
    return bool(np.all(sign * steps >= -room) and sign * change > room)


def points(trace: Trace) -> tuple[Array, Array, Array]:
    """x, y and the standard errors (nan where none is drawn) of a trace's points, (n,) each."""
    x, y = decoded(trace.get("x")), decoded(trace.get("y"))
    error = decoded((trace.get("error_y") or {}).get("array"))
    return x, y, error if error.shape == y.shape else np.full(y.shape, np.nan)


def _at(trace: Trace, x: Array) -> Array:
    """A trace's y at other places, on the straight lines between its points; nan outside."""
    own, y, _ = points(trace)
    if own.size == x.size and np.array_equal(own, x):
        return y
    if own.size == 0:
        return np.full(x.shape, np.nan)
    order = np.argsort(own, kind="stable")
    return np.asarray(np.interp(x, own[order], y[order], left=np.nan, right=np.nan))
