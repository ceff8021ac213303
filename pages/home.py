"""The map: every page of the edition, built or planned."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import dash
from dash import dcc, html

import components
from components.contents import CONTENTS, Chapter, Entry
from components.figures.base import Figure
from components.page import AnyPage, path_of
from components.registry import built_pages
from components.static import static
from components.thumbnail import tells, thumbnail
from components.words import notice, taken
from compute.cache import cached, code_digest, key_of, store
from compute.errata import ERRATA
from compute.ledger import entries

dash.register_page(__name__, path="/", title="Depth over Width", name="The map")

_log = logging.getLogger(__name__)
_DRAWING = Path(components.__file__).parent

LINES = (
    ("theory", "theory"),
    ("measurement", "measurement"),
    ("printed", "the formula as printed"),
    ("bound", "an asymptote or bound"),
)


def layout(**query: Any) -> html.Div:
    """The map of all chapters."""
    _, notices = taken(query, {})
    pages = built_pages()
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Depth over Width"),
                    html.P(
                        "The lectures on deep learning theory, executable: every theorem, "
                        "recursion and open question can be steered with width, depth and the "
                        "variance of the weights, and is checked against measurement as you "
                        "watch.",
                        className="map-lead",
                    ),
                    _legend(),
                ],
                className="map-head",
            ),
            notice(notices),
            static(*(_chapter(chapter, pages) for chapter in CONTENTS), _across()),
        ],
        id="main",
        tabIndex=-1,
        className="page sheet map",
    )


def _legend() -> html.Ul:
    """The visual language, said once."""
    return html.Ul(
        [html.Li([html.Span(className=f"stroke {role}"), text]) for role, text in LINES],
        className="legend",
        **{"aria-label": "In every figure"},
    )


def _chapter(chapter: Chapter, pages: dict[str, AnyPage]) -> html.Section:
    return html.Section(
        [
            html.H2([html.Span(str(chapter.number), className="map-number"), chapter.title]),
            html.Ul(
                [html.Li(_card(e, pages.get(e.key))) for e in chapter.entries], className="cards"
            ),
        ],
        className="map-chapter",
    )


def _card(entry: Entry, page: AnyPage | None) -> Any:
    text = html.Div(
        [
            html.H3([html.Span(entry.number, className="map-number"), entry.title]),
            html.P(entry.question),
        ],
        className="card-text",
    )
    if page is None:
        return html.Div([text, html.Span("planned", className="quiet")], className="card planned")
    return dcc.Link([_picture(page), text], href=path_of(entry.key), className="card")


def _picture(page: AnyPage) -> html.Div | None:
    """The page's first figure, for the light looks and for the dark one."""
    pictures = _pictures(page)
    if not any(pictures.values()):
        return None
    return html.Div(
        [
            html.Img(src=src, alt="", className=f"thumbnail on-{look}")
            for look, src in pictures.items()
            if src
        ],
        className="card-picture",
    )


def _pictures(page: AnyPage) -> dict[str, str]:
    """Drawn at first use and then kept; a page that cannot be drawn has a card without picture.

    At the page's default; where that has a level line until its sample is there, at the first
    preset that has more.
    """
    params = page.experiment.params()

    def drawn(setting: Any) -> Figure:
        result = cached(page.experiment.run)(setting)
        return page.shown(setting)[0].draw(setting, result, None)

    def draw() -> dict[str, str]:
        settings = (params, *(preset.params for preset in page.presets))
        figure = next(filter(tells, map(drawn, settings)), None) or drawn(params)
        return {look: thumbnail(figure, look) for look in ("light", "dark")}

    try:
        return store.once(key_of(f"thumbnail:{page.key}", params, code_digest(_DRAWING)), draw)
    except Exception:
        # The map is the way to every other page: one broken figure must not close it.
        _log.exception("no picture of %s", page.key)
        return {}


def _across() -> html.Section:
    count = len(entries())
    cards = (
        ("/claims", "Claims", f"{count} claims of the notes, each measured here and now."),
        ("/errata", "Errata", f"{len(ERRATA)} places where the notes and the numbers differ."),
        ("/teach", "Teach", "Links, lecture scripts, embedding and deployment, for the lecturer."),
    )
    return html.Section(
        [
            html.H2("Across the chapters"),
            html.Ul(
                [
                    html.Li(
                        dcc.Link(
                            html.Div([html.H3(title), html.P(text)], className="card-text"),
                            href=path,
                            className="card",
                        )
                    )
                    for path, title, text in cards
                ],
                className="cards",
            ),
        ],
        className="map-chapter",
    )
