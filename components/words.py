"""Words of the address on pages that have no experiment: filters, each from a list or free text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from components.page import VIEW_WORDS

LONGEST = 60
ANY = "all"


def taken(
    query: Mapping[str, Any], legal: Mapping[str, tuple[str, ...] | None]
) -> tuple[dict[str, str], list[str]]:
    """The filters the address asks for, and a notice for all that could not be taken.

    `legal` lists the values of a filter, the first being its default; None is free text.
    """
    found = {name: values[0] if values else "" for name, values in legal.items()}
    notices = []
    for name, given in list(query.items())[:64]:
        text = str(given)
        if name in VIEW_WORDS:
            continue
        if name not in legal:
            notices.append(f"The address names “{_clip(name)}”, which this page does not have.")
            continue
        values = legal[name]
        if (values is None and len(text) <= LONGEST) or (values is not None and text in values):
            found[name] = text
            continue
        right = f"at most {LONGEST} characters" if values is None else "one of " + ", ".join(values)
        notices.append(
            f"The address asks for {name} = “{_clip(text)}”; it must be {right}. "
            "Everything is shown instead."
        )
    return found, notices


def notice(texts: list[str]) -> html.Div:
    """The notices, announced."""
    return html.Div(
        html.Div([html.P(t) for t in texts], className="notice", hidden=not texts), role="alert"
    )


def _clip(text: str) -> str:
    return text[:40] + "…" if len(text) > 40 else text
