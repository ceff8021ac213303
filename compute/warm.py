"""Warm-up: run every experiment once at its default, so that compiled code is on disk."""

from __future__ import annotations

import sys
import time

from compute.experiments import EXPERIMENTS


def warm() -> float:
    """Seconds it took; compiled functions are cached beside their modules."""
    start = time.perf_counter()
    for experiment in EXPERIMENTS:
        experiment.run(experiment.params())
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"warm after {warm():.1f} s", file=sys.stderr)
