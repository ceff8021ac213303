"""Words of the address on pages that have no experiment: filters, each from a list or free text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from components.layout import VIEW_WORDS
from compute.params import clip, unknown_notices

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
    for name, values in legal.items():
        if name not in query:
            continue
        text = str(query[name])
        if text in values if values else len(text) <= LONGEST:
            found[name] = text
            continue
        right = "one of " + ", ".join(values) if values else f"at most {LONGEST} characters"
        notices.append(
            f"The address asks for {name} = {clip(text)}; it must be {right}. "
            "Everything is shown instead."
        )
    unknown = [name for name in query if name not in legal and name not in VIEW_WORDS]
    return found, notices + unknown_notices(unknown)


def notice(texts: list[str]) -> html.Div:
    """The notices, announced."""
    return html.Div(
        html.Div([html.P(t) for t in texts], className="notice", hidden=not texts), role="alert"
    )
