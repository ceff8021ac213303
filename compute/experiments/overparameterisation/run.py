"""§1.3.1: ranks of Jacobians and patterns of ReLU neurons.

Linear networks are in `modes`; what many starts do is sampled, by `sampler`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.arrays import read_only
from compute.experiment import BUDGET_MS
from compute.experiments.overparameterisation.modes import RANDOM, Linear, linear_modes, schedule
from compute.experiments.overparameterisation.sampler import start_ms
from compute.experiments.overparameterisation.setting import (
    Params,
    count,
    start_ratios,
    start_widths,
    sweep,
)
from compute.jacobian_rank import (
    Deficits,
    Idle,
    activation_patterns,
    generic_rank,
    idle_neurons,
    jacobian,
    pattern_rank,
    relu_deficits,
    singular_values,
)
from compute.sampling import stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

LONGEST_BATCH_MS = 150.0
_STEP = 1e-20


@dataclass(frozen=True)
class Rank:
    """Jacobians of n networks at each of k widths, every weight drawn.

    `widths`, `parameters`, `generic` (k,): N, P and the rank that :func:`generic_rank` says;
    `ranks` (k, n) by singular values; `gaps` (k, n): how many times the last one counted is larger
    than the next (inf where there is none); `patterns` (k, n): :func:`pattern_rank` for one hidden
    ReLU layer, else empty. `values` (n, m): singular values of the chosen width over the largest,
    what is below `floor` counts as 0. `slope`, `chained`: the derivative of the loss along a random
    direction v of the chosen width's first network, by a complex step, and ∇_z L · D_θ z v. `idle`:
    the neurons that cost a ReLU network rank, of each network of the chosen width; else empty.
    """

    widths: Ints
    parameters: Ints
    generic: Ints
    ranks: Ints
    gaps: Array
    patterns: Ints
    values: Array
    floor: float
    slope: float
    chained: float
    idle: tuple[Idle, ...]


@dataclass(frozen=True)
class Patterns:
    """One hidden ReLU layer: where its parameters go.

    `on` (N, |D|): the first network's patterns, data in order of the first coordinate; `reasons`
    (N,): "dead", "always on", "repeated" or "". `here`: its deficits. `widths`, `parameters` (k,);
    `lost` (k, 6): rank and losses in the order of `Deficits`, means over n networks.
    """

    on: NDArray[np.bool_]
    reasons: tuple[str, ...]
    here: Deficits
    widths: Ints
    parameters: Ints
    lost: Array


@dataclass(frozen=True)
class Widths:
    """Where starts are sampled: widths N and P/|D|, (k,) each."""

    widths: Ints
    ratios: Array


@dataclass(frozen=True)
class Result:
    """The part of the tab in front; the others are None."""

    rank: Rank | None = None
    patterns: Patterns | None = None
    linear: Linear | None = None
    starts: Widths | None = None


def run(params: Params) -> Result:
    """What the tab in front draws."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def _data(params: Params) -> Array:
    return stream(params.seed, "data").standard_normal((params.data_count, params.input_dim))


def _networks(params: Params, width: int, depth: int) -> tuple[list[Array], list[Array]]:
    """Weights of variance 1/N_{ℓ−1} and biases of variance 1, n networks of that width."""
    rng, n = stream(params.seed, f"width {width}"), params.networks
    sizes = [params.input_dim, *[width] * depth, 1]
    weights = [rng.standard_normal((n, b, a)) / math.sqrt(a) for a, b in pairwise(sizes)]
    return weights, [rng.standard_normal((n, b)) for b in sizes[1:]]


def _rank(params: Params) -> Rank:
    x, activation = _data(params), get_activation(params.activation)
    widths = sweep(params)
    ranks, gaps, patterns = [], [], []
    shown: Array = np.empty((0, 0))
    floor, slope, chained = 0.0, math.nan, math.nan
    idle: tuple[Idle, ...] = ()
    for width in widths:
        weights, biases = _networks(params, width, params.depth)
        matrices = jacobian(weights, biases, x, activation)
        values, found = singular_values(matrices)
        ranks.append(found)
        gaps.append([_gap(v, int(r)) for v, r in zip(values, found, strict=True)])
        if params.activation == "relu" and params.depth == 1:
            layer = zip(weights[0], biases[0], strict=True)
            patterns.append([pattern_rank(w, b, x) for w, b in layer])
        if width == params.width:
            with np.errstate(divide="ignore", invalid="ignore"):
                shown = values / values[:, :1]
            floor = float(max(matrices.shape[1:]) * float(np.finfo(np.float64).eps))
            slope, chained = _chain(params, weights, biases, x, matrices[0])
            if params.activation == "relu":
                each = range(params.networks)
                idle = tuple(
                    idle_neurons([w[i] for w in weights], [b[i] for b in biases], x) for i in each
                )
    return Rank(
        widths=np.array(widths),
        parameters=np.array([count(params, n) for n in widths]),
        generic=np.array([_generic(params, n) for n in widths]),
        ranks=np.array(ranks),
        gaps=np.array(gaps),
        patterns=np.array(patterns, dtype=np.int64),
        values=shown,
        floor=floor,
        slope=slope,
        chained=chained,
        idle=idle,
    )


def _generic(params: Params, width: int) -> int:
    sizes = [params.input_dim, *[width] * params.depth, 1]
    return generic_rank(sizes, params.activation, params.data_count, True)


def _gap(values: Array, rank: int) -> float:
    if rank == len(values) or values[rank] == 0 or rank == 0:
        return math.inf
    return float(values[rank - 1] / values[rank])


# σ at complex numbers, for the complex step; the derivatives of the Jacobian have no part in it.
_COMPLEX: dict[str, Callable[[Any], Any]] = {
    "tanh": np.tanh,
    "gelu": lambda z: 0.5 * z * (1 + scipy.special.erf(z / math.sqrt(2))),
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "linear": lambda z: z,
}


def _chain(
    params: Params, weights: list[Array], biases: list[Array], x: Array, matrix: Array
) -> tuple[float, float]:
    """Im L(θ + ihv)/h and ∇_z L · D_θ z v, of the first network, for a random v of length 1."""
    rng = stream(params.seed, "direction")
    y = rng.standard_normal(len(x))
    v: Array = rng.standard_normal((matrix.shape[1],))
    v = np.asarray(v / np.linalg.norm(v))
    h: Any = x.astype(np.complex128)
    start = 0
    for ell, (w, b) in enumerate(zip(weights, biases, strict=True)):
        moved, start = v[start : start + w[0].size], start + w[0].size
        shift, start = v[start : start + b[0].size], start + b[0].size
        z = h @ (w[0] + 1j * _STEP * moved.reshape(w[0].shape)).T + b[0] + 1j * _STEP * shift
        h = z if ell == params.depth else _COMPLEX[params.activation](z)
    residual = h[:, 0] - y
    loss = 0.5 * np.mean(residual**2)
    return float(loss.imag / _STEP), float(residual.real @ (matrix @ v) / len(x))


def _patterns(params: Params) -> Patterns:
    x = _data(params)
    x = x[np.argsort(x[:, 0])]
    widths = sweep(_shallow(params))
    lost = []
    for width in widths:
        weights, biases = _networks(params, width, 1)
        found = [relu_deficits(w, b, x) for w, b in zip(weights[0], biases[0], strict=True)]
        lost.append(
            np.mean([[getattr(d, f.name) for f in fields(Deficits)] for d in found], axis=0)
        )
        if width == params.width:
            here, on = found[0], activation_patterns(weights[0][0], biases[0][0], x)
    return Patterns(
        on=on,
        reasons=_reasons(on),
        here=here,
        widths=np.array(widths),
        parameters=np.array([count(_shallow(params), n) for n in widths]),
        lost=np.array(lost),
    )


def _shallow(params: Params) -> Params:
    return Params(width=params.width, input_dim=params.input_dim, data_count=params.data_count)


def _reasons(on: NDArray[np.bool_]) -> tuple[str, ...]:
    seen: set[bytes] = set()
    said = []
    for row in on:
        name = "" if row.any() else "dead"
        if row.any() and row.tobytes() in seen:
            name = "repeated"
        elif row.all():
            name = "always on"
        seen.add(row.tobytes())
        said.append(name)
    return tuple(said)


def _starts(params: Params) -> Widths:
    return Widths(np.array(start_widths(params)), np.array(start_ratios(params)))


_PARTS: dict[str, Callable[[Params], Any]] = {
    "rank": _rank,
    "patterns": _patterns,
    "linear": linear_modes,
    "starts": _starts,
}


def work(params: Params) -> float:
    """Milliseconds of `run`; for many starts, what allows only batches of 150 ms."""
    if params.figure == "starts":
        return start_ms(params) * BUDGET_MS / LONGEST_BATCH_MS
    if params.figure == "linear":
        _, steps, _ = schedule(params)
        return 4 + 2.2e-3 * steps * params.layers * (1 if params.aligned == "aligned" else RANDOM)
    kinked = params.figure == "patterns" or (params.activation == "relu" and params.depth == 1)
    each = [_network_ms(count(params, n), params.data_count, kinked) for n in sweep(params)]
    # whose idle neurons are counted, layer by layer
    idle = 0.15 if params.activation == "relu" and params.depth > 1 else 0.0
    return 3 + params.networks * (math.fsum(each) + idle * len(each))


def _network_ms(p: int, d: int, kinked: bool) -> float:
    """Milliseconds of one network of P parameters: its Jacobian and, of one kinked layer, those of
    its patterns."""
    small, root = min(p, d) ** 2, math.sqrt(max(p, d))
    jacobian_ms = 0.02 + 2.4e-5 * p * d + small * (1e-7 * max(p, d) + 4e-6 * root)
    return jacobian_ms + (0.3 + 1.6e-5 * small * root if kinked else 0.0)
