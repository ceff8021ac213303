"""The sweep over widths for networks of two and three hidden layers: Theorem 2.2.1 at depth.

Every width has its own networks, so that a batch can hold some of the widths only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.estimates import mean_and_error, slope_weights
from compute.experiments.ntk_regime.setting import Params, activation_of
from compute.sampling import Estimate, stream
from compute.training.deep_network import DeepTrainer, linear_deep, sample_deep
from compute.training.exponential_midpoint import Solver

Array = NDArray[np.float64]

DEEP_WIDTHS = (64, 128, 256, 512, 1024)
GAP, MOVED = 2, 3
# How widths are shared out among the batches of one seed, by L: some 100 ms each.
_PARTS = {2: ((0, 1, 2, 3), (4,)), 3: ((0, 1, 2), (3,), (4,))}


@dataclass(frozen=True)
class DeepSweep:
    """Sums over networks of every width, `skipped` of `drawn` of which trained too slowly.

    counts (W,): networks; logs (2, 4, W): sum and sum of squares of the logarithms of
    sup‖θ − θ^lin‖, sup‖Θ_t − Θ_0‖, the root mean square over the data of z − z^lin (its largest
    in time), and ‖θ_t − θ_0‖ at the end.
    """

    drawn: int
    skipped: int
    counts: Array
    logs: Array

    @property
    def counted(self) -> int:
        """Networks of the width that has fewest."""
        return int(self.counts.min())

    def by_width(self, which: int) -> tuple[Array, Array]:
        """Geometric mean over networks and the relative standard error of it, both (W,)."""
        mean, error = mean_and_error(self.counts, *self.logs[:, which])
        return np.exp(mean), error

    def slope(self, which: int) -> Estimate:
        """The slope against the width, fitted to the means of the logarithms."""
        if self.counted < 2:
            return Estimate.unknown()
        weights = slope_weights(DEEP_WIDTHS)
        mean, error = self.by_width(which)
        spread = math.sqrt(float(weights**2 @ error**2))
        return Estimate(float(weights @ np.log(mean)), spread, self.counted)


def deep_batches(params: Params) -> int:
    """Two or three per seed."""
    return params.seeds * len(_PARTS[params.layers])


def deep_batch(
    params: Params, index: int, x: Array, y: Array, *, rtol: float, max_steps: int
) -> DeepSweep:
    """Networks of some widths, one each, trained on x, y: 40 to 200 ms."""
    parts = _PARTS[params.layers]
    seed, part = divmod(index, len(parts))
    counts, logs = np.zeros(len(DEEP_WIDTHS)), np.zeros((2, 4, len(DEEP_WIDTHS)))
    for k in parts[part]:
        found = _flow(params, seed, DEEP_WIDTHS[k], x, y, rtol, max_steps)
        if found is None:
            # wider networks take longer still
            break
        counts[k] = 1
        logs[:, :, k] = np.log(found), np.log(found) ** 2
    drawn = len(parts[part])
    return DeepSweep(drawn, drawn - int(counts.sum()), counts, logs)


def _flow(
    params: Params, seed: int, width: int, x: Array, y: Array, rtol: float, max_steps: int
) -> Array | None:
    """The four numbers of one network, looked at after every step of the flow; None where it did
    not arrive or nothing moved."""
    rng = stream(params.seed, f"deep {params.layers} {width}", seed)
    network = sample_deep((width,) * params.layers, x.shape[1], rng)
    gamma = float(width) ** params.exponent
    trainer = DeepTrainer(network, x, y, activation_of(params), gamma, params.rate * gamma**2)
    start = trainer.evaluate(trainer.start())
    if not np.all(np.isfinite(start.kernel)):
        return None
    solver, found = Solver(trainer, -math.inf, rtol, max_steps), np.zeros(4)

    def look() -> None:
        now = solver.point
        linear = start.eigen.decay(solver.time, start.residual)
        seen = (
            now.weights.distance(linear_deep(trainer, start, solver.time)),
            float(np.linalg.norm(now.kernel - start.kernel, ord=2)),
            float(np.sqrt(np.mean((now.residual - linear) ** 2))),
        )
        found[:3] = np.maximum(found[:3], seen)

    if solver.run(params.time, look):
        return None
    found[MOVED] = solver.point.weights.distance(start.weights)
    return found if np.all((found > 0) & np.isfinite(found)) else None
