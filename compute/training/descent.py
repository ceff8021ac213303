"""The steps of §1.2 at any depth: gradient descent, stochastic, with momentum, many at once.

Written z^(ℓ) = w^(ℓ) σ(z^(ℓ−1)) + b^(ℓ) with w = mW, every parameterisation is one network with
learning rates of its own: W − ηg is w − ηm²ḡ. Descent is θ − ηg; heavy ball v ← βv − ηg,
θ ← θ + v. Several networks of one shape are stacked and trained together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.activations.layer_maps import TANH
from compute.backpropagation import multipliers
from compute.training.fused import flatten, move, rectify, return_through

Array = NDArray[Any]


@dataclass(frozen=True)
class Rates:
    """What multiplies η in every layer: of w^(ℓ) and of b^(ℓ), (R, L+1) each."""

    weights: Array
    biases: Array

    @staticmethod
    def of(widths: Sequence[int], parameterisations: Sequence[str]) -> Rates:
        """Those of R parameterisations; mean field trains at ηN_L, but for the output's bias."""
        of_weights, of_biases = [], []
        for name in parameterisations:
            factor = float(widths[-2]) if name == "mean_field" else 1.0
            of_weights.append(factor * multipliers(widths, name) ** 2)
            own = np.full(len(widths) - 1, factor)
            own[-1] = 1.0
            of_biases.append(own)
        return Rates(np.array(of_weights), np.array(of_biases))


@dataclass(frozen=True)
class Networks:
    """R networks: weights w^(ℓ) (R, N_ℓ, N_{ℓ−1}), biases (R, 1, N_ℓ), and their velocities."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    moving: tuple[Array, ...]
    shifting: tuple[Array, ...]

    @property
    def count(self) -> int:
        """R."""
        return len(self.weights[0])

    def one(self, index: int) -> tuple[list[Array], list[Array]]:
        """The weights w^(ℓ) and biases of one of them, in float64."""
        weights = [w[index].astype(np.float64) for w in self.weights]
        return weights, [b[index, 0].astype(np.float64) for b in self.biases]


def start_networks(
    widths: Sequence[int],
    parameterisations: Sequence[str],
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float,
    dtype: type = np.float64,
) -> Networks:
    """θ_0 of one draw in several parameterisations: W ~ N(0, C_W/N_{ℓ−1}) without multipliers.

    NTK and standard start as the same function, mean field with 1/√N_L of the last layer.
    """
    weights, biases = [], []
    for before, after in pairwise(widths):
        w = np.sqrt(weight_variance / before) * rng.standard_normal((after, before))
        b = np.sqrt(bias_variance) * rng.standard_normal((1, after))
        weights.append(np.repeat(w[None], len(parameterisations), axis=0))
        biases.append(np.repeat(b[None], len(parameterisations), axis=0))
    for index, name in enumerate(parameterisations):
        if name == "mean_field":
            weights[-1][index] /= np.sqrt(widths[-2])
    drawn: tuple[tuple[Array, ...], ...]
    drawn = tuple(w.astype(dtype) for w in weights), tuple(b.astype(dtype) for b in biases)
    still = (tuple(np.zeros_like(part) for part in parts) for parts in drawn)
    return Networks(*drawn, *still)


def outputs(networks: Networks, x: ArrayLike, activation: Activation) -> tuple[Array, list[Array]]:
    """z (R, n) of one output at x (n, N_0), and what every hidden layer says, (R, n, N_ℓ)."""
    inner = np.ascontiguousarray(np.asarray(x, dtype=networks.weights[0].dtype).T)[None]
    space = _Space.of(networks.weights, inner.shape[2])
    inputs, z = _forward(networks.weights, _turned(networks.biases), inner, activation, space)
    return z[:, 0], [h.swapaxes(1, 2) for h in inputs[1:]]


def batch_order(count: int, size: int, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """One epoch: all data once, in batches of `size`, the last one smaller where it must."""
    order = rng.permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def descend(
    networks: Networks,
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    rates: Rates,
    eta: ArrayLike,
    momentum: float = 0.0,
    steps: int,
    batches: Iterator[NDArray[np.intp]] | None = None,
    ceiling: float = np.inf,
) -> tuple[Networks, Array]:
    """The networks after so many steps of their own η (R,), and the loss before each, (steps, R).

    ½|B|⁻¹Σ(z − y)² over the batch of the step; all data where `batches` is None. A network whose
    loss is not finite or above `ceiling` rests from there on, its losses nan. Deterministic; on one
    machine bit by bit. Cost per step: 6 |B| Σ N_ℓ N_{ℓ−1} operations and 20 µs per layer.
    """
    dtype = networks.weights[0].dtype
    # neurons by data, (R, N_ℓ, n): long rows to add a bias to, and to sum over
    x, y = np.ascontiguousarray(np.asarray(x, dtype=dtype).T), np.asarray(y, dtype=dtype)
    weights, biases = [w.copy() for w in networks.weights], _turned(networks.biases)
    moving, shifting = [w.copy() for w in networks.moving], _turned(networks.shifting)
    speed = np.broadcast_to(np.asarray(eta, dtype=np.float64), networks.count)[:, None]
    of_weights, of_biases = (
        np.ascontiguousarray((speed * part).T, dtype=dtype)
        for part in (rates.weights, rates.biases)
    )
    spaces: dict[int, _Space] = {}
    losses = np.full((steps, networks.count), np.nan)
    dead = np.zeros(networks.count, dtype=bool)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for step in range(steps):
            part = next(batches) if batches is not None else slice(None)
            aims = y[part]
            if len(aims) not in spaces:
                spaces[len(aims)] = _Space.of(weights, len(aims))
            space = spaces[len(aims)]
            inputs, signal = _forward(weights, biases, x[None, :, part], activation, space)
            signal -= aims
            loss = 0.5 * np.einsum("rin,rin->r", signal, signal) / signal.shape[2]
            dead |= ~(loss <= ceiling)
            losses[step] = np.where(dead, np.nan, loss)
            if dead.any():
                of_weights[:, dead] = of_biases[:, dead] = 0.0
            if dead.all():
                break
            for layer in range(len(weights) - 1, -1, -1):
                push, drive = space.pushes[layer], space.drives[layer]
                return_through(signal, space.slopes[layer], push)
                np.matmul(signal, inputs[layer].swapaxes(1, 2), out=drive)
                if layer:
                    above = weights[layer].swapaxes(1, 2)
                    # one output: a product number by number costs less than one of matrices
                    product = np.multiply if layer == len(weights) - 1 else np.matmul
                    signal = product(above, signal, out=space.signals[layer - 1])
                move(weights[layer], moving[layer], drive, of_weights[layer], momentum)
                move(biases[layer], shifting[layer], push, of_biases[layer], momentum)
    ended = weights, _turned(biases), moving, _turned(shifting)
    return Networks(*map(tuple, ended)), losses


@dataclass(frozen=True)
class _Space:
    """Where a step of n data is computed, again and again, so that it stays in the cache.

    values, slopes, signals (R, N_ℓ, n): z^(ℓ) and then σ of it, σ', of the output 1/n, and the
    loss's derivative by z^(ℓ). drives, pushes: those by the weights and by the biases (R, N_ℓ, 1).
    """

    values: list[Array]
    slopes: list[Array]
    signals: list[Array]
    drives: list[Array]
    pushes: list[Array]

    @staticmethod
    def of(weights: Sequence[Array], count: int) -> _Space:
        """For so many data."""
        shapes = [(*w.shape[:2], count) for w in weights]
        values, slopes, signals = (
            [np.empty(shape, dtype=weights[0].dtype) for shape in shapes] for _ in range(3)
        )
        slopes[-1].fill(1.0 / count)
        drives = [np.empty_like(w) for w in weights]
        return _Space(values, slopes, signals, drives, [w[:, :, :1].copy() for w in weights])


def _forward(
    weights: Sequence[Array],
    biases: Sequence[Array],
    x: Array,
    activation: Activation,
    space: _Space,
) -> tuple[list[Array], Array]:
    """What every layer gets, x (1, N_0, n) first, and z (R, 1, n); both in `space`."""
    inputs = [x]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = np.matmul(w, inputs[-1], out=space.values[layer])
        if layer == len(weights) - 1:
            z += b
        else:
            _activate_above(activation, z, b, space.slopes[layer])
            inputs.append(z)
    return inputs, z


def _turned(biases: Sequence[Array]) -> list[Array]:
    """Copies with rows and columns exchanged."""
    return [np.array(b.swapaxes(1, 2)) for b in biases]


def _activate_above(activation: Activation, z: Array, b: Array, slopes: Array) -> None:
    """z ← σ(z + b) and `slopes` ← σ'(z + b): z (R, N, n), b (R, N, 1), in one precision."""
    single = z.dtype == np.float32
    if single and activation.name == "relu":
        rectify(z, b, slopes)
    elif single and activation.family == TANH and activation.a == 1.0:
        flatten(z, b, slopes)
    else:
        wide = (z + b).astype(np.float64)
        z[:], slopes[:] = activation.phi(wide), activation.dphi(wide)
