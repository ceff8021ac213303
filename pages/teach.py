"""Across the chapters: what a lecturer needs, generated from the parameter fields."""

from __future__ import annotations

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

from components import lecturing
from components.contents import CONTENTS, Entry
from components.controls import typeset
from components.lecturing import table
from components.page import AnyPage, link, path_of
from components.registry import built_pages
from components.static import static
from components.words import notice, taken
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
        ("class", "In class", lecturing.in_class()),
        ("follow", "Let the class follow", lecturing.follow()),
        ("scripts", "Lecture scripts", [static(*_scripts(pages))]),
        ("links", "What a link can say", [static(*_links(pages))]),
        ("parameters", "Parameters of every page", [static(*_all_parameters(pages))]),
        ("embed", "Show a figure on your own page", _embed(pages)),
        ("deploy", "Deploy it", lecturing.deploy()),
        ("limits", "Known limits", lecturing.limits()),
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
        table(("word", "what it does"), [(html.Code(w), text) for w, text in words]),
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
            table(("in the address", "meaning", "legal", "default", "help"), rows),
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


# ------------------------------------------------------------------------------------ embedding


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


# ---------------------------------------------------------------------------------------- parts


def _in_order(pages: dict[str, AnyPage]) -> Any:
    return (
        (entry, pages[entry.key])
        for chapter in CONTENTS
        for entry in chapter.entries
        if entry.key in pages
    )
