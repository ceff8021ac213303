"""§3, shaped networks and limits that do not commute: depth and width together."""

from compute.experiment import Experiment
from compute.experiments.depth_and_width.claims import CLAIMS
from compute.experiments.depth_and_width.run import Result, run, work
from compute.experiments.depth_and_width.sampler import SAMPLER
from compute.experiments.depth_and_width.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="depth_and_width",
    chapter=3,
    section="3",
    title="Depth and width together",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
