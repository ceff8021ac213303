"""The map: every page of the edition, built or planned."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from components.contents import CONTENTS, Entry
from components.page import path_of

dash.register_page(__name__, path="/", title="Depth over Width", name="The map")


def layout(**_query: Any) -> html.Main:
    """The map of all chapters."""
    return html.Main(
        [
            html.H1("Depth over Width"),
            html.P(
                "The lectures on deep learning theory, executable: every theorem, recursion and "
                "open question can be steered with width, depth and the variance of the weights, "
                "and is checked against measurement as you watch.",
                className="prose",
            ),
            *(
                html.Section(
                    [
                        html.H2(f"{chapter.number} · {chapter.title}"),
                        html.Ul([html.Li(_card(e)) for e in chapter.entries], className="cards"),
                    ]
                )
                for chapter in CONTENTS
            ),
        ],
        id="main",
        tabIndex=-1,
        className="page",
    )


def _card(entry: Entry) -> Any:
    text = [html.H3(f"{entry.number} {entry.title}"), html.P(entry.question)]
    if entry.built:
        return html.A(text, href=path_of(entry.key), className="card")
    return html.Div([*text, html.P(html.Em("planned"))], className="card planned")
