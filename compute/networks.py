"""Random deep networks at given inputs, drawn layer by layer: §3.3 and §3.4.

Given the outputs of a layer its successor's rows are independent and Gaussian,

    z_i^(ℓ+1) | z^(ℓ) ~ N(0, K̂^(ℓ)),   K̂^(ℓ) = C_b + (C_W/N_ℓ) Σ_j σ(z_j^(ℓ)) σ(z_j^(ℓ))ᵀ,

the m × m matrix over the inputs. Drawing z^(ℓ+1) = R ξ with R the symmetric root of K̂^(ℓ) costs
N m numbers a layer where weights cost N². The law is exactly that of real weights; where the
conditioning itself is the claim, draw weights instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.arguments import as_positive_int, as_widths, check_generator
from compute.backpropagation import largest_stable_learning_rate, loss_and_gradient

__all__ = [
    "largest_stable_learning_rate",
    "loss_and_gradient",
    "measured_differences",
    "measured_kernels",
    "nested_kernels",
    "network_ms",
    "sample_outputs",
    "symmetric_root",
    "weight_layers",
]

Array = NDArray[np.float64]

# Numbers drawn at once: 512 kB, which stay in the cache until they are used.
_BLOCK = 1 << 16
# Weights drawn at once: 2 MB.
_PIECE = 1 << 18
# Nanoseconds for a weight with its product, for a neuron's activation, and for a network.
_WEIGHT_NS, _NEURON_NS, _NETWORK_NS = 10.0, 25.0, 900.0


def sample_outputs(
    k0: ArrayLike,
    widths: Sequence[int],
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> Array:
    """One output z^(L+1) at m inputs of `size` independent networks, shape (size, m).

    k0 (m, m): covariance of z^(1) at the inputs, :func:`compute.kernels.input_covariance`; may be
    singular. widths: N_1, …, N_L of the hidden layers. weight_variance, bias_variance: C_W, C_b.
    What overflows (exp, cubic) is inf or nan, without a warning.

    ValueError for k0 that is no covariance, C_W or C_b negative or not finite.
    Cost: m Σ N_ℓ normals a network, 9 ns each, and as many activations; for m > 2 a root of an
    m × m matrix per layer and network, or N_ℓ N_{ℓ+1} weights where m exceeds N_ℓ.
    """
    covariance = _as_covariance(k0)
    hidden = as_widths(widths).tolist()
    size = as_positive_int(size, "size")
    check_generator(rng)
    for name, value in (("weight_variance", weight_variance), ("bias_variance", bias_variance)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be finite and >= 0, got {value!r}")
    inputs = len(covariance)
    rows = [*hidden, 1]
    largest = max(inputs * max(rows), *(n * m for n, m in pairwise(rows)))
    at_once = max(1, _BLOCK // (largest if inputs > min(hidden) else inputs * max(rows)))
    blocks = [
        _block(
            covariance,
            rows,
            activation,
            min(at_once, size - start),
            rng,
            weight_variance,
            bias_variance,
        )
        for start in range(0, size, at_once)
    ]
    return np.concatenate(blocks)


def weight_layers(
    inputs: ArrayLike,
    widths: Sequence[int],
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> Iterator[tuple[Array, Array]]:
    """(z^(ℓ), σ(z^(ℓ))), ℓ = 1, 2, …, of networks of which every weight is drawn, (size, N_ℓ, m).

    inputs (m, N_0); widths: N_1, N_2, …, the output layer's too where it is wanted. By (3.1.1):
    variance C_W/N_ℓ of weights and C_b of biases in every layer, the first included. Cost: Σ N_ℓ
    N_{ℓ−1} normals a network, 12 ns each with their product; memory the largest matrix × size.
    """
    points = np.asarray(inputs, dtype=np.float64)
    if points.ndim != 2 or points.size == 0 or not np.all(np.isfinite(points)):
        raise ValueError(f"inputs must be a finite matrix (m, N_0), got shape {points.shape}")
    size = as_positive_int(size, "size")
    check_generator(rng)
    h = np.broadcast_to(points.T, (size, *points.T.shape))
    for rows in as_widths(widths).tolist():
        columns = h.shape[1]
        with np.errstate(over="ignore", invalid="ignore"):
            z = math.sqrt(weight_variance / columns) * (
                rng.standard_normal((size, rows, columns)) @ h
            )
            if bias_variance:
                z += math.sqrt(bias_variance) * rng.standard_normal((size, rows, 1))
            h = activation.phi(z)
        yield z, h


def measured_kernels(
    inputs: ArrayLike,
    widths: Sequence[int],
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> tuple[Array, Array]:
    """K̂^(ℓ) of two inputs in real networks, ℓ = 1…L, and one output of each.

    inputs (2, N_0). Entries (x, x), (x, x'), (x', x') of C_b + C_W σσ/N_ℓ, (L, 3, size), and
    outputs (size, 2), drawn piece by piece. Other arguments, errors and cost: `weight_layers`.
    """
    hidden = as_widths(widths).tolist()
    kernels, outputs = np.empty((len(hidden), 3, size)), np.empty((size, 2))
    given = {"weight_variance": weight_variance, "bias_variance": bias_variance}
    for piece, layers in _pieces(inputs, [*hidden, 1], activation, size, rng, 4, **given):
        for layer, (z, h) in enumerate(layers):
            if layer == len(hidden):
                outputs[piece] = z[:, 0]
                continue
            for entry, (a, b) in enumerate(((0, 0), (0, 1), (1, 1))):
                square = np.einsum("cn,cn->c", h[..., a], h[..., b])
                share = weight_variance / hidden[layer]
                kernels[layer, entry, piece] = bias_variance + share * square
    return kernels, outputs


def measured_differences(
    inputs: ArrayLike,
    widths: Sequence[int],
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> Array:
    """K̂_v^(L) along v = (1, −1) of the first input and each other: C_W ‖σ − σ'‖²/N, (size, m − 1).

    inputs (m, N_0); drawn piece by piece. Other arguments, errors and cost: `weight_layers`.
    """
    hidden, points = as_widths(widths).tolist(), np.asarray(inputs, dtype=np.float64)
    apart = np.empty((size, len(points) - 1))
    given = {"weight_variance": weight_variance, "bias_variance": bias_variance}
    for piece, layers in _pieces(points, hidden, activation, size, rng, len(points), **given):
        last = np.empty(0)
        for _, h in layers:
            last = h
        gap = last[..., :1] - last[..., 1:]
        apart[piece] = weight_variance / hidden[-1] * (gap**2).sum(axis=1)
    return apart


def _pieces(
    inputs: ArrayLike,
    widths: Sequence[int],
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    columns: int,
    **given: float,
) -> Iterator[tuple[slice, Iterator[tuple[Array, Array]]]]:
    """Which of the networks, and their layers by `weight_layers`: so many that a matrix of theirs,
    with so many `columns` at least, has at most _PIECE numbers."""
    most = max(1, _PIECE // (max(widths) * max(*widths, columns)))
    for done in range(0, size, most):
        piece = slice(done, min(done + most, size))
        yield piece, weight_layers(inputs, widths, activation, piece.stop - done, rng, **given)


def network_ms(widths: Sequence[int], inputs: int) -> float:
    """Milliseconds that a network takes in `measured_kernels` or `measured_differences`.

    widths: N_1, …, N_L; inputs: how many. From measured rates on the reference machine; the first
    layer's matrix counts as a square one.
    """
    weights = sum(rows * before for rows, before in zip(widths, (widths[0], *widths), strict=False))
    ns = (_WEIGHT_NS + inputs) * weights + _NEURON_NS * inputs * sum(widths) + _NETWORK_NS
    return 1e-6 * ns


def nested_kernels(
    inputs: ArrayLike,
    widths: Sequence[int],
    depth: int,
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> Array:
    """K̂^(L) at m inputs of networks that are corners of one: (len(widths), size, m, m).

    inputs (m, N_0); widths: increasing, each the one width of all `depth` hidden layers. The
    weights of a narrower network are the corner of the widest one's matrices, so that what is seen
    along the widths is one network that grows. Every weight is drawn, by (3.1.1).
    """
    points = np.asarray(inputs, dtype=np.float64).T
    columns, top = points.shape[0], int(widths[-1])
    below = [np.broadcast_to(points, (size, *points.shape)) for _ in widths]
    for layer in range(depth):
        drawn = rng.standard_normal((size, top, top if layer else columns))
        shift = math.sqrt(bias_variance) * rng.standard_normal((size, top, 1))
        for at, n in enumerate(widths):
            before = n if layer else columns
            weights = math.sqrt(weight_variance / before) * drawn[:, :n, :before]
            below[at] = activation.phi(weights @ below[at] + shift[:, :n])
    products = [np.swapaxes(h, 1, 2) @ h * (weight_variance / h.shape[1]) for h in below]
    return np.array(products) + bias_variance


def symmetric_root(covariance: Array) -> Array:
    """The symmetric positive root of covariances (…, m, m), shape (…, m, m); singular ones too.

    m = 2 by (S + √det S)/√(tr S + 2√det S), without eigenvectors; otherwise by eigenvectors, with
    eigenvalues that rounding made negative taken for 0.
    """
    if covariance.shape[-1] == 1:
        return np.asarray(np.sqrt(covariance))
    if covariance.shape[-1] == 2:
        a, b, c = covariance[..., 0, 0], covariance[..., 0, 1], covariance[..., 1, 1]
        root = np.sqrt(np.maximum(a * c - b * b, 0.0))
        scale = np.sqrt(a + c + 2 * root)
        scale = np.where(scale > 0, scale, 1.0)
        result = covariance / scale[..., None, None]
        result[..., 0, 0] += root / scale
        result[..., 1, 1] += root / scale
        return np.asarray(result)
    values, vectors = np.linalg.eigh(covariance)
    scaled = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    return np.asarray(scaled @ np.swapaxes(vectors, -1, -2))


def _block(
    covariance: Array,
    rows: list[int],
    activation: Activation,
    size: int,
    rng: np.random.Generator,
    weight_variance: float,
    bias_variance: float,
) -> Array:
    """Outputs (size, m) of one block of networks; z has shape (size, m, N)."""
    inputs = len(covariance)
    with np.errstate(over="ignore", invalid="ignore"):
        z = symmetric_root(covariance) @ rng.standard_normal((size, inputs, rows[0]))
        for before, after in pairwise(rows):
            h = activation.phi(z)
            if inputs > before:
                weights = rng.standard_normal((size, before, after))
                z = math.sqrt(weight_variance / before) * (h @ weights)
                if bias_variance:
                    z += math.sqrt(bias_variance) * rng.standard_normal((size, 1, after))
                continue
            z = _conditional(h, after, rng, weight_variance, bias_variance)
    return np.ascontiguousarray(z[:, :, 0])


def _conditional(
    h: Array, after: int, rng: np.random.Generator, weight_variance: float, bias_variance: float
) -> Array:
    """z^(ℓ+1) (size, m, after) given the activations h (size, m, N) of the layer below."""
    size, inputs, before = h.shape
    noise = rng.standard_normal((size, inputs, after))
    share = weight_variance / before
    if inputs <= 2:
        # the entries by themselves: batched products of tiny matrices are slow
        kernel = np.empty((size, inputs, inputs))
        for i in range(inputs):
            for j in range(i + 1):
                entry = bias_variance + share * np.einsum("cn,cn->c", h[:, i], h[:, j])
                kernel[:, i, j] = kernel[:, j, i] = entry
        root = symmetric_root(kernel)
        if inputs == 1:
            noise *= root
            return noise
        z = np.empty_like(noise)
        for i in range(2):
            z[:, i] = root[:, i, 0, None] * noise[:, 0] + root[:, i, 1, None] * noise[:, 1]
        return z
    kernel = bias_variance + share * (h @ np.swapaxes(h, 1, 2))
    finite = np.isfinite(kernel).all(axis=(1, 2))
    root = symmetric_root(np.where(finite[:, None, None], kernel, 0.0))
    root[~finite] = np.nan
    return np.asarray(root @ noise)


def _as_covariance(k0: ArrayLike) -> Array:
    matrix = np.asarray(k0, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"k0 must be a square matrix, got shape {matrix.shape}")
    if not (np.all(np.isfinite(matrix)) and np.allclose(matrix, matrix.T, rtol=1e-10, atol=0)):
        raise ValueError("k0 must be finite and symmetric")
    if np.linalg.eigvalsh(matrix)[0] < -1e-9 * max(float(np.abs(matrix).max()), 1e-300):
        raise ValueError("k0 must be positive semi-definite")
    return matrix
