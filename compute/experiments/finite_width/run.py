"""§3.4: what Theorem 3.4.1 predicts, as printed and corrected, beside what is exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import log_ladder, read_only
from compute.experiments.deep_networks import PIECEWISE_LINEAR, activation_of
from compute.experiments.finite_width.critical import Critical, critical
from compute.experiments.finite_width.density import Density, density
from compute.experiments.finite_width.observable import Observable, observable
from compute.experiments.finite_width.setting import (
    Params,
    corrections_at,
    exact_law,
    measured_widths,
    variances,
)
from compute.finite_width import Corrections, critical_slope
from compute.output_law import effective_share

Array = NDArray[np.float64]

DRAWN = 12
# N κ_4/K² beyond which no sample and no figure says anything.
LARGEST = 1e37


@dataclass(frozen=True)
class Cumulant:
    """κ_4/K² of the outputs z^(ℓ+1) behind ℓ = 1…m hidden layers, for widths N, 2N, 4N.

    `widths` (w,); `layers` (m,) = 1…m, m = L or the last one whose kernel is a number; `leading`,
    `printed`, `exact` (w, m): (3.4.1) corrected, as printed, and at every order in 1/N (nan where
    that is not known). `drawn` (k,) are the layers that are measured, `effective` (w, k) the share
    of all networks that count for κ_4 there, see there. `shift` (m,) is N(G − K)/K to leading
    order. `slope` is C in C L/N at criticality, nan off it; `limit` says that e^(C L/N) − 1 is what
    the exact law tends to.
    """

    widths: tuple[int, ...]
    layers: Array
    leading: Array
    printed: Array
    exact: Array
    drawn: NDArray[np.int64]
    effective: Array
    shift: Array
    slope: float
    limit: bool


@dataclass(frozen=True)
class Result:
    """The part that the figure in front needs; the others are None."""

    cumulant: Cumulant | None = None
    critical: Critical | None = None
    density: Density | None = None
    observable: Observable | None = None


def run(params: Params) -> Result:
    """The predictions, for the figure in front. Cost: ≤ 10 ms for the recursions."""
    if params.figure not in _PARTS:
        return read_only(Result(cumulant=_cumulant(params)))
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def expansion(params: Params) -> tuple[Corrections, int]:
    """The corrections at width 1, and how many layers behind the first have a kernel."""
    found = corrections_at(params)
    known = (found.ratio < LARGEST) & (np.abs(found.log_variance) < 690)
    return found, params.depth if known.all() else max(int(np.argmin(known)) - 1, 0)


def _cumulant(params: Params) -> Cumulant:
    widths, (unit, last) = measured_widths(params), expansion(params)
    shown = slice(1, last + 1)
    size = np.array(widths, dtype=np.float64)[:, None]
    exact = np.array([corrections_at(params, n).exact[shown] for n in widths])
    slope, limit = _slope(params)
    drawn = log_ladder(last, DRAWN)
    # the square of |z| is that of z
    folded = params.activation == "abs" and variances(params).bias == 0
    return Cumulant(
        widths=widths,
        layers=np.arange(1.0, last + 1),
        leading=unit.ratio[shown] / size,
        printed=unit.printed[shown] / size,
        exact=exact,
        drawn=drawn,
        effective=effective_share(widths, "linear" if folded else exact_law(params), drawn),
        shift=unit.shift[shown],
        slope=slope,
        limit=limit,
    )


def _slope(params: Params) -> tuple[float, bool]:
    """C of κ_4/K² = C L/N at criticality, and whether e^(C L/N) − 1 is its exact limit."""
    used = variances(params)
    if not used.critical:
        return np.nan, False
    if params.activation in {"tanh", "erf", "sin"}:
        return 2 / 3, False
    slope = critical_slope(params.variance0, activation_of(params.activation))
    return slope, params.activation in PIECEWISE_LINEAR


_PARTS: dict[str, Callable[[Params], Any]]
_PARTS = {"critical": critical, "density": density, "observable": observable}


def work(params: Params) -> float:
    """Milliseconds of `run` on the reference machine, from measured rates."""
    if params.figure == "critical":
        return 40.0
    if params.figure in {"density", "observable"}:
        return 60.0
    slow = params.activation in {"tanh", "erf", "gelu"}
    return 5.0 + params.depth * (0.05 if slow else 0.01)
