"""Rivals in a process of their own: their libraries need not live beside the project's.

`python -m tests.benchmarks.outside MODULE` reads requests from standard input, one JSON object a
line, and answers each with one line. `MODULE.CASES` maps the name of a case to a function that
prepares it: of the request's arguments it makes a function without any, which is what is timed.

    {"prepare": case, "arguments": {…}}    {"ready": number}
    {"run": number, "times": n}            {"milliseconds": [n numbers]}
    {"value": number}                      {"value": what the function returns, as lists}

What fails is answered with {"problem": text}. Only the standard library is needed here, by
either side.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RIVALS = ROOT / ".venv-rivals" / "bin" / "python"
MISSING = "not installed here (make rivals)"

Prepared = Callable[[], Any]


class OutsideError(RuntimeError):
    """What the other process says went wrong."""


class Case:
    """A case that the other process has prepared."""

    def __init__(self, child: Child, number: int) -> None:
        self.child = child
        self.number = number

    def milliseconds(self, times: int = 1) -> list[float]:
        """How long each of so many calls took there."""
        return list(self.child.ask({"run": self.number, "times": times})["milliseconds"])

    def value(self) -> Any:
        """What it returns, arrays as nested lists."""
        return self.child.ask({"value": self.number})["value"]


class Child:
    """The other process, seen from this one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def prepare(self, case: str, **arguments: Any) -> Case:
        """Make a case ready there; OutsideError where it is not known or its library is missing."""
        return Case(self, self.ask({"prepare": case, "arguments": arguments})["ready"])

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        # where nobody reads any more there is no answer either
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise OutsideError(f"the other process ended with {self.process.wait(timeout=30)}")
        answer: dict[str, Any] = json.loads(line)
        if "problem" in answer:
            raise OutsideError(answer["problem"])
        return answer


@contextmanager
def outside(module: str, python: Path = RIVALS) -> Iterator[Child | None]:
    """The cases of a module, run by another Python; None where that one does not exist."""
    if not python.exists():
        yield None
        return
    process = subprocess.Popen(
        [python, "-m", "tests.benchmarks.outside", module],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Child(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def main(module: str) -> None:
    """Answer requests until there are no more."""
    # what libraries print must not be taken for an answer
    answers, sys.stdout = sys.stdout, sys.stderr
    cases: dict[str, Callable[..., Prepared]] = importlib.import_module(module).CASES
    ready: list[Prepared] = []
    for line in sys.stdin:
        try:
            answer = _answer(json.loads(line), cases, ready)
        except Exception as error:
            answer = {"problem": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(
    request: dict[str, Any], cases: dict[str, Callable[..., Prepared]], ready: list[Prepared]
) -> dict[str, Any]:
    if "prepare" in request:
        ready.append(cases[request["prepare"]](**request["arguments"]))
        return {"ready": len(ready) - 1}
    if "run" in request:
        return {"milliseconds": [_once(ready[request["run"]]) for _ in range(request["times"])]}
    value = ready[request["value"]]()
    return {"value": value.tolist() if hasattr(value, "tolist") else value}


def _once(function: Prepared) -> float:
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1])
