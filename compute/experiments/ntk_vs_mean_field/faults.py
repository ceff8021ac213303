"""Deliberate faults of section 2.4: in the power of the width, in velocities, in a factor."""

from __future__ import annotations

from typing import Any

from compute.claims import Fault
from compute.claims.faults import times, with_argument

_HERE = "compute.experiments.ntk_vs_mean_field"


def _steeper(flow: Any) -> Any:
    """The prefactor N_1 to the power −0.7, not −½, while η stays."""

    def faulty(network: Any, *args: Any, gamma: float, **more: Any) -> Any:
        return flow(network, *args, gamma=gamma * network.width**0.2, **more)

    return faulty


PREFACTOR = Fault(
    name="prefactor",
    words="the prefactor $N_1^{-0.7}$ in place of $N_1^{-1/2}$",
    targets=(f"{_HERE}.sweep:gradient_flow", f"{_HERE}.sweep:output_split"),
    wrap=_steeper,
)
EXPONENT = Fault(
    name="exponent",
    words=r"$\gamma=N_1^{a+0.2}$ in place of $N_1^a$",
    targets=(f"{_HERE}.sampler:measure",),
    wrap=with_argument(2, lambda a: a + 0.2),
)
LAZY = Fault(
    name="lazy",
    words=r"$\gamma=N_1^{a-0.2}$ in place of $N_1^a$",
    targets=(f"{_HERE}.sampler:measure",),
    wrap=with_argument(2, lambda a: a - 0.2),
)
VELOCITY = Fault(
    name="velocity",
    words="velocities off by 1 %",
    targets=(f"{_HERE}.neurons:measured_velocity",),
    wrap=times(1.01),
)
FORMULA = Fault(
    name="formula",
    words="a right-hand side off by 1 %",
    targets=(f"{_HERE}.neurons:velocity_formula",),
    wrap=times(1.01),
)
