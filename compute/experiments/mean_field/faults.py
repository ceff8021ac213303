"""Deliberate faults of section 2.3: in the flow, in the neurons drawn, in the outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import of_result, times, with_argument

_HERE = "compute.experiments.mean_field"


def _tilted(network: Any) -> Any:
    """A bias of 1e-4 that nobody asked for."""
    if network.bias is not None:
        return replace(network, bias=network.bias + 1e-4)
    return replace(network, bias=np.full(network.width, 1e-4))


def _flat(network: Any) -> Any:
    """The last weight of every neuron forgotten."""
    first = np.array(network.first)
    first[:, -1] = 0.0
    return replace(network, first=first)


def _mislabelled(flow: Any) -> Any:
    """A flow towards other labels, the first one off by a fifth, that reports the right loss."""

    def faulty(network: Any, x: Any, y: Any, *args: Any, **more: Any) -> Any:
        wrong = np.array(y)
        wrong[0] *= 1.2
        found = flow(network, x, wrong, *args, **more)
        return replace(found, residuals=found.residuals + wrong - y)

    return faulty


FAST = Fault(
    name="fast",
    words="parameters that move 1 % too fast",
    targets=(f"{_HERE}.ways:reference_flow",),
    wrap=with_argument("eta", lambda eta: 1.01 * eta),
)
LABEL = Fault(
    name="label",
    words="a label off by a fifth",
    targets=(f"{_HERE}.ways:reference_flow",),
    wrap=_mislabelled,
)
OUTPUT = Fault(
    name="output",
    words="outputs 1 % too large",
    targets=(f"{_HERE}.ways:forward",),
    wrap=times(1.01),
)
BIAS = Fault(
    name="bias",
    words="a bias of 10⁻⁴",
    targets=(f"{_HERE}.flows:start",),
    wrap=of_result(_tilted),
)
GAMMA = Fault(
    name="gamma",
    words=r"$\gamma=N_1^{0.3}$ in place of $N_1^{1/2}$",
    targets=("compute.training.mean_field:gradient_flow",),
    wrap=with_argument("gamma", lambda gamma: gamma**0.6),
)
FLAT = Fault(
    name="flat",
    words="a forgotten weight of every neuron",
    targets=(f"{_HERE}.sampler:drawn",),
    wrap=of_result(_flat),
)
FEWER = Fault(
    name="fewer",
    words=r"$N_1^{0.9}$ neurons drawn in place of $N_1$",
    targets=(f"{_HERE}.sampler:sample_approximation_error",),
    wrap=with_argument(1, lambda width: round(width**0.9)),
)
