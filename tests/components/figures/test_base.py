"""What every figure builder uses: typed arrays, styles by role, numbers in words."""

from __future__ import annotations

import base64
import math

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.figures.base import (
    at_end,
    axis,
    beside,
    dots,
    figure,
    heatmap,
    level,
    line,
    measured,
    middles,
    named,
    number,
    reach,
    superscript,
    together,
    widened,
)
from components.figures.packed import typed
from components.figures.playing import frame_trace, frames
from components.theme import LIGHT, LOOKS

ROLES = ("theory", "measurement", "printed", "bound", "faint")


def decoded(data: dict[str, str]) -> np.ndarray:
    """A typed array as plotly.js reads it."""
    return np.frombuffer(base64.b64decode(data["bdata"]), dtype=np.dtype(data["dtype"]))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True)))
def test_typed_arrays_hold_the_numbers_in_single_precision_or_gaps(numbers: list[float]) -> None:
    got = decoded(typed(numbers))
    assert got.dtype == np.float32
    assert got.size == len(numbers)
    for value, kept in zip(numbers, got, strict=True):
        if math.isfinite(value) and abs(value) < 3.4e38:
            assert kept == np.float32(value)
        else:
            assert not math.isinf(kept)


def test_typed_matrices_say_their_shape() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    made = typed(matrix[:, ::-1])
    assert made["shape"] == "2, 3"
    assert decoded(made).tolist() == matrix[:, ::-1].ravel().tolist()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_a_colour_of_every_look(role: str) -> None:
    curve = line([1, 2], [3, 4], role, "name")
    assert curve["line"]["color"] == f"@{role}"
    assert all(role in colours for colours in LOOKS.values())


def test_roles_differ_without_colour_too() -> None:
    dashes = {r: line([0], [0], r, "")["line"]["dash"] for r in ("theory", "printed", "bound")}
    assert dashes == {"theory": "solid", "printed": "dash", "bound": "dot"}
    assert dots([0], [0], "")["mode"] == "markers"


def test_dots_carry_their_standard_errors() -> None:
    assert "error_y" not in dots([1], [2], "name")
    assert decoded(dots([1], [2], "name", error=[0.5])["error_y"]["array"]).tolist() == [0.5]


def test_plotly_accepts_a_figure_of_all_parts() -> None:
    curve, points = line([1, 2], [3, 4], "theory", "a"), dots([1], [2], "b", error=[0.1])
    curve["line"]["color"] = points["marker"]["color"] = LIGHT["theory"]
    points["error_y"]["color"] = LIGHT["theory"]
    label = at_end(10, 100, "text", "bound", log_x=True, log_y=True)
    label["font"]["color"] = LIGHT["bound"]
    made = figure(
        "A sentence with C_W in it",
        axis("x", log=True, range=(1, 1000)),
        axis("y", range=(0, 2)),
        [curve, points],
        annotations=[label],
    )
    drawn = go.Figure(made)
    assert drawn.layout.title.text == "A sentence with C<sub>W</sub> in it"
    assert list(drawn.layout.xaxis.range) == [0, 3]
    assert list(drawn.layout.yaxis.range) == [0, 2]
    assert (drawn.layout.annotations[0].x, drawn.layout.annotations[0].y) == (1, 2)


def test_an_error_that_is_not_known_is_not_shown() -> None:
    hover = "%{y:.4g} ± %{error_y.array:.2g}, sampled"
    one = dots([1, 2], [3, 4], "a", hover, error=[math.nan, math.nan])
    assert "error_y" not in one
    assert one["hovertemplate"] == "%{y:.4g}, sampled<extra>a</extra>"
    more = dots([1, 2], [3, 4], "a", hover, error=[math.nan, 0.1])
    assert hover in more["hovertemplate"]
    assert "error_y" in more


def test_measured_points_say_their_error_and_stay_on_a_logarithmic_axis() -> None:
    made = measured([1, 2], [4.0, 4.0], [1.0, 9.0], "a", "%{y:.4g}")
    assert made["hovertemplate"] == "%{y:.4g} ± %{error_y.array:.2g}<extra>a</extra>"
    assert decoded(made["error_y"]["array"]).tolist() == [1, 9]
    on_log = measured([1, 2], [4.0, 4.0], [1.0, 9.0], "a", "%{y:.4g}", log=True, symbol="diamond")
    assert decoded(on_log["error_y"]["array"]).tolist() == [1, 9], "the number is not cut"
    assert decoded(on_log["error_y"]["arrayminus"]).tolist() == pytest.approx([1, 3.6])
    assert on_log["marker"] == {"color": "@measurement", "size": 8, "symbol": "diamond"}


def test_a_level_joins_the_ends_of_what_it_runs_over() -> None:
    made = level([1.0, 5.0, 3.0], 2.0, "bound", "b")
    assert decoded(made["x"]).tolist() == [1, 3]
    assert decoded(made["y"]).tolist() == [2, 2]
    assert made["line"]["color"] == "@bound"


def test_a_heat_map_is_one_that_plotly_draws() -> None:
    scale = [[0.0, "#000000"], [1.0, "#ffffff"]]
    bar = {"title": {"text": "z"}}
    z = np.array([[1.0, 2.0], [3.0, math.nan]])
    made = heatmap([1, 2], [3, 4], z, "z", "%{z}", scale=scale, ends=(1, 3), bar=bar)
    drawn = go.Heatmap(made)
    assert (drawn.zmin, drawn.zmax) == (1, 3)
    assert drawn.colorbar.title.text == "z"


def test_the_range_of_a_logarithmic_axis_holds_every_positive_number() -> None:
    heights = [np.array([0.0, 2.0, math.nan]), np.array([[8.0, -1.0]])]
    assert reach(heights) == (1, 16)
    assert reach(heights, 1 / 4, 4) == (0.5, 32)
    assert reach([]) == reach([np.zeros(3)]) == (0.5, 2)


def test_marks_and_labels_have_their_places() -> None:
    assert middles(np.array([0.0, 1.0, 4.0])).tolist() == [0.5, 2.5]
    assert beside(8) == {"xanchor": "left", "xshift": 8}
    assert beside(-8) == {"xanchor": "right", "xshift": -8}
    traces = [line([0], [0], "theory", "a"), dots([0], [0], "b")]
    assert [t["showlegend"] for t in named(traces)] == [True, True]
    assert [t["showlegend"] for t in traces] == [False, False]


def test_series_together_keep_their_names() -> None:
    x, y, named = together([([1.0, 2.0], [3.0, 4.0], "first"), ([5.0], [math.nan], "second")])
    np.testing.assert_equal(x, [1, 2, math.nan, 5, math.nan])
    np.testing.assert_equal(y, [3, 4, math.nan, math.nan, math.nan])
    assert named["customdata"] == ["first", "first", "", "second", ""]
    assert len(go.Scatter(x=x, y=y, **named).customdata) == len(x)


def test_log_axes_show_few_powers_of_ten() -> None:
    for decades in range(1, 40):
        made = axis("x", log=True, range=(1, 10.0**decades))
        assert decades / made["dtick"] <= 7
        assert made["dtick"] == int(made["dtick"]) >= 1


@given(st.floats(-12, 12), st.floats(0.01, 12))
def test_a_log_axis_has_at_least_two_numbers_on_it(low: float, decades: float) -> None:
    made = axis("x", log=True, range=(10**low, 10 ** (low + decades)))
    inside = [
        mark
        for mark in made.get("tickvals", [10.0**k for k in range(-12, 25)])
        if 10**low <= mark <= 10 ** (low + decades)
    ]
    assert len(inside) >= 2
    assert len(made.get("ticktext", inside)) == len(made.get("tickvals", inside)) < 40


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.sampled_from([1 / 6, 1 / 4]))
def test_steady_axes_are_wider_by_little(low: float, span: float, share: float) -> None:
    first, last = widened(low, low + span, share)
    loss = 1e-8 * (abs(low) + span)
    assert low - span * share - loss <= first <= low + loss
    assert low + span - loss <= last <= low + span + span * share + loss


def test_steady_axes_stay_while_numbers_move_a_little() -> None:
    ranges = {tuple(axis("x", range=(0, high), steady=True)["range"]) for high in (6.1, 6.2, 6.4)}
    assert ranges == {(0.0, 7.0)}
    logs = {tuple(axis("x", log=True, range=r, steady=True)["range"]) for r in ((2, 8e4), (3, 9e4))}
    assert logs == {(0.0, 5.0)}
    # an axis that ends at round numbers keeps them, and is not widened again
    assert widened(*widened(0.137, 4.71, 1 / 6), 1 / 6) == widened(0.137, 4.71, 1 / 6)
    assert widened(2.0, 2.0, 1 / 6) == (2.0, 2.0)
    # however small the numbers
    assert widened(0.0, 6.1e-15, 1 / 6) == (0.0, 7e-15)


@given(st.lists(st.floats(-1e9, 1e9) | st.just(math.nan), min_size=6, max_size=6))
def test_frames_come_back_within_their_resolution(numbers: list[float]) -> None:
    values = np.array(numbers).reshape(3, 2)
    made = frame_trace(1, "y", values)
    codes = np.frombuffer(base64.b64decode(made["bdata"]), dtype="<i2").reshape(made["shape"])
    assert ((codes == -32768) == np.isnan(values)).all()
    back = (codes.astype(float) + 32500) * made["scale"] + made["offset"]
    kept = np.isfinite(values)
    assert np.abs(back - values)[kept].max(initial=0) <= 0.51 * made["scale"] + 1e-6
    assert codes[kept].max(initial=0) <= 32500


def test_frames_are_named() -> None:
    made = frames("layer", ["1", "2"], frame_trace(0, "y", np.zeros((2, 3))))
    assert (made["label"], made["names"], len(made["traces"])) == ("layer", ["1", "2"], 1)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (0.0042, 3, "0.0042"),
        (-0.0042, 3, "−0.0042"),
        (12.345, 3, "12.3"),
        (12345.6, 3, "12346"),
        (99999.9, 3, "100000"),
        (123456.0, 3, "1.23 × 10⁵"),
        (-4.2e-9, 3, "−4.20 × 10⁻⁹"),
        (1e300, 2, "1.0 × 10³⁰⁰"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (math.nan, 3, "not a finite number"),
    ],
)
def test_numbers_in_words(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


@given(st.floats(-1e300, 1e300), st.integers(2, 8))
def test_numbers_in_words_read_back(value: float, digits: int) -> None:
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    text = number(value, digits).translate(plain).replace(" × 10", "e")
    assert float(text) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits), abs=1e-320)


def test_superscripts() -> None:
    assert superscript(-120) == "⁻¹²⁰"
