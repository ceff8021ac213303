"""Depth and width together, section 3: the limit at L = tN, and what width first would give."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.covariance_sde import (
    alignment_probability,
    correlation_law,
    explosion_probability,
    explosion_share,
    log_inverse_angle_law,
    log_inverse_variance_law,
    relu_correlation_law,
)
from compute.experiments.depth_and_width.paths import Paths, paths_of, wide_correlation
from compute.experiments.depth_and_width.setting import (
    Params,
    angle0,
    depth_of,
    fluctuation,
    kink_of,
    layers_of,
    shape_of,
    strength_of,
)
from compute.forward_equation import Law, normal_law
from compute.kernels.phase import shaped_blow_up_time, shaped_variance_limit

Array = NDArray[np.float64]

BINS = 40
# Between these levels of the last law lie the bins and the drawn curves.
_LEVELS = (5e-4, 0.5, 0.9995)
# Inputs whose alignment is counted: their correlations ρ_0.
STARTS: Array = np.asarray(np.round(np.cos(np.linspace(np.pi, 0, 11))[1:-1], 6), np.float64)


@dataclass(frozen=True)
class Spread:
    """The law of one number y over networks, layer by layer: artanh ρ, or log V.

    layers, times (k,): ℓ and ℓ/N; points (m,): y; density (k, m): of y; edges (41,): bins of y.
    mean, deviation (k,): of ρ, or of log V, over what has not exploded; lost (k,): the
    probability of an explosion. wide (k,): the number in the infinitely wide network, nan where
    that has blown up.
    """

    layers: NDArray[np.int64]
    times: Array
    points: Array
    density: Array
    edges: Array
    mean: Array
    deviation: Array
    lost: Array
    wide: Array


@dataclass(frozen=True)
class Angle:
    """X = 3π/(Nθ) of unshaped ReLU, layer by layer.

    layers, times (k,); predicted (k, 3): its quantiles at levels 0.1, ½, 0.9 by the equation with
    the next order in 1/N, from θ_0; limit (k,): the median of the limit, from 0; wide (k,): of the
    infinitely wide network, whose θ is about 3π/ℓ. limit_mean: E X of the limit at the last time,
    by the forward equation. edges (601,): bins of log X.
    """

    layers: NDArray[np.int64]
    times: Array
    predicted: Array
    limit: Array
    wide: Array
    limit_mean: float
    edges: Array


@dataclass(frozen=True)
class Explosion:
    """Explosion of the variance, dV = gV²dt + √2 V dB.

    layers, times (k,); share, late (k,): P(exploded by then) in the limit, and with the next order
    in 1/N; fine_times, fine_share, fine_late (m,): curves of them; ever: P(exploded ever);
    blow_up: the time at which the infinitely wide network's variance is infinite, inf where it
    never is.
    """

    layers: NDArray[np.int64]
    times: Array
    share: Array
    late: Array
    fine_times: Array
    fine_share: Array
    fine_late: Array
    ever: float
    blow_up: float


@dataclass(frozen=True)
class Alignment:
    """Deep linear networks: two outputs end on one line.

    layers, times (k,); size (k,): E|ρ| at the present ρ_0; correlations, aligned (m,): the
    probability 1 − arccos(ρ_0)/π of ending at ρ = +1; starts (9,): some of them, whose networks
    are counted; positive: P(ρ > 0) in layer L at the present ρ_0.
    """

    layers: NDArray[np.int64]
    times: Array
    size: Array
    correlations: Array
    aligned: Array
    starts: Array
    positive: float


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None."""

    density: Spread | None = None
    variance: Spread | None = None
    paths: Paths | None = None
    angle: Angle | None = None
    explosion: Explosion | None = None
    alignment: Alignment | None = None


def run(params: Params) -> Result:
    """What the tab in front draws: 5 to 20 ms, paths at large N and L/N more (see `work`)."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def _density(params: Params) -> Spread:
    layers, times = _times(params)
    if shape_of(params) == "relu":
        law = relu_correlation_law(times, params.width, angle0(params))
    else:
        law = correlation_law(params.correlation, kink_of(params), times)
    rho = np.tanh(law.points)
    return _spread(params, layers, law, rho, np.arctanh(wide_correlation(params, layers)))


def _variance(params: Params) -> Spread:
    layers, times = _times(params)
    start, g = math.log(params.variance), strength_of(params)
    if g != 0:
        law = log_inverse_variance_law(params.variance, g, times)
        law = Law(times, -law.points[::-1], law.density[:, ::-1], law.lost)
        wide = np.log(shaped_variance_limit(params.variance, 0.5 * g, times))
        return _spread(params, layers, law, law.points, wide)
    drift, noise = fluctuation(params)
    mean, deviation = start + drift * times, np.sqrt(noise * times)
    ends = (min(start, mean[-1]) - 5 * deviation[-1], max(start, mean[-1]) + 5 * deviation[-1])
    law = normal_law(times, mean, deviation, ends)
    return _spread(params, layers, law, law.points, np.full(times.size, start))


def _spread(
    params: Params, layers: NDArray[np.int64], law: Law, values: Array, wide: Array
) -> Spread:
    """The law, cut to where its last member lies and to where it begins."""
    mean = law.mean(values)
    deviation = np.sqrt(np.maximum(law.mean(values**2) - mean**2, 0))
    lost, known = law.lost[:, None], (1 - law.lost)[:, None]
    inside = Law(law.times, law.points, law.density / known, np.zeros(lost.size))
    found = inside.quantiles(_LEVELS)
    low, high = float(found[:, 0].min()), float(found[:, -1].max())
    kept = (law.points >= low) & (law.points <= high)
    step = max(1, int(kept.sum()) // 250)
    chosen = np.flatnonzero(kept)[::step]
    return Spread(
        layers=layers,
        times=law.times,
        points=law.points[chosen],
        density=law.density[:, chosen],
        edges=np.linspace(low, high, BINS + 1),
        mean=mean,
        deviation=deviation,
        lost=law.lost,
        wide=wide,
    )


def _angle(params: Params) -> Angle:
    layers, times = _times(params)
    law = log_inverse_angle_law(times, width=params.width, angle0=angle0(params))
    limit = log_inverse_angle_law(times)
    turned = np.arccos(wide_correlation(params, layers))
    return Angle(
        layers=layers,
        times=times,
        predicted=np.exp(law.quantiles([0.1, 0.5, 0.9])),
        limit=np.exp(limit.quantiles([0.5])[:, 0]),
        wide=3 * math.pi / (params.width * np.maximum(turned, 1e-12)),
        limit_mean=float(limit.mean(np.exp(limit.points))[-1]),
        edges=np.linspace(law.points[0] - 2, law.points[-1], 601),
    )


def _explosion(params: Params) -> Explosion:
    layers, times = _times(params)
    v, g = params.variance, strength_of(params)
    fine = np.union1d(np.linspace(0, times[-1], 61)[1:], times)
    lost = late = np.zeros(fine.size)
    if g > 0:
        lost = log_inverse_variance_law(v, g, fine).lost
        late = explosion_share(v, g, fine, params.width)
    shown = np.searchsorted(fine, times)
    return Explosion(
        layers=layers,
        times=times,
        share=lost[shown],
        late=late[shown],
        fine_times=np.insert(fine, 0, 0.0),
        fine_share=np.insert(lost, 0, 0.0),
        fine_late=np.insert(late, 0, 0.0),
        ever=explosion_probability(v, g),
        blow_up=shaped_blow_up_time([v], 0.5 * g),
    )


def _alignment(params: Params) -> Alignment:
    layers, times = _times(params)
    law = correlation_law(params.correlation, 0.0, times)
    inner = np.sin(np.linspace(-0.5, 0.5, 181) * math.pi)
    return Alignment(
        layers=layers,
        times=times,
        size=law.mean(np.abs(np.tanh(law.points))),
        correlations=inner,
        aligned=alignment_probability(inner),
        starts=STARTS.copy(),
        positive=1 - float(law.cdf(0.0)[-1]),
    )


def _times(params: Params) -> tuple[NDArray[np.int64], Array]:
    layers = layers_of(params)
    return layers, layers / params.width


_PARTS: dict[str, Callable[[Params], Any]] = {
    "density": _density,
    "variance": _variance,
    "paths": paths_of,
    "angle": _angle,
    "explosion": _explosion,
    "alignment": _alignment,
}


def work(params: Params) -> float:
    """Milliseconds of `run`, from measured rates."""
    if params.figure == "paths":
        return 12.0 + 2.4e-4 * depth_of(params) * params.width
    return 25.0 if params.figure == "angle" else 15.0
