"""The rival in the browser: a plain Dash app with the same experiments.

Sliders, `dcc.Graph`s and one callback that runs the experiment of a page (cached, as ours is) and
answers with the traces of our figures as `go.Figure`s. The address says what to show:

    /?page=ntk_regime&sliders=width,count&figures=0:1100x520,1:540x300&…the page's own query

`figures` are the plots of the tab in front by number, with their size in pixels.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import plotly.graph_objects as go
import plotly.io
from dash import ALL, Dash, Input, Output, State, dcc, html

from components.page import Page
from components.registry import built_pages
from components.settings import settings
from components.theme import LOOKS, template
from compute.cache import Settings, cached, store
from compute.params import from_query, parameters

# Not by `create_app`, which sets Dash up as ours needs it. Whoever is served first takes the
# callbacks of the pages, which are not wanted here.
Dash("app", use_pages=True).server.test_client().get("/_dash-dependencies")
PAGES = built_pages()

plotly.io.templates["edition"] = go.layout.Template(template("light"))
plotly.io.templates.default = "edition"

app = Dash(__name__)
server = app.server
store.open(server, Settings(Path(settings()["CACHE_DIR"])))
app.layout = html.Div([dcc.Location(id="where"), html.Div(id="page")])


@app.callback(Output("page", "children"), Input("where", "search"))
def page_of(search: str) -> list[Any]:
    """Sliders and graphs, drawn."""
    page, params, query = _read(search)
    names = [name for name in query["sliders"].split(",") if name]
    sizes = dict(part.split(":") for part in query["figures"].split(","))
    drawn = zip(sizes.items(), _figures(page, params, [*sizes]), strict=True)
    rail = [html.Div([html.Label(name), _slider(page, params, name)]) for name in names]
    graphs = [_graph(slot, size, figure) for (slot, size), figure in drawn]
    columns = [
        html.Div(rail, style={"flex": "0 0 300px"}),
        html.Div(graphs, style={"display": "flex", "flexWrap": "wrap"}),
    ]
    return [html.H1(page.question), html.Div(columns, style={"display": "flex"})]


@app.callback(
    Output({"figure": ALL}, "figure"),
    Input({"slider": ALL}, "value"),
    State({"slider": ALL}, "id"),
    State({"figure": ALL}, "id"),
    State("where", "search"),
    prevent_initial_call=True,
)
def figures(
    values: list[float], sliders: list[dict[str, str]], graphs: list[dict[str, str]], search: str
) -> list[go.Figure]:
    """Every graph, drawn again."""
    page, params, _ = _read(search)
    specs = parameters(page.experiment.params)
    moved = {}
    for slider, value in zip(sliders, values, strict=True):
        name = slider["slider"]
        ladder = specs[name].ladder
        number = value if ladder is None else ladder[round(value)]
        moved[name] = type(getattr(params, name))(number)
    return _figures(page, replace(params, **moved), [graph["figure"] for graph in graphs])


def _read(search: str) -> tuple[Page, Any, dict[str, str]]:
    query = dict(parse_qsl(search.removeprefix("?")))
    page = PAGES[query["page"]]
    own = {name: text for name, text in query.items() if name in parameters(page.experiment.params)}
    return page, from_query(page.experiment.params, own)[0], query


def _figures(page: Page, params: Any, slots: list[str]) -> list[go.Figure]:
    result = cached(page.experiment.run)(params)
    plots = page.shown(params)
    return [go.Figure(coloured(plots[int(i)].draw(params, result, None))) for i in slots]


def coloured(node: Any) -> Any:
    """A figure with the colours that its roles have on paper."""
    if isinstance(node, str):
        return LOOKS["light"].get(node[1:], node) if node.startswith("@") else node
    if isinstance(node, dict):
        return {key: coloured(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [coloured(value) for value in node]
    return node


def _slider(page: Page, params: Any, name: str) -> dcc.Slider:
    spec, value = parameters(page.experiment.params)[name], getattr(params, name)
    low, high, step = spec.low, spec.high, spec.step
    if spec.ladder is not None:
        low, high, step = 0, len(spec.ladder) - 1, 1
        value = min(range(len(spec.ladder)), key=lambda i: abs(spec.ladder[i] - value))
    return dcc.Slider(
        low, high, step, value=value, marks=None, updatemode="drag", id={"slider": name}
    )


def _graph(slot: str, size: str, figure: go.Figure) -> dcc.Graph:
    width, height = size.split("x")
    style = {"width": f"{width}px", "height": f"{height}px"}
    return dcc.Graph(figure=figure, id={"figure": slot}, style=style)
