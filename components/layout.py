"""A page laid out at the state its address asks for.

The one way a value travels: address → controls → gate (one request in flight) → address of the
answer → params, validated again → cached run → figures, result sentence, checks → address. What a
page shows after it has opened comes from answers (`door`), each at an address of its own: setting,
side B, next batch. The browser keeps them, and drops those that are no longer asked for.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from components import compare, offers, panels
from components.answer import answer
from components.controls import controls, describe, in_box
from components.formulas import formulas
from components.page import AnyPage
from components.static import static
from compute.params import UNKNOWN_NAMED, clip, from_query, parameters, values

# Words of the address that are about how the page is shown, not about the experiment.
VIEW_WORDS = ("view", "controls", "b")
VIEWS = ("projector", "embed")


def register_page(page: AnyPage, module: str) -> None:
    """Give the page its address and its callbacks."""
    wire(page)
    dash.register_page(
        module,
        path=page.path,
        title=f"{page.experiment.title} · Depth over Width",
        name=page.experiment.title,
        description=page.question,
        layout=lambda **query: layout(page, query),
    )


def layout(page: AnyPage, query: Mapping[str, Any]) -> html.Div:
    """The page at the state its address asks for, with a notice for all it could not take."""
    given = {name: text for name, text in query.items() if name not in VIEW_WORDS}
    params, notices = from_query(page.experiment.params, given)
    pinned, more = compare.from_address(page.experiment, query.get("b"))
    shown, unknown = _view(page, query)
    notices += more + unknown
    key = page.key
    fields = describe(key, page.experiment.params)
    seed = parameters(page.experiment.params).get("seed")
    return html.Div(
        [
            html.Div(
                [
                    html.H1(page.question),
                    static(html.P(formulas(page.statement), className="statement")),
                ],
                className="lead",
            ),
            static(panels.notices(key, notices)),
            html.Div(
                [
                    html.Aside(
                        [
                            static(
                                panels.drawer_handle(key),
                                offers.presets(key, page.presets),
                                html.P(
                                    offers.reason(page.presets, params),
                                    id=f"{key}-reason",
                                    className="reason",
                                ),
                            ),
                            html.Div(
                                controls(key, params, shown, skip="figure"), className="controls"
                            ),
                            static(
                                panels.state_buttons(key, seed and seed.has_effect(params)),
                                compare.buttons(key),
                            ),
                        ],
                        className="rail",
                        id=f"{key}-rail",
                        **{"aria-label": "Controls"},
                    ),
                    html.Div(
                        [
                            html.Div(
                                [
                                    panels.tabs(key, page.experiment.params, params),
                                    static(panels.sampler(key, page.batches(params) > 0))
                                    if page.experiment.sampler
                                    else None,
                                ],
                                className="front",
                            ),
                            static(panels.sentence(key)),
                            static(panels.graphs(key, page.slots)),
                        ],
                        className="stage",
                    ),
                ],
                className="bench",
            ),
            static(
                html.Div(
                    [
                        panels.claims(page.experiment),
                        offers.try_this(key, page.try_this),
                        panels.take_away(key),
                    ],
                    className="below",
                ),
                html.Div(id=f"{key}-status", role="status", className="spoken"),
            ),
            dcc.Store(
                id=f"{key}-meta",
                data={
                    "page": key,
                    "path": page.path,
                    # Tells the browser that this is another one.
                    "visit": secrets.randbits(48),
                    "params": {name: in_box(value) for name, value in values(params).items()},
                    "fields": fields,
                    "offers": {
                        "preset": [values(p.params) for p in page.presets],
                        "try": [values(one.params) for one in page.try_this],
                    },
                    "claims": {c.key: values(c.params) for c in page.experiment.claims},
                    "sampler": page.experiment.sampler is not None,
                    "pinned": None if pinned is None else values(pinned),
                    # The first answer comes with the page: no figure waits for a second journey.
                    "first": answer(page, params),
                    "beside": None if pinned is None else answer(page, pinned),
                },
            ),
            dcc.Store(id=f"{key}-drawn"),
        ],
        id="main",
        tabIndex=-1,
        className="page",
    )


def _view(
    page: AnyPage, query: Mapping[str, Any]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The controls that `controls` names, None for all; a notice for what is not understood."""
    notices = []
    view = query.get("view")
    if view not in (None, *VIEWS):
        notices.append(f"The address asks for the view {clip(view)}; there are {', '.join(VIEWS)}.")
    names = [name.strip() for name in str(query.get("controls", "")).split(",")]
    known = parameters(page.experiment.params)
    for name in names[:UNKNOWN_NAMED]:
        if name and name not in known:
            notices.append(f"The address names a control {clip(name)}, which is not on this page.")
    shown = tuple(name for name in names if name in known)
    # an empty list hides all controls; one that names none of them is a slip
    wanted = "controls" in query and (shown or names == [""])
    return shown if wanted else None, tuple(notices)


def wire(page: AnyPage) -> None:
    """A page draws its figures when it has been laid out and when the look changes."""
    clientside_callback(
        ClientsideFunction("dow", "draw"),
        Output(f"{page.key}-drawn", "data"),
        Input("look", "data"),
        State(f"{page.key}-meta", "data"),
        State("themes", "data"),
    )
