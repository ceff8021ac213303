"""§3.3.3, GP kernels at depth: what survives infinite depth?"""

from compute.experiment import Experiment
from compute.experiments.gp_kernels.claims import CLAIMS
from compute.experiments.gp_kernels.run import Result, run, work
from compute.experiments.gp_kernels.sampler import SAMPLER
from compute.experiments.gp_kernels.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="gp_kernels",
    chapter=3,
    section="3.3.3",
    title="GP kernels at depth",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
