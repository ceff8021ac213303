"""Section 2.1.1: what is random in a network with one hidden layer, and what stops being random.

Given the first layer the output is Gaussian with a random covariance; as N_1 grows that covariance
and the tangent kernel (2.1.8) settle, and outputs become Gaussian and independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.initialisation.circle import BLOCK, Circle, block_ms, circle_of
from compute.experiments.initialisation.law import Law, law_of
from compute.experiments.initialisation.setting import (
    LADDER,
    Params,
    activation_of,
    neuron_ns,
    pair,
    scale_of,
    scales_of,
    variance_of,
)
from compute.experiments.initialisation.settle import Settle, settle_of
from compute.kernels import nngp
from compute.sampling import stream
from compute.training.one_layer import conditional_covariance, sample_parameters
from compute.training.one_layer_limits import limit_kernels, mean_ntk_table, square_spread

Array = NDArray[np.float64]

TABLE_ETAS = tuple(16.0**k for k in range(-1, 5))
TABLE_SCALES = tuple(4.0**k for k in range(5))
LAYERS = 10
_ONE_MS = 12.0


@dataclass(frozen=True)
class Table:
    """E NTK(x, x) against η and γ, (2.1.10), and against the width.

    etas (6,), scales (5,): the table's rows and columns; values (6, 5). here: at the page's η and
    γ. unit: at η = γ = 1. widths (m,): a ladder; fixed, matched (m,): E NTK there at γ of the
    width, with η as set and with η = γ².
    """

    etas: Array
    scales: Array
    values: Array
    here: float
    unit: float
    widths: Array
    fixed: Array
    matched: Array


@dataclass(frozen=True)
class Pair:
    """Two outputs of one hidden layer at one input.

    widths (m,), correlation (m,): exact correlation of their squares. here: at the page's width.
    """

    widths: Array
    correlation: Array
    here: float


@dataclass(frozen=True)
class Result:
    """The part that the tab in front needs; the others are None.

    variance: E σ(z)², the output's variance times γ². steps: one and two steps of (3.3.1) from
    x·x/N_0, which Chapter 3 calls K^(1) and K^(2).
    """

    variance: float
    steps: tuple[float, float]
    output: Law | None = None
    functions: Circle | None = None
    width: Settle | None = None
    table: Table | None = None
    outputs: Pair | None = None


def run(params: Params) -> Result:
    """What the tab in front shows before anything is sampled. Cost: 5 to 25 ms at the default."""
    kernels = nngp(
        np.array([[variance_of(params)]]), 2, activation_of(params), weight_variance=1.0
    )[:, 0, 0]
    first, second = float(kernels[1]), float(kernels[2])
    part: Any = _PARTS[params.figure](params)
    return Result(first, (first, second), **{params.figure: read_only(part)})


def work(params: Params) -> float:
    """Estimated milliseconds of `run`."""
    if params.figure == "output":
        return 8.0 + 3e-6 * _layers(params) * params.width * neuron_ns(params, 1)
    if params.figure == "functions":
        return 4.0 + 1.5 * block_ms(params) * min(params.width, BLOCK) / BLOCK
    # the duals of tanh are sums over a mixture
    table = 25.0 if params.activation in {"tanh", "shaped_tanh"} else 3.0
    return {"width": 8.0 + _ONE_MS, "table": table, "outputs": 3.0}[params.figure]


@lru_cache(maxsize=64)
def output_edges(params: Params) -> Array:
    """The histogram's bins, (51,): those of the law."""
    return law_of(params, np.empty(0)).edges


def _layers(params: Params) -> int:
    """How many first layers are drawn one by one."""
    return max(1, min(LAYERS, 400_000 // (params.width * params.inputs)))


def _output(params: Params) -> Law:
    rng = stream(params.seed, "first layers")
    activation, point = activation_of(params), pair(params)[:1]
    found = []
    for _ in range(_layers(params)):
        network = sample_parameters(params.width, params.inputs, rng)
        found.append(conditional_covariance(network, point, activation, gamma=1.0)[0, 0])
    return law_of(params, np.array(found))


def one_width(params: Params) -> int:
    """Width of the network whose gradients are taken numerically: as wide as time allows."""
    each = 60.0 * (params.inputs + 1) * (neuron_ns(params, 1) / (params.inputs + 1) + 4.0)
    return max(1, min(params.width, int(_ONE_MS * 1e6 / each)))


def _width(params: Params) -> Settle:
    rng = stream(params.seed, "one network")
    network = sample_parameters(one_width(params), params.inputs, rng)
    return settle_of(params, network)


def _table(params: Params) -> Table:
    activation, point = activation_of(params), pair(params)[0]
    unit = float(limit_kernels(point[None], activation, gamma=1.0, eta=1.0).ntk[0, 0])
    return Table(
        etas=np.array(TABLE_ETAS),
        scales=np.array(TABLE_SCALES),
        values=mean_ntk_table(point, activation, etas=TABLE_ETAS, gammas=TABLE_SCALES),
        here=unit * params.eta / scale_of(params) ** 2,
        unit=unit,
        widths=np.array(LADDER, dtype=np.float64),
        fixed=unit * params.eta / scales_of(params) ** 2,
        matched=np.full(len(LADDER), unit),
    )


def _pair(params: Params) -> Pair:
    one = square_spread(1, variance_of(params), activation_of(params))
    widths = np.append(np.geomspace(1, LADDER[-1], 97), params.width)
    spreads = one / widths
    correlation = spreads / (2 + 3 * spreads)
    return Pair(widths[:-1], correlation[:-1], float(correlation[-1]))


_PARTS = {
    "output": _output,
    "functions": circle_of,
    "width": _width,
    "table": _table,
    "outputs": _pair,
}
