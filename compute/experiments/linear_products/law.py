"""The law of the output norm of a deep linear network, section 3.2: numbers behind two figures.

Everything is exact or one of the two lognormal laws; nothing here is sampled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.experiments.linear_products.setting import (
    DEPTH_STOPS,
    WIDTH_STOPS,
    Params,
    log_mean,
    widths_at,
)
from compute.linear_products import (
    carried_share,
    effective_depth,
    log_norm_cdf,
    log_norm_density,
    log_norm_moments,
    log_norm_quantiles,
    log_norm_window,
    lognormal_law,
)
from compute.linear_products.log_norm_series import log_norm_cumulants

Array = NDArray[np.float64]
Widths = tuple[int, ...]

BINS = 40
_POINTS = 300
_DEPTH_STOPS = 12
# What stands for infinity where one limit is taken before the other.
FAR = 1_000_000
_BEYOND = (3_000, 10_000, 30_000, 100_000, 300_000, FAR)


@dataclass(frozen=True)
class Law:
    """The law of log X, X = ‖z^(L+1)(x)‖, and that of ‖z‖² against depth.

    beta, hidden_beta: Σ 1/N_ℓ with and without the output layer. offset: ½ log E‖z‖², which is
    ½(L+1) log C_W + ½ log(N_{L+1}/N_0). mean, variance: of log X, exact for Gaussian weights.
    points (300,): values of log X; exact, corrected, printed (300,): its density, by inversion and
    by the two lognormal laws. edges (41,): the histogram's bins; cdf (41,): the exact distribution
    function there; corrected_gap, printed_gap: the largest distance of the lognormal ones from it.
    common: how much of E‖z‖² all but the largest hundredth of the norms carry. log_median: log of
    the median of ‖z‖² over its mean. depths (k,): depths of networks of the
    same shape; medians, typical (k,): median of ‖z‖² and e^{2 E log X} there, over the mean.
    """

    beta: float
    hidden_beta: float
    offset: float
    mean: float
    variance: float
    points: Array
    exact: Array
    corrected: Array
    printed: Array
    edges: Array
    cdf: Array
    corrected_gap: float
    printed_gap: float
    common: float
    log_median: float
    depths: Array
    medians: Array
    typical: Array


@dataclass(frozen=True)
class Plane:
    """Mean or variance of log X over width and depth, at C_W = 1 and N_0 = N_{L+1}.

    beta: at the present point. here: mean or variance there. widths (n,), depths (m,): the
    ladders; values (m, n): the mean or the variance. wide_first, deep_first (3, k): width, depth
    and value on two ways from the present point: first one of the two grows to `FAR`, as if it
    were infinite, then the other to the end of its ladder.
    """

    beta: float
    here: float
    widths: Array
    depths: Array
    values: Array
    wide_first: Array
    deep_first: Array


def law_of(params: Params) -> Law:
    """The law of the network's norm, and that of networks of its shape and less depth.

    Cost: 6 ms, and up to 70 ms where a thousand layers all have different widths; 0.1 ms where
    only the offset is new.
    """
    at, offset = widths_at(params), 0.5 * log_mean(params)
    law = _centred(tuple(at(depth) for depth in _stops(params.depth)))
    return replace(
        law,
        offset=offset,
        mean=offset + law.mean,
        points=law.points + offset,
        edges=law.edges + offset,
    )


@lru_cache(maxsize=64)
def _centred(networks: tuple[Widths, ...]) -> Law:
    """The law of S, the offset being 0, for the last of networks of growing depth."""
    widths = networks[-1]
    mean, variance = log_norm_moments(widths)
    edges = bin_edges(widths)
    points = np.linspace(edges[0], edges[-1], _POINTS)
    cdf = log_norm_cdf(widths, edges)
    normal = {which: lognormal_law(widths, which) for which in ("corrected", "printed")}
    log_medians = 2 * np.array([_median(w) for w in networks])
    return Law(
        beta=effective_depth(widths),
        hidden_beta=effective_depth(widths[:-1]),
        offset=0.0,
        mean=mean,
        variance=variance,
        points=points,
        exact=np.maximum(log_norm_density(widths, points), 0.0),
        corrected=_normal_density(points, *normal["corrected"]),
        printed=_normal_density(points, *normal["printed"]),
        edges=edges,
        cdf=cdf,
        corrected_gap=_distance(cdf, edges, *normal["corrected"]),
        printed_gap=_distance(cdf, edges, *normal["printed"]),
        common=float(carried_share(widths, [rare_from(widths)])[0]),
        log_median=float(log_medians[-1]),
        depths=np.array([len(w) - 1 for w in networks], dtype=np.float64),
        medians=np.exp(log_medians),
        typical=np.exp(2 * np.array([log_norm_moments(w)[0] for w in networks])),
    )


def bin_edges(widths: Widths) -> Array:
    """The histogram's bins of S = log X − offset: all but 2e-4 of the exact law, (41,)."""
    return np.linspace(*log_norm_window(widths, 1e-4), BINS + 1)


@lru_cache(maxsize=64)
def rare_from(widths: Widths) -> float:
    """The S that one network in a hundred exceeds."""
    return float(log_norm_quantiles(widths, [0.99])[0])


def plane_of(params: Params) -> Plane:
    """The plane over the ladders of widths and depths, hidden layers all of one width. 3 ms."""
    order, (width, depth) = ("mean", "variance").index(params.shows), (params.width, params.depth)
    last = log_norm_moments((params.outputs,))[order]
    layer = {n: log_norm_moments((n,))[order] for n in (*WIDTH_STOPS, *_BEYOND, width)}

    def path(*points: tuple[int, int]) -> Array:
        return np.array([(n, d, d * layer[n] + last) for n, d in points], dtype=np.float64).T

    wider = [n for n in WIDTH_STOPS if n > width]
    deeper = [d for d in DEPTH_STOPS if d > depth]
    widened = [(n, depth) for n in (*wider, *_BEYOND)]
    deepened = [(width, d) for d in (*deeper, *_BEYOND)]
    here = width, depth
    return Plane(
        beta=depth / width + 1 / params.outputs,
        here=float(path(here)[2, 0]),
        widths=np.array(WIDTH_STOPS, dtype=np.float64),
        depths=np.array(DEPTH_STOPS, dtype=np.float64),
        values=np.array([path(*((n, d) for n in WIDTH_STOPS))[2] for d in DEPTH_STOPS]),
        wide_first=path(here, *widened, *((FAR, d) for d in deeper)),
        deep_first=path(here, *deepened, *((n, FAR) for n in wider)),
    )


def _stops(depth: int) -> list[int]:
    """Depths 1 … depth, at most a dozen of them, evenly spaced."""
    stops = np.unique(np.rint(np.linspace(1, depth, min(depth, _DEPTH_STOPS))))
    return [int(stop) for stop in stops]


def _median(widths: Widths) -> float:
    """Median of S to about 1e-4 standard deviations: one call of the exact distribution function.

    It is read off around the guess κ_1 − κ_3/(6κ_2), which is at most 0.1 deviations off.
    """
    first, second, third = log_norm_cumulants(widths, 3)
    guess = first - third / (6 * second)
    around = guess + math.sqrt(second) * np.linspace(-0.2, 0.2, 21)
    return float(np.interp(0.5, log_norm_cdf(widths, around), around))


def _normal_density(x: Array, mean: float, variance: float) -> Array:
    scale = math.sqrt(2 * math.pi * variance)
    return np.asarray(np.exp(-((x - mean) ** 2) / (2 * variance)) / scale)


def _distance(cdf: Array, edges: Array, mean: float, variance: float) -> float:
    return float(np.abs(scipy.special.ndtr((edges - mean) / math.sqrt(variance)) - cdf).max())
