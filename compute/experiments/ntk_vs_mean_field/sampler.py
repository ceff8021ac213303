"""Progressive sample for section 2.4: many random starts, trained at many widths or exponents.

A batch trains a few starts at some of the cells (exponent, widths); all widths of one start are
nested, the narrow networks being the first neurons of the wide one, and every start is its own
stream. Means are of logarithms: the fitted slope of the means is the mean of the slopes. A network
that stops before the time asked for is counted, and left out of both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from compute.arrays import read_only
from compute.estimates import mean_and_error, slope_weights, sums
from compute.experiments.ntk_vs_mean_field.setting import (
    EXPONENTS,
    Array,
    Params,
    phase_exponents,
    sweep_ms,
    widths,
)
from compute.experiments.ntk_vs_mean_field.sweep import AT, QUANTITIES, measure
from compute.sampling import Estimate, Sampler, merge, stream
from compute.training.one_layer import sample_parameters

# Estimates are generous: a batch takes 30 to 100 ms.
BATCH_MS = 130.0
_FLOOR = 1e-300


@dataclass(frozen=True)
class Sweep:
    """Sums over random starts; E exponents, W widths, the ten QUANTITIES.

    counts, stopped (E, W): how many networks reached the time t, and how many did not.
    logs (2, E, W, 10): sums of the logarithms of the quantities and of their squares over those
    that did.   starts (E,): how many starts have reached it at every width.   slopes (2, E, 10):
    the sums of the slope of such a start's logarithms against log N_1; zero where there is one
    width.
    """

    counts: Array
    stopped: Array
    logs: Array
    starts: Array
    slopes: Array

    @property
    def tried(self) -> Array:
        """How many networks were trained, (E, W)."""
        return self.counts + self.stopped

    def mean(self, name: str) -> Array:
        """Geometric mean of a quantity, (E, W); nan without networks."""
        return np.exp(self._logs(name)[0])

    def error(self, name: str) -> Array:
        """Its standard error, (E, W); nan below two networks."""
        mean, error = self._logs(name)
        return np.exp(mean) * error

    def slope(self, exponent: float, name: str) -> Estimate:
        """The slope of log quantity against log N_1 at one of EXPONENTS, over the starts."""
        k, q = EXPONENTS.index(exponent), AT[name]
        n = int(self.starts[k])
        if n < 2:
            return Estimate.unknown(n)
        mean, error = mean_and_error(n, *self.slopes[:, k, q])
        return Estimate(float(mean), float(error), n)

    def _logs(self, name: str) -> tuple[Array, Array]:
        return mean_and_error(self.counts, *self.logs[..., AT[name]])


def sampled_widths(params: Params) -> tuple[int, ...]:
    """The widths of a cell: six, or on the strip the one of the setting."""
    return (params.width,) if params.figure == "phase" else widths(params)


def sampled_exponents(params: Params) -> Array:
    """The exponents of the cells: 0, ¼, ½, or those of the strip."""
    return phase_exponents(params) if params.figure == "phase" else np.array(EXPONENTS)


def batch(params: Params, index: int) -> Sweep:
    """Batch `index`; the tabs of two sides, which draw none, have those of the tab against width.

    ValueError where there is no such batch.
    """
    if not 0 <= index < batches(params):
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    # what is drawn of a batch does not change it
    standard = {name: getattr(Params(), name) for name in ("shows", "exponent_a", "exponent_b")}
    return _batch(replace(params, **standard), index)


@lru_cache(maxsize=512)
def _batch(params: Params, index: int) -> Sweep:
    exponents, cells, starts = _plan(params)
    parts = math.ceil(len(exponents) / cells)
    at, first = index % parts, (index // parts) * starts
    sizes = sampled_widths(params)
    cell = slice(at * cells, min((at + 1) * cells, len(exponents)))
    found = []
    for start in range(first, min(first + starts, params.networks)):
        rng = stream(params.seed, "sweep", start)
        widest = sample_parameters(max(sizes), 1, rng, bias=params.bias)
        networks = [widest.neurons(0, n) for n in sizes]
        found.append(
            [[measure(params, net, float(a)) for net in networks] for a in exponents[cell]]
        )
    trained = np.log(np.maximum(found, _FLOOR))
    there = trained[..., AT["reached"]] == 0  # the logarithm of 1
    all_there = there.all(axis=2)
    logs = np.zeros((2, len(exponents), len(sizes), len(QUANTITIES)))
    counts, stopped = np.zeros(logs.shape[1:3]), np.zeros(logs.shape[1:3])
    whole, slopes = np.zeros(len(exponents)), np.zeros((2, len(exponents), len(QUANTITIES)))
    counts[cell], stopped[cell] = there.sum(axis=0), (~there).sum(axis=0)
    logs[:, cell] = sums(trained * there[..., None])
    whole[cell] = all_there.sum(axis=0)
    if len(sizes) > 1:
        # least squares against log N_1
        slopes[:, cell] = sums(slope_weights(sizes) @ trained * all_there[..., None])
    return read_only(Sweep(counts, stopped, logs, whole, slopes))


def batches(params: Params) -> int:
    """How many batches hold the networks asked for."""
    exponents, cells, starts = _plan(params)
    return math.ceil(len(exponents) / cells) * math.ceil(params.networks / starts)


SAMPLER: Sampler[Params, Sweep] = Sampler(batch, merge, batches)


def _plan(params: Params) -> tuple[Array, int, int]:
    """The exponents, how many of them a batch trains, and how many starts."""
    exponents, sizes = sampled_exponents(params), sampled_widths(params)
    costs = [sum(sweep_ms(params, n, float(a)) for n in sizes) for a in exponents]
    cells = int(min(max(BATCH_MS / max(costs), 1), len(exponents)))
    starts = int(max(BATCH_MS / sum(costs), 1)) if cells == len(exponents) else 1
    return exponents, cells, starts
