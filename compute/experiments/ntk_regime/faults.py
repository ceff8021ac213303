"""Deliberate faults of section 2.2: in the networks drawn, in the flow, in the kernels."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Fault
from compute.claims.faults import (
    alike,
    at_other_params,
    louder,
    normals,
    of_result,
    times,
)

_HERE = "compute.experiments.ntk_regime"


def _slow(flow: Any) -> Any:
    """A flow at half its rate that reports the kernel of the full one."""

    def faulty(*args: Any, eta: float, **more: Any) -> Any:
        found = flow(*args, eta=0.5 * eta, **more)
        return replace(found, kernels=2 * found.kernels)

    return faulty


def _mislabelled(flow: Any) -> Any:
    """A flow towards other labels, the first one off by a fifth, that reports the right loss."""

    def faulty(network: Any, x: Any, y: Any, *args: Any, **more: Any) -> Any:
        wrong = np.array(y)
        wrong[0] *= 1.2
        found = flow(network, x, wrong, *args, **more)
        residuals = found.residuals + wrong - y
        return replace(found, residuals=residuals, loss=0.5 * np.mean(residuals**2, axis=1))

    return faulty


def _fast(integrate: Any) -> Any:
    """A derivative that is 1 % too large."""

    def faulty(derivative: Any, *args: Any) -> Any:
        return integrate(lambda t, y: 1.01 * derivative(t, y), *args)

    return faulty


def _moved(found: Any) -> Any:
    """The change of the kernel off by 1e-4, its bounds not."""
    change, *bounds = found
    return 1.0001 * change, *bounds


def _uneven(kernels: Any) -> Any:
    """1e-4 of the mean eigenvalue added on the diagonal."""
    size = len(kernels.ntk)
    return replace(kernels, ntk=kernels.ntk + 1e-4 * np.trace(kernels.ntk) / size * np.eye(size))


EXPONENT = Fault(
    name="exponent",
    words=r"$\gamma=N_1^{0.1}$ in place of 1",
    targets=(f"{_HERE}.sampler:SAMPLER.batch",),
    wrap=at_other_params(exponent=lambda a: a + 0.1),
)
FURTHER = Fault(
    name="further",
    words=r"$\gamma=N_1^{0.2}$ in place of 1",
    targets=(f"{_HERE}.sampler:SAMPLER.batch",),
    wrap=at_other_params(exponent=lambda a: a + 0.2),
)
TAILS = Fault(
    name="tails",
    words="weights that never exceed 3",
    targets=(f"{_HERE}.sampler:stream",),
    wrap=normals(lambda drawn: np.clip(drawn, -3, 3)),
)
RATE = Fault(
    name="rate",
    words="a factor ½ lost in the rate",
    targets=(f"{_HERE}.training:gradient_flow",),
    wrap=_slow,
)
GRADIENT = Fault(
    name="gradient",
    words="a gradient off by 10⁻⁴",
    targets=(f"{_HERE}.training:parameter_gradients",),
    wrap=times(1.0001),
)
SPEED = Fault(
    name="speed",
    words="a motion 1 % too fast",
    targets=(f"{_HERE}.lemma:integrate",),
    wrap=_fast,
)
CHANGE = Fault(
    name="change",
    words="a change of the kernel off by 10⁻⁴",
    targets=(f"{_HERE}.lemma:_one_parameter",),
    wrap=of_result(_moved),
)
WEIGHTS = Fault(
    name="weights",
    words="3 % more variance in the weights",
    targets=(f"{_HERE}.positivity:sample_parameters",),
    wrap=of_result(louder(math.sqrt(1.03))),
)
SHARED = Fault(
    name="shared",
    words="neurons with a third of their weights' variance in common",
    targets=(f"{_HERE}.positivity:sample_parameters",),
    wrap=of_result(alike(1 / 3)),
)
LARGE = Fault(
    name="large",
    words="10 % more variance in the weights",
    targets=(f"{_HERE}.positivity:sample_parameters",),
    wrap=of_result(louder(math.sqrt(1.1))),
)
KERNEL = Fault(
    name="kernel",
    words="10⁻⁴ on the diagonal of the kernel",
    targets=(f"{_HERE}.positivity:limit_kernels",),
    wrap=of_result(_uneven),
)
BOUND = Fault(
    name="bound",
    words="a factor 2 lost in the bound",
    targets=(f"{_HERE}.training:kernel_change_bounds",),
    wrap=of_result(lambda bounds: (0.5 * bounds[0], bounds[1])),
)
FAR = Fault(
    name="far",
    words="a factor 100 lost in the bound",
    targets=(f"{_HERE}.training:kernel_change_bounds",),
    wrap=of_result(lambda bounds: (0.01 * bounds[0], bounds[1])),
)
LABEL = Fault(
    name="label",
    words="a label off by a fifth",
    targets=(f"{_HERE}.training:gradient_flow",),
    wrap=_mislabelled,
)
