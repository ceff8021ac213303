"""`python -m tests.benchmarks [group …] [experiment …]`: one table, ours beside its rivals.

Groups are kernels, products, laws, partitions, training, descent, runs, browser; without any all of
them run, in about ten minutes. Naming experiments limits runs and browser to those. Rivals that the
project does without are measured where `make rivals` has installed them. Nothing here can fail a
build: the table ends with the rows that fall short of their goal.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.benchmarks import browser, descent, kernels, laws, partitions, products, runs, training
from tests.benchmarks.table import Row, Table

GROUPS: dict[str, tuple[str, Callable[..., Iterator[Row]]]] = {
    "kernels": ("Kernels of infinite width", kernels.rows),
    "products": ("Products of random matrices", products.rows),
    "laws": ("Outputs of deep networks at one input", laws.rows),
    "partitions": ("Exact partitions of [−3, 3]²", partitions.rows),
    "training": ("Gradient flow", training.rows),
    "descent": ("Descent in steps", descent.rows),
    "runs": ("Experiments: run at the default of every tab", runs.rows),
    "browser": ("In the browser, beside a plain Dash app of the same experiments", browser.rows),
}


def main(arguments: list[str]) -> None:
    """Print the table."""
    groups = [name for name in GROUPS if name in arguments] or list(GROUPS)
    keys = tuple(name for name in arguments if name not in GROUPS)
    start = time.monotonic()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}; ours and rivals by turns in the same run, processor time "
        "where both run in one process"
    )
    table = Table()
    table.head()
    for name in groups:
        title, rows = GROUPS[name]
        limited: dict[str, Any] = {"keys": keys} if keys and name in {"runs", "browser"} else {}
        table.group(title, rows(**limited))
    table.foot()
    print(f"\n{time.monotonic() - start:.0f} s, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
