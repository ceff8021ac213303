"""Section 2.2, the kernel regime: when is a network its linearisation?"""

from compute.experiment import Experiment
from compute.experiments.ntk_regime.claims import CLAIMS
from compute.experiments.ntk_regime.run import Result, run, work
from compute.experiments.ntk_regime.sampler import SAMPLER
from compute.experiments.ntk_regime.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="ntk_regime",
    chapter=2,
    section="2.2",
    title="The kernel regime",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
