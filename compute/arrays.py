"""Results whose arrays nobody can change, and ladders of whole numbers."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


def read_only(part: T) -> T:
    """`part` with all arrays in it read-only, those of dataclasses and tuples in it too."""
    if isinstance(part, np.ndarray):
        part.setflags(write=False)
    elif isinstance(part, tuple):
        for item in part:
            read_only(item)
    elif is_dataclass(part):
        for field in fields(part):
            read_only(getattr(part, field.name))
    return part


def log_ladder(last: int, count: int) -> NDArray[np.int64]:
    """At most `count` whole numbers from 1 to `last`, evenly spread on a logarithmic axis.

    None where `last` is below 1.
    """
    if last < 1:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.geomspace(1, last, count).round().astype(np.int64))
