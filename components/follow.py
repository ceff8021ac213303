"""Follow the lecturer: the routes of a room, where FOLLOW_SECRET is set.

    POST /follow                   opens a room for whoever knows the secret: its code and its key
    GET /follow/<code>             the link of a room: the page that is shown, and it is followed
    GET /follow/<code>/room        what is shown, with an ETag; it is asked for all the time
    PUT, DELETE /follow/<code>/room        with the key: shows something else; ends the room
    GET /follow/<code>/link.svg    the link as a QR code

What is not understood is refused with a 4xx that says why; nothing of it is kept by anybody.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dash
import segno
from flask import Flask, Response, current_app, jsonify, redirect, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError

from components.prefix import outward, prefix
from components.rooms import SECONDS, RoomError, Rooms, Shown, read_object
from components.serving import AT_ONCE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST = 8192
# From one address, in each worker. Whoever is above it is not even told whether a secret is right,
# nor is the lecturer at the same address, but for a minute at most.
WRONG_SECRETS = RateLimitItemPerMinute(20)
_ROOM = re.compile(r"/follow/([^/]+)/room")
_HERE = "follow"


def open_rooms(server: Flask, found: Mapping[str, str]) -> None:
    """Answer for rooms where the settings name a secret; without one there are none."""
    if not found["FOLLOW_SECRET"]:
        return
    rooms = Rooms(found["FOLLOW_SECRET"], Path(found["CACHE_DIR"]) / "rooms", found["CACHE_URL"])
    wrong = MovingWindowRateLimiter(MemoryStorage())
    server.extensions[_HERE] = rooms
    # Another machine may let one wait.
    if not found["CACHE_URL"]:
        server.extensions[AT_ONCE] = lambda method, path: bool(
            _looked_into(method, path.removeprefix(prefix()))
        )
    server.wsgi_app = _Looks(server.wsgi_app, rooms)  # type: ignore[assignment]

    @server.post("/follow")
    def open_room() -> Response:
        try:
            body = read_object(_body())
        except RoomError as error:
            return _said(400, str(error))
        address = request.remote_addr or ""
        if not wrong.test(WRONG_SECRETS, address):
            return _wait(wrong.get_window_stats(WRONG_SECRETS, address).reset_time)
        if not isinstance(body.get("secret"), str) or not rooms.is_secret(body["secret"]):
            wrong.hit(WRONG_SECRETS, address)
            return _said(403, "This is not the secret of this server.")
        try:
            code, key = rooms.open()
        except (OSError, RedisError):
            return _away()
        return _said(201, code=code, key=key, hours=SECONDS // 3600)

    @server.get("/follow/<code>")
    def enter(code: str) -> Response:
        # The page itself says whether the room is open, as it does when one ends.
        try:
            shown = rooms.read(code)
            address = "/" if shown is None else Shown.read(shown).address.partition("#")[0]
        except (OSError, RedisError, RoomError):
            address = "/"
        response: Response = redirect(f"{outward(address)}#follow-{code}")  # type: ignore[assignment]
        return _unkept(response)

    @server.route("/follow/<code>/room", methods=["PUT", "DELETE"])
    def room(code: str) -> Response:
        try:
            if not rooms.leads(code, request.headers.get("Authorization", "")[len("Bearer ") :]):
                return _said(403, "This is not the key of this room.")
            if request.method == "DELETE":
                rooms.close(code)
                return _said(200)
            shown = Shown.read(_body())
            if shown.path not in {page["path"] for page in dash.page_registry.values()}:
                return _said(400, "The address is not one of the edition.")
            return _said(200) if rooms.write(code, shown) else _none()
        except RoomError as error:
            return _said(400, str(error))
        except (OSError, RedisError):
            return _away()

    @server.get("/follow/<code>/link.svg")
    def link(code: str) -> Response:
        scheme = request.args.get("scheme", "http")
        try:
            if scheme not in ("http", "https") or rooms.read(code) is None:
                return _none()
        except (OSError, RedisError):
            return _away()
        drawn = io.BytesIO()
        address = f"{scheme}://{request.host}{outward('/follow')}/{code}"
        segno.make(address, micro=False).save(drawn, kind="svg", scale=8, border=2, light="#fff")
        return _unkept(Response(drawn.getvalue(), mimetype="image/svg+xml"))


def has_rooms() -> bool:
    """Whether the app that answers has rooms."""
    return bool(current_app) and _HERE in current_app.extensions


def _looked_into(method: str, path: str) -> re.Match[str] | None:
    return _ROOM.fullmatch(path) if method == "GET" and path.endswith("/room") else None


class _Looks:
    """Answers those who look into a room before Flask does: two hundred do so all the time."""

    def __init__(self, others: WSGIApplication, rooms: Rooms) -> None:
        self._others, self._rooms = others, rooms

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        asked = _looked_into(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
        if asked is None:
            return self._others(environ, start)
        try:
            shown = self._rooms.read(asked[1])
        except (OSError, RedisError):
            return _answer(start, "503 Unavailable", b'{"problem": "No room can be read."}')
        if shown is None:
            return _answer(start, "404 Not Found", b'{"problem": "No room of this code is open."}')
        tag = f'"{hashlib.sha256(shown).hexdigest()[:16]}"'
        if tag == environ.get("HTTP_IF_NONE_MATCH", "").removeprefix("W/"):
            return _answer(start, "304 Not Modified", b"", tag)
        return _answer(start, "200 OK", shown, tag)


def _answer(start: StartResponse, status: str, body: bytes, tag: str = "") -> list[bytes]:
    headers = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    if body:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start(status, headers + [("ETag", tag)] * bool(tag))
    return [body] if body else []


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST or not request.is_json:
        raise RoomError("The body must be JSON, and short.")
    return request.get_data()


def _none() -> Response:
    return _said(404, "There is no open room of this code.")


def _away() -> Response:
    return _said(503, "Rooms cannot be kept at the moment.")


def _wait(until: float) -> Response:
    seconds = max(1, math.ceil(until - time.time()))
    problem = f"Too many wrong secrets from your network: try again in {seconds} seconds."
    response = _said(429, problem)
    response.headers["Retry-After"] = str(seconds)
    return response


def _said(status: int, problem: str | None = None, **more: object) -> Response:
    response = jsonify(problem=problem, **more)
    response.status_code = status
    return _unkept(response)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
