"""Hypothesis strategies for what a parameter may be, and for what only an attacker sends."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from compute.params import (
    Choice,
    Flag,
    Formula,
    Integer,
    Number,
    Parameter,
    PointList,
    parameters,
)


def legal_value(spec: Parameter) -> st.SearchStrategy[Any]:
    """Every legal value of a field."""
    match spec:
        case Flag():
            return st.booleans()
        case Choice():
            return st.sampled_from([name for name, _ in spec.choices])
        case Integer():
            return st.integers(int(spec.low), int(spec.high))
        case Number():
            return st.floats(spec.low, spec.high)
        case PointList():
            number = st.floats(spec.low, spec.high)
            return st.lists(st.tuples(number, number), max_size=spec.most).map(tuple)
        case Formula():
            return st.sampled_from(FORMULAS)
    raise TypeError(f"no strategy for {spec}")


def legal_params(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Every legal setting of an experiment."""
    return st.builds(cls, **{n: legal_value(s) for n, s in parameters(cls).items()})


def hostile_texts(spec: Parameter) -> list[str]:
    """The spellings of HOSTILE_TEXTS that a field does not take."""
    taken = {PointList: ("", " "), Formula: ("--1",)}.get(type(spec), ())
    return [t for t in HOSTILE_TEXTS if t not in taken]


FORMULAS = ("x", "0", "sin(9x)/2 - 3", "abs(x)^0.3", "relu(-x/2)", "sign(x)", "1e5exp(-99x^2)")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)

EXTREMES = [10**400, -(10**400), 10**9, 1e308, -1e308, "x" * 10_000, "\x00", "\ud800", [[[[]]]]]
HOSTILE_JSON = JSON | st.sampled_from(EXTREMES)

# Spellings that no number field, no choice and no switch takes; no points are legal points.
HOSTILE_TEXTS = (
    *("nan", "NaN", "inf", "-Infinity", "1e400", "-1e400", "9" * 401, "1" + "0" * 400),
    *("1\x00", "\x00", "", " ", "٣", "１２", "1_000", "0x10", "1,5", "1;2", "true", "None"),
    *("--1", "1e", "e5", ".", "+", "1 2", "x" * 100_000, "<script>", "' OR 1=1", "\ud800"),
)
