"""The dashboard: `create_app(config)` makes it, `server` is what gunicorn runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import dash
from dash._dash_renderer import _js_dist_dependencies
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request, send_from_directory
from flask_compress import Compress

from components import modules
from components.door import digest, open_door
from components.follow import open_rooms
from components.guard import guard
from components.prefix import behind, mount
from components.registry import built_pages
from components.serving.access import Count, log_access
from components.serving.limits import limit_rate
from components.settings import settings
from components.shell import shell, wire_shell
from components.theme import stylesheet
from compute import __version__
from compute.cache import Settings, store

INDEX = """<!DOCTYPE html>
<html lang="en" data-look="light" data-version="{version}" data-digest="{digest}"
 data-surface="{surface}" data-prefix="{prefix}">
<head>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1, minimum-scale=1">
<title>{{%title%}}</title>
<script async id="plotly" src="{prefix}/assets/plotly.min.js?{plotly}"></script>
<link rel="preload" href="{prefix}/assets/fonts/stix-two-math-subset.woff2" as="font" crossorigin>
<link rel="preload" href="{prefix}/assets/fonts/STIXTwoMath.woff2" as="font" crossorigin>
{{%favicon%}}
{{%css%}}
<style>{style}</style>
</head>
<body>
{{%app_entry%}}
<footer>{{%config%}}{{%scripts%}}
{{%modules%}}
{{%renderer%}}</footer>
</body>
</html>"""

ASSETS = Path(__file__).with_name("assets")
WHOLE_PLOTLY = Path(str(files("plotly") / "package_data" / "plotly.min.js"))

POLICY = (
    "default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self' {embedders}"
)


def create_app(config: Mapping[str, str] | None = None) -> dash.Dash:
    """The dashboard with every page wired; `config` overrides the environment's settings."""
    found = settings(config)
    prefix = found["URL_PREFIX"].rstrip("/")
    mount(prefix)
    _leave_out_polyfill()
    server = Flask(__name__)
    server.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    log_access(server, _page_names, _metrics(server) if found["METRICS"] == "1" else None)
    limit_rate(server, found["RATE_LIMIT"])
    _compress(server)
    _serve_whole_plotly(server)
    modules.serve(server)
    directory = Path(found["CACHE_DIR"])
    store.open(server, Settings(directory, found["CACHE_URL"], float(found["CACHE_MAX_MB"])))
    app = _Edition(
        __name__,
        server=server,
        use_pages=True,
        title="Depth over Width",
        update_title="",
        health_endpoint="healthz",
        routes_pathname_prefix="/",
        requests_pathname_prefix=f"{prefix}/",
        index_string=INDEX.format(
            version=__version__,
            digest=digest(),
            prefix=prefix,
            style=stylesheet(),
            plotly=_fingerprint(ASSETS / "plotly.min.js"),
            surface=_fingerprint(WHOLE_PLOTLY),
        ),
        # It comes on its own, while the page is laid out; the map and the sheets need not wait.
        assets_ignore="^plotly",
        # They are addressed by their digest.
        assets_path_ignore=["^edition$"],
        # To check them, Dash would lay out every page, and send all of that with each of them.
        suppress_callback_exceptions=True,
        serve_locally=True,
        enable_mcp=False,
    )
    # By the edition's own entry, when all is there that it looks for.
    app.renderer = f"window.startRenderer = () => {{ {app.renderer} }};"
    app.layout = shell()
    wire_shell()
    guard(app)
    open_door(server, built_pages)
    open_rooms(server, found)
    server.wsgi_app = behind(server.wsgi_app, int(found["TRUST_PROXY"]))  # type: ignore
    _not_found(app)
    _headers(app, found["ALLOW_EMBED_FROM"])
    return app


class _Edition(dash.Dash):
    """A dashboard whose index names the modules of the page that is asked for."""

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        index = str(super().interpolate_index(*args, **parts))
        return index.replace("{%modules%}", modules.tags(request.path))


def _leave_out_polyfill() -> None:
    """Dash loads one for browsers of before 2018, which is a tenth of the time a page opens in.

    Only components that are loaded when first shown (dcc.Graph, dcc.Markdown) ask for it; there
    are none here.
    """
    for dependency in _js_dist_dependencies:
        for paths in dependency["relative_package_path"].values():
            paths[:] = [path for path in paths if "polyfill" not in path]


def _fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _compress(server: Flask) -> None:
    """Compress answers; static files once, not at every request."""
    kept: dict[str, bytes] = {}

    class Kept:
        def get(self, key: str) -> bytes | None:
            return kept.get(key)

        def set(self, key: str, value: bytes) -> None:
            if "|" in key and len(kept) < 256:
                kept[key] = value

    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_STREAMS=False,
        COMPRESS_CACHE_BACKEND=Kept,
        # Without query and fingerprint, which anybody may vary to fill the memory.
        COMPRESS_CACHE_KEY=lambda r: (
            f"|{_unversioned(r.path)}" if _static(r.path) else os.urandom(8).hex()
        ),
    )
    Compress(server)


def _serve_whole_plotly(server: Flask) -> None:
    """What a page fetches when a surface is asked for: the plotly of every page draws none."""

    @server.route("/assets/plotly-3d.min.js")
    def plotly_3d() -> Response:
        return send_from_directory(WHOLE_PLOTLY.parent, WHOLE_PLOTLY.name)


def _metrics(server: Flask) -> Count:
    """Tell what is counted; its library is loaded where it is asked for."""
    from components.serving import metrics  # noqa: PLC0415

    metrics.tell(server)
    return metrics.count


def _not_found(app: dash.Dash) -> None:
    """Answer 404 where no page is: Dash lays its not-found page out, but with status 200."""

    @app.server.after_request
    def mark(response: Response) -> Response:
        known = request.path.strip("/") in _page_names()
        found = request.endpoint != "/<path:path>" or known
        if response.status_code == 200 and not found:
            response.status_code = 404
        return response

    @app.server.errorhandler(dash.exceptions.DependencyException)
    def no_such_file(_error: Exception) -> tuple[str, int]:
        return "Not found", 404


def _page_names() -> frozenset[str]:
    """The addresses of all pages, without slashes."""
    return frozenset(
        page["path"].strip("/")
        for module, page in dash.page_registry.items()
        if not module.endswith("not_found_404")
    )


def _static(path: str) -> bool:
    files = path.startswith(("/assets/", "/_dash-component-suites/"))
    return files or bool(modules.path_of(path))


def _unversioned(path: str) -> str:
    """A file's path without what tells its versions apart."""
    if module := modules.path_of(path):
        return modules.PREFIX + module
    return str(check_fingerprint(path)[0])


def _headers(app: dash.Dash, embedders: str) -> None:
    """Content security policy, caching of fingerprinted files, and the usual hardening."""

    @app.server.after_request
    def add(response: Response) -> Response:
        # Pages add inline scripts when they are first asked for, so hashes are taken late.
        if "text/html" in response.content_type:
            hashes = " ".join(app.csp_hashes())
            policy = POLICY.format(hashes=hashes, embedders=embedders).strip()
            response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if _static(request.path) and response.status_code == 200:
            # A streamed file would pass uncompressed.
            response.direct_passthrough = False
            response.set_data(response.get_data())
            # Fonts have no fingerprint in their address.
            fonts = request.path.startswith("/assets/fonts/")
            kept = "max-age=86400" if fonts else "max-age=31536000, immutable"
            if not response.cache_control.no_store:
                response.headers["Cache-Control"] = f"public, {kept}"
        return response


app = create_app()
server: Any = app.server

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
