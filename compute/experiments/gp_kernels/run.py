"""§3.3.3: the Gaussian-process kernel K^(ℓ) of (3.3.1) at large depth.

Two inputs of equal norm with correlation ρ_0 go through ℓ layers of an infinitely wide network.
What remains of their variance and of 1 − C^(ℓ) decides whether depth means anything in this limit:
order, edge, chaos, and the shaped networks in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.arrays import read_only
from compute.experiments.gp_kernels.setting import (
    PIECEWISE_LINEAR,
    Params,
    activation_of,
    start,
)
from compute.experiments.gp_kernels.shaped import Shaped, shaped
from compute.kernels import correlation_gap, gap_profile
from compute.kernels.phase import (
    classify,
    correlation_fixed_point,
    correlation_map,
    depth_scales,
    edge_of_chaos,
    edge_reason,
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
    activations without bias, else nan. `fixed_variance`, `fixed_gap`, `chi`, `phase` describe the
    stable fixed point; `scale` is the correlation length ξ in layers.
    """

    layers: NDArray[np.int64]
    log_variance: Array
    gap: Array
    law: float
    variance_law: float
    fixed_variance: float
    fixed_gap: float
    chi: float
    phase: str
    scale: float


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

    `present_chi`, `present_variance` (q*, 0 and inf too) and `phase` are those of C_W and C_b.
    `edge_chi` is how much one layer stretches a gap of 1e-9 at the edge point of q* = 1, at the
    fixed point found there from K = 2; nan where that edge point does not exist.
    """

    weight: Array
    bias: Array
    chi: Array
    edge_weight: Array
    edge_bias: Array
    reason: str
    scale: Array
    present_chi: float
    present_variance: float
    phase: str
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
    return read_only(_run(params))


def _run(params: Params) -> Result:
    variance0, gap0 = start(params)
    if params.figure == "depth":
        return Result(variance0, gap0, depth=_depth(params, variance0, gap0))
    if params.figure == "map":
        return Result(variance0, gap0, map=_map(params, variance0, gap0))
    if params.figure == "plane":
        return Result(variance0, gap0, plane=_plane(params))
    if params.figure == "circle":
        return Result(variance0, gap0, circle=_circle(params, variance0))
    # Shaping is defined at C_W = 1, C_b = 0, where both first layers agree.
    variance0, gap0 = params.norm, 1.0 - params.correlation
    part = shaped(params.psi, params.slant, params.depth, variance0, gap0)
    return Result(variance0, gap0, shaped=part)


def drawn_layers(depth: int, count: int = DRAWN) -> NDArray[np.int64]:
    """At most `count` layers from 1 to `depth`, evenly spread on a logarithmic axis."""
    return np.unique(np.geomspace(1, depth, count).round().astype(np.int64))


def _depth(params: Params, variance0: float, gap0: float) -> Depth:
    activation = activation_of(params)
    constants = {
        "weight_variance": params.weight_variance,
        "bias_variance": params.bias_variance,
    }
    log_variance, gap = correlation_gap(variance0, gap0, params.depth, activation, **constants)
    fixed = variance_fixed_point(activation, **constants, start=variance0)
    # Where the variance goes to 0 or ∞ the slope at the last layer says what C does next.
    at = fixed if 0 < fixed < math.inf else float(np.exp(np.clip(log_variance[-1], -600, 600)))
    chi = float(susceptibility(activation, at, weight_variance=params.weight_variance))
    return Depth(
        layers=drawn_layers(params.depth),
        log_variance=log_variance,
        gap=gap,
        law=_law(params),
        variance_law=_variance_law(params),
        fixed_variance=fixed,
        fixed_gap=correlation_fixed_point(activation, **constants, start=variance0),
        chi=chi,
        phase=classify(activation, **constants, start=variance0),
        scale=depth_scales(activation, **constants, start=variance0)[1],
    )


def _law(params: Params) -> float:
    """c in 1 − C^(ℓ) ~ c/ℓ²: 9/(2κ²), κ = (a−b)²/(π(a²+b²)); 9π²/2 for ReLU (E 16)."""
    if params.bias_variance > 0 or params.activation not in PIECEWISE_LINEAR:
        return math.nan
    a, b = {"relu": (0.0, 1.0), "abs": (-1.0, 1.0)}.get(
        params.activation, (params.slope_neg, params.slope_pos)
    )
    kappa = (a - b) ** 2 / (math.pi * (a * a + b * b)) if a != b else 0.0
    return 9 / (2 * kappa**2) if kappa > 0 else math.nan


def _variance_law(params: Params) -> float:
    """c in K^(ℓ) ~ c/ℓ at C_b = 0: ½ for tanh and 1 for sin at C_W = 1, else nan."""
    if params.bias_variance == 0 and params.weight_variance == 1:
        return {"tanh": 0.5, "sin": 1.0}.get(params.activation, math.nan)
    return math.nan


def _map(params: Params, variance0: float, gap0: float) -> Map:
    activation = activation_of(params)
    constants = {
        "weight_variance": params.weight_variance,
        "bias_variance": params.bias_variance,
    }
    fixed = variance_fixed_point(activation, **constants, start=variance0)
    settled = 0 < fixed < math.inf
    variance = fixed if settled else variance0
    correlation = np.concatenate([np.linspace(-1, 0.9, 160), 1 - np.geomspace(0.1, 1e-6, 60), [1]])
    image = 1 - correlation_map(1 - correlation, variance, activation, **constants)
    _, gap = correlation_gap(variance0, gap0, min(params.depth, ORBIT), activation, **constants)
    chi = float(susceptibility(activation, variance, weight_variance=params.weight_variance))
    grown = params.weight_variance * float(activation.variance(variance)) + params.bias_variance
    return Map(variance, correlation, image, 1 - gap, chi * variance / grown, settled)


@lru_cache(maxsize=128)
def _raster(activation: Activation) -> Array:
    """χ over the plane; it depends on the activation alone, so one serves all sliders."""
    return phase_raster(activation, PLANE_WEIGHT, PLANE_BIAS)


def _plane(params: Params) -> Plane:
    activation = activation_of(params)
    constants = {
        "weight_variance": params.weight_variance,
        "bias_variance": params.bias_variance,
    }
    edge_weight, edge_bias = edge_of_chaos(activation, np.geomspace(1e-3, 60, 120))
    row = phase_raster(activation, PLANE_WEIGHT, np.array([params.bias_variance]))[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1 / np.abs(np.log(row))
    here = phase_raster(
        activation, np.array([params.weight_variance]), np.array([params.bias_variance])
    )
    return Plane(
        PLANE_WEIGHT,
        PLANE_BIAS,
        _raster(activation),
        edge_weight,
        edge_bias,
        edge_reason(activation),
        scale,
        float(here[0, 0]),
        variance_fixed_point(activation, **constants),
        classify(activation, **constants),
        _edge_chi(activation),
    )


def _edge_chi(activation: Activation) -> float:
    weight, bias = edge_of_chaos(activation, [1.0])
    if not weight.size or not np.isfinite(weight[0]):
        return math.nan
    constants = {"weight_variance": float(weight[0]), "bias_variance": float(bias[0])}
    fixed = variance_fixed_point(activation, **constants, start=2.0)
    if not math.isfinite(fixed):
        return math.nan
    _, gap = correlation_gap(fixed, _SMALL_GAP, 1, activation, **constants)
    return float(gap[1] / gap[0])


def _circle(params: Params, variance0: float) -> Circle:
    """Inputs at angle φ on a circle: C^(0)(φ) is that of `first_layer`; ρ_0 plays no part."""
    deepest = min(params.depth, CIRCLE_DEPTH)
    layers = np.concatenate([[0], drawn_layers(deepest, 48)])
    half = CIRCLE_POINTS // 2
    angle = np.linspace(0, np.pi, half + 1)
    share = 1.0 - (params.bias_variance / variance0 if params.first_layer == "cw" else 0.0)
    _, gap = gap_profile(
        variance0,
        share * 2 * np.sin(angle / 2) ** 2,
        layers,
        activation_of(params),
        weight_variance=params.weight_variance,
        bias_variance=params.bias_variance,
    )
    turn = np.linspace(0, 2 * np.pi, CIRCLE_POINTS, endpoint=False)
    return Circle(layers, angle, gap, turn, _functions(gap, params.seed))


def _functions(gap: Array, number: int) -> Array:
    """Samples (k, f, n) of GP(0, C^(ℓ)), C = 1 − gap, by the eigenvalues of the circulant kernel.

    The eigenvalues are taken from the gap, so that the ripple on a nearly constant function is
    not lost to rounding.
    """
    whole = np.concatenate([gap, gap[:, -2:0:-1]], axis=1)
    n = whole.shape[1]
    eigenvalues = -np.fft.rfft(whole).real
    eigenvalues[:, 0] += n
    amplitude = np.sqrt(np.maximum(eigenvalues, 0.0))
    noise = np.fft.rfft(stream(number, "functions").standard_normal((FUNCTIONS, n)))
    return np.fft.irfft(amplitude[:, None, :] * noise, n)


def work(params: Params) -> float:
    """Milliseconds of `run`, from measured rates per layer."""
    slow = params.activation in {"tanh", "shaped_tanh"}
    return 20.0 + params.depth * (2.5e-3 if slow else 2e-4)
