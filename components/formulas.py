"""Texts with formulas: TeX between dollars, as static markup.

``assets/edition/page/shell.js`` typesets what stands between ``\\(`` and ``\\)`` in static markup,
before it is on the screen.
"""

from __future__ import annotations

import re
from typing import Any

from dash import html

_EMPHASIS = re.compile(r"(\*\*[^*]+\*\*|\*[^*\s][^*]*\*)")


def formulas(text: str) -> list[Any]:
    """`text` with its $formulas$ marked and its *emphasis* as elements, to stand in `static`."""
    parts: list[Any] = []
    for i, part in enumerate(text.split("$")):
        if i % 2:
            parts.append(rf"\({part}\)")
            continue
        for j, piece in enumerate(_EMPHASIS.split(part)):
            if not j % 2:
                parts.append(piece)
            elif piece.startswith("**"):
                parts.append(html.Strong(piece[2:-2]))
            else:
                parts.append(html.Em(piece[1:-1]))
    return [part for part in parts if part]
