"""What page 1.3 says, at settings where the usual words would be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from components.figures.overparameterisation import linear, rank, words
from compute.experiments.overparameterisation import Params, run


@pytest.mark.parametrize(
    ("drawing", "changes", "said"),
    [
        (rank.rank_against_parameters, {}, "stops growing at P = |D|"),
        (rank.rank_against_parameters, {"activation": "relu"}, "patterns of its neurons"),
        (rank.rank_against_parameters, {"activation": "linear"}, "has few ranks"),
        (rank.where_parameters_go, {"figure": "patterns"}, "to the scales of the neurons"),
        (linear.modes, {"figure": "linear", "layers": 1}, "the modes start together"),
        (linear.loss, {"figure": "linear"}, "The loss falls"),
    ],
)
def test_titles_and_sentences(drawing: Any, changes: dict[str, Any], said: str) -> None:
    params = Params(**changes)
    result = run(params)
    drawn = drawing(params, getattr(result, params.figure), None)
    assert (
        said in f"{drawn['layout']['title']['text']} | {words.sentence(params, result, None, None)}"
    )


def test_a_rank_that_doubles_cannot_see_is_said() -> None:
    params = Params(input_dim=1, width=20)
    assert "double precision" in words.warning(params, run(params), None, None)
    assert words.warning(Params(), run(Params()), None, None) == ""
