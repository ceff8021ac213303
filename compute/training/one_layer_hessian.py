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
from compute.training.flow_path import Path
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

_NODES, _WEIGHTS = (0.5 * part for part in np.polynomial.legendre.leggauss(4))
_NODES = _NODES + 0.5
# numbers at a time, so that they stay in the cache
_BLOCK: Final = 1 << 15


def _gelu_second(activation: Activation, z: Array) -> Array:
    return np.asarray((2 - z * z) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))


_SECOND: Final[dict[int, Callable[[Activation, Array], Array]]] = {
    PIECEWISE: lambda activation, z: np.zeros_like(z),
    TANH: lambda activation, z: -2 / activation.a**2 * np.multiply(*activation.phi_and_dphi(z)),
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
    norms, many = np.empty(len(points)), max(1, _BLOCK // len(weights))
    for start in range(0, len(points), many):
        part = points[start : start + many]
        hidden, lengths = part @ weights.T, np.linalg.norm(part, axis=1)[:, None]
        bend = np.abs(parameters.second * second_derivative(activation, hidden)) * lengths**2
        mixed = 2 * lengths * activation.dphi(hidden)
        norms[start : start + many] = 0.5 * np.max(bend + np.sqrt(bend**2 + mixed**2), axis=1)
    norms /= as_positive(gamma, "gamma") * math.sqrt(parameters.width)
    return norms


def kernel_change_bounds(
    flow: Flow, x: ArrayLike, activation: Activation, *, gamma: float, eta: float
) -> tuple[Array, Array]:
    """Bounds of ‖Θ_t − Θ_0‖ (operator norm) at the times of the flow, section 2.2.1: two (T,).

    First the corrected 2η² ∫ max‖∇z‖ max‖Hess z‖ ‖∇_θ L‖ ds, maxima over the data; its factor
    |D| is inside Θ here. Then the printed ∫ max‖Hess z‖ ‖∇_θ L_Σ‖ ds, L_Σ = |D| L being the loss
    (2.2.2) of that section. Integrated within the steps of the flow, where ‖∇_θ L‖ decays
    with the rates of Θ; log max‖Hess z‖ is a straight line from time to time. ValueError unless the
    flow kept its parameters.
    """
    if not flow.parameters:
        raise ValueError("flow must have been run with keep_parameters=True")
    eta, count = as_positive(eta, "eta"), flow.residuals.shape[1]
    bend = np.array(
        [hessian_norm(p, x, activation, gamma=gamma).max(initial=0.0) for p in flow.parameters]
    )
    moments, kernels, residuals = _nodes(flow.path)
    bend = np.exp(np.interp(moments, flow.times, np.log(np.maximum(bend, 1e-300))))
    # Θ = η⟨∇z, ∇z⟩/|D|, and ∇_θ L is the mean of the residuals times ∇z
    slope = np.sqrt(count / eta * np.diagonal(kernels, axis1=2, axis2=3).max(axis=2))
    power = np.einsum("tqa,tqab,tqb->tq", residuals, kernels, residuals)
    descent = np.sqrt(np.maximum(power, 0.0) / (eta * count))

    def integral(values: Array) -> Array:
        areas = np.diff(flow.path.times) * (values @ _WEIGHTS)
        summed = np.concatenate([[0.0], np.cumsum(areas)])
        return np.asarray(summed[np.searchsorted(flow.path.times, flow.times)])

    return frozen(2 * eta**2 * integral(slope * bend * descent)), frozen(
        count * integral(bend * descent)
    )


def _nodes(path: Path) -> tuple[Array, Array, Array]:
    """Gauss's nodes within every step: times (K, q), Θ (K, q, n, n) and z − y (K, q, n).

    Residuals decay with the middle's Θ; what is left over at the end of a step is spread over it.
    """
    spans = np.diff(path.times)
    moments = path.times[:-1, None] + spans[:, None] * _NODES
    rates, modes = np.linalg.eigh(path.middle_kernels)
    start = np.einsum("tam,ta->tm", modes, path.residuals[:-1])[:, None]
    shares = np.append(_NODES, 1.0)[:, None]
    decay = np.exp(-shares * (spans[:, None] * np.maximum(rates, 0.0))[:, None])
    marched = (decay * start) @ modes.swapaxes(1, 2)
    missing = path.residuals[1:] - marched[:, -1]
    residuals = marched[:, :-1] + _NODES[:, None] * missing[:, None]
    kernels = path.kernels_at(moments.ravel())
    return moments, kernels.reshape(*moments.shape, *kernels.shape[1:]), residuals
