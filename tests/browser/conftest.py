"""One Chromium and one server for the whole run; a fresh browser context for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.served import ROOT, launch, serve
from tests.browser.visit import Visit, new_context


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the dashboard, served as `make serve` does, with an empty cache."""
    with serve(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots go."""
    directory = ROOT / "artifacts"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def usual(chromium: Browser, server: str) -> Iterator[BrowserContext]:
    """The context of every visit that asks for no other: its files are fetched once."""
    context = new_context(chromium, server)
    yield context
    context.close()


@pytest.fixture
def visit(chromium: Browser, server: str, usual: BrowserContext) -> Iterator[Callable[..., Visit]]:
    """`visit(path, **context)` opens a page, in a context of its own where it asks for one.

    A test that makes an error on purpose empties `errors` itself.
    """
    visits: list[Visit] = []

    def start(path: str, **context: Any) -> Visit:
        visits.append(Visit(chromium, server, None if context else usual, **context))
        return visits[-1].open(path)

    yield start
    for one in visits:
        one.close()
    assert [one.errors for one in visits if one.errors] == []
    assert [one.strangers for one in visits if one.strangers] == []
