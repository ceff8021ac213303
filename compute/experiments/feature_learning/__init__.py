"""§1.3.3, feature learning: does the network learn its basis?"""

from compute.experiment import Experiment
from compute.experiments.feature_learning.claims import CLAIMS
from compute.experiments.feature_learning.run import Result, run, work
from compute.experiments.feature_learning.sampler import SAMPLER
from compute.experiments.feature_learning.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="feature_learning",
    chapter=1,
    section="1.3.3",
    title="Feature learning",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
