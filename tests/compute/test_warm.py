"""Warm-up: what it runs, and that its processes do not compile the same twice."""

from __future__ import annotations

import ast
from pathlib import Path

from components.settings import HERE
from compute import warm
from compute.experiments import EXPERIMENTS
from compute.params import Choice, parameters
from tests.test_imports import imported


def path_of(module: str) -> Path:
    """The file of a module or package; of a name inside a module, none that exists."""
    place = HERE / module.replace(".", "/")
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def needs(module: str) -> set[str]:
    """The modules of compute that a module imports."""
    path = path_of(module)
    names = set(imported(ast.parse(path.read_text()), path))
    names.discard("compute.experiments")  # the table of contents, which needs them all
    return {n for n in names if n.startswith("compute.") and path_of(n).exists()}


def compiled(chapters: tuple[int, ...]) -> set[str]:
    """The modules with compiled functions that the pages of `chapters` reach."""
    todo = {e.run.__module__ for e in EXPERIMENTS if e.chapter in chapters}
    todo |= {e.sampler.batch.__module__ for e in EXPERIMENTS if e.sampler and e.chapter in chapters}
    found: set[str] = set()
    while todo:
        module = todo.pop()
        found.add(module)
        todo |= needs(module) - found
    return {module for module in found if "compute.compiled" in needs(module)}


def test_the_processes_share_no_compiled_code() -> None:
    one, other = map(compiled, warm.APART)
    assert "compute.kernels.rows" in one
    assert "compute.partition.subdivision" in other
    assert not one & other


def test_every_chapter_is_in_one_of_them() -> None:
    chapters = {experiment.chapter for experiment in EXPERIMENTS}
    assert sorted(chapter for part in warm.APART for chapter in part) == sorted(chapters)


def test_every_choice_is_run() -> None:
    for experiment in EXPERIMENTS:
        seen = list(warm.settings(experiment))
        for name, spec in parameters(experiment.params).items():
            options = spec.choices if isinstance(spec, Choice) else ()
            assert {getattr(p, name) for p in seen} >= {option for option, _ in options}
