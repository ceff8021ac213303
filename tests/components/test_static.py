"""Static markup: the HTML of a tree, escaped, and nothing that callbacks could change."""

from __future__ import annotations

import dash_mantine_components as dmc
import pytest
from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st

from components.static import markup, static
from tests.layouts import nodes, parsed, text


def test_a_tree_becomes_its_html() -> None:
    tree = html.Div(
        ["a", html.Br(), html.Button("b", id="x", disabled=True, **{"data-page": "p"}), None],
        className="one two",
        hidden=False,
        tabIndex=-1,
    )
    assert markup(tree) == (
        '<div class="one two" tabindex="-1">a<br>'
        '<button id="x" disabled data-page="p">b</button></div>'
    )


def test_links_are_marked_for_the_script_that_follows_them() -> None:
    assert markup(dcc.Link("c", href="/a?b=1&c=2", className="chip")) == (
        '<a href="/a?b=1&amp;c=2" class="chip" data-link>c</a>'
    )


@given(said=st.text(), title=st.text())
def test_texts_are_texts(said: str, title: str) -> None:
    said, title = said.replace("\r", ""), title.replace("\r", "")
    (node,) = parsed(markup(html.P(said, title=title)))
    assert "".join(node["props"]["children"]) == said
    assert node["props"]["title"] == title


def test_static_nodes_join_and_nest() -> None:
    joined = static(html.P("a"), static(html.P("b")), [html.P("c")])
    assert [n["type"] for n in nodes(joined)] == ["P", "P", "P"]
    assert text(joined) == "abc"


@pytest.mark.parametrize(
    "node", [dcc.Graph(), dmc.Slider(), html.Div(style={"color": "red"}), html.P(id={"kind": "a"})]
)
def test_what_is_not_static_is_refused(node: object) -> None:
    with pytest.raises(TypeError):
        static(node)
