"""Figures as the browser makes them."""

from __future__ import annotations

from typing import Any

from components.theme import LIGHT


def coloured(node: Any) -> Any:
    """A figure with every role, "@theory", as its colour in a look; KeyError for others."""
    if isinstance(node, dict):
        return {k: coloured(v) for k, v in node.items()}
    if isinstance(node, list | tuple):
        return [coloured(v) for v in node]
    if isinstance(node, str) and node.startswith("@"):
        return LIGHT[node[1:]]
    return node
