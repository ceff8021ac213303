"""§1.3.1, over-parameterisation: why does descent find a global minimum?"""

from compute.experiment import Experiment
from compute.experiments.overparameterisation.claims import CLAIMS
from compute.experiments.overparameterisation.run import Result, run, work
from compute.experiments.overparameterisation.sampler import SAMPLER
from compute.experiments.overparameterisation.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="overparameterisation",
    chapter=1,
    section="1.3.1",
    title="Over-parameterisation",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
