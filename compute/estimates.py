"""Means and slopes with their standard errors, from the sums that samplers keep."""

from __future__ import annotations

import math

import numpy as np
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


def bin_counts(values: Array, alive: NDArray[np.bool_], edges: Array) -> Array:
    """How many of the alive lie below, in and above the bins, row by row: (k, n) to (k, b + 2)."""
    rows = np.searchsorted(edges, values, side="right")
    found = [np.bincount(r[a], minlength=edges.size + 1) for r, a in zip(rows, alive, strict=True)]
    return np.array(found, dtype=np.float64)


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
