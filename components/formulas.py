"""Texts with formulas that are typeset only when they come near the screen.

A page of 59 errata has some 730 formulas, and typesetting all of them blocks a browser for
seconds. So a formula is laid out as its source, and ``assets/45_sheets.js`` typesets those of a
row (an element with ``data-formulas``) once, when it comes near.
"""

from __future__ import annotations

import re
from typing import Any

from dash import html

LAZY = {"data-formulas": "1"}

_EMPHASIS = re.compile(r"(\*\*[^*]+\*\*|\*[^*\s][^*]*\*)")


def formulas(text: str) -> list[Any]:
    """`text` with its $formulas$ (and *emphasis*) as elements, for a row marked `LAZY`.

    As few elements as can be: every one costs the browser before it can show the first.
    """
    parts: list[Any] = []
    run = ""
    for i, part in enumerate(text.split("$")):
        if i % 2:
            run += rf"\({part}\)"
            continue
        for j, piece in enumerate(_EMPHASIS.split(part)):
            if not j % 2:
                run += piece
                continue
            strong = piece.startswith("**")
            parts += [_run(run), html.Strong(piece[2:-2]) if strong else html.Em(piece[1:-1])]
            run = ""
    return [part for part in (*parts, _run(run)) if part]


def _run(text: str) -> Any:
    return html.Span(text, className="tex") if r"\(" in text else text
