"""What page 1.4 says, at settings where the usual words would be wrong."""

from __future__ import annotations

import pytest

from components.figures.implicit_bias import beyond, plane, risk, words
from compute.experiments.implicit_bias import Params, run
from compute.experiments.implicit_bias.sampler import SAMPLER
from compute.params import Points
from compute.sampling import collect


def test_a_ridge_is_said() -> None:
    params = Params(ridge=0.5)
    part = run(params).plane
    assert "ridge" in plane.parameters(params, part, None)["layout"]["title"]["text"]
    assert "shrunk" in plane.parts(params, part, None)["layout"]["title"]["text"]


def test_divergence_is_said_and_the_path_ends() -> None:
    params = Params(rate=1.1, steps=400)
    result = run(params)
    assert "diverges" in words.warning(params, result, None, None)
    assert len(result.plane.path) < 401


@pytest.mark.parametrize("points", [(), ((0.5, 1.0), (0.5, 0.0))])
def test_too_few_points_are_replaced_and_that_is_said(points: Points) -> None:
    params, usual = Params(figure="line", points=points), Params(figure="line")
    result = run(params)
    assert result.line is not None
    assert len(result.line.x) == len(run(usual).line.x) == 6
    assert "six stand in" in words.warning(params, result, None, None)
    assert not words.warning(usual, result, None, None)


@pytest.mark.parametrize(("data", "said"), [("mirrored", "symmetric"), ("triangle", "Forty")])
def test_the_direction_is_called_what_it_is(data: str, said: str) -> None:
    params = Params(figure="margin", data=data)
    title = beyond.direction(params, run(params).margin, None)["layout"]["title"]["text"]
    assert said in title


def test_frames_follow_the_step() -> None:
    params = Params()
    text = words.sentence(params, run(params), None, 0)
    assert text.startswith("After 0 steps")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ""),
        ({"noise": 0.0, "features": 10}, "never become too many"),
        ({"noise": 0.0, "features": 20}, "nothing to magnify"),
        ({"noise": 0.0, "decay": 4.0}, "No peak at P = |D|"),
        ({"noise": 0.01, "decay": 4.0}, "A low peak at P = |D|"),
    ],
)
def test_no_peak_is_said_and_why(more: dict[str, float], said: str) -> None:
    params = Params(figure="descent", problems=200, **more)
    result, sample = run(params), collect(SAMPLER, params, 2)
    text = words.warning(params, result, sample, None)
    assert said in text
    assert bool(text) == bool(said)
    title = risk.double_descent(params, result.descent, sample)["layout"]["title"]["text"]
    assert ("infinite" in title) != (params.features < 19)


def test_both_functions_through_the_data_are_in_one_legend() -> None:
    params = Params(figure="fit")
    part = run(params).fit
    assert part is not None
    drawn = risk.overfitting(params, part, None)
    named = [trace["name"] for trace in drawn["data"] if trace["showlegend"]]
    assert named == ["truth", "ridge on the strong frequencies", "through the data", "data"]
    assert len(drawn["data"]) == 2 * len(named)
