"""Mean squares at several widths, mergeable, and the exponent that they follow.

An exponent is fitted to the logarithm of mean squares, whose sampling error is known: the mean
squares of one repetition at all widths are kept with their products.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.estimates import slope_weights
from compute.sampling import Estimate

Array = NDArray[np.float64]

# Below this many repetitions a standard error is itself too uncertain for a verdict.
_REPETITIONS = 8


@dataclass(frozen=True)
class Squares:
    """Mean squares at several widths: of `count` repetitions, their sums and products.

    networks: how many were trained or drawn. total (W,): Σ m_w; products (W, W): Σ m_v m_w.
    """

    count: int
    networks: int
    total: Array
    products: Array

    @staticmethod
    def of(rows: Array, networks: int) -> Squares:
        """From the mean squares of some repetitions, (count, W)."""
        return Squares(len(rows), networks, rows.sum(axis=0), rows.T @ rows)

    @property
    def mean(self) -> Array:
        """Of the mean squares, (W,)."""
        return self.total / self.count

    def relative(self) -> Array:
        """Covariance of the means, each divided by its mean: (W, W)."""
        mean = self.mean
        spread = self.products / self.count - np.outer(mean, mean)
        scale = np.where(mean > 0, mean, 1.0)
        return np.asarray(spread / np.outer(scale, scale) / max(self.count - 1, 1))

    def root(self) -> tuple[Array, Array]:
        """Root mean square with its standard error, (W,) each; no error for one repetition."""
        value = np.sqrt(self.mean)
        error = 0.5 * value * np.sqrt(np.maximum(np.diag(self.relative()), 0.0))
        return value, error if self.count > 1 else np.full(len(value), np.nan)

    def slope(self, widths: tuple[int, ...]) -> Estimate:
        """Exponent of the root mean square against the width, by least squares in logarithms."""
        if np.any(self.mean <= 1e-24) or self.count < 2:
            return Estimate.unknown(self.networks)
        weights = 0.5 * slope_weights(widths)
        variance = max(float(weights @ self.relative() @ weights), 0.0)
        effective = 100.0 * self.count / _REPETITIONS
        value = float(weights @ np.log(self.mean))
        return Estimate(value, math.sqrt(variance), self.networks, effective=effective)
