"""How far the law of a deep network's output is from the Gaussian, exactly: §3.3, how fast.

Everything follows from D(x) = P(|z| > x) − P(|Z| > x) on x > 0, whose weighted transform is known,

    ∫ e^{θy} D(e^y) e^{iuy} dy = [M(θ+iu) − M_0(θ+iu)]/(θ+iu),

with M_0 the moments of the normal law: one fast Fourier transform gives it on a fine grid without
cancellation. The laws are symmetric (rotation invariant for m > 1 outputs), so

    total variation  ½ (variation of D) + ½ (atom at 0),    Kolmogorov  ½ sup|D|,
    Wasserstein 1    variation of ∫_x^∞ D,    Wasserstein 2  E(|z| − Φ^{-1})² by monotone coupling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, ndtri

from compute.arguments import as_positive_int
from compute.output_law.inversion import ChiProduct, Moments, chi_product, cutoff
from compute.output_law.outputs import size_law

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

METRICS: Final = ("wasserstein_1", "wasserstein_2", "kolmogorov", "total_variation")
# Left end of the grid in log x, what e^{θy} must fall to there, and the spacing.
_LEFT, _FALL, _SPACING = -40.0, 20.0, 0.016
# What lies to the left of x = e^{−14} adds nothing to the distances of a law this narrow.
_NARROW_LEFT = -14.0
# Below this chance the coupling of quantiles knows nothing; above that cost it need not be direct.
_RAREST, _COSTLY = 1e-11, 1e-3


class Law(Moments, Protocol):
    """Moments of |z| (normalised to E z² = m) and the probability that it is not 0."""

    @property
    def alive(self) -> float: ...


@dataclass(frozen=True)
class Distances:
    """From the standard normal law, one output; for m > 1 only `total_variation` means anything."""

    wasserstein_1: float
    wasserstein_2: float
    kolmogorov: float
    total_variation: float


@dataclass(frozen=True)
class LognormalMixture:
    """|Z| exp N(−v/4, v/4): what |z| tends to as N, L → ∞ at fixed v = Var log K̂."""

    log_variance: float
    edge: float = -1.0
    alive: float = 1.0

    def log_moments(self, tilts: Array) -> Array:
        v = self.log_variance
        return np.asarray(v * tilts * (tilts - 2) / 8 + chi_product((1,)).log_moments(tilts))

    def ratios(self, tilt: float, frequencies: Array) -> Complex:
        turn = 1j * frequencies
        growth = self.log_variance * turn * (2 * tilt + turn - 2) / 8
        return np.asarray(np.exp(growth) * chi_product((1,)).ratios(tilt, frequencies))


def distance_to_normal(
    widths: Sequence[int], activation_name: str, metric: str, *, outputs: int = 1
) -> float:
    """Distance of z/√K_0 from N(0, 1), widths N_1…N_L, no biases, C_W = 1 (linear) or 2 (ReLU).

    metric: one of METRICS. With outputs = m > 1, for "total_variation" only, the distance of m
    outputs from m independent normals. About r times a constant, r = κ_4/K² ≃ 2L/N or 5L/N: see
    :data:`LEADING`. Relative error 1e-5 at widths to 4096, depths to 200.

    ValueError for other names and metrics. Cost: 1 to 3 ms, all four metrics of a law together.
    """
    law, outputs = size_law(widths, activation_name, outputs), as_positive_int(outputs, "outputs")
    check_metric(metric)
    if outputs > 1 and metric != "total_variation":
        raise ValueError(f"metric must be total_variation where outputs > 1, got {metric!r}")
    return float(getattr(distances(law, outputs), metric))


def limiting_distance(log_variance: float, metric: str) -> float:
    """The same as N, L → ∞ at fixed v = Var log K̂ = 2L/N (linear) or 5L/N (ReLU), v ≥ 0.

    ValueError for other metrics and v that is negative or not finite.
    """
    check_metric(metric)
    if not (math.isfinite(log_variance) and log_variance >= 0):
        raise ValueError(f"log_variance must be finite and >= 0, got {log_variance!r}")
    if log_variance == 0:
        return 0.0
    return float(getattr(distances(LognormalMixture(float(log_variance))), metric))


@lru_cache(maxsize=1024)
def distances(law: Law, outputs: int = 1) -> Distances:
    """All four at once, of a law of |z| (or ‖z‖/√m) from its normal limit."""
    normal = chi_product((outputs,))
    tilt, left, right = _grid(law, normal)
    period = right - left
    step = 2 * math.pi / period
    u = step * np.arange(math.ceil(max(cutoff(law, tilt), cutoff(normal, tilt)) / step) + 1.0)
    sizes = np.exp([float(one.log_moments(np.array([tilt]))[0]) for one in (law, normal)])
    difference = sizes[0] * law.ratios(tilt, u) - sizes[1] * normal.ratios(tilt, u)
    count = 1 << math.ceil(math.log2(max(2 * len(u), period / _SPACING)))
    y = left + period / count * np.arange(count)
    turned = np.conj(difference * np.exp(-1j * u * left))
    weight = count / period * np.exp(-tilt * y)
    above = weight * np.fft.irfft(turned / (tilt - 1j * u), count)
    density = weight * np.fft.irfft(turned, count)
    kept = y > max(left + 0.02 * period, min(_NARROW_LEFT, _low_end(law)))
    y, above, density = y[kept], above[kept], density[kept]
    dead = 1 - law.alive
    variation, largest = _variation(np.concatenate([[-dead], above, [0.0]]))
    x = np.exp(y)
    below, _ = _variation(_running_integral(x * above, period / count))
    cost = math.nan if outputs > 1 else _coupling(x, above, density, dead, period / count)
    return Distances(below, cost, 0.5 * largest, min(0.5 * (variation + dead), 1.0))


def _grid(law: Law, normal: ChiProduct) -> tuple[float, float, float]:
    """(tilt, left, right): outside, e^{θy}|D| is negligible."""
    left = min(_LEFT, 1.3 * _low_end(law))
    tilt = min(0.5, _FALL / -left)
    tilts = np.geomspace(0.8, 300.0, 60)
    ends = [
        float(np.min((one.log_moments(tilts) + 34.0) / (tilts - tilt))) for one in (law, normal)
    ]
    return tilt, left, max(ends)


def _low_end(law: Law) -> float:
    """log |z| of a network alive lies below it with a chance of at most 1e-10."""
    tilts = law.edge * np.linspace(0.05, 0.95, 19)
    return float(np.max((law.log_moments(tilts) - math.log(law.alive) + 23.0) / tilts))


def _variation(values: Array) -> tuple[float, float]:
    """Total variation and largest size of a sampled smooth function, its extrema by parabolas."""
    middle = values[1:-1]
    back, on = middle - values[:-2], values[2:] - middle
    turning = np.flatnonzero(back * on < 0)
    bend = on[turning] - back[turning]
    extrema = middle[turning] - (on[turning] + back[turning]) ** 2 / (8 * bend)
    ladder = np.concatenate([values[:1], extrema, values[-1:]])
    return float(np.abs(np.diff(ladder)).sum()), float(np.abs(ladder).max())


def _running_integral(values: Array, spacing: float) -> Array:
    """∫ of sampled values from the first point on: the trapezoid rule, its ends corrected."""
    whole = np.concatenate([[0.0], np.cumsum(0.5 * (values[1:] + values[:-1]))])
    slope = np.gradient(values)
    return np.asarray(spacing * (whole - (slope - slope[0]) / 12))


def _coupling(x: Array, above: Array, density: Array, dead: float, spacing: float) -> float:
    """Wasserstein 2: quantile by quantile, |z| at the same rank as |Z|; E z² = 1."""
    normal_density = math.sqrt(2 / math.pi) * x * np.exp(-0.5 * x * x)
    tail = above + gammaincc(0.5, 0.5 * x * x)
    known = (tail > _RAREST) & (tail < 1)
    x, chance = x[known], (density + normal_density)[known] * spacing
    ranked = -ndtri(0.5 * tail[known])
    square = 2 - 2 * float(np.sum(x * ranked * chance))
    if square < _COSTLY:
        edge = float(ndtri(0.5 + 0.5 * dead))
        atom = dead - 2 * edge * math.exp(-0.5 * edge * edge) / math.sqrt(2 * math.pi)
        square = float(np.sum((x - ranked) ** 2 * chance)) + atom
    return math.sqrt(max(square, 0.0))


def check_metric(metric: str) -> None:
    """ValueError unless it is one of METRICS."""
    if metric not in METRICS:
        raise ValueError(f"metric must be one of {', '.join(METRICS)}, got {metric!r}")


def _leading() -> dict[str, float]:
    """distance/r as r = κ_4/K² → 0, from p − φ = (r/8) φ He_4 (Edgeworth's first term)."""

    def weighted(u: float) -> float:
        return (u**3 - 3 * u) * math.exp(-0.5 * u * u) / math.sqrt(2 * math.pi)

    inner, outer = math.sqrt(3 - math.sqrt(6)), math.sqrt(3 + math.sqrt(6))
    density = [math.exp(-0.5 * u * u) / math.sqrt(2 * math.pi) for u in (0.0, math.sqrt(3))]
    return {
        "wasserstein_1": (2 * density[0] + 8 * density[1]) / 8,
        "wasserstein_2": math.sqrt(6) / 8,
        "kolmogorov": abs(weighted(inner)) / 8,
        "total_variation": (weighted(outer) - weighted(inner)) / 4,
    }


LEADING: Final = _leading()
"""distance/r as r → 0: 0.189, 0.306, 0.0688, 0.175. All of order 1/N (Favaro et al. 2023)."""
