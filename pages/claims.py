"""Across the chapters: the ledger of every claim, run here and now."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import dcc, html

from components import ledger_view
from components.contents import CONTENTS
from components.static import static
from components.words import ANY, notice, taken
from compute.ledger import entries

CHAPTERS = (ANY, *(str(chapter.number) for chapter in CONTENTS))
VERDICTS = (ANY, "waiting", "agrees", "refuted", "undecided", "surprise")
VERDICT_WORDS = ("All", "Not run yet", "Agrees", "Refuted", "Undecided", "Not as expected")

dash.register_page(
    __name__,
    path="/claims",
    title="Claims · Depth over Width",
    name="Claims",
    description="Every claim of the notes, measured here and now.",
)
ledger_view.wire()


def layout(**query: Any) -> html.Div:
    """The ledger, filtered as the address asks."""
    shown, notices = taken(query, {"chapter": CHAPTERS, "verdict": VERDICTS})
    found = entries()
    return html.Div(
        [
            html.H1("What the notes claim, and what measurement says"),
            html.P(
                "Each row is one assertion of the notes, or the correction of one. It is measured "
                "by a route that does not use the formula it tests; where the notes print another "
                "formula, both are judged by the same number. Sampled numbers agree within 3.5 "
                "standard errors and are refuted beyond 5, twice in a row; in between, or while "
                "the sample cannot tell, they are undecided. After ± stands the standard error, "
                "with the bias that is allowed for where a limit is measured at finite size.",
                className="prose",
            ),
            notice(notices),
            html.Div(
                [
                    html.Div(
                        [
                            _choice("chapter", "Chapter", CHAPTERS, _chapter_words(), shown),
                            _choice("verdict", "Verdict", VERDICTS, VERDICT_WORDS, shown),
                        ],
                        className="filters",
                    ),
                    _run_bar(),
                ],
                className="ledger-bar",
            ),
            html.P(
                "No claims are in the ledger yet: each page brings its own when it is built.",
                className="notice",
                hidden=bool(found),
            ),
            static(ledger_view.table(found)),
            html.P(
                [
                    "The same from the command line: ",
                    html.Code("python -m compute.claims --chapter 3 --json"),
                    "; it ends with 1 where a claim does not agree. ",
                    "Pages that are still planned bring their claims when they are built.",
                ],
                className="quiet",
            ),
            dcc.Store(id="ledger-filtered"),
        ],
        id="main",
        tabIndex=-1,
        className="page sheet",
    )


def _chapter_words() -> tuple[str, ...]:
    return ("All", *CHAPTERS[1:])


def _choice(
    name: str, label: str, values: tuple[str, ...], words: tuple[str, ...], shown: dict[str, str]
) -> html.Div:
    return html.Div(
        [
            html.Span(label, className="filter-label"),
            dmc.SegmentedControl(
                id=f"ledger-{name}",
                value=shown[name],
                data=[{"value": v, "label": w} for v, w in zip(values, words, strict=True)],
                className="tabs",
                **{"aria-label": label},
            ),
        ],
        className="filter",
    )


def _run_bar() -> html.Div:
    return html.Div(
        [
            html.Button(
                "Run all", id="ledger-all", className="button main", **{"data-ledger": "all"}
            ),
            html.Button(
                "Pause",
                id="ledger-pause",
                className="button",
                hidden=True,
                **{"data-ledger": "pause"},
            ),
            html.Progress(
                id="ledger-progress",
                max="1",
                value="0",
                hidden=True,
                **{"aria-label": "Claims run"},
            ),
            html.Span(id="ledger-summary", className="quiet", role="status"),
        ],
        className="ledger-run",
    )
