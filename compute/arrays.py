"""Results whose arrays nobody can change."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TypeVar

import numpy as np

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
