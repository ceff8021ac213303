"""Section 2.1.1, one layer at initialisation: what is random, and what stops being random?"""

from compute.experiment import Experiment
from compute.experiments.initialisation.claims import CLAIMS
from compute.experiments.initialisation.run import Result, run, work
from compute.experiments.initialisation.sampler import SAMPLER
from compute.experiments.initialisation.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="initialisation",
    chapter=2,
    section="2.1.1",
    title="One layer at initialisation",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
