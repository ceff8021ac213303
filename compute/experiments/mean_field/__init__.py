"""§2.3, the mean-field regime: what does the cloud of neurons do?"""

from compute.experiment import Experiment
from compute.experiments.mean_field.claims import CLAIMS
from compute.experiments.mean_field.run import Result, run, work
from compute.experiments.mean_field.sampler import SAMPLER
from compute.experiments.mean_field.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="mean_field",
    chapter=2,
    section="2.3",
    title="The mean-field regime",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
