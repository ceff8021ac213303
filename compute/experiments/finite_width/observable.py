"""§3.4, (3.4.2): a function of one output by the Gaussian and its first correction, or exactly.

Linear and ReLU networks at criticality, where E z² = K_0 at every width (G = K) and the law of
z is known: what is left is the error of the theorem, of order N⁻².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.estimates import slope_weights
from compute.experiments.finite_width.setting import Params
from compute.finite_width import exact_fourth_cumulant_ratio
from compute.output_law import exact_mean, gaussian_mean

Array = NDArray[np.float64]

WIDTHS = (50, 100, 200, 400, 800)
DEPTHS = (1, 2, 3)


@dataclass(frozen=True)
class Observable:
    """|E f − (3.4.2)|/scale at depths 1, 2, 3 over widths 50…800: `error`, `printed` (d, w).

    `printed` has κ_4^(ℓ+1) in the place of κ_4^(ℓ), as the notes do (E 24); `gaussian` (d, w) no
    correction at all; scale: E f of the Gaussian. `slope`, `printed_slope` (d,) are those of
    the logarithms; nan where the error is 0, as for z⁴.
    """

    widths: Array
    error: Array
    printed: Array
    gaussian: Array
    slope: Array
    printed_slope: Array


def observable(params: Params) -> Observable:
    """Everything figure "observable" shows. Cost 20 ms."""
    k, law = params.variance0, params.law
    limit, curvature = gaussian_mean(params.function, k)
    found = np.empty((3, len(DEPTHS), len(WIDTHS)))
    for row, depth in enumerate(DEPTHS):
        for column, width in enumerate(WIDTHS):
            widths = [width] * depth
            measured = exact_mean(params.function, widths, law, variance=k)
            for place, layers in enumerate((depth, depth + 1)):
                cumulant = k * k * exact_fourth_cumulant_ratio([width] * layers, law)
                found[place, row, column] = measured - limit - cumulant / 8 * curvature
            found[2, row, column] = measured - limit
    error, printed, gaussian = np.abs(found) / abs(limit)
    return Observable(
        widths=np.array(WIDTHS, dtype=np.float64),
        error=error,
        printed=printed,
        gaussian=gaussian,
        slope=_slopes(error),
        printed_slope=_slopes(printed),
    )


def _slopes(error: Array) -> Array:
    """Least-squares slopes of log error, nan where rounding is all that is left."""
    rows = np.where(error.min(axis=1, keepdims=True) > 1e-13, error, np.nan)
    return np.asarray(np.log(rows) @ slope_weights(WIDTHS))
