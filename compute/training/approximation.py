"""What one-layer networks can represent (section 2.3.1), how fast, and what stops them.

The measure of (2.3.2) chosen here: W^(1) standard normal and W^(2) = ⟨v, W^(1)⟩. By Stein's
lemma its function is f(x) = E[W^(2) σ(z)] = (⟨v, x⟩/√N_0) E σ'(z), z ~ N(0, ‖x‖²/N_0), so the
error of N_1 atoms drawn from it, (2.3.3), can be compared with an exact number.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.activations.layer_maps import CUBIC, ERF, PIECEWISE, SIN, TANH
from compute.arguments import as_positive_int
from compute.training.one_layer import as_inputs, as_targets
from compute.training.one_layer_limits import hidden_moment

Array = NDArray[np.float64]

_ODD: Final = (TANH, ERF, SIN, CUBIC)
_CHUNK: Final = 1 << 20


def tilted_function(x: ArrayLike, direction: ArrayLike, activation: Activation) -> Array:
    """f(x) of the measure above, v = direction (N_0,), at x (n, N_0): (n,), exact.

    Relative error 1e-12. ValueError for wrong shapes or ‖x‖²/N_0 > 25 (exp: 9).
    """
    points, v = _points_and_direction(x, direction)
    slopes = [hidden_moment(activation.dphi, float(point @ point), activation) for point in points]
    return np.asarray((points @ v) * np.array(slopes))


def tilted_variance(x: ArrayLike, direction: ArrayLike, activation: Activation) -> Array:
    """N_1 E(f_{N_1}(x) − f(x))² = Var[W^(2) σ(z)], the constant of the rate N_1^{−1/2}: (n,).

    Exact at every width, by one quadrature. Arguments and errors as `tilted_function`.
    """
    points, v = _points_and_direction(x, direction)
    mean = tilted_function(x, direction, activation)
    second = [_tilted_square(point, v, activation) for point in points]
    return np.array(second) - mean**2


def _tilted_square(point: Array, v: Array, activation: Activation) -> float:
    """E (⟨v, W⟩ σ(z))²: given z = √q Z, ⟨v, W⟩² has mean r z² + across."""
    q = float(point @ point)
    ratio = (float(point @ v) / q) ** 2 if q > 0 else 0.0
    across = float(v @ v) - ratio * q
    return hidden_moment(lambda z: (ratio * z * z + across) * activation.phi(z) ** 2, q, activation)


def sample_approximation_error(
    size: int,
    width: int,
    x: ArrayLike,
    direction: ArrayLike,
    activation: Activation,
    rng: np.random.Generator,
) -> Array:
    """Mean over x of (f_{N_1} − f)² for `size` independent draws of N_1 atoms: (size,).

    ValueError for a wrong argument. Cost per draw: N_1 N_0 normals and n N_1 evaluations of σ.
    """
    size, width = as_positive_int(size, "size"), as_positive_int(width, "width")
    points, v = _points_and_direction(x, direction)
    exact = tilted_function(x, direction, activation)
    errors = np.empty(size)
    chunk = max(1, _CHUNK // (width * (len(points) + len(v))))
    for start in range(0, size, chunk):
        count = min(chunk, size - start)
        inner = rng.standard_normal((count, len(v), width))
        values = activation.phi(points @ inner) @ (v @ inner)[:, :, None] / width
        errors[start : start + count] = np.mean((values[:, :, 0] - exact) ** 2, axis=1)
    return errors


def _points_and_direction(x: ArrayLike, direction: ArrayLike) -> tuple[Array, Array]:
    points, v = as_inputs(x), np.asarray(direction, dtype=np.float64)
    if v.shape != (points.shape[1],) or not np.all(np.isfinite(v)):
        raise ValueError(f"direction must be {points.shape[1]} finite numbers")
    return points / math.sqrt(points.shape[1]), v


def obstruction(activation: Activation, x: ArrayLike, y: ArrayLike, bias: bool) -> str:
    """Why no network with this activation, of whatever width, fits y (n,) at x (n, N_0), in words.

    "" where none of the reasons below applies, which does not promise a fit: one input with two
    targets; without bias, σ(0) = 0 makes z vanish at x = 0, an odd σ (linear, tanh, erf, sin,
    cubic) makes z odd, and a piecewise linear one makes it proportional along rays. ValueError
    for wrong shapes. Cost n² N_0.
    """
    inputs = as_inputs(x)
    targets = as_targets(y, len(inputs))
    pair = _clash(inputs, inputs, targets, targets)
    if pair:
        return f"{_point(inputs, pair)} has two targets, {_values(targets, pair)}."
    if bias:
        return ""
    zero = ~np.any(inputs, axis=1) & (targets != 0)
    if np.any(zero) and float(activation.phi(0.0)) == 0:
        return (
            f"Without bias z(0) = 0, since σ(0) = 0, but the target there is {targets[zero][0]:g}."
        )
    if activation.family in _ODD or activation.name == "linear":
        return _not_odd(activation, inputs, targets)
    return _not_homogeneous(activation, inputs, targets) if activation.family == PIECEWISE else ""


def _not_odd(activation: Activation, inputs: Array, targets: Array) -> str:
    pair = _clash(inputs, -inputs, targets, -targets)
    if not pair:
        return ""
    return (
        f"{activation.name} is odd, so without bias z(−x) = −z(x); {_point(inputs, pair)} and its "
        f"mirror image have targets {_values(targets, pair)}, which are not opposite."
    )


def _not_homogeneous(activation: Activation, inputs: Array, targets: Array) -> str:
    norms = np.linalg.norm(inputs, axis=1)
    some = norms > 0
    rays, ratios = inputs[some] / norms[some, None], targets[some] / norms[some]
    pair = _clash(rays, rays, ratios, ratios)
    if pair:
        return (
            f"Without bias {_NAMES[activation.name]} makes z proportional to ‖x‖ along a ray; on "
            f"that through {_point(inputs[some], pair)} the ratios y/‖x‖ are "
            f"{_values(ratios, pair)}."
        )
    pair = _clash(rays, -rays, ratios, ratios) if activation.name == "abs" else None
    if pair:
        return (
            f"Without bias |x| makes z even; {_point(inputs[some], pair)} and the opposite ray "
            f"have the ratios y/‖x‖ {_values(ratios, pair)}."
        )
    return ""


_NAMES = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "abs": "|x|", "linear": "linear"}


def _point(inputs: Array, pair: tuple[int, int]) -> str:
    return ("x = (" + ", ".join(f"{value:.3g}" for value in inputs[pair[0]]) + ")").replace(
        "-", "−"
    )


def _values(numbers: Array, pair: tuple[int, int]) -> str:
    # what is left of rounding is 0
    rounding = 1e-12 * float(np.abs(numbers).max())
    first, second = (0.0 if abs(numbers[k]) < rounding else numbers[k] for k in pair)
    return f"{first:.4g} and {second:.4g}".replace("-", "−")


def _clash(first: Array, second: Array, y: Array, other: Array) -> tuple[int, int] | None:
    """The first i, j with first_i = second_j but y_i ≠ other_j, all to 1e-12."""
    size = 1e-12 * float(np.abs(first).max(initial=0.0))
    height = 1e-12 * float(np.abs(y).max(initial=0.0))
    for i, row in enumerate(first):
        same = np.all(np.abs(second - row) <= size, axis=1)
        wrong = same & (np.abs(other - y[i]) > height)
        if np.any(wrong):
            return i, int(np.argmax(wrong))
    return None
