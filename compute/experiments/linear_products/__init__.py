"""Section 3.2, products of random matrices: why is depth over width the effective depth?"""

from compute.experiment import Experiment
from compute.experiments.linear_products.claims import CLAIMS
from compute.experiments.linear_products.run import Result, run, work
from compute.experiments.linear_products.sampler import SAMPLER
from compute.experiments.linear_products.setting import Params

EXPERIMENT: Experiment[Params, Result] = Experiment(
    key="linear_products",
    chapter=3,
    section="3.2",
    title="Products of random matrices",
    params=Params,
    run=run,
    work=work,
    sampler=SAMPLER,
    claims=CLAIMS,
)

__all__ = ["EXPERIMENT", "Params", "Result", "run"]
