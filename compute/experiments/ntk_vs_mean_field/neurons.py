"""The neurons as points that move, and the velocity of their pre-activations (section 2.4).

Without bias a neuron is a point (W^(1), W^(2)). With one it has a breakpoint ξ = −b/W^(1), and is
drawn at the angle ψ of (W^(1), −b), tan ψ = ξ, against W^(2).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from compute.experiments.ntk_vs_mean_field.setting import (
    Array,
    Params,
    dataset,
    gamma,
    nonlinearity,
)
from compute.training.gradient_flow import Flow
from compute.training.one_layer import OneLayer, forward, preactivations

MOST_SHOWN = 300
_PROBED = 4
_STEP = 1e-5


@dataclass(frozen=True)
class Neurons:
    """F frames, M neurons shown, |D| data.

    path (F, M, 2): angle ψ with bias, else W^(1); and W^(2).   displacement (N_1,):
    ‖(ΔW^(1), Δb, ΔW^(2))‖ of every neuron.   Velocities of z^(1) of the first few neurons, at
    the start and at the end: measured_* (4, |D|) from differences of the loss ½|D|⁻¹Σ(z − y)²,
    formula_* from the right-hand side of the display of §2.4, everything in it at that time.
    """

    path: Array
    displacement: Array
    measured_start: Array
    measured_end: Array
    formula_start: Array
    formula_end: Array


def neurons_of(params: Params, flow: Flow, held: Array, exponent: float) -> Neurons:
    """Paths of the first neurons through the frames, and their velocities at both ends."""
    shown = min(flow.final.width, MOST_SHOWN)
    path = np.array([_places(network, shown) for network in flow.parameters])[held]
    if params.bias:
        path[:, :, 0] = _unwrapped(path[:, :, 0])
    before, after = flow.parameters[0], flow.parameters[-1]
    moved = [after.first[:, 0] - before.first[:, 0], after.second - before.second]
    if before.bias is not None and after.bias is not None:
        moved.append(after.bias - before.bias)
    return Neurons(
        path,
        np.sqrt(np.sum(np.square(moved), axis=0)),
        measured_velocity(params, before, exponent),
        measured_velocity(params, after, exponent),
        velocity_formula(params, before, exponent),
        velocity_formula(params, after, exponent),
    )


def _places(network: OneLayer, shown: int) -> Array:
    inner, outer = network.first[:shown, 0], network.second[:shown]
    if network.bias is None:
        return np.column_stack([inner, outer])
    return np.column_stack([np.arctan2(-network.bias[:shown], inner), outer])


def _unwrapped(angles: Array) -> Array:
    """Angles (F, M) that start in [−π/2, 3π/2) and have no jumps in time."""
    smooth = np.unwrap(angles, axis=0)
    turns = np.floor((smooth[0] + 0.5 * math.pi) / (2 * math.pi))
    return np.asarray(smooth - 2 * math.pi * turns)


def measured_velocity(params: Params, network: OneLayer, exponent: float) -> Array:
    """d/dt z_i^(1)(x_β) of the first neurons, (4, |D|) or fewer: −η times differences of the loss.

    Uses nothing but the loss: two values of it per weight, from the network itself.
    """
    x, y = dataset(params)
    scale, sigma = gamma(network.width, exponent), nonlinearity(params)
    theta, width = network.vector(), network.width

    def loss(moved: Array) -> float:
        z = forward(network.with_vector(moved), x, sigma, gamma=scale)
        return 0.5 * float(np.mean((z - y) ** 2))

    speeds = np.zeros((min(_PROBED, width), len(x)))
    for i in range(len(speeds)):
        speeds[i] = -(scale**2) * _slope(loss, theta, i) * x[:, 0]
        if network.bias is not None:
            speeds[i] -= scale**2 * _slope(loss, theta, 2 * width + i)
    return speeds


def _slope(loss: Callable[[Array], float], theta: Array, at: int) -> float:
    values = []
    for sign in (1, -1):
        moved = theta.copy()
        moved[at] += sign * _STEP
        values.append(loss(moved))
    return (values[0] - values[1]) / (2 * _STEP)


def velocity_formula(params: Params, network: OneLayer, exponent: float) -> Array:
    """|D|⁻¹Σ_α Δ_α (γ/√N_1) W_i^(2) σ'(z_{i;α}^(1)) (x_α·x_β/N_0 + 1): (4, |D|) or fewer.

    The display of §2.4, for any γ and η = γ², with all of it at the time of the network; the 1
    stands only with bias.
    """
    x, y = dataset(params)
    width, sigma = network.width, nonlinearity(params)
    scale = gamma(width, exponent)
    few = network.neurons(0, min(_PROBED, width))
    missing = y - forward(network, x, sigma, gamma=scale)
    gram = x @ x.T + (1.0 if params.bias else 0.0)
    slopes = sigma.dphi(preactivations(few, x)) * few.second
    return np.asarray((missing[:, None] * slopes).T @ gram * scale / (width**0.5 * len(x)))
