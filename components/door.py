"""The public door: what may reach a callback.

Anybody can post JSON to the callback route. A body that does not name a callback of this app with
the inputs it declares is refused with a 4xx before any code of ours runs.
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
        raw = request.get_data()
        if _depth(raw) > DEEPEST:
            abort(400, "nested too deeply")
        try:
            body = json.loads(raw, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            abort(400, "not JSON")
        problem = _problem(app, body)
        if problem:
            abort(400, problem)


def _problem(app: dash.Dash, body: Any) -> str:
    """Why `body` calls none of our callbacks; '' where it does."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return "no output named"
    declared = app.callback_map.get(body["output"])
    if declared is None:
        return "no such output"
    for part in ("inputs", "state"):
        sent = body.get(part, [])
        if not isinstance(sent, list):
            return f"{part} must be a list"
        names = [_name(item) for item in sent]
        if names != [f"{d['id']}.{d['property']}" for d in declared[part]]:
            return f"{part} are not the ones declared"
    triggers = body.get("changedPropIds", [])
    if not isinstance(triggers, list) or not all(isinstance(t, str) for t in triggers):
        return "changedPropIds must be a list of names"
    outputs = body.get("outputs")
    if not isinstance(outputs, dict | list) or not _names_only(outputs):
        return "outputs must be named"
    return ""


def _name(item: Any) -> str:
    return f"{item.get('id')}.{item.get('property')}" if isinstance(item, dict) else ""


def _names_only(outputs: Any) -> bool:
    items = outputs if isinstance(outputs, list) else [outputs]
    return all(
        isinstance(o, dict) and isinstance(o.get("id"), str) and isinstance(o.get("property"), str)
        for o in items
    )


def _depth(raw: bytes) -> int:
    """An upper bound of the nesting, without parsing."""
    deepest = depth = 0
    for byte in raw:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")
