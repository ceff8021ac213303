"""The kernel regime, section 2.2: what each tab of the page computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from compute.arrays import read_only
from compute.experiments.ntk_regime.lemma import Lemma, lemma
from compute.experiments.ntk_regime.positivity import Positivity, positivity
from compute.experiments.ntk_regime.setting import (
    Params,
    activation_of,
    evaluation_ms,
    points_of,
    setting_of,
    size_of,
    steps_of,
)
from compute.experiments.ntk_regime.training import (
    MOMENTS,
    Metric,
    Movement,
    Training,
    metric,
    move,
    train,
)
from compute.experiments.one_layer_fields import KINKED


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None. "width" draws its sample only."""

    training: Training | None = None
    movement: Movement | None = None
    eigenvalues: Positivity | None = None
    metric: Metric | None = None
    lemma: Lemma | None = None


def run(params: Params) -> Result:
    """What the tab `params.figure` draws. Cost: see `work`."""
    if params.figure == "width":
        return Result()
    # exp and the cubic may leave the range of a float; the flow then ends and says so
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        return Result(**{params.figure: read_only(_part(params))})


def _part(params: Params) -> Any:
    if params.figure == "lemma":
        return lemma(params.rate)
    if params.figure == "eigenvalues":
        return positivity(
            activation_of(params),
            params.dataset,
            size_of(params),
            points_of(params),
            params.seed,
            params.rate,
        )
    draw = {"training": train, "movement": move, "metric": metric}[params.figure]
    return draw(setting_of(params), params.time)


def work(params: Params) -> float:
    """Estimated milliseconds of `run`, from measured rates."""
    n = size_of(params)
    if params.figure == "eigenvalues":
        slow = 2.0 if params.activation in {"tanh", "shaped_tanh"} else 1.0
        return 10 + 12 * slow + slow * (0.3 * n + 0.008 * n * n)
    if params.figure in {"width", "lemma"}:
        return 16.0
    # of the most steps kinked and wide networks take half; those that must be exact and are narrow,
    # or have data of one's own, nearly all
    many = 1.0 if params.dataset == "points" else min(1.0, 512 / params.width)
    share = 1.3 if params.activation in KINKED else 1 + 0.8 * many
    if params.figure == "movement":
        share = 1.15
    flow = 5 + share * steps_of(params) * evaluation_ms(params)
    if params.figure == "movement":
        # the Hessian at every moment and datum, and what the bounds take of every step
        bends = MOMENTS * n * (0.03 + 4e-5 * params.width)
        return 1.2 * flow + bends + 0.3 * steps_of(params) * (0.03 + 3e-6 * n**3)
    return flow + (0.02 * params.width if params.figure == "training" else 0.0)
