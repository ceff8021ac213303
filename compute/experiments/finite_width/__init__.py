"""§3.4, finite width: how far from Gaussian is a network of depth L and width N?"""

from compute.experiment import Experiment
from compute.experiments.finite_width.claims import CLAIMS
from compute.experiments.finite_width.run import Result, run, work
from compute.experiments.finite_width.sampler import SAMPLER
from compute.experiments.finite_width.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="finite_width",
    chapter=3,
    section="3.4",
    title="Finite width",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
