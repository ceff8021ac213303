"""Deliberate faults of page 2.5: in the vectors, the step, the scale γ and the flow."""

from __future__ import annotations

from compute.claims import Fault
from compute.claims.faults import of_result, with_argument

_HERE = "compute.experiments.leaving_the_kernel_regime"
_VECTORS = (f"{_HERE}.run:vector_path",)

STEP = Fault("step", "a step 1 % too large", _VECTORS, with_argument(2, lambda eta: 1.01 * eta))
PREFACTOR = Fault(
    "prefactor",
    "the prefactor $n^{-0.6}$ in place of $n^{-1/2}$",
    _VECTORS,
    with_argument(4, lambda scale: scale**1.2),
)
CURVATURE = Fault(
    "curvature",
    "a curvature 6 % too large",
    _VECTORS,
    of_result(lambda path: path * [1.0, 1.06]),
)
SHARPNESS = Fault(
    "sharpness",
    "steps of 0.55 times their size",
    (f"{_HERE}.sampler:descend",),
    lambda f: (
        lambda *args, sharpness, **more: f(*args, sharpness=[0.55 * k for k in sharpness], **more)
    ),
)
LARGER = Fault(
    name="larger",
    words="steps of three times their size",
    targets=(f"{_HERE}.sampler:descend",),
    wrap=lambda f: (
        lambda *args, sharpness, **more: f(*args, sharpness=[3 * k for k in sharpness], **more)
    ),
)
OUTER = Fault(
    "outer",
    "an outer layer 5 % too slow",
    (f"{_HERE}.run:reduced_flow",),
    with_argument(0, lambda epsilon: 1.05 * epsilon),
)
INNER = Fault(
    "inner",
    "an outer layer whose time is √ε, not ε",
    (f"{_HERE}.run:reduced_flow",),
    with_argument(0, lambda epsilon: epsilon**0.5),
)
EXCHANGED = Fault(
    "exchanged",
    "layers with each other's speed",
    (f"{_HERE}.run:reduced_flow",),
    with_argument(0, lambda epsilon: 1 / epsilon),
)
