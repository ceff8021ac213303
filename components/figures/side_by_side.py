"""Two panels beside each other with the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.figures.base import Figure, Trace, figure
from components.figures.labels import on_paper
from components.figures.orders import Words

_LEFT, _RIGHT = (0.0, 0.485), (0.515, 1.0)
_ON_RIGHT = {"xaxis": "x2", "yaxis": "y2"}


def on_right(traces: Sequence[Trace]) -> list[Trace]:
    """The traces on the right panel."""
    return [trace | _ON_RIGHT for trace in traces]


def noted_right(notes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The labels on the right panel."""
    return [note | {"xref": "x2", "yref": "y2"} for note in notes]


def headings(left: str, right: str, **look: Any) -> list[dict[str, Any]]:
    """A heading above each panel."""
    ends = (_LEFT[0], left), (_RIGHT[0], right)
    return [on_paper(x, 1.0, text, **look) for x, text in ends]


def side_by_side(
    title: Words, x: dict[str, Any], y: dict[str, Any], data: list[Trace], **layout: Any
) -> Figure:
    """A figure of two panels, whose y axis is named and numbered on the left only."""
    other = {name: value for name, value in y.items() if name != "title"}
    return figure(
        title,
        x | {"domain": _LEFT},
        y,
        data,
        xaxis2=x | {"domain": _RIGHT, "anchor": "y2", "matches": "x"},
        yaxis2=other | {"anchor": "x2", "matches": "y", "showticklabels": False},
        **layout,
    )
