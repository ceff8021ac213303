"""Formulas in x that a reader types: read, never executed as code.

Numbers, x, pi, + − * / ^, brackets and the functions of `FUNCTIONS`; a number or a bracket before
x, a function or a bracket multiplies it (2x, 3(x + 1), 2sin(x)).
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

LONGEST = 60
FUNCTIONS: dict[str, Function] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "sqrt", "tanh", "sign")},
    **{"abs": np.abs, "log": np.log},
    "relu": lambda z: np.maximum(z, 0.0),
}
_BINARY: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    **{ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul},
    **{ast.Div: np.divide, ast.Pow: np.power},
}
_UNARY: dict[type[ast.unaryop], Callable[[Array], Array]] = {
    **{ast.UAdd: operator.pos, ast.USub: operator.neg},
}
# No comma: side B of an address is a list with commas.
_MADE_OF = re.compile(r"[a-z\d.+\-*/() ^]+", re.ASCII)
_FACTOR = re.compile(r"((?<![a-z\d.])(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\))\s*(?=[a-z(])", re.ASCII)


@lru_cache(maxsize=256)
def formula(text: str) -> Function:
    """The function of x that `text` means, for arrays of any shape.

    Raises ValueError where it means none. Values are what NumPy gives, inf and nan without warning
    outside of a function's domain. Cost: some 0.1 ms to read, then a ufunc for each operation.
    """
    plain = text.strip().replace("−", "-").replace("·", "*")
    if len(plain) > LONGEST or not _MADE_OF.fullmatch(plain):
        raise ValueError(f"{text!r} is not a formula in x")
    try:
        tree = ast.parse(_FACTOR.sub(r"\1*", plain).replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(f"{text!r} is not a formula in x") from None
    built = _built(tree)

    def value(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(built(x) + np.zeros_like(x), dtype=np.float64)

    return value


def _built(node: ast.expr) -> Function:
    """The function of x that a node means."""
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            constant = np.asarray(number, dtype=np.float64)
            return lambda _: constant
        case ast.Name(id="x"):
            return lambda x: x
        case ast.Name(id="pi"):
            return lambda _: np.asarray(np.pi)
        case ast.UnaryOp() if type(node.op) in _UNARY:
            sign, inner = _UNARY[type(node.op)], _built(node.operand)
            return lambda x: sign(inner(x))
        case ast.BinOp() if type(node.op) in _BINARY:
            joined, left, right = _BINARY[type(node.op)], _built(node.left), _built(node.right)
            return lambda x: joined(left(x), right(x))
        case ast.Call(func=ast.Name(id=name), args=[given], keywords=[]) if name in FUNCTIONS:
            function, argument = FUNCTIONS[name], _built(given)
            return lambda x: function(argument(x))
    raise ValueError(f"{ast.unparse(node)} is no part of a formula in x")
