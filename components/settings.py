"""The settings: one tuple that the app reads, the teacher's page prints and the README repeats."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent.parent

# Name, default, what it does: the only settings there are.
SETTINGS = (
    ("CACHE_DIR", str(HERE / ".cache"), "directory of the answer cache"),
    ("CACHE_URL", "", "redis://… shares the cache between replicas; '' keeps it in CACHE_DIR"),
    ("CACHE_MAX_MB", "256", "bound of the cache directory in megabytes"),
    ("ALLOW_EMBED_FROM", "", "origins, separated by blanks, that may show a page in a frame"),
    ("URL_PREFIX", "", "path of the host under which the edition is mounted, as /dl-theory"),
    (
        "RATE_LIMIT",
        "6000 per minute",
        "answers that one address may ask each worker for; '' is any",
    ),
    ("METRICS", "", "1 counts requests, times and cache for Prometheus at /metrics"),
    ("TRUST_PROXY", "0", "number of proxies in front whose X-Forwarded-* headers are believed"),
    ("FOLLOW_SECRET", "", "what opens a room on /teach, in which a class follows; '' opens none"),
)

# How it is served: read by the Makefile and by gunicorn.conf.py, not by the app.
SERVING = (
    ("HOST", "127.0.0.1", "address that make serve listens on; 0.0.0.0 for a whole network"),
    ("PORT", "8000", "port that make serve listens on, or that the container is published at"),
    ("WEB_WORKERS", "", "processes of the server; '' is one per core, or per core of its quota"),
    ("WEB_THREADS", "4", "threads of each process"),
    ("ACCESS_LOG", "", "file of the access log, JSON by lines; - is the standard output"),
)


class SettingsError(ValueError):
    """A setting that cannot be meant; says which one, and what it may be."""


def settings(config: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings: defaults, then the environment, then `config`; SettingsError for a bad one."""
    found = {name: os.environ.get(name, default) for name, default, _ in SETTINGS}
    return _checked(found | dict(config or {}))


def serving() -> dict[str, str]:
    """How it is served: defaults, then the environment; SettingsError for a bad one."""
    return _checked({name: os.environ.get(name, default) for name, default, _ in SERVING})


def _checked(found: dict[str, str]) -> dict[str, str]:
    for name, value in found.items():
        legal, words = _LEGAL.get(name, (lambda _: True, ""))
        if not legal(value):
            # It may hold a password.
            said = "" if name == "CACHE_URL" else f" is {value!r}, but"
            raise SettingsError(f"{name}{said} must be {words}")
    return found


def _whole(least: int, most: int) -> tuple[Callable[[str], bool], str]:
    def legal(text: str) -> bool:
        return re.fullmatch(r"\d{1,6}", text, re.ASCII) is not None and least <= int(text) <= most

    return legal, f"a whole number from {least} to {most}"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,7}(\.\d+)?", text, re.ASCII) is not None and float(text) >= 1


def _is_redis(text: str) -> bool:
    try:
        parts = urlsplit(text)
        numbered = parts.port is None or parts.port > 0
    except ValueError:
        return False
    database = re.fullmatch(r"(/\d{0,3})?", parts.path, re.ASCII)
    server = parts.scheme in {"redis", "rediss"} and parts.hostname and numbered and database
    return not text or bool(server) or (parts.scheme == "unix" and len(parts.path) > 1)


def _are_origins(text: str) -> bool:
    return all(re.fullmatch(r"(https?://)?[\w.*:\[\]-]+", one, re.ASCII) for one in text.split())


_workers, _many = _whole(1, 64)
_LEGAL: dict[str, tuple[Callable[[str], bool], str]] = {
    "CACHE_URL": (_is_redis, "empty, or redis://host:6379/0, rediss://… or unix:///path"),
    "CACHE_MAX_MB": (_is_number, "a number of megabytes, 1 or more"),
    "ALLOW_EMBED_FROM": (
        _are_origins,
        "origins as https://moodle.example.org, with blanks between",
    ),
    "URL_PREFIX": (
        lambda text: re.fullmatch(r"((/[\w.~-]+)*)/?", text, re.ASCII) is not None,
        "empty, or a path as /dl-theory",
    ),
    "RATE_LIMIT": (
        lambda text: not text or bool(re.fullmatch(r"[1-9]\d{0,6} per (second|minute|hour)", text)),
        "empty, or as 6000 per minute",
    ),
    "METRICS": (lambda text: text in {"", "0", "1"}, "empty, 0 or 1"),
    "TRUST_PROXY": _whole(0, 9),
    "PORT": _whole(0, 65535),
    "WEB_WORKERS": (lambda text: not text or _workers(text), f"empty, or {_many}"),
    "WEB_THREADS": _whole(1, 64),
}


def default_of(default: str) -> str:
    """A default as pages print it: without the directory that this copy happens to lie in."""
    return default.removeprefix(f"{HERE}{os.sep}")
