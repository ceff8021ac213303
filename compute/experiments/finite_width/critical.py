"""§3.4, criticality: which activations have a solution, at which C_W and C_b, with which slope."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation, get_activation
from compute.experiments.deep_networks import activation_of
from compute.experiments.finite_width.setting import ACTIVATIONS, Params
from compute.finite_width import (
    Solution,
    critical_curve,
    critical_slope,
    half_stable_point,
    kernel_growth,
    solution,
)

Array = NDArray[np.float64]

# How deep the slope of a class without fixed point is followed, K → 0.
FOLLOWED = 1000
GRID = np.geomspace(0.02, 10.0, 97)


@dataclass(frozen=True)
class Critical:
    """The class of every activation, and the solution of the chosen one along K.

    `rows`: label and solution at K_0, one an activation. `kernel` (m,) are values of K, `weight`,
    `bias` (m,) the solution there, nan where m' ≤ 0; `half` is (K, C_W, C_b, slope) of the
    half-stable point of the chosen activation, nan where it has none. `growth` is dK'/dK of one
    layer at the tuned C_W, by differences of the kernel map; nan where nothing is tuned.
    """

    rows: tuple[tuple[str, Solution], ...]
    kernel: Array
    weight: Array
    bias: Array
    half: tuple[float, float, float, float]
    chosen: Solution
    growth: float


def critical(params: Params) -> Critical:
    """Everything figure "critical" shows. Cost 15 ms, 2 ms where only the activation is new."""
    rows, activation = _rows(params.variance0), activation_of(params.activation)
    weight, bias = critical_curve(GRID, activation)
    chosen = dict(rows)[dict(ACTIVATIONS)[params.activation]]
    growth = kernel_growth(params.variance0, chosen.weight, activation)
    return Critical(rows, GRID, weight, bias, _half(activation), chosen, growth)


@lru_cache(maxsize=16)
def _half(activation: Activation) -> tuple[float, float, float, float]:
    try:
        kernel, weight, bias = half_stable_point(activation)
    except ValueError:
        return (math.nan,) * 4
    return kernel, weight, bias, critical_slope(kernel, activation)


@lru_cache(maxsize=16)
def _rows(variance: float) -> tuple[tuple[str, Solution], ...]:
    """The table at this K_0: the page's activations and two cubics."""
    kinds = [(label, activation_of(name)) for name, label in ACTIVATIONS]
    kinds += [(f"t {s} 0.1t³", get_activation("cubic", a=a)) for s, a in (("+", 0.1), ("−", -0.1))]
    return tuple((label, solution(variance, kind, FOLLOWED)) for label, kind in kinds)
