"""What the tests share: the one app of the process, its store in a throw-away directory.

Dash keeps its pages in a registry of the process, so there is one app; tests that need a cold
store open it again somewhere else.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from compute.cache import Settings, store
from tests.thorough import some

if TYPE_CHECKING:
    from flask.testing import FlaskClient

_directory = tempfile.TemporaryDirectory(prefix="depth-over-width-")
# Before anything imports app.py, which opens the store.
os.environ |= {"CACHE_DIR": _directory.name, "CACHE_URL": "", "RATE_LIMIT": ""}

# What is imported stays: until all is, and again with every test, garbage is looked for in vain.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is looked for among what the tests make."""
    gc.freeze()
    gc.enable()


# Nothing depends on how busy the machine is, and a red run is red again.
settings.register_profile(
    "edition",
    max_examples=some(20, 100),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("edition")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no process is left with one of them at the end.

    Of two processes one begins with the first half, the browser's tests, which wait as much as they
    compute, beside the other with the second half; who is done takes over from the other.
    """
    items.sort(
        key=lambda item: [item.get_closest_marker(name) is None for name in ("browser", "long")]
    )


@pytest.fixture(scope="session")
def application() -> Any:
    """The Dash app, set up as a worker is: its first request has been answered."""
    from app import app

    app.server.test_client().get("/")
    return app


@pytest.fixture
def client(application: Any) -> FlaskClient:
    """A browser without JavaScript."""
    return application.server.test_client()  # type: ignore[no-any-return]


@pytest.fixture
def cold_store(application: Any, tmp_path: Path) -> Iterator[Path]:
    """The app's store, empty; its directory."""
    store.open(application.server, Settings(tmp_path))
    yield tmp_path
    store.open(application.server, Settings(Path(_directory.name)))
