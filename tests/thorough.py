"""How much is tried: `make test` tries some of what `make thorough` tries all of.

Random settings and seeds can be added without end, and what all pages share can be tried on each of
them; with every page the suite would grow by them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import product
from typing import Any, TypeVar

THOROUGH = "THOROUGH" in os.environ
T = TypeVar("T")


def some(few: int, many: int) -> int:
    """`many` in a thorough run, else `few`."""
    return many if THOROUGH else few


def several(items: Sequence[T], few: int) -> list[T]:
    """All of `items` in a thorough run, else `few` of them from the first to the last."""
    if THOROUGH or len(items) <= few:
        return [*items]
    gap = (len(items) - 1) / max(few - 1, 1)
    return [items[round(k * gap)] for k in range(few)]


def crossed(*factors: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All combinations in a thorough run, else so many that each value of each factor is in one."""
    if THOROUGH:
        return [*product(*factors)]
    return [tuple(f[k % len(f)] for f in factors) for k in range(max(map(len, factors)))]
