"""Deliberate faults of section 1.2: a layer's rate, an epoch, a draw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compute.claims import Fault
from compute.claims.faults import of_result, times

_CHECKS = "compute.experiments.training_steps.checks"


def _biased(rates: Any) -> Any:
    """Rates of which the first layer's is 1 % too large."""
    weights = rates.weights.copy()
    weights[:, 0] *= 1.01
    return replace(rates, weights=weights)


RATE = Fault(
    name="rate",
    words="a first layer that learns 1 % faster",
    targets=(f"{_CHECKS}:rates_of",),
    wrap=of_result(_biased),
)
CURVATURE = Fault(
    name="curvature",
    words="steps 2 % longer than they say",
    targets=(f"{_CHECKS}:step_length",),
    wrap=times(1.02),
)
STEEP = Fault(
    name="steep",
    words="steps six times as long as they say",
    targets=(f"{_CHECKS}:step_length",),
    wrap=times(6.0),
)
GRADIENT = Fault(
    name="gradient",
    words="a gradient 0.01 % too large",
    targets=(f"{_CHECKS}:slope_along",),
    wrap=times(1.0001),
)
EPOCH = Fault(
    name="epoch",
    words="batches that leave one datum out",
    targets=(f"{_CHECKS}:batch_order",),
    wrap=of_result(lambda order: order[:-1]),
)
