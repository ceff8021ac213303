"""§3.4, criticality: which activations have a solution, at which C_W and C_b, with which slope."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation, get_activation
from compute.activations.square_moments import square_moments
from compute.experiments.deep_networks import activation_of
from compute.experiments.finite_width.setting import (
    ACTIVATIONS,
    Params,
)
from compute.finite_width import (
    critical_slope,
    half_stable_point,
    iterated_slope,
    kernel_growth,
    nearest_critical,
)

Array = NDArray[np.float64]

# How deep the slope of a class without fixed point is followed, K → 0.
FOLLOWED = 1000
GRID = np.geomspace(0.02, 10.0, 97)


@dataclass(frozen=True)
class Row:
    """One activation at K_0: C_W and C_b with C_W m' = 1 and K fixed, and its slope C_σ.

    `solved` says that C_b ≥ 0; if not, `reason` says why, and `slope` is that of K → 0 at
    C_W = 1/σ'(0)² where there is such a limit (`fading`), after 1000 layers; nan where not.
    """

    name: str
    label: str
    weight: float
    bias: float
    slope: float
    solved: bool
    fading: bool
    reason: str


@dataclass(frozen=True)
class Critical:
    """The class of every activation, and the solution of the chosen one along K.

    `rows`, one an activation. `kernel` (m,) are values of K, `weight`, `bias`, `slope` (m,) the
    solution there, nan where m' ≤ 0; `half` is (K, C_W, C_b, slope) of the half-stable point of
    the chosen activation, nan where it has none. `growth` is dK'/dK of one layer at the tuned
    C_W, by differences of the kernel map; nan where nothing is tuned.
    """

    rows: tuple[Row, ...]
    kernel: Array
    weight: Array
    bias: Array
    slope: Array
    half: tuple[float, float, float, float]
    chosen: Row
    growth: float


def critical(params: Params) -> Critical:
    """Everything figure "critical" shows. Cost 15 ms, 2 ms where only the activation is new."""
    rows = _rows(params.variance0)
    activation = activation_of(params.activation)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        moments = square_moments(GRID, activation)
        weight = np.where(moments.slope > 0, 1 / moments.slope, np.nan)
        bias = GRID * (1 - moments.mean * weight)
        slope = moments.spread * weight**2
    chosen = next(row for row in rows if row.name == params.activation)
    return Critical(
        rows=rows,
        kernel=GRID,
        weight=weight,
        bias=bias,
        slope=slope,
        half=_half(activation),
        chosen=chosen,
        growth=kernel_growth(params.variance0, chosen.weight, activation),
    )


@lru_cache(maxsize=16)
def _half(activation: Activation) -> tuple[float, float, float, float]:
    try:
        kernel, weight, bias = half_stable_point(activation)
    except ValueError:
        return (math.nan,) * 4
    return kernel, weight, bias, critical_slope(kernel, activation)


@lru_cache(maxsize=16)
def _rows(variance: float) -> tuple[Row, ...]:
    """The table at this K_0: the page's activations and two cubics."""
    kinds = [(name, label, activation_of(name)) for name, label in ACTIVATIONS]
    kinds += [
        ("cubic_plus", "t + 0.1t³", get_activation("cubic", a=0.1)),
        ("cubic_minus", "t − 0.1t³", get_activation("cubic", a=-0.1)),
    ]
    return tuple(_row(name, label, activation, variance) for name, label, activation in kinds)


def _row(name: str, label: str, activation: Activation, variance: float) -> Row:
    found = nearest_critical(variance, activation)
    if found.critical and not found.reason:
        slope = critical_slope(variance, activation)
        return Row(name, label, found.weight, found.bias, slope, True, False, "")
    moments = square_moments(variance, activation)
    weight = 1 / float(moments.slope) if moments.slope > 0 else math.nan
    bias = variance * (1 - float(moments.mean) * weight)
    slope = iterated_slope(variance, FOLLOWED, activation, found) if found.critical else math.nan
    return Row(name, label, weight, bias, slope, False, found.critical, found.reason)
