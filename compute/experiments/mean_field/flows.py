"""Section 2.3, one network: its cloud of neurons in time, and the same motion computed twice.

The cloud is the network's own parameters under θ' = −N_1∇L, L = ½|D|⁻¹Σ(z − y)². The second way
integrates (2.3.7)–(2.3.8), which know no parameters W^(1); the printed loss (2.3.6), without
|D|⁻¹, runs |D| times as fast (E 5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

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
from compute.experiments.one_layer_fields import KINKED, STEEP
from compute.flow_reference import reference_flow
from compute.gradient_flow import Flow, gradient_flow
from compute.mean_field import cloud, particle_flow, particle_gap, wasserstein
from compute.one_layer import OneLayer, forward

FRAMES, INSTANTS = 40, 16
# Among these shares of the time is one that both ways reach with what they may spend.
_SHARES = np.geomspace(1e-7, 1.0, 32)
_LONGEST_WAY_MS = 60.0
DRAWN, FOLLOWED = 320, 6
LARGEST_ASSIGNMENT = 512

_FIRST_TIME = 0.05
_RTOL, _STEEP_RTOL = 3e-11, 1e-12
# Nanoseconds per number for σ and σ' and what is done with them; milliseconds of a flow's steps.
_SIGMA_NS = {"sin": 24.0, "gelu": 22.0, "erf": 24.0, "exp": 10.0}
_MOST_STEPS_MS = 130.0
_PER_NUMBER_NS = 15.0


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


@dataclass(frozen=True)
class Ways:
    """The same neurons as particles and as parameters; m ≤ 6 of them are drawn.

    times (T,); gap (T,): largest difference over neurons and coordinates with the loss
    ½|D|⁻¹Σ; printed_gap (T,): with the loss ½Σ of (2.3.6). outer_particles, outer_parameters,
    outer_printed (T, m): W_i^(2) by the three. loss, printed_loss (T,): ½|D|⁻¹Σ(z − y)² along
    both parameter flows. rise: largest increase of the loss between times, ≥ 0.
    data_count: |D|. speed_ratio: velocity of W_i^(2) on (2.3.6), by differences of that loss,
    over the right side of (2.3.8), at t = 0; nan where that is 0.
    descent, speed, constant_speed: −dL/dt and the mean square speed of the neurons at
    times[probe], and the square of W_2(ρ_0, ρ_t)/t, the speed of optimal transport; nan above
    512 neurons. stopped: '' or why the time asked for was not reached; obstruction as in Cloud.
    """

    times: Array
    gap: Array
    printed_gap: Array
    outer_particles: Array
    outer_parameters: Array
    outer_printed: Array
    loss: Array
    printed_loss: Array
    rise: float
    data_count: int
    speed_ratio: float
    probe: int
    descent: float
    speed: float
    constant_speed: float
    stopped: str
    obstruction: str


def trained(
    params: Params, network: OneLayer, x: Array, y: Array, times: Array, *, speed: float = 1.0
) -> Flow:
    """θ' = −speed N_1 ∇L from a network, at the times. A kink that crosses a datum makes Θ jump,
    so kinked activations get a coarser tolerance; attempts are bounded, so that no setting is
    slow."""
    kinked = nonlinearity(params).name in KINKED
    return gradient_flow(
        network,
        x,
        y,
        nonlinearity(params),
        gamma=math.sqrt(network.width),
        eta=speed * network.width,
        times=times,
        rtol=1e-2 if kinked else 1e-3,
        max_steps=most_steps(params, network.width),
        keep_parameters=True,
    )


def cloud_in_time(params: Params) -> Cloud:
    """Train and record 40 times, evenly spaced in log t. Cost: 15 ms at the default."""
    u, x, y = dataset(params)
    network, sigma = start(params, params.width), nonlinearity(params)
    times = np.concatenate([[0.0], np.geomspace(_FIRST_TIME, params.time, FRAMES - 1)])
    flow = trained(params, network, x, y, times)
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


def both_ways(params: Params) -> Ways:
    """Particles, parameters, and parameters on the printed loss. Cost: 20 ms at the default."""
    _, x, y = dataset(params)
    network, sigma = start(params, params.particles), nonlinearity(params)
    most = most_evaluations(params)
    rtol = _STEEP_RTOL if params.smooth in STEEP else _RTOL
    times, stopped = _reachable(params, network, x, y, most)
    probe = INSTANTS // 2
    step = 1e-3 * times[probe]
    instants = np.sort(np.append(times, [times[probe] - step, times[probe] + step]))
    path = particle_flow(network, x, y, sigma, times=times, rtol=rtol)
    whole = reference_flow(
        network,
        x,
        y,
        sigma,
        gamma=math.sqrt(network.width),
        eta=float(network.width),
        times=instants,
        rtol=rtol,
    )
    kept = np.delete(np.arange(len(instants)), [probe, probe + 2])
    networks = tuple(whole.parameters[k] for k in kept)
    losses = 0.5 * np.mean(whole.residuals**2, axis=1)
    fast = trained(params, network, x, y, times, speed=float(len(y)))
    before, after = whole.parameters[probe], whole.parameters[probe + 2]
    velocity = (cloud(after) - cloud(before)) / (2 * step)

    def gaps(others: tuple[OneLayer, ...]) -> Array:
        """Particles against networks, time by time."""
        cut = [
            replace(
                path,
                times=path.times[k : k + 1],
                preactivations=path.preactivations[k : k + 1],
                outer=path.outer[k : k + 1],
            )
            for k in range(len(others))
        ]
        return np.array(
            [particle_gap(c, (n,), x) for c, n in zip(cut, others, strict=True)], dtype=np.float64
        )

    return Ways(
        times=times,
        gap=gaps(networks),
        printed_gap=_padded(gaps(fast.parameters), len(times)),
        outer_particles=path.outer[:, :FOLLOWED],
        outer_parameters=np.array([n.second[:FOLLOWED] for n in networks]),
        outer_printed=_padded(np.array([n.second[:FOLLOWED] for n in fast.parameters]), len(times)),
        loss=losses[kept],
        printed_loss=_padded(fast.loss, len(times)),
        rise=max(0.0, float(np.diff(losses).max())),
        data_count=len(y),
        speed_ratio=_speed_ratio(network, x, y, params),
        probe=probe,
        descent=float(losses[probe] - losses[probe + 2]) / (2 * step),
        speed=float(np.mean(np.sum(velocity**2, axis=1))),
        constant_speed=_constant_speed(network, networks[-1], float(times[-1])),
        stopped=stopped,
        obstruction=why_not(params),
    )


def _reachable(
    params: Params, network: OneLayer, x: Array, y: Array, most: int
) -> tuple[Array, str]:
    """0 and 15 times up to the time asked for, or up to one that `most` evaluations reach, with
    what to say then."""
    end, reason, sigma = params.horizon, "", nonlinearity(params)
    if sigma.name in STEEP:
        shares = end * _SHARES
        path = particle_flow(network, x, y, sigma, times=shares, rtol=_STEEP_RTOL, most=most)
        end, reason = float(path.times[-1]), path.reason
    first = min(_FIRST_TIME, 1e-2 * end)
    return np.concatenate([[0.0], np.geomspace(first, end, INSTANTS - 1)]), reason


def agreement(params: Params) -> float:
    """How closely both ways must agree: between the steps of a steep σ, interpolation errs."""
    return 1e-7 if params.smooth in STEEP else 1e-8


def most_evaluations(params: Params) -> int:
    """Of the field, one way: what is affordable."""
    numbers = 1e-6 * params.particles * len(dataset(params)[0]) * _PER_NUMBER_NS
    return int(min(_LONGEST_WAY_MS / (0.03 + numbers), 3000))


def _padded(values: Array, count: int) -> Array:
    """With nan for the times that were not reached."""
    missing = np.full((count - len(values), *values.shape[1:]), np.nan)
    return np.concatenate([values, missing])


def _constant_speed(first: OneLayer, last: OneLayer, time: float) -> float:
    if first.width > LARGEST_ASSIGNMENT:
        return math.nan
    return (wasserstein(first, last) / time) ** 2


def _speed_ratio(network: OneLayer, x: Array, y: Array, params: Params) -> float:
    """−N_1 ∂L/∂W_i^(2) with L = ½Σ(z − y)² over the right side of (2.3.8), for the neuron i
    where that is largest. L is a parabola in W_i^(2): the central difference is exact."""
    sigma, gamma = nonlinearity(params), math.sqrt(network.width)
    values = sigma.phi(_hidden(network, x))
    missing = y - forward(network, x, sigma, gamma=gamma)
    right = values @ missing / len(y)
    i = int(np.argmax(np.abs(right)))
    if abs(float(right[i])) < 1e-9:
        return math.nan
    losses = []
    for move in (0.5, -0.5):
        second = network.second.copy()
        second[i] += move
        moved = OneLayer(network.first, second, network.bias)
        losses.append(0.5 * np.sum((forward(moved, x, sigma, gamma=gamma) - y) ** 2))
    return float(-network.width * (losses[0] - losses[1]) / right[i])


def _hidden(network: OneLayer, x: Array) -> Array:
    """z_i^(1)(x_α), (N_1, n), written out."""
    inner = network.first @ x.T / math.sqrt(network.input_dim)
    return inner if network.bias is None else inner + network.bias[:, None]


def step_ms(params: Params, width: int, count: int) -> float:
    """A step of the flow: two evaluations of network, kernel and spectrum."""
    sigma = _SIGMA_NS.get(nonlinearity(params).name, 5.0)
    numbers = 1e-6 * count * width * (sigma + 0.1 * count)
    return float(0.12 + 2 * (numbers + 1e-4 * count**1.7))


def most_steps(params: Params, width: int) -> int:
    """Attempts after which a flow is stopped."""
    count = len(dataset(params)[0])
    return int(min(max(_MOST_STEPS_MS / step_ms(params, width, count), 60), 600))


def cloud_ms(params: Params) -> float:
    """Estimated milliseconds of `cloud_in_time`."""
    count = len(dataset(params)[0])
    uneven = {"exp": 3.0, "cubic": 1.5}.get(params.activation, 1.0)
    uneven *= 2.0 if params.activation in KINKED else 1.0
    steps = min(
        FRAMES + 30 * uneven * math.log10(1 + params.time), most_steps(params, params.width)
    )
    sigma = _SIGMA_NS.get(params.activation, 5.0) + 3
    return (
        3
        + steps * step_ms(params, params.width, count)
        + FRAMES * (0.05 + 1e-6 * 97 * sigma * params.width)
    )


def ways_ms(params: Params) -> float:
    """Estimated milliseconds of `both_ways`: two DOP853 runs and one fast flow."""
    count = len(dataset(params)[0])
    heavy = 1.0 if params.smooth in {"tanh", "shaped_tanh", "linear"} else 3.0
    numbers = 6e-4 * params.particles * count * params.horizon * heavy
    if params.smooth in STEEP:
        numbers = 3 * _LONGEST_WAY_MS
    return (
        14
        + params.horizon
        + numbers
        + 0.12 * params.particles
        + 30 * step_ms(params, params.particles, count)
    )
