"""Progressive samples for section 2.1.1: outputs and gradients of networks, every weight drawn.

No Gaussian conditioning and no kernel formula: an output is the sum (2.1.1), a tangent kernel the
inner product of two gradients over all parameters, (2.1.8).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.experiments.initialisation.circle import CircleSample, circle_batch, circle_batches
from compute.experiments.initialisation.run import output_edges
from compute.experiments.initialisation.samples import (
    CLOUD,
    KERNEL_WIDTHS,
    KernelSample,
    OutputSample,
    PairSample,
)
from compute.experiments.initialisation.setting import (
    Params,
    activation_of,
    neuron_ns,
    pair,
    scale_of,
    variance_of,
)
from compute.sampling import Moments, Sampler, merge, stream
from compute.training.one_layer_limits import hidden_moment, limit_kernels

Array = NDArray[np.float64]

BATCH_MS = 75.0
PAIR_WIDTHS = tuple(2**k for k in range(9))
# Up to these widths n networks are drawn, beyond them n·limit/N_1, so that a sample ends.
WIDEST_OUTPUT, WIDEST_COMPARED, FEWEST = 1024, 64, 8
_CHUNK = 1 << 17


def networks_at(params: Params, width: int) -> int:
    """How many networks of that width the whole sample holds."""
    widest = WIDEST_OUTPUT if params.figure == "output" else WIDEST_COMPARED
    return max(FEWEST, params.networks * min(widest, width) // width)


def widths_of(params: Params) -> tuple[int, ...]:
    """The widths that the tab in front samples."""
    if params.figure == "output":
        return (params.width,)
    if params.figure == "outputs":
        return tuple(sorted({*PAIR_WIDTHS, params.width}))
    return KERNEL_WIDTHS


def _ns(params: Params) -> float:
    if params.figure == "output":
        return neuron_ns(params, 2)
    if params.figure == "outputs":
        return neuron_ns(params, 1, outputs=2)
    return neuron_ns(params, 2, slopes=True)


def batches(params: Params) -> int:
    """How many batches hold the sample; 0 where nothing is left to be drawn."""
    if params.figure == "functions":
        return circle_batches(params)
    neurons = sum(w * networks_at(params, w) for w in widths_of(params))
    fixed = 2e-4 * sum(networks_at(params, w) for w in widths_of(params))
    # A verdict of *refuted* needs two checkpoints, so there are at least a few batches.
    return max(4, math.ceil((1e-6 * _ns(params) * neurons + fixed) / BATCH_MS))


def batch(params: Params, index: int) -> OutputSample | KernelSample | PairSample | CircleSample:
    """Batch `index` of what the tab in front samples. ValueError beyond the last one."""
    if params.figure == "functions":
        return circle_batch(params, index)
    total = batches(params)
    if not 0 <= index < total:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    counts = [
        (networks_at(params, w) * (index + 1)) // total - (networks_at(params, w) * index) // total
        for w in widths_of(params)
    ]
    rng = stream(params.seed, f"networks {params.figure}", index)
    if params.figure == "output":
        return _outputs(params, max(2, counts[0]), rng)
    if params.figure == "outputs":
        return _pairs(params, counts, rng)
    return _kernels(params, counts, rng)


SAMPLER: Sampler[Params, Any] = Sampler(batch, merge, batches)


def _networks(
    params: Params, width: int, count: int, rng: np.random.Generator, *outputs: int
) -> Iterator[tuple[Array, Array]]:
    """W^(1) (c, width, N_0) and W^(2) (c, *outputs, width) of `count` networks, in pieces that
    fit a processor's cache."""
    most = max(1, _CHUNK // (width * (params.inputs + 2)))
    for start in range(0, count, most):
        drawn = min(most, count - start)
        first = rng.standard_normal((drawn, width, params.inputs))
        yield first, rng.standard_normal((drawn, *outputs, width))


def _hidden(first: Array, points: Array) -> Array:
    """z_i^(1)(x), (2.1.6): (count, width, inputs) weights to (points, count, width)."""
    return np.moveaxis(first @ points.T / math.sqrt(points.shape[1]), 2, 0)


def _outputs(params: Params, count: int, rng: np.random.Generator) -> OutputSample:
    """Networks of the page's width at x, their pre-activations at x and x'."""
    width, activation, points = params.width, activation_of(params), pair(params)
    outputs, same, other = [], [], []
    for first, second in _networks(params, width, count, rng):
        z, partner = _hidden(first, points)
        outputs.append(np.einsum("cw,cw->c", second, activation.phi(z)))
        same.append(np.einsum("cw,cw->c", z, partner) / width)
        if width > 1:
            cross = np.einsum("cw,cw->c", z[:, :-1], partner[:, 1:])
            other.append(cross / (width - 1))
    drawn = np.concatenate(outputs) / math.sqrt(width)
    scaled = drawn / scale_of(params)
    edges = output_edges(params)
    bins = np.searchsorted(edges, scaled[scaled != 0], side="right")
    return OutputSample(
        drawn=count,
        zero=int(np.count_nonzero(scaled == 0)),
        counts=np.bincount(bins, minlength=len(edges) + 1).astype(np.float64),
        square=Moments.of(drawn**2),
        same=Moments.of(np.concatenate(same)),
        other=Moments.of(np.concatenate(other)) if other else None,
    )


def _kernels(params: Params, counts: Sequence[int], rng: np.random.Generator) -> KernelSample:
    """Both kernels of networks of several widths, at γ and η of each."""
    activation, points = activation_of(params), pair(params)
    powers = np.zeros((len(KERNEL_WIDTHS), 6, 5))
    largest = np.zeros((len(KERNEL_WIDTHS), 6))
    for row, (width, count) in enumerate(zip(KERNEL_WIDTHS, counts, strict=True)):
        scale = scale_of(params, width)
        limit = limit_kernels(points, activation, gamma=scale, eta=params.eta)
        centre = np.concatenate(
            [[k[0, 0], k[0, 1], k[1, 1]] for k in (limit.covariance, limit.ntk)]
        )
        unit = np.repeat(centre[[0, 3]], 3)
        for first, second in _networks(params, width, count, rng):
            found = _entries(first, second, points, activation, scale)
            found[:, 3:] *= params.eta
            d = (found - centre) / unit
            powers[row] += np.stack([(d**k).sum(axis=0) for k in range(5)], axis=1)
            largest[row] = np.maximum(largest[row], (d * d).max(axis=0))
    return KernelSample(np.array(counts, dtype=np.float64), powers, largest)


def _entries(
    first: Array, second: Array, points: Array, activation: Activation, scale: float
) -> Array:
    """Entries (x, x), (x, x'), (x', x') of both kernels, η = 1: (count, 6).

    Every component of both gradients is formed, and the gradients are multiplied.
    """
    hidden = _hidden(first, points)
    factor = 1 / (scale * math.sqrt(first.shape[1]))
    values = factor * activation.phi(hidden)
    slopes = factor * second * activation.dphi(hidden)
    directions = points / math.sqrt(points.shape[1])
    inner = slopes[..., None] * directions[:, None, None, :]
    found = np.empty((len(first), 6))
    for entry, (a, b) in enumerate(((0, 0), (0, 1), (1, 1))):
        outer = np.einsum("cw,cw->c", values[a], values[b])
        found[:, entry] = outer
        found[:, 3 + entry] = outer + np.einsum("cwj,cwj->c", inner[a], inner[b])
    return found


def _pairs(params: Params, counts: Sequence[int], rng: np.random.Generator) -> PairSample:
    """Two outputs of one hidden layer, at x, for several widths."""
    activation, point = activation_of(params), pair(params)[:1]
    widths = widths_of(params)
    variance = hidden_moment(lambda z: activation.phi(z) ** 2, variance_of(params), activation)
    powers, largest = np.zeros((len(widths), 5, 5)), np.zeros(len(widths))
    cloud = np.empty((0, 2))
    for row, (width, count) in enumerate(zip(widths, counts, strict=True)):
        for first, second in _networks(params, width, count, rng, 2):
            values = activation.phi(_hidden(first, point)[0])
            outputs = (second @ values[..., None])[..., 0] / math.sqrt(width * variance)
            a, b = (outputs**2).T
            powers[row] += np.vander(a, 5, increasing=True).T @ np.vander(b, 5, increasing=True)
            largest[row] = max(largest[row], float((a * b).max()))
            if width == params.width and len(cloud) < CLOUD:
                cloud = np.concatenate([cloud, outputs])[:CLOUD]
    return PairSample(np.array(widths, dtype=np.float64), powers, largest, cloud)
