"""§3.3.3: the Gaussian-process kernel K^(ℓ) of (3.3.1) at large depth.

Two inputs of equal norm with correlation ρ_0 go through ℓ layers of an infinitely wide network.
What remains of their variance and of 1 − C^(ℓ) decides whether depth means anything in this limit:
order, edge, chaos, and the shaped networks in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.arrays import log_ladder, read_only
from compute.experiments.deep_networks import variances
from compute.experiments.gp_kernels.setting import PIECEWISE_LINEAR, Params, activation_of, start
from compute.experiments.gp_kernels.shaped import Shaped, shaped
from compute.gaussian_limit import circle_process
from compute.kernels import correlation_gap, gap_profile
from compute.kernels.phase import (
    FixedPoint,
    correlation_map,
    edge_of_chaos,
    edge_reason,
    fixed_point,
    phase_raster,
    susceptibility,
    variance_fixed_point,
)
from compute.sampling import stream

Array = NDArray[np.float64]

PLANE_WEIGHT = np.linspace(0.1, 6.0, 119)
PLANE_BIAS = np.linspace(0.0, 2.0, 61)
ORBIT = 40
CIRCLE_DEPTH, CIRCLE_POINTS, FUNCTIONS = 1000, 256, 5
DRAWN = 260
_SMALL_GAP = 1e-9


@dataclass(frozen=True)
class Depth:
    """K and C along the layers 0…L, with where they are heading.

    `layers` (m,) are the drawn layers; `log_variance`, `gap` (L+1,) are log K^(ℓ) and
    1 − C^(ℓ) of every layer. `law` is the constant c of 1 − C ~ c/ℓ² for piecewise linear
    activations without bias, else nan; `variance_law` that of K ~ c/ℓ. `fixed` is where they end.
    """

    layers: NDArray[np.int64]
    log_variance: Array
    gap: Array
    law: float
    variance_law: float
    fixed: FixedPoint


@dataclass(frozen=True)
class Map:
    """The one-layer map of the correlation at variance `variance`, and the orbit on it.

    `correlation`, `image` (m,) are C and the next layer's C; `orbit` (k,) is C^(0), C^(1), …
    `slope` is the map's at C = 1: χ where `settled`, at a fixed point of the variance; elsewhere
    χ K/K', K' the next layer's variance.
    """

    variance: float
    correlation: Array
    image: Array
    orbit: Array
    slope: float
    settled: bool


@dataclass(frozen=True)
class Plane:
    """χ over the plane of C_W (a,) and C_b (b,): `chi` (b, a); the edge of chaos; `reason` where
    there is none; 1/|log χ| along C_W at the present C_b (`scale`, (a,)).

    `here` is the fixed point at the present C_W and C_b. `edge_chi` is how much one layer
    stretches a gap of 1e-9 at the edge point of q* = 1, at the fixed point found there from K = 2;
    nan where that edge point does not exist.
    """

    weight: Array
    bias: Array
    chi: Array
    edge_weight: Array
    edge_bias: Array
    reason: str
    scale: Array
    here: FixedPoint
    edge_chi: float


@dataclass(frozen=True)
class Circle:
    """Kernel and random functions on the circle of inputs, layer by layer.

    `layers` (k,); `angle` (m,) in radians, 0 to π; `gap` (k, m) is 1 − C^(ℓ) at that angle;
    `turn` (n,) is the angle of the input, 0 to 2π; `functions` (k, f, n) are samples of
    GP(0, C^(ℓ)) with the same noise in every layer.
    """

    layers: NDArray[np.int64]
    angle: Array
    gap: Array
    turn: Array
    functions: Array


@dataclass(frozen=True)
class Result:
    """The part that the figure in front needs; the others are None."""

    variance0: float
    gap0: float
    depth: Depth | None = None
    map: Map | None = None
    plane: Plane | None = None
    circle: Circle | None = None
    shaped: Shaped | None = None


def run(params: Params) -> Result:
    """The kernel at depth, for the figure in front. Cost: ≤ 25 ms at depth 10⁴, else ≤ 5 ms."""
    variance0, gap0 = start(params)
    part = _PARTS[params.figure](params, variance0, gap0)
    return read_only(Result(variance0, gap0, **{params.figure: part}))


def _depth(params: Params, variance0: float, gap0: float) -> Depth:
    activation, given = activation_of(params), variances(params)
    log_variance, gap = correlation_gap(variance0, gap0, params.depth, activation, **given)
    return Depth(
        layers=log_ladder(params.depth, DRAWN),
        log_variance=log_variance,
        gap=gap,
        law=_law(params),
        variance_law=_variance_law(params),
        fixed=fixed_point(activation, **given, start=variance0),
    )


def _law(params: Params) -> float:
    """c in 1 − C^(ℓ) ~ c/ℓ²: 9/(2κ²), κ = (a−b)²/(π(a²+b²)); 9π²/2 for ReLU (E 16)."""
    if params.bias_variance > 0 or params.activation not in PIECEWISE_LINEAR:
        return math.nan
    activation = activation_of(params)
    a, b = activation.a, activation.b
    kappa = (a - b) ** 2 / (math.pi * (a * a + b * b)) if a != b else 0.0
    return 9 / (2 * kappa**2) if kappa > 0 else math.nan


def _variance_law(params: Params) -> float:
    """c in K^(ℓ) ~ c/ℓ at C_b = 0: ½ for tanh and 1 for sin at C_W = 1, else nan."""
    if params.bias_variance == 0 and params.weight_variance == 1:
        return {"tanh": 0.5, "sin": 1.0}.get(params.activation, math.nan)
    return math.nan


def _map(params: Params, variance0: float, gap0: float) -> Map:
    activation, given = activation_of(params), variances(params)
    fixed = variance_fixed_point(activation, **given, start=variance0)
    settled = 0 < fixed < math.inf
    variance = fixed if settled else variance0
    correlation = np.concatenate([np.linspace(-1, 0.9, 160), 1 - np.geomspace(0.1, 1e-6, 60), [1]])
    image = 1 - correlation_map(1 - correlation, variance, activation, **given)
    _, gap = correlation_gap(variance0, gap0, min(params.depth, ORBIT), activation, **given)
    chi = float(susceptibility(activation, variance, weight_variance=params.weight_variance))
    grown = params.weight_variance * float(activation.variance(variance)) + params.bias_variance
    return Map(variance, correlation, image, 1 - gap, chi * variance / grown, settled)


@lru_cache(maxsize=128)
def _raster(activation: Activation) -> Array:
    """χ over the plane; it depends on the activation alone, so one serves all sliders."""
    return phase_raster(activation, PLANE_WEIGHT, PLANE_BIAS)


def _plane(params: Params, _variance0: float, _gap0: float) -> Plane:
    activation = activation_of(params)
    edge_weight, edge_bias = edge_of_chaos(activation, np.geomspace(1e-3, 60, 120))
    row = phase_raster(activation, PLANE_WEIGHT, np.array([params.bias_variance]))[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1 / np.abs(np.log(row))
    return Plane(
        weight=PLANE_WEIGHT,
        bias=PLANE_BIAS,
        chi=_raster(activation),
        edge_weight=edge_weight,
        edge_bias=edge_bias,
        reason=edge_reason(activation),
        scale=scale,
        here=fixed_point(activation, **variances(params)),
        edge_chi=_edge_chi(activation),
    )


def _edge_chi(activation: Activation) -> float:
    weight, bias = edge_of_chaos(activation, [1.0])
    if not weight.size or not np.isfinite(weight[0]):
        return math.nan
    given = {"weight_variance": float(weight[0]), "bias_variance": float(bias[0])}
    fixed = variance_fixed_point(activation, **given, start=2.0)
    if not math.isfinite(fixed):
        return math.nan
    _, gap = correlation_gap(fixed, _SMALL_GAP, 1, activation, **given)
    return float(gap[1] / gap[0])


def _circle(params: Params, variance0: float, _gap0: float) -> Circle:
    """Inputs at angle φ on a circle: C^(0)(φ) is that of `first_layer`; ρ_0 plays no part."""
    deepest = min(params.depth, CIRCLE_DEPTH)
    layers = np.concatenate([[0], log_ladder(deepest, 48)])
    half = CIRCLE_POINTS // 2
    angle = np.linspace(0, np.pi, half + 1)
    share = 1.0 - (params.bias_variance / variance0 if params.first_layer == "cw" else 0.0)
    gap0 = share * 2 * np.sin(angle / 2) ** 2
    _, gap = gap_profile(variance0, gap0, layers, activation_of(params), **variances(params))
    turn = np.linspace(0, 2 * np.pi, CIRCLE_POINTS, endpoint=False)
    noise = stream(params.seed, "functions").standard_normal((FUNCTIONS, CIRCLE_POINTS))
    return Circle(layers, angle, gap, turn, circle_process(gap, noise))


def _shaped(params: Params, variance0: float, gap0: float) -> Shaped:
    return shaped(params.psi, params.slant, params.depth, variance0, gap0)


_PARTS: dict[str, Callable[[Params, float, float], Any]] = {
    "depth": _depth,
    "map": _map,
    "plane": _plane,
    "circle": _circle,
    "shaped": _shaped,
}


def work(params: Params) -> float:
    """Milliseconds of `run`, from measured rates per layer."""
    slow = params.activation in {"tanh", "shaped_tanh"}
    first = 30.0 if params.figure == "plane" else 20.0
    return first + params.depth * (2.5e-3 if slow else 2e-4)
