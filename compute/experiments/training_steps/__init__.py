"""Section 1.2, the four steps: what happens between data and predictor?"""

from compute.experiment import Experiment
from compute.experiments.training_steps.claims import CLAIMS
from compute.experiments.training_steps.run import Result, run, work
from compute.experiments.training_steps.sampler import SAMPLER
from compute.experiments.training_steps.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="training_steps",
    chapter=1,
    section="1.2",
    title="The four steps",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
