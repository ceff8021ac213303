"""§3.3.3, shaped networks: finite depth against the limit (3.3.7), as printed and corrected.

At σ(t) = t + ψt³/(3L) the kernel moves by an amount of order 1 over L layers (E 18: the notes
print t instead of t³; E 19: (3.3.6) has a factor 1/L too many; E 20: for ψ > 0 it blows up).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.experiments.gp_kernels.setting import negligible
from compute.kernels import correlation_gap
from compute.kernels.phase import (
    printed_shaped_ode,
    shaped_blow_up_time,
    shaped_relu_limit,
    shaped_variance_limit,
)

Array = NDArray[np.float64]

POINTS = 161
# Beyond this the recursion of the cubic has left the region where the limit says anything.
LARGEST = 1e6


@dataclass(frozen=True)
class Shaped:
    """K^(τ) and the correlation of two inputs along τ = ℓ/L.

    `time` (m,) in [0, 1]; `limit` (m,) is (3.3.7) on the diagonal, nan from the blow-up on;
    `printed_ode`, `printed_cubic` (m,) are (3.3.6) and the nonlinearity as printed; `finite`,
    `finite_gap` (m,) the recursion (3.3.1) at depth L. `at_probe`, `gap_at_probe` (4,) are K and
    1 − C at τ = `probe`, a whole number of layers, from depths L, 2L, 4L, 8L, for extrapolation.
    `relu_gap`, `relu_limit` (m,) are the shaped ReLU at depth L and its ODE. `blow_up` is τ*, inf
    where there is none.
    """

    time: Array
    limit: Array
    printed_ode: Array
    printed_cubic: Array
    finite: Array
    finite_gap: Array
    relu_gap: Array
    relu_limit: Array
    blow_up: float
    probe: float
    at_probe: Array
    gap_at_probe: Array
    limit_at_probe: float


def shaped(psi: float, slant: float, depth: int, variance0: float, gap0: float) -> Shaped:
    """Everything figure "shaped" shows, at C_W = 1 and C_b = 0. Cost O(depth)."""
    blow_up = shaped_blow_up_time(variance0, psi)
    at = math.floor(depth * min(1.0, 0.9 * blow_up))
    time = np.linspace(0, 1, POINTS)
    layers = np.round(time * depth).astype(np.int64)
    finite, finite_gap = _cubic(psi, depth, variance0, gap0, depth)
    ends = [_cubic(psi, m * depth, variance0, gap0, m * at) for m in (1, 2, 4, 8)]
    slopes = {"slope_neg": 1 - slant / np.sqrt(depth), "slope_pos": 1 + slant / np.sqrt(depth)}
    weight_variance = 2 / (slopes["slope_neg"] ** 2 + slopes["slope_pos"] ** 2)
    relu = get_activation("leaky_relu", **slopes)
    _, relu_gap = correlation_gap(1.0, gap0, depth, relu, weight_variance=weight_variance)
    return Shaped(
        time=time,
        limit=shaped_variance_limit(variance0, psi, time),
        printed_ode=np.array([float(printed_shaped_ode(variance0, psi, t, depth)) for t in time]),
        printed_cubic=variance0 * (1 + psi / (3 * depth)) ** (2 * time * depth),
        finite=finite[layers],
        finite_gap=finite_gap[layers],
        relu_gap=relu_gap[layers],
        relu_limit=shaped_relu_limit(gap0, slant, time),
        blow_up=blow_up,
        probe=at / depth,
        at_probe=np.array([float(k[-1]) for k, _ in ends]),
        gap_at_probe=np.array([float(e[-1]) for _, e in ends]),
        limit_at_probe=float(shaped_variance_limit(variance0, psi, np.array([at / depth]))[0]),
    )


def _cubic(psi: float, depth: int, variance0: float, gap0: float, last: int) -> tuple[Array, Array]:
    """(K, 1 − C) of layers 0…last at nonlinearity t + ψt³/(3·depth); nan where K > LARGEST."""
    cubic = get_activation("cubic", a=negligible(psi / (3 * depth)))
    log_variance, gap = correlation_gap(variance0, gap0, last, cubic, weight_variance=1.0)
    kept = log_variance < np.log(LARGEST)
    variance = np.exp(np.minimum(log_variance, 700))
    return np.where(kept, variance, np.nan), np.where(kept, gap, np.nan)
