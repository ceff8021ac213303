"""Settings that a page offers: buttons that write the controls, as one step that going back undoes.

The settings stand in the page's meta, where `assets/edition/page/buttons.js` finds that of a button
by the kind of the offer and its place among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from components.controls import typeset
from components.formulas import formulas
from components.page import Preset, Try
from compute.params import Params, changes


def presets(page: str, presets: Sequence[Preset[Any]]) -> html.Div:
    """Named settings; the purpose of each is its title."""
    return html.Div(
        [_button(page, "preset", i, p.label, title=p.purpose) for i, p in enumerate(presets)],
        className="presets",
        role="group",
        **{"aria-label": "Presets"},
    )


def reason(presets: Sequence[Preset[Any]], params: Params) -> list[Any]:
    """Why the preset that `params` are is worth a look; nothing where they are none."""
    return next((typeset(p.purpose) for p in presets if p.params == params), [])


def try_this(page: str, tries: Sequence[Try[Any]]) -> html.Section:
    """Things to do, each from the setting that its button sets, with what to see."""
    return html.Section(
        [
            html.H2("Try this"),
            html.Ol([html.Li(_try(page, i, one)) for i, one in enumerate(tries)]),
        ],
        className="panel tries",
    )


def _try(page: str, at: int, one: Try[Any]) -> list[Any]:
    name = f"Set the controls: {told(one.params)}"
    button = _button(page, "try", at, "Set the controls", title=name, **{"aria-label": name})
    return [*formulas(one.text), button]


def told(params: Params) -> str:
    """What a setting changes of the default, in words."""
    return changes(type(params)(), params) or "all at their defaults"


def _button(page: str, kind: str, at: int, label: str, **words: str) -> html.Button:
    data = {"data-page": page, "data-offer": kind, "data-at": str(at)}
    return html.Button(label, id=f"{page}-{kind}-{at}", className="chip", **data, **words)
