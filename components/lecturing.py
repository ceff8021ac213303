"""Across the chapters: what a lecturer is told in words, in class and before it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components.follow import has_rooms
from components.settings import SERVING, SETTINGS, default_of
from compute.experiment import BUDGET_MS

COMPOSE = """docker compose up --build --detach
# for more than a class: three replicas behind https, which share a Redis
REDIS_PASSWORD=… SITE=edition.example.org \\
  docker compose --profile replicas up --build --detach --scale replica=3 proxy"""


def in_class() -> list[Any]:
    """What helps while a class looks on."""
    return [
        html.Ul(
            [
                html.Li(
                    [
                        "Open any page and choose ",
                        html.Strong("Projector"),
                        " at the top right, or add ",
                        html.Code("view=projector"),
                        " to the link: text of 24 pixels and more, thick lines.",
                    ]
                ),
                html.Li(
                    [
                        "The arrow keys move a slider by one step, ",
                        html.Kbd("Page Up"),
                        " and ",
                        html.Kbd("Page Down"),
                        " by a tenth of its range, ",
                        html.Kbd("Home"),
                        " and ",
                        html.Kbd("End"),
                        " to its ends; ",
                        html.Kbd("Tab"),
                        " goes to the next control.",
                    ]
                ),
                html.Li(
                    [
                        "In the projector look ",
                        html.Kbd("Page Down"),
                        " and ",
                        html.Kbd("Page Up"),
                        " are the clicker's: they step through the page's presets, each with its "
                        "reason, and on to the next page.",
                    ]
                ),
                html.Li(
                    "The address always holds the setting you see, with its seed: copy it to the "
                    "class chat and everybody has your figure. Back undoes a preset, a reset and "
                    "a new sample."
                ),
                html.Li(
                    "Replay repeats the same random numbers, New sample draws others, Reset puts "
                    "every control back."
                ),
                html.Li(
                    "For hand-ins ask for Copy result: one line with link, numbers, seed and "
                    "version. Copy Python gives the lines that reproduce them."
                ),
            ],
            className="prose",
        )
    ]


def follow() -> list[Any]:
    """How a class follows; the room's form, where rooms can be opened."""
    if not has_rooms():
        return [
            html.P(
                [
                    "Start the server with a secret of 12 characters or more in ",
                    html.Code("FOLLOW_SECRET"),
                    ", and you can open a room here: whoever has its link sees the page, setting, "
                    "tab, played frame and look that you have in front of you.",
                ],
                className="prose",
            )
        ]
    return [
        html.P(
            "Whoever has the link of your room sees the page, setting, tab, played frame and look "
            "that you have in front of you, within a second. They may let go, and come back by one "
            "button, unless you lock the room; while you pause it, nobody sees what you try. This "
            "sheet itself is shown to nobody. A room ends when you close it, or after twelve "
            "hours; the secret stays with you.",
            className="prose",
        ),
        html.Div(id="teach-room"),
        dcc.Store(id="teach-room-opened"),
    ]


def deploy() -> list[Any]:
    """How the edition is served, and its settings."""
    rows = [
        (html.Code(name), html.Code(default_of(default) or "''"), text)
        for name, default, text in (*SETTINGS, *SERVING)
    ]
    return [
        html.P(
            "One container serves a class; it needs no network, no database and no write access "
            "except to its cache. From the directory of the project:",
            className="prose",
        ),
        html.Pre(COMPOSE, id="teach-compose", className="python"),
        html.Button("Copy commands", className="button", **{"data-copy-from": "teach-compose"}),
        html.P(
            [
                "Without a container: ",
                html.Code("make serve"),
                " sets everything up and serves it. Settings are environment variables:",
            ],
            className="prose",
        ),
        table(("setting", "default", "what it does"), rows),
        html.P(
            [
                "The server answers at ",
                html.Code("/healthz"),
                " when it is up. Put https in front of it; it keeps no accounts and no cookies "
                "of its own, and logs no visitor's address.",
            ],
            className="prose",
        ),
    ]


def limits() -> list[Any]:
    """What the edition does not do."""
    texts = (
        "The notes were read from a machine transcription: see the errata.",
        f"A page answers within {BUDGET_MS:.0f} ms of computing. A setting that needs more is "
        "refused with the nearest one that does not; it is never run silently at another value. "
        "What a setting needs is estimated for the machine that serves, whose speed is measured "
        "when it starts; where the estimate is wrong, what takes twice as long is stopped, and the "
        "page says so. A very slow machine still answers the pages' own settings, but later.",
        "A sampled claim can be undecided: where the tail carries the mean no affordable sample "
        "can tell. The page says so instead of guessing.",
        "The same seed gives the same numbers in the same version. Another version may draw "
        "others; the version stands at the foot of the page and in every download.",
        "Figures and CSV files hold single precision, about seven digits; the exported Python "
        "computes in double precision.",
        "Up to one request per open page is on its way at a time. On a slow line a dragged slider "
        "shows fewer positions, never an outdated one.",
        "Pages need JavaScript.",
        "A link of another version with a parameter that no longer exists opens with a notice.",
        "Nobody's work is stored or graded.",
        "Those who follow a room see page, setting, tab, frame and look; scrolling, zooms and how "
        "far a sample has come are each one's own.",
        "A page that was open during an update shows today's numbers with the scripts that it came "
        "with, and offers to reload.",
    )
    return [html.Ul([html.Li(text) for text in texts], className="prose")]


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> html.Div:
    """A table with its header, which scrolls by itself where it is wide."""
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
                html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows]),
            ],
            className="wide-table compact",
        ),
        className="scroll",
        tabIndex=0,
    )
