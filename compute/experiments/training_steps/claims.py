"""Claims of §1.2: gradients, steps, and where they stop to be safe."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.training_steps import faults
from compute.experiments.training_steps.checks import (
    epochs,
    gradient_descends,
    linear_limit,
    no_catapult,
    same_steps,
)
from compute.experiments.training_steps.setting import Params

CLAIMS = (
    Claim(
        key="backpropagation",
        section="1.2",
        statement=r"Backpropagation gives $\nabla L$: along it the loss climbs by $\|\nabla L\|$.",
        route="central differences of the loss itself",
        params=Params(figure="neurons"),
        check=gradient_descends,
        faults=(faults.GRADIENT,),
    ),
    Claim(
        key="rates_are_parameterisations",
        section="1.2",
        statement=(
            r"NTK steps at $\eta$ are standard steps at $\eta/N_{\ell-1}$ for the weights of "
            r"layer $\ell$ and at $\eta$ for its biases."
        ),
        route="the NTK network stepped by its own gradient, function by function",
        params=Params(),
        check=same_steps,
        faults=(faults.RATE,),
    ),
    Claim(
        key="linear_stability",
        section="1.2",
        statement=(
            r"The linearised network's steps shrink up to $\eta = 2(1+\beta)/\lambda_{\max}$, "
            "and grow beyond."
        ),
        route="bisection on iterated heavy-ball steps",
        params=Params(figure="rates", momentum=0.5),
        check=linear_limit,
        faults=(faults.CURVATURE,),
    ),
    Claim(
        key="monotone_below",
        section="1.2",
        statement=r"At $0.45\cdot2/\lambda_{\max}$ the loss is never above its start (tanh).",
        route="200 steps of the network",
        params=Params(),
        check=no_catapult,
        faults=(faults.STEEP,),
    ),
    Claim(
        key="epoch_gradient",
        section="1.2",
        statement="Over one epoch the batch gradients average to the full one.",
        route="gradients of the batches, each by itself",
        params=Params(batch_size=5),
        check=epochs,
        faults=(faults.EPOCH,),
    ),
)
