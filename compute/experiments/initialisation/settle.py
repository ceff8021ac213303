"""What settles as N_1 grows, section 2.1.1: both kernels, and how far a network is from them.

The conditional covariance and the tangent kernel are means over the neurons of independent terms,
so an entry has mean (2.1.10) and variance v/N_1 at every width. v needs moments of a pair of
Gaussians, found here in polar coordinates: exact also for a σ with a kink.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.experiments.initialisation.samples import KERNEL_WIDTHS
from compute.experiments.initialisation.setting import (
    Params,
    activation_of,
    cosine_of,
    directions,
    scale_of,
    variance_of,
)
from compute.experiments.one_layer_fields import KINKED
from compute.training.one_layer import OneLayer, empirical_ntk, printed_ntk
from compute.training.one_layer_limits import limit_kernels

Array = NDArray[np.float64]

ENTRIES = ("x, x", "x, x′", "x′, x′")
STEP = 1e-4
# Panels of radii and of turns between two zeros of σ: they crowd where a steep σ bends, at the
# centre and along the rays on which an argument is 0.
_RADII = (0.0, 0.05, 0.2, 0.7, 2.0, 4.0, 7.0, 11.0, 17.0, 26.0)
_TURNS = (0.0, 0.004, 0.03, 0.12, 0.3, 0.5, 0.7, 0.88, 0.97, 0.996, 1.0)
_PER_PANEL = 16, 9


@dataclass(frozen=True)
class Settle:
    """Fluctuations against width, and one network's tangent kernel, at γ of each width.

    widths (m,). limits (2, 3): the limit kernels over 1/γ² and η/γ², covariance and tangent
    kernel, at the entries (x, x), (x, x'), (x', x'). spreads (3, 2): standard deviation over
    networks times √N_1, over the (x, x) limit: covariance, tangent kernel, tangent kernel by
    (2.1.9) as printed; at the entries (x, x) and (x, x').
    neurons: width of the one network. angles (p,): of x', in degrees; corrected, printed, limit,
    numerical (p,): its tangent kernel between x and x' by (2.1.9) corrected and as printed, the
    limit (2.1.10), and from numerical gradients. at: index of the page's own angle. crossed:
    whether a difference stepped over a kink of σ.
    """

    widths: Array
    limits: Array
    spreads: Array
    neurons: int
    angles: Array
    corrected: Array
    printed: Array
    limit: Array
    numerical: Array
    at: int
    crossed: bool


@lru_cache(maxsize=1)
def _legendre() -> tuple[Array, Array, Array, Array]:
    """Radii with their weights R e^{−R²/2} dR, and turns with weights on (0, 1)."""
    radius, weights = _panels(_RADII, _PER_PANEL[0])
    turn, share = _panels(_TURNS, _PER_PANEL[1])
    return radius, weights * radius * np.exp(-0.5 * radius**2), turn, share


def _panels(edges: tuple[float, ...], count: int) -> tuple[Array, Array]:
    """Nodes and weights of Gauss and Legendre, `count` in every panel."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    low, half = np.array(edges[:-1])[:, None], 0.5 * np.diff(edges)[:, None]
    return (low + half * (nodes + 1)).ravel(), (half * weights).ravel()


def spreads(activation: Activation, variance: float, cosine: float) -> Array:
    """(3, 2) as in `Settle`: standard deviations of one neuron's term over the (x, x) limit."""
    found = np.empty((3, 2))
    scales = np.ones(2)
    for entry, c in enumerate((1.0, cosine)):
        dot = variance * c
        values = _moments(activation, variance, c)
        mean, slope, squares, mixed, slopes = values
        if entry == 0:
            scales = np.array([mean, mean + dot * slope])
        # (W²)² has mean 3 where (2.1.9) as printed has 1.
        for row, weight in ((1, 3.0), (2, 1.0)):
            second = squares + 2 * dot * mixed + weight * dot**2 * slopes
            found[row, entry] = _root(second, (mean + dot * slope) ** 2) / scales[1]
        found[0, entry] = _root(squares, mean**2) / scales[0]
    return found


def _root(second: float, square: float) -> float:
    """Standard deviation; rounding of a difference of equal numbers counts as 0."""
    gap = second - square
    return math.sqrt(gap) if gap > 1e-9 * second else 0.0


def _moments(activation: Activation, variance: float, cosine: float) -> tuple[float, ...]:
    """E of σσ', σ̇σ̇', (σσ')², σσ'σ̇σ̇', (σ̇σ̇')² in one sweep (σ̇ is the derivative)."""

    def powers(u: Array, v: Array) -> Array:
        values = activation.phi(u) * activation.phi(v)
        slopes = activation.dphi(u) * activation.dphi(v)
        return np.stack([values, slopes, values**2, values * slopes, slopes**2])

    radius, mass, turn, share = _legendre()
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    ends = [k % (2 * math.pi) for k in (0.5 * math.pi, 1.5 * math.pi)]
    ends = sorted({round(e, 13) for k in ends for e in (k, (k + angle) % (2 * math.pi))})
    total, root = np.zeros(5), math.sqrt(variance)
    for start, end in zip(ends, [*ends[1:], ends[0] + 2 * math.pi], strict=True):
        directions = start + (end - start) * turn
        u = root * radius[:, None] * np.cos(directions)
        v = root * radius[:, None] * np.cos(directions - angle)
        total += (end - start) * np.einsum("r,krt,t->k", mass, powers(u, v), share)
    return tuple((total / (2 * math.pi)).tolist())


def numerical_ntk(
    network: OneLayer, points: Array, activation: Activation, scale: float, eta: float
) -> tuple[Array, bool]:
    """η⟨∇z(x_0), ∇z(x_k)⟩ for every row k of `points`, by fourth-order differences of the output.

    A parameter moves one neuron's term only, so the other terms cancel in the difference and
    are left out. The flag says whether a difference stepped over a kink of σ at 0.
    """
    unit = math.sqrt(points.shape[1])
    hidden = network.first @ points.T / unit
    factor = 1 / (scale * math.sqrt(network.width))

    def slope(inner: Array, outer: float) -> Array:
        """Derivative of every neuron's term when its parameters move by (inner, outer)."""

        def term(step: float) -> Array:
            weight = network.second + step * outer
            return factor * weight[:, None] * activation.phi(hidden + step * inner)

        near = term(STEP) - term(-STEP)
        far = term(2 * STEP) - term(-2 * STEP)
        return (8 * near - far) / (12 * STEP)

    total = np.zeros(len(points))
    for inner, outer in [(np.zeros(len(points)), 1.0), *((c / unit, 0.0) for c in points.T)]:
        gradient = slope(inner, outer)
        total += gradient[:, 0] @ gradient
    reach = 2 * STEP * np.abs(points).max(axis=1) / unit
    kinked = activation.name in KINKED
    return eta * total, kinked and bool((np.abs(hidden) <= reach).any())


def settle_of(params: Params, network: OneLayer) -> Settle:
    """Both figures' numbers; x' turns in the plane of the two directions."""
    cosine, plane = cosine_of(params), directions(params)
    activation, scale, eta = activation_of(params), scale_of(params), params.eta
    angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    angles = np.unique(np.append(np.arange(0.0, 181.0, 15.0), angle))
    turns = np.radians(angles)
    points = np.cos(turns)[:, None] * plane[0] + np.sin(turns)[:, None] * plane[1]
    numerical, crossed = numerical_ntk(network, points, activation, scale, eta)
    at = int(np.argmin(np.abs(angles - angle)))
    unit = limit_kernels(points[[0, at]], activation, gamma=1.0, eta=1.0)
    return Settle(
        widths=np.array(KERNEL_WIDTHS, dtype=np.float64),
        limits=np.array([[k[0, 0], k[0, 1], k[1, 1]] for k in (unit.covariance, unit.ntk)]),
        spreads=spreads(activation, variance_of(params), cosine),
        neurons=network.width,
        angles=angles,
        corrected=empirical_ntk(network, points, activation, gamma=scale, eta=eta)[0],
        printed=printed_ntk(network, points, activation, gamma=scale, eta=eta)[0],
        limit=limit_kernels(points, activation, gamma=scale, eta=eta).ntk[0],
        numerical=numerical,
        at=at,
        crossed=crossed,
    )
