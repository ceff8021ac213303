"""Numbers that others have printed for shaped activations, computed here again.

[MBD+21] make σ nearly linear, as §3.3.3 does: γ(σ(αt + β) + δ) with mean 0, mean square 1, a mean
square that keeps to 1 (Q'(1) = 1), and β, α such that all of a network has slope 1.2 at correlation
1 ("DKS"); or, for σ with slopes a and 1, such that it takes correlation 0 to ¾ ("TAT"). The
numbers stand in the authors' code, google-deepmind/dks at c9cf37b: `test_parameter_computation` of
tests/test_activation_transform.py and, for ReLU, `_solve_for_activation_params` of
dks/base/activation_transform.py.

The network of the tests is residual: BLOCKS groups of blocks, each of three layers beside the
identity (one layer in the first block of a group), squared weights 0.64 and 0.36, and a last layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.activations import Activation, get_activation
from compute.kernels import correlation_gap

Array = NDArray[np.float64]

BLOCKS = (3, 4, 23, 3)
SLOPE, CORRELATION = 1.2, 0.75
_IDENTITY = 0.36
# A trapezoidal rule for a standard normal law: beyond 1e-12 for what is smooth on the scale of 1.
_AT = np.linspace(-9.0, 9.0, 181)
_WEIGHT = np.exp(-0.5 * _AT**2) / np.exp(-0.5 * _AT**2).sum()

PRINTED = {
    "relu_slope": 1.466942206924260361,
    "leaky_relu_slope": 0.8761257073473065,
    "leaky_relu_shift": -0.049418692997275034,
    "leaky_relu_scale": 1.0651832705682147,
    "tat_slope": 0.6291800290346146,
    "tanh_inner_scale": 0.07461073057540868,
    "tanh_inner_shift": 0.5566915199964182,
    "tanh_shift": -0.5034378768692127,
    "gelu_inner_scale": 0.07043253126531114,
    "gelu_inner_shift": 0.259489297927707,
}


@lru_cache(maxsize=1)
def computed() -> dict[str, float]:
    """The numbers of PRINTED by our own duals and quadrature. Cost: 40 ms, once."""
    leaky = scipy.optimize.brentq(
        lambda a: _local_slope(_leaky(a)) - _target(), 0.1, 0.999, xtol=1e-14
    )
    mean, spread = _centred(_leaky(leaky))
    found = {
        "relu_slope": _local_slope(get_activation("relu")),
        "leaky_relu_slope": leaky,
        "leaky_relu_shift": -mean,
        "leaky_relu_scale": 1 / spread,
        "tat_slope": scipy.optimize.brentq(
            lambda a: _through(_leaky(a)) - CORRELATION, 0.1, 0.999, xtol=1e-12
        ),
    }
    for name in ("tanh", "gelu"):
        scale, shift, mean = _smooth(get_activation(name))
        found |= {f"{name}_inner_scale": scale, f"{name}_inner_shift": shift}
        found |= {f"{name}_shift": -mean}
    return found


def _leaky(slope: float) -> Activation:
    return get_activation("leaky_relu", slope_neg=slope, slope_pos=1.0)


def _residual(start: float, layers: Callable[[float, int], float]) -> float:
    """What the network makes of a number of which so many `layers` make another."""
    x = start
    for blocks in BLOCKS:
        for block in range(blocks):
            beside = layers(x, 1) if block == 0 else x
            x = _IDENTITY * beside + (1 - _IDENTITY) * layers(x, 3)
    return layers(x, 1)


def _through(activation: Activation) -> float:
    """The correlation at the end of two inputs of correlation 0."""

    def layers(correlation: float, count: int) -> float:
        gap = correlation_gap(1.0, 1 - correlation, count, activation, weight_variance=1.0)[1]
        return 1 - float(gap[-1])

    return _residual(0.0, layers)


def _target() -> float:
    """The slope of one layer that gives all of the network the slope SLOPE at correlation 1."""

    def off(slope: float) -> float:
        return _residual(1.0, lambda x, count: x * slope**count) - SLOPE

    return float(scipy.optimize.brentq(off, 1.0, 1.1, xtol=1e-15))


def _centred(activation: Activation) -> tuple[float, float]:
    """Mean, which is positive, and standard deviation of σ(t), t standard normal."""
    square, mean_square = (float(activation.dual(1.0, 1.0, c)) for c in (1.0, 0.0))
    return math.sqrt(mean_square), math.sqrt(square - mean_square)


def _local_slope(activation: Activation) -> float:
    """The slope at 1 of the correlation's map, of σ less its mean."""
    return float(activation.dual_derivative(1.0, 1.0, 1.0)) / _centred(activation)[1] ** 2


def _smooth(activation: Activation) -> tuple[float, float, float]:
    """α, β and the mean of σ(αt + β) where both conditions hold."""
    target = _target()

    def parts(found: Array) -> tuple[float, Array, Array]:
        inner = found[0] * _AT + found[1]
        values, slopes = activation.phi(inner), found[0] * activation.dphi(inner)
        mean = float(_WEIGHT @ values)
        return mean, values - mean, slopes

    def off(found: Array) -> Array:
        _, centred, slopes = parts(found)
        square = _WEIGHT @ centred**2
        kept, slope = _WEIGHT @ (_AT * centred * slopes), _WEIGHT @ slopes**2
        return np.array([kept / square - 1, (slope / square - target) * 100])

    found = scipy.optimize.root(off, np.array([0.1, 0.3]), tol=1e-14).x
    return float(found[0]), float(found[1]), parts(found)[0]
