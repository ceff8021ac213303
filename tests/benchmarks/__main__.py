"""`python -m tests.benchmarks [group …] [experiment …]`: one table, ours beside its rivals.

Groups are kernels, products, partitions, training, runs, browser; without any all of them run, in
about seven minutes. Naming experiments limits runs and browser to those. Nothing here can fail a
build.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.benchmarks import browser, kernels, partitions, products, runs, training
from tests.benchmarks.table import Row, print_head, print_rows

GROUPS: dict[str, tuple[str, Callable[..., Iterator[Row]]]] = {
    "kernels": ("Kernels of infinite width", kernels.rows),
    "products": ("Products of random matrices", products.rows),
    "partitions": ("Exact partitions of [−3, 3]², best of several", partitions.rows),
    "training": ("Gradient flow", training.rows),
    "runs": ("Experiments: run, median / p95 at the default of every tab", runs.rows),
    "browser": ("In the browser: milliseconds from key to the last figure's paint", browser.rows),
}


def main(arguments: list[str]) -> None:
    """Print the table."""
    groups = [name for name in GROUPS if name in arguments] or list(GROUPS)
    keys = tuple(name for name in arguments if name not in GROUPS)
    start = time.monotonic()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}; ours and rivals in turns in the same run"
    )
    print_head()
    for name in groups:
        title, rows = GROUPS[name]
        limited: dict[str, Any] = {"keys": keys} if keys and name in {"runs", "browser"} else {}
        print_rows(title, rows(**limited))
    print(f"\n{time.monotonic() - start:.0f} s, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
