"""The second derivative of a one-layer network: why wide networks are their linearisation.

Hess_θ z(x) has one block per neuron, section 2.2.1. With x̃ = x/√N_0 (a 1 behind it for the
bias) and c = 1/(γ√N_1), in the order (W_i^(1), W_i^(2)),

    H_i = c [[W_i^(2) σ''(z_i) x̃x̃ᵀ, σ'(z_i) x̃], [σ'(z_i) x̃ᵀ, 0]].

It acts on the plane of x̃ and W_i^(2) only, so its norm is that of a 2 × 2 matrix.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.activations.layer_maps import CUBIC, ERF, EXP, GELU, PIECEWISE, SIN, TANH
from compute.training.gradient_flow import Flow
from compute.training.one_layer import (
    OneLayer,
    as_inputs,
    as_positive,
    frozen,
    inner_weights,
    network_features,
)

Array = NDArray[np.float64]


def _gelu_second(activation: Activation, z: Array) -> Array:
    return np.asarray((2 - z * z) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))


_SECOND: Final[dict[int, Callable[[Activation, Array], Array]]] = {
    PIECEWISE: lambda activation, z: np.zeros_like(z),
    TANH: lambda activation, z: -2 / activation.a * np.tanh(z / activation.a) * activation.dphi(z),
    ERF: lambda activation, z: -2 * z * activation.dphi(z),
    GELU: _gelu_second,
    SIN: lambda activation, z: -np.sin(z),
    EXP: lambda activation, z: np.exp(z),
    CUBIC: lambda activation, z: 6 * activation.a * z,
}


def second_derivative(activation: Activation, z: ArrayLike) -> Array:
    """σ''(z), elementwise. For piecewise linear σ it is 0 off the kink and does not exist on it."""
    return _SECOND[activation.family](activation, np.asarray(z, dtype=np.float64))


def hessian_blocks(
    parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float
) -> Array:
    """The blocks H_i at one input x (N_0,): (N_1, m, m), m = N_0 + 1, or N_0 + 2 with bias.

    A block's order is W_i^(1), bias if any, W_i^(2). ValueError for a wrong x or γ.
    """
    point = network_features(parameters, as_inputs(np.asarray(x)[None, ...]))[0]
    hidden = inner_weights(parameters) @ point
    curvature = parameters.second * second_derivative(activation, hidden)
    blocks = np.zeros((parameters.width, len(point) + 1, len(point) + 1))
    blocks[:, :-1, :-1] = curvature[:, None, None] * np.outer(point, point)
    blocks[:, :-1, -1] = blocks[:, -1, :-1] = activation.dphi(hidden)[:, None] * point
    blocks /= as_positive(gamma, "gamma") * math.sqrt(parameters.width)
    return blocks


def hessian_norm(
    parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float
) -> Array:
    """‖Hess_θ z(x)‖, operator norm, at every row of x (n, N_0): shape (n,).

    The maximum over neurons of c (|p| + √(p² + 4s²))/2, p = W_i^(2) σ'' |x̃|², s = σ' |x̃|. For
    standard normal W^(2) it is O(√(log N_1)/√N_1) at γ = 1: the notes' N_1^(−1/2) lacks the
    logarithm. ValueError for a wrong x or γ. Cost n N_1 evaluations of σ' and σ''.
    """
    weights, points = inner_weights(parameters), network_features(parameters, x)
    norms = np.empty(len(points))
    for k, point in enumerate(points):
        hidden = weights @ point
        length = np.linalg.norm(point)
        bend = np.abs(parameters.second * second_derivative(activation, hidden)) * length**2
        mixed = 2 * length * activation.dphi(hidden)
        norms[k] = 0.5 * np.max(bend + np.hypot(bend, mixed))
    norms /= as_positive(gamma, "gamma") * math.sqrt(parameters.width)
    return norms


def kernel_change_bounds(
    flow: Flow, x: ArrayLike, activation: Activation, *, gamma: float, eta: float
) -> tuple[Array, Array]:
    """Bounds of ‖Θ_t − Θ_0‖ (operator norm) at the times of the flow, section 2.2.1: two (T,).

    First the corrected 2η² ∫ max‖∇z‖ max‖Hess z‖ ‖∇_θ L‖ ds, maxima over the data; its factor
    |D| is inside Θ here. Then the printed ∫ max‖Hess z‖ ‖∇_θ L_Σ‖ ds, L_Σ = |D| L being the loss
    (2.2.2) of that section. The integrals are trapezoids over the flow's times. ValueError
    unless the flow kept its parameters.
    """
    if not flow.parameters:
        raise ValueError("flow must have been run with keep_parameters=True")
    eta, count = as_positive(eta, "eta"), flow.residuals.shape[1]
    bend = np.array(
        [hessian_norm(p, x, activation, gamma=gamma).max(initial=0.0) for p in flow.parameters]
    )
    # Θ = η⟨∇z, ∇z⟩/|D|, and ∇_θ L is the mean of the residuals times ∇z
    slope = np.sqrt(count / eta * np.diagonal(flow.kernels, axis1=1, axis2=2).max(axis=1))
    power = np.einsum("ta,tab,tb->t", flow.residuals, flow.kernels, flow.residuals)
    descent = np.sqrt(np.maximum(power, 0.0) / (eta * count))
    corrected = 2 * eta**2 * _running_integral(flow.times, slope * bend * descent)
    return frozen(corrected), frozen(count * _running_integral(flow.times, bend * descent))


def _running_integral(times: Array, values: Array) -> Array:
    areas = 0.5 * (values[1:] + values[:-1]) * np.diff(times)
    return np.concatenate([[0.0], np.cumsum(areas)])
