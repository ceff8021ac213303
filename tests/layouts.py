"""Layouts as the browser receives them: a flat list of nodes, static markup included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from dash._utils import to_json
from dash.development.base_component import Component

VOID = {"br", "hr", "img", "input"}


def nodes(component: Any) -> list[dict[str, Any]]:
    """Every node with `type`, `props` and its children among the props, outermost first."""
    return list(_walk(json.loads(to_json(component))))


def text(node: Any) -> str:
    """What a layout says, without its marks."""
    if isinstance(node, Component):
        node = json.loads(to_json(node))
    if isinstance(node, list | tuple):
        return "".join(map(text, node))
    if isinstance(node, dict) and node["type"] == "Static":
        return text(parsed(node["props"]["html"]))
    if isinstance(node, dict):
        return text(node["props"].get("children"))
    return "" if node is None else str(node)


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from _walk(child)
    elif isinstance(node, dict) and node.get("type") == "Static":
        yield from _walk(parsed(node["props"]["html"]))
    elif isinstance(node, dict) and "props" in node:
        yield node
        yield from _walk(node["props"].get("children"))


def parsed(markup: str) -> list[Any]:
    """The nodes that HTML spells, with the names that Dash's components have."""
    root: dict[str, Any] = {"type": "root", "props": {"children": []}}
    stack = [root]

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            props: dict[str, Any] = {"hidden": False, "children": []}
            props |= {n: True if value is None else value for n, value in attrs}
            if "class" in props:
                props["className"] = props.pop("class")
            node = {"type": tag.capitalize(), "props": props}
            stack[-1]["props"]["children"].append(node)
            if tag not in VOID:
                stack.append(node)

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop()["type"] == tag.capitalize()

        def handle_data(self, data: str) -> None:
            stack[-1]["props"]["children"].append(data)

    Reader().feed(markup)
    assert stack == [root], "every tag is closed"
    return list(root["props"]["children"])
