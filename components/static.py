"""Static markup: one node to the renderer, whatever it holds.

Every component costs the renderer a look at each change of anything on the page: four hundred of
them cost more than the figures. So what callbacks never touch is laid out as HTML once; the
edition's scripts find its buttons by their ids and data attributes.
"""

from __future__ import annotations

from html import escape
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from components.prefix import outward

_RENAMED = {"className": "class", "htmlFor": "for"}
_VOID = {"br", "hr", "img", "input"}


class Static(Component):
    """HTML in a box that takes no room of its own; `assets/edition/page/shell.js` draws it."""

    _namespace = "edition"
    _type = "Static"
    _prop_names = ["html"]  # noqa: RUF012  as the base class has it
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    html: str

    def __init__(self, markup: str) -> None:
        super().__init__(html=markup)


def static(*nodes: Any) -> Static:
    """Components of `html` and links, with their texts, as one node."""
    return Static("".join(markup(node) for node in nodes))


def markup(node: Any) -> str:
    """The HTML of a tree of `html` components and `dcc.Link`s; TypeError for any other one."""
    if node is None:
        return ""
    if isinstance(node, list | tuple):
        return "".join(map(markup, node))
    if not isinstance(node, Component):
        return escape(str(node), quote=False)
    if isinstance(node, Static):
        return node.html
    link = isinstance(node, dcc.Link)
    if not link and not isinstance(node, getattr(html, node._type, ())):
        raise TypeError(f"{node._type} is not static")
    props = dict(node.to_plotly_json()["props"])
    children = props.pop("children", None)
    tag = "a" if link else node._type.lower()
    words = "".join(_attribute(name, value) for name, value in props.items())
    opened = f"<{tag}{words}{' data-link' if link else ''}>"
    return opened if tag in _VOID else f"{opened}{markup(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if not isinstance(value, str | int | float):
        raise TypeError(f"{name} is {value!r}, which is not static")
    if name == "href":
        value = outward(str(value))
    name = _RENAMED.get(name, name if "-" in name else name.lower())
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
