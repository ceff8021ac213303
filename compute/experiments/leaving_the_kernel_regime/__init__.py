"""Page 2.5, leaving the kernel regime: large steps, layers at different speeds, the scale γ."""

from compute.experiment import Experiment
from compute.experiments.leaving_the_kernel_regime.claims import CLAIMS
from compute.experiments.leaving_the_kernel_regime.run import Result, run, work
from compute.experiments.leaving_the_kernel_regime.sampler import SAMPLER
from compute.experiments.leaving_the_kernel_regime.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="leaving_the_kernel_regime",
    chapter=2,
    section="2",
    title="Leaving the kernel regime",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
