"""Imports run one way: compute ← components ← pages ← app, and inside compute by subject."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from components.settings import HERE

ROOMS = ("compute", "components", "pages", "app")
WEB = {"dash", "dash_mantine_components", "plotly", "flask", "flask_caching", "flask_compress"}
MODULES = sorted(
    path.relative_to(HERE)
    for path in [HERE / "app.py", *(p for r in ROOMS[:3] for p in (HERE / r).rglob("*.py"))]
)
# The rooms of compute: each imports from itself and from those before it.
SUBJECTS = (
    {"formulas", "knots"},
    {
        *("arguments", "arrays", "compiled", "deadline", "errata", "estimates", "outage"),
        *("packing", "params", "sources"),
    },
    {"activations", "calibration", "forward_equation", "sampling"},
    {"backpropagation", "datasets", "sums"},
    {
        "claims",
        "implicit_bias",
        "kernels",
        "linear_products",
        "networks",
        "one_input",
        "partition",
        "piecewise_linear",
    },
    {"regression", "training", "two_inputs"},
    {
        *("catapult", "covariance_sde", "deep_linear", "experiment", "finite_width"),
        *("jacobian_rank", "one_layer", "output_law", "regions", "time_scales"),
    },
    {"covariance_paths", "feature_learning", "gaussian_limit", "gradients"},
    {"cache", "experiments"},
    {"ledger", "warm"},
    {"power", "sweep"},
)
# The command line of the claims is no part of what others import.
ENTRY = Path("compute/claims/__main__.py")
DEEPEST = 9
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
        if here == there == "compute" and module != ENTRY and not _below(name, module):
            found.append(f"{module} imports {name}, which is not below it")
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


def _below(name: str, module: Path) -> bool:
    """Whether a module of compute may import `name` by the order of the subjects."""
    target, own = name.split(".")[1:2], module.with_suffix("").parts[1:2]
    rank = {subject: place for place, named in enumerate(SUBJECTS) for subject in named}
    if not target or target[0] not in rank:  # a name of the package itself
        return name in {"compute", "compute.__version__"}
    return target[0] == own[0] or own[0] not in rank or rank[target[0]] < rank[own[0]]


@cache
def arrows() -> dict[str, set[str]]:
    """The modules that each module imports, all by their dotted names."""
    names = {".".join(m.with_suffix("").parts).removesuffix(".__init__"): m for m in MODULES}
    found = {}
    for name, module in names.items():
        given: set[str] = set()
        for node in ast.walk(ast.parse((HERE / module).read_text())):
            if isinstance(node, ast.Import):
                given |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                # of a package, the module that is named, or else the package itself
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                given |= {i if i in names else str(node.module) for i in inner}
        found[name] = {g for g in given if g in names and g != name}
    return found


def depths(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """The length of the longest chain of imports below each node; ValueError at a circle."""
    found: dict[str, int] = {}

    def depth(node: str, above: tuple[str, ...]) -> int:
        if node in above:
            raise ValueError(" → ".join((*above[above.index(node) :], node)))
        if node not in found:
            found[node] = 1 + max((depth(n, (*above, node)) for n in graph[node]), default=0)
        return found[node]

    for node in graph:
        depth(node, ())
    return found


def by_room(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same arrows between rooms: a package of compute, all components, all pages."""
    rooms: dict[str, set[str]] = {}
    for name, targets in graph.items():
        if name != "compute.claims.__main__":
            mine = rooms.setdefault(_room(name), set())
            mine |= {_room(target) for target in targets} - {_room(name)}
    return rooms


def _room(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "compute" else parts[0]


def test_no_circles() -> None:
    assert max(depths(arrows()).values()) > DEEPEST


def test_a_circle_is_seen() -> None:
    with pytest.raises(ValueError, match="a → b → a"):
        depths({"a": {"b"}, "b": {"c", "a"}, "c": set()})


def test_the_rooms_are_no_deeper_than_nine() -> None:
    found = depths(by_room(arrows()))
    assert found["app"] == max(found.values()) <= DEEPEST


def test_every_room_of_compute_has_its_place() -> None:
    rooms = {name.split(".")[1] for name in arrows() if name.startswith("compute.")}
    assert rooms == set().union(*SUBJECTS)


def test_a_module_imports_only_what_lies_below_it() -> None:
    found = {str(m): problems((HERE / m).read_text(), m) for m in MODULES}
    assert {module: wrong for module, wrong in found.items() if wrong} == {}


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
        ("compute/activations/x.py", "from compute.kernels import nngp"),
        ("compute/kernels/x.py", "from compute.training.one_layer import forward"),
        ("compute/claims/judging.py", "from compute.ledger import main"),
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


def test_every_module_says_what_it_is() -> None:
    """A docstring, or it is empty."""
    sources = {str(m): (HERE / m).read_text() for m in MODULES}
    silent = [m for m, s in sources.items() if s.strip() and not ast.get_docstring(ast.parse(s))]
    assert silent == []
