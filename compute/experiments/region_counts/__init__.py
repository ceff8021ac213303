"""Section 4.2, how many regions: does depth make more of them?"""

from compute.experiment import Experiment
from compute.experiments.region_counts.claims import CLAIMS
from compute.experiments.region_counts.run import Result, run, work
from compute.experiments.region_counts.sampler import SAMPLER
from compute.experiments.region_counts.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="region_counts",
    chapter=4,
    section="4.2",
    title="How many regions?",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
