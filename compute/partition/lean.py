"""Compiled functions that neither make nor return arrays, and therefore count no references.

A half-edge structure is eight arrays. Numba counts references to each of them whenever one is
read from its tuple, with an atomic instruction that costs as much as the geometry: measured, a
third to a half of the time of a small partition.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


# `_nrt` is not in Numba's type stubs
_OPTIONS: dict[str, Any] = {
    "cache": True,
    "error_model": "numpy",
    "fastmath": {"contract"},
    "_nrt": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def lean(function: Callable[P, R]) -> Callable[P, R]:
    """Like `compute.compiled.compiled`; Numba refuses to compile what allocates."""
    return cast(Callable[P, R], numba.njit(nogil=True, **_OPTIONS)(function))


def lean_inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Like `compute.compiled.inlined`, for the small parts of lean functions."""
    return cast(Callable[P, R], numba.njit(forceinline=True, **_OPTIONS)(function))
