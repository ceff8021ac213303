"""How much is tried: `make test` tries some of what `make thorough` tries all of.

Random settings and seeds can be added without end; with every page the suite would grow by them.
"""

from __future__ import annotations

import os

THOROUGH = "THOROUGH" in os.environ


def some(few: int, many: int) -> int:
    """`many` in a thorough run, else `few`."""
    return many if THOROUGH else few
