"""The prefix comes off where a request arrives; as many proxies are believed as there are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from components.prefix import behind, mount, outward
from components.static import markup


@pytest.fixture(autouse=True)
def mounted() -> Iterator[None]:
    """Under a path, for this test only."""
    mount("/dl-theory")
    yield
    mount("")


def seen(path: str, proxies: int = 0, **headers: str) -> list[str]:
    """What the application sees of a request: path, prefix, who asks, how and where."""

    @Request.application
    def app(request: Request) -> Response:
        parts = (request.path, request.root_path, request.remote_addr, request.scheme, request.host)
        return Response("\n".join(str(part) for part in parts))

    named = {f"X-Forwarded-{name}": value for name, value in headers.items()}
    found: list[str] = Client(behind(app, proxies)).get(path, headers=named).text.split("\n")
    return found


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/dl-theory/gp-limit", "/gp-limit"),
        ("/dl-theory/", "/"),
        ("/dl-theory", "/"),
        ("/gp-limit", "/gp-limit"),  # the proxy has taken it off
        ("/dl-theory-2", "/dl-theory-2"),
    ],
)
def test_the_prefix_comes_off(path: str, inside: str) -> None:
    assert seen(path)[:2] == [inside, "/dl-theory"]


def test_as_many_proxies_are_believed_as_there_are() -> None:
    told = {"For": "203.0.113.9, 192.0.2.7", "Proto": "https", "Host": "edition.example.org"}
    assert seen("/", **told)[2:] == ["None", "http", "localhost"]
    assert seen("/", 1, **told)[2:] == ["192.0.2.7", "https", "edition.example.org"]
    assert seen("/", 2, **told)[2] == "203.0.113.9"


@pytest.mark.parametrize("address", ["#e3", "https://example.org/", "//example.org", "data:x"])
def test_only_our_own_addresses_get_it(address: str) -> None:
    from dash import html

    assert outward(address) == address
    assert 'href="/dl-theory/claims"' in markup(html.A("Claims", href="/claims"))
