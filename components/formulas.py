"""Texts with formulas that are typeset only when they come near the screen.

A page of 59 errata has some 730 formulas, and typesetting all of them blocks a browser for
seconds. So a formula is laid out as its source, and ``assets/45_sheets.js`` typesets those of a
row (an element with ``data-formulas``) once, as it is scrolled to.
"""

from __future__ import annotations

import re
from typing import Any

from dash import dcc, html

LAZY = {"data-formulas": "1"}

_EMPHASIS = re.compile(r"(\*\*[^*]+\*\*|\*[^*\s][^*]*\*)")


def formulas(text: str) -> list[Any]:
    """`text` with its $formulas$ (and *emphasis*) as elements, for a row marked `LAZY`."""
    parts: list[Any] = []
    for i, part in enumerate(text.split("$")):
        if i % 2:
            parts.append(html.Span(rf"\({part}\)", className="tex"))
        else:
            parts.extend(_emphasised(part))
    return parts


def _emphasised(text: str) -> list[Any]:
    made: list[Any] = []
    for i, part in enumerate(_EMPHASIS.split(text)):
        if not i % 2:
            made += [part] if part else []
        elif part.startswith("**"):
            made.append(html.Strong(part[2:-2]))
        else:
            made.append(html.Em(part[1:-1]))
    return made


def typesetter() -> dcc.Markdown:
    """What brings the typesetting library to a page whose formulas are all lazy."""
    return dcc.Markdown("$\\;$", mathjax=True, className="spoken")
