"""What axe finds on every page and tab in every look: `make axe`, or `make axe WHAT=gp_kernels`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import sync_playwright

from components.page import path_of
from compute.experiments import EXPERIMENTS
from compute.params import tabs
from tests.browser.served import chromium, serve
from tests.browser.visit import Visit, newcomer

LOOKS = ("Dark", "Projector", "Light")
SHEETS = ("/", "/claims", "/errata", "/teach")
SCRIPT = Path(axe_core_python.__file__).with_name("axe.min.js").read_text()
FOUND = """() => axe.run(document, {
  resultTypes: ["violations"], iframes: false,
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
}).then(({ violations }) => violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .map(({ id, nodes: [one, ...more] }) =>
    [id, 1 + more.length, one.html.slice(0, 200), one.failureSummary]))"""


def serious(visit: Visit) -> list[list[Any]]:
    """Rule, count, first element and why, of what is serious or critical on the page in front."""
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(SCRIPT)
    return list(visit.page.evaluate(FOUND))


def addresses(names: list[str]) -> Iterator[str]:
    """Every tab of the pages named, or of all pages and sheets."""
    for experiment in EXPERIMENTS:
        if names and experiment.key not in names:
            continue
        path = path_of(experiment.key)
        yield from [f"{path}?figure={tab}" for tab in tabs(experiment.params)] or [path]
    yield from [] if names else SHEETS


def main(names: list[str]) -> int:
    """Print what is found; 1 where there is anything."""
    failed = 0
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve(Path(scratch)) as server,
        sync_playwright() as driver,
    ):
        visit = newcomer(driver.chromium.launch(**chromium()), server)
        # colours that are on their way to others are none to judge
        visit.page.emulate_media(reduced_motion="reduce")
        for address in addresses(names):
            visit.open(address)
            for look in LOOKS:
                visit.look(look)
                found = serious(visit)
                failed += len(found)
                print(f"{address} {look}: {len(found) or 'nothing'}", flush=True)
                for rule, count, element, why in found:
                    print(f"    {rule} × {count}: {element}\n      {why}", flush=True)
        visit.close()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
