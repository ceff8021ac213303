"""Deliberate faults of §1.1.2."""

from __future__ import annotations

from typing import Any

from compute.claims import Fault
from compute.claims.faults import at_other_params, of_result, times, with_argument

_HERE = "compute.experiments.piecewise_linear"


def _outer(network: Any) -> Any:
    first, bias, second, constant = network
    return first, bias, second * (1 + 1e-9), constant


def _inner(layers: Any) -> Any:
    """The hats' second neuron turns on 1e-3 late."""
    weights, biases = layers
    return weights, [bias * 1.002 if bias.size > 1 else bias for bias in biases]


WEIGHTS = Fault("outer", "10⁻⁹ in the outer weights", (f"{_HERE}.run:realise",), of_result(_outer))
SUBSET = Fault(
    "subset",
    "a first slope taken with the wrong sign",
    (f"{_HERE}.run:neurons_facing_left",),
    with_argument(0, lambda slopes: [-slopes[0], *slopes[1:]]),
)
NEURONS = Fault(
    "neurons",
    "a neuron counted too few",
    (f"{_HERE}.run:Draw.smallest",),
    lambda smallest: property(lambda draw: smallest.fget(draw) - 1),
)
HAT = Fault("hat", "a kink 10⁻³ off its place", (f"{_HERE}.run:hat_network",), of_result(_inner))
HALF = Fault(
    "half",
    "a network with twice the layers",
    (f"{_HERE}.run:hat_network",),
    with_argument(0, lambda depth: 2 * depth),
)
SQUARE = Fault(
    "square", "a kink 10⁻³ off its place", (f"{_HERE}.error:square_network",), of_result(_inner)
)
KNOTS = Fault("knots", "knots 2 % off", (f"{_HERE}.error:uniform_knots",), times(0.98))
GRADING = Fault(
    "grading",
    "knots graded for another power",
    (f"{_HERE}.error:graded_knots",),
    with_argument(1, lambda power: 1.02 * power),
)
SCALE = Fault(
    "scale",
    "10 % more variance in the biases drawn",
    (f"{_HERE}.sampler:SAMPLER.batch",),
    at_other_params(bias_variance=lambda v: 1.1 * v),
)
