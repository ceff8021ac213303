"""Checks of arguments that many modules take: counts, widths of layers, generators."""

import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def as_positive_int(value: int, name: str) -> int:
    """`value` as an int ≥ 1; TypeError or ValueError naming the argument otherwise."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def as_widths(widths: Sequence[int] | NDArray[np.integer]) -> NDArray[np.int64]:
    """`widths` as an int64 array (layers,), every entry ≥ 1, at least one entry.

    Raises TypeError for entries that are not integers, ValueError for an empty sequence,
    more than one axis or a width below 1.
    """
    array = np.asarray(widths)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"widths must be a non-empty sequence of integers, got {widths!r}")
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"widths must be integers, got values of type {array.dtype}")
    if array.min() < 1:
        raise ValueError(f"widths must be at least 1, got {int(array.min())}")
    return array.astype(np.int64)


def check_generator(rng: np.random.Generator) -> None:
    """TypeError unless `rng` is a numpy.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
