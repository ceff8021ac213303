"""The rival of slider to paint: the same numbers of points, sent as `go.Figure` by a usual app.

The address says what to draw: `?shape=260,260|60` is two figures, the first of two curves with
260 points; `119x61` is a heat map.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import numpy as np
import plotly.graph_objects as go
from dash import ALL, Dash, Input, Output, State, callback, dcc, html

app = Dash(__name__)
server = app.server
app.layout = dmc.MantineProvider(
    [
        dcc.Location(id="where"),
        dmc.Slider(id="slider", min=0, max=200, value=100, updatemode="drag", thumbLabel="value"),
        html.Div(id="graphs"),
    ]
)


@callback(Output("graphs", "children"), Input("where", "search"))
def graphs(search: str) -> list[dcc.Graph]:
    """One graph for every part of the shape."""
    shapes = search.partition("shape=")[2].split("|")
    return [dcc.Graph(id={"slot": i, "shape": shape}) for i, shape in enumerate(shapes)]


@callback(
    Output({"slot": ALL, "shape": ALL}, "figure"),
    Input("slider", "value"),
    State({"slot": ALL, "shape": ALL}, "id"),
)
def figures(value: float, graphs: list[dict[str, Any]]) -> list[go.Figure]:
    """Every graph, drawn again."""
    return [go.Figure([trace(text, value) for text in g["shape"].split(",")]) for g in graphs]


def trace(text: str, value: float) -> go.Scatter | go.Heatmap:
    """A curve or a heat map that moves with `value`."""
    sizes = [int(n) for n in text.split("x")]
    if len(sizes) == 2:
        wave = np.linspace(0, 6, sizes[0])[None, :] * np.linspace(0, 6, sizes[1])[:, None]
        return go.Heatmap(z=np.sin(wave + value / 50))
    x = np.linspace(0, 10, sizes[0])
    return go.Scatter(x=x, y=np.sin(x + value / 50), mode="lines")
