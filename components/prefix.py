"""Where the edition is mounted: under a path of its host (`URL_PREFIX`), and behind which proxies.

Inside, every address begins at the root; the prefix is added where an address leaves for the
browser, and taken off where one arrives. A proxy may take it off itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_mounted = {"at": ""}


def mount(prefix: str) -> None:
    """Say where, as "/path" or "", before any page is laid out."""
    _mounted["at"] = prefix


def prefix() -> str:
    """It, as "/path" or ""."""
    return _mounted["at"]


def outward(address: str) -> str:
    """An address as the browser asks for it: one of our pages or files, with the prefix."""
    ours = address.startswith("/") and not address.startswith("//")
    return prefix() + address if ours else address


def behind(app: Wsgi, proxies: int) -> Wsgi:
    """`app` behind so many proxies whose X-Forwarded-* headers are believed, and mounted."""
    trusted = ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else app

    def mounted(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, at = environ["PATH_INFO"], prefix()
        if at:
            environ["SCRIPT_NAME"] = at
            if path == at or path.startswith(f"{at}/"):
                environ["PATH_INFO"] = path[len(at) :] or "/"
        return trusted(environ, start)

    return mounted
