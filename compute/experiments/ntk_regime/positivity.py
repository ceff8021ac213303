"""When the kernel is positive definite: steps (2.2.4) and (2.2.6) of section 2.2.1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.experiments.ntk_regime.data import Data, dataset, on_circle
from compute.sampling import stream
from compute.training.one_layer import features, inner_weights, sample_parameters
from compute.training.one_layer_limits import limit_kernels

Array = NDArray[np.float64]

COUNTS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 40)
NEURONS = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
_ANGLES = np.geomspace(2e-3, 1.0, 24)
SEEDS = 5
# Eigenvalues of a matrix of order 1 below this are rounding.
ROUNDING = 1e-15
# λ is compared with 0 at this share of the largest eigenvalue.
NULL = 1e-11


@dataclass(frozen=True)
class Positivity:
    """The smallest eigenvalue of E Θ and of Θ_0; A angles, C sizes, W widths, S seeds.

    angles (A,): between the two closest of the inputs on the circle; by_angle (A,): λ_min(E Θ);
    counts (C,) and by_count (C,): λ_min(E Θ) of the first |D| points; rank: eigenvalues of E Θ
    that are not rounding, of size; dimension: of the polynomials that a polynomial σ can make on
    these inputs, inf for any other σ; widths (W,) and by_width (S, W): λ_min(Θ_0); limit:
    λ_min(E Θ); distances (S, W): ‖Θ_0 − E Θ‖, Frobenius; trace, trace_error: of tr Θ_0, mean
    over all neurons drawn, with its standard error; limit_trace: of E Θ; printed_trace: (2.2.6)
    as printed, without η/γ².
    """

    angles: Array
    by_angle: Array
    counts: Array
    by_count: Array
    rank: int
    size: int
    dimension: float
    widths: Array
    by_width: Array
    limit: float
    distances: Array
    trace: float
    trace_error: float
    limit_trace: float
    printed_trace: float


def positivity(
    activation: Activation,
    name: str,
    count: int,
    points: Sequence[tuple[float, float]],
    seed: int,
    rate: float,
) -> Positivity:
    """What the tab "eigenvalues" draws, with η/γ² = rate. Cost: see `work` of the page."""
    data = dataset(name, count, points, seed, curves=False)
    size = len(data.targets)
    kernel = rate / size * _unit_kernel(activation, data.inputs)
    spectrum = np.linalg.eigvalsh(kernel)
    counts, by_count = _by_count(activation, name, tuple(points), seed if name == "sphere" else 0)
    by_width, distances, traces = _by_width(activation, data, seed, kernel, rate)
    return Positivity(
        angles=_angles(size),
        by_angle=rate * _by_angle(activation, size),
        counts=counts,
        by_count=rate * by_count,
        rank=int(np.count_nonzero(spectrum > NULL * spectrum[-1])),
        size=size,
        dimension=polynomial_dimension(activation, name, data.inputs.shape[1]),
        widths=np.array(NEURONS, dtype=np.float64),
        by_width=by_width,
        limit=max(float(spectrum[0]), 0.0),
        distances=distances,
        trace=float(traces.mean()),
        trace_error=float(traces.std(ddof=1)) / math.sqrt(traces.size),
        limit_trace=float(np.trace(kernel)),
        printed_trace=float(np.trace(kernel)) / rate,
    )


def _unit_kernel(activation: Activation, inputs: Array) -> Array:
    return limit_kernels(inputs, activation, gamma=1.0, eta=1.0, bias=True).ntk


def _smallest(kernel: Array) -> float:
    """λ_min, and 0 where it is rounding."""
    rates = np.linalg.eigvalsh(kernel)
    return float(rates[0]) if rates[0] > ROUNDING * len(rates) * rates[-1] else 0.0


def _angles(count: int) -> Array:
    """(A,) radians, up to half of what lies between the others of `count` inputs."""
    return _ANGLES * min(1.0, math.pi / (count - 1))


@lru_cache(maxsize=64)
def _by_angle(activation: Activation, count: int) -> Array:
    """λ_min(E Θ) at η/γ² = 1, `count` inputs on the circle, two of them `_angles` apart: (A,)."""
    spread = 2 * math.pi / (count - 1) * np.arange(count - 1)
    # one kernel of all inputs that occur: every E Θ is a part of it
    kernel = _unit_kernel(activation, on_circle(np.append(spread, _angles(count))))
    chosen = [np.append(np.arange(count - 1), count - 1 + k) for k in range(len(_ANGLES))]
    return np.array([_smallest(kernel[np.ix_(part, part)]) / count for part in chosen])


@lru_cache(maxsize=64)
def _by_count(
    activation: Activation, name: str, points: tuple[tuple[float, float], ...], seed: int
) -> tuple[Array, Array]:
    """The numbers of data and λ_min(E Θ) of so many, at η/γ² = 1: two (C,)."""
    data = dataset(name, max(COUNTS), points, seed, curves=False)
    counts = np.array([n for n in COUNTS if n <= len(data.targets)], dtype=np.float64)
    kernel = _unit_kernel(activation, data.inputs)
    return counts, np.array([_smallest(kernel[:n, :n]) / n for n in counts.astype(int)])


def polynomial_dimension(activation: Activation, name: str, input_dim: int) -> float:
    """Dimension of the polynomials of σ's degree on the inputs, which bounds the rank of Θ."""
    degree = {"linear": 1, "cubic": 3}.get(activation.name)
    if degree is None:
        return math.inf
    if name == "circle":
        return 2 * degree + 1
    if name == "sphere":
        # x̃ has N_0 + 1 coordinates; on the sphere degree d adds to degree d − 2 nothing new
        lower = math.comb(input_dim + degree - 2, degree - 2) if degree > 1 else 0
        return math.comb(input_dim + degree, degree) - lower
    return degree + 1


def _by_width(
    activation: Activation, data: Data, seed: int, kernel: Array, rate: float
) -> tuple[Array, Array, Array]:
    """λ_min(Θ_0) and ‖Θ_0 − E Θ‖, (S, W), and tr Θ_0 of every neuron alone, (S N,).

    Neurons are added to the same network, so that a curve shows one growing network.
    """
    points = features(data.inputs, bias=True)
    gram, size = points @ points.T, len(points)
    norms = np.diagonal(gram)
    smallest = np.empty((SEEDS, len(NEURONS)))
    distances = np.empty_like(smallest)
    traces = np.empty((SEEDS, NEURONS[-1]))
    for s in range(SEEDS):
        rng = stream(seed, "growing", s)
        network = sample_parameters(NEURONS[-1], data.inputs.shape[1], rng, bias=True)
        hidden = points @ inner_weights(network).T
        values, slopes = activation.phi(hidden), activation.dphi(hidden) * network.second
        traces[s] = rate / size * np.sum(values**2 + norms[:, None] * slopes**2, axis=0)
        total, start = np.zeros((size, size)), 0
        for k, width in enumerate(NEURONS):
            part = slice(start, width)
            total += values[:, part] @ values[:, part].T
            total += gram * (slopes[:, part] @ slopes[:, part].T)
            now = rate / (size * width) * total
            smallest[s, k], distances[s, k] = _smallest(now), float(np.linalg.norm(now - kernel))
            start = width
    return smallest, distances, traces.ravel()
