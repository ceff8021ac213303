"""Typed formulas: what they mean, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.formulas import FUNCTIONS, LONGEST, formula
from tests.strategies import HOSTILE_TEXTS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2x", 0.6),
        ("3(x + 1)", 3.9),
        ("(x+1)(x-1)", -0.91),
        ("-x^2", -0.09),
        ("2^-x", 2**-0.3),
        ("x^3^2", 0.3**9),
        ("2sin(3x) + x/2", 2 * math.sin(0.9) + 0.15),
        ("2exp(x)", 2 * math.exp(0.3)),
        ("2e3x", 600.0),
        ("2pi*x − .5·x", 0.6 * math.pi - 0.15),
        ("relu(x - 1) + abs(-x)", 0.3),
        (" 7 ", 7.0),
    ],
)
def test_what_a_formula_means(text: str, value: float) -> None:
    x = np.array([[0.3, 0.3]])
    assert formula(text)(x) == pytest.approx(np.full((1, 2), value), rel=1e-14)


def test_out_of_its_domain_it_is_not_finite_and_silent() -> None:
    x = np.array([-1.0, 0.0])
    assert np.isnan(formula("log(x)")(x)[0])
    assert formula("1/x")(x)[1] == math.inf
    assert formula("9^9^9^9")(x)[0] == math.inf


@pytest.mark.parametrize(
    "text",
    [
        *(t for t in HOSTILE_TEXTS if t not in ("1e400", "-1e400", "--1")),
        *("__import__('os')", "x.real", "x[0]", "lambda: x", "x if x else 1", "x<1", "x and 1"),
        *("max(x)", "sin(x, x)", "sin(x=1)", "sin", "f(x)", "eval(x)", "x y", "(x", "x(x)", "xx"),
        *("~x", "x//2", "x%2", "x@x", "(x, x)", "*x", "x:=1", "1j", "'x'", "(" * LONGEST),
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="formula in x"):
        formula(text)


@given(st.text(alphabet="x1.9e+-*/^() sinpabs", max_size=LONGEST))
def test_any_text_is_a_function_or_refused(text: str) -> None:
    try:
        function = formula(text)
    except ValueError:
        return
    x = np.linspace(-1, 1, 5)
    assert function(x).shape == x.shape


def test_every_function_is_known_by_its_name() -> None:
    x = np.array([0.4])
    for name in FUNCTIONS:
        text = f"{name}(x)"
        expected = {"relu": 0.4, "sign": 1.0, "abs": 0.4}.get(name)
        known = getattr(math, name, None) if expected is None else None
        assert formula(text)(x)[0] == pytest.approx(known(0.4) if known else expected)
