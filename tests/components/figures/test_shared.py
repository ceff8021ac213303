"""What figures of several pages share: labels, panels side by side, frames over training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from components.figures.base import axis, line
from components.figures.labels import at_last, of_part, on_logs, plus_minus, width_axis
from components.figures.playing import frame_trace
from components.figures.side_by_side import headings, on_right, side_by_side
from components.figures.trained import over_time, own_points, tamed, time_axis


def test_labels_stand_where_logarithmic_axes_have_their_points() -> None:
    label = on_logs(100, 1e-3, "here", "theory", -8)
    assert (label["x"], label["y"]) == pytest.approx((2, -3))
    assert (label["xanchor"], label["xshift"]) == ("right", -8)
    ends = np.array([1.0, 100.0]), np.array([7.0, 1e-3])
    assert at_last(*ends, "here", "theory", -8) == label


def test_a_width_axis_names_its_widths() -> None:
    made = width_axis("width", (8, 64), 0.5, 2.0)
    assert made["range"] == pytest.approx(np.log10([4, 128]))
    assert made["ticktext"] == ["8", "64"]


def test_no_error_is_said_where_none_is_known() -> None:
    assert plus_minus(0.5, 0.012) == "0.5 ± 0.012"
    assert plus_minus(0.5, np.nan) == plus_minus(0.5, np.inf) == "0.5"


def test_words_are_those_of_the_part_that_is_there() -> None:
    @dataclass
    class Result:
        first: int | None = None
        second: int | None = None

    said = {"first": lambda p, n: f"{p} {n}", "second": lambda p, n: f"{n} {p}"}
    assert of_part("a", Result(first=0), **said) == "a 0"
    assert of_part("a", Result(second=2), **said) == "2 a"
    assert of_part("a", Result(first=1), "now", first=lambda p, n, more: f"{p}{n}{more}") == "a1now"


def test_two_panels_share_their_axes() -> None:
    curve = line([0, 1], [0, 1], "theory", "curve")
    heads = headings("left", "right")
    made = side_by_side("Two", axis("x"), axis("y"), [curve, *on_right([curve])], annotations=heads)
    layout = made["layout"]
    assert layout["xaxis"]["domain"][1] < layout["xaxis2"]["domain"][0] == heads[1]["x"]
    assert (layout["xaxis2"]["matches"], layout["yaxis2"]["matches"]) == ("x", "y")
    assert "title" not in layout["yaxis2"]
    assert [trace.get("yaxis", "y") for trace in made["data"]] == ["y", "y2"]


def test_frames_over_training_need_two_times() -> None:
    moving = frame_trace("output", "y", np.zeros((2, 3)))
    played = over_time(np.array([0.0, 0.5]), moving)
    assert played is not None
    assert played["names"] == ["0", "0.5"]
    assert over_time(np.array([0.0]), moving) is None


def test_axes_of_training() -> None:
    assert time_axis(np.array([1.0, 10.0]), 10.0)["range"] == pytest.approx([0, 2], abs=0.51)
    low, high = tamed([np.array([-1.0, 2.0]), np.array([500.0])], 4.0)
    assert -1.5 < low < -1 < 4 < high < 4.5
    assert own_points([1 / 3], [2]) == [[0.3333, 2.0]]
