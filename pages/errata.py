"""Across the chapters: the errata of the notes, with the numbers that decide."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

from components.contents import CONTENTS
from components.contents import Entry as PageEntry
from components.formulas import formulas
from components.page import link_to_claim, path_of
from components.static import static
from components.words import ANY, notice, taken
from compute.errata import ERRATA, Erratum
from compute.ledger import entries

CHAPTERS = (ANY, *(str(chapter.number) for chapter in CONTENTS))
KINDS = (
    ("misprint", "Formulas that are misprinted", "misprint"),
    ("statement", "Statements that need another constant or condition", "statement"),
    ("index", "Indices, names and references", "index or name"),
)

dash.register_page(
    __name__,
    path="/errata",
    title="Errata · Depth over Width",
    name="Errata",
    description="Where the notes and the numbers differ, printed and correct.",
)
clientside_callback(
    ClientsideFunction("errata", "filter"),
    Output("errata-count", "children"),
    Input("errata-chapter", "value"),
    Input("errata-find", "value"),
)


def layout(**query: Any) -> html.Div:
    """All rows, filtered in the browser as the address asks."""
    shown, notices = taken(query, {"chapter": CHAPTERS, "find": None})
    pages = {entry.key: entry for chapter in CONTENTS for entry in chapter.entries}
    return html.Div(
        [
            html.H1("Where the notes and the numbers differ"),
            html.P(
                "The notes were read from a machine transcription. A misprint listed here may "
                "come from that transcription and not from the author; no claim is made about "
                "which. Nothing is quoted at length: each row gives the formula or condition as "
                "it was read, the correct one, why, and the numbers.",
                className="prose",
            ),
            notice(notices),
            html.Div(
                [
                    html.Div(
                        [
                            html.Span("Chapter", className="filter-label"),
                            dmc.SegmentedControl(
                                id="errata-chapter",
                                value=shown["chapter"],
                                data=[
                                    {"value": c, "label": "All" if c == ANY else c}
                                    for c in CHAPTERS
                                ],
                                className="tabs",
                                **{"aria-label": "Chapter"},
                            ),
                        ],
                        className="filter",
                    ),
                    html.Div(
                        [
                            html.Span("Find", className="filter-label"),
                            dmc.TextInput(
                                id="errata-find",
                                value=shown["find"],
                                placeholder="(3.4.1), tanh, Zaslavsky …",
                                className="find",
                                **{"aria-label": "Find in the errata"},
                            ),
                        ],
                        className="filter",
                    ),
                    html.Span(id="errata-count", className="quiet", role="status"),
                ],
                className="filters",
            ),
            static(*(_group(kind, title, word, pages) for kind, title, word in KINDS)),
        ],
        id="main",
        tabIndex=-1,
        className="page sheet",
    )


def _group(
    kind: str,
    title: str,
    word: str,
    pages: dict[str, PageEntry],
) -> html.Section:
    rows = [e for e in ERRATA if e.kind == kind]
    rows.sort(key=lambda e: ([int(n) for n in e.section.split(".")], e.number))
    return html.Section(
        [html.H2(f"{title} ({len(rows)})"), *(_row(e, word, pages) for e in rows)],
        className="erratum-group",
    )


def _row(
    row: Erratum,
    word: str,
    pages: dict[str, PageEntry],
) -> html.Article:
    return html.Article(
        [
            html.H3(
                [
                    html.A(str(row.number), href=f"#e{row.number}", className="erratum-number"),
                    html.Span(f"§{row.section} ", className="quiet"),
                    *formulas(row.where),
                ]
            ),
            html.Div(
                [
                    _side("As printed", row.printed, "printed"),
                    _side("Correct", row.correct, "theory"),
                ],
                className="erratum-sides",
            ),
            html.P([html.Strong("Why. "), *formulas(row.why)]),
            html.P([html.Strong("Numbers. "), *formulas(row.evidence)]),
            html.Div(
                [
                    *_see(row, pages),
                    html.Span(f"{word}; {row.confidence}", className="quiet"),
                ],
                className="erratum-foot",
            ),
        ],
        id=f"e{row.number}",
        className="erratum-row",
        **{"data-chapter": row.section[0]},
    )


def _side(label: str, text: str, role: str) -> html.Div:
    return html.Div(
        [html.Div(label, className="side-label"), html.Div(formulas(text))],
        className=f"side {role}",
    )


def _see(row: Erratum, pages: dict[str, PageEntry]) -> list[Any]:
    """Where one can see it: the page at the setting of the claim that measures it.

    A row that nothing measures and no figure shows names the page it belongs to.
    """
    found = sorted(
        (e for e in entries() if e.claim.key in row.claims),
        key=lambda e: (e.experiment.key != row.page, row.claims.index(e.claim.key)),
    )
    page = pages[found[0].experiment.key if found else row.page]
    name = f"page {page.number}, {page.title}"
    if found:
        first = found[0].experiment
        see = dcc.Link(
            f"See it: {name}", href=link_to_claim(first, found[0].claim), className="chip"
        )
    elif not page.built:
        return [html.Span(f"Planned: {name}", className="quiet")]
    elif row.query:
        see = dcc.Link(f"See it: {name}", href=f"{path_of(row.page)}?{row.query}", className="chip")
    else:
        see = dcc.Link(f"Belongs to {name}", href=path_of(row.page), className="chip")
    rows = [
        dcc.Link(
            f"ledger: {e.claim.key.replace('_', ' ')}",
            href=f"/claims#claim-{e.experiment.key}-{e.claim.key}",
        )
        for e in found
    ]
    return [see, *rows]
