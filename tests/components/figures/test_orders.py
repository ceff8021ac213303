"""Statements of order are true of what is drawn, or they are not said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from components.figures.base import axis, dots, figure, line
from components.figures.orders import Order, holds, orders, tell
from components.figures.playing import frame_trace, frames, resolved

X = np.arange(1.0, 6.0)
RISING = line(X, X, "theory", "theory")
LOWER = line(X, 0.5 * X, "bound", "bound")
FLAT = line(X, np.full(5, 3.0), "bound", "flat")


def measured(y: Any, error: float | None = None) -> Any:
    """Dots named "measured"."""
    values = np.broadcast_to(np.asarray(y, dtype=float), X.shape)
    return dots(X, values, "measured", error=None if error is None else np.full(5, error))


@pytest.mark.parametrize(
    ("order", "true"),
    [
        (Order("", "bound", "below", ("theory",)), True),
        (Order("", "theory", "below", ("bound",)), False),
        (Order("", "theory", "above", ("bound",)), True),
        (Order("", "flat", "above", ("theory",)), False),  # at the first points only
        (Order("", "theory", "above", ("flat",), at="last"), True),
        (Order("", "flat", "below", (3.0,)), False),
        (Order("", "flat", "below", (3.1,)), True),
        (Order("", "flat", "between", (2.0, 4.0)), True),
        (Order("", "flat", "between", ("theory", "bound")), False),
        (Order("", "theory", "rises"), True),
        (Order("", "theory", "falls"), False),
        (Order("", "flat", "rises"), False),
        (Order("", "flat", "still"), True),
        (Order("", "theory", "still"), False),
        (Order("", "nobody", "rises"), False),
        (Order("", "theory", "below", ("nobody",)), False),
    ],
)
def test_relations(order: Order, true: bool) -> None:
    assert holds(order, [RISING, LOWER, FLAT]) is true


@pytest.mark.parametrize(
    ("y", "error", "true"),
    [
        (X + 0.01, None, True),
        (X + 0.3, None, False),
        (X + 0.3, 0.1, True),
        (X + 0.4, 0.1, False),
        (X + 0.3, math.nan, False),
    ],
)
def test_a_measurement_follows_within_its_errors(y: Any, error: float | None, true: bool) -> None:
    order = Order("", "measured", "follows", ("theory",))
    assert holds(order, [RISING, measured(y, error)]) is true


def test_curves_with_other_points_are_compared_where_both_are() -> None:
    fine = line(np.linspace(0, 3, 50), np.linspace(0, 3, 50), "theory", "fine")
    assert holds(Order("", "measured", "follows", ("fine",)), [fine, measured(X)])
    far = line([10.0, 20.0], [1.0, 1.0], "theory", "far")
    assert not holds(Order("", "measured", "follows", ("far",)), [far, measured(X)])


def test_what_is_not_a_number_is_left_out() -> None:
    y = np.array([1, math.nan, 3, 4, math.nan])
    assert holds(Order("", "measured", "follows", ("theory",)), [RISING, measured(y)])
    assert not holds(Order("", "measured", "still"), [measured(math.nan)])


def test_a_false_statement_is_not_said() -> None:
    follows = Order("follows", "measured", "follows", ("theory",), otherwise="leaves")
    title = ("The sample ", follows, " the law")
    for y, said in ((X, "The sample follows the law"), (2 * X, "The sample leaves the law")):
        made = figure(title, axis("x"), axis("y"), [RISING, measured(y)])
        assert made["layout"]["title"]["text"] == said
    assert tell(("a", Order("b", "measured", "rises")), [measured(1.0)]) == "a"
    assert len(orders(title)) == 1
    assert orders("plain words") == ()


def test_frames_find_their_traces_by_name() -> None:
    values = np.zeros((2, 5))
    played = frames("t =", ["0", "1"], frame_trace("theory", "y", values, nth=1))
    found = resolved(played, [RISING, FLAT, RISING])
    assert [t["index"] for t in found["traces"]] == [2]
    assert "trace" not in found["traces"][0]
    with pytest.raises(LookupError, match="theory"):
        resolved(played, [RISING])
