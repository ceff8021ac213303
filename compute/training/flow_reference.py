"""The slow check of `gradient_flow`: (2.1.2) for all parameters at once, by DOP853."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.training.one_layer import (
    OneLayer,
    as_inputs,
    as_positive,
    as_targets,
    forward,
    frozen,
    increasing_times,
)

Array = NDArray[np.float64]

# So that nothing runs without end: a kink, or rates that grow without bound, would.
MOST_EVALUATIONS = 200_000


@dataclass(frozen=True, eq=False)
class ReferenceFlow:
    """times (T,) reached, residuals z − y (T, n), and the networks at the times.

    reason: "" or, in words, why the last times asked for are not among them.
    """

    times: Array
    residuals: Array
    parameters: tuple[OneLayer, ...]
    reason: str


def reference_flow(
    parameters: OneLayer,
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    gamma: float,
    eta: float,
    times: ArrayLike,
    rtol: float = 1e-10,
    train_bias: bool = True,
    most: int = MOST_EVALUATIONS,
) -> ReferenceFlow:
    """θ' = −η∇L, L = ½|D|⁻¹ Σ (z − y)², by an explicit Runge–Kutta method of order 8.

    Its steps are bounded by the largest rate, so its cost grows with time and width: at
    N_1 = 4096, n = 16, from 0.2 s (t = 30) to 5 s (t = 500). After `most` evaluations of the
    gradient it ends early and says so.
    ValueError for wrong shapes or numbers.
    """
    instants = increasing_times(times)
    inputs = as_inputs(x, parameters.input_dim)
    targets = as_targets(y, len(inputs))
    rate = as_positive(eta, "eta") / len(inputs)
    scale = 1 / (as_positive(gamma, "gamma") * math.sqrt(parameters.width))
    start, width, inner = parameters.vector(), parameters.width, parameters.first.size
    points = inputs / math.sqrt(parameters.input_dim)
    shift = np.zeros(width) if parameters.bias is None else parameters.bias

    def descent(_: float, theta: Array) -> Array:
        first = theta[:inner].reshape(width, -1)
        second = theta[inner : inner + width]
        offset = theta[inner + width :] if parameters.bias is not None else shift
        hidden = first @ points.T + offset[:, None]
        values, slopes = activation.phi_and_dphi(hidden)
        force = -rate * scale * (scale * (second @ values) - targets)
        pull = second[:, None] * slopes * force
        parts = [(pull @ points).ravel(), values @ force]
        if parameters.bias is not None:
            parts.append(pull.sum(axis=1) if train_bias else np.zeros(width))
        return np.concatenate(parts)

    theta = integrate(descent, start, instants, rtol, most)
    reached = instants[: len(theta)]
    networks = tuple(parameters.with_vector(row) for row in theta)
    residuals = [forward(network, inputs, activation, gamma=gamma) for network in networks]
    return ReferenceFlow(
        frozen(reached),
        frozen(np.reshape(residuals, (-1, len(targets))) - targets),
        networks,
        too_long(instants, len(reached), most),
    )


def integrate(
    derivative: Callable[[float, Array], Array],
    start: Array,
    times: Array,
    rtol: float,
    most: int = MOST_EVALUATIONS,
) -> Array:
    """The solution of θ' = derivative(t, θ), θ(0) = start (P,), at the times: (T', P).

    DOP853. T' ≤ T: after `most` evaluations of the derivative it ends with the times reached, at
    least time 0 if that is asked for. ValueError unless 1e-13 ≤ rtol ≤ 0.1, or if the solution
    overflows.
    """
    if not 1e-13 <= rtol <= 0.1:
        raise ValueError(f"rtol must be in [1e-13, 0.1], got {rtol!r}")
    rows = [start[None, :]] if times[0] == 0 else []
    done, end = len(rows), float(times[-1])
    solver = scipy.integrate.DOP853(derivative, 0.0, start, end, rtol=rtol, atol=0.01 * rtol)
    while done < len(times) and solver.nfev < most:
        message = solver.step()
        if solver.status == "failed":
            raise ValueError(f"times cannot be reached: {message}")
        reached = int(np.searchsorted(times, solver.t, side="right"))
        if reached > done:
            rows.append(solver.dense_output()(times[done:reached]).T)
            done = reached
    return np.concatenate(rows) if rows else np.empty((0, len(start)))


def too_long(times: Array, reached: int, most: int) -> str:
    """What to say of a run that ended before its last time; "" if it did not."""
    if reached == len(times):
        return ""
    shown = f"shown up to {times[reached - 1]:.3g}" if reached else "nothing to show"
    return f"did not reach t = {times[-1]:g} within {most} evaluations: {shown}"
