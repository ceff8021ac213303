"""The row space of a network: θ_0 + the rows of J_0 hold descent only as long as J stays (1.3.6).

A linear model's gradient Φᵀr lies in the row space of Φ for ever. A network's, Jᵀr, does at the
start; how far it has turned out of the rows of J_0 is the sine of an angle. With

    ⟨J_a, J_b⟩ ∝ S_a S_bᵀ + (x̃x̃ᵀ) ∘ (V_a V_bᵀ),   S = σ(z^(1)), V = W^(2) σ'(z^(1)),

the part inside is J_0ᵀ⟨J_0, J_0⟩⁻¹⟨J_0, J⟩r: no matrix of all parameters is formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.experiments.implicit_bias.setting import Params
from compute.sampling import stream
from compute.training.gradient_flow import gradient_flow
from compute.training.one_layer import (
    OneLayer,
    inner_weights,
    network_features,
    sample_parameters,
)

Array = NDArray[np.float64]

WIDTHS, INPUTS = (64, 128, 256, 512, 1024), 10
# Of the first start, before the sample comes.
FIRST = 3
# The law is that of a short time: later on, what is left is what J learns slowly.
TIMES = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0])
EARLY = 2
SIGMA = get_activation("tanh")


@dataclass(frozen=True)
class Turn:
    """Gradients that turn: times (T,); widths (W,); sines (3, T), of the first start at the three
    narrowest widths, of the angle between ∇L and the row space of J_0."""

    times: Array
    widths: Array
    sines: Array


def turn(params: Params) -> Turn:
    """One network of nested widths in training, γ = N_1^a. Cost: 10 ms at |D| = 20."""
    return Turn(TIMES, np.array(WIDTHS, dtype=np.float64), turned(params, 0, WIDTHS[:FIRST]))


def turned(params: Params, start: int, widths: tuple[int, ...] = WIDTHS) -> Array:
    """The sines of one start at nested widths, (W, T)."""
    x, y = turning_data(params, start)
    widest = sample_parameters(WIDTHS[-1], INPUTS, stream(params.seed, "turn", start), bias=True)
    return np.array([path_of_sines(widest.neurons(0, n), x, y, params.exponent) for n in widths])


def turning_data(params: Params, start: int) -> tuple[Array, Array]:
    """x (|D|, 10) and y (|D|,), all independent N(0, 1)."""
    rng = stream(params.seed, "turn data", start)
    return rng.standard_normal((params.samples, INPUTS)), rng.standard_normal(params.samples)


def path_of_sines(network: OneLayer, x: Array, y: Array, exponent: float) -> Array:
    """The sines along one training, (T,); the last one is kept where training stops early."""
    scale = network.width**exponent
    flow = gradient_flow(
        network,
        x,
        y,
        SIGMA,
        gamma=scale,
        eta=scale**2,
        times=TIMES,
        rtol=1e-2,
        keep_parameters=True,
    )
    found = [
        sine_outside(network, now, x, r)
        for now, r in zip(flow.parameters, flow.residuals, strict=True)
    ]
    return np.array(found + [found[-1]] * (len(TIMES) - len(found)))


def sine_outside(start: OneLayer, now: OneLayer, x: Array, residual: Array) -> float:
    """Of the angle between Jᵀr at `now`, r = residual (n,), and the row space of J at `start`."""
    inputs = network_features(start, x)
    gram = inputs @ inputs.T
    values, slopes = _factors(start, inputs)
    values_now, slopes_now = _factors(now, inputs)
    own = values @ values.T + gram * (slopes @ slopes.T)
    size = values_now @ values_now.T + gram * (slopes_now @ slopes_now.T)
    across = (values @ values_now.T + gram * (slopes @ slopes_now.T)) @ residual
    whole = float(residual @ size @ residual)
    inside = float(across @ np.linalg.lstsq(own, across, rcond=1e-13)[0])
    return float(np.sqrt(max(1 - inside / whole, 0.0))) if whole > 0 else 0.0


def _factors(network: OneLayer, inputs: Array) -> tuple[Array, Array]:
    values, slopes = SIGMA.phi_and_dphi(inputs @ inner_weights(network).T)
    return values, slopes * network.second
