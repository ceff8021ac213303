"""Settings: read in one place, and every one of them documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from components.settings import HERE, SERVING, SETTINGS, default_of, settings

ALL = [*SETTINGS, *SERVING]


@pytest.mark.parametrize("name", [name for name, _, _ in ALL])
def test_a_setting_is_documented_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (HERE / "README.md").read_text()


def test_the_readme_names_no_other_setting() -> None:
    named = re.findall(r"^\|\s*`([A-Z][A-Z_]+)`", (HERE / "README.md").read_text(), re.MULTILINE)
    assert set(named) <= {name for name, _, _ in ALL}


def test_settings_are_named_once_and_explained() -> None:
    assert len({name for name, _, _ in ALL}) == len(ALL)
    for name, default, what in ALL:
        assert name.isupper()
        assert isinstance(default, str)
        assert what == what.strip() != ""


def test_config_beats_environment_beats_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_MAX_MB", raising=False)
    assert settings()["CACHE_MAX_MB"] == "256"
    monkeypatch.setenv("CACHE_MAX_MB", "1")
    assert settings()["CACHE_MAX_MB"] == "1"
    assert settings({"CACHE_MAX_MB": "2"})["CACHE_MAX_MB"] == "2"
    assert set(settings()) == {name for name, _, _ in SETTINGS}


def test_defaults_are_printed_without_the_place_of_this_copy() -> None:
    assert [default_of(d) for n, d, _ in SETTINGS if n == "CACHE_DIR"] == [".cache"]


def environment(path: Path) -> set[str]:
    """The names that a file reads from the environment."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"os.environ.get", "os.getenv"}
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_nothing_else_is_read_from_the_environment() -> None:
    rooms = ("compute", "components", "pages")
    sources = [p for room in rooms for p in (HERE / room).rglob("*.py")]
    sources += [HERE / "app.py", HERE / "gunicorn.conf.py"]
    read = set().union(*map(environment, sources))
    assert read <= {name for name, _, _ in ALL}
    assert {"WEB_WORKERS", "WEB_THREADS"} <= read
