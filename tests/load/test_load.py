"""What the table of a class is made of: moves, shares, windows of time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from compute.experiment import ALWAYS_MS
from compute.experiments import EXPERIMENTS
from compute.params import strict_query
from tests.load.__main__ import asked
from tests.load.crowd import ARRIVAL_S, Asked, Found, read
from tests.load.faults import Fault, judged
from tests.load.parts import growth, share
from tests.load.plan import moves, setting, stops, with_seed
from tests.load.servers import spoiled


def request(
    start: float, seconds: float = 0.1, student: int = 0, status: int = 200, digest: str = "a"
) -> Asked:
    """A request for the one answer that there is."""
    return Asked(student, "GET", "/answer/x/y", start, seconds, status, digest, False)


def test_every_move_is_another_setting_that_every_machine_computes() -> None:
    turns = moves(2 * len(EXPERIMENTS), 30)
    addresses = [address for student in turns for [(_, address, _)] in student]
    assert len(set(addresses)) == len(addresses) == 2 * len(EXPERIMENTS) * 30
    for experiment in EXPERIMENTS:
        assert all(experiment.work(params) <= ALWAYS_MS for params in stops(experiment))


def test_a_slider_moves_stop_by_stop_and_comes_back() -> None:
    experiment, _ = setting(0, 0)
    passed = stops(experiment)
    names = [
        name for name in vars(passed[0]) if getattr(passed[0], name) != getattr(passed[1], name)
    ]
    seen = [getattr(setting(0, move)[1], names[0]) for move in range(2 * len(passed))]
    there = [getattr(params, names[0]) for params in passed]
    assert seen == [*there, *there[-2:0:-1], *there[:2]]


def test_an_address_spells_what_the_student_sees() -> None:
    [[[(_, address, _)]]] = moves(1, 1, 7)
    experiment, params = setting(7, 0)
    words = dict(pair.split("=") for pair in address.partition("?")[2].split("&"))
    assert strict_query(experiment.params, words) == params


def test_a_recorded_link_gets_another_sample_wherever_it_is_said() -> None:
    recorded = [("GET", "/x?seed=444440", None), ("POST", "/y", '{"search":"?seed=444440"}')]
    assert with_seed(recorded, 444440, 5) == [
        ("GET", "/x?seed=5", None),
        ("POST", "/y", '{"search":"?seed=5"}'),
    ]


def test_what_students_noted_is_read_back_but_for_a_half_written_line() -> None:
    noted = [3, "GET", "/answer/x/y", 10.0, 0.5, 200, "a", False]
    [one] = read([json.dumps(noted) + "\n", "[3, "])
    assert (one.student, one.end, one.failed, one.is_answer) == (3, 10.5, False, True)
    assert Asked(*noted[:5], 503, "a", False).failed  # type: ignore[arg-type]
    assert Asked(*noted[:7], True).failed, "an answer that says why there is none"  # type: ignore[arg-type]


def test_answers_a_second_are_counted_from_when_all_have_come() -> None:
    early = [request(t, student=1) for t in (0.0, 1.0)]
    later = [request(ARRIVAL_S + t) for t in (0.0, 1.0, 2.0, 3.0)]
    assert Found((*early, *later), 0.1).rate == pytest.approx(3 / 3)
    assert sorted(Found((*early, *later), 0.1).openings()) == pytest.approx([1.1, 3.1])


@pytest.mark.parametrize(
    ("rate", "wanted", "capacity", "expected"), [(90, 100, 300, 0.9), (40, 100, 50, 0.8)]
)
def test_a_share_is_that_of_what_was_wanted_or_possible(
    rate: float, wanted: float, capacity: float, expected: float
) -> None:
    assert share(rate, wanted, capacity) == expected


def test_growth_leaves_out_the_first_quarter_and_single_peaks() -> None:
    memory = [*range(25), *[100.0] * 10, *[500.0], *[104.0] * 54, *[110.0] * 9, 900.0]
    assert growth(memory) == (100, 110)


def errors(requests: Sequence[Asked], **fault: Any) -> tuple[float | None, str]:
    """What is found of a fault at 10 s, after nothing at 0 s."""
    faults = [(0.0, Fault("nothing", lambda: None)), (10.0, Fault("it", lambda: None, **fault))]
    row = list(judged(requests, faults, {"/answer/x/y": "a"}))[1]
    return row.value, row.rival


def test_only_what_was_in_flight_on_a_killed_worker_may_fail() -> None:
    in_flight, later = request(9.9, 0.2, status=0), request(10.5, status=502)
    assert errors([request(1), in_flight, request(11)]) == (1, "0 wrong, 1 of status none")
    assert errors([in_flight, request(11)], spares=False)[0] == 0
    assert errors([in_flight, later], spares=False) == (
        1,
        "0 wrong, 1 of status 502, 1 of status none; 1 in flight, not counted",
    )


def test_who_is_gone_answers_what_was_asked_before() -> None:
    before, after = request(9.9, 0.2, 1, status=0), request(10.5, student=1, status=0)
    assert errors([before, after, request(11)], gone=1)[0] == 1
    assert errors([after, request(11, status=503)], gone=1)[0] == 1


def test_a_wrong_answer_is_an_error_whenever_it_comes() -> None:
    wrong = request(9.9, 0.2, digest="b")
    assert errors([wrong, request(11)], spares=False) == (
        1,
        "1 wrong; 0 in flight, not counted",
    )


def test_what_is_spoiled_is_no_shorter_entry_of_the_same() -> None:
    assert spoiled(b"abcdefgh") == b"abcdspoiled"


@pytest.mark.parametrize(
    "words",
    [
        ["sofas"],
        ["--students", "0"],
        ["--students", "1e9"],
        ["--seconds", "nan"],
        ["--minutes", "99"],
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        asked(words)
    assert "error: " in capsys.readouterr().err
