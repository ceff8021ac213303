"""The ways to compile the inner loops: typed wrappers of Numba's njit.

Loops over layers and over pairs of inputs cost more in NumPy calls than in arithmetic. The
machine code is cached beside the sources, so only the first process ever compiles.
"""

from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


_USUAL: Final[dict[str, Any]] = {
    "cache": True,
    "error_model": "numpy",
    "fastmath": {"contract"},
}
# no way in from Python (as the next, not in Numba's type stubs)
_INTERNAL: Final[dict[str, Any]] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# and no counts of references
_LEAN: Final[dict[str, Any]] = _USUAL | _INTERNAL | {"_nrt": False}


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of numbers and arrays to machine code on its first call.

    Division by zero gives inf or nan as in IEEE 754, without a warning or an exception
    (an exception inside a loop would forbid vector instructions); a product and a sum may
    share one rounding. No other liberty is taken with the order of operations.
    """
    # the arrays belong to the caller, so other threads of a worker may run meanwhile
    return cast(Callable[P, R], numba.njit(nogil=True, **_USUAL)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a small scalar function that must dissolve in the loop that calls it."""
    return cast(Callable[P, R], numba.njit(forceinline=True, **_USUAL)(function))


def internal(function: Callable[P, R]) -> Callable[P, R]:
    """Like `compiled`, for what only compiled code calls.

    The way in from Python takes as long to compile as the function, where arguments are tuples
    of many arrays.
    """
    return cast(Callable[P, R], numba.njit(nogil=True, **_USUAL, **_INTERNAL)(function))


def summed(function: Callable[P, R]) -> Callable[P, R]:
    """Like `internal`, for long sums whose terms may be added in any order: vector instructions."""
    liberties = _USUAL | _INTERNAL | {"fastmath": {"contract", "reassoc", "nsz"}}
    return cast(Callable[P, R], numba.njit(nogil=True, **liberties)(function))


def lean(function: Callable[P, R]) -> Callable[P, R]:
    """Like `internal`, for functions that neither make nor return arrays: they count no references.

    Numba counts references to each array whenever one is read from a tuple, with an atomic
    instruction that costs as much as the geometry: measured, a third to a half of the time of a
    small partition. It refuses to compile what allocates.
    """
    return cast(Callable[P, R], numba.njit(nogil=True, **_LEAN)(function))


def lean_inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Like `inlined`, for the small parts of lean functions."""
    return cast(Callable[P, R], numba.njit(forceinline=True, **_LEAN)(function))
