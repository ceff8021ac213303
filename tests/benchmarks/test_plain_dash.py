"""The rival answers for every page: where it did not, a benchmark would wait for it for ever."""

from __future__ import annotations

import os
import subprocess
import sys

from components.settings import HERE
from compute.experiments import EXPERIMENTS
from tests.thorough import several

# In a process of its own: the rival takes the registry of pages before ours does.
ASK = """
import sys
from tests.benchmarks import plain_dash
for key in sys.argv[1:]:
    title, columns = plain_dash.page_of(f"?page={key}&sliders=seed&figures=0:600x400")
    rail, graphs = columns.children
    print(key, len(rail.children), len(graphs.children[0].figure.data))
"""


def test_it_draws_the_first_figure_of_every_page(tmp_path: object) -> None:
    keys = several([experiment.key for experiment in EXPERIMENTS], 6)
    run = subprocess.run(
        [sys.executable, "-c", ASK, *keys],
        cwd=HERE,
        env=os.environ | {"CACHE_DIR": str(tmp_path), "CACHE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    rows = [line.split() for line in run.stdout.splitlines()]
    assert [key for key, _, _ in rows] == keys
    assert all(int(sliders) == 1 and int(traces) > 0 for _, sliders, traces in rows)
