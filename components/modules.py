"""The browser's modules: where they are, and how the index and the server hand them out.

Their addresses carry a digest of all of them, `/edition/<digest>/main.js`. What one imports, by a
path relative to its own, carries it along: so all of them may be kept for ever, and none is ever
met by one of another version.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, send_from_directory

from components.prefix import outward
from components.settings import HERE

PREFIX = "/edition/"
_FOLDER = HERE / "assets" / "edition"
_ENTRY = "main.js"

# Pages that bring modules of their own, which `page/answers.js` imports when they are opened.
_OWN = {"/nodal-sets": "nodal"}


@cache
def names() -> tuple[str, ...]:
    """The modules, by their paths in `assets/edition`."""
    return tuple(sorted(p.relative_to(_FOLDER).as_posix() for p in _FOLDER.rglob("*.js")))


@cache
def digest() -> str:
    """Of the names and texts of all modules."""
    found = hashlib.sha256()
    for name in names():
        text = Path(_FOLDER, name).read_bytes()
        found.update(f"{name} {len(text)} ".encode() + text)
    return found.hexdigest()[:12]


def tags(path: str) -> str:
    """What the index at `path` says: the entry, and all that it imports there, fetched beside it.

    A module is run when the whole document has been read: the entry starts Dash's renderer.
    """
    base = outward(PREFIX + digest())
    others = {folder for page, folder in _OWN.items() if page != path.rstrip("/")}
    ahead = [
        f'<link rel="modulepreload" href="{base}/{name}">'
        for name in names()
        if name != _ENTRY and name.partition("/")[0] not in others
    ]
    return "\n".join([f'<script type="module" src="{base}/{_ENTRY}"></script>', *ahead])


def path_of(path: str) -> str:
    """A module's path without its digest, which anybody may make up; "" for any other path."""
    return path.removeprefix(PREFIX).partition("/")[2] if path.startswith(PREFIX) else ""


def serve(server: Flask) -> None:
    """Answer with a module whatever the digest: a page may be older or newer than its server.

    Only under today's digest it may be kept.
    """
    today = digest()

    @server.route(f"{PREFIX}<version>/<path:name>")
    def module(version: str, name: str) -> Response:
        response = send_from_directory(_FOLDER, name)
        if version != today:
            response.headers["Cache-Control"] = "no-store"
        return response
