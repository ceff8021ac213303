"""§3.3, the Gaussian-process limit: when are outputs Gaussian, and how soon?"""

from compute.experiment import Experiment
from compute.experiments.gp_limit.claims import CLAIMS
from compute.experiments.gp_limit.run import Result, run, work
from compute.experiments.gp_limit.sampler import SAMPLER
from compute.experiments.gp_limit.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="gp_limit",
    chapter=3,
    section="3.3",
    title="The Gaussian-process limit",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
