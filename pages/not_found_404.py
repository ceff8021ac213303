"""What an address that leads nowhere shows."""

from __future__ import annotations

from functools import cache
from typing import Any

import dash
import numpy as np
from dash import dcc, html

from components.contents import CONTENTS
from components.figures.base import axis, figure, line
from components.page import path_of
from components.prefix import outward
from components.thumbnail import thumbnail

dash.register_page(__name__, title="No such page · Depth over Width", name="No such page")


def layout(**_query: Any) -> html.Div:
    """The ways back."""
    built = [entry for chapter in CONTENTS for entry in chapter.entries if entry.built]
    ways = [
        ("/", "The map", "every page, built or planned"),
        *((path_of(e.key), f"{e.number} {e.title}", e.question) for e in built),
        ("/claims", "Claims", "what the notes assert, measured"),
        ("/errata", "Errata", "where the notes and the numbers differ"),
        ("/teach", "Teach", "for the lecturer"),
    ]
    return html.Div(
        [
            html.H1("This address leads to no page"),
            *(
                html.Img(src=_lost(look), alt="", className=f"lost on-{look}")
                for look in ("light", "dark")
            ),
            html.P(
                "The signal died on the way. Perhaps the page is still planned, or a letter was "
                "lost. Page names are words joined by hyphens; what follows the question mark are "
                "parameters, and a wrong one would not have led you here.",
                className="prose",
            ),
            html.Ul(
                [
                    html.Li(
                        [
                            dcc.Link(title, href=outward(path)),
                            html.Span(f" {text}", className="quiet"),
                        ]
                    )
                    for path, title, text in ways
                ],
                className="ways",
            ),
        ],
        id="main",
        tabIndex=-1,
        className="page sheet",
    )


@cache
def _lost(look: str) -> str:
    """A signal that dies with depth, and where it should have stayed."""
    layer = np.linspace(0, 10, 80)
    signal = np.exp(-0.6 * layer) * np.cos(4 * layer)
    drawing = figure(
        "",
        axis("layer", range=(0, 10)),
        axis("signal", range=(-1.1, 1.1)),
        [
            line(layer, np.ones(80), "bound", "where it should have stayed"),
            line(layer, signal, "theory", "signal"),
        ],
    )
    return thumbnail(drawing, look)
