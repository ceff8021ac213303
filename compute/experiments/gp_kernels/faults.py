"""Deliberate faults of §3.3.3: in the networks that are drawn, and in the recursion (3.3.1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import at_other_params, with_argument

_HERE = "compute.experiments.gp_kernels"
_RECURSIONS = (f"{_HERE}.run:correlation_gap", f"{_HERE}.shaped:correlation_gap")


def _off(kernel: Any) -> Any:
    """C_W 1e-4 too large in every layer."""

    def faulty(*args: Any, weight_variance: float, **more: Any) -> Any:
        return kernel(*args, weight_variance=1.0001 * weight_variance, **more)

    return faulty


def _stretched(kernel: Any) -> Any:
    """1 − C too large by 1e-4 of itself in every layer."""

    def faulty(*args: Any, **more: Any) -> Any:
        log_variance, gap = kernel(*args, **more)
        return log_variance, gap * 1.0001 ** np.arange(gap.size)

    return faulty


WEIGHTS = Fault(
    name="weights",
    words="3 % more variance in the weights drawn",
    targets=(f"{_HERE}.sampler:SAMPLER.batch",),
    wrap=at_other_params(weight_variance=lambda v: 1.03 * v),
)
KERNEL = Fault(
    name="kernel",
    words="a variance off by 10⁻⁴ in every layer",
    targets=_RECURSIONS,
    wrap=_off,
)
GAP = Fault(
    name="gap",
    words="a correlation whose distance from 1 is off by 10⁻⁴ in every layer",
    targets=_RECURSIONS,
    wrap=_stretched,
)
PSI = Fault(
    name="psi",
    words="0.1 % in ψ",
    targets=(f"{_HERE}.shaped:_cubic",),
    wrap=with_argument(0, lambda psi: 1.001 * psi),
)


def _bent(get: Any) -> Any:
    """ReLU falls a little where it should be flat."""

    def faulty(name: str, **options: float) -> Any:
        given = {"slope_neg": 1e-3, "slope_pos": 1.0} if name == "relu" else options
        return get("leaky_relu" if name == "relu" else name, **given)

    return faulty


RELU = Fault(
    name="relu",
    words="a slope of 10⁻³ where ReLU is flat",
    targets=(f"{_HERE}.published:get_activation",),
    wrap=_bent,
)
BLOCK = Fault(
    name="block",
    words="one of 33 blocks forgotten",
    targets=(f"{_HERE}.published:BLOCKS",),
    wrap=lambda blocks: (*blocks[:-1], blocks[-1] - 1),
)
