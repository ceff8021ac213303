"""How the value of a parameter is spelled: in an address, in messages, in quotes."""

from __future__ import annotations

import math
import re

# What an address may spell; float() takes "1_000", "infinity" and the digits of any script too.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def show(value: object) -> str:
    """A value as the address and messages spell it; numbers read back to the same number."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple) and all(isinstance(p, tuple) and len(p) == 2 for p in value):
        return "_".join(f"{show(x)}~{show(y)}" for x, y in value)
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value)) if abs(value) < 1e15 else repr(value)
    return str(value)


def clip(value: object) -> str:
    """A value in quotes, cut where it is long."""
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
