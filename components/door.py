"""The door: every answer has an address, and depends on nothing else.

    GET /answer/<digest>/<page>?<query>&batch=<k>     a page at a setting, with its first k batches
    GET /answer/<digest>/claims?claim=<page>.<claim>&batch=<k>     a row of the ledger

`query` is spelled as the page's own address spells it: what is not default, by `to_query`. Side B
of a comparison is a setting like any other and has an address of its own: moving A beside it
neither computes nor sends it again, and what is pinned has just been seen, so it is mostly at hand.

`digest` names the code. An answer under today's digest never changes and may be kept for ever, by
browsers and by proxies; one under another digest is computed by today's code and kept by nobody,
so that a page that was opened before an update goes on. Every answer says by which code it is.

This is a public door: an address that is not understood word by word is refused with a 4xx and
never repaired. Refusals say why, in words that the page shows, and are not kept. Those that honest
pages may meet (too much work, batches that are no longer kept) have status 200.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response, request
from plotly.io.json import to_json_plotly

from components import ledger_view
from components.answer import answer, refusal
from components.page import AnyPage
from compute import __version__
from compute.cache import code_digest
from compute.params import ParameterError, clip, strict_query

KEPT = "public, max-age=31536000, immutable"
LONGEST_ADDRESS, LARGEST_HEADER, MOST_WORDS = 4000, 16_000, 64
_HERE = Path(__file__).parent.parent
_BATCH = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@functools.cache
def digest() -> str:
    """Of all that determines an answer: the code, and the libraries that do its arithmetic."""
    code = [code_digest(_HERE / part) for part in ("compute", "components", "pages")]
    libraries = [version(name) for name in ("numpy", "scipy", "numba")]
    return hashlib.sha256("|".join([__version__, *code, *libraries]).encode()).hexdigest()[:16]


def open_door(server: Flask, pages: Callable[[], Mapping[str, AnyPage]]) -> None:
    """Answer for `pages` and for the ledger."""

    @server.get("/answer/<asked>/<name>")
    def page_answer(asked: str, name: str) -> Response:
        page = next((p for p in pages().values() if p.path == f"/{name}"), None)
        if page is None:
            return _refused(404, f"There is no page {clip(name)}.")
        try:
            words = _words()
            batch = _batch(words)
            found = answer(page, strict_query(page.experiment.params, words), batch)
        except ParameterError as error:
            return _refused(400, str(error))
        return _said(found, kept=asked == digest() and found["problem"] is None)

    @server.get("/answer/<asked>/claims")
    def claim_answer(asked: str) -> Response:
        try:
            words = _words()
            batch = _batch(words)
            claim = words.pop("claim", "")
            if words:
                raise ParameterError("", f"{clip(next(iter(words)))} is not a word of the ledger")
            found = ledger_view.answer(claim, batch)
        except ParameterError as error:
            return _refused(400, str(error))
        # Without a batch, it depends on what has been measured before.
        whole = found["problem"] is None and (batch > 0 or found["finished"])
        return _said(found, kept=asked == digest() and whole)

    @server.before_request
    def bound() -> Response | None:
        if not request.path.startswith("/answer/"):
            return None
        if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
            return _refused(414, "The address is too long.")
        if sum(len(name) + len(value) for name, value in request.headers) > LARGEST_HEADER:
            return _refused(431, "The header is too large.")
        return None


def _words() -> dict[str, str]:
    """The words of the address with what they say; ParameterError where it is no list of them."""
    text = request.query_string.decode("ascii", "replace")
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=MOST_WORDS,
        )
    except ValueError:
        raise ParameterError("", "The address is not a list of words and values") from None
    words = dict(pairs)
    for name, _ in pairs:
        if sum(name == other for other, _ in pairs) > 1:
            raise ParameterError(clip(name), f"{clip(name)} is said more than once")
    return words


def _batch(words: dict[str, str]) -> int:
    """How many batches the address asks for; taken out of its words."""
    if "batch" not in words:
        return 0
    text = words.pop("batch")
    if not _BATCH.fullmatch(text):
        raise ParameterError("batch", "The batch number must be a whole number, 1 or more.")
    return int(text)


def _refused(status: int, text: str) -> Response:
    return _said(refusal(text), kept=False, status=status)


def _said(found: Mapping[str, Any], *, kept: bool, status: int = 200) -> Response:
    body = to_json_plotly({**found, "digest": digest()})
    headers = {"Cache-Control": KEPT if kept else "no-store"}
    return Response(body, status, headers, mimetype="application/json")
