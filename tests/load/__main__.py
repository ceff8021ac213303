"""`python -m tests.load [part …]`: a class at the server as it is deployed, in one table.

Parts are link, sliders, proxy, replicas, soak, faults; without any all of them run, in about 25
minutes. `--students`, `--seconds` (sliders, proxy, replicas) and `--minutes` (soak) say how many,
and how long. The server, its Redis and the class are on this machine and on its loopback; the class
takes its part of the cores, which the table tells. Nothing here can fail a build: a goal that is
missed is SHORT.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from components.serving.cores import cores
from tests.benchmarks.table import Row, Table
from tests.load import faults, parts
from tests.load.crowd import LOCUST, MISSING
from tests.load.parts import Size

PARTS: dict[str, tuple[str, Callable[[Path, Size], Iterator[Row]]]] = {
    "link": ("{students} students open one link within 2 s", parts.opened),
    "sliders": ("{students} students each move a slider every 2 s", parts.moved),
    "proxy": ("{students} students behind the caching proxy", parts.proxied),
    "replicas": ("{students} students at two replicas that share a Redis", parts.replicated),
    "soak": ("{students} students move sliders for {minutes:g} minutes", parts.soaked),
    "faults": (
        "What goes wrong while a class of up to 100 moves sliders, a move a second each",
        faults.rows,
    ),
}


def machine() -> str:
    """What the figures were measured on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        kind = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        kind = platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores()} cores ({kind}), {memory:.0f} GiB, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for; it ends with a word where it cannot be meant."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--students", type=int, default=200, help="1 to 1000 (200)")
    parser.add_argument("--seconds", type=float, default=120, help="of moving sliders (120)")
    parser.add_argument("--minutes", type=float, default=10, help="of the soak (10)")
    found = parser.parse_args(arguments)
    if unknown := set(found.parts) - set(PARTS):
        parser.error(f"there is no part {min(unknown)}, only {', '.join(PARTS)}")
    if not 1 <= found.students <= 1000:
        parser.error("students are 1 to 1000")
    if not 5 <= found.seconds <= 1800 or not 0.2 <= found.minutes <= 30:
        parser.error("seconds are 5 to 1800, minutes 0.2 to 30")
    return found


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    wanted = asked(arguments)
    if not LOCUST.exists():
        sys.exit(MISSING)
    size = Size(wanted.students, wanted.seconds, wanted.minutes)
    # Whoever ends it ends the server, Redis and the class, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    start = time.monotonic()
    print(
        f"{machine()}; server, class and Redis on this machine, RATE_LIMIT off, for all students "
        "are one address"
    )
    table = Table()
    table.head()
    with tempfile.TemporaryDirectory(prefix="load-") as scratch:
        for name in [name for name in PARTS if name in wanted.parts] or PARTS:
            title, rows = PARTS[name]
            table.group(title.format(**vars(size)), rows(Path(scratch) / name, size))
    table.foot()
    print(f"\n{time.monotonic() - start:.0f} s, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
