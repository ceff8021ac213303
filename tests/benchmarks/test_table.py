"""The table's arithmetic: ratios, goals, and what is counted at its end."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.table import Row, Table, at_least, at_most, faster
from tests.benchmarks.timing import Times, by_turns, short


def test_a_ratio_is_the_rivals_median_over_ours():
    row = faster("work", Times((1.0, 2.0, 9.0)), Times((8.0, 5.0, 40.0)), "rival", 4)
    assert row.value == 4.0
    assert not row.falls_short
    assert row.verdict == "4× (goal ≥ 4×)"
    assert faster("work", Times((2.0,)), Times((6.0,)), "rival", 4).verdict.endswith("SHORT")


@pytest.mark.parametrize(
    ("goal", "kept", "missed"),
    [(at_least(3), 3.0, 2.99), (at_most(0.5), 0.5, 0.51), (at_most(2, " MB"), 1.9, 2.1)],
)
def test_a_goal_is_a_bound_on_one_side(goal, kept, missed):
    assert not Row("work", "", value=kept, goal=goal).falls_short
    assert Row("work", "", value=missed, goal=goal).falls_short


def test_what_is_not_a_number_keeps_no_goal():
    assert Row("work", "", value=math.nan, goal=at_least(1)).falls_short
    assert Row("work", "", value=math.nan, goal=at_most(1)).falls_short


def test_rows_are_counted_once_measured_and_judged(capsys):
    table = Table()
    table.group(
        "group",
        [
            Row("fast", "1 ms", "9 ms, rival", 9.0, at_least(4)),
            Row("  slow", "1 ms", "2 ms, rival", 2.0, at_least(4)),
            Row("large", "3 MB", value=3.0, goal=at_most(2, " MB")),
            Row("alone", "1 ms", "rival: not there", goal=at_least(4)),
            Row("for information", "1 ms", "2 ms, rival", 2.0),
        ],
    )
    assert (table.judged, len(table.short), len(table.open)) == (3, 2, 1)
    capsys.readouterr()
    table.foot()
    assert capsys.readouterr().out.strip().splitlines() == [
        "2 of 3 rows short of their goal, 1 not measured",
        "  slow: 2× (goal ≥ 4×) SHORT",
        "  large: 3 MB (goal ≤ 2 MB) SHORT",
        "  alone: not measured, rival: not there",
    ]


def test_both_take_turns_and_the_first_of_each_does_not_count():
    calls: list[str] = []

    def call(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    ours, rival = by_turns(lambda: call("A"), lambda: call("B"), 3)
    assert "".join(calls) == "ABABABAB"
    assert ours.runs == (3.0, 5.0, 7.0)
    assert rival.runs == (4.0, 6.0, 8.0)
    assert rival.per(2).median == 3.0


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1234"), (12.345, "12.3"), (0.5, "0.5")])
def test_numbers_have_three_digits_at_most(value, text):
    assert short(value) == text
