"""Warm-up: what it runs, and that its processes do not compile the same twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from compute import sources, warm
from compute.experiments import EXPERIMENTS
from compute.params import Choice, parameters
from compute.sources import compiled_below


def compiled(chapters: tuple[int, ...]) -> set[str]:
    """The modules with compiled functions that the pages of `chapters` reach."""
    todo = {e.run.__module__ for e in EXPERIMENTS if e.chapter in chapters}
    todo |= {e.sampler.batch.__module__ for e in EXPERIMENTS if e.sampler and e.chapter in chapters}
    return compiled_below(*todo)


def test_the_processes_share_no_compiled_code() -> None:
    one, other = map(compiled, warm.APART)
    assert "compute.kernels.rows" in one
    assert "compute.partition.subdivision" in other
    # the speed of the machine is measured, and its pieces compiled, before they start
    assert one & other == {"compute.calibration"}


def test_every_chapter_is_in_one_of_them() -> None:
    chapters = {experiment.chapter for experiment in EXPERIMENTS}
    assert sorted(chapter for part in warm.APART for chapter in part) == sorted(chapters)


def test_every_choice_is_run() -> None:
    for experiment in EXPERIMENTS:
        seen = list(warm.settings(experiment))
        for name, spec in parameters(experiment.params).items():
            options = spec.choices if isinstance(spec, Choice) else ()
            assert {getattr(p, name) for p in seen} >= {option for option, _ in options}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The pages that run, in this process; none has run before."""
    ran: list[str] = []

    def steps(experiments: Any) -> list[str]:
        ran.extend(one.key for one in experiments)
        return []

    class Here:
        def __init__(self, *_: Any) -> None: ...
        def __enter__(self) -> Here:
            return self

        def __exit__(self, *_: Any) -> None: ...
        def map(self, function: Any, parts: Any) -> Any:
            return map(function, parts)

    monkeypatch.setattr(warm, "_STAMPS", tmp_path)
    monkeypatch.setattr(warm, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(warm, "steps", steps)
    monkeypatch.setattr(warm, "_forget_where_changed", lambda module: None)
    return ran


def test_only_what_has_changed_runs_again_and_is_told(
    run: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    warm.warm()
    assert sorted(run) == sorted(e.key for e in EXPERIMENTS)
    told = capsys.readouterr().err
    assert all(f"{key}: " in told for key in run)
    run.clear()
    warm.warm()
    assert run == []
    changed, read = sources.path_of("compute.linear_products.log_norm"), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path == changed))
    warm.warm()
    assert "linear_products" in run
    assert "nodal_sets" not in run
    assert f"{len(run)} of {len(EXPERIMENTS)} pages to warm up" in capsys.readouterr().err


def test_machine_code_is_forgotten_where_what_dissolved_in_it_has_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {f"compute.{name}": tmp_path / f"{name}.py" for name in ("outer", "inner", "plain")}
    monkeypatch.setattr(warm, "path_of", files.__getitem__)
    monkeypatch.setattr(warm, "compiled_below", lambda _: {"compute.outer", "compute.inner"})
    (tmp_path / "__pycache__").mkdir()
    index = tmp_path / "__pycache__" / "outer.loop-3.py311.nbi"
    for time, path in enumerate([*files.values(), index]):
        path.touch()
        os.utime(path, (time, time))
    os.utime(files["compute.plain"], (9, 9))
    warm._forget_where_changed("compute.outer")
    assert index.exists(), "what is not compiled is in no machine code"
    os.utime(files["compute.inner"], (9, 9))
    warm._forget_where_changed("compute.outer")
    assert not index.exists()
