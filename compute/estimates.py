"""Means and slopes with their standard errors, from the sums that samplers keep."""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def sums(rows: Array) -> Array:
    """Σx and Σx² over the first axis, as samples keep them: (n, …) to (2, …)."""
    return np.stack([rows.sum(axis=0), (rows**2).sum(axis=0)])


def mean_and_error(
    count: Array | int, total: Array | float, squares: Array | float
) -> tuple[Array, Array]:
    """Mean of numbers and its standard error, from their count, Σx and Σx² (shapes broadcast).

    The mean of none and the error of one are nan.
    """
    n = np.asarray(count, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.asarray(total / n)
        spread = np.maximum(squares / n - mean**2, 0.0)
        return mean, np.asarray(np.sqrt(spread / (n - 1)))


def bin_density(counts: Array, edges: Array, drawn: float) -> tuple[Array, Array]:
    """Density of `drawn` numbers in each bin, and its standard error, (bins,) each.

    counts (bins + 2,): how many lie below, in and above the bins; edges (bins + 1,).
    """
    share, width = counts[1:-1] / drawn, np.diff(edges)
    return share / width, np.sqrt(share * (1 - share) / drawn) / width


def bin_median(counts: Array, edges: Array) -> tuple[float, float]:
    """Median of numbers of which only the bins are known, and its standard error.

    counts (bins + 2,): how many lie below, in and above the bins; edges (bins + 1,). The error is
    half of what the levels ½ ± ½/√n enclose; nan for both where there are fewer than ten numbers.
    """
    drawn = float(counts.sum())
    if drawn < 10:
        return math.nan, math.nan
    room = 0.5 / math.sqrt(drawn)
    below = np.cumsum(counts)[:-1] / drawn
    low, middle, high = np.interp([0.5 - room, 0.5, 0.5 + room], below, edges)
    return float(middle), float(high - low) / 2


def bin_quantiles(counts: Array, edges: Array, levels: Array) -> Array:
    """Quantiles (levels, k) of k samples of which only the bins are known; nan outside them.

    counts (k, bins + 2): how many lie below, in and above the bins; edges (bins + 1,).
    """
    shares = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True)
    found = [np.interp(levels, row, edges, left=np.nan, right=np.nan) for row in shares]
    return np.array(found).T


def bin_counts(values: Array, edges: Array, alive: NDArray[np.bool_] | bool = True) -> Array:
    """How many of the alive lie below, in and above the bins, row by row: (k, n) to (k, b + 2)."""
    rows, alive = np.searchsorted(edges, values, side="right"), np.broadcast_to(alive, values.shape)
    found = [np.bincount(r[a], minlength=edges.size + 1) for r, a in zip(rows, alive, strict=True)]
    return np.array(found, dtype=np.float64)


def bin_distance(counts: Array, cdf: Array, lower: float = 0.0) -> float:
    """Largest distance of a sample's distribution function from cdf (bins + 1,), at the edges.

    counts (bins + 2,): how many lie below, in and above the bins; `lower` more lie below.
    """
    below = np.cumsum(counts) + lower
    return float(np.abs(below[:-1] / below[-1] - cdf).max())


def slope_weights(widths: ArrayLike) -> Array:
    """w for which w · log y is the least-squares slope of log y against the log widths."""
    x = np.log(widths)
    x = x - x.mean()
    return np.asarray(x / (x @ x))


def weighted_slope(x: Array, y: Array, error: Array) -> tuple[float, float]:
    """Slope of y against x and its standard error, the errors of y being known."""
    weight = 1 / np.maximum(error, 1e-12) ** 2
    centre = x - float(weight @ x) / float(weight.sum())
    size = float(weight @ centre**2)
    return float(weight @ (centre * y)) / size, size**-0.5


def normal_scores(below: Array, drawn: int) -> tuple[Array, Array]:
    """Φ^{-1}(share) of counts (n,) out of `drawn`, its standard error; nan where none or all."""
    share = below / drawn
    known = (below > 0) & (below < drawn)
    score = np.where(known, scipy.special.ndtri(np.where(known, share, 0.5)), np.nan)
    slope = math.sqrt(2 * math.pi) * np.exp(0.5 * np.where(known, score, 0.0) ** 2)
    return score, np.where(known, np.sqrt(share * (1 - share) / drawn) * slope, np.nan)


@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def central_moment(powers: Array, order: int) -> tuple[Array, Array]:
    """The centred moment of that order and its standard error, from sums of powers.

    powers (k + 1, …): Σ d^0, Σ d, …, Σ d^k with k ≥ 2 · order; returns (…) each. Centred about the
    sample's own mean, which the error allows for.
    """
    count, raw = powers[0], powers / powers[0]
    m = [
        sum(math.comb(k, j) * (-raw[1]) ** (k - j) * raw[j] for j in range(k + 1))
        for k in range(2 * order + 1)
    ]
    spread = m[2 * order] - m[order] ** 2 - 2 * order * m[order - 1] * m[order + 1]
    spread = spread + order**2 * m[2] * m[order - 1] ** 2
    return np.asarray(m[order]), np.sqrt(np.maximum(spread, 0.0) / count)


@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def delta_error(gradient: Array, mean: Array, mixed: Array, count: Array) -> Array:
    """Standard error of a smooth function of k means, by the delta method: shape (…).

    gradient, mean (k, …); mixed (k, k, …): means of products; count (…): numbers each rests on.
    """
    covariance = mixed - mean[:, None] * mean
    spread = np.einsum("a...,b...,ab...->...", gradient, gradient, covariance)
    return np.asarray(np.sqrt(np.maximum(spread, 0) / (count - 1)))


def straight_line(x: Array, y: Array, error: Array) -> tuple[float, float, float]:
    """Height at x = 0, its standard error, and slope of the line through y whose errors are known.

    All (n,), weighted least squares; nan for all where an error is 0 or not a number.
    """
    if not np.all(error > 0):
        return math.nan, math.nan, math.nan
    design = np.stack([np.ones(x.size), x], axis=1) / error[:, None]
    inverse = np.linalg.inv(design.T @ design)
    height, slope = inverse @ design.T @ (y / error)
    return float(height), float(np.sqrt(inverse[0, 0])), float(slope)
