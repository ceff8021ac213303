"""The law of one output, section 2.1.1: Gaussian given the first layer, a mixture without it.

Given W^(1) the output is N(0, S/γ²), S = (1/N_1) Σ_i σ(z_i)², and the z_i are independent
N(0, q). So its characteristic function is E[exp(−t²σ(z)²/(2γ²N_1))]^{N_1}: a one-dimensional
integral and a Fourier inversion give the exact density at every width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.activations import Activation
from compute.activations.layer_maps import SIN
from compute.experiments.initialisation.setting import (
    LADDER,
    Params,
    activation_of,
    scale_of,
    scales_of,
    variance_of,
)
from compute.training.one_layer_limits import hidden_moment

Array = NDArray[np.float64]

BINS, POINTS = 50, 301
_GRID, _HALF_PERIOD = 1 << 15, 20.0
_REACH, _NODES, _KNOTS = 14.0, 120, 160
_BEYOND, _FAR = 1e-3, 300


@dataclass(frozen=True)
class Law:
    """The law of z(x) at one input, over all weights.

    limit: its variance E[σ(z)²]/γ², at every width and in the limit. points (301,): values of z;
    mixture (301,): the exact density there, without the atom; gaussian (301,): the Gaussian limit.
    atom: P(z = 0), where σ vanishes on a half-line. edges (51,): bins of the histogram.
    layers (k, 301): density of z given one first layer, for k first layers. kurtosis: exact excess
    kurtosis. widths (m,): a ladder of widths; kurtoses, printed (m,): excess kurtosis, and the
    variance with the prefactor printed after (2.1.6), at those widths.
    """

    limit: float
    points: Array
    mixture: Array
    gaussian: Array
    atom: float
    edges: Array
    layers: Array
    kurtosis: float
    widths: Array
    kurtoses: Array
    printed: Array


@lru_cache(maxsize=1)
def _rule() -> tuple[Array, Array]:
    """Nodes and weights of the tanh-sinh rule on (0, 1): they crowd towards both ends."""
    u = np.linspace(-3.4, 3.4, _NODES)
    turn = 0.5 * math.pi * np.sinh(u)
    nodes = 0.5 * np.exp(turn) / np.cosh(turn)
    weights = (u[1] - u[0]) * 0.25 * math.pi * np.cosh(u) / np.cosh(turn) ** 2
    return nodes, weights


def _normal_rule(activation: Activation, root: float) -> tuple[Array, Array]:
    """Nodes and weights for N(0, 1) that are fine wherever σ(root·z) vanishes."""
    zeros = [0.0]
    if activation.family == SIN:
        zeros = np.arange(0.0, _REACH, math.pi / root).tolist()
    ends = [*zeros, _REACH]
    nodes, weights = _rule()
    z = np.concatenate([a + (b - a) * nodes for a, b in pairwise(ends)])
    w = np.concatenate([(b - a) * weights for a, b in pairwise(ends)])
    w = w * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return np.concatenate([-z, z]), np.concatenate([w, w])


def mixture(width: int, variance: float, activation: Activation) -> tuple[Array, Array, float]:
    """(y, density, atom) of an output over its standard deviation, y ≥ 0: the law is even.

    The atom at 0 is not part of the density. Error about 1e-4 of the peak; at width 1 the density
    has a logarithmic peak at 0, which the grid cuts off. Cost 3 ms.
    """
    nodes, weights = _normal_rule(activation, math.sqrt(variance))
    squares = activation.phi(math.sqrt(variance) * nodes) ** 2
    squares /= hidden_moment(lambda z: activation.phi(z) ** 2, variance, activation)
    weights = weights / weights.sum()
    never = float(weights[squares == 0].sum())
    step = math.pi / _HALF_PERIOD
    t = step * np.arange(_GRID // 2 + 1)
    # g(s) = −log E exp(−s²σ²/2)/s² is smooth in log s from 0 to beyond every t/√N_1.
    knots = np.geomspace(1e-3 * step / math.sqrt(width), 1.01 * t[-1] / math.sqrt(width), _KNOTS)
    missing = -np.expm1(-0.5 * knots[:, None] ** 2 * squares) @ weights
    rate = -np.log1p(-np.minimum(missing, 1 - 1e-15)) / knots**2
    smooth = scipy.interpolate.CubicSpline(np.log(knots), np.log(rate))
    s = t[1:] / math.sqrt(width)
    values = np.ones_like(t)
    values[1:] = np.exp(-width * s * s * np.exp(smooth(np.log(s))))
    atom = never**width
    taper = np.exp(-18 * (t / t[-1]) ** 2)
    density = np.fft.irfft((values - atom) * taper) * _GRID * step / (2 * math.pi)
    half = _GRID // 2
    y = 2 * _HALF_PERIOD / _GRID * np.arange(half)
    peak = _peak(width, squares, weights, atom)
    density[0] = density[0] if peak is None else peak
    return np.asarray(y), np.maximum(density[:half], 0.0).astype(np.float64), atom


def _peak(width: int, squares: Array, weights: Array, atom: float) -> float | None:
    """The density at 0, where a heavy-tailed σ has a peak that is narrower than the grid.

    ∫ (E e^{−t²σ²/(2N_1)})^{N_1} − atom dt/π over t > 0, by the trapezoidal rule in log t; None
    where it has not ended at t = 10⁸: there the peak is a logarithm.
    """
    s = np.geomspace(1e-4, 1e8, _FAR)
    held = np.exp(-0.5 * s[:, None] ** 2 * squares) @ weights
    t = s * math.sqrt(width)
    inside = (held**width - atom) * t
    if abs(inside[-1]) > 1e-6 * inside.max():
        return None
    return float((inside.sum() * math.log(s[1] / s[0]) + t[0]) / math.pi)


def window(y: Array, density: Array, atom: float) -> float:
    """Beyond it lies a share of 1e-3 of the law, in standard deviations; between ½ and 6."""
    mass = 2 * np.cumsum(density) * (y[1] - y[0])
    inside = np.searchsorted(mass, mass[-1] - _BEYOND * (1 - atom))
    return float(np.clip(y[min(int(inside), y.size - 1)], 0.5, 6.0))


def law_of(params: Params, layers: Array) -> Law:
    """The law at x; `layers` (k,) are values of S, the conditional variances. Cost: 4 ms."""
    variance, activation = variance_of(params), activation_of(params)
    widths, scales = np.array(LADDER, dtype=np.float64), scales_of(params)
    second = hidden_moment(lambda z: activation.phi(z) ** 2, variance, activation)
    fourth = hidden_moment(lambda z: activation.phi(z) ** 4, variance, activation)
    spread = 3 * (fourth / second**2 - 1)
    y, density, atom = mixture(params.width, variance, activation)
    unit = math.sqrt(second) / scale_of(params)
    reach = window(y, density, atom)
    shown = np.linspace(-reach, reach, POINTS)
    return Law(
        limit=unit**2,
        points=unit * shown,
        mixture=np.interp(np.abs(shown), y, density) / unit,
        gaussian=_normal(shown, 1.0) / unit,
        atom=atom,
        edges=unit * np.linspace(-reach, reach, BINS + 1),
        layers=np.array([_normal(shown, s / second) / unit for s in layers if s > 0]),
        kurtosis=spread / params.width,
        widths=widths,
        kurtoses=spread / widths,
        printed=second / scales**2 * widths / params.inputs,
    )


def _normal(y: Array, variance: float) -> Array:
    return np.asarray(np.exp(-0.5 * y * y / variance) / math.sqrt(2 * math.pi * variance))
