"""Neurons as interacting particles (section 2.3): γ = √N_1, η = N_1.

The state X_i = ((z_i^(1)(x_α))_α, W_i^(2)) of a neuron moves in a field made by all,

    d/dt z_i^(1)(x_β) = |D|⁻¹ Σ_α Δ_α W_i^(2) σ'(z_i^(1)(x_α)) x_α·x_β/N_0        (2.3.7)
    d/dt W_i^(2)      = |D|⁻¹ Σ_α Δ_α σ(z_i^(1)(x_α)),   Δ = y − mean_i W_i^(2)σ   (2.3.8)

which is the flow of the parameters on the loss ½|D|⁻¹Σ(z − y)²; (2.3.6) as printed lacks the
|D|⁻¹. Here these equations are integrated for themselves, without any parameters W^(1).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.training.flow_reference import MOST_EVALUATIONS, integrate, too_long
from compute.training.gradient_flow import gradient_flow
from compute.training.one_layer import (
    OneLayer,
    as_targets,
    forward,
    frozen,
    increasing_times,
    inner_weights,
    network_features,
    preactivations,
)

Array = NDArray[np.float64]

_REFERENCE = 32
_LARGEST_CLOUD = 4096


@dataclass(frozen=True, eq=False)
class ParticlePath:
    """Particles in time; arrays read-only.

    times (T,) reached; preactivations (T, n, N_1): z_i^(1)(x_α); outer (T, N_1): W_i^(2);
    residuals (T, n): z − y = −Δ; loss (T,): ½|D|⁻¹ΣΔ². reason: "" or, in words, why the last
    times asked for are not among them.
    """

    times: Array
    preactivations: Array
    outer: Array
    residuals: Array
    loss: Array
    reason: str = ""


def particle_flow(
    parameters: OneLayer,
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    times: ArrayLike,
    rtol: float = 1e-10,
    most: int = MOST_EVALUATIONS,
) -> ParticlePath:
    """Integrate (2.3.7)–(2.3.8) from the particles of a network, data x (n, N_0), y (n,).

    With a bias, x_α·x_β/N_0 becomes x_α·x_β/N_0 + 1. times increasing, ≥ 0. By DOP853, error
    about rtol; meant for N_1 n up to some 10⁴: 20 ms for N_1 = 256, n = 16 to t = 30. After
    `most` evaluations of the field it ends early and says so: at a kink particles stick to data,
    and their velocity there is not that of any side.
    ValueError for wrong shapes or numbers.
    """
    instants = increasing_times(times)
    points = network_features(parameters, x)
    count, width = len(points), parameters.width
    gram, targets = points @ points.T / count, as_targets(y, count)

    def field(_: float, state: Array) -> Array:
        particles = state.reshape(count + 1, width)
        hidden, outer = particles[:-1], particles[-1]
        values, slopes = activation.phi_and_dphi(hidden)
        missing = targets - values @ outer / width
        motion = np.empty_like(particles)
        motion[:-1] = (gram * missing) @ (outer * slopes)
        motion[-1] = missing @ values / count
        return motion.ravel()

    start = np.vstack([preactivations(parameters, x), parameters.second]).ravel()
    states = integrate(field, start, instants, rtol, most).reshape(-1, count + 1, width)
    values = activation.phi(states[:, :-1])
    residuals = np.einsum("tni,ti->tn", values, states[:, -1]) / width - targets
    reached = instants[: len(states)]
    return ParticlePath(
        frozen(reached),
        frozen(states[:, :-1]),
        frozen(states[:, -1]),
        frozen(residuals),
        frozen(0.5 * np.mean(residuals**2, axis=1)),
        too_long(instants, len(reached), most),
    )


def particle_gap(path: ParticlePath, networks: tuple[OneLayer, ...], x: ArrayLike) -> float:
    """Largest difference between particles and the networks at the same times, all coordinates.

    ValueError unless there is one network per time, of the particles' number.
    """
    if len(networks) != len(path.times) or networks[0].width != path.outer.shape[1]:
        raise ValueError("networks must be one per time of the path, as wide as it")
    hidden = max(
        float(np.abs(preactivations(network, x) - particles).max())
        for network, particles in zip(networks, path.preactivations, strict=True)
    )
    return max(hidden, float(np.abs([n.second for n in networks] - path.outer).max()))


def cloud(parameters: OneLayer) -> Array:
    """The atoms of ρ_θ: (N_1, N_0 + 1), or (N_1, N_0 + 2) with bias: W^(1), b, W^(2)."""
    return np.column_stack([inner_weights(parameters), parameters.second])


def displacement(before: OneLayer, after: OneLayer) -> Array:
    """How far each neuron went, cloud(after) − cloud(before). ValueError for different shapes."""
    first, second = cloud(before), cloud(after)
    if first.shape != second.shape:
        raise ValueError("after must have the shape of before")
    return second - first


def wasserstein(first: OneLayer, second: OneLayer) -> float:
    """Wasserstein-2 distance of the clouds of two networks of one width N_1 ≤ 4096: exact.

    By optimal assignment: 1 ms at N_1 = 128, 0.1 s at 1024. Between two samples of one law in
    d = N_0 + 1 > 2 dimensions it falls as N_1^{−1/d}, far slower than the outputs agree: the
    clouds must match everywhere, the output is one average. ValueError for different shapes.
    """
    clouds = cloud(first), cloud(second)
    if clouds[0].shape != clouds[1].shape:
        raise ValueError("second must have the shape of first")
    if len(clouds[0]) > _LARGEST_CLOUD:
        raise ValueError(f"first must have at most {_LARGEST_CLOUD} neurons")
    costs = scipy.spatial.distance.cdist(clouds[0], clouds[1], "sqeuclidean")
    rows, columns = scipy.optimize.linear_sum_assignment(costs)
    return math.sqrt(float(costs[rows, columns].mean()))


def coupled_distance(network: OneLayer, reference: OneLayer) -> float:
    """Root mean square distance of neuron i from neuron i of a wider network, i ≤ N_1.

    Meant for networks that started with the same first N_1 neurons: then it is what propagation
    of chaos bounds by N_1^{−1/2}. ValueError unless the reference is as wide or wider.
    """
    if reference.width < network.width or reference.input_dim != network.input_dim:
        raise ValueError("reference must be at least as wide as network, inputs alike")
    apart = displacement(reference.neurons(0, network.width), network)
    return math.sqrt(float(np.mean(np.sum(apart**2, axis=1))))


@dataclass(frozen=True, eq=False)
class Chaos:
    """Propagation of chaos, measured: largest over the times, root mean square over groups.

    widths (W,); path_distance (W,): coupled distance to the reference; output_distance (W,):
    root mean square over the data of the difference of the outputs.
    """

    widths: Array
    path_distance: Array
    output_distance: Array


def propagation_of_chaos(
    reference: OneLayer,
    widths: tuple[int, ...],
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    times: ArrayLike,
    groups: int = 4,
    rtol: float = 1e-5,
) -> Chaos:
    """Distance of networks of each width N from a reference that contains their neurons.

    Neurons gN … (g+1)N − 1 of the reference train alone, g < groups, and are compared with
    themselves in the reference, at the times. The reference stands for N = ∞, so it must be ≥
    32 times the largest width (its own distance from the limit is then below 3 %, in
    quadrature). ValueError otherwise, and as gradient_flow. Cost: one flow of the reference
    (0.6 s at 65 536 neurons) and `groups` of each width.
    """
    if not widths or min(widths) < 1 or groups < 1:
        raise ValueError("widths and groups must be positive")
    if reference.width < max(_REFERENCE, groups) * max(widths):
        raise ValueError(f"reference must have >= {max(_REFERENCE, groups)} times max(widths)")

    def train(network: OneLayer) -> tuple[OneLayer, ...]:
        flow = gradient_flow(
            network,
            x,
            y,
            activation,
            gamma=math.sqrt(network.width),
            eta=network.width,
            times=times,
            rtol=rtol,
            keep_parameters=True,
        )
        if not flow.converged:
            raise ValueError(f"times cannot be reached: {flow.reason}")
        return flow.parameters

    whole = train(reference)
    limits = [_outputs(network, x, activation) for network in whole]
    results = np.empty((len(widths), groups, 2))
    for k, width in enumerate(widths):
        for g, (start, stop) in enumerate(pairwise(range(0, (groups + 1) * width, width))):
            path = train(reference.neurons(start, stop))
            results[k, g] = np.max(
                [
                    (
                        coupled_distance(small, large.neurons(start, stop)),
                        np.sqrt(np.mean((_outputs(small, x, activation) - limit) ** 2)),
                    )
                    for small, large, limit in zip(path, whole, limits, strict=True)
                ],
                axis=0,
            )
    spread = np.sqrt(np.mean(results**2, axis=1))
    return Chaos(frozen(widths), frozen(spread[:, 0]), frozen(spread[:, 1]))


def _outputs(network: OneLayer, x: ArrayLike, activation: Activation) -> Array:
    return forward(network, x, activation, gamma=math.sqrt(network.width))
