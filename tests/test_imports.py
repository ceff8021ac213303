"""Imports run one way: compute ← components ← pages ← app."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.settings import HERE

ROOMS = ("compute", "components", "pages", "app")
WEB = {"dash", "dash_mantine_components", "plotly", "flask", "flask_caching", "flask_compress"}
MODULES = sorted(
    path.relative_to(HERE)
    for path in [HERE / "app.py", *(p for r in ROOMS[:3] for p in (HERE / r).rglob("*.py"))]
)
# What numpy.random offers without the global state.
STATELESS = {"Generator", "SeedSequence", "default_rng", "BitGenerator", "PCG64", "Philox"}


def room(module: Path) -> str:
    """The first part of a module's name."""
    return module.parts[0].removesuffix(".py")


def imported(tree: ast.AST, module: Path) -> Iterator[str]:
    """Every module that is imported anywhere, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def problems(source: str, module: Path) -> list[str]:
    """What is wrong with a module's imports and randomness."""
    tree, found, here = ast.parse(source), [], room(module)
    for name in imported(tree, module):
        there = name.split(".")[0]
        if there in ROOMS and ROOMS.index(there) > ROOMS.index(here):
            found.append(f"{here} imports {name}")
        if here == there == "pages":
            found.append(f"a page imports {name}")
        if here == "compute" and there in WEB and module != Path("compute/cache.py"):
            found.append(f"compute imports {name}")
        if there == "random":
            found.append("the random module has a global state")
        if there == "flask_caching" and module != Path("compute/cache.py"):
            found.append("only cache.py knows flask_caching")
        if name.startswith("numpy.random.") and name.split(".")[2] not in STATELESS:
            found.append(f"global random state: {name}")
        if there == "tests":
            found.append("imports the tests")
    for node in ast.walk(tree):
        text = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        start, _, name = text.rpartition(".")
        if start in {"np.random", "numpy.random"} and name not in STATELESS:
            found.append(f"global random state: {text}")
    return found


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_imports_only_what_lies_below_it(module: Path) -> None:
    assert problems((HERE / module).read_text(), module) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("compute/x.py", "from components.page import Page"),
        ("compute/x.py", "def f():\n    import dash"),
        ("compute/x.py", "import plotly.graph_objects as go"),
        ("compute/x.py", "from flask import Flask"),
        ("components/x.py", "import pages.home"),
        ("components/x.py", "from flask_caching import Cache"),
        ("pages/x.py", "from pages import home"),
        ("pages/chapter_1/x.py", "from app import server"),
        ("compute/x.py", "import numpy as np\nnp.random.seed(1)"),
        ("compute/x.py", "from numpy.random import rand"),
        ("compute/x.py", "import random"),
        ("app.py", "import tests.strategies"),
    ],
)
def test_the_test_sees_a_wrong_arrow(module: str, source: str) -> None:
    assert problems(source, Path(module)) != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("compute/cache.py", "from flask_caching import Cache\nfrom flask import Flask"),
        ("components/x.py", "import dash\nfrom compute.params import P"),
        ("pages/x.py", "from components.page import Page\nfrom compute.experiments import x"),
        ("app.py", "import components, pages, compute"),
        ("compute/x.py", "import numpy as np\nrng: np.random.Generator = np.random.default_rng(1)"),
    ],
)
def test_the_test_lets_right_arrows_pass(module: str, source: str) -> None:
    assert problems(source, Path(module)) == []


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_says_what_it_is(module: Path) -> None:
    source = (HERE / module).read_text()
    assert not source.strip() or ast.get_docstring(ast.parse(source)), "a docstring, or empty"
