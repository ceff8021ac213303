"""What the check of the image looks for, on a list of files made up for it; and what it refuses."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components.page import path_of
from compute.experiments import EXPERIMENTS
from tests.image import engines, inside
from tests.image.__main__ import asked, timed
from tests.image.contents import added, largest, parts, unwanted
from tests.image.engines import Config, ImageError

if TYPE_CHECKING:
    from flask.testing import FlaskClient

SITE = "/venv/lib/python3.11/site-packages"
BASE = {"/usr/bin/python3": 6_000_000, "/etc/passwd": 900}
OURS = {
    f"{SITE}/numpy/core.so": 30_000_000,
    f"{SITE}/numpy.libs/libopenblas.so": 20_000_000,
    f"{SITE}/numpy-2.4.6.dist-info/METADATA": 100,
    f"{SITE}/numpy/testing/__init__.py": 100,
    f"{SITE}/typing_extensions.py": 50_000,
    "/venv/bin/python": 10,
    "/app/app.py": 9_000,
    "/app/compute/arrays.py": 500,
    "/compiled/engine.nbc": 4_000_000,
}


def test_only_what_is_above_the_base_counts_by_its_part() -> None:
    found = parts(added(BASE | OURS | {"/etc/passwd": 950}, BASE))
    assert list(found)[:2] == ["numpy", "/compiled"], "the largest first"
    assert found["numpy"] == 50_000_200
    assert (found["/app"], found["/etc"]) == (9_500, 950)
    assert sum(found.values()) == sum(OURS.values()) + 950
    shown = largest(found, 2)
    assert [name for name, _ in shown] == ["numpy", "/compiled", f"{len(found) - 2} others"]
    assert sum(size for _, size in shown) == pytest.approx(sum(found.values()) / 1e6)


def test_an_image_as_it_should_be_has_nothing_unwanted() -> None:
    assert unwanted(OURS) == []


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (f"{SITE}/scipy/linalg/tests/test_basic.py", "a test"),
        ("/app/tests/conftest.py", "a test"),
        (f"{SITE}/pytest/__init__.py", "a development tool"),
        (f"{SITE}/pip-25.0.dist-info/METADATA", "a development tool"),
        ("/app/.cache/pip/http/0", "a cache"),
        ("/app/.ruff_cache/0", "a cache"),
        (f"{SITE}/plotly/labextension/static/0.js", "an extension of notebooks"),
    ],
)
def test_what_should_not_be_in_it_is_named(path: str, what: str) -> None:
    [found] = unwanted(OURS | {path: 10})
    assert what in found
    assert path in found


def test_a_compiler_is_named() -> None:
    assert unwanted(OURS, ["gcc"]) == ["a compiler: gcc"]


def test_files_are_listed_once_and_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one").write_bytes(b"12345")
    (tmp_path / "two").hardlink_to(tmp_path / "inner" / "one")
    (tmp_path / "three").symlink_to("two")
    assert [size for _, size in inside.files(str(tmp_path))] == [5]


def test_what_runs_inside_needs_python_alone_and_sees_where_it_is_free() -> None:
    code = f"import json, runpy; m = runpy.run_path({inside.__file__!r}); "
    code += "print(json.dumps([m['freedom'](), m['pace']()]))"
    command = [sys.executable, "-I", "-S", "-c", code]
    free, paces = json.loads(subprocess.check_output(command))
    assert free
    assert min(paces) > 0


def test_a_page_is_laid_out_as_a_browser_asks_for_it(client: FlaskClient) -> None:
    answer = client.post(inside.ROUTE, json=inside.router("/gp-kernels"))
    assert answer.status_code == 200
    assert "_pages_content" in answer.json["response"]


def test_seconds_are_those_of_an_idle_core() -> None:
    row = timed("map", {"shown": 6.0, "work": 2.5, "busy": 2.0}, "shown", "work", None)
    assert row.value == pytest.approx(3.0)
    assert "6.00 s, 2.50 s of a core" in row.ours


def test_every_page_is_asked_and_no_other() -> None:
    assert asked([]) == tuple(path_of(one.key).strip("/") for one in EXPERIMENTS)
    assert asked(["gp-kernels"]) == ["gp-kernels"]
    with pytest.raises(SystemExit, match="there is no page nowhere"):
        asked(["nowhere"])


def test_without_an_engine_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.shutil, "which", lambda _name: None)
    with pytest.raises(ImageError, match="Neither docker nor podman"):
        engines.engine()


def test_a_missing_base_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "no such image")
    monkeypatch.setattr(engines.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(ImageError, match="slim is missing here"):
        engines.Buildah("buildah").make()


def test_what_nobody_listens_to_ends() -> None:
    code = "import time; print('{}', flush=True); time.sleep(3600)"
    lines = engines._lines([sys.executable, "-c", code], signal.SIGKILL)
    assert next(lines) == {}
    lines.close()
    with pytest.raises(ImageError, match="code 3"):
        list(engines._lines([sys.executable, "-c", "raise SystemExit(3)"], signal.SIGKILL))


def test_an_image_says_how_it_is_run() -> None:
    config = Config.of({"User": "10001:10001", "WorkingDir": "/app", "Env": ["A=b"], "Cmd": ["c"]})
    assert config == Config("10001:10001", "/app", ("A=b",), ("c",))
    assert engines.Buildah("buildah").told({"OCIv1": {"config": {"Cmd": ["c"]}}}) == {"Cmd": ["c"]}
    assert Config.of({"Env": None, "Cmd": None}) == Config("0:0", "/", (), ())
