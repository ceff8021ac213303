"""§1.1.2, piecewise-linear functions: which of them can a one-layer ReLU network draw?"""

from compute.experiment import Experiment
from compute.experiments.piecewise_linear.claims import CLAIMS
from compute.experiments.piecewise_linear.run import Result, run, work
from compute.experiments.piecewise_linear.sampler import SAMPLER
from compute.experiments.piecewise_linear.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="piecewise_linear",
    chapter=1,
    section="1.1.2",
    title="Piecewise-linear functions",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
