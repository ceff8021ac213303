"""Progressive samples of page 3.5: gradients of real networks, all weights drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.estimates import bin_counts, bin_density, central_moment
from compute.experiments.deep_networks import activation_of, variances
from compute.experiments.gradients.limits import edges_of, gradient_spread, layer_spread, wide
from compute.experiments.gradients.setting import Params, sizes, stops
from compute.gradients.networks import Block, measured, milliseconds, propagate, relative_change
from compute.sampling import Moments, Sampler, either, merge, merged_by, stream, values_and_errors

Array = NDArray[np.float64]

BATCH_MS = 85.0
# A step of the measured central difference, in units of 1/Θ of the infinitely wide network. A gate
# that flips in it counts 1/STEP times its change, in STEP of all networks: smaller steps scatter
# more. What is of second order in it is below 1 % of the mean change.
STEP, STEP_BIAS = 0.03, 0.01
PATHS = 12
# A step goes three times through the network that is drawn once.
_WORK = {"law": 1.0, "layers": 1.1, "kernel": 1.0, "step": 1.9}


@dataclass(frozen=True)
class LawSample:
    """‖∇_x z‖² of `drawn` networks.

    dead: moments of 1 for a gradient of 0, else 0. counts (BINS + 2,): the logarithms below, in and
    above the bins. square, fourth: moments of ‖∇_x z‖² over the infinitely wide network's, and
    of the square of that.
    """

    drawn: int
    dead: Moments
    counts: Array
    square: Moments
    fourth: Moments

    def density(self, edges: Array, joined: int) -> tuple[Array, Array, Array]:
        """Edges of bins joined, density of the logarithm there, its standard error."""
        wide = edges[::joined]
        inner = self.counts[1:-1].reshape(-1, joined).sum(axis=1)
        counts = np.concatenate([self.counts[:1], inner, self.counts[-1:]])
        return wide, *bin_density(counts, wide, float(self.drawn))


@dataclass(frozen=True)
class LayersSample:
    """‖∂z/∂W^(ℓ)‖² of `drawn` networks, layer by layer.

    counts (L+1, BINS + 2): logarithms, over the infinitely wide network's, below, in and above the
    bins. powers (5, 3, L+1): over networks whose every gradient is alive, sums of the
    powers 0 … 4 of the logarithms of ‖∂z/∂W^(ℓ)‖², ‖∂z/∂z^(ℓ)‖², ‖σ(z^(ℓ−1))‖²/N, over the wide
    network's. apart: moments there of log ‖∂z/∂W^(L+1)‖² − log ‖∂z/∂W^(1)‖².
    paths (k, L+1): the logarithms of a few networks of the first batch.
    """

    drawn: int
    counts: Array
    powers: Array
    apart: Moments | None
    paths: Array = field(metadata=merged_by(either))

    @property
    def alive(self) -> int:
        """How many networks have no gradient that is 0."""
        return int(self.powers[0, 0, 0])

    def log_variance(self) -> tuple[Array, Array]:
        """Variance of the three logarithms and its standard error, (3, L+1) each."""
        variance, error = central_moment(self.powers, 2)
        return np.maximum(variance, 0.0), error


@dataclass(frozen=True)
class KernelSample:
    """Θ over the infinitely wide network's at the depths `stops`: moments of it and its square."""

    drawn: int
    mean: tuple[Moments, ...]
    square: tuple[Moments, ...]

    def fluctuations(self) -> tuple[Array, Array]:
        """Deviation of Θ over its mean at every stop, with the standard error, (k,) each."""
        return values_and_errors(m.relative_deviation() for m in self.mean)


@dataclass(frozen=True)
class StepSample:
    """Change of Θ per time in a gradient step, over Θ_∞², at the depths `stops`: moments.

    lost: how many networks of the deepest a step has thrown out of the range of a float.
    """

    drawn: int
    lost: int
    change: tuple[Moments, ...]

    def losses(self) -> tuple[Array, Array]:
        """Mean loss of Θ at every stop, with the standard error, (k,) each."""
        return values_and_errors(m.centred_estimate().scaled(-1) for m in self.change)


def networks_ms(params: Params) -> float:
    """Milliseconds for one network at every depth that the tab in front draws."""
    depths = stops(params) if params.figure in {"kernel", "step"} else (params.depth,)
    return _WORK[params.figure] * sum(milliseconds(sizes(params, d)) for d in depths) + 1e-3


def _per_batch(params: Params) -> int:
    return max(1, min(params.networks, round(BATCH_MS / networks_ms(params))))


def batches(params: Params) -> int:
    """How many batches make up n networks."""
    return math.ceil(params.networks / _per_batch(params))


def batch(params: Params, index: int) -> Any:
    """One batch, 50 to 130 ms."""
    rng = stream(params.seed, params.figure, index)
    count = min(_per_batch(params), params.networks - index * _per_batch(params))
    # Squares of what a heavy tail throws, and of what C_W makes of depth 200, are still numbers.
    with np.errstate(under="ignore"):
        return _BATCHES[params.figure](params, count, rng)


def _blocks(
    params: Params,
    depth: int,
    count: int,
    rng: np.random.Generator,
    measure: Callable[[Block], Array],
) -> Array:
    """`measure` of networks of the page's setting, (…, count)."""
    layers, activation = sizes(params, depth), activation_of(params.activation)
    return measured(measure, layers, activation, count, rng, **variances(params))


def _law(params: Params, count: int, rng: np.random.Generator) -> LawSample:
    scale = wide(params).gradient
    norms = _blocks(params, params.depth, count, rng, lambda b: propagate(b).input_square())
    return LawSample(
        drawn=count,
        dead=Moments.of((norms == 0).astype(np.float64)),
        counts=bin_counts(_log(norms[None]), edges_of(*gradient_spread(params)))[0],
        square=Moments.of(norms / scale),
        fourth=Moments.of((norms / scale) ** 2),
    )


def _layers(params: Params, count: int, rng: np.random.Generator) -> LayersSample:
    onward, below = _blocks(params, params.depth, count, rng, lambda b: propagate(b).factors())
    limit = wide(params)
    logs = _log(np.stack([onward * below, onward, below]))
    centres = np.log(np.stack([limit.squares, limit.backward, limit.forward]))
    relative = logs[0] - centres[0][:, None]
    kept = logs[:, :, np.isfinite(logs).all(axis=(0, 1))]
    centred = kept - centres[:, :, None]
    apart = kept[0, -1] - kept[0, 0]
    return LayersSample(
        drawn=count,
        counts=bin_counts(relative, edges_of(*layer_spread(params))),
        powers=np.stack([(centred**k).sum(axis=-1) for k in range(5)]),
        apart=Moments.of(apart) if apart.size else None,
        paths=logs[0, :, :PATHS].T,
    )


def _kernel(params: Params, count: int, rng: np.random.Generator) -> KernelSample:
    found = _at_stops(params, count, rng, lambda b, scale: propagate(b).kernel() / scale)
    return KernelSample(
        count, tuple(Moments.of(f) for f in found), tuple(Moments.of(f**2) for f in found)
    )


def _step(params: Params, count: int, rng: np.random.Generator) -> StepSample:
    def change(block: Block, scale: float) -> Array:
        target = params.target * wide(params, len(block.weights) - 1).deviation
        return relative_change(block, STEP, target, scale)

    found = _at_stops(params, count, rng, change)
    kept = [f[np.isfinite(f)] for f in found]
    lost = count - kept[-1].size
    return StepSample(count, lost, tuple(Moments.of(f if f.size else np.zeros(1)) for f in kept))


def _at_stops(
    params: Params, count: int, rng: np.random.Generator, measure: Callable[[Block, float], Array]
) -> list[Array]:
    """`measure` of networks of every measured depth, given Θ of the infinitely wide one."""

    def at(depth: int) -> Array:
        scale = wide(params, depth).kernel
        return _blocks(params, depth, count, rng, lambda block: measure(block, scale))

    return [at(depth) for depth in stops(params)]


def _log(squares: Array) -> Array:
    """Logarithms, −inf of 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(squares))


_BATCHES: dict[str, Callable[[Params, int, np.random.Generator], Any]]
_BATCHES = {"law": _law, "layers": _layers, "kernel": _kernel, "step": _step}
SAMPLER: Sampler[Params, Any] = Sampler(batch, merge, batches)
