"""The guard of Dash's callback route, by which the router asks for the layout of a page.

Anybody can post JSON to it. A body that does not name a callback of this app with the inputs it
declares is refused with a 4xx before any code of ours runs. Answers have a door of their own
(`door`).
"""

from __future__ import annotations

import json
from typing import Any

import dash
from flask import abort, request

ROUTE = "/_dash-update-component"
DEEPEST = 24


def guard(app: dash.Dash) -> None:
    """Refuse bodies that no browser of ours sends."""

    @app.server.before_request
    def check() -> None:
        if request.path != ROUTE:
            return
        if request.method != "POST":
            abort(405)
        if not request.is_json:
            abort(415)
        try:
            body = json.loads(request.get_data(), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            abort(400, "not JSON")
        if _deep(body):
            abort(400, "nested too deeply")
        problem = _problem(app, body)
        if problem:
            abort(400, problem)


def _problem(app: dash.Dash, body: Any) -> str:
    """Why `body` calls none of our callbacks; '' where it does."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return "no output named"
    declared = app.callback_map.get(body["output"])
    if declared is None or "callback" not in declared:  # the others run in the browser
        return "no such output"
    for part in ("inputs", "state"):
        sent = body.get(part, [])
        if not isinstance(sent, list):
            return f"{part} must be a list"
        names = [_name(item) for item in sent]
        if names != [f"{d['id']}.{d['property']}" for d in declared[part]]:
            return f"{part} are not the ones declared"
        if not all(_is_address(item) for item in sent if item["id"] == dash.dash._ID_LOCATION):
            return "no address"
    triggers = body.get("changedPropIds", [])
    if not isinstance(triggers, list) or not all(isinstance(t, str) for t in triggers):
        return "changedPropIds must be a list of names"
    outputs = body.get("outputs")
    named = [_name(o) for o in outputs] if isinstance(outputs, list) else _name(outputs)
    if named != _declared_outputs(body["output"]):
        return "outputs are not the ones declared"
    return ""


def _name(item: Any) -> str:
    return f"{item.get('id')}.{item.get('property')}" if isinstance(item, dict) else ""


def _declared_outputs(name: str) -> str | list[str]:
    """Dash names a callback "id.property", or "..id.property...id.property.." if it has many."""
    return name[2:-2].split("...") if name.startswith("..") else name


def _is_address(item: dict[str, Any]) -> bool:
    """Whether the router can read it: no value, or the text that the browser's location gives."""
    value = item.get("value")
    starts = {"pathname": "/", "search": ("", "?")}.get(item["property"], "")
    return value is None or (isinstance(value, str) and value.startswith(starts))


def _deep(body: Any) -> bool:
    """Whether lists and objects are nested beyond DEEPEST."""
    level = [body]
    for _ in range(DEEPEST):
        inner = [
            i.values() if isinstance(i, dict) else i for i in level if isinstance(i, dict | list)
        ]
        level = [value for values in inner for value in values]
    return bool(level)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")
