"""Page 2.5: what needs no sample of networks, tab by tab."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.arrays import read_only
from compute.catapult import catapult_path, fates, rising_threshold, sample_vectors, vector_path
from compute.experiments.leaving_the_kernel_regime.setting import (
    CURVATURE,
    Params,
    coefficients,
    drawn_start,
)
from compute.sampling import stream
from compute.time_scales import first_time, normal_quantiles, reduced_flow, second_time
from compute.training.large_steps import descend

Array = NDArray[np.float64]

PLANE_KAPPA = np.linspace(0.05, 6.0, 120)
PLANE_SQUARED = np.geomspace(1e-7, 10.0, 81)
ALONG = np.linspace(0.1, 4.2, 411)
# Beyond, paths are chaotic before they land.
REGULAR = np.linspace(0.1, 3.0, 88)
DRAWN_WIDTHS = (50, 1000, 100_000)
CHECKED = np.array([0.5, 1.0, 1.5, 1.9, 2.1, 2.3, 2.5, 2.7, 2.9, 3.1, 3.3, 3.5, 3.7])
_CHECKED_WIDTH, _CHECKED_STEPS = 1000, 400
_SHADED_STEPS = 300
_BISECTED_WIDTH, _BISECTED_STEPS, _BISECTIONS = 100, 3000, 20
GROWING = (100, 400, 1600, 6400, 25_600, 102_400)
EPSILONS = 10.0 ** np.arange(-8, 3)


@dataclass(frozen=True)
class Map:
    """The plane of κ = ηλ (a,) and φ² = η²f²/n (b,), and one path in it.

    `shade` (b, a): limit of κ, nan where the loss diverges or no vectors are there, κ < 2|φ|.
    `exact`, `vectors` (S + 1, 2): (f, λ) by the two-number map and by gradient descent on real
    vectors; `eta`; `end`: the limit of κ, inf where the path diverges;
    `linear` (S + 1,): f without the last term.
    """

    shade: Array
    exact: Array
    vectors: Array
    linear: Array
    eta: float
    end: float


@dataclass(frozen=True)
class Final:
    """Where paths end against κ_0.

    `ends`, `peaks` (4, k): limit of κ, and largest loss over n, along ALONG at DRAWN_WIDTHS and at
    the width of the page (last); inf where the loss diverges. `measured`, `measured_peaks` (c,):
    the same of real vectors at CHECKED, `width` long; nan where they have not come to rest.
    `rising`, `diverging`: the κ_0 from which real vectors' loss rises at first, and diverges, by
    bisection; `threshold`: 2 + φ_0² for the first. `growth` (w,): the largest loss of vectors of
    lengths GROWING at κ_0 of the page.
    """

    ends: Array
    peaks: Array
    measured: Array
    measured_peaks: Array
    width: int
    rising: float
    diverging: float
    threshold: float
    growth: Array


@dataclass(frozen=True)
class Network:
    """One real network: `loss`, `kappa` (S + 1,) at every step; `dead`: share of its neurons at the
    end; `diverged`; `law` (k,): where two vectors as long as it is wide end, f_0 = 1, from the κ_0
    of REGULAR."""

    loss: Array
    kappa: Array
    dead: float
    diverged: bool
    law: Array


@dataclass(frozen=True)
class Scales:
    """The reduced flow: `time` (T,), `learned` (T, 3), `risk` (T,); `times`, `predicted` (3,): when
    a component is half learned, and by the closed forms (nan for the last)."""

    time: Array
    learned: Array
    risk: Array
    times: Array
    predicted: Array
    ended: bool


@dataclass(frozen=True)
class Times:
    """Half-times against EPSILONS: `measured` (E, 3); `predicted` (E, 2); `pooled` (E,): T_1 as if
    the mean outer weight grew with the deviations."""

    measured: Array
    predicted: Array
    pooled: Array


@dataclass(frozen=True)
class Strips:
    """What the tab *Width and time* is about: nothing is known of it but by sampling."""

    neurons: int


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None."""

    map: Map | None = None
    final: Final | None = None
    networks: Network | None = None
    scales: Scales | None = None
    times: Times | None = None
    width: Strips | None = None


def run(params: Params) -> Result:
    """What the tab `params.figure` draws. Cost: `work`, 10 to 40 ms by default."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


@lru_cache(maxsize=8)
def _drawn(start: float, width: int, seed: int) -> tuple[Array, Array]:
    """One draw of the vectors, for every learning rate."""
    return read_only(sample_vectors(start, CURVATURE, width, stream(seed, "vectors")))


def _vectors(params: Params, width: int, kappa: float, steps: int) -> Array:
    """(f, λ) of real vectors along gradient descent."""
    u, v = _drawn(params.start, width, params.seed)
    return vector_path(u, v, kappa / CURVATURE, steps, 1 / math.sqrt(width))


def _map(params: Params) -> Map:
    eta = params.kappa / CURVATURE
    plane = np.meshgrid(PLANE_KAPPA, PLANE_SQUARED)
    found = fates(*plane, most=_SHADED_STEPS)
    shade = np.where(np.isnan(found[..., 0]), found[..., 2], found[..., 0])
    shade[~np.isfinite(shade) | (plane[0] < 2 * np.sqrt(plane[1]))] = np.nan
    exact = catapult_path(params.start, CURVATURE, eta, params.width, params.steps)
    vectors = _vectors(params, params.width, params.kappa, params.steps)
    squared = (eta * params.start) ** 2 / params.width
    with np.errstate(over="ignore", invalid="ignore"):
        linear = params.start * (1 - params.kappa) ** np.arange(params.steps + 1.0)
    return Map(
        shade=shade,
        exact=exact,
        vectors=vectors,
        linear=linear,
        eta=eta,
        end=float(fates(params.kappa, squared)[0]),
    )


def _final(params: Params) -> Final:
    widths = np.array([*DRAWN_WIDTHS, params.width])
    squared = (ALONG * params.start / CURVATURE) ** 2 / widths[:, None]
    found = fates(np.broadcast_to(ALONG, squared.shape), squared)
    width = min(params.width, _CHECKED_WIDTH)
    paths = [_vectors(params, width, k, _CHECKED_STEPS) for k in CHECKED]
    rest = np.array([abs(p[-1, 0]) < 1e-5 * (abs(params.start) + 1e-9) for p in paths])
    measured = np.array([p[-1, 1] for p in paths]) * CHECKED / CURVATURE
    tops = np.array([0.5 * np.max(p[:, 0] ** 2) for p in paths]) / width
    growth = [np.max(_vectors(params, n, params.kappa, 40)[:, 0] ** 2) / 2 for n in GROWING]
    return Final(
        ends=found[..., 0],
        peaks=found[..., 1] * CURVATURE**2 / (2 * ALONG**2),
        measured=np.where(rest, measured, np.nan),
        measured_peaks=np.where(rest, tops, np.nan),
        width=width,
        rising=_bisect(lambda k: _grows(_vectors(params, width, k, 1)), 1.0, 4.5),
        diverging=_bisect(
            lambda k: _grows(_vectors(params, _BISECTED_WIDTH, k, _BISECTED_STEPS)), 2.5, 6.0
        ),
        threshold=rising_threshold(params.start, width),
        growth=np.array(growth),
    )


def _grows(path: Array) -> bool:
    return bool(abs(path[-1, 0]) > abs(path[0, 0]))


def _bisect(grows: Callable[[float], bool], low: float, high: float) -> float:
    """Where `grows` turns true; nan where it does not between the ends."""
    if grows(low) or not grows(high):
        return math.nan
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if grows(middle) else (middle, high)
    return 0.5 * (low + high)


def _network(params: Params) -> Network:
    found = descend(
        *drawn_start(params, 0, params.neurons),
        get_activation(params.activation),
        gamma=1.0,
        sharpness=[params.kappa],
        steps=params.steps,
        watch=True,
    )
    loss = found.loss[:, 0]
    kappa = params.kappa * found.curvature[:, 0] / max(float(found.curvature[0, 0]), 1e-300)
    law = fates(REGULAR, (REGULAR / CURVATURE) ** 2 / params.neurons)[..., 0]
    return Network(loss, kappa, float(found.dead[0]), bool(found.diverged[0]), law)


def _scales(params: Params) -> Scales:
    sigma, phi = coefficients(params)
    outer, epsilon = normal_quantiles(params.particles), params.epsilon
    flow = reduced_flow(epsilon, sigma, phi, outer, horizon=1e3 * max(1.0, epsilon))
    kept = np.unique(np.linspace(0, flow.time.size - 1, 400).astype(int))
    return Scales(
        time=flow.time[kept],
        learned=flow.learned[kept],
        risk=flow.risk[kept],
        times=flow.times,
        predicted=_closed(epsilon, params),
        ended=flow.ended,
    )


def _closed(epsilon: float, params: Params) -> Array:
    given = (epsilon, *coefficients(params), normal_quantiles(params.particles))
    return np.array([first_time(*given), second_time(*given), math.nan])


def _times(params: Params) -> Times:
    sigma, phi = coefficients(params)
    outer = normal_quantiles(params.particles)
    flows = [
        reduced_flow(e, sigma, phi, outer, horizon=1e3 * max(1.0, e), brief=True).times
        for e in EPSILONS
    ]
    closed = np.array([_closed(e, params)[:2] for e in EPSILONS])
    pooled = np.array([second_time(e, sigma, phi, outer, held=False) for e in EPSILONS])
    return Times(np.array(flows), closed, pooled)


_PARTS: dict[str, Callable[[Params], Any]] = {
    "map": _map,
    "final": _final,
    "networks": _network,
    "scales": _scales,
    "times": _times,
    "width": lambda params: Strips(params.neurons),
}


def work(params: Params) -> float:
    """Milliseconds of `run` on the reference machine."""
    if params.figure == "map":
        return 15.0 + 2e-6 * params.width * params.steps
    if params.figure == "final":
        return 25.0 + 4e-6 * min(params.width, _CHECKED_WIDTH) * 2000
    if params.figure == "networks":
        return 3.0 + params.steps * (0.12 + 4e-6 * params.neurons * (params.data + 2) * 10)
    if params.figure == "scales":
        return (12.0 if params.particles == 2 else 3.0) + 0.2 * params.particles
    # two neurons follow three components only by growing without end, in ever shorter steps
    stiff = 130.0 if params.particles == 2 else 0.0
    return 26.0 + 0.2 * params.particles + stiff if params.figure == "times" else 1.0
