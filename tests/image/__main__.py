"""`python -m tests.image [--built] [page …]`: build the image and run it as it is deployed.

With `--built` the image that was built before is looked at.

Without network, without root, with a read-only root and one tmpfs, it is started once for the map
and once for every page (or for those that are named), which is the first thing that it is asked.
Seconds are those of an idle core: what was measured, divided by how many times longer the start
took than it worked, and by how many times longer than at its best a fixed piece of work took, right
before and after. Exit code 1 where the image does not run, has what it should not, or falls short.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from components.page import path_of
from compute.experiments import EXPERIMENTS
from tests.benchmarks.table import Goal, Row, Table, at_most
from tests.image.contents import added, largest, megabytes, parts, unwanted
from tests.image.engines import BASE, TAG, Engine, ImageError, engine

PAGES = tuple(path_of(experiment.key).strip("/") for experiment in EXPERIMENTS)
HEALTHZ, ANSWER, SIZE = at_most(2, " s"), at_most(5, " s"), at_most(500, " MB")


def sizes(container: Engine) -> Iterator[Row]:
    """What is in it; ImageError where that is what should not be."""
    [found], [base] = (list(container.run(image, "files")) for image in (TAG, BASE))
    above = added(dict(found["files"]), dict(base["files"]))
    sizes = parts(above)
    yield Row("above the base", f"{len(above)} files", "–", megabytes(above), SIZE)
    for name, size in largest(sizes):
        yield Row(f"  {name}", f"{size:.1f} MB")
    if problems := unwanted(above, found["tools"]):
        raise ImageError("the image has " + "; ".join(problems))


def starts(container: Engine, pages: Sequence[str]) -> Iterator[Row]:
    """The time that it takes to start, and to answer first for each page."""
    command = json.dumps(container.config(TAG).command)
    lines = container.run(TAG, "start", command, json.dumps(["", *pages]))
    if freedom := next(lines)["freedom"]:
        raise ImageError("it is not confined: " + "; ".join(freedom))
    healthz = []
    for one in lines:
        healthz.append(one["healthz"] / one["busy"])
        if one["page"]:
            yield timed(one["page"], one, "answer", "work", ANSWER)
        else:
            yield timed("/healthz", one, "healthz", "work_healthz", HEALTHZ)
            yield timed("the map", one, "shown", "work", HEALTHZ)
    took = f"{min(healthz):.2f} to {max(healthz):.2f} s"
    yield Row(f"/healthz, median of {len(healthz)} starts", took, "–", median(healthz), HEALTHZ)


def timed(name: str, one: Mapping[str, Any], key: str, work: str, goal: Goal) -> Row:
    """Seconds of an idle core to what `key` names; beside them those of the clock."""
    took = f"{one[key]:.2f} s, {one[work]:.2f} s of a core"
    return Row(name, took, f"busy ×{one['busy']:.2f}", one[key] / one["busy"], goal)


def asked(pages: Sequence[str]) -> Sequence[str]:
    """The pages that are named; all where none is."""
    if unknown := set(pages) - set(PAGES):
        sys.exit(f"there is no page {min(unknown)}, only {', '.join(PAGES)}")
    return pages or PAGES


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    built = "--built" in arguments
    pages = asked([page for page in arguments if page != "--built"])
    table = Table()
    # Whoever ends it ends the container, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        container = engine()
        if not built:
            container.make()
        table.head()
        table.group(f"What is in the image ({container.name})", sizes(container))
        table.group("From its start to the first answer", starts(container, pages))
    except ImageError as error:
        sys.exit(str(error))
    table.foot()
    sys.exit(bool(table.short))


if __name__ == "__main__":
    main(sys.argv[1:])
