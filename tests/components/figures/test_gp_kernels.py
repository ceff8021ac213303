"""What page 3.3 says, at settings where the usual words would be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from components.figures.gp_kernels import depth, plane, words
from compute.experiments.gp_kernels import Params, run


def said(drawing: Any, **changes: Any) -> str:
    """The title of a figure and the sentence above it."""
    params = Params(**changes)
    result = run(params)
    drawn = drawing(params, getattr(result, params.figure), None)
    return f"{drawn['layout']['title']['text']} | {words.sentence(params, result, None, None)}"


@pytest.mark.parametrize(
    ("changes", "words", "wrong"),
    [
        ({"activation": "tanh", "weight_variance": 0.5}, "correlation goes from", "exponentially"),
        ({"activation": "cubic", "correlation": 0.3}, "a fixed correlation", "survives"),
        ({"activation": "tanh", "weight_variance": 1.0, "bias_variance": 0.3}, "exponentially", ""),
        ({"activation": "exp", "weight_variance": 0.3}, "correlation goes from", "survives"),
        ({"correlation": 1.0}, "from 1 to 1,", "1/ℓ²"),
        ({}, "1/ℓ²", "survives"),
    ],
)
def test_the_gap_is_called_what_it_is(changes: dict[str, Any], words: str, wrong: str) -> None:
    text = said(depth.gap_against_depth, **changes)
    assert words in text
    assert not wrong or wrong not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weight_variance": 1.0}, "as steep as the diagonal: slope 1 "),
        ({"activation": "linear", "weight_variance": 3.0}, "as steep as the diagonal: slope 1 "),
        ({"activation": "tanh", "weight_variance": 1.0}, "steeper than the diagonal: slope 1."),
        ({"activation": "tanh", "bias_variance": 0.3, "weight_variance": 1.0}, "slope χ = 0."),
    ],
)
def test_the_map_is_as_steep_as_it_is_drawn(changes: dict[str, Any], words: str) -> None:
    assert words in said(depth.cobweb, figure="map", **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weight_variance": 1.0}, "falls by a factor e every 1.44 layers; χ = 0.5 says nothing"),
        ({"activation": "linear", "weight_variance": 3.0}, "grows without bound"),
        ({"activation": "tanh", "weight_variance": 4.0}, "chaotic, χ = "),
        ({"activation": "tanh", "weight_variance": 1.0}, "critical, χ = 1, a signal reaches any"),
        ({"weight_variance": 1.0, "bias_variance": 0.5}, "ordered, χ = 0.5, a signal reaches"),
    ],
)
def test_the_plane_says_what_is_measured_by_chi(changes: dict[str, Any], words: str) -> None:
    assert words in said(plane.phase_plane, figure="plane", **changes)


def test_unbounded_variance_is_not_painted_as_chaos() -> None:
    params = Params(figure="plane")
    notes = plane.phase_plane(params, run(params).plane, None)["layout"]["annotations"]
    assert [note["text"] for note in notes] == ["K grows without bound"]
    params = Params(figure="plane", activation="tanh")
    assert not plane.phase_plane(params, run(params).plane, None)["layout"]["annotations"]
