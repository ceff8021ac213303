"""The other process: prepares cases, times them, returns what they find, says what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.outside import Child, OutsideError, outside


def squares(x: list[float]) -> Callable[[], Any]:
    """A case that prints, as libraries do."""
    numbers = np.array(x)

    def run() -> Any:
        print("what a library has to say")
        return numbers**2

    return run


def count() -> Callable[[], Any]:
    """A case that returns how often it has been called."""
    calls: list[int] = []
    return lambda: calls.append(1) or len(calls)


def missing() -> Callable[[], Any]:
    """A case whose library is not there."""
    raise ModuleNotFoundError("No module named 'rival'")


CASES = {"squares": squares, "count": count, "missing": missing}


@pytest.fixture(scope="module")
def child() -> Iterator[Child | None]:
    with outside(__name__, Path(sys.executable)) as process:
        yield process


def test_cases_are_timed_as_often_as_asked_and_keep_what_was_prepared(child):
    first, second = child.prepare("count"), child.prepare("count")
    times = first.milliseconds(4)
    assert len(times) == 4
    assert min(times) >= 0
    assert first.value() == 5
    assert second.value() == 1


def test_arguments_go_there_and_values_come_back(child):
    case = child.prepare("squares", x=[1.0, -2.0])
    assert case.value() == [1.0, 4.0]
    assert len(case.milliseconds()) == 1


@pytest.mark.parametrize(
    ("case", "arguments", "words"),
    [
        ("missing", {}, "No module named 'rival'"),
        ("nobody", {}, "nobody"),
        ("squares", {"y": [1.0]}, "argument"),
    ],
)
def test_what_goes_wrong_is_said_and_ends_nothing(child, case, arguments, words):
    with pytest.raises(OutsideError, match=words):
        child.prepare(case, **arguments)
    assert child.prepare("count").value() == 1


def test_an_end_of_the_other_process_is_no_answer():
    with outside(__name__, Path(sys.executable)) as process:
        process.process.terminate()
        process.process.wait(timeout=30)
        with pytest.raises(OutsideError):
            process.prepare("count")


def test_without_the_environment_there_is_no_process(tmp_path):
    with outside(__name__, tmp_path / "python") as process:
        assert process is None
