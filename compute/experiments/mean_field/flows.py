"""Section 2.3, one network: its cloud of neurons in time.

The cloud is the network's own parameters under θ' = −N_1∇L, L = ½|D|⁻¹Σ(z − y)².
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compute.experiments.mean_field.setting import (
    Array,
    Params,
    atoms,
    dataset,
    grid,
    located,
    nonlinearity,
    start,
    target_values,
    why_not,
)
from compute.experiments.one_layer_fields import KINKED
from compute.training.gradient_flow import Flow, gradient_flow
from compute.training.mean_field import cloud
from compute.training.one_layer import OneLayer, forward

FRAMES = 28
DRAWN = 320

FIRST_TIME = 0.05
# Nanoseconds per number for σ and σ' and what is done with them; milliseconds of a flow's steps.
_SIGMA_NS = {"sin": 24.0, "gelu": 22.0, "erf": 24.0, "exp": 10.0}
_MOST_STEPS_MS = 130.0


@dataclass(frozen=True)
class Cloud:
    """A network trained in the mean-field regime.

    times (T,); neurons (T, m, d): the first m ≤ 320 neurons, W^(1), b if there is one, W^(2);
    movement (T,): root mean square over all neurons of their distance from the start; loss (T,).
    grid (97,): coordinates u; outputs (T, 97) and target (97,) there; data_u, data_y (n,).
    atoms (K, d): the target's own neurons; atom_distance: root mean square distance of the
    final cloud from them where K = 1, which is W_2(ρ_t, μ_f), else nan.
    asymmetry, target_asymmetry: largest |z(x) + z(−x)| and |f(x) + f(−x)| on the grid, at the end.
    stopped: '' or why the flow ended early; obstruction: '' or why no network fits the data.
    """

    times: Array
    neurons: Array
    movement: Array
    loss: Array
    grid: Array
    outputs: Array
    target: Array
    data_u: Array
    data_y: Array
    atoms: Array
    atom_distance: float
    asymmetry: float
    target_asymmetry: float
    stopped: str
    obstruction: str


def trained(
    params: Params,
    network: OneLayer,
    x: Array,
    y: Array,
    times: Array,
    *,
    most: int,
    speed: float = 1.0,
) -> Flow:
    """θ' = −speed N_1 ∇L from a network, at the times. Smooth σ: outputs are off by less than 1e-3
    of their largest. A kink that crosses a datum makes Θ jump, so kinked ones get a coarser
    tolerance. After `most` attempts it is stopped, so that no setting is slow."""
    kinked = nonlinearity(params).name in KINKED
    return gradient_flow(
        network,
        x,
        y,
        nonlinearity(params),
        gamma=math.sqrt(network.width),
        eta=speed * network.width,
        times=times,
        rtol=1e-2 if kinked else 3e-4,
        max_steps=most,
        keep_parameters=True,
        extrapolate=not kinked,
    )


def cloud_in_time(params: Params) -> Cloud:
    """Train and record FRAMES times, evenly spaced in log t. Cost: 15 ms at the default."""
    u, x, y = dataset(params)
    network, sigma = start(params, params.width), nonlinearity(params)
    times = np.concatenate([[0.0], np.geomspace(FIRST_TIME, params.time, FRAMES - 1)])
    flow = trained(params, network, x, y, times, most=most_cloud_steps(params))
    clouds = np.array([cloud(net) for net in flow.parameters])
    at = grid(params)
    places, gamma = located(params, at), math.sqrt(params.width)
    outputs = np.array([forward(net, places, sigma, gamma=gamma) for net in flow.parameters])
    target, own = target_values(params, at), atoms(params)
    apart = np.sum((clouds - clouds[0]) ** 2, axis=2)
    distance = math.sqrt(np.sum((clouds[-1] - own[0]) ** 2, axis=1).mean()) if len(own) == 1 else 0
    return Cloud(
        times=flow.times,
        neurons=clouds[:, :DRAWN],
        movement=np.sqrt(apart.mean(axis=1)),
        loss=flow.loss,
        grid=at,
        outputs=outputs,
        target=target,
        data_u=u,
        data_y=y,
        atoms=own,
        atom_distance=distance or math.nan,
        asymmetry=_asymmetry(params, outputs[-1]),
        target_asymmetry=_asymmetry(params, target),
        stopped=flow.reason,
        obstruction=why_not(params),
    )


def _asymmetry(params: Params, values: Array) -> float:
    """Largest |v(x) + v(−x)| over the grid, where −x is a grid point too."""
    half = len(values) // 2
    mirrored = values[::-1] if params.inputs == "line" else np.roll(values[:-1], half)
    return float(np.abs(values[: len(mirrored)] + mirrored).max())


def step_ms(params: Params, width: int, count: int) -> float:
    """A step of the flow: two evaluations of network, kernel and spectrum."""
    sigma = _SIGMA_NS.get(nonlinearity(params).name, 5.0)
    numbers = 1e-6 * count * width * (sigma + 0.1 * count)
    return float(0.1 + 2 * (numbers + 2.4e-4 * count**1.7))


def most_steps(params: Params, width: int) -> int:
    """Attempts after which a flow is stopped."""
    count = len(dataset(params)[0])
    return int(min(max(_MOST_STEPS_MS / step_ms(params, width, count), 60), 600))


def most_cloud_steps(params: Params) -> int:
    """The same for the cloud: not beyond those promised where neurons that come to a kink at a
    datum would take all there are, and little beyond for smooth σ and many points at odds."""
    share = 1.0 if params.activation in KINKED else 1.4
    return min(most_steps(params, params.width), math.ceil(share * _cloud_steps(params)))


def _cloud_steps(params: Params) -> float:
    """Attempts that time and σ ask for."""
    uneven = {"exp": 3.0, "cubic": 3.5}.get(params.activation, 1.0)
    uneven *= 4.5 if params.activation in KINKED else 2.6
    return FRAMES + 30 * uneven * math.log10(1 + params.time)


def cloud_ms(params: Params) -> float:
    """Estimated milliseconds of `cloud_in_time`."""
    count = len(dataset(params)[0])
    steps = min(_cloud_steps(params), most_steps(params, params.width))
    sigma = _SIGMA_NS.get(params.activation, 5.0) + 3
    return (
        3
        + steps * step_ms(params, params.width, count)
        + FRAMES * (0.05 + 1e-6 * 97 * sigma * params.width)
    )
