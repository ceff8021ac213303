"""One network trained at one exponent, in numbers: how far and how fast everything moved (§2.4)."""

from __future__ import annotations

import numpy as np

from compute.experiments.ntk_vs_mean_field.setting import (
    Array,
    Params,
    dataset,
    gamma,
    inside,
    most_sweep_steps,
    nonlinearity,
    target_values,
    tolerance,
)
from compute.training.gradient_flow import gradient_flow
from compute.training.linearised import output_split
from compute.training.one_layer import OneLayer, forward

QUANTITIES = (
    "hidden_movement",
    "output_movement",
    "kernel_change",
    "test_error",
    "outer",
    "inner",
    "remainder",
    "hidden_speed",
    "output_speed",
    "reached",
)
AT = {name: k for k, name in enumerate(QUANTITIES)}

# A difference quotient over this time is a velocity: rates are of order 1.
_MOMENT = 1e-3
# Error of a step: the quantities below then have up to 2.5 % of error, most of them under 1 %.
_TOLERANCE = 3e-3


def measure(params: Params, network: OneLayer, exponent: float) -> Array:
    """The ten QUANTITIES of one network, trained with γ = N_1^a to the time t: (10,).

    hidden_movement, output_movement: root mean square change of z^(1) over neurons and data, of
    z^(2) over the data.   kernel_change: ‖Θ_t − Θ_0‖/‖Θ_0‖ on the data.   test_error: root mean
    square of z^(2) − f on [−2, 2].   outer, inner, remainder: root mean squares over the data of
    the three parts of the change of z^(2) at the end of §2.4, over that of the change itself.
    hidden_speed, output_speed: the first two over a time of 1/1000, divided by it.   reached: the
    time at which the others were measured, over t.

    It is below 1 where the steps were used up before: neurons that stick to a kink ask for ever
    shorter ones.
    """
    x, y = dataset(params)
    scale, sigma = gamma(network.width, exponent), nonlinearity(params)
    flow = gradient_flow(
        network,
        x,
        y,
        sigma,
        gamma=scale,
        eta=scale**2,
        times=(0.0, _MOMENT, params.time),
        rtol=max(tolerance(params), _TOLERANCE),
        max_steps=most_sweep_steps(params, network.width, exponent),
    )
    moved = np.sqrt(np.mean((flow.residuals - flow.residuals[0]) ** 2, axis=1))
    size = float(np.linalg.norm(flow.kernels[0]))
    change = float(np.linalg.norm(flow.kernels[-1] - flow.kernels[0]))
    at = inside()
    wrong = forward(flow.final, at[:, None], sigma, gamma=scale) - target_values(params, at)
    split = output_split(network, flow.final, x, sigma, gamma=scale)
    parts = [_size(part) for part in (split.outer, split.inner, split.remainder)]
    whole = _size(split.total)
    return np.array(
        [
            flow.hidden_movement[-1],
            moved[-1],
            change / size if size > 0 else 0.0,
            _size(wrong),
            *(part / whole if whole > 0 else 0.0 for part in parts),
            flow.hidden_movement[1] / flow.times[1],
            moved[1] / flow.times[1],
            flow.times[-1] / params.time,
        ]
    )


def _size(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))
