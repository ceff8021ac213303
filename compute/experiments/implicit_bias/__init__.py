"""§1.3.2, implicit bias: which of infinitely many interpolants does descent choose?"""

from compute.experiment import Experiment
from compute.experiments.implicit_bias.claims import CLAIMS
from compute.experiments.implicit_bias.run import Result, run, work
from compute.experiments.implicit_bias.sampler import SAMPLER
from compute.experiments.implicit_bias.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="implicit_bias",
    chapter=1,
    section="1.3.2",
    title="Implicit bias",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
