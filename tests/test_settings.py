"""Settings: read in one place, and every one of them documented."""

from __future__ import annotations

import ast
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from components.serving.cores import cores, quota
from components.settings import HERE, SERVING, SETTINGS, SettingsError, default_of, settings

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
    assert "PORT" in read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CACHE_URL", url) for url in ("redis//x", "redis://", "http://x", "redis://x:y/0")),
        *(("CACHE_MAX_MB", size) for size in ("", "0", "-1", "nan", "1e9", "many")),
        *(("URL_PREFIX", path) for path in ("dl", "//dl", "/a b", "/<x>", "https://x/dl")),
        *(("TRUST_PROXY", count) for count in ("", "-1", "10", "yes", "1.5")),
        ("ALLOW_EMBED_FROM", "https://a.example; script-src *"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}.* must be ") as refused:
        settings({name: value})
    assert len(str(refused.value)) < 200


def test_a_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        settings({"CACHE_URL": "redis://:secret@x:0"})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"), [("WEB_WORKERS", "0"), ("PORT", "http"), ("WEB_THREADS", "²")]
)
def test_the_server_does_not_start_with_a_bad_setting(name: str, value: str) -> None:
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:server"]
    failed = subprocess.run(
        command,
        cwd=HERE,
        env=os.environ | {name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"{name} is {value!r}, but must be ")
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("files", "allowed"),
    [
        ({}, None),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.5),
    ],
)
def test_a_quota_bounds_the_cores(
    tmp_path: Path, files: dict[str, str], allowed: float | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert quota(tmp_path) == allowed
    there = len(os.sched_getaffinity(0))
    assert cores(tmp_path) == (there if allowed is None else min(there, math.ceil(allowed)))
