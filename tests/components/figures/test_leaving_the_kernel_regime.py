"""What page 2.5 says, at settings where the usual words would be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from components.figures.leaving_the_kernel_regime import catapult, networks, scales, words
from compute.experiments.leaving_the_kernel_regime import Params, run


def said(drawing: Any, **changes: Any) -> str:
    """The title of a figure, the sentence and the notice above it."""
    params = Params(**changes)
    result = run(params)
    drawn = drawing(params, getattr(result, params.figure), None)
    told = words.sentence(params, result, None, None), words.notice(params, result, None, None)
    return " | ".join((drawn["layout"]["title"]["text"], *told))


@pytest.mark.parametrize(
    ("drawing", "changes", "wanted"),
    [
        (catapult.loss, {}, "Catapult: the loss goes up"),
        (catapult.loss, {"kappa": 1.0}, "Gradual"),
        (catapult.loss, {"kappa": 4.3}, "Divergence"),
        (catapult.loss, {"kappa": 3.6}, "chaotic"),
        (catapult.loss, {"start": 0.0}, "never moves"),
        (catapult.ends, {"figure": "final"}, "lands below 2"),
        (scales.learned, {"figure": "scales"}, "constant, then linear, then quadratic"),
        (scales.learned, {"figure": "scales", "epsilon": 100.0}, "linear, then quadratic, then c"),
        (networks.path, {"figure": "networks", "kappa": 6.0, "activation": "tanh"}, "diverges"),
    ],
)
def test_a_setting_is_called_what_it_is(drawing: Any, changes: dict[str, Any], wanted: str) -> None:
    assert wanted in said(drawing, **changes)
