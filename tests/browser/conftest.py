"""One server and one Chromium for the whole run, or for each of its processes.

All visits share a browser profile on disk, as those of one reader do: scripts are fetched and
compiled once. Where a test needs a browser of another kind (a phone), it gets a context of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.browser.served import OBSERVER, ROOT, chromium, serve
from tests.browser.visit import PATIENCE, PHONE, Visit, newcomer, usual_context

# What opens a room in which others follow.
SECRET = "correct horse battery"
expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the dashboard, served as `make serve` does, with an empty cache."""
    # Where the tests run in several processes, each has a server of its own, of one worker.
    alone = {"WEB_WORKERS": "1"} if "PYTEST_XDIST_WORKER" in os.environ else {}
    settings = alone | {"FOLLOW_SECRET": SECRET}
    with serve(tmp_path_factory.mktemp("server"), settings=settings) as address:
        yield address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def usual(
    playwright: Playwright, server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """The browser of every visit that asks for no other kind."""
    with _kept(playwright, tmp_path_factory.mktemp("profile"), usual_context(server)) as context:
        yield context


@pytest.fixture(scope="session")
def phone(
    playwright: Playwright, server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """The browser of every visit by phone."""
    kind = usual_context(server) | PHONE
    with _kept(playwright, tmp_path_factory.mktemp("phone"), kind) as context:
        yield context


@contextmanager
def _kept(playwright: Playwright, profile: Path, kind: dict[str, Any]) -> Iterator[BrowserContext]:
    """A browser that keeps its scripts and what it has compiled in `profile`."""
    context = playwright.chromium.launch_persistent_context(profile, **chromium(), **kind)
    context.add_init_script(path=OBSERVER)
    yield context
    context.close()


@pytest.fixture(scope="session")
def other(playwright: Playwright) -> Iterator[Browser]:
    """A browser for contexts of other kinds."""
    browser = playwright.chromium.launch(**chromium())
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots go."""
    directory = ROOT / "artifacts"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture
def visit(
    usual: BrowserContext, server: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visit]]:
    """`visit(path)` opens a page, without motion; with words for a context, in one of that kind.

    A phone and a window of another size need no new context. A test that makes an error on purpose
    empties `errors` itself.
    """
    visits: list[Visit] = []

    def start(
        path: str, reduced_motion: Literal["reduce", "no-preference"] = "reduce", **context: Any
    ) -> Visit:
        if context == PHONE:
            visits.append(Visit(request.getfixturevalue("phone"), server))
        elif context.keys() == {"viewport"}:
            visits.append(Visit(usual, server))
            visits[-1].page.set_viewport_size(context["viewport"])
        elif context:
            visits.append(newcomer(request.getfixturevalue("other"), server, **context))
        else:
            visits.append(Visit(usual, server))
        visits[-1].page.emulate_media(reduced_motion=reduced_motion)
        return visits[-1].open(path)

    yield start
    for one in visits:
        one.close()
    assert [one.errors for one in visits if one.errors] == []
    assert [one.strangers for one in visits if one.strangers] == []
