"""§3.4: what Theorem 3.4.1 predicts, as printed and corrected, beside what is exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.finite_width.critical import Critical, critical
from compute.experiments.finite_width.density import Density, density
from compute.experiments.finite_width.observable import Observable, observable
from compute.experiments.finite_width.setting import (
    PIECEWISE_LINEAR,
    Params,
    activation_of,
    measured_widths,
    variances,
)
from compute.finite_width import Corrections, corrections, critical_slope
from compute.output_law import LAW_NAMES, centred_kernel_moment

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
    of all networks that count for κ_4 there, see `effective_share`. `shift` (m,) is
    N(G − K)/K to leading order, `variance` (m,) is K^(ℓ). `slope` is C in C L/N at criticality,
    nan off it; `limit` says that e^(C L/N) − 1 is what the exact law tends to. `weight`, `bias`
    are C_W and C_b, `reason` says why there is no tuned solution.
    """

    widths: tuple[int, ...]
    layers: Array
    leading: Array
    printed: Array
    exact: Array
    drawn: NDArray[np.int64]
    effective: Array
    shift: Array
    variance: Array
    slope: float
    limit: bool
    weight: float
    bias: float
    reason: str


@dataclass(frozen=True)
class Result:
    """The part that the figure in front needs; the others are None."""

    cumulant: Cumulant | None = None
    critical: Critical | None = None
    density: Density | None = None
    observable: Observable | None = None


def run(params: Params) -> Result:
    """The predictions, for the figure in front. Cost: ≤ 10 ms for the recursions."""
    name, part = _PARTS[params.figure]
    return read_only(Result(**{name: part(params)}))


def expansion(params: Params, width: int = 1) -> tuple[Corrections, int]:
    """The corrections at this width, and how many layers behind the first have a kernel."""
    used = variances(params)
    found = corrections(
        params.variance0,
        [width] * params.depth,
        activation_of(params.activation),
        weight_variance=used.weight,
        bias_variance=used.bias,
    )
    known = (found.ratio < LARGEST / width) & (np.abs(found.log_variance) < 690)
    return found, params.depth if known.all() else max(int(np.argmin(known)) - 1, 0)


def drawn_layers(last: int, count: int = DRAWN) -> NDArray[np.int64]:
    """At most `count` layers from 1 to `last`, evenly spread on a logarithmic axis."""
    if last < 1:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.geomspace(1, last, count).round().astype(np.int64))


def _cumulant(params: Params) -> Cumulant:
    used, widths = variances(params), measured_widths(params)
    unit, last = expansion(params)
    shown = slice(1, last + 1)
    size = np.array(widths, dtype=np.float64)[:, None]
    exact = np.array([expansion(params, n)[0].exact[shown] for n in widths])
    slope, limit = _slope(params)
    drawn = drawn_layers(last)
    return Cumulant(
        widths=widths,
        layers=np.arange(1.0, last + 1),
        leading=unit.ratio[shown] / size,
        printed=unit.printed[shown] / size,
        exact=exact,
        drawn=drawn,
        effective=effective_share(params, widths, drawn),
        shift=unit.shift[shown],
        variance=np.exp(unit.log_variance[shown]),
        slope=slope,
        limit=limit,
        weight=used.weight,
        bias=used.bias,
        reason=used.reason,
    )


def effective_share(params: Params, widths: Sequence[int], layers: NDArray[np.int64]) -> Array:
    """(E d²)²/E d⁴ of d = K̂/K − 1 behind so many layers, (w, k): Kish's share by the exact law.

    A sample that has missed the tail of d overrates itself; this knows better. nan where no law is
    known: other than linear, |z| and ReLU without biases.
    """
    law = "linear" if params.activation == "abs" else params.activation
    if law not in LAW_NAMES or variances(params).bias > 0:
        return np.full((len(widths), layers.size), np.nan)
    rows = []
    for n in widths:
        second, third, fourth = (centred_kernel_moment([n], law, k) for k in (2, 3, 4))
        # raw moments of K̂/K multiply from layer to layer
        each = np.array([second, 3 * second + third, 6 * second + 4 * third + fourth])
        with np.errstate(over="ignore", invalid="ignore"):
            two, three, four = np.exp(np.log1p(each)[:, None] * layers)
            rows.append((two - 1) ** 2 / (four - 4 * three + 6 * two - 3))
    return np.asarray(np.nan_to_num(rows))


def _slope(params: Params) -> tuple[float, bool]:
    """C of κ_4/K² = C L/N at criticality, and whether e^(C L/N) − 1 is its exact limit."""
    used = variances(params)
    if not used.critical:
        return np.nan, False
    if params.activation in {"tanh", "erf", "sin"}:
        return 2 / 3, False
    return critical_slope(params.variance0, activation_of(params.activation)), (
        params.activation in PIECEWISE_LINEAR
    )


_PARTS: dict[str, tuple[str, Callable[[Params], Any]]] = {
    "cumulant": ("cumulant", _cumulant),
    "collapse": ("cumulant", _cumulant),
    "width": ("cumulant", _cumulant),
    "neurons": ("cumulant", _cumulant),
    "critical": ("critical", critical),
    "density": ("density", density),
    "observable": ("observable", observable),
}


def work(params: Params) -> float:
    """Milliseconds of `run` on the reference machine, from measured rates."""
    if params.figure == "critical":
        return 40.0
    if params.figure in {"density", "observable"}:
        return 60.0
    slow = params.activation in {"tanh", "erf", "gelu"}
    return 5.0 + params.depth * (0.05 if slow else 0.01)
