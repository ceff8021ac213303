"""Knots for a function that is only known by its values: how it bends, and what lines leave.

`piecewise_linear` has closed forms for sin ωx and |x|^p; here differences on a fine grid stand for
derivatives, and the largest value on it for the largest of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

CELLS = 1 << 15


@dataclass(frozen=True)
class Sampled:
    """f on an evenly spaced grid: `x`, `f` (32 769,)."""

    x: Array
    f: Array
    function: Callable[[Array], Array]

    @staticmethod
    def of(function: Callable[[Array], Array], interval: Sequence[float]) -> Sampled:
        """ValueError where f is not finite on the grid. Cost: a call of f and 0.1 ms."""
        x = np.linspace(interval[0], interval[1], CELLS + 1)
        f = np.asarray(function(x), dtype=np.float64)
        if not np.isfinite(f).all():
            raise ValueError("the function is not finite on the interval")
        return Sampled(x, f, function)

    def error(self, knots: ArrayLike) -> float:
        """Largest |f − its interpolant| with `knots` inside the interval and both ends added.

        Too small by at most (m/CELLS)² of itself where f is smooth, m pieces. Cost: 1 ms.
        """
        corners = np.concatenate([self.x[:1], np.unique(knots), self.x[-1:]])
        line = np.interp(self.x, corners, self.function(corners))
        return float(np.abs(self.f - line).max())

    def curvature(self, every: int = 1) -> Array:
        """f″ by second differences, in steps of `every` cells."""
        step = every * (self.x[1] - self.x[0])
        return np.asarray(np.diff(self.f[::every], 2) / step**2)

    @property
    def most_curved(self) -> float:
        """Largest |f″|; inf where it grows as the steps shrink: f has a corner or a jump."""
        fine, coarse = (float(np.abs(self.curvature(n)).max()) for n in (4, 8))
        floor = 1e-6 * float(np.abs(self.f).max())
        return fine if fine <= 1.2 * coarse + floor else np.inf

    @cached_property
    def root_curvature(self) -> Array:
        """G(x) = ∫|f″|^½ from the interval's low end to every place of the grid."""
        bent = np.abs(self.curvature())
        # rounding of f is no bend
        bent[bent < 1e-15 * np.abs(self.f).max() * CELLS**2] = 0.0
        density = np.sqrt(np.concatenate([bent[:1], bent, bent[-1:]]))
        cells = (density[1:] + density[:-1]) / 2 * np.diff(self.x)
        return np.append(0.0, np.cumsum(cells))

    def graded(self, count: int) -> Array:
        """`count` knots that cut ∫|f″|^½ into equal parts; evenly spaced where f does not bend."""
        g = self.root_curvature
        if g[-1] == 0:
            return np.linspace(self.x[0], self.x[-1], count + 2)[1:-1]
        shares = g[-1] * np.arange(1, count + 1) / (count + 1)
        return np.asarray(np.interp(shares, g, self.x))
