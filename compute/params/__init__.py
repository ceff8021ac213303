"""Parameters: the one currency in which the address, the controls and the cache deal.

An experiment's parameters are a frozen dataclass whose fields are made by :func:`integer`,
:func:`real`, :func:`choice`, :func:`flag`, :func:`points` and :func:`typed`. The metadata of a
field (a :class:`Parameter`) says its symbol, range, scale and help, and everything else is a view
of it: the control, the query string, the error message, the teacher's page and the hostile-input
test.
"""

from compute.params.address import (
    UNKNOWN_NAMED,
    from_query,
    strict_query,
    to_query,
    unknown_notices,
)
from compute.params.fields import (
    DEPTHS,
    WIDTHS,
    P,
    ParameterError,
    Params,
    Shown,
    changes,
    check,
    choice,
    defaults,
    flag,
    integer,
    parameters,
    points,
    real,
    seed,
    tabs,
    typed,
    values,
)
from compute.params.kinds import (
    Choice,
    Conditions,
    Flag,
    Formula,
    Integer,
    Number,
    Parameter,
    PointList,
    Points,
    Real,
    Value,
)
from compute.params.spelling import clip, show

__all__ = [
    "DEPTHS", "UNKNOWN_NAMED", "WIDTHS", "Choice", "Conditions", "Flag", "Formula", "Integer",
    "Number", "P", "Parameter", "ParameterError", "Params", "PointList", "Points", "Real", "Shown",
    "Value", "changes", "check", "choice", "clip", "defaults", "flag", "from_query", "integer",
    "parameters", "points", "real", "seed", "show", "strict_query", "tabs", "to_query", "typed",
    "unknown_notices", "values",
]  # fmt: skip
