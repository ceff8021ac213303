"""Gradients and the tangent kernel at depth: what each tab of page 3.5 shows beside its sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import log_ladder, read_only
from compute.experiments.gradients.limits import (
    PICTURE_DOWN,
    PICTURE_UP,
    edges_of,
    gradient_law,
    layer_law,
    log_spread,
    wide,
)
from compute.experiments.gradients.sampler import layer_spread
from compute.experiments.gradients.setting import EXACT, Params, hidden, layers_are_exact, stops
from compute.gradients import (
    GradientLaw,
    tangent_kernel_drift,
    tangent_kernel_second_moment,
    tangent_kernel_second_moment_limit,
)
from compute.output_law import PER_LAYER

Array = NDArray[np.float64]

LEVELS = np.array([0.1, 0.5, 0.9])
_POINTS, _FAN, _CURVE, _TABLE = 201, 8, 40, 241
_EMPTY = np.empty(0)
# L/N from which no sample shows the second moment of Θ.
UNSEEN = 0.5
# L/N from which a sample misses even the mean of a square.
FAR = 2.0


@dataclass(frozen=True)
class Law:
    """The law of ‖∇_x z‖²; what is exact is empty or nan where the law is unknown.

    mean: C_W Π χ, of the infinitely wide network and (exact laws) at every width. printed_mean:
    with a first layer of variance 1, as E 27 prints it. dead: P(0). fourth: E‖∇_x z‖⁴ over mean².
    picture: ends of log‖∇_x z‖² as drawn; points, density (m,): its density. edges (BINS + 1,):
    bins, cdf: exact distribution function there; printed_cdf: the same law with the printed mean.
    depths (k,): of networks of this width; quantiles (3, k): of ‖∇_x z‖² there at levels .1 .5 .9,
    means (k,), printed_means (k,).
    """

    mean: float
    printed_mean: float
    dead: float
    fourth: float
    picture: tuple[float, float]
    points: Array
    density: Array
    edges: Array
    cdf: Array
    printed_cdf: Array
    depths: Array
    quantiles: Array
    means: Array
    printed_means: Array


@dataclass(frozen=True)
class Layers:
    """‖∂z/∂W^(ℓ)‖², ℓ = 1 … L+1; what is exact is empty or nan where the law is unknown.

    wide (L+1,): of the infinitely wide network. edges (BINS + 1,): bins of the logarithm over it;
    cdf: exact distribution function there, that of every layer; quantiles (3,) at levels .1 .5 .9;
    log_mean: of the logarithm over `wide`, of networks that are alive; variances (3, L+1): variance
    of log ‖∂z/∂W^(ℓ)‖², log ‖∂z/∂z^(ℓ)‖², log ‖σ(z^(ℓ−1))‖² in networks that are alive; dead: P(0).
    """

    wide: Array
    edges: Array
    cdf: Array
    quantiles: Array
    variances: Array
    dead: float


@dataclass(frozen=True)
class Kernel:
    """Θ(x, x) at one input against depth.

    depths, wide (m,): Θ of the infinitely wide network. stops (k,): measured depths; scales (k,): Θ
    of the wide network there; second (k,): exact E Θ²/(E Θ)² there, nan where unknown. ratios,
    fluctuations (c,): L/N and exact √(E Θ²/(E Θ)² − 1) at this width; smooth, limits (s,): L/N and
    the limit at that ratio. Empty where unknown.
    """

    depths: Array
    wide: Array
    stops: Array
    scales: Array
    second: Array
    ratios: Array
    fluctuations: Array
    smooth: Array
    limits: Array


@dataclass(frozen=True)
class Step:
    """Mean change of Θ per time over (E Θ)², by gradient flow on ½(z − y)² at its start.

    stops (k,): measured depths; drift (k,): exact there (negative), nan where unknown. ratios,
    drifts (c,): L/N and the exact mean change at this width; smooth, limits (s,): L/N and its limit
    at that ratio; slope: its first order in L/N, −4/3 or −2/3. Empty or nan where unknown.
    """

    stops: Array
    drift: Array
    ratios: Array
    drifts: Array
    smooth: Array
    limits: Array
    slope: float


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None."""

    law: Law | None = None
    layers: Layers | None = None
    kernel: Kernel | None = None
    step: Step | None = None


def run(params: Params) -> Result:
    """What the tab `params.figure` draws. Cost: see `work`."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def _law(params: Params) -> Law:
    law, limit = gradient_law(params), wide(params).gradient
    centre, deviation = log_spread(params, law, limit)
    edges = edges_of(centre, deviation)
    ends = centre - PICTURE_DOWN * deviation, centre + PICTURE_UP * deviation
    depths = log_ladder(params.depth, _FAN).tolist()
    means = np.array([wide(params, d).gradient for d in depths])
    points = np.linspace(*ends, _POINTS)
    printed = math.log(params.weight_variance)
    return Law(
        mean=limit,
        printed_mean=limit / params.weight_variance,
        dead=law.dead if law else math.nan,
        fourth=law.relative_moment(2) if law else math.nan,
        picture=ends,
        points=points if law else _EMPTY,
        density=law.log_density(points) if law else _EMPTY,
        edges=edges,
        cdf=law.log_cdf(edges) if law else _EMPTY,
        printed_cdf=law.log_cdf(edges + printed) if law else _EMPTY,
        depths=np.array(depths, dtype=np.float64),
        quantiles=_fan(params, depths) if law else np.full((3, means.size), np.nan),
        means=means,
        printed_means=means / params.weight_variance,
    )


def _fan(params: Params, depths: list[int]) -> Array:
    """Quantiles at every depth, to 1e-3, read off a table of the distribution function."""
    found = []
    for law in filter(None, (gradient_law(params, depth) for depth in depths)):
        mean, variance = law.log_moments()
        table = mean + math.sqrt(variance) * np.linspace(-4.0, 3.0, _TABLE)
        found.append(np.interp(LEVELS, law.log_cdf(table), table, left=-np.inf))
    return np.asarray(np.exp(np.array(found)).T)


def _layers(params: Params) -> Layers:
    law, squares = layer_law(params), wide(params).squares
    edges = edges_of(*layer_spread(params))
    if law is None:
        unknown = np.full((3, squares.size), np.nan)
        return Layers(squares, edges, _EMPTY, _EMPTY, unknown, math.nan)
    one = _one_layer(params).log_moments()[1]
    layer = np.arange(params.depth + 1.0)
    variances = one * np.stack([np.full_like(layer, params.depth), params.depth - layer, layer])
    quantiles = np.exp(law.log_quantiles(LEVELS) - law.log_mean)
    cdf = law.log_cdf(edges + law.log_mean)
    return Layers(squares, edges, cdf, quantiles, variances, law.dead)


def _one_layer(params: Params) -> GradientLaw:
    return GradientLaw.of_layer((params.width,), EXACT[params.activation])


def _kernel(params: Params) -> Kernel:
    measured, depths = stops(params), log_ladder(params.depth, _CURVE).tolist()
    known = layers_are_exact(params)
    name = EXACT.get(params.activation, "")

    def second(depth: int) -> float:
        return tangent_kernel_second_moment(hidden(params, depth), name) if known else math.nan

    ratios = np.array(depths) / params.width if known else _EMPTY
    smooth = _smooth(params) if known else _EMPTY
    limits = [tangent_kernel_second_moment_limit(float(r), name) for r in smooth]
    return Kernel(
        depths=np.array(depths, dtype=np.float64),
        wide=np.array([wide(params, d).kernel for d in depths]),
        stops=np.array(measured, dtype=np.float64),
        scales=np.array([wide(params, d).kernel for d in measured]),
        second=np.array([second(d) for d in measured]),
        ratios=ratios,
        fluctuations=np.sqrt(np.array([second(d) for d in depths]) - 1) if known else _EMPTY,
        smooth=smooth,
        limits=np.sqrt(np.array(limits) - 1),
    )


def _smooth(params: Params) -> Array:
    """Values of L/N from that of the shallowest measured depth on."""
    return np.geomspace(stops(params)[0], params.depth, _CURVE) / params.width


def _step(params: Params) -> Step:
    measured, depths = stops(params), log_ladder(params.depth, _CURVE).tolist()
    stop_array = np.array(measured, dtype=np.float64)
    if not layers_are_exact(params):
        unknown = np.full(stop_array.size, np.nan)
        return Step(stop_array, unknown, _EMPTY, _EMPTY, _EMPTY, _EMPTY, math.nan)
    name = EXACT[params.activation]
    ratios, smooth = np.array(depths) / params.width, _smooth(params)

    def drift(depth: int) -> float:
        return -tangent_kernel_drift(hidden(params, depth), name)

    with np.errstate(over="ignore", invalid="ignore"):
        limits = [tangent_kernel_second_moment_limit(float(r), name) for r in smooth]
        limit = np.array(limits) - np.exp(PER_LAYER[name] * smooth)
    return Step(
        stops=stop_array,
        drift=np.array([drift(d) for d in measured]),
        ratios=ratios,
        drifts=np.array([drift(d) for d in depths]),
        smooth=smooth,
        limits=limit,
        slope=-4 / 3 if name == "relu" else -2 / 3,
    )


_PARTS: dict[str, Callable[[Params], Any]] = {
    "law": _law,
    "layers": _layers,
    "kernel": _kernel,
    "step": _step,
}


def work(params: Params) -> float:
    """Estimated milliseconds of `run`."""
    return {"law": 24.0, "layers": 15.0, "kernel": 6.0, "step": 6.0}[params.figure]
