"""Real networks at many step sizes, exponents and widths: random starts, one after the other.

A batch trains a few starts; of the tab *Width and time* one of its three strips.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.arrays import read_only
from compute.estimates import mean_and_error, slope_weights, sums
from compute.experiments.leaving_the_kernel_regime.setting import Params, drawn_start
from compute.sampling import Estimate, Moments, Sampler, merge
from compute.training.large_steps import Descent, descend

Array = NDArray[np.float64]

KAPPAS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 3.8, 4.2, 4.6, 5.0, 6.0, 8.0)
STRIPS: dict[str, tuple[float, ...]] = {
    "exponent": (0.0, 0.125, 0.25, 0.375, 0.5),
    "kappa": (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5),
    "neurons": (16, 32, 64, 128, 256, 512),
}
NAMES = tuple(STRIPS)
_STEPS, _DONE = 200, 0.01
_MOST = max(len(stops) for stops in STRIPS.values())
BATCH_MS = 100.0


@dataclass(frozen=True)
class Edge:
    """Over starts, at KAPPAS: tried, converged, dead (k,): how many, how many of them converged,
    and how many of those with every neuron dead; ends (2, k): Σ and Σ² of the last ηλ of those
    that live; neurons (k,): Σ of the share of dead neurons of the converged; edge: the largest
    κ_0 up to which a start converges; `late` the last ηλ of those that rose and live, κ_0 = 3."""

    tried: Array
    converged: Array
    dead: Array
    ends: Array
    neurons: Array
    edge: Moments
    late: Moments | None

    def share(self) -> tuple[Array, Array]:
        """Share that converges and its standard error, (k,) each."""
        p = self.converged / self.tried
        return p, np.sqrt(p * (1 - p) / self.tried)

    def end(self) -> tuple[Array, Array]:
        """Mean of the last ηλ of converged networks that live, and its standard error."""
        return mean_and_error(self.converged - self.dead, *self.ends)

    def last(self) -> Estimate:
        """The last ηλ at κ_0 = 3."""
        return self.late.mean_estimate() if self.late else Estimate.unknown()


@dataclass(frozen=True)
class Change:
    """Kernel change along the three STRIPS: counts (3, _MOST), logs (2, 3, _MOST) Σ and Σ² of its
    logarithm over the starts that were trained to a hundredth of their loss; tried (3,) starts;
    slope: of the logarithm against log N_1, per start."""

    counts: Array
    logs: Array
    tried: Array
    slope: Moments | None

    def mean(self, strip: int) -> tuple[Array, Array]:
        """Geometric mean along a strip and its standard error; nan where nothing was trained."""
        size = len(STRIPS[NAMES[strip]])
        mean, error = mean_and_error(self.counts[strip], *self.logs[:, strip])
        return np.exp(mean[:size]), (np.exp(mean) * error)[:size]

    def slope_estimate(self) -> Estimate:
        """The slope against log N_1."""
        return self.slope.centred_estimate() if self.slope else Estimate.unknown()


def _cost(params: Params, networks: int, neurons: int) -> float:
    """Milliseconds of so many networks of one start, trained together."""
    return _STEPS * (0.05 + 4e-6 * networks * neurons * (params.data + 1) * 6)


def _starts(params: Params) -> int:
    """How many starts a batch has."""
    if params.figure == "width":
        each = max(_cost(params, 8, params.neurons), 0.4 * _cost(params, 8, 512))
    else:
        each = _cost(params, len(KAPPAS), params.neurons)
    return max(1, math.floor(BATCH_MS / each))


def batches(params: Params) -> int:
    """How many batches the starts need."""
    strips = len(STRIPS) if params.figure == "width" else 1
    return strips * math.ceil(params.networks / _starts(params))


def batch(params: Params, index: int) -> Edge | Change:
    """Batch `index`, 50 to 150 ms."""
    each, strips = _starts(params), len(STRIPS) if params.figure == "width" else 1
    first = index // strips * each
    starts = range(first, min(first + each, params.networks))
    if params.figure == "width":
        return read_only(_change(params, starts, index % strips))
    return read_only(_edge(params, starts))


def train(
    params: Params,
    start: int,
    neurons: int,
    exponent: float,
    kappas: tuple[float, ...],
    stop: float,
) -> Descent:
    """One start at several step sizes."""
    given = drawn_start(params, start, neurons)
    first, second, x, y = (np.repeat(part, len(kappas), axis=0) for part in given)
    return descend(
        first,
        second,
        x,
        y,
        get_activation(params.activation),
        gamma=neurons**exponent,
        sharpness=kappas,
        steps=_STEPS,
        stop=stop,
    )


def _edge(params: Params, starts: range) -> Edge:
    found = [train(params, s, params.neurons, 0.0, KAPPAS, 1e-8) for s in starts]
    good = np.array([~f.diverged & (f.loss[-1] <= f.loss[0]) for f in found])
    dead = good & np.array([f.dead == 1 for f in found])
    size = [np.maximum(f.curvature[0], 1e-300) for f in found]
    ends = np.array([f.curvature[-1] / s for f, s in zip(found, size, strict=True)]) * KAPPAS
    kept = np.where(good & ~dead, ends, 0.0)
    reach = np.array([np.append(good_one, False).argmin() for good_one in good])
    edges = np.append(0.0, KAPPAS)[reach]
    at = KAPPAS.index(3.0)
    late = ends[good[:, at] & ~dead[:, at], at]
    shares = np.array([f.dead for f in found])
    return Edge(
        tried=np.full(len(KAPPAS), float(len(found))),
        converged=good.sum(axis=0).astype(float),
        dead=dead.sum(axis=0).astype(float),
        ends=sums(kept),
        neurons=np.where(good, shares, 0.0).sum(axis=0),
        edge=Moments.of(edges),
        late=Moments.of(late) if late.size else None,
    )


def _change(params: Params, starts: range, strip: int) -> Change:
    stops = STRIPS[NAMES[strip]]
    logs = np.array([_strip(params, start, NAMES[strip]) for start in starts])
    counts, total = np.zeros((3, _MOST)), np.zeros((2, 3, _MOST))
    seen = np.isfinite(logs)
    counts[strip, : len(stops)] = seen.sum(axis=0)
    total[:, strip, : len(stops)] = sums(np.where(seen, logs, 0.0))
    whole = logs[seen.all(axis=1)]
    slope = None
    if NAMES[strip] == "neurons" and len(whole):
        slope = Moments.of(whole @ slope_weights(stops))
    tried = np.zeros(3)
    tried[strip] = len(logs)
    return Change(counts, total, tried, slope)


def _strip(params: Params, start: int, name: str) -> Array:
    """log of the kernel change at every stop of a strip; nan where the data were not learned."""
    if name == "kappa":
        found = [train(params, start, params.neurons, params.exponent, STRIPS[name], _DONE)]
    elif name == "exponent":
        found = [
            train(params, start, params.neurons, a, (params.kappa,), _DONE) for a in STRIPS[name]
        ]
    else:
        found = [
            train(params, start, int(n), params.exponent, (params.kappa,), _DONE)
            for n in STRIPS[name]
        ]
    change = np.concatenate([f.kernel_change for f in found])
    learned = np.concatenate([f.settled & (f.dead < 1) for f in found])
    return np.log(np.where(learned & (change > 0), np.maximum(change, 1e-300), np.nan))


SAMPLER: Sampler[Params, Edge | Change] = Sampler(batch, merge, batches)
