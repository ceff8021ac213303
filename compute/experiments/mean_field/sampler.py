"""Section 2.3, many networks: propagation of chaos and the rate of (2.3.3), batch by batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from compute.experiments.mean_field.setting import (
    Array,
    Params,
    dataset,
    dimension,
    drawn,
    grid,
    input_dim,
    located,
    nonlinearity,
)
from compute.experiments.mean_field.squares import Squares
from compute.experiments.one_layer_fields import REACH
from compute.sampling import Estimate, Sampler, merge, stream
from compute.training.approximation import (
    sample_approximation_error,
    tilted_function,
    tilted_variance,
)
from compute.training.gradient_flow import gradient_flow
from compute.training.mean_field import propagation_of_chaos, wasserstein
from compute.training.one_layer import OneLayer, features, forward, preactivations

SAMPLED = ("chaos", "approximation")
REFERENCE, GROUPS = 32, 4
WIDEST_CLOUD = 512
BATCH_MS = 90.0
LONGEST_BATCH_MS = 150.0
DRAWN_WIDTHS = (4, 16, 64, 256, 1024)
FUNCTIONS = 10
_PLACES = np.linspace(-REACH, REACH, 16, endpoint=False)
RTOL = 1e-3


@dataclass(frozen=True)
class Chaos:
    """Mean squares of: path, the coupled distance of neurons from the reference; output, of the
    outputs at the data, both the largest over the times; initial, of the outputs at t = 0;
    cloud, W_2 of two independent trained clouds (at `cloud_widths`)."""

    path: Squares
    output: Squares
    initial: Squares
    cloud: Squares


@dataclass(frozen=True)
class Drawn:
    """Mean squares of f_{N_1} − f at DRAWN_WIDTHS; a repetition is one network of each width."""

    error: Squares

    def constant(self) -> Estimate:
        """N_1 E(f_{N_1} − f)² at the largest width."""
        mean = float(self.error.mean[-1])
        error = math.sqrt(max(self.error.relative()[-1, -1], 0.0)) * mean
        return Estimate(mean, error, self.error.count).scaled(DRAWN_WIDTHS[-1])


@dataclass(frozen=True)
class Theory:
    """What is known of chaos without sampling.

    widths, cloud_widths: of the fit. reference: N_1 of the network that stands for N_1 = ∞.
    initial: N_1 times the mean square of the output at t = 0, exact. dimension: d.
    cloud_exponent: −1/d for d > 2, else nan.
    """

    widths: tuple[int, ...]
    cloud_widths: tuple[int, ...]
    reference: int
    initial: float
    dimension: int
    cloud_exponent: float


@dataclass(frozen=True)
class Approximation:
    """A measure, its function, and networks drawn from it.

    grid (97,): coordinates u; function (97,): f of (2.3.2), exact; drawn (10, 97): f_{N_1} of
    ten networks. constant: N_1 E(f_{N_1} − f)², mean over 16 inputs, exact.
    """

    grid: Array
    function: Array
    drawn: Array
    constant: float


def widths(params: Params) -> tuple[int, ...]:
    """The four fitted widths, ascending."""
    return _four(params.widest)


def cloud_widths(params: Params) -> tuple[int, ...]:
    """The four widths at which clouds are compared, up to 512: few neurons know no dimension."""
    return _four(min(4 * params.widest, WIDEST_CLOUD))


def _four(widest: int) -> tuple[int, ...]:
    return tuple(widest // 2**k for k in (3, 2, 1, 0))


def theory(params: Params) -> Theory:
    """What the chaos tab knows before any sample."""
    sigma, d = nonlinearity(params), dimension(params)
    _, x, _ = dataset(params)
    rows = features(x, input_dim(params), bias=params.bias)
    return Theory(
        widths(params),
        cloud_widths(params),
        REFERENCE * params.widest,
        float(np.mean(sigma.variance(np.sum(rows**2, axis=1)))),
        d,
        -1 / d if d > 2 else math.nan,
    )


def approximation(params: Params) -> Approximation:
    """The function of the measure, and ten networks. Cost: 10 ms at the default."""
    at, sigma = grid(params), nonlinearity(params)
    places, v = _tilted(params, at)
    x, scale = located(params, at), math.sqrt(params.width)
    networks = (_from_measure(params, k) for k in range(FUNCTIONS))
    drawn = np.array([forward(net, x, sigma, gamma=scale) for net in networks])
    return Approximation(at, tilted_function(places, v, sigma), drawn, exact_constant(params))


def exact_constant(params: Params) -> float:
    """N_1 E(f_{N_1} − f)², mean over the 16 inputs of the sample, by quadrature."""
    return float(np.mean(tilted_variance(*_tilted(params, _PLACES), nonlinearity(params))))


def _tilted(params: Params, u: Array) -> tuple[Array, Array]:
    """Inputs and direction as in `training.approximation`; a bias is one more coordinate."""
    rows = features(located(params, u), bias=params.bias)
    v = np.zeros(rows.shape[1])
    v[0] = params.tilt
    if params.bias:
        v[-1] = params.tilt
    return rows * math.sqrt(rows.shape[1]), v


def _from_measure(params: Params, index: int) -> OneLayer:
    network = drawn(params, params.width, "functions", index)
    offset = 0.0 if network.bias is None else network.bias
    return OneLayer(network.first, params.tilt * (network.first[:, 0] + offset), network.bias)


def batch(params: Params, index: int) -> Chaos | Drawn:
    """Batch `index`, 80 to 150 ms. ValueError where there is no such batch."""
    params = _sampled(params)
    count = min(_per_batch(params), _wanted(params) - index * _per_batch(params))
    if count < 1 or index < 0:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    if params.figure == "chaos":
        first = index * _per_batch(params)
        return _chaos_batch(params, range(first, first + count))
    return _drawn_batch(params, count, stream(params.seed, "draws", index))


def batches(params: Params) -> int:
    """How many batches the sample has."""
    params = _sampled(params)
    return math.ceil(_wanted(params) / _per_batch(params))


def _sampled(params: Params) -> Params:
    """The setting that is sampled: the tabs that need no sample have that of the default chaos."""
    if params.figure in SAMPLED:
        return params
    return Params(figure="chaos", seed=params.seed)


SAMPLER: Sampler[Params, Any] = Sampler(batch, merge, batches)


def _wanted(params: Params) -> int:
    return params.replicates if params.figure == "chaos" else params.draws


def _per_batch(params: Params) -> int:
    if params.figure == "chaos":
        return max(1, int(BATCH_MS / repetition_ms(params)))
    heavy = {"sin": 25.0, "gelu": 25.0, "erf": 25.0}.get(params.activation, 8.0)
    one = 1e-6 * sum(DRAWN_WIDTHS) * (10 * dimension(params) + len(_PLACES) * (heavy + 3))
    return max(2, int(BATCH_MS / one))


def repetition_ms(params: Params) -> float:
    """Estimated milliseconds of one repetition of the chaos tab."""
    count = len(dataset(params)[0])
    heavy = {"tanh": 5.0, "linear": 3.0}.get(params.tame, 24.0) + 0.1 * count
    flows = 4 * GROUPS + 9
    steps = 6 + 1.2 * params.horizon
    numbers = (REFERENCE + 2 * GROUPS + 16) * params.widest * count
    assignment = 1.5e-7 * float(cloud_widths(params)[-1]) ** 2.9
    overhead = flows * steps * (0.1 + 1e-4 * float(count) ** 1.5)
    return float(overhead + 2e-6 * steps * numbers * heavy + assignment)


def _chaos_batch(params: Params, indices: range) -> Chaos:
    rows = np.array([_repetition(params, index) for index in indices])
    networks = (4 * GROUPS + 1, 4 * GROUPS + 1, 4 * GROUPS, 8)
    return Chaos(*(Squares.of(rows[:, k], n * len(indices)) for k, n in enumerate(networks)))


def _repetition(params: Params, index: int) -> Array:
    """Mean squares of path, output, initial output and clouds at four widths: (4, 4)."""
    _, x, y = dataset(params)
    sigma = nonlinearity(params)
    reference = drawn(params, REFERENCE * params.widest, "reference", index)
    times = [0.5 * params.horizon, params.horizon]
    measured = propagation_of_chaos(
        reference, widths(params), x, y, sigma, times=times, groups=GROUPS, rtol=RTOL
    )
    products = sigma.phi(preactivations(reference, x)) * reference.second
    initial = [
        np.mean(products[:, : GROUPS * n].reshape(len(x), GROUPS, n).mean(axis=2) ** 2)
        for n in widths(params)
    ]
    clouds = [_cloud_square(params, n, index, x, y) for n in cloud_widths(params)]
    return np.array(
        [measured.path_distance**2, measured.output_distance**2, initial, clouds], dtype=np.float64
    )


def _cloud_square(params: Params, width: int, index: int, x: Array, y: Array) -> float:
    """W_2² of two independent networks, both trained."""

    def trained(name: str) -> OneLayer:
        network = drawn(params, width, f"{name} {width}", index)
        scales: dict[str, Any] = {"gamma": math.sqrt(width), "eta": width, "rtol": RTOL}
        times = [params.horizon]
        return gradient_flow(network, x, y, nonlinearity(params), times=times, **scales).final

    return wasserstein(trained("one cloud"), trained("other cloud")) ** 2


def _drawn_batch(params: Params, count: int, rng: np.random.Generator) -> Drawn:
    places, v = _tilted(params, _PLACES)
    sigma = nonlinearity(params)
    found = [sample_approximation_error(count, n, places, v, sigma, rng) for n in DRAWN_WIDTHS]
    return Drawn(Squares.of(np.column_stack(found), count * len(DRAWN_WIDTHS)))
