"""The settings: one tuple that the app reads, the teacher's page prints and the README repeats."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent.parent

# Name, default, what it does: the only settings there are.
SETTINGS = (
    ("CACHE_DIR", str(HERE / ".cache"), "directory of the answer cache"),
    ("CACHE_URL", "", "redis://… shares the cache between replicas; '' keeps it in CACHE_DIR"),
    ("CACHE_MAX_MB", "256", "bound of the cache directory in megabytes"),
    ("ALLOW_EMBED_FROM", "", "origins, separated by blanks, that may show a page in a frame"),
    ("FOLLOW_SECRET", "", "what opens a room on /teach, in which a class follows; '' opens none"),
)

# How it is served: read by the Makefile and by gunicorn.conf.py, not by the app.
SERVING = (
    ("HOST", "127.0.0.1", "address that make serve listens on; 0.0.0.0 for a whole network"),
    ("PORT", "8000", "port that make serve listens on, or that the container is published at"),
    ("WEB_WORKERS", "2", "processes of the server: one per core"),
    ("WEB_THREADS", "4", "threads of each process"),
)


def settings(config: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings: defaults, then the environment, then `config`."""
    found = {name: os.environ.get(name, default) for name, default, _ in SETTINGS}
    return found | dict(config or {})


def default_of(default: str) -> str:
    """A default as pages print it: without the directory that this copy happens to lie in."""
    return default.removeprefix(f"{HERE}{os.sep}")
