"""What the cores compute when nothing is served: one answer after the other, a process a core.

`python -m tests.load.back_to_back SECONDS` is one of these processes; it prints how many answers it
has computed a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from components.serving.cores import cores
from tests.browser.served import ROOT


def rate(scratch: Path, seconds: float) -> float:
    """Answers a second of all cores together, of what students ask for who move sliders. Each is
    computed, kept and written as JSON, as by a server, but neither compressed nor sent."""
    processes = []
    for number in range(cores()):
        own = os.environ | {"CACHE_DIR": str(scratch / f"cache-{number}"), "CACHE_URL": ""}
        command = [sys.executable, "-m", __name__, str(seconds)]
        processes.append(
            subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True)
        )
    return sum(float(one.communicate(timeout=seconds + 200)[0]) for one in processes)


def compute(seconds: float) -> float:
    """Answers a second of this process, after one of every page that does not count."""
    from plotly.io.json import to_json_plotly

    import app  # noqa: F401
    from components.answer import answer
    from components.registry import built_pages
    from compute.experiments import EXPERIMENTS
    from compute.warm import measure
    from tests.load.plan import OWN, setting

    measure()
    pages = built_pages()

    def one(student: int, move: int) -> None:
        experiment, params = setting(student, move)
        found = answer(pages[experiment.key], params)
        assert found["problem"] is None, found["problem"]
        to_json_plotly(found)

    for place in range(len(EXPERIMENTS)):
        one(place, OWN - 1)
    count, start, class_size = 0, time.perf_counter(), 10 * len(EXPERIMENTS)
    # Whole rounds of all pages: no page counts more than another.
    while (took := time.perf_counter() - start) < seconds or count % len(EXPERIMENTS):
        one(count % class_size, count // class_size)
        count += 1
    return count / took


if __name__ == "__main__":
    print(compute(float(sys.argv[1])))
