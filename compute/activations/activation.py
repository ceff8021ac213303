"""Nonlinearities σ with their Gaussian expectations: everything (3.3.1) needs to know of them.

>>> relu = get_activation("relu")
>>> float(relu.dual(1.0, 1.0, 0.5))     # E[σ(u)σ(v)], unit variances, correlation ½
0.3044988905221147
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import duals
from compute.activations.fast_tanh import tanh_and_slope
from compute.activations.gaussian import as_variance
from compute.activations.layer_maps import (
    CUBIC,
    ERF,
    EXP,
    GELU,
    LARGEST,
    PIECEWISE,
    SIN,
    TANH,
    layer_gap,
    layer_slope,
    layer_variance,
)
from compute.compiled import compiled

Array = NDArray[np.float64]
_Scalar = Callable[[float, float, Array], Array]
_Pair = Callable[[float, float, Array, Array, Array], Array]


@dataclass(frozen=True)
class _Family:
    code: int
    phi: _Scalar
    dphi: _Scalar
    dual: _Pair
    dual_derivative: _Pair


@dataclass(frozen=True)
class Activation:
    """A nonlinearity σ. Make one with `get_activation`; equal names and options are equal.

    name, options: as given to get_activation (options read-only).
    family, a, b: which compiled formula of `layer_maps` serves it, and its two numbers.
    """

    name: str
    options: Mapping[str, float] = field(hash=False)
    family: int
    a: float
    b: float

    def phi(self, z: ArrayLike) -> Array:
        """σ(z), elementwise, float64."""
        values = np.asarray(z, dtype=np.float64)
        return _FAMILIES[self.family].phi(self.a, self.b, values)

    def dphi(self, z: ArrayLike) -> Array:
        """σ'(z), elementwise, float64. At a kink, the slope on the left."""
        values = np.asarray(z, dtype=np.float64)
        return _FAMILIES[self.family].dphi(self.a, self.b, values)

    def phi_and_dphi(self, z: ArrayLike) -> tuple[Array, Array]:
        """σ(z) and σ'(z), elementwise: what costs one tanh where σ is made of it."""
        values = np.asarray(z, dtype=np.float64)
        return (
            _tanh(self.a, values) if self.family == TANH else (self.phi(values), self.dphi(values))
        )

    def dual(self, q1: ArrayLike, q2: ArrayLike, q12: ArrayLike) -> Array:
        """E[σ(u)σ(v)] for (u, v) with covariance [[q1, q12], [q12, q2]], broadcasting.

        The right side of (3.3.1) without C_W. Relative error 1e-10 or better (tanh: 1e-11,
        by `erf_mixture`, 0.2 ms per thousand pairs; the others: rounding, some 20 ns).
        ValueError for variances that are negative or not finite, or q12² > q1 q2.
        """
        return _FAMILIES[self.family].dual(self.a, self.b, *_as_covariance(q1, q2, q12))

    def dual_derivative(self, q1: ArrayLike, q2: ArrayLike, q12: ArrayLike) -> Array:
        """E[σ'(u)σ'(v)], arguments, accuracy and errors as `dual`."""
        return _FAMILIES[self.family].dual_derivative(self.a, self.b, *_as_covariance(q1, q2, q12))

    def dual_unchecked(self, q1: Array, q2: Array, q12: Array) -> Array:
        """`dual` of float64 arrays known to be covariances: for loops over layers."""
        return _FAMILIES[self.family].dual(self.a, self.b, q1, q2, q12)

    def dual_derivative_unchecked(self, q1: Array, q2: Array, q12: Array) -> Array:
        """`dual_derivative` of float64 arrays known to be covariances."""
        return _FAMILIES[self.family].dual_derivative(self.a, self.b, q1, q2, q12)

    def variance(self, q: ArrayLike) -> Array:
        """V(q) = E σ(√q Z)², elementwise; inf where exp or a cubic overflows. 0.01 to 0.6 µs."""
        return self._map(_variances, q)

    def mean_square_slope(self, q: ArrayLike) -> Array:
        """E σ'(√q Z)², elementwise; C_W times it is the susceptibility χ."""
        return self._map(_slopes, q)

    def gap_map(self, q: ArrayLike, gap: ArrayLike) -> tuple[Array, Array]:
        """(V(q), e') for two inputs of variance q and correlation 1 − gap, broadcasting.

        e' = 1 − V(q, q, q(1−gap))/V(q), computed from the gap without cancellation: its
        relative error stays at rounding (tanh 1e-11) however small the gap. ValueError
        unless q is finite and ≥ 0 and 0 ≤ gap ≤ 2. Cost 10 to 100 ns, tanh 2 µs per entry.
        """
        variances, gaps = np.broadcast_arrays(as_variance(q, "q"), as_gap(gap, "gap"))
        result = np.empty(gaps.size)
        flat = np.ascontiguousarray(variances).ravel(), np.ascontiguousarray(gaps).ravel()
        _gaps(self.family, self.a, self.b, flat[0], flat[1], result)
        return self.variance(variances), result.reshape(gaps.shape)

    def _map(self, loop: Callable[[int, float, float, Array, Array], None], q: ArrayLike) -> Array:
        variances = as_variance(q, "q")
        if np.any(variances > LARGEST):
            raise ValueError(f"q must be <= {LARGEST:g}")
        result = np.empty(variances.size)
        loop(self.family, self.a, self.b, np.ascontiguousarray(variances).ravel(), result)
        return result.reshape(variances.shape)


def as_gap(value: ArrayLike, name: str) -> Array:
    """The argument as float64. ValueError unless every entry is in [0, 2]."""
    gaps = np.asarray(value, dtype=np.float64)
    if not np.all((gaps >= 0) & (gaps <= 2)):
        raise ValueError(f"{name} must be in [0, 2] (it is 1 - correlation), got {value!r}")
    return gaps


def _as_covariance(q1: ArrayLike, q2: ArrayLike, q12: ArrayLike) -> tuple[Array, Array, Array]:
    first, second = as_variance(q1, "q1"), as_variance(q2, "q2")
    covariance = np.asarray(q12, dtype=np.float64)
    # a few roundings of a Gram matrix may pass; a wrong matrix may not
    bound = np.sqrt(first) * np.sqrt(second) * (1 + 1e-9)
    if not np.all(np.abs(covariance) <= bound):
        raise ValueError(f"q12 must satisfy q12^2 <= q1*q2, got {q12!r}")
    return first, second, covariance


@compiled
def _variances(family: int, a: float, b: float, q: Array, result: Array) -> None:
    for k in range(q.size):
        result[k] = layer_variance(family, a, b, q[k])


@compiled
def _slopes(family: int, a: float, b: float, q: Array, result: Array) -> None:
    for k in range(q.size):
        result[k] = layer_slope(family, a, b, q[k])


@compiled
def _gaps(family: int, a: float, b: float, q: Array, gap: Array, result: Array) -> None:
    for k in range(q.size):
        result[k] = layer_gap(family, a, b, q[k], gap[k])


def _tanh(scale: float, z: Array) -> tuple[Array, Array]:
    """s tanh(z/s) and its derivative, in the shape of z."""
    flat = np.ascontiguousarray(z).ravel()
    values, slopes = np.empty(z.size), np.empty(z.size)
    tanh_and_slope(flat, scale, values, slopes)
    return values.reshape(z.shape), slopes.reshape(z.shape)


def _density(z: Array) -> Array:
    result: Array = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return result


_FAMILIES: Final = {
    PIECEWISE: _Family(
        PIECEWISE,
        lambda a, b, z: np.where(z > 0, b * z, a * z),
        lambda a, b, z: np.where(z > 0, b, a),
        duals.piecewise,
        duals.piecewise_slopes,
    ),
    TANH: _Family(
        TANH,
        lambda a, b, z: _tanh(a, z)[0],
        lambda a, b, z: _tanh(a, z)[1],
        duals.scaled_tanh,
        duals.scaled_tanh_slopes,
    ),
    ERF: _Family(
        ERF,
        lambda a, b, z: np.asarray(scipy.special.erf(z)),
        lambda a, b, z: 2 / math.sqrt(math.pi) * np.exp(-z * z),
        duals.erf,
        duals.erf_slopes,
    ),
    GELU: _Family(
        GELU,
        lambda a, b, z: z * scipy.special.ndtr(z),
        lambda a, b, z: scipy.special.ndtr(z) + z * _density(z),
        duals.gelu,
        duals.gelu_slopes,
    ),
    SIN: _Family(
        SIN,
        lambda a, b, z: np.sin(z),
        lambda a, b, z: np.cos(z),
        duals.sine,
        duals.sine_slopes,
    ),
    EXP: _Family(
        EXP,
        lambda a, b, z: np.exp(z),
        lambda a, b, z: np.exp(z),
        duals.exponential,
        duals.exponential,
    ),
    CUBIC: _Family(
        CUBIC,
        lambda a, b, z: z * (1 + a * z * z),
        lambda a, b, z: 1 + 3 * a * z * z,
        duals.cubic,
        duals.cubic_slopes,
    ),
}

# name: (option names, family, the family's two numbers from the options)
_CATALOGUE: Final[dict[str, tuple[tuple[str, ...], int, Callable[..., tuple[float, float]]]]] = {
    "linear": ((), PIECEWISE, lambda: (1.0, 1.0)),
    "relu": ((), PIECEWISE, lambda: (0.0, 1.0)),
    "leaky_relu": (
        ("slope_neg", "slope_pos"),
        PIECEWISE,
        lambda slope_neg, slope_pos: (slope_neg, slope_pos),
    ),
    "tanh": ((), TANH, lambda: (1.0, 0.0)),
    "erf": ((), ERF, lambda: (0.0, 0.0)),
    "gelu": ((), GELU, lambda: (0.0, 0.0)),
    "sin": ((), SIN, lambda: (0.0, 0.0)),
    "abs": ((), PIECEWISE, lambda: (-1.0, 1.0)),
    "exp": ((), EXP, lambda: (0.0, 0.0)),
    "cubic": (("a",), CUBIC, lambda a: (a, 0.0)),
    "shaped_tanh": (("s",), TANH, lambda s: (s, 0.0)),
}

ACTIVATION_NAMES: Final[tuple[str, ...]] = tuple(_CATALOGUE)


def get_activation(name: str, **options: float) -> Activation:
    """The nonlinearity of that name, one of ACTIVATION_NAMES.

    Options, all required where they exist: leaky_relu(slope_neg, slope_pos), not both 0;
    cubic(a), σ(t) = t + a t³, the notes' shaped nonlinearity at a = ψ/(3L) (as printed there
    it lacks the cube); shaped_tanh(s), s tanh(t/s), s > 0. gelu is the exact t Φ(t).

    TypeError for an option that is missing, unknown or not a real number; ValueError for an
    unknown name and for options that are not finite, out of range, or beyond 1e9 in size.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a string, got {name!r}")
    if name not in _CATALOGUE:
        raise ValueError(f"name must be one of {', '.join(ACTIVATION_NAMES)}, got {name!r}")
    expected, family, numbers = _CATALOGUE[name]
    if set(options) != set(expected):
        legal = ", ".join(expected) or "no options"
        raise TypeError(f"{name} takes exactly {legal}; got {', '.join(sorted(options)) or 'none'}")
    values = {key: _as_option(name, key, options[key]) for key in expected}
    a, b = numbers(**values)
    if family == PIECEWISE and a == 0.0 == b:
        raise ValueError("slope_neg and slope_pos must not both be 0")
    if name == "shaped_tanh" and a <= 0:
        raise ValueError(f"s must be > 0, got {a!r}")
    return Activation(name, MappingProxyType(values), family, a, b)


def _as_option(name: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{key} of {name} must be a real number, got {value!r}")
    number = float(value)
    # squares of slopes and scales must stay far from both ends of the float range
    if not math.isfinite(number) or (number != 0 and not 1e-9 <= abs(number) <= 1e9):
        raise ValueError(f"{key} of {name} must be 0 or of size 1e-9 to 1e9, got {value!r}")
    return number
