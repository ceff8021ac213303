"""How many answers one client may ask for; who asks for more is told when to go on, and does.

A lecture hall is one address: 200 students who each change something every two seconds ask for 100
answers a second, which is what a server of three cores computes. So that is the bound; each worker
counts for itself.
"""

from __future__ import annotations

import math
import time
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from components.answer import refusal
from components.door import digest

TEXT = (
    "More is asked from your network than this server allows; the page goes on by itself "
    "in {} seconds."
)


def limit_rate(server: Flask, rate: str) -> None:
    """Allow each client `rate` answers ("6000 per minute"), or any number where it is ''."""
    if not rate:
        return
    limiter = Limiter(
        get_remote_address,
        app=server,
        default_limits=[rate],
        default_limits_per_method=False,
        default_limits_exempt_when=lambda: not request.path.startswith("/answer/"),
        application_limits=[],
        storage_uri="memory://",
    )

    @server.errorhandler(429)
    def wait(_error: Exception) -> tuple[dict[str, Any], int, dict[str, str]]:
        limit = limiter.current_limit
        seconds = max(1, math.ceil(limit.reset_at - time.time())) if limit else 1
        said = refusal(TEXT.format(seconds)) | {"wait": seconds, "digest": digest()}
        return said, 429, {"Retry-After": str(seconds), "Cache-Control": "no-store"}
