"""Across the chapters: what a lecturer needs, generated from the parameter fields."""

from __future__ import annotations

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

from components.contents import CONTENTS, Entry
from components.controls import typeset
from components.follow import has_rooms
from components.page import AnyPage, link, path_of
from components.registry import built_pages
from components.settings import SERVING, SETTINGS, default_of
from components.static import static
from components.words import notice, taken
from compute.experiment import BUDGET_MS
from compute.params import Choice, Number, Parameter, defaults, parameters, show

dash.register_page(
    __name__,
    path="/teach",
    title="Teach · Depth over Width",
    name="Teach",
    description="Links, lecture scripts, embedding and deployment, for the lecturer.",
)

FRAME = (
    '<iframe src="{{origin}}{path}?view=embed{controls}"\n'
    '        width="100%" height="680" style="border: 0" loading="lazy"\n'
    '        title="{title}"></iframe>'
)
COMPOSE = """docker compose up --build --detach
# for more than a class: three replicas behind https, which share a Redis
REDIS_PASSWORD=… SITE=edition.example.org \\
  docker compose --profile replicas up --build --detach --scale replica=3 proxy"""

clientside_callback(
    ClientsideFunction("room", "sheet"),
    Output("teach-room-opened", "data"),
    Input("teach-room-opened", "id"),
)
clientside_callback(
    ClientsideFunction("sheets", "here"),
    Output("teach-frame", "children"),
    Input("teach-frame-template", "data"),
)


def layout(**query: Any) -> html.Div:
    """The whole sheet; every list on it is read from the code that it describes."""
    _, notices = taken(query, {})
    pages = built_pages()
    sections = (
        ("class", "In class", _in_class()),
        ("follow", "Let the class follow", _follow()),
        ("scripts", "Lecture scripts", [static(*_scripts(pages))]),
        ("links", "What a link can say", [static(*_links(pages))]),
        ("parameters", "Parameters of every page", [static(*_all_parameters(pages))]),
        ("embed", "Show a figure on your own page", _embed(pages)),
        ("deploy", "Deploy it", _deploy()),
        ("limits", "Known limits", _limits()),
    )
    return html.Div(
        [
            html.H1("For the lecturer"),
            notice(notices),
            html.Nav(
                [html.A(title, href=f"#{name}") for name, title, _ in sections],
                className="contents",
                **{"aria-label": "On this sheet"},
            ),
            *(
                html.Section([html.H2(title), *parts], id=name, className="teach")
                for name, title, parts in sections
            ),
        ],
        id="main",
        tabIndex=-1,
        className="page sheet",
    )


# ------------------------------------------------------------------------------------- in class


def _in_class() -> list[Any]:
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


def _follow() -> list[Any]:
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


def _scripts(pages: dict[str, AnyPage]) -> list[Any]:
    intro = html.P(
        "One page is ten minutes. Each step is a link that opens the page at that setting, in the "
        "projector look; the same steps are the preset buttons of the page.",
        className="prose",
    )
    return [intro, *(_script(entry, page) for entry, page in _in_order(pages))]


def _script(entry: Entry, page: AnyPage) -> html.Div:
    steps = [
        html.Li(
            [
                html.A(p.label, href=_viewed(page, p.params, "projector")),
                html.Span([": ", *typeset(p.purpose)]),
            ]
        )
        for p in page.presets
    ]
    return html.Div(
        [html.H3([html.Span(entry.number, className="map-number"), page.question]), html.Ol(steps)],
        className="script prose",
    )


def _viewed(page: AnyPage, params: Any, view: str) -> str:
    address = link(page.experiment, params)
    return address + ("&" if "?" in address else "?") + f"view={view}"


# ---------------------------------------------------------------------------------------- links


def _links(pages: dict[str, AnyPage]) -> list[Any]:
    words = (
        ("view=projector", "large text and thick lines, for the back row"),
        ("view=embed", "one figure with its controls and nothing else, for a frame"),
        (
            "controls=a,b",
            "only these controls are shown, by their names below; the others keep their values "
            "(a parameter that a link sets need not be shown)",
        ),
        ("figure=…", "the tab in front, on pages that have tabs"),
        ("seed=…", "the random numbers, on pages that have them"),
        ("name=value", "any parameter of the page, by its name in the address"),
    )
    parts = [
        html.P(
            "A link is the page's address, a question mark, and words joined by &. What a link "
            "leaves out has its default; a word that is not understood gives the default and a "
            "notice that says so, never an error.",
            className="prose",
        ),
        _table(("word", "what it does"), [(html.Code(w), text) for w, text in words]),
    ]
    example = _example(pages)
    if example:
        parts.append(html.P(["For example ", html.A(html.Code(example), href=example), "."]))
    return parts


def _example(pages: dict[str, AnyPage]) -> str:
    page = next((page for _, page in _in_order(pages)), None)
    if page is None:
        return ""
    shown = _first_controls(page)
    params = next((p.params for p in page.presets if p.params != page.experiment.params()), None)
    address = link(page.experiment, params or page.experiment.params())
    return f"{address}{'&' if '?' in address else '?'}controls={shown}&view=projector"


def _first_controls(page: AnyPage) -> str:
    names = [n for n in parameters(page.experiment.params) if n != "figure"]
    return ",".join(names[:2])


def _all_parameters(pages: dict[str, AnyPage]) -> list[Any]:
    planned = [e for chapter in CONTENTS for e in chapter.entries if e.key not in pages]
    return [
        *(_parameters(entry, page) for entry, page in _in_order(pages)),
        html.P(
            "Planned, without parameters yet: "
            + ", ".join(f"{e.number} {e.title}" for e in planned)
            + ".",
            className="quiet prose",
            hidden=not planned,
        ),
    ]


def _parameters(entry: Entry, page: AnyPage) -> html.Details:
    cls = page.experiment.params
    standard = defaults(cls)
    rows = [
        (
            html.Code(name),
            [spec.label, " ", html.Span(typeset(spec.symbol), className="symbol")],
            _legal(spec),
            html.Code(show(standard[name])),
            typeset(spec.help),
        )
        for name, spec in parameters(cls).items()
    ]
    command = f"sweep-{entry.key}"
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(entry.number, className="map-number"),
                    f"{entry.title} ",
                    html.Code(path_of(entry.key)),
                    html.Span(f" {len(rows)} parameters", className="quiet"),
                ]
            ),
            _table(("in the address", "meaning", "legal", "default", "help"), rows),
            html.P("Over a grid of settings, into a file with a row each:"),
            html.Pre(_sweep(page), id=command, className="python"),
            html.Button("Copy command", className="button", **{"data-copy-from": command}),
        ],
        id=f"parameters-{entry.key}",
        className="parameters",
    )


def _sweep(page: AnyPage) -> str:
    """The command that sweeps a page along its first numbers."""
    standard = page.experiment.params()
    numbers = [
        (name, spec)
        for name, spec in parameters(type(standard)).items()
        if isinstance(spec, Number) and name != "seed" and spec.has_effect(standard)
    ]
    grid = "".join(f" --grid {name}={_three(spec)}" for name, spec in numbers[:2])
    total = page.batches(standard)
    batches = f" --batches {total}" if total else ""
    return f"python -m compute.sweep {page.path.strip('/')}{grid}{batches} --out {page.key}.csv"


def _three(spec: Number) -> str:
    ladder = spec.ladder or (spec.low, spec.high)
    stops = (ladder[0], ladder[len(ladder) // 2], ladder[-1]) if spec.ladder else ladder
    return ",".join(show(stop) for stop in stops)


def _legal(spec: Parameter) -> Any:
    if not isinstance(spec, Choice):
        return spec.legal
    lines: list[Any] = []
    for name, label in spec.choices:
        lines += [html.Code(name), " ", *([] if label == name else typeset(label)), html.Br()]
    return lines[:-1]


# ------------------------------------------------------------------------- embedding, deploying


def _embed(pages: dict[str, AnyPage]) -> list[Any]:
    entry, page = next(_in_order(pages), (None, None))
    if entry is None or page is None:
        return [html.P("No page is built yet.")]
    frame = FRAME.format(
        path=path_of(entry.key),
        controls=f"&controls={_first_controls(page)}",
        title=page.question,
    )
    return [
        html.P(
            [
                "Start the server with your site's origin in ",
                html.Code("ALLOW_EMBED_FROM"),
                " (for example ",
                html.Code('ALLOW_EMBED_FROM="https://moodle.example.org"'),
                "); without it no other site can frame a page. Then paste:",
            ],
            className="prose",
        ),
        html.Pre(frame.replace("{origin}", ""), id="teach-frame", className="python"),
        dcc.Store(id="teach-frame-template", data=frame),
        html.Button("Copy frame", className="button", **{"data-copy-from": "teach-frame"}),
    ]


def _deploy() -> list[Any]:
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
        _table(("setting", "default", "what it does"), rows),
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


def _limits() -> list[Any]:
    texts = (
        "The notes were read from a machine transcription: see the errata.",
        f"A page answers within {BUDGET_MS:.0f} ms of computing. A setting that needs more is "
        "refused with the nearest one that does not; it is never run silently at another value. "
        "What a setting needs is estimated for the machine that serves, whose speed is measured "
        "when it starts; where the estimate is wrong, what takes twice as long is stopped, and the "
        "page says so. A very slow machine still answers the pages' own settings, but later.",
        "A sampled claim can be undecided, and some are meant to be: where the tail carries the "
        "mean no affordable sample can tell. The page says so instead of guessing.",
        "The same seed gives the same numbers in the same version. Another version may draw "
        "others; the version stands at the foot of the page and in every download.",
        "Figures and CSV files hold single precision, about seven digits; the exported Python "
        "computes in double precision.",
        "Up to one request per open page is on its way at a time. On a slow line a dragged slider "
        "shows fewer positions, never an outdated one.",
        "Pages need JavaScript, and are served at the root of a host name, not below a path.",
        "A link of another version with a parameter that no longer exists opens with a notice.",
        "Nobody's work is stored or graded.",
        "Those who follow a room see page, setting, tab, frame and look; scrolling, zooms and how "
        "far a sample has come are each one's own.",
        "After an update keep the page open no longer than the lecture: a browser keeps the "
        "scripts of the version it loaded until it reloads.",
    )
    return [html.Ul([html.Li(text) for text in texts], className="prose")]


# ---------------------------------------------------------------------------------------- parts


def _in_order(pages: dict[str, AnyPage]) -> Any:
    return (
        (entry, pages[entry.key])
        for chapter in CONTENTS
        for entry in chapter.entries
        if entry.key in pages
    )


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> html.Div:
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
