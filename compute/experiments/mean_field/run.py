"""Page 2.3's run: what the tab in front needs, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute.experiment import BUDGET_MS
from compute.experiments.mean_field.flows import Cloud, cloud_in_time, cloud_ms
from compute.experiments.mean_field.sampler import (
    LONGEST_BATCH_MS,
    Approximation,
    Theory,
    approximation,
    repetition_ms,
    theory,
)
from compute.experiments.mean_field.setting import Params
from compute.experiments.mean_field.ways import Ways, both_ways, ways_ms


@dataclass(frozen=True)
class Result:
    """The part of the tab in front; the others are None."""

    cloud: Cloud | None = None
    ways: Ways | None = None
    theory: Theory | None = None
    approximation: Approximation | None = None


def run(params: Params) -> Result:
    """One network trained, trained twice, or what is known before networks are sampled."""
    # exp and the cubic may leave the range of a float; the step that does is not taken
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        if params.figure == "cloud":
            return Result(cloud=cloud_in_time(params))
        if params.figure == "ways":
            return Result(ways=both_ways(params))
        if params.figure == "chaos":
            return Result(theory=theory(params))
        return Result(approximation=approximation(params))


def work(params: Params) -> float:
    """Estimated milliseconds of `run`; on the chaos tab what allows only batches of 150 ms."""
    if params.figure == "cloud":
        return cloud_ms(params)
    if params.figure == "ways":
        return ways_ms(params)
    if params.figure == "chaos":
        return repetition_ms(params) * BUDGET_MS / LONGEST_BATCH_MS
    sigma = 25.0 if params.activation in {"sin", "gelu", "erf"} else 8.0
    return 12 + 97e-5 * params.width * sigma
