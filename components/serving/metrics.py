"""What the server does, for Prometheus: counted in all workers, told at /metrics.

Gunicorn's configuration names the directory in which the workers count (`METRICS=1`).
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("edition_requests", "Requests answered.", ["kind", "page", "status"])
SECONDS = Histogram(
    "edition_request_seconds",
    "Time to the answer.",
    ["kind"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
CACHE = Counter(
    "edition_cache",
    "Answers that were kept (hit), shared with who asked at the same time (merged) or computed.",
    ["event", "page"],
)


def count(line: dict[str, Any]) -> None:
    """Count a line of the access log."""
    page = line["page"] or ""
    REQUESTS.labels(line["kind"], page, line["status"]).inc()
    SECONDS.labels(line["kind"]).observe(line["ms"] / 1000)
    if line["cache"]:
        CACHE.labels(line["cache"], page).inc()


def tell(server: Flask) -> None:
    """Answer at /metrics with what all workers have counted."""

    @server.get("/metrics")
    def metrics() -> Response:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
