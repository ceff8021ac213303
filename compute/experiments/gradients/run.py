"""Gradients and the tangent kernel at depth: what each tab of page 3.5 shows beside its sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import log_ladder, read_only
from compute.experiments.gradients.limits import (
    PICTURE_DOWN,
    PICTURE_UP,
    edges_of,
    gradient_law,
    gradient_spread,
    layer_law,
    layer_spread,
    wide,
)
from compute.experiments.gradients.setting import EXACT, Params, hidden, layers_are_exact, stops
from compute.gradients import (
    GradientLaw,
    tangent_kernel_drift,
    tangent_kernel_drift_limit,
    tangent_kernel_second_moment,
    tangent_kernel_second_moment_limit,
)

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
    variances (3, L+1): of log ‖∂z/∂W^(ℓ)‖², log ‖∂z/∂z^(ℓ)‖², log ‖σ(z^(ℓ−1))‖² in networks
    that are alive.
    """

    wide: Array
    edges: Array
    cdf: Array
    quantiles: Array
    variances: Array


@dataclass(frozen=True)
class AgainstRatio:
    """A number at the measured depths `stops` (k,), and against L/N.

    there (k,): exact, nan where unknown; ratios, exact (c,): L/N and the number at this width;
    smooth, limits (s,): L/N and its limit at that ratio; empty where unknown.
    """

    stops: Array
    there: Array
    ratios: Array
    exact: Array
    smooth: Array
    limits: Array


@dataclass(frozen=True)
class Kernel:
    """Θ(x, x) at one input against depth.

    depths, wide (m,): Θ of the infinitely wide network; scales (k,): at the measured depths; second
    (k,): exact E Θ²/(E Θ)² there, nan where unknown; fluctuation: √(E Θ²/(E Θ)² − 1).
    """

    depths: Array
    wide: Array
    scales: Array
    second: Array
    fluctuation: AgainstRatio


@dataclass(frozen=True)
class Step:
    """Mean loss of Θ per time over (E Θ)², by gradient flow on ½(z − y)² at its start.

    slope: its first order in L/N, 4/3 or 2/3; nan where unknown.
    """

    loss: AgainstRatio
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
    centre, deviation = gradient_spread(params)
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
        return Layers(squares, edges, _EMPTY, _EMPTY, unknown)
    one = GradientLaw.of_layer((params.width,), EXACT[params.activation]).log_moments()[1]
    layer = np.arange(params.depth + 1.0)
    variances = one * np.stack([np.full_like(layer, params.depth), params.depth - layer, layer])
    quantiles = np.exp(law.log_quantiles(LEVELS) - law.log_mean)
    cdf = law.log_cdf(edges + law.log_mean)
    return Layers(squares, edges, cdf, quantiles, variances)


def _kernel(params: Params) -> Kernel:
    depths = log_ladder(params.depth, _CURVE)
    second = _against(params, tangent_kernel_second_moment, tangent_kernel_second_moment_limit)
    spread = {k: np.sqrt(getattr(second, k) - 1) for k in ("there", "exact", "limits")}
    return Kernel(
        depths=depths.astype(np.float64),
        wide=np.array([wide(params, d).kernel for d in depths.tolist()]),
        scales=np.array([wide(params, d).kernel for d in stops(params)]),
        second=second.there,
        fluctuation=replace(second, **spread),
    )


def _step(params: Params) -> Step:
    loss = _against(params, tangent_kernel_drift, tangent_kernel_drift_limit)
    slopes = {"relu": 4 / 3, "linear": 2 / 3} if layers_are_exact(params) else {}
    return Step(loss, slopes.get(EXACT.get(params.activation, ""), math.nan))


def _against(
    params: Params,
    exact: Callable[[tuple[int, ...], str], float],
    limit: Callable[[float, str], float],
) -> AgainstRatio:
    """A number of networks of this width, and its limit from the shallowest measured depth on."""
    known, measured = layers_are_exact(params), stops(params)
    name = EXACT.get(params.activation, "")
    depths = log_ladder(params.depth, _CURVE) if known else np.empty(0, dtype=np.int64)
    smooth = np.geomspace(measured[0], params.depth, _CURVE if known else 0) / params.width
    return AgainstRatio(
        stops=np.array(measured, dtype=np.float64),
        there=np.array([exact(hidden(params, d), name) if known else math.nan for d in measured]),
        ratios=depths / params.width,
        exact=np.array([exact(hidden(params, d), name) for d in depths.tolist()]),
        smooth=smooth,
        limits=np.array([limit(float(r), name) for r in smooth]),
    )


_PARTS: dict[str, Callable[[Params], Any]]
_PARTS = {"law": _law, "layers": _layers, "kernel": _kernel, "step": _step}


def work(params: Params) -> float:
    """Estimated milliseconds of `run`."""
    first = {"law": 24.0, "layers": 15.0, "kernel": 6.0, "step": 6.0}[params.figure]
    return first + 0.1 * params.depth
