"""Deliberate faults of §1.3.2: in descent, in what is drawn, and in what is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import at_other_params, normals, of_result, times, with_argument

_HERE = "compute.experiments.implicit_bias"


def _drifting(walked: Any) -> Any:
    """A path that leaves the row space by 1e-6 a step, in the constant."""
    drift = 1e-6 * np.arange(len(walked.path))[:, None] * np.array([1.0, 0.0])
    return replace(walked, path=walked.path + drift)


def _bent(trained: Any) -> Any:
    """β off by 1 %."""
    return replace(trained, beta=1.01 * trained.beta)


DRIFT = Fault(
    name="drift",
    words="a drift of 10⁻⁶ a step across the row space",
    targets=(f"{_HERE}.run:gradient_descent",),
    wrap=of_result(_drifting),
)
DATUM = Fault(
    name="datum",
    words="a Hessian that counts one more datum",
    targets=(f"{_HERE}.run:hessian_spectrum",),
    wrap=of_result(lambda values: values + 0.01),
)
NUMBERS = Fault(
    name="numbers",
    words="10 % more in every number drawn, features and noise",
    targets=(f"{_HERE}.sampler:stream",),
    wrap=normals(lambda z: 1.1 * z),
)
NOISE = Fault(
    name="noise",
    words="half as much noise again",
    targets=(f"{_HERE}.sampler:SAMPLER.batch",),
    wrap=at_other_params(noise=lambda v: min(1.5 * v + 0.5, 4.0)),
)
REGIME = Fault(
    name="regime",
    words="a network nearer to the mean-field regime, a larger by ¼",
    targets=(f"{_HERE}.sampler:SAMPLER.batch",),
    wrap=at_other_params(exponent=lambda a: min(a + 0.25, 0.5)),
)
SHIFT = Fault(
    name="shift",
    words="three features more than said",
    targets=(f"{_HERE}.sampler:excess_risks",),
    wrap=of_result(lambda found: np.roll(found, 3, axis=1)),
)
RIDGE = Fault(
    name="ridge",
    words="a ridge twice as large",
    targets=(f"{_HERE}.fit:_weak_kernel",),
    wrap=times(2.0),
)
NETWORK = Fault(
    name="network",
    words="an effective β of the network off by 1 %",
    targets=(f"{_HERE}.sampler:_diagonal",),
    wrap=of_result(_bent),
)
FLOW = Fault(
    name="flow",
    words="data 0.1 % too large in the flow",
    targets=(f"{_HERE}.run:logistic_path",),
    wrap=with_argument(0, lambda rows: 1.001 * rows),
)
TURN = Fault(
    name="turn",
    words="one coordinate of the data 1 % too large in the flow",
    targets=(f"{_HERE}.run:logistic_path",),
    wrap=with_argument(0, lambda rows: rows * (1.01, 1.0)),
)
START = Fault(
    name="start",
    words="a start twenty times as large",
    targets=(f"{_HERE}.sampler:train_on_line",),
    wrap=with_argument(2, lambda scale: 20 * scale),
)
KERNEL = Fault(
    name="kernel",
    words="a kernel with 1 % more of the inner layer",
    targets=(f"{_HERE}.run:line_interpolant",),
    wrap=times(1.01),
)
