"""Deliberate faults of section 2.3: in the flow, in the neurons drawn, in the outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import of_result, times, with_argument
from compute.training.mean_field import cloud

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


def _relabelled(change: Callable[[Any], Any]) -> Any:
    """A flow towards other labels that reports the right loss."""

    def wrap(flow: Any) -> Any:
        def faulty(network: Any, x: Any, y: Any, *args: Any, **more: Any) -> Any:
            wrong = change(np.array(y))
            found = flow(network, x, wrong, *args, **more)
            return replace(found, residuals=found.residuals + wrong - y)

        return faulty

    return wrap


def _off_by_a_fifth(y: Any) -> Any:
    y[0] *= 1.2
    return y


def _strangers(distance: Any) -> Any:
    """Neurons that are compared with their neighbours in the wider network."""

    def faulty(small: Any, large: Any) -> Any:
        bias = None if large.bias is None else np.roll(large.bias, 1)
        first, second = np.roll(large.first, 1, axis=0), np.roll(large.second, 1)
        return distance(small, replace(large, first=first, second=second, bias=bias))

    return faulty


def _one_by_one(_distance: Any) -> Any:
    """Clouds that are compared in the order of their neurons, not as sets."""

    def faulty(first: Any, second: Any) -> float:
        return float(np.sqrt(np.mean(np.sum((cloud(first) - cloud(second)) ** 2, axis=1))))

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
    wrap=_relabelled(_off_by_a_fifth),
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

SIGN = Fault(
    name="sign",
    words="a lost sign: labels of the other side",
    targets=(f"{_HERE}.ways:reference_flow",),
    wrap=_relabelled(lambda y: -y),
)
STRANGERS = Fault(
    name="strangers",
    words="neurons compared with others than themselves",
    targets=("compute.training.mean_field:coupled_distance",),
    wrap=_strangers,
)
ORDER = Fault(
    name="order",
    words="clouds compared neuron by neuron, not as sets",
    targets=(f"{_HERE}.sampler:wasserstein",),
    wrap=_one_by_one,
)
