"""Deliberate faults of section 2.1.1: in the weights that are drawn, in γ, in the gradients."""

from __future__ import annotations

import math
from typing import Any

from compute.claims import Fault
from compute.claims.faults import normals, shared, with_argument

_STREAM = ("compute.experiments.initialisation.sampler:stream",)


def _off(numerical: Any) -> Any:
    """A tangent kernel off by 1e-4."""

    def faulty(*args: Any) -> Any:
        kernel, crossed = numerical(*args)
        return 1.0001 * kernel, crossed

    return faulty


WEIGHTS = Fault(
    name="weights",
    words="3 % more variance in the weights",
    targets=_STREAM,
    wrap=normals(lambda drawn: math.sqrt(1.03) * drawn),
)
SHARED = Fault(
    name="shared",
    words="neurons with a tenth of their weights' variance in common",
    targets=_STREAM,
    wrap=normals(shared(0.1)),
)
ALIKE = Fault(
    name="alike",
    words="neurons with a third of their weights' variance in common",
    targets=_STREAM,
    wrap=normals(shared(1 / 3)),
)
GAMMA = Fault(
    name="gamma",
    words="γ to the power 1.01",
    targets=("compute.experiments.initialisation.sampler:_entries",),
    wrap=with_argument(4, lambda scale: scale**1.01),
)
GRADIENT = Fault(
    name="gradient",
    words="a tangent kernel off by 10⁻⁴",
    targets=("compute.experiments.initialisation.settle:numerical_ntk",),
    wrap=_off,
)
