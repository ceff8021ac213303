"""Steps of third order for smooth σ: the midpoint's, doubled and extrapolated.

A step of length h leaves an error e h³ in θ, two of length h/2 leave e h³/4 to leading order, so
that (4θ_two − θ_one)/3 has neither. It costs six evaluations for two; over long times of a narrow
network, where errors grow by a hundred, it needs a fifth of the steps. A kink that a datum crosses
makes Θ jump: there no order helps.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from compute.training.exponential_midpoint import Solver, Trial
from compute.training.tangent_space import Point

# Of the tolerance: a step that misses less is good enough as it is.
_NEGLIGIBLE: Final = 1 / 30


class Extrapolated(Solver[Point]):
    """The same run with extrapolated steps: their sizes are those that one step of two needs."""

    def _try(self, length: float) -> Trial[Point]:
        one = super()._try(length)
        if not _NEGLIGIBLE * self.tolerance < one.error <= self.tolerance:
            return one
        self.attempts += 2
        self.trainer.release(one.end)
        _, weights = self._step(self.point, 0.5 * length)
        half = self._evaluate(weights)
        _, two = self._step(half, 0.5 * length)
        self.trainer.release(half)
        end = self._evaluate(two.extrapolated(one.end.weights))
        found = self._judged(length, half, end, one.middle.eigen)
        # what one step misses sets the size of the next
        return replace(found, error=one.error) if math.isfinite(found.error) else found
