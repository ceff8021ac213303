"""All singular values of a product, and norm against direction of one factor: section 3.2.

On the free-probability side (fixed depth, infinite width) the spectrum is Fuss–Catalan, on the
ergodic side (fixed width, infinite depth) it splits into Lyapunov exponents.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.linear_products.setting import Params, images, multiplied
from compute.linear_products import log_norm_density, log_norm_window, lyapunov_exponents
from compute.linear_products.free_products import fuss_catalan_curve, fuss_catalan_edge
from compute.linear_products.matrix_products import direction_samples, log_singular_values
from compute.sampling import stream

Array = NDArray[np.float64]

BINS = 40
DIRECTION_BINS = 24
_POINTS = 300


@dataclass(frozen=True)
class Spectrum:
    """Log singular values per factor, log s_i/(L+1), of one product, between two limits.

    width, depth: of the product that is multiplied out. measured (width,): decreasing, −inf for
    a singular product. ranks (width,): (i − ½)/width. free_ranks, free_values, free_density
    (300,): the Fuss–Catalan law as quantiles and as density of log s/(L+1). lyapunov_ranks,
    lyapunov (N,): Newman's exponents at the full width N. free_gap, lyapunov_gap: root mean square
    distance of the finite measured values from the two, at the same ranks. edges (41,): the
    histogram's bins.
    """

    width: int
    depth: int
    measured: Array
    ranks: Array
    free_ranks: Array
    free_values: Array
    free_density: Array
    lyapunov_ranks: Array
    lyapunov: Array
    free_gap: float
    lyapunov_gap: float
    edges: Array


@dataclass(frozen=True)
class Direction:
    """Norm and direction of Wu for a few matrices W of shape (N, N_0).

    log_norm, concentration (n,): log‖Wu‖ and Σ v_i⁴ of v = Wu/‖Wu‖. correlation,
    correlation_error: of the two over these matrices. uniform: E Σ v_i⁴ = 3/(N+2) of a direction
    uniform on the sphere. points (300,): values of log‖Wu‖; exact, printed (300,): its density by
    (3.2.1), corrected and as printed. edges (25,): the sampled bins.
    """

    log_norm: Array
    concentration: Array
    correlation: float
    correlation_error: float
    uniform: float
    points: Array
    exact: Array
    printed: Array
    edges: Array


def spectrum_of(params: Params) -> Spectrum:
    """One product of matrices between its limits; the Lyapunov exponents are of the full width.

    Cost: that of `log_singular_values`, plus 1 ms.
    """
    width, depth = multiplied(params)
    rng = stream(params.seed, "one spectrum")
    factors = depth + 1
    log_x, density = fuss_catalan_curve(factors, _POINTS)
    steps = np.diff(log_x) * (density[1:] + density[:-1]) / 2
    above = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    measured = log_singular_values(width, factors, rng, law=params.entries) / factors
    ranks, exponents = _ranks(width), lyapunov_exponents(params.width)
    free_ranks, free_values = np.minimum(above, 1.0), log_x / (2 * factors)
    kept = np.isfinite(measured)

    def gap(at: Array, limit: Array) -> float:
        apart = (measured - np.interp(ranks, at, limit))[kept]
        return float(np.sqrt(np.mean(apart**2))) if apart.size else math.inf

    return Spectrum(
        width=width,
        depth=depth,
        measured=measured,
        ranks=ranks,
        free_ranks=free_ranks,
        free_values=free_values,
        free_density=2 * factors * density,
        lyapunov_ranks=_ranks(params.width),
        lyapunov=exponents,
        free_gap=gap(free_ranks[::-1], free_values[::-1]),
        lyapunov_gap=gap(_ranks(params.width), exponents),
        edges=spectrum_edges(width, depth),
    )


def spectrum_edges(width: int, depth: int) -> Array:
    """Bins of log s/(L+1) from below the last exponent to above both limits, (41,)."""
    exponents = lyapunov_exponents(width)
    free_edge = math.log(fuss_catalan_edge(depth + 1)) / (2 * depth + 2)
    spread = 1 / math.sqrt(depth + 1)
    low, high = exponents[-1] - 2.5 * spread, max(exponents[0], free_edge) + 0.5 * spread
    return np.linspace(low, high, BINS + 1)


def direction_of(params: Params) -> Direction:
    """Norms and directions of `images` of u under drawn matrices W."""
    inputs, width, count = params.inputs, params.width, images(params)
    rng = stream(params.seed, "one direction")
    drawn = direction_samples(inputs, width, count, rng, law=params.entries)
    correlation, error = drawn.correlation()
    edges = direction_edges(width)
    shift = 0.5 * math.log(width)
    points = np.linspace(edges[0] - 0.5 * math.log(inputs), edges[-1], _POINTS)
    return Direction(
        log_norm=drawn.log_norm,
        concentration=drawn.concentration,
        correlation=correlation,
        correlation_error=error,
        uniform=3 / (width + 2),
        points=points,
        exact=_density(width, points - shift),
        printed=_density(width, points - shift + 0.5 * math.log(inputs)),
        edges=edges,
    )


def direction_edges(width: int) -> Array:
    """Bins of log‖Wu‖: all but 2e-3 of the law for Gaussian entries, (25,)."""
    low, high = log_norm_window((width,), 1e-3)
    return np.linspace(low, high, DIRECTION_BINS + 1) + 0.5 * math.log(width)


def _density(width: int, points: Array) -> Array:
    return np.maximum(log_norm_density((width,), points), 0.0)


def _ranks(width: int) -> Array:
    return (np.arange(width) + 0.5) / width
