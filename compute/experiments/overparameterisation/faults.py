"""Deliberate faults of §1.3.1: in the Jacobian, in the flow, in what descent starts from."""

from __future__ import annotations

from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import at_other_params, of_result, with_argument

_HERE = "compute.experiments.overparameterisation"


def _noise(matrix: Any) -> Any:
    """One part in 10⁵ of every entry, at random."""
    noise = np.random.default_rng(0).standard_normal(matrix.shape)
    return matrix * (1 + 1e-5 * noise)


def _twin(weights: Any) -> Any:
    """The second neuron of the first layer a copy of the first, where there is one."""
    first = weights[0].copy()
    first[:, 1:2] = first[:, :1]
    return [first, *weights[1:]]


def _twins(f: Any) -> Any:
    return lambda w, b, *rest: f(_twin(w), _twin(b), *rest)


NOISE = Fault(
    name="noise",
    words="a Jacobian whose entries are off by 10⁻⁵ of themselves",
    targets=(f"{_HERE}.run:jacobian",),
    wrap=of_result(_noise),
)
TWINS = Fault(
    name="twins",
    words="two neurons that are one, inside and out",
    targets=(f"{_HERE}.run:jacobian",),
    wrap=_twins,
)
SHIFT = Fault(
    name="shift",
    words="patterns read at biases that are half a unit off",
    targets=(f"{_HERE}.run:pattern_rank",),
    wrap=with_argument(1, lambda b: b + 0.5),
)
TARGET = Fault(
    name="target",
    words="modes 2 % too strong in the flow",
    targets=(f"{_HERE}.modes:linear_flow",),
    wrap=with_argument(1, lambda target: 1.02 * target),
)
SHORT = Fault(
    name="short",
    words="a twentieth of the steps",
    targets=(f"{_HERE}.sampler:SAMPLER.batch",),
    wrap=at_other_params(steps=lambda n: n // 20),
)
EASY = Fault(
    name="easy",
    words="targets a hundredth of their size",
    targets=(f"{_HERE}.sampler:descend",),
    wrap=with_argument(1, lambda y: 0.01 * y),
)
