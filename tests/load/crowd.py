"""A class of students: locust, as a process of its own, and what it notes of every request."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from tests.browser.served import ROOT

LOCUST = ROOT / ".venv-load" / "bin" / "locust"
MISSING = "locust is not installed here (make load)"
# Students do not come in the same instant: all are there after so many seconds.
ARRIVAL_S = 2.0
# Method, address, body.
Request = tuple[str, str, str | None]
Turns = Sequence[Sequence[Request]]


@dataclass(frozen=True)
class Asked:
    """A request with what became of it; status 0 where no answer came, start in seconds since 1970.

    `digest` is that of the body; `refused` where it says in words why there is no answer.
    """

    student: int
    method: str
    address: str
    start: float
    seconds: float
    status: int
    digest: str
    refused: bool

    @property
    def end(self) -> float:
        """When its answer was there."""
        return self.start + self.seconds

    @property
    def failed(self) -> bool:
        """Whether it got anything but what it asked for."""
        return not 200 <= self.status < 400 or self.refused

    @property
    def is_answer(self) -> bool:
        """Whether it asked for an answer, not for a file or a page."""
        return self.address.startswith("/answer/")


@dataclass(frozen=True)
class Found:
    """All that a class asked for; `cores` is what the class itself took of them."""

    asked: tuple[Asked, ...]
    cores: float

    @property
    def rate(self) -> float:
        """Answers a second, from when all students are there to the last request."""
        begin = min(one.start for one in self.asked) + ARRIVAL_S
        end = max(one.start for one in self.asked)
        done = sum(begin <= one.end <= end and not one.failed for one in self.asked)
        return done / (end - begin) if end > begin else 0.0

    def openings(self) -> list[float]:
        """Seconds from each student's first request to the end of its last."""
        spans: dict[int, tuple[float, float]] = {}
        for one in self.asked:
            begin, end = spans.get(one.student, (one.start, one.end))
            spans[one.student] = min(begin, one.start), max(end, one.end)
        return [end - begin for begin, end in spans.values()]


def p95(seconds: Iterable[float]) -> float:
    """What 95 of 100 stay below."""
    found = list(seconds)
    return float(np.percentile(found, 95)) if found else float("nan")


def kinds(failed: Iterable[Asked], wrong: int = 0) -> str:
    """What went wrong, in words; a refusal is an answer that says why there is none."""
    found = Counter(
        "refused in words" if one.refused else f"of status {one.status or 'none'}" for one in failed
    )
    return ", ".join([f"{wrong} wrong", *(f"{n} {kind}" for kind, n in sorted(found.items()))])


class Crowd:
    """A class at work until the block ends; then `found` has what it asked for.

    `seconds` bound it; without them it ends when every student has had all turns.
    """

    found: Found

    def __init__(
        self,
        scratch: Path,
        hosts: Sequence[str],
        students: Sequence[Turns],
        *,
        pace_s: float = 2.0,
        seconds: float | None = None,
    ) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._log = scratch / "asked.jsonl"
        self._log.touch()
        plan = scratch / "plan.json"
        told = {"hosts": hosts, "students": students, "pace_s": pace_s, "log": str(self._log)}
        plan.write_text(json.dumps(told))
        self._count = count = len(students)
        self._command = [
            *(str(LOCUST), "--headless", "--only-summary", "--skip-log", "--stop-timeout", "60"),
            *("--locustfile", str(Path(__file__).with_name("locustfile.py"))),
            *("--users", str(count), "--spawn-rate", str(max(1.0, count / ARRIVAL_S))),
            *("--run-time", f"{int((seconds or 600) + ARRIVAL_S)}s", "--exit-code-on-error", "0"),
        ]
        self._environment = os.environ | {"LOAD_PLAN": str(plan)}
        self._output = scratch / "locust.log"
        self._bound = (seconds or 600) + 90

    def __enter__(self) -> Crowd:
        self._before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with self._output.open("w") as output:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=subprocess.STDOUT
            )
        return self

    def wait_until_all_are_there(self) -> None:
        """Wait until every student has asked for something."""
        end = time.monotonic() + 60
        while len(self._come()) < self._count and time.monotonic() < end:
            time.sleep(0.1)

    def _come(self) -> set[int]:
        return {one.student for one in read(self._log.read_text().splitlines(keepends=True))}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.kill()
            self._process.wait()
            return
        self._process.wait(timeout=self._bound)
        asked = tuple(read(self._log.read_text().splitlines(keepends=True)))
        if not asked:
            last = "\n".join(self._output.read_text().splitlines()[-8:])
            raise RuntimeError(f"no student asked anything:\n{last}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - self._before.ru_utime - self._before.ru_stime
        took = max(one.end for one in asked) - min(one.start for one in asked)
        self.found = Found(asked, used / took)


def read(lines: Iterable[str]) -> Iterator[Asked]:
    """What the students noted; a line that is still being written is left out."""
    return (Asked(*json.loads(line)) for line in lines if line.endswith("\n"))
