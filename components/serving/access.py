"""The access log: a line of JSON for every answer, without anything that tells who has asked.

Neither the visitor's address nor the query nor a header is written, and of the path only what it is
known to mean. Gunicorn decides where the lines go (`ACCESS_LOG`).
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from compute.cache import store

_log = logging.getLogger("gunicorn.access")
Count = Callable[[dict[str, Any]], None]
KINDS = {"/assets/": "file", "/_dash-component-suites/": "file", "/edition/": "file"}


def log_access(
    server: Flask, page_names: Callable[[], frozenset[str]], count: Count | None = None
) -> None:
    """Number the requests, write what became of each, and `count` it; of the pages that exist."""
    store.tell = _note

    @server.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.number = secrets.token_hex(8)

    @server.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.number
        if _log.handlers or count:
            kind, page = _named(request.path, "batch" in request.args, page_names())
            line = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "id": g.number,
                "method": request.method,
                "kind": kind,
                "page": page,
                "status": response.status_code,
                "ms": round(1e3 * (time.perf_counter() - g.began), 1),
                "bytes": response.calculate_content_length(),
                "cache": g.get("cache"),
            }
            _log.info(json.dumps(line))
            if count:
                count(line)
        return response


def _note(event: str) -> None:
    """What the store has done for this request; that it has computed outweighs all else."""
    if has_request_context() and g.get("cache") != "computed":
        g.cache = event


def _named(path: str, batch: bool, pages: frozenset[str]) -> tuple[str, str | None]:
    """The kind of a request and the page it is for, None where it is for no page that we know."""
    kind = next((kind for start, kind in KINDS.items() if path.startswith(start)), "other")
    name = path.rpartition("/")[2] if path.startswith("/answer/") else path.strip("/")
    if name not in pages:
        return kind, None
    if path.startswith("/answer/"):
        return ("batch" if batch else "answer"), name
    return "page", name or "map"
