"""A|B: keep a setting as side B and go on steering side A beside it.

Any page can do it. Side B is a full set of parameters, pinned by a button; the page's address
carries it as `b`, so a link opens both sides. Its answer is that of a page at its setting (`door`);
the browser puts both on common axes.
"""

from __future__ import annotations

from typing import Any

from dash import html

from compute.experiment import Experiment, OverBudgetError, ensure_affordable
from compute.params import Params, from_query

# Side B at its defaults, because an empty value would vanish from the address.
DEFAULT = "default"


def from_address(
    experiment: Experiment[Any, Any], text: object
) -> tuple[Params | None, tuple[str, ...]]:
    """Side B as the address spells it, `width:4,depth:2`, with a notice for all that could not
    be taken.
    """
    if not text:
        return None, ()
    given: dict[str, list[str]] = {}
    for word in str(text)[:2000].split(",") if text != DEFAULT else ():
        name, _, value = word.partition(":")
        given.setdefault(name, []).append(value)
    query = {name: texts if len(texts) > 1 else texts[0] for name, texts in given.items()}
    params, notices = from_query(experiment.params, query)
    try:
        ensure_affordable(experiment, params)
    except OverBudgetError as error:
        params, notices = None, (*notices, f"{error} It is left out.")
    return params, tuple(f"Side B: {notice}" for notice in notices)


def buttons(page: str) -> html.Div:
    """Pin, swap, unpin."""
    actions = (
        ("pin", "Pin as B", "Keep this setting beside the one you steer"),
        ("swap", "Swap A|B", "Steer side B, keep side A"),
        ("unpin", "Unpin", "Back to one side"),
    )
    return html.Div(
        [
            html.Button(
                label,
                id=f"{page}-{action}",
                title=text,
                className="button",
                **{"data-action": action, "data-page": page},
            )
            for action, label, text in actions
        ],
        className="state-buttons compare-buttons",
        id=f"{page}-compare",
    )


def beside(page: str, slot: int) -> Any:
    """Where the browser puts side B of a figure."""
    return html.Div(
        html.Div(id=f"{page}-beside-{slot}", className="plot"), className="graph beside"
    )
