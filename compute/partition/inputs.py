"""Checks of networks and windows, made before anything is allocated, and the work estimate."""

import math
import operator
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

MAX_LAYERS: Final = 256
MAX_NEURONS: Final = 4096
MAX_CELLS: Final = 1 << 20
_FINEST: Final = 2.0**-30


class Network(NamedTuple):
    """Hidden layers as one vector W^(1), b^(1), W^(2), …, with the widths (N_1, …, N_L)."""

    inputs: int
    widths: tuple[int, ...]
    bounds: NDArray[np.int64]
    """(L + 1,) the neurons before each layer, and all of them."""
    parameters: Array

    @property
    def cell_estimate(self) -> int:
        """As `cell_estimate` below, of widths that have been checked."""
        return _estimate(int(self.bounds[-1]), len(self.widths))

    def layers(self) -> list[tuple[Array, Array]]:
        """[(weight (n_l, n_{l-1}), bias (n_l,))], views of the vector."""
        result, offset, m = [], 0, self.inputs
        for n in self.widths:
            middle, end = offset + n * m, offset + n * m + n
            result.append(
                (self.parameters[offset:middle].reshape(n, m), self.parameters[middle:end])
            )
            offset, m = end, n
        return result


def forward(network: Network, points: Array) -> list[Array]:
    """Pre-activations [(m, N_1), …, (m, N_L)] at points (m, N_0), straight from the weights."""
    values: list[Array] = []
    for weight, bias in network.layers():
        inputs = np.maximum(values[-1], 0.0) if values else points
        values.append(inputs @ weight.T + bias)
    return values


def _real_array(value: ArrayLike, name: str, depth: int | None = None) -> NDArray[np.generic]:
    try:
        array = np.asarray(value)
    except ValueError:
        said = _name(name, depth)
        raise ValueError(f"{said} must be an array, got rows of unequal length") from None
    if array.dtype.kind not in "fiu":
        said = _name(name, depth)
        raise TypeError(f"{said} must be an array of real numbers, got dtype {array.dtype}")
    return array


def _name(name: str, depth: int | None) -> str:
    return name if depth is None else f"{name}[{depth}]"


def _finite(numbers: Array) -> bool:
    # the sum of squares is the fastest look at all of them, but it can overflow
    return math.isfinite(np.vdot(numbers, numbers)) or bool(np.isfinite(numbers).all())


def real_matrix(value: ArrayLike, name: str, shape: tuple[int | None, ...]) -> Array:
    """`value` as float64 of that shape (None: any length ≥ 1), finite; errors name the argument."""
    array = _real_array(value, name)
    fits = array.ndim == len(shape) and all(
        have >= 1 and want in (None, have) for have, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if n is None else str(n) for n in shape)
        raise ValueError(f"{name} must have shape ({wanted}), got {array.shape}")
    if array.size > MAX_NEURONS * MAX_NEURONS:
        raise ValueError(f"{name} has {array.size} entries, at most {MAX_NEURONS**2} are allowed")
    result = np.ascontiguousarray(array, np.float64)
    if not np.isfinite(result).all():
        raise ValueError(f"{name} must be finite")
    return result


def as_network(weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], inputs: int) -> Network:
    """The hidden layers, checked: shapes that chain, at most MAX_NEURONS neurons, finite numbers.

    Raises TypeError for what is not a sequence of real arrays, ValueError for the rest.
    """
    for name, value in (("weights", weights), ("biases", biases)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(
                f"{name} must be a list of arrays, one per hidden layer, got {type(value).__name__}"
            )
    if not 1 <= len(weights) <= MAX_LAYERS:
        raise ValueError(f"weights must have 1 to {MAX_LAYERS} layers, got {len(weights)}")
    if len(biases) != len(weights):
        raise ValueError(f"biases must have one entry per layer: {len(weights)}, got {len(biases)}")
    parts: list[NDArray[np.generic]] = []
    widths: list[int] = []
    bounds = [0]
    neurons, m = 0, inputs
    for depth, pair in enumerate(zip(weights, biases, strict=True)):
        weight = _real_array(pair[0], "weights", depth)
        bias = _real_array(pair[1], "biases", depth)
        if weight.ndim != 2 or weight.shape[1] != m or weight.shape[0] < 1:
            raise ValueError(
                f"weights[{depth}] must have shape (n, {m}) with n ≥ 1, got {weight.shape}"
            )
        n = weight.shape[0]
        if bias.shape != (n,):
            raise ValueError(f"biases[{depth}] must have shape ({n},), got {bias.shape}")
        neurons += n
        if neurons > MAX_NEURONS:
            raise ValueError(
                f"weights has more than {MAX_NEURONS} neurons: {neurons} up to layer {depth + 1}"
            )
        parts += [weight.ravel(), bias]
        widths.append(n)
        bounds.append(neurons)
        m = n
    parameters = np.concatenate(parts, dtype=np.float64)
    if not _finite(parameters):
        for depth, given in enumerate(weights):
            if not np.isfinite(np.asarray(given, np.float64)).all():
                raise ValueError(f"weights[{depth}] must be finite")
        raise ValueError("biases must be finite")
    return Network(inputs, tuple(widths), np.array(bounds, np.int64), parameters)


def as_interval(low: float, high: float, name: str) -> None:
    """ValueError unless low < high are finite and far enough apart to be told apart in float64."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name} must be finite, got {low}, {high}")
    if not low < high:
        raise ValueError(f"{name} is empty: {low} is not below {high}")
    largest = max(abs(low), abs(high))
    if high - low <= _FINEST * largest or largest > 1e100 or high - low < 1e-100:
        raise ValueError(f"{name} from {low} to {high} is too small or too far away for float64")


def as_window(window: Sequence[float]) -> tuple[float, float, float, float]:
    """(x_min, x_max, y_min, y_max) as floats; ValueError where empty, not finite or too fine."""
    try:
        x_min, x_max, y_min, y_max = map(float, window)
    except TypeError:
        raise TypeError(f"window must be four real numbers, got {window!r}") from None
    except ValueError:
        raise ValueError(
            f"window must be four numbers (x_min, x_max, y_min, y_max), got {window!r}"
        ) from None
    as_interval(x_min, x_max, "window's x")
    as_interval(y_min, y_max, "window's y")
    return x_min, x_max, y_min, y_max


def cell_estimate(widths: Sequence[int]) -> int:
    """Cells to expect of a random network with those hidden widths in a window such as [−3, 3]².

    1 + n + 0.8 n²/(2 L^¼) for n = Σ N_ℓ neurons in L layers: fitted to means over random networks
    with the variances of section 4.2, off by less than a quarter from [16] to [64]⁶; at L = 1
    Zaslavsky's bound 1 + n + n(n − 1)/2 is above it. A network made for it can have far more.
    TypeError or ValueError for widths that are not integers ≥ 1. Cost: O(L), nothing allocated.
    """
    try:
        numbers = [operator.index(n) for n in widths]
    except TypeError:
        raise TypeError(f"widths must be integers, got {widths!r}") from None
    if not numbers or min(numbers) < 1:
        raise ValueError(f"widths must be integers ≥ 1, at least one, got {widths!r}")
    return _estimate(sum(numbers), len(numbers))


def _estimate(neurons: int, layers: int) -> int:
    return 1 + neurons + int(0.4 * neurons * neurons / layers**0.25)
