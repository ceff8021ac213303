"""§3.4, the law of one output: exact, Gaussian, and with the first correction of (3.4.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.finite_width.setting import Params, corrections_at, exact_law
from compute.finite_width import exact_fourth_cumulant_ratio
from compute.output_law import (
    dead_probability,
    first_order_density,
    first_order_tail,
    output_density,
    output_tail,
)

Array = NDArray[np.float64]

BINS, REACH, FAR = 60, 5.0, 12.0
# A share of outputs beyond so many √K is what the tail claim counts.
TAIL = 3.0
# ReLU's density is infinite at 0, so it is drawn from here on.
_NEAREST = 1e-3


@dataclass(frozen=True)
class Density:
    """Densities of u = z/√K at `points` (m,), and the bins (b + 1,) of the histogram.

    `exact` (m,), nan where no law is known (other than linear and ReLU without biases); `gaussian`,
    `first` (m,): φ, and φ times 1 + (r/8)(u⁴ − 6u² + 3), r = `ratio` = κ_4/K², exact where it is
    known. `atom` is the share of dead networks, `tail` P(|u| > 3) by the exact law, the Gaussian
    and the first-order density.
    """

    points: Array
    exact: Array
    gaussian: Array
    first: Array
    edges: Array
    ratio: float
    atom: float
    tail: tuple[float, float, float]


def reach(params: Params) -> float:
    """How far the figure goes, in standard deviations."""
    return FAR if params.axis == "log" else REACH


def bins(params: Params) -> Array:
    """The edges of the histogram in standard deviations, (BINS + 1,)."""
    return np.linspace(-reach(params), reach(params), BINS + 1)


def density(params: Params) -> Density:
    """Everything figure "density" shows. Cost 10 ms for linear, 30 ms for ReLU."""
    widths = [params.width] * params.depth
    half = np.geomspace(_NEAREST, 0.1, 20)[:-1]
    half = np.concatenate([half, np.linspace(0.1, reach(params), 141)])
    points = np.concatenate([-half[::-1], half])
    ratio = float(corrections_at(params, params.width).ratio[-1])
    exact, tail = np.full(points.size, math.nan), math.nan
    if exact_law(params):
        side = output_density(half, widths, params.activation)
        exact = np.concatenate([side[::-1], side])
        tail = float(output_tail(np.array([TAIL]), widths, params.activation)[0])
        ratio = exact_fourth_cumulant_ratio(widths, params.activation)
    gaussian = np.exp(-0.5 * points**2) / math.sqrt(2 * math.pi)
    first = gaussian if not math.isfinite(ratio) else first_order_density(points, 1.0, ratio)
    return Density(
        points=points,
        exact=exact,
        gaussian=gaussian,
        first=np.asarray(first),
        edges=bins(params),
        ratio=ratio,
        atom=float(dead_probability(widths)) if exact_law(params) == "relu" else 0.0,
        tail=(tail, first_order_tail(TAIL, 0.0), first_order_tail(TAIL, ratio)),
    )
