"""Labels of a figure: at a point on two logarithmic axes, on the paper, at the ticks of an axis;
and the words about the part of a result that is in front."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from components.figures.base import Array, at_end, axis, beside, number, superscript
from compute.sampling import Estimate


def on_logs(
    x: float, y: float, text: str, role: str, shift: float = 0.0, **more: Any
) -> dict[str, Any]:
    """A label at a point of two logarithmic axes; with a `shift`, so many pixels beside it."""
    where = (beside(shift) if shift else {}) | more
    return at_end(float(x), float(y), text, role, log_x=True, log_y=True, **where)


def at_last(x: Array, y: Array, text: str, role: str, *where: float, **more: Any) -> dict[str, Any]:
    """The same at the last point of a line."""
    return on_logs(x[-1], y[-1], text, role, *where, **more)


def on_paper(x: float, y: float, text: str, **more: Any) -> dict[str, Any]:
    """A label at a share of the plot's width and height; at y = 1 a heading above it."""
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"x": x, "y": y, "text": text, "showarrow": False} | place | more


def width_axis(title: str, widths: Sequence[int], low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis with these widths at its ticks, from `low` times the narrowest to `high`
    times the widest."""
    made = axis(title, log=True, range=(low * widths[0], high * widths[-1]))
    return made | {"tickvals": list(widths), "ticktext": [str(n) for n in widths]}


def plus_minus(value: float, error: float, digits: int = 3) -> str:
    """A measured number and its standard error, where there is one."""
    said = number(float(value), digits)
    return f"{said} ± {number(float(error), 2)}" if math.isfinite(error) else said


def with_error(e: Estimate, digits: int = 3) -> str:
    """A measured number with its standard error, where there is one."""
    return plus_minus(e.value, e.standard_error, digits)


def power(log: float, digits: int = 3) -> str:
    """exp(log) for a sentence, beyond the range of floats, too."""
    if abs(log) < 600:
        return number(math.exp(log), digits)
    exponent = math.floor(log / math.log(10))
    mantissa = math.exp(log - exponent * math.log(10))
    return f"{mantissa:.{digits - 1}f} × 10{superscript(exponent)}"


def of_part(params: Any, result: Any, *more: Any, **said: Callable[..., str]) -> str:
    """What is said of the part of the result that is there: `said` names a function by part.

    It is given the parameters, that part, and what there is `more` to speak of.
    """
    name = next(name for name in said if getattr(result, name) is not None)
    return said[name](params, getattr(result, name), *more)
