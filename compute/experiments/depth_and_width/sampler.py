"""Progressive samples of real networks: what their layers show, network by network."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.estimates import bin_counts, bin_density, bin_median, mean_and_error
from compute.experiments.depth_and_width.run import STARTS, run
from compute.experiments.depth_and_width.setting import (
    Params,
    depth_of,
    layers_from,
    layers_of,
    start,
    strength_of,
)
from compute.sampling import Estimate, Moments, Sampler, merge, stream
from compute.two_inputs import turned_to

Array = NDArray[np.float64]

BATCH_MS = 90.0
# Nanoseconds a normal number, drawn and put through a layer.
NUMBER_NS = 20.0
# A network that has not exploded may still: it is open while this is its chance, or more.
OPEN = 0.01
# A correlation of one, as far as a float can tell.
SAME = 1 - 2**-53


@dataclass(frozen=True)
class Networks:
    """Sums over networks, at the layers that are shown.

    drawn: how many networks. gone (k, 2): how many have died, and exploded, by that layer. counts
    (k, b + 2): how many of the others lie below, in and above the bins (none where the tab has no
    bins). sums (k, 2): of their number and its square: ρ, log V, log X, or |ρ|. last, arcs: in
    layer L, moments of that number and of arcsin ρ. positive (9,): how many end at ρ > 0, by the
    inputs' ρ_0. above: moments of 1 for ρ > 0 and 0 else, in layer L. open: how many may still
    explode.
    """

    drawn: int
    gone: Array
    counts: Array | None
    sums: Array
    last: Moments | None
    arcs: Moments | None
    above: Moments | None
    exploded: Moments
    positive: Array
    open: int

    def alive(self) -> Array:
        """How many networks neither died nor exploded by the shown layers, (k,)."""
        return np.asarray(self.drawn - self.gone.sum(axis=1))

    def means(self) -> tuple[Array, Array]:
        """Mean of the tab's number and its standard error, (k,) each; nan of none."""
        return mean_and_error(self.alive(), self.sums[:, 0], self.sums[:, 1])

    def deviations(self) -> Array:
        """Standard deviation of the tab's number, (k,)."""
        n = np.maximum(self.alive(), 1)
        return np.sqrt(np.maximum(self.sums[:, 1] / n - (self.sums[:, 0] / n) ** 2, 0))

    def shares(self) -> tuple[Array, Array]:
        """Share of exploded networks and its standard error, (k,) each."""
        share = self.gone[:, 1] / self.drawn
        return share, np.sqrt(share * (1 - share) / self.drawn)

    def density(self, frame: int, edges: Array) -> tuple[Array, Array]:
        """Density in the bins at a shown layer, of all networks, and its standard error."""
        assert self.counts is not None
        return bin_density(self.counts[frame], edges, self.drawn)

    def medians(self, edges: Array) -> tuple[Array, Array]:
        """Median of log X and its standard error, (k,) each: see `bin_median`."""
        assert self.counts is not None
        return tuple(np.array([bin_median(row, edges) for row in self.counts]).T)

    def median_estimate(self, edges: Array) -> Estimate:
        """Median of log X in layer L."""
        middle, error = self.medians(edges)
        return Estimate(float(middle[-1]), float(error[-1]), int(self.alive()[-1]))


def _per_batch(params: Params) -> int:
    cost = 2e-6 * NUMBER_NS * depth_of(params) * params.width + 1e-3
    return max(1, min(params.networks, round(BATCH_MS / cost)))


def batches(params: Params) -> int:
    """How many batches make up n networks; 0 where the tab draws none."""
    return 0 if params.figure == "paths" else math.ceil(params.networks / _per_batch(params))


def batch(params: Params, index: int) -> Networks:
    """One batch of networks. ValueError where there is none."""
    count = min(_per_batch(params), params.networks - index * _per_batch(params))
    if count < 1 or batches(params) == 0:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    rng, layers = stream(params.seed, "networks", index), layers_of(params)
    # Linear networks tell of all inputs in the plane of two at a right angle; where one variance is
    # in question, both inputs are the same.
    first = {"alignment": 0.0, "variance": SAME, "explosion": SAME}
    states = start(params, count, first.get(params.figure, params.correlation))
    kept, done = [], 0
    for _, after in layers_from(params, states, rng):
        here = layers[(layers > done) & (layers <= done + after.shape[0])]
        kept.append(after[here - done - 1])
        done += after.shape[0]
    return _entered(params, np.concatenate(kept))


def _entered(params: Params, states: Array) -> Networks:
    """The sums of one batch from states y, log V, log V′ at the shown layers, (k, n, 3)."""
    y, log_variance = states[..., 0], states[..., 1]
    if params.figure == "alignment":
        y = turned_to(np.array([params.correlation]), states)[..., 0]
    alive = np.isfinite(y)
    known = np.where(alive, y, 0.0)
    numbers = {
        "variance": log_variance,
        "angle": math.log(1.5 * math.pi / params.width) - np.log(np.arctan(np.exp(-known))),
        "alignment": np.abs(np.tanh(known)),
    }.get(params.figure, np.tanh(known))
    numbers = np.where(alive, numbers, 0.0)
    counts = None
    if params.figure in ("density", "variance", "angle"):
        placed = known if params.figure == "density" else numbers
        counts = bin_counts(placed, edges_of(params), alive)
    last = numbers[-1][alive[-1]]
    g, some = strength_of(params), last.size > 0
    chance = -np.expm1(-max(g, 0.0) * np.exp(np.where(alive[-1], log_variance[-1], -700.0)))
    ends = known[-1][alive[-1]]
    plane = turned_to(STARTS, states[-1:])[0] if params.figure == "alignment" else None
    return Networks(
        drawn=y.shape[1],
        gone=np.column_stack([(log_variance == -np.inf).sum(1), (log_variance == np.inf).sum(1)]),
        counts=counts,
        sums=np.column_stack([numbers.sum(axis=1), (numbers**2).sum(axis=1)]),
        last=Moments.of(last) if some else None,
        arcs=Moments.of(np.arcsin(np.tanh(ends))) if some else None,
        above=Moments.of((ends > 0).astype(np.float64)) if some else None,
        exploded=Moments.of((log_variance[-1] == np.inf).astype(np.float64)),
        positive=np.zeros(STARTS.size) if plane is None else (plane > 0).sum(axis=0).astype(float),
        open=int((chance >= OPEN).sum()),
    )


def edges_of(params: Params) -> Array:
    """The bins of the tab's law, as its figure has them."""
    part = getattr(run(params), params.figure)
    edges: Array = part.edges
    return edges


SAMPLER: Sampler[Params, Networks] = Sampler(batch, merge, batches)
