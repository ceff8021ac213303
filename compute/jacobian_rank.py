"""The rank of the Jacobian D_θ z(D; θ), section 1.3.1: when is θ ↦ z(D; θ) a submersion (1.3.4)?

Where its rank is |D|, ∇_θ L = 0 forces ∇_z L = 0: a stationary point is a global minimum. Networks
are z^(ℓ) = W^(ℓ)σ(z^(ℓ−1)) + b^(ℓ), weights as given (no 1/√N inside: a scale changes no rank).

>>> generic_rank([3, 4, 3, 1], "tanh", 40, True)
35
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.arguments import as_positive_int, as_widths

Array = NDArray[np.float64]

ACTIVATIONS = ("tanh", "gelu", "relu", "linear")


def parameter_count(widths: Sequence[int], bias: bool) -> int:
    """P, for widths N_0, …, N_{L+1}. ValueError or TypeError for fewer than two, or no counts."""
    sizes: list[int] = as_widths(widths).tolist()
    if len(sizes) < 2:
        raise ValueError(f"widths must hold N_0 and N_(L+1) at least, got {widths!r}")
    return sum(n * (m + int(bias)) for m, n in pairwise(sizes))


def generic_rank(widths: Sequence[int], activation: str, data_count: int, bias: bool) -> int:
    """The rank of D_θ z at almost every θ and data, for widths N_0, …, N_{L+1}.

    linear: exact. With r = min(N_1…N_L, d, N_{L+1}) it is r(d + N_{L+1} − r), d = min(|D|, N_0);
    with biases d = min(|D| − 1, N_0), and N_{L+1} is added.
    tanh, gelu: min(P, |D| N_{L+1}); relu: the same with P − Σ N_ℓ, for a neuron's scale may move
    through it, and an upper bound only: patterns decide (:func:`pattern_rank`). Of several outputs
    behind fewer neurons at most N_L(d + N_{L+1} − N_L) [+ N_{L+1}] are free, d = |D| [− 1].

    ValueError for another activation, or what is not a count; TypeError for what is no integer.
    """
    count = parameter_count(widths, bias)
    sizes: list[int] = as_widths(widths).tolist()
    inputs, hidden, outputs = sizes[0], sizes[1:-1], sizes[-1]
    data = as_positive_int(data_count, "data_count")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    shared = outputs if bias else 0
    free = data - int(bias)
    if activation == "linear" or not hidden:
        free = min(free, inputs)
        rank = min([free, outputs, *hidden])
        return rank * (free + outputs - rank) + shared
    if activation == "relu":
        count -= sum(hidden)
    narrow = min(hidden[-1], free, outputs)
    return min(count, data * outputs, narrow * (free + outputs - narrow) + shared)


def jacobian(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike] | None,
    x: ArrayLike,
    activation: Activation,
) -> Array:
    """D_θ z(D; θ), shape (…, |D| N_{L+1}, P), of one network or a stack of them.

    weights: W^(ℓ), each (…, N_ℓ, N_{ℓ−1}); biases: b^(ℓ), each (…, N_ℓ), or None for none; x
    (|D|, N_0). θ is layer by layer W^(ℓ) row by row, then b^(ℓ); data come before outputs.
    ValueError where the shapes do not fit. Cost: its own size, some 5 ns a number.
    """
    layers = [np.asarray(w, dtype=np.float64) for w in weights]
    points = np.asarray(x, dtype=np.float64)
    if points.ndim != 2 or not layers or layers[0].shape[-1] != points.shape[1]:
        raise ValueError(f"x must have shape (n, {layers[0].shape[-1] if layers else 'N_0'})")
    if any(b.shape[-1] != a.shape[-2] for a, b in pairwise(layers)):
        raise ValueError("weights must have one column per neuron of the layer below")
    if biases is not None and [np.shape(b)[-1] for b in biases] != [w.shape[-2] for w in layers]:
        raise ValueError("biases must have one number per row of the weights")
    below, slopes = [np.broadcast_to(points, (*layers[0].shape[:-2], *points.shape))], []
    for ell, w in enumerate(layers[:-1]):
        z = below[-1] @ np.swapaxes(w, -1, -2)
        if biases is not None:
            z = z + np.asarray(biases[ell])[..., None, :]
        below.append(activation.phi(z))
        slopes.append(activation.dphi(z))
    outputs = layers[-1].shape[-2]
    signal = np.broadcast_to(
        np.eye(outputs), (*layers[0].shape[:-2], len(points), outputs, outputs)
    )
    parts: list[Array] = []
    for ell in reversed(range(len(layers))):
        if biases is not None:
            parts.insert(0, signal)
        whole = signal[..., None] * below[ell][..., :, None, None, :]
        parts.insert(0, whole.reshape(*signal.shape[:-1], -1))
        if ell:
            signal = (signal @ layers[ell][..., None, :, :]) * slopes[ell - 1][..., :, None, :]
    whole = np.concatenate(parts, axis=-1)
    return whole.reshape(*whole.shape[:-3], -1, whole.shape[-1])


def singular_values(matrix: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
    """Singular values (…, k), largest first, and numerical ranks (…), of matrices (…, m, n).

    What is not above max(m, n) · 2⁻⁵² of the largest counts as 0. ValueError for less than two
    axes. Cost: min(m, n)² max(m, n) multiplications a matrix, some ten of them.
    """
    given = np.asarray(matrix, dtype=np.float64)
    if given.ndim < 2 or given.size == 0:
        raise ValueError(f"matrix must have two axes or more, got shape {given.shape}")
    values = np.linalg.svd(given, compute_uv=False)
    least = max(given.shape[-2:]) * np.finfo(np.float64).eps * values[..., :1]
    return np.asarray(values, dtype=np.float64), np.sum(values > least, axis=-1)


@dataclass(frozen=True)
class Deficits:
    """Why one hidden ReLU layer has rank below P: `rank` and the five losses add up to P.

    rescaling: one per neuron, w_in → c w_in, w_out → w_out/c moves nothing. dead: neurons off at
    all data; repeated: of a pattern that an earlier neuron has; both lose the N_0 + 1 directions
    that are left of a neuron. always_on: its constant is the output bias. dependent: patterns on
    few data, or linearly dependent ones, and that nothing exceeds |D|.
    """

    rank: int
    rescaling: int
    dead: int
    repeated: int
    always_on: int
    dependent: int


@dataclass(frozen=True)
class Idle:
    """Hidden ReLU neurons of any depth that have less to say on the data than they could.

    dead: off at all data. always_on: linear at all data. repeated: of a pattern that an earlier
    neuron of the layer has, and neither of those. layers: whose neurons are all dead; behind one of
    them nothing depends on the data.
    """

    dead: int
    always_on: int
    repeated: int
    layers: int


def idle_neurons(weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], x: ArrayLike) -> Idle:
    """Counts over all hidden layers; W^(ℓ) (N_ℓ, N_{ℓ−1}) and b^(ℓ) (N_ℓ,) of every layer, the
    output's too, x (|D|, N_0). ValueError as in :func:`activation_patterns`."""
    h = np.asarray(x, dtype=np.float64)
    dead = always = repeated = layers = 0
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        on = activation_patterns(w, b, h)
        off, full = ~on.any(axis=1), on.all(axis=1)
        others = on[~off & ~full]
        dead, always, layers = (
            dead + int(off.sum()),
            always + int(full.sum()),
            layers + int(off.all()),
        )
        repeated += len(others) - len(np.unique(others, axis=0))
        h = np.maximum(h @ np.asarray(w).T + np.asarray(b), 0.0)
    return Idle(dead, always, repeated, layers)


def activation_patterns(first: ArrayLike, bias: ArrayLike, x: ArrayLike) -> NDArray[np.bool_]:
    """Which neuron is on at which datum, (N_1, |D|).

    first (N_1, N_0), bias (N_1,), x (|D|, N_0). ValueError where the shapes do
    not fit or a number is not finite.
    """
    w, b = np.asarray(first, dtype=np.float64), np.asarray(bias, dtype=np.float64)
    points = np.asarray(x, dtype=np.float64)
    if w.ndim != 2 or points.ndim != 2 or w.shape[1] != points.shape[1] or b.shape != (len(w),):
        raise ValueError("first (N_1, N_0), bias (N_1,) and x (n, N_0) must fit together")
    if not all(np.all(np.isfinite(part)) for part in (w, b, points)):
        raise ValueError("first, bias and x must be finite")
    return np.asarray(w @ points.T + b[:, None] > 0)


def pattern_rank(first: ArrayLike, bias: ArrayLike, x: ArrayLike) -> int:
    """The Jacobian's rank of Σ a_i relu(w_i·x + b_i) + c, all a_i ≠ 0: dim span{1, p_k, p_k x_j}.

    Over the distinct patterns p_k ∈ {0, 1}^|D|. first (N_1, N_0): w; bias (N_1,): b; x (|D|, N_0).
    Weights enter by their signs at the data alone, so that no gradient is taken. ValueError as in
    :func:`activation_patterns`. Cost: one SVD.
    """
    points = np.asarray(x, dtype=np.float64)
    return _span(np.unique(activation_patterns(first, bias, x), axis=0), points)


def _span(patterns: NDArray[np.bool_], points: Array) -> int:
    shifted = np.column_stack([np.ones(len(points)), points])
    columns = np.concatenate([shifted[:, :1], *(p[:, None] * shifted for p in patterns)], axis=1)
    size = np.linalg.norm(columns, axis=0)
    return int(singular_values(columns[:, size > 0] / size[size > 0])[1])


def relu_deficits(first: ArrayLike, bias: ArrayLike, x: ArrayLike) -> Deficits:
    """Where the parameters of one hidden ReLU layer with biases go; arguments and errors as in
    :func:`pattern_rank`."""
    on = activation_patterns(first, bias, x)
    points = np.asarray(x, dtype=np.float64)
    each = points.shape[1] + 1
    dead = int(np.sum(~on.any(axis=1)))
    distinct = np.unique(on[on.any(axis=1)], axis=0)
    always = int(distinct.all(axis=1).any())
    rank = _span(distinct, points)
    return Deficits(
        rank=rank,
        rescaling=len(on),
        dead=each * dead,
        repeated=each * (len(on) - dead - len(distinct)),
        always_on=always,
        dependent=each * len(distinct) + 1 - always - rank,
    )
