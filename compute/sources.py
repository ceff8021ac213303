"""What a module is made of: the sources of all modules of ours that it imports, and theirs.

Numba keeps machine code until the file of its function changes, and does not see when a function
of another file that dissolved in it has.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import llvmlite.binding as llvm
import numba

_HERE = Path(__file__).parent.parent
# The table of contents, which needs all pages.
_CONTENTS = "compute.experiments"


def path_of(module: str) -> Path:
    """The file of a module or package; of a name inside a module, none that exists."""
    place = _HERE / module.replace(".", "/")
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@cache
def needs(module: str) -> frozenset[str]:
    """The modules of compute that a module imports."""
    names = set(_imported(ast.parse(path_of(module).read_text()))) - {_CONTENTS}
    return frozenset(n for n in names if n.startswith("compute.") and path_of(n).exists())


def reached(*modules: str) -> set[str]:
    """These modules, and all that they import, and so on."""
    todo, found = set(modules), set[str]()
    while todo:
        module = todo.pop()
        found.add(module)
        todo |= needs(module) - found
    return found


def compiled_below(*modules: str) -> set[str]:
    """Those of them that have compiled functions."""
    return {module for module in reached(*modules) if "compute.compiled" in needs(module)}


def digest(*modules: str) -> str:
    """Of all sources that these are made of, of the compiler and of the processor."""
    found = hashlib.sha256(f"{numba.__version__} {llvm.get_host_cpu_name()}".encode())
    for module in sorted(reached(*modules)):
        found.update(path_of(module).read_bytes())
    return found.hexdigest()


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
