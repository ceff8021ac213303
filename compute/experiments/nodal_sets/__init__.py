"""§4.1, nodal sets and partitions: what do a network's folds look like?"""

from compute.experiment import Experiment
from compute.experiments.nodal_sets.claims import CLAIMS
from compute.experiments.nodal_sets.run import Result, run, work
from compute.experiments.nodal_sets.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="nodal_sets",
    chapter=4,
    section="4.1",
    title="Nodal sets and partitions",
    params=Params,
    run=run,
    work=work,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
