"""Progressive samples for section 3.2: output norms, spectra and directions, from real weights.

Only the histogram of log X may come from the exact law (3.2.3) instead, where the weights would
take too long or the setting asks for it; `route_of` says which, and no claim about the law is
judged by such a sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.estimates import bin_density, bin_distance, mean_and_error
from compute.experiments.linear_products.law import bin_edges, rare_from
from compute.experiments.linear_products.setting import (
    ENTRY_NS,
    Params,
    log_mean,
    multiplied,
    network_ms,
    product_ms,
    route_of,
    widths,
)
from compute.experiments.linear_products.spectrum import direction_edges, spectrum_edges
from compute.experiments.linear_products.weights import frame_exponents, overlaps, second_moments
from compute.linear_products import effective_depth, sample_log_norm
from compute.linear_products.matrix_products import (
    direction_samples,
    log_singular_values,
    sample_product_norms,
)
from compute.sampling import Estimate, Moments, Sampler, merge, stream

Array = NDArray[np.float64]

BATCH_MS = 85.0
# Where the sampled spectrum is held against its two limits: frames at a few dimensions, traces of
# wide products of few factors.
FRAME_WIDTH, TRACE_WIDTHS, TRACE_FACTORS = 4, (64, 256), 4
# Milliseconds to enter one draw in the histogram and the moments.
_TALLY_MS = 3e-4


@dataclass(frozen=True)
class LawSample:
    """Networks' output norms.

    drawn: how many networks. dead: how many of them sent the input to exactly 0. counts (42,):
    log X below, in and above the bins. log_norm: moments of log X of the others. square: moments
    of ‖z‖²/E‖z‖²; common: the same with 0 above the law's largest hundredth. overlap: moments of
    z(x)·z(x')/N_{L+1} at C_W = 1 for two inputs of length 1 with x·x' = ½; None above β = 1, at
    N_0 = 1, and where no weights are drawn.
    """

    drawn: int
    dead: int
    counts: Array
    log_norm: Moments | None
    square: Moments
    common: Moments
    overlap: Moments | None

    def density(self, edges: Array) -> tuple[Array, Array]:
        """Density of log X and its standard error in each bin, both (40,)."""
        return bin_density(self.counts, edges, self.drawn)

    def distance(self, cdf: Array) -> float:
        """Largest distance of the sample's distribution function from cdf, given at the edges."""
        return bin_distance(self.counts, cdf, self.dead)


@dataclass(frozen=True)
class SpectrumSample:
    """Log singular values per factor of products of matrices.

    drawn: how many products. counts, squares (42,): sum over products of the number of values
    below, in and above the bins, and of its square. ranked (3, N): per rank from the largest,
    over the finite values of log s/(L+1): their number, sum and sum of squares. top, spread,
    average: moments over frames of the largest exponent, of largest minus smallest, and of their
    mean; None above width 4. second: moments of Σ s_i⁴/N; None but for products of at most 4
    factors 64 to 256 wide.
    """

    drawn: int
    counts: Array
    squares: Array
    ranked: Array
    top: Moments | None
    spread: Moments | None
    average: Moments | None
    second: Moments | None

    def by_rank(self) -> tuple[Array, Array]:
        """Mean of log s/(L+1) per rank and its standard error, both (N,); nan below 2 products."""
        n = np.where(self.ranked[0] > 1, self.ranked[0], np.nan)
        return mean_and_error(n, *self.ranked[1:])

    def density(self, edges: Array) -> tuple[Array, Array]:
        """Density of log s/(L+1) per singular value, and its standard error, both (40,)."""
        unit = float(self.counts.sum()) / self.drawn * np.diff(edges)
        mean, error = mean_and_error(self.drawn, self.counts[1:-1], self.squares[1:-1])
        return mean / unit, error / unit


@dataclass(frozen=True)
class ImageSample:
    """Norms and directions of Wu.

    drawn: how many matrices. counts (26,): log‖Wu‖ below, in and above the bins. sums, squares
    (26,): of Σ v_i⁴ there. square: moments of ‖Wu‖². powers (5, 5): Σ a^j b^k of log‖Wu‖ and
    Σ v_i⁴, each brought to about zero mean and unit spread.
    """

    drawn: int
    counts: Array
    sums: Array
    squares: Array
    square: Moments
    powers: Array

    def density(self, edges: Array) -> tuple[Array, Array]:
        """Density of log‖Wu‖ and its standard error in each bin, both (24,)."""
        return bin_density(self.counts, edges, self.drawn)

    def concentration(self) -> tuple[Array, Array]:
        """Mean of Σ v_i⁴ given the bin of log‖Wu‖, and its error; nan below 10 matrices."""
        n = np.where(self.counts >= 10, self.counts, np.nan)[1:-1]
        return mean_and_error(n, self.sums[1:-1], self.squares[1:-1])

    def correlation(self) -> Estimate:
        """Correlation of log‖Wu‖ with Σ v_i⁴; the error is the delta method's."""
        raw = self.powers / self.drawn
        central = _shift(raw[1, 0]) @ raw @ _shift(raw[0, 1]).T
        a, b = central[2, 0], central[0, 2]
        if min(a, b) < 1e-20:
            return Estimate(0.0, 0.0, self.drawn)
        r = central[1, 1] / math.sqrt(a * b)
        same = central[4, 0] / a**2 + 2 * central[2, 2] / (a * b) + central[0, 4] / b**2
        cross = (central[3, 1] / a + central[1, 3] / b) / math.sqrt(a * b)
        variance = central[2, 2] / (a * b) - r * cross + 0.25 * r * r * same
        return Estimate(r, math.sqrt(max(variance, 0.0) / self.drawn), self.drawn)


def batch(params: Params, index: int) -> LawSample | SpectrumSample | ImageSample:
    """Batch `index` of what the tab in front samples. ValueError where it samples nothing."""
    count = min(_per_batch(params), params.samples - index * _per_batch(params))
    if count < 1 or batches(params) == 0:
        raise ValueError(f"figure {params.figure} has no batch {index} at this setting")
    rng = stream(params.seed, params.figure, index)
    if params.figure == "law":
        return _law_batch(params, count, rng)
    if params.figure == "spectrum":
        return _spectrum_batch(params, count, rng)
    return _image_batch(params, count, rng)


def batches(params: Params) -> int:
    """How many batches hold the sample size asked for; 0 where nothing is sampled."""
    if params.figure == "plane" or (params.figure == "law" and route_of(params) == "none"):
        return 0
    return math.ceil(params.samples / _per_batch(params))


SAMPLER: Sampler[Params, Any] = Sampler(batch, merge, batches)


def _per_batch(params: Params) -> int:
    if params.figure == "spectrum":
        extra = 40.0 if has_frames(params) or has_traces(params) else 0.0
        return max(1, int((BATCH_MS - extra) / product_ms(params)))
    if params.figure == "direction":
        one = 1e-6 * (ENTRY_NS[params.entries] * params.inputs + 40) * params.width + _TALLY_MS
        return max(2, int(BATCH_MS / one))
    if route_of(params) == "exact":
        return max(2, int(BATCH_MS / (40e-6 * (params.depth + 1) + _TALLY_MS)))
    started = 0.03 * params.depth
    one = network_ms(params) + _TALLY_MS
    return max(2, int(max(BATCH_MS - 15 - started, 20.0) / one))


def _law_batch(params: Params, count: int, rng: np.random.Generator) -> LawSample:
    layers, offset = widths(params), 0.5 * log_mean(params)
    overlap = None
    if route_of(params) == "exact":
        log_norm = sample_log_norm(layers, count, rng)
    else:
        norms = sample_product_norms(params.inputs, layers, count, rng, law=params.entries)
        log_norm = norms - 0.5 * math.log(params.outputs / params.inputs)
        if has_overlaps(params):
            pairs = overlaps(params.inputs, layers, max(2, count // 8), params.entries, rng)
            overlap = Moments.of(pairs)
    alive = log_norm[np.isfinite(log_norm)]
    square = np.exp(2 * log_norm)
    return LawSample(
        drawn=count,
        dead=count - alive.size,
        counts=_histogram(alive, bin_edges(layers)),
        log_norm=Moments.of(alive + offset) if alive.size else None,
        square=Moments.of(square),
        common=Moments.of(np.where(log_norm <= rare_from(layers), square, 0.0)),
        overlap=overlap,
    )


def _spectrum_batch(params: Params, count: int, rng: np.random.Generator) -> SpectrumSample:
    width, depth = multiplied(params)
    edges = spectrum_edges(width, depth)
    logs = [log_singular_values(width, depth + 1, rng, law=params.entries) for _ in range(count)]
    values = np.array(logs) / (depth + 1)
    histograms = np.array([_histogram(row, edges) for row in values])
    finite = np.isfinite(values)
    kept = np.where(finite, values, 0.0)
    frames = frame_exponents(width, params.entries, rng) if has_frames(params) else None
    second = None
    if has_traces(params):
        entry_ns = ENTRY_NS[params.entries] + 0.02 * params.width
        traces = max(2, int(40e6 / ((depth + 1) * params.width**2 * entry_ns)))
        second = Moments.of(second_moments(params.width, depth + 1, traces, params.entries, rng))
    return SpectrumSample(
        drawn=count,
        counts=histograms.sum(axis=0),
        squares=(histograms**2).sum(axis=0),
        ranked=np.array([finite.sum(axis=0), kept.sum(axis=0), (kept**2).sum(axis=0)]),
        top=None if frames is None else Moments.of(frames[:, 0]),
        spread=None if frames is None else Moments.of(frames[:, 0] - frames[:, -1]),
        average=None if frames is None else Moments.of(frames.mean(axis=1)),
        second=second,
    )


def _image_batch(params: Params, count: int, rng: np.random.Generator) -> ImageSample:
    width = params.width
    drawn = direction_samples(params.inputs, width, count, rng, law=params.entries)
    edges = direction_edges(width)
    bins = np.searchsorted(edges, drawn.log_norm, side="right")

    def total(values: Array) -> Array:
        return np.asarray(np.bincount(bins, weights=values, minlength=len(edges) + 1))

    a = (drawn.log_norm - 0.5 * math.log(width)) * math.sqrt(2 * width)
    b = (drawn.concentration - 3 / (width + 2)) * math.sqrt(width**3 / 24)
    return ImageSample(
        drawn=count,
        counts=total(np.ones(count)),
        sums=total(drawn.concentration),
        squares=total(drawn.concentration**2),
        square=Moments.of(np.exp(2 * drawn.log_norm)),
        powers=np.vander(a, 5, increasing=True).T @ np.vander(b, 5, increasing=True),
    )


def _histogram(values: Array, edges: Array) -> Array:
    """How many values lie below, in and above the bins, (len(edges) + 1,)."""
    bins = np.searchsorted(edges, values, side="right")
    return np.asarray(np.bincount(bins, minlength=len(edges) + 1), dtype=np.float64)


def has_overlaps(params: Params) -> bool:
    """Whether pairs of outputs are sampled too."""
    shallow = effective_depth(widths(params)) <= 1
    return params.inputs > 1 and shallow and route_of(params) == "weights"


def has_frames(params: Params) -> bool:
    """Whether the spectrum is held against Lyapunov exponents."""
    return params.width <= FRAME_WIDTH


def has_traces(params: Params) -> bool:
    """Whether the spectrum is held against the free limit."""
    low, high = TRACE_WIDTHS
    return low <= params.width <= high and params.depth < TRACE_FACTORS


def _shift(mean: float) -> Array:
    """The matrix that turns raw moments of orders 0 to 4 into moments about `mean`, (5, 5)."""
    rows = [[math.comb(j, i) * (-mean) ** max(j - i, 0) for i in range(5)] for j in range(5)]
    return np.array(rows, dtype=np.float64)
