"""Deliberate faults in the networks that are drawn, and in one equation of the limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compute.claims import Fault
from compute.claims.faults import drawn_at, with_argument

_HERE = "compute.experiments.depth_and_width"
_BATCH = f"{_HERE}.sampler:SAMPLER.batch"


def _biased(draw: Any) -> Any:
    """C_W too large by 3/N: the variance grows by e^(3t)."""

    def faulty(params: Any) -> Any:
        found = draw(params)
        return replace(found, gain=found.gain * (1 + 3 / params.width))

    return faulty


KINK = drawn_at(
    _BATCH,
    "kink",
    "networks whose kink on the left is twice as sharp",
    slope_neg=lambda c: max(2 * c, -3.0),
)
STRAIGHT = drawn_at(
    _BATCH,
    "straight",
    "networks without the kink",
    slope_neg=lambda _: 0.0,
    slope_pos=lambda _: 0.0,
)
SHALLOW = Fault(
    name="shallow",
    words="half of the layers forgotten",
    targets=(f"{_HERE}.setting:two_input_layers",),
    wrap=with_argument(1, lambda depth: max(1, depth // 2)),
)
START = Fault(
    name="start",
    words="inputs whose correlation is 0.3 larger",
    targets=(f"{_HERE}.sampler:start",),
    wrap=with_argument(2, lambda rho: min(rho + 0.3, 1 - 2**-53)),
)
WEIGHTS = Fault(
    name="weights",
    words="weights whose variance is 3/N too large",
    targets=(f"{_HERE}.setting:nonlinearity",),
    wrap=_biased,
)
DRIFT = Fault(
    name="drift",
    words="2 % in the time of the limit",
    targets=(f"{_HERE}.run:log_inverse_angle_law",),
    wrap=with_argument(0, lambda times: 1.02 * times),
)
