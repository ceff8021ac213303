"""The slow check of compute.gradient_flow: (2.1.2) for all parameters at once, by DOP853."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from compute.activations import Activation
from compute.one_layer import (
    OneLayer,
    as_inputs,
    as_positive,
    as_targets,
    forward,
    frozen,
    increasing_times,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReferenceFlow:
    """times (T,), residuals z − y (T, n), and the networks at the times."""

    times: Array
    residuals: Array
    parameters: tuple[OneLayer, ...]


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
) -> ReferenceFlow:
    """θ' = −η∇L, L = ½|D|⁻¹ Σ (z − y)², by an explicit Runge–Kutta method of order 8.

    Its steps are bounded by the largest rate, so its cost grows with time and width: at
    N_1 = 4096, n = 16, from 0.2 s (t = 30) to 5 s (t = 500).
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
        values = activation.phi(hidden)
        force = -rate * scale * (scale * (second @ values) - targets)
        pull = second[:, None] * activation.dphi(hidden) * force
        parts = [(pull @ points).ravel(), values @ force]
        if parameters.bias is not None:
            parts.append(pull.sum(axis=1) if train_bias else np.zeros(width))
        return np.concatenate(parts)

    theta = integrate(descent, start, instants, rtol)
    networks = tuple(parameters.with_vector(row) for row in theta)
    residuals = [forward(network, inputs, activation, gamma=gamma) for network in networks]
    return ReferenceFlow(frozen(instants), frozen(np.array(residuals) - targets), networks)


def integrate(
    derivative: Callable[[float, Array], Array], start: Array, times: Array, rtol: float
) -> Array:
    """The solution of θ' = derivative(t, θ), θ(0) = start (P,), at the times: (T, P).

    DOP853. ValueError unless 1e-13 ≤ rtol ≤ 0.1, or if the solution overflows.
    """
    if not 1e-13 <= rtol <= 0.1:
        raise ValueError(f"rtol must be in [1e-13, 0.1], got {rtol!r}")
    if times[-1] == 0:
        return start[None, :]
    solution = solve_ivp(
        derivative,
        (0.0, float(times[-1])),
        start,
        method="DOP853",
        t_eval=times,
        rtol=rtol,
        atol=0.01 * rtol,
    )
    if not solution.success:
        raise ValueError(f"times cannot be reached: {solution.message}")
    return np.asarray(solution.y.T)
