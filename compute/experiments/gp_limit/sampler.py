"""Progressive samples for §3.3: networks of which every weight is drawn, by (3.1.1).

No Gaussian conditioning and no kernel recursion enters what is measured; where a sample is
compared with a limit, it is divided by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.estimates import normal_scores, sums
from compute.experiments.deep_networks import variances
from compute.experiments.gp_limit.run import (
    CORRELATIONS,
    FAR,
    FREQUENCIES,
    LEVELS,
    MOMENT_WIDTHS,
    NEAR,
    PROBE,
    RATE_WIDTHS,
    THRESHOLDS,
    limit_of,
    unit_of,
)
from compute.experiments.gp_limit.setting import Params, activation_of, inputs_of
from compute.gaussian_limit import circle_inputs, difference_kernel, outside
from compute.networks import measured_differences, measured_kernels, network_ms
from compute.output_law import normal_distance
from compute.sampling import Moments, Sampler, merge, merged_by, stream, values_and_errors
from compute.sums import Means, PowerSums

Array = NDArray[np.float64]
# K̂^(1…L) (L, 3, c) of both inputs and outputs (c, 2) of networks, one width after another.
Drawn = list[tuple[Array, Array]]

CLOUD, TRACKS = 1500, 10
BATCH_MS = 85.0


def _first(most: int) -> dict[str, object]:
    """Joins draws that are shown themselves: no more than so many."""
    return merged_by(lambda a, b: np.concatenate([a, b])[:most] if len(a) < most else a)


@dataclass(frozen=True)
class JointSample:
    """Outputs at x and x'.

    drawn, dead: networks, and those with output exactly 0 at x. below (t,): how many have
    z(x)/√K at most the thresholds. outside: how many lie outside the limit's 99 % ellipse. product:
    moments of z(x)z(x'); near, far: of 1 where |z(x)| ≤ ½√K, > 2.5√K. cloud: of
    the first networks, (≤ 1500, 2).
    """

    drawn: int
    dead: int
    below: Array
    outside: int
    product: Moments
    near: Moments
    far: Moments
    cloud: Array = field(metadata=_first(CLOUD))

    def scores(self) -> tuple[Array, Array]:
        """Normal scores Φ^{-1}(share below) and standard errors, (t,); nan where nobody is."""
        return normal_scores(self.below, self.drawn)


@dataclass(frozen=True)
class KernelSample:
    """K̂^(ℓ)(x, x) and K̂^(ℓ)(x, x'), ℓ = 1…L.

    kernels (L, 2): of both; deepest: moments of the output z(x)²; tracks (≤ 10, L): K̂^(ℓ)(x, x) of
    single networks.
    """

    kernels: Means
    deepest: Moments
    tracks: Array = field(metadata=_first(TRACKS))


@dataclass(frozen=True)
class TransformSample:
    """cos(ξz) and e^{−ξ²K̂/2} over networks, (f,); moments of both and of their difference at the
    probe frequency."""

    cosine: Means
    given: Means
    probe: Moments
    apart: Moments


@dataclass(frozen=True)
class InputsSample:
    """K̂_v/K_v along v = (1, −1) for pairs of inputs, (r,) moments."""

    along: tuple[Moments, ...]

    def fluctuations(self, width: int) -> tuple[Array, Array]:
        """N times the variance of K̂_v/K_v, and its standard error, (r,) each."""
        return values_and_errors(m.variance_estimate().scaled(width) for m in self.along)


def _widths(params: Params) -> tuple[int, ...]:
    """The widths that the tab in front samples."""
    of_tab = {"rate": RATE_WIDTHS, "moments": MOMENT_WIDTHS}
    return of_tab.get(params.figure, (params.width,))


def networks_at(params: Params, width: int) -> int:
    """How many networks of that width the whole sample holds: the wider, the fewer."""
    if params.figure in {"rate", "moments"}:
        return max(8, 4 * params.networks // width)
    return params.networks


def batches(params: Params) -> int:
    """How many batches hold the sample; 0 for the tab that draws none."""
    if params.figure == "functions":
        return 0
    inputs = 1 + len(CORRELATIONS) if params.figure == "inputs" else 2
    widths = _widths(params)
    networks = [networks_at(params, w) for w in widths]
    each = [network_ms([w] * params.depth, inputs) for w in widths]
    whole = sum(n * ms for n, ms in zip(networks, each, strict=True))
    # A verdict of *refuted* needs two checkpoints, so there are a few batches at least.
    return min(max(4, math.ceil(whole / BATCH_MS)), max(networks[-1], 4))


def batch(params: Params, index: int) -> Any:
    """Batch `index` of what the tab in front samples; ValueError beyond the last one."""
    total = batches(params)
    if not 0 <= index < total:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    wanted = [networks_at(params, w) for w in _widths(params)]
    counts = [n * (index + 1) // total - n * index // total for n in wanted]
    rng = stream(params.seed, f"networks {params.figure}", index)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if params.figure == "inputs":
            return _differences(params, counts[0], rng)
        drawn = [_drawn(params, *of, rng) for of in zip(_widths(params), counts, strict=True)]
        return _SUMMED[params.figure](params, drawn)


def _drawn(params: Params, width: int, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Kernels and outputs of real networks of one width."""
    hidden, activation = [width] * params.depth, activation_of(params)
    return measured_kernels(inputs_of(params), hidden, activation, count, rng, **variances(params))


def _joint(params: Params, drawn: Drawn) -> JointSample:
    _, z = drawn[0]
    scaled = z[:, 0] / unit_of(params)
    below = np.searchsorted(np.sort(scaled), THRESHOLDS, side="right")
    return JointSample(
        drawn=len(z),
        dead=int(np.count_nonzero(scaled == 0)),
        below=below.astype(np.float64),
        outside=outside(z, limit_of(params)[-1], LEVELS[-1]),
        product=Moments.of(z[:, 0] * z[:, 1]),
        near=Moments.of((np.abs(scaled) <= NEAR).astype(np.float64)),
        far=Moments.of((np.abs(scaled) > FAR).astype(np.float64)),
        cloud=z[:CLOUD],
    )


def _rate(params: Params, drawn: Drawn) -> Means:
    """Distances of fixed networks' laws N(0, K̂) from N(0, K), (w,)."""
    limit = limit_of(params)[-1, 0, 0]
    scales = [np.sqrt(kernels[-1, 0] / limit) for kernels, _ in drawn]
    found = [
        sums(normal_distance(scale, params.metric)) if np.isfinite(scale).all() else [math.nan] * 2
        for scale in scales
    ]
    return Means(np.array([float(scale.size) for scale in scales]), np.array(found).T)


def _kernel(_params: Params, drawn: Drawn) -> KernelSample:
    kernels, z = drawn[0]
    both = np.moveaxis(kernels[:, :2], 2, 0)
    return KernelSample(Means.of(both), Moments.of(z[:, 0] ** 2), both[:TRACKS, :, 0].copy())


def _transform(params: Params, drawn: Drawn) -> TransformSample:
    (kernels, z), unit = drawn[0], unit_of(params)
    cosine = np.cos(np.multiply.outer(z[:, 0] / unit, FREQUENCIES))
    given = np.exp(-0.5 * np.multiply.outer(kernels[-1, 0] / unit**2, FREQUENCIES**2))
    probe = cosine[:, PROBE]
    apart = Moments.of(probe - given[:, PROBE])
    return TransformSample(Means.of(cosine), Means.of(given), Moments.of(probe), apart)


def _moments(params: Params, drawn: Drawn) -> PowerSums:
    """Powers of d = O/K − O_limit/K of the collective observable O, (w,)."""
    entry, limit = int(params.observable == "product"), limit_of(params)[-1, 0]
    return PowerSums.of([(kernels[-1, entry] - limit[entry]) / limit[0] for kernels, _ in drawn])


def _differences(params: Params, count: int, rng: np.random.Generator) -> InputsSample:
    """All pairs share their first input, and the networks."""
    activation, given = activation_of(params), variances(params)
    limits = [
        difference_kernel(params.norm, c, params.depth, activation, **given) for c in CORRELATIONS
    ]
    inputs = circle_inputs(params.norm, np.arccos(np.concatenate([[1.0], CORRELATIONS])))
    hidden = [params.width] * params.depth
    found = measured_differences(inputs, hidden, activation, count, rng, **given)
    return InputsSample(tuple(Moments.of(k) for k in found.T / np.array(limits)[:, None]))


_SUMMED: dict[str, Callable[[Params, Drawn], Any]] = {"joint": _joint, "rate": _rate}
_SUMMED |= {"kernel": _kernel, "transform": _transform, "moments": _moments}

SAMPLER: Sampler[Params, Any] = Sampler(batch, merge, batches)
