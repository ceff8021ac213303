"""One hidden layer with random weights (section 2.1): outputs, gradients, tangent kernel.

    z(x) = (1/(γ√N_1)) Σ_i W_i^(2) σ(z_i^(1)(x)),   z_i^(1)(x) = W_i^(1)·x/√N_0 (+ b_i)

with all parameters standard normal at first, (2.1.1) and (2.1.4). The notes have no bias b;
with one, x·x'/N_0 becomes x·x'/N_0 + 1 everywhere, as if x/√N_0 had one more coordinate 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.arguments import as_positive_int

Array = NDArray[np.float64]

# numbers of one block of (points, neurons): memory for more is asked of the system every time
_BLOCK = 1 << 14


def frozen(values: ArrayLike) -> Array:
    """A read-only float64 copy."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class OneLayer:
    """The parameters θ = (W^(1), W^(2), b) of a network with one hidden layer, read-only.

    first (N_1, N_0), second (N_1,), bias (N_1,) or None. ValueError unless the shapes agree and
    every number is finite.
    """

    first: Array
    second: Array
    bias: Array | None = None

    def __post_init__(self) -> None:
        for name in ("first", "second", "bias"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, frozen(value))
        if self.first.ndim != 2 or 0 in self.first.shape:
            raise ValueError(f"first must have shape (N_1, N_0), got {self.first.shape}")
        for name in ("second", "bias"):
            value = getattr(self, name)
            if value is not None and value.shape != (self.width,):
                raise ValueError(f"{name} must have shape ({self.width},), got {value.shape}")
        for name in ("first", "second", "bias"):
            value = getattr(self, name)
            if value is not None and not np.all(np.isfinite(value)):
                raise ValueError(f"{name} must be finite")

    @property
    def width(self) -> int:
        """N_1."""
        return int(self.first.shape[0])

    @property
    def input_dim(self) -> int:
        """N_0."""
        return int(self.first.shape[1])

    def vector(self) -> Array:
        """θ as one vector (P,): W^(1) row by row, then W^(2), then b."""
        parts = [self.first.ravel(), self.second]
        return np.concatenate(parts if self.bias is None else [*parts, self.bias])

    def with_vector(self, vector: Array) -> OneLayer:
        """The network of the same shape whose `vector()` is the given (P,)."""
        width, inner = self.width, self.first.size
        bias = None if self.bias is None else vector[inner + width :]
        return OneLayer(
            vector[:inner].reshape(self.first.shape), vector[inner : inner + width], bias
        )

    def neurons(self, start: int, stop: int) -> OneLayer:
        """The network made of neurons start … stop − 1."""
        if not 0 <= start < stop <= self.width:
            raise ValueError(f"start and stop must satisfy 0 <= start < stop <= {self.width}")
        part = slice(start, stop)
        bias = None if self.bias is None else self.bias[part]
        return OneLayer(self.first[part], self.second[part], bias)


def sample_parameters(
    width: int, input_dim: int, rng: np.random.Generator, *, bias: bool = False
) -> OneLayer:
    """All parameters independent standard normal, (2.1.4).

    From a generator in one state, neuron i is the same whatever the width, and W the same with
    and without bias: curves against the width then move smoothly. Cost 10 ns per number.
    ValueError or TypeError unless width and input_dim are positive integers.
    """
    width = as_positive_int(width, "width")
    input_dim = as_positive_int(input_dim, "input_dim")
    draws = rng.standard_normal((width, input_dim + 2))
    return OneLayer(
        draws[:, :input_dim], draws[:, input_dim], draws[:, input_dim + 1] if bias else None
    )


def as_inputs(x: ArrayLike, input_dim: int | None = None) -> Array:
    """x as float64 (n, N_0). ValueError unless it has that shape, n ≥ 1, and is finite."""
    inputs = np.asarray(x, dtype=np.float64)
    if inputs.ndim != 2 or 0 in inputs.shape or input_dim not in (None, inputs.shape[1]):
        legal = "N_0" if input_dim is None else input_dim
        raise ValueError(f"x must have shape (n, {legal}), n >= 1, got {inputs.shape}")
    if not np.all(np.isfinite(inputs)):
        raise ValueError("x must be finite")
    return inputs


def as_targets(y: ArrayLike, count: int) -> Array:
    """y as float64 (n,). ValueError unless it has that shape and is finite."""
    targets = np.asarray(y, dtype=np.float64)
    if targets.shape != (count,) or not np.all(np.isfinite(targets)):
        raise ValueError(f"y must be {count} finite numbers, one per row of x")
    return targets


def increasing_times(times: ArrayLike) -> Array:
    """times as float64 (T,). ValueError unless increasing, finite and ≥ 0."""
    instants = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if instants.ndim != 1 or not len(instants) or not np.all(np.isfinite(instants)):
        raise ValueError("times must be a non-empty list of finite numbers")
    if instants[0] < 0 or np.any(np.diff(instants) <= 0):
        raise ValueError("times must be >= 0 and increasing")
    return instants


def as_positive(value: float, name: str) -> float:
    """The argument as a float. ValueError unless it is finite and > 0."""
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    return number


def features(x: ArrayLike, input_dim: int | None = None, *, bias: bool) -> Array:
    """x/√N_0, with a column of ones behind it if there is a bias: (n, N_0) or (n, N_0 + 1).

    The Gram matrix of its rows is K^(0) of (2.1.7), plus 1 with bias.
    """
    inputs = as_inputs(x, input_dim)
    inputs = inputs / math.sqrt(inputs.shape[1])
    return np.column_stack([inputs, np.ones(len(inputs))]) if bias else inputs


def inner_weights(parameters: OneLayer) -> Array:
    """W^(1) with the bias as last column: (N_1, N_0) or (N_1, N_0 + 1)."""
    if parameters.bias is None:
        return parameters.first
    return np.column_stack([parameters.first, parameters.bias])


def network_features(parameters: OneLayer, x: ArrayLike) -> Array:
    """`features` as the network has them. ValueError for a wrong x."""
    return features(x, parameters.input_dim, bias=parameters.bias is not None)


def _blocks(parameters: OneLayer, x: ArrayLike) -> Iterator[tuple[slice, Array]]:
    """Neurons in blocks that fit the cache, each with its z^(1), shape (n, block)."""
    points, weights = network_features(parameters, x), inner_weights(parameters)
    block = max(64, _BLOCK // len(points))
    for start in range(0, parameters.width, block):
        part = slice(start, start + block)
        yield part, points @ weights[part].T


def preactivations(parameters: OneLayer, x: ArrayLike) -> Array:
    """z_i^(1)(x), (2.1.6): shape (n, N_1) for x (n, N_0). ValueError for a wrong x."""
    return network_features(parameters, x) @ inner_weights(parameters).T


def forward(parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float) -> Array:
    """z(x), (2.1.1): shape (n,) for x (n, N_0), at any scale γ > 0.

    ValueError for a wrong x or γ. Cost n N_1 evaluations of σ, no array of that size.
    """
    total = np.zeros(len(as_inputs(x, parameters.input_dim)))
    for part, hidden in _blocks(parameters, x):
        total += activation.phi(hidden) @ parameters.second[part]
    return total / (as_positive(gamma, "gamma") * math.sqrt(parameters.width))


def parameter_gradients(
    parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float
) -> Array:
    """∇_θ z(x), shape (n, P), P = N_1(N_0 + 1), or N_1(N_0 + 2) with bias; order of `vector()`.

    For checks and small networks: the kernels below never form it. ValueError as `forward`.
    """
    scale = as_positive(gamma, "gamma") * math.sqrt(parameters.width)
    hidden = preactivations(parameters, x)
    slopes = parameters.second * activation.dphi(hidden)
    inputs = as_inputs(x, parameters.input_dim) / math.sqrt(parameters.input_dim)
    first = slopes[:, :, None] * inputs[:, None, :]
    parts = [first.reshape(len(inputs), -1), activation.phi(hidden)]
    if parameters.bias is not None:
        parts.append(slopes)
    return np.concatenate(parts, axis=1) / scale


def conditional_covariance(
    parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float
) -> Array:
    """Cov(z(x), z(x') | W^(1)) = (1/(γ²N_1)) Σ_i σ(z_i)σ(z_i'), section 2.1.1: (n, n).

    The law of the outputs given the first layer, W^(2) being standard normal. ValueError as
    `forward`; cost n N_1 evaluations of σ and one Gram matrix.
    """
    count = len(as_inputs(x, parameters.input_dim))
    total = np.zeros((count, count))
    for _, hidden in _blocks(parameters, x):
        values = activation.phi(hidden)
        total += values @ values.T
    return total / (as_positive(gamma, "gamma") ** 2 * parameters.width)


def empirical_ntk(
    parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float, eta: float
) -> Array:
    """η⟨∇z(x), ∇z(x')⟩ of (2.1.8), shape (n, n), without 1/|D|: the corrected (2.1.9),

        (η/(γ²N_1)) Σ_i [σ(z_i)σ(z_i') + (W_i^(2))² (x·x'/N_0) σ'(z_i)σ'(z_i')],

    (x·x'/N_0 + 1) with bias. ValueError for a wrong x, γ or η. Cost n N_1 evaluations of σ and
    of σ', two Gram matrices; the gradients are never formed.
    """
    return _tangent_kernel(parameters, x, activation, gamma, eta, parameters.second)


def printed_ntk(
    parameters: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float, eta: float
) -> Array:
    """(2.1.9) as printed, without the factor (W_i^(2))²: to be shown beside `empirical_ntk`.

    Its mean over the initial law is right, its value is not. Shapes, errors and cost as there.
    """
    ones = np.ones(parameters.width)
    return _tangent_kernel(parameters, x, activation, gamma, eta, ones)


def _tangent_kernel(
    parameters: OneLayer,
    x: ArrayLike,
    activation: Activation,
    gamma: float,
    eta: float,
    outer: Array,
) -> Array:
    points = network_features(parameters, x)
    outputs = np.zeros((len(points), len(points)))
    slopes = np.zeros_like(outputs)
    for part, hidden in _blocks(parameters, x):
        values = activation.phi(hidden)
        outputs += values @ values.T
        values = activation.dphi(hidden) * outer[part]
        slopes += values @ values.T
    scale = as_positive(eta, "eta") / (as_positive(gamma, "gamma") ** 2 * parameters.width)
    return scale * (outputs + (points @ points.T) * slopes)
