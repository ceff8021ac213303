"""One way to compile the inner loops: a typed wrapper of Numba's njit.

Loops over layers and over pairs of inputs cost more in NumPy calls than in arithmetic. The
machine code is cached beside the sources, so only the first process ever compiles.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of numbers and arrays to machine code on its first call.

    Division by zero gives inf or nan as in IEEE 754, without a warning or an exception
    (an exception inside a loop would forbid vector instructions); a product and a sum may
    share one rounding. No other liberty is taken with the order of operations.
    """
    # the arrays belong to the caller, so other threads of a worker may run meanwhile
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
    return cast(Callable[P, R], decorate(function))


def summed(function: Callable[P, R]) -> Callable[P, R]:
    """The same for long sums whose terms may be added in any order: vector instructions then."""
    decorate = numba.njit(
        cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"}
    )
    return cast(Callable[P, R], decorate(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a small scalar function that must dissolve in the loop that calls it."""
    decorate = numba.njit(cache=True, error_model="numpy", fastmath={"contract"}, forceinline=True)
    return cast(Callable[P, R], decorate(function))
