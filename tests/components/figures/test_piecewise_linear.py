"""What page 1.1 says of what it draws, and the Python that is taken away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from components.figures.piecewise_linear import draw, rates, words
from compute.experiments.piecewise_linear import Params, run


def said(**changes: Any) -> str:
    """The sentence above the figure."""
    params = Params(**changes)
    return words.sentence(params, run(params), None, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "smallest N₁ = 5: the jumps at knots 3, 4 add up to −s₀ = −1.5"),
        ({"knots": ((-1.0, 0.0), (0.0, 0.0), (1.0, 1.0))}, "the neurons face right"),
        ({"knots": ((-1.0, -1.0), (1.0, 1.0))}, "0 breakpoints, smallest N₁ = 2"),
        ({"knots": ()}, "a constant is the output bias alone"),
        (
            {"knots": ((-1.5, -1.5), (-0.5, -0.5), (0.0, 0.5), (0.5, 2.0))},
            "smallest N₁ = 3: none of 2² sums of jumps is −s₀ = −1",
        ),
        ({"figure": "hats", "depth": 10}, "20 neurons in 10 layers draw 1024 pieces"),
        ({"figure": "random", "width": 1}, "This network of 1 neuron has"),
        ({"figure": "error"}, "With 8 pieces the error is 0.0156 for evenly"),
    ],
)
def test_sentences(changes: dict[str, Any], words: str) -> None:
    assert words in said(**changes)


@pytest.mark.parametrize("knots", [Params().knots, (), ((-1.0, -1.0), (1.0, 1.0))])
def test_the_python_taken_away_is_the_function(knots: Any) -> None:
    part = run(Params(knots=knots)).draw
    assert part is not None
    found: dict[str, Any] = {}
    exec(draw.source(part), found)
    np.testing.assert_allclose(found["network"](part.x), part.line, atol=1e-12)
    assert np.shape(found["network"](0.5)) == ()
    assert len(draw.draw_extra(Params(), part)["network"]["rows"]) == part.smallest


def test_the_printed_hat_is_drawn_where_it_is_seen() -> None:
    for depth, there in ((1, True), (2, False)):
        params = Params(figure="hats", depth=depth)
        names = [t["name"] for t in rates.hat(params, run(params).hats, None)["data"]]
        assert ("1 − 2x as printed" in names) == there


def test_shared_places_are_said() -> None:
    params = Params(knots=((0.0, 1.0), (0.0, -1.0)))
    assert "share" not in words.warning(Params(), run(Params()), None, None)
    assert "have one x" in words.warning(params, run(params), None, None)
