"""Section 2.3, the same motion computed twice: as particles and as parameters.

(2.3.7)–(2.3.8) know no parameters W^(1). The printed loss (2.3.6), without |D|⁻¹, runs |D| times
as fast (E 5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from compute.experiments.mean_field.flows import FIRST_TIME, most_steps, step_ms, trained
from compute.experiments.mean_field.setting import (
    Array,
    Params,
    dataset,
    nonlinearity,
    start,
    why_not,
)
from compute.experiments.one_layer_fields import STEEP
from compute.training.flow_reference import reference_flow
from compute.training.mean_field import cloud, particle_flow, particle_gap, wasserstein
from compute.training.one_layer import OneLayer, forward

INSTANTS, FOLLOWED = 16, 6
# Among these shares of the time is one that both ways reach with what they may spend.
_SHARES = np.geomspace(1e-7, 1.0, 32)
_LONGEST_WAY_MS = 60.0
LARGEST_ASSIGNMENT = 512
_RTOL, _STEEP_RTOL = 3e-11, 1e-12
_PER_NUMBER_NS = 15.0


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


def both_ways(params: Params) -> Ways:
    """Particles, parameters, and parameters on the printed loss. Cost: 20 ms at the default."""
    _, x, y = dataset(params)
    network, sigma = start(params, params.particles), nonlinearity(params)
    rtol = _STEEP_RTOL if params.smooth in STEEP else _RTOL
    times, stopped = _reachable(params, network, x, y)
    probe = INSTANTS // 2
    step = 1e-3 * times[probe]
    instants = np.sort(np.append(times, [times[probe] - step, times[probe] + step]))
    path = particle_flow(network, x, y, sigma, times=times, rtol=rtol)
    gamma, eta = math.sqrt(network.width), float(network.width)
    whole = reference_flow(network, x, y, sigma, gamma=gamma, eta=eta, times=instants, rtol=rtol)
    kept = np.delete(np.arange(len(instants)), [probe, probe + 2])
    networks = tuple(whole.parameters[k] for k in kept)
    losses = 0.5 * np.mean(whole.residuals**2, axis=1)
    most = most_steps(params, network.width)
    fast = trained(params, network, x, y, times, most=most, speed=float(len(y)))
    before, after = whole.parameters[probe], whole.parameters[probe + 2]
    velocity = (cloud(after) - cloud(before)) / (2 * step)
    small = network.width <= LARGEST_ASSIGNMENT
    transport = wasserstein(network, networks[-1]) ** 2 if small else math.nan

    def gaps(others: tuple[OneLayer, ...]) -> Array:
        """Particles against networks, time by time."""
        cut = ("times", "preactivations", "outer")
        found = []
        for k, other in enumerate(others):
            moment = replace(path, **{name: getattr(path, name)[[k]] for name in cut})
            found.append(particle_gap(moment, (other,), x))
        return np.array(found)

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
        constant_speed=transport / float(times[-1]) ** 2,
        stopped=stopped,
        obstruction=why_not(params),
    )


def _reachable(params: Params, network: OneLayer, x: Array, y: Array) -> tuple[Array, str]:
    """0 and 15 times up to the time asked for, or up to an affordable one with what to say then."""
    end, reason, sigma = params.horizon, "", nonlinearity(params)
    if sigma.name in STEEP:
        shares = end * _SHARES
        most = most_evaluations(params)
        path = particle_flow(network, x, y, sigma, times=shares, rtol=_STEEP_RTOL, most=most)
        end, reason = float(path.times[-1]), path.reason
    first = min(FIRST_TIME, 1e-2 * end)
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


def ways_ms(params: Params) -> float:
    """Estimated milliseconds of `both_ways`: two DOP853 runs and one fast flow.

    Their first steps are short however near the horizon, and the fast flow's kernel drifts the
    more the larger the targets.
    """
    targets = dataset(params)[2]
    count = len(targets)
    heavy = 1.0 if params.smooth in {"tanh", "shaped_tanh", "linear"} else 3.0
    numbers = 6e-4 * params.particles * count * (1 + params.horizon) * heavy
    if params.smooth in STEEP:
        numbers = 3 * _LONGEST_WAY_MS
    drift = float(np.abs(targets).max()) + math.log10(1 + params.horizon * count)
    return (
        26
        + 5.0 * params.horizon
        + 1.2 * numbers
        + 0.09 * params.particles * (1 + params.horizon)
        + (32 + 16 * drift) * step_ms(params, params.particles, count)
    )
