"""Gradients and kernels at depth: what does depth do to the first step?"""

from compute.experiment import Experiment
from compute.experiments.gradients.claims import CLAIMS
from compute.experiments.gradients.run import Result, run, work
from compute.experiments.gradients.sampler import SAMPLER
from compute.experiments.gradients.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="gradients",
    chapter=3,
    section="3",
    title="Gradients and kernels at depth",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
