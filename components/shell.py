"""The shell: header, navigation by chapter, looks, footer."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    dcc,
    html,
    page_container,
)

from components.contents import CONTENTS, Entry
from components.page import path_of
from components.static import static
from components.theme import mantine, themes
from compute import __version__

ACROSS = (("/claims", "Claims"), ("/errata", "Errata"), ("/teach", "Teach"))
LOOKS = (("light", "Light"), ("dark", "Dark"), ("projector", "Projector"))


def shell() -> dmc.MantineProvider:
    """What surrounds every page."""
    return dmc.MantineProvider(
        [
            # first, where a page has one
            html.A("Skip to the figure", href="#figure", className="skip"),
            html.A("Skip to the page", href="#main", className="skip"),
            dcc.Store(id="look", data="light"),
            dcc.Store(id="themes", data=themes()),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header(), className="header"),
                    dmc.AppShellNavbar(
                        static(_navigation()), id="navigation", className="navigation"
                    ),
                    dmc.AppShellMain(
                        [static(_newer(), _room()), page_container, static(_footer())],
                    ),
                ],
                id="shell",
                header={"height": 48},
                navbar=_navbar(opened=False),
                padding=0,
                transitionDuration=150,
            ),
        ],
        id="provider",
        theme=mantine(),
        forceColorScheme="light",
    )


def wire_shell() -> None:
    """Look, navigation and its burger."""
    clientside_callback(
        ClientsideFunction("dow", "look"),
        Output("look", "data"),
        Output("provider", "forceColorScheme"),
        Input("look-choice", "value"),
        State("themes", "data"),
    )
    clientside_callback(
        ClientsideFunction("dow", "navigation"),
        Output("shell", "navbar"),
        Output("burger", "opened"),
        Input("burger", "opened"),
        Input(dash.dash._ID_LOCATION, "pathname"),
        State("shell", "navbar"),
    )


def _navbar(*, opened: bool) -> dict[str, Any]:
    return {
        "width": 300,
        "breakpoint": "sm",
        "collapsed": {"desktop": not opened, "mobile": not opened},
    }


def _header() -> list[Any]:
    return [
        dmc.Burger(id="burger", opened=False, size="sm", **{"aria-label": "Navigation"}),
        static(
            dcc.Link("Depth over Width", href="/", className="brand"),
            html.Span("executable edition of the lecture notes", className="tagline"),
        ),
        dmc.SegmentedControl(
            id="look-choice",
            data=[{"value": v, "label": text} for v, text in LOOKS],
            value="light",
            size="xs",
            className="looks",
            **{"aria-label": "Look"},
        ),
    ]


def _navigation() -> html.Nav:
    chapters = [
        html.Section(
            [
                html.H2(f"{chapter.number} · {chapter.title}"),
                html.Ul([html.Li(_nav_link(e)) for e in chapter.entries]),
            ]
        )
        for chapter in CONTENTS
    ]
    across = html.Section(
        [
            html.H2("Across the chapters"),
            html.Ul([html.Li(dcc.Link(text, href=path)) for path, text in ACROSS]),
        ]
    )
    return html.Nav([dcc.Link("The map", href="/"), *chapters, across], **{"aria-label": "Pages"})


def _nav_link(entry: Entry) -> Any:
    text = [html.Span(entry.number, className="nav-number"), entry.title]
    if entry.built:
        return dcc.Link(text, href=path_of(entry.key))
    return html.Span([*text, html.Em(" planned")], className="planned")


def _newer() -> html.Div:
    """Shown when answers begin to come from newer code than the page; nothing loads by itself."""
    return html.Div(
        [
            html.P(
                "The edition has been updated since this page was opened: what it shows from now "
                "on is computed by the new version. Loading the page again keeps your setting."
            ),
            html.Button("Reload", className="button", **{"data-reload": "1"}),
        ],
        className="newer",
        id="newer",
        hidden=True,
        role="status",
    )


def _room() -> html.Div:
    """Says which room this tab leads or follows; `room/bar.js` fills it."""
    return html.Div(id="room", className="room", hidden=True)


def _footer() -> html.Footer:
    return html.Footer(
        [
            html.Span(f"Depth over Width {__version__}"),
            html.Span(
                "After Boris Hanin, Lectures on Deep Learning Theory. All text is our own; "
                "the notes were read from a transcription."
            ),
            dcc.Link("Claims", href="/claims"),
            dcc.Link("Errata", href="/errata"),
            dcc.Link("Teach", href="/teach"),
        ]
    )
