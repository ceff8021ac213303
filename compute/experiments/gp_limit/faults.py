"""Deliberate faults of §3.3: in the networks that are drawn, and in the exact laws."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from compute.claims import Fault
from compute.claims.faults import drawn_at, of_result, times, with_argument

_HERE = "compute.experiments.gp_limit"
_RATES = "compute.gaussian_limit"
_BATCH = f"{_HERE}.sampler:SAMPLER.batch"


def _slower(power: float) -> Any:
    """A number that falls with the width by N^power less than it should."""
    return lambda f: lambda widths, *a, **more: f(widths, *a, **more) * widths[0] ** power


HEAVY = Fault(
    name="heavy",
    words="10 % more variance in the weights drawn",
    targets=("compute.networks:weight_layers",),
    wrap=with_argument("weight_variance", lambda v: 1.1 * v),
)
LAYER = drawn_at(_BATCH, "layer", "one hidden layer too many", depth=lambda n: n + 1)
NEURON = drawn_at(_BATCH, "neuron", "one neuron too many in every layer", width=lambda n: n + 1)
LAST = Fault(
    name="last",
    words="10 % too much in every output",
    targets=(f"{_HERE}.sampler:_drawn",),
    wrap=of_result(lambda drawn: (drawn[0], 1.1 * drawn[1])),
)
EVEN = drawn_at(_BATCH, "even", "ReLU in place of an odd σ", activation=lambda _odd: "relu")
LOUD = Fault(
    name="loud",
    words="30 % more variance in the weights drawn",
    targets=("compute.networks:weight_layers",),
    wrap=with_argument("weight_variance", lambda v: 1.3 * v),
)
DISTANCE = Fault(
    name="distance",
    words="a distance that falls more slowly by N to the power 0.1",
    targets=(f"{_RATES}.rates:distance_to_normal",),
    wrap=_slower(0.1),
)
RELU_ONLY = Fault(
    name="one_family",
    words="3 % too much in the distance of one family",
    targets=(f"{_HERE}.checks:distance_to_normal",),
    wrap=times(1.03),
)
MOMENT = Fault(
    name="moment",
    words="a moment that falls more slowly by N to the power 0.2",
    targets=(f"{_RATES}.moments:centred_kernel_moment",),
    wrap=_slower(0.2),
)
SQUARED = Fault(
    name="squared",
    words="squares in place of distances",
    targets=(f"{_HERE}.sampler:normal_distance",),
    wrap=lambda f: lambda scale, metric: f(scale, metric) ** 2,
)
CUBE = Fault(
    name="cube",
    words="a cube in place of σ",
    targets=(f"{_HERE}.checks:activation_of",),
    wrap=lambda _f: lambda _params: SimpleNamespace(phi=lambda z: z**3),
)
