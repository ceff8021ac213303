"""Students, as locust plays them: each asks for its turns one after the other, and all is noted.

It runs in an environment of its own, and knows nothing of the edition. `LOAD_PLAN` names a JSON
file:

    hosts       where student i asks: hosts[i mod their number]
    students    for each student its turns, each a list of [method, address, body or None]
    pace_s      seconds from the beginning of a turn to that of the next, where it is not late
    log         the file of what was asked; a line of JSON for each: [student, method, address,
                start, seconds, status, digest of the body, said that there is no answer]

A request on a connection that was closed meanwhile is sent again, as browsers do.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant_pacing, events, task
from locust.exception import StopUser

PLAN: dict[str, Any] = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
LOG = Path(PLAN["log"]).open("w", buffering=1)  # noqa: SIM115
TYPE = {"Content-Type": "application/json"}
NO_ANSWER = b'"problem":{'

numbers: Iterator[int] = itertools.count()
finished: Iterator[int] = itertools.count(1)


class Student(FastHttpUser):
    """One browser, which keeps its connections."""

    wait_time = constant_pacing(PLAN["pace_s"])

    def __init__(self, environment: Any) -> None:
        self.number = next(numbers)
        self.host = PLAN["hosts"][self.number % len(PLAN["hosts"])]
        self.turns = iter(PLAN["students"][self.number])
        super().__init__(environment)

    @task
    def turn(self) -> None:
        """Ask for all of the next turn."""
        try:
            asked = next(self.turns)
        except StopIteration:
            if next(finished) == len(PLAN["students"]):
                self.environment.runner.quit()
            raise StopUser from None
        for method, address, body in asked:
            self.ask(method, address, body)

    def ask(self, method: str, address: str, body: str | None) -> None:
        """Ask, and note what came."""
        start, clock = time.time(), time.perf_counter()
        answer = self.client.request(
            method, address, name="asked", data=body, headers=TYPE if body else None
        )
        seconds = time.perf_counter() - clock
        content = answer.content or b""
        noted = [
            *(self.number, method, address, start, seconds, answer.status_code or 0),
            *(hashlib.sha256(content).hexdigest()[:16], NO_ANSWER in content),
        ]
        LOG.write(json.dumps(noted) + "\n")


@events.quitting.add_listener
def close(**_: Any) -> None:
    """All of it is written."""
    LOG.close()
