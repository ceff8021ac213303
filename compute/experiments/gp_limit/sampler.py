"""Progressive samples for §3.3: networks of which every weight is drawn, by (3.1.1).

No Gaussian conditioning and no kernel recursion enters what is measured; where a sample is
compared with a limit, it is divided by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.estimates import sums
from compute.experiments.deep_networks import variances
from compute.experiments.gp_limit.run import (
    CORRELATIONS,
    FAR,
    FREQUENCIES,
    MOMENT_WIDTHS,
    NEAR,
    PROBE,
    RATE_WIDTHS,
    THRESHOLDS,
    limit_of,
    pair_kernel,
    unit_of,
)
from compute.experiments.gp_limit.samples import (
    CLOUD,
    TRACKS,
    InputsSample,
    JointSample,
    KernelSample,
    MomentSample,
    RateSample,
    TransformSample,
)
from compute.experiments.gp_limit.setting import Params, activation_of, inputs_of
from compute.networks import measured_differences, measured_kernels
from compute.output_law import normal_distance
from compute.sampling import Moments, Sampler, merge, stream

Array = NDArray[np.float64]

BATCH_MS = 85.0
# Nanoseconds for a weight with its product, for a neuron's activation, and for a network.
_WEIGHT_NS, _NEURON_NS, _NETWORK_NS = 10.0, 25.0, 900.0
# Beyond 99 % of the plane's normal law.
_OUTSIDE = -2 * math.log(0.01)


def _widths(params: Params) -> tuple[int, ...]:
    """The widths that the tab in front samples."""
    of_tab = {"rate": RATE_WIDTHS, "moments": MOMENT_WIDTHS}
    return of_tab.get(params.figure, (params.width,))


def networks_at(params: Params, width: int) -> int:
    """How many networks of that width the whole sample holds: the wider, the fewer."""
    if params.figure in {"rate", "moments"}:
        return max(8, 4 * params.networks // width)
    return params.networks


def _network_ms(params: Params, width: int) -> float:
    neurons = width * params.depth
    inputs = 1 + len(CORRELATIONS) if params.figure == "inputs" else 2
    weight_ns = _WEIGHT_NS + inputs
    return 1e-6 * (weight_ns * neurons * width + _NEURON_NS * inputs * neurons + _NETWORK_NS)


def batches(params: Params) -> int:
    """How many batches hold the sample; 0 for the tab that draws none."""
    if params.figure == "functions":
        return 0
    whole = sum(networks_at(params, w) * _network_ms(params, w) for w in _widths(params))
    # A verdict of *refuted* needs two checkpoints, so there are a few batches at least.
    return min(
        max(4, math.ceil(whole / BATCH_MS)), max(networks_at(params, _widths(params)[-1]), 4)
    )


def batch(params: Params, index: int) -> Any:
    """Batch `index` of what the tab in front samples; ValueError beyond the last one."""
    total = batches(params)
    if not 0 <= index < total:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    wanted = [networks_at(params, w) for w in _widths(params)]
    counts = [n * (index + 1) // total - n * index // total for n in wanted]
    rng = stream(params.seed, f"networks {params.figure}", index)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _BATCHES[params.figure](params, counts, rng)


def _drawn(params: Params, width: int, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """K̂^(1…L) (L, 3, c) of both inputs and outputs (c, 2) of real networks."""
    hidden, activation = [width] * params.depth, activation_of(params)
    return measured_kernels(inputs_of(params), hidden, activation, count, rng, **variances(params))


def _joint(params: Params, counts: list[int], rng: np.random.Generator) -> JointSample:
    _, z = _drawn(params, params.width, counts[0], rng)
    limit, unit = limit_of(params)[-1], unit_of(params)
    scaled = z[:, 0] / unit
    order = np.sort(scaled)
    inverse = np.linalg.pinv(limit) if np.all(np.isfinite(limit)) else np.zeros((2, 2))
    return JointSample(
        drawn=len(z),
        dead=int(np.count_nonzero(scaled == 0)),
        below=np.searchsorted(order, THRESHOLDS, side="right").astype(np.float64),
        outside=int(np.count_nonzero(np.einsum("ci,ij,cj->c", z, inverse, z) > _OUTSIDE)),
        product=Moments.of(z[:, 0] * z[:, 1]),
        near=Moments.of((np.abs(scaled) <= NEAR).astype(np.float64)),
        far=Moments.of((np.abs(scaled) > FAR).astype(np.float64)),
        cloud=z[:CLOUD],
    )


def _rate(params: Params, counts: list[int], rng: np.random.Generator) -> RateSample:
    found = np.zeros((2, len(counts)))
    limit = limit_of(params)[-1, 0, 0]
    for at, (width, count) in enumerate(zip(RATE_WIDTHS, counts, strict=True)):
        kernels, _ = _drawn(params, width, count, rng)
        scale = np.sqrt(kernels[-1, 0] / limit)
        known = np.isfinite(scale).all()
        d = normal_distance(scale if known else np.zeros(1), params.metric)
        found[:, at] = sums(d) if known else math.nan
    return RateSample(np.array(counts, dtype=np.float64), found)


def _kernel(params: Params, counts: list[int], rng: np.random.Generator) -> KernelSample:
    kernels, z = _drawn(params, params.width, counts[0], rng)
    both = np.moveaxis(kernels[:, :2], 2, 0)
    return KernelSample(
        count=len(z),
        sums=sums(both),
        deepest=Moments.of(z[:, 0] ** 2),
        tracks=both[:TRACKS, :, 0].copy(),
    )


def _transform(params: Params, counts: list[int], rng: np.random.Generator) -> TransformSample:
    kernels, z = _drawn(params, params.width, counts[0], rng)
    unit = unit_of(params)
    cosine = np.cos(np.multiply.outer(z[:, 0] / unit, FREQUENCIES))
    given = np.exp(-0.5 * np.multiply.outer(kernels[-1, 0] / unit**2, FREQUENCIES**2))
    return TransformSample(
        count=len(z),
        cosine=sums(cosine),
        given=sums(given),
        probe=Moments.of(cosine[:, PROBE]),
        apart=Moments.of(cosine[:, PROBE] - given[:, PROBE]),
    )


def _moments(params: Params, counts: list[int], rng: np.random.Generator) -> MomentSample:
    powers, largest = np.zeros((11, len(counts))), np.zeros(len(counts))
    entry, limit = int(params.observable == "product"), limit_of(params)[-1]
    for at, (width, count) in enumerate(zip(MOMENT_WIDTHS, counts, strict=True)):
        kernels, _ = _drawn(params, width, count, rng)
        d = (kernels[-1, entry] - limit[0, entry]) / limit[0, 0]
        powers[:, at] = [(d**k).sum() for k in range(11)]
        largest[at] = float((d**10).max())
    return MomentSample(powers, largest)


def _inputs(params: Params, counts: list[int], rng: np.random.Generator) -> InputsSample:
    """All pairs share their first input, and the networks."""
    limits = np.array([pair_kernel(params, c) for c in CORRELATIONS])
    turn = np.arccos(np.concatenate([[1.0], CORRELATIONS]))
    points = math.sqrt(2 * params.norm) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    hidden, activation = [params.width] * params.depth, activation_of(params)
    found = measured_differences(points, hidden, activation, counts[0], rng, **variances(params))
    return InputsSample(tuple(Moments.of(k) for k in found.T / limits[:, None]))


_BATCHES: dict[str, Callable[[Params, list[int], np.random.Generator], Any]] = {
    "joint": _joint,
    "rate": _rate,
    "kernel": _kernel,
    "transform": _transform,
    "moments": _moments,
    "inputs": _inputs,
}

SAMPLER: Sampler[Params, Any] = Sampler(batch, merge, batches)
