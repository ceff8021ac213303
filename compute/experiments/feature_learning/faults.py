"""Deliberate faults of §1.3.3: in what is trained, and in the limit."""

from __future__ import annotations

from compute.claims import Fault
from compute.claims.faults import at_other_params, of_result, times, with_argument

_HERE = "compute.experiments.feature_learning"
_BATCH = (f"{_HERE}.sampler:SAMPLER.batch",)

LAZY = Fault(
    name="lazy",
    words="networks that are trained in the kernel regime",
    targets=_BATCH,
    wrap=at_other_params(exponent=lambda _: 0.0),
)
RICH = Fault(
    name="rich",
    words="networks that are trained in the mean-field regime",
    targets=_BATCH,
    wrap=at_other_params(exponent=lambda _: 0.5),
)
EASY = Fault(
    name="easy",
    words="a target of information exponent 2",
    targets=_BATCH,
    wrap=at_other_params(target=lambda _: "hermite2"),
)
SLOW = Fault(
    name="slow",
    words="30 % more samples",
    targets=(f"{_HERE}.sampler:sgd_escape_counts",),
    wrap=times(1.3),
)
ONE = Fault(
    name="one",
    words="neurons that are all of exponent 1",
    targets=(f"{_HERE}.sampler:sgd_escape_counts",),
    wrap=with_argument(0, lambda _: 1),
)
NO_STAIRS = Fault(
    name="no_stairs",
    words="a staircase without its lower steps",
    targets=(f"{_HERE}.run:dimension_free_path",),
    wrap=with_argument(0, lambda target: [[0, 1, 2]] * len(target)),
)
STEP = Fault(
    name="step",
    words="x₃ in the place of x₁x₂x₃",
    targets=(f"{_HERE}.run:dimension_free_path",),
    wrap=with_argument(0, lambda target: [*target[:-1], [2]]),
)
SWAPPED = Fault(
    name="swapped",
    words="staircase and parity in each other's place",
    targets=(f"{_HERE}.networks:stairs_targets",),
    wrap=of_result(lambda targets: targets[::-1]),
)
