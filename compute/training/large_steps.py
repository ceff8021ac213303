"""Gradient descent of many small networks at once, at steps of any size.

One hidden layer without bias, NTK parameterisation (section 2.1), z = W^(2)σ(W^(1)x/√N_0)/(γ√N_1),
loss ½|D|⁻¹Σ(z − y)²: what large steps do beside the linearisation, whose limit is 2/λ_max.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.arguments import as_positive_int

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A loss so many times its start has diverged.
_GONE = 1e12


@dataclass(frozen=True)
class Descent:
    """B networks after their steps.

    loss (S + 1, B): at every step; what has diverged or is done keeps its last value. curvature
    (2, B): λ_max of JJᵀ/|D| before and after, or (S + 1, B) where every step was asked for.
    kernel_change (B,): ‖Θ − Θ_0‖/‖Θ_0‖ on the data. dead (B,): share of hidden neurons whose
    output has no slope at any datum, at the end. diverged (B,). settled (B,): whether the loss
    came below `stop` times its start.
    """

    loss: Array
    curvature: Array
    kernel_change: Array
    dead: Array
    diverged: Flags
    settled: Flags


def kernels(
    first: Array, second: Array, x: Array, activation: Activation, *, gamma: float
) -> Array:
    """JJᵀ/|D|, (B, n, n), of networks first (B, N_1, N_0), second (B, N_1) on data x (B, n, N_0).

    Cost B n N_1 evaluations of σ and σ'.
    """
    points = x / math.sqrt(x.shape[2])
    hidden = points @ np.swapaxes(first, 1, 2)
    values, slopes = activation.phi(hidden), activation.dphi(hidden) * second[:, None, :]
    gram = slopes @ np.swapaxes(slopes, 1, 2) * (points @ np.swapaxes(points, 1, 2))
    gram += values @ np.swapaxes(values, 1, 2)
    return np.asarray(gram / (gamma * gamma * first.shape[1] * x.shape[1]))


def descend(
    first: ArrayLike,
    second: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    gamma: float,
    sharpness: ArrayLike,
    steps: int,
    stop: float = 0.0,
    watch: bool = False,
) -> Descent:
    """Full-batch gradient descent θ − η∇L with η = sharpness/λ_max at the start.

    first (B, N_1, N_0), second (B, N_1), x (B, n, N_0), y (B, n), sharpness (B,) = ηλ_max. `stop`:
    a network whose loss is below that share of its start moves no more. `watch`: λ_max at every
    step. ValueError or TypeError unless shapes agree, all numbers are finite and gamma, sharpness
    > 0. Cost 5 Bn N_1(N_0 + 4) multiplications a step, twice as much watched.
    """
    w, v, inputs, targets = (np.array(z, dtype=np.float64) for z in (first, second, x, y))
    kappa = np.array(sharpness, dtype=np.float64)
    if w.ndim != 3 or v.shape != w.shape[:2] or inputs.ndim != 3 or kappa.shape != w.shape[:1]:
        raise ValueError("first must be (B, N_1, N_0), second (B, N_1), sharpness (B,)")
    if inputs.shape[::2] != w.shape[::2] or targets.shape != inputs.shape[:2]:
        raise ValueError("x must be (B, n, N_0) and y (B, n)")
    if not all(np.all(np.isfinite(z)) for z in (w, v, inputs, targets, kappa)):
        raise ValueError("first, second, x, y and sharpness must be finite")
    if not (gamma > 0 and np.all(kappa > 0)):
        raise ValueError("gamma and sharpness must be > 0")
    steps = as_positive_int(steps, "steps")
    count, scale = targets.shape[1], 1 / (gamma * math.sqrt(v.shape[1]))
    start = kernels(w, v, inputs, activation, gamma=gamma)
    curvature = [_largest(start)]
    rate = kappa / np.maximum(curvature[0], 1e-300)
    points = inputs / math.sqrt(inputs.shape[2])
    loss = np.empty((steps + 1, len(v)))
    moving, diverged = np.ones(len(v), bool), np.zeros(len(v), bool)
    for t in range(steps + 1):
        hidden = points @ np.swapaxes(w, 1, 2)
        values = activation.phi(hidden)
        residual = scale * (values @ v[:, :, None])[..., 0] - targets
        loss[t] = 0.5 * np.mean(residual * residual, axis=1)
        diverged |= ~(loss[t] <= _GONE * (loss[0] + 1e-12))
        moving &= ~diverged & (loss[t] > stop * loss[0])
        if watch and t:
            now = kernels(w, v, inputs, activation, gamma=gamma)
            curvature.append(np.where(diverged, curvature[-1], _largest(now)))
        if t == steps or not np.any(moving):
            loss[t + 1 :] = loss[t]
            break
        pull = (np.where(moving, rate, 0.0) * scale / count)[:, None] * residual
        slopes = activation.dphi(hidden) * v[:, None, :] * pull[..., None]
        v -= (pull[:, None, :] @ values)[:, 0]
        w -= np.swapaxes(slopes, 1, 2) @ points
    end = kernels(w, v, inputs, activation, gamma=gamma)
    curvature += [curvature[-1]] * (steps + 1 - len(curvature)) if watch else [_largest(end)]
    size = np.linalg.norm(start, axis=(1, 2))
    change = np.linalg.norm(end - start, axis=(1, 2)) / np.where(size > 0, size, 1.0)
    still = np.all(activation.dphi(points @ np.swapaxes(w, 1, 2)) == 0, axis=1)
    settled = ~diverged & (loss[-1] <= max(stop, 1e-300) * loss[0])
    return Descent(loss, np.array(curvature), change, still.mean(axis=1), diverged, settled)


def _largest(gram: Array) -> Array:
    return np.asarray(np.linalg.eigvalsh(gram)[:, -1])
