"""What an image is made of: its size by part, and what is not to be in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Files = Mapping[str, int]
LIBRARIES = re.compile(r"/venv/lib/python[\d.]+/site-packages/([^/]+)")
# What tests and develops; of what the image is made, setuptools alone is asked for by Dash.
TOOLS = (
    *("pytest", "hypothesis", "mypy", "ruff", "playwright", "locust", "axe_core_python"),
    *("mpmath", "regioncam", "oxlint", "pip", "wheel"),
)
UNWANTED = {
    "a test": re.compile(r"/site-packages/.*/tests?/|/app/(.*/)?tests?/"),
    "a development tool": re.compile(rf"/site-packages/({'|'.join(TOOLS)})(-[^/]*)?/"),
    "a cache": re.compile(r"/\.cache/|/\.(pytest|mypy|ruff)_cache/|\.whl$|/var/lib/apt/lists/."),
    "an extension of notebooks": re.compile(r"/labextensions?/"),
}


def parts(added: Files) -> dict[str, int]:
    """Bytes by part, the largest first: a library with its shared objects, our code, the rest."""
    found: Counter[str] = Counter()
    for path, size in added.items():
        if library := LIBRARIES.match(path):
            found[library[1].removesuffix(".libs").removesuffix(".py").partition("-")[0]] += size
        else:
            found["/".join(path.split("/")[:2])] += size
    return dict(found.most_common())


def added(files: Files, base: Files) -> dict[str, int]:
    """What the image has above its base."""
    return {path: size for path, size in files.items() if base.get(path) != size}


def unwanted(added: Files, tools: Iterable[str] = ()) -> list[str]:
    """Why the image is not what it should be, with an example each; none where it is."""
    found = [f"a compiler: {name}" for name in tools]
    for what, pattern in UNWANTED.items():
        hits = [path for path in added if pattern.search(path)]
        if hits:
            size = sum(added[path] for path in hits) / 1e6
            found.append(f"{what}: {len(hits)} files of {size:.1f} MB, as {min(hits)}")
    return found


def megabytes(files: Files) -> float:
    """Of all of them."""
    return sum(files.values()) / 1e6


def largest(sizes: Mapping[str, int], count: int = 8) -> Sequence[tuple[str, float]]:
    """The largest parts in megabytes, and all others together."""
    found = [(name, size / 1e6) for name, size in sizes.items()]
    rest = sum(size for _, size in found[count:])
    return [*found[:count], (f"{len(found) - count} others", rest)] if rest else found
