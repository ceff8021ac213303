"""Results whose arrays nobody can change."""

from __future__ import annotations

from dataclasses import fields
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def read_only(part: T) -> T:
    """`part`, a dataclass, with its arrays made read-only."""
    for field in fields(part):  # type: ignore[arg-type]
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return part
