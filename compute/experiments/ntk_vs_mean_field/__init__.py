"""Section 2.4, NTK against mean field: what does γ change?"""

from compute.experiment import Experiment
from compute.experiments.ntk_vs_mean_field.claims import CLAIMS
from compute.experiments.ntk_vs_mean_field.run import Result, run
from compute.experiments.ntk_vs_mean_field.sampler import SAMPLER
from compute.experiments.ntk_vs_mean_field.setting import Params, work

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="ntk_vs_mean_field",
    chapter=2,
    section="2.4",
    title="NTK against mean field",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
