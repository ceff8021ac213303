"""The network replaced by its linearisation at θ_0, (2.1.5), and what that leaves out (§2.4).

For the linear model Θ is constant, so everything has a closed form in its eigenbasis:
r_t = e^{−Θt} r_0 and θ_t^lin = θ_0 − (η/|D|) Jᵀ ∫_0^t e^{−sΘ} r_0 ds.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.training.one_layer import (
    OneLayer,
    as_positive,
    forward,
    frozen,
    increasing_times,
    inner_weights,
    network_features,
    preactivations,
)
from compute.training.tangent_space import Point, Trainer, linear_weights

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Linearised:
    """The linear model trained by gradient flow; arrays read-only.

    times (T,).   residuals (T, n): z^lin − y.   loss (T,).
    rates (n,): eigenvalues of Θ_0, ascending; modes (n, n): its eigenvectors, as columns;
    amplitudes (n,): of the initial residual in them, so that mode k is amplitude·e^{−λ_k t}.
    """

    times: Array
    residuals: Array
    loss: Array
    rates: Array
    modes: Array
    amplitudes: Array
    _trainer: Trainer
    _start: Point

    def parameters_at(self, time: float) -> OneLayer:
        """θ_t^lin at one time ≥ 0, infinity included: θ_0 + J⁺(y − z_0) if Θ_0 is invertible.

        Where Θ_0 has a null space the limit does not move along it. ValueError for time < 0.
        """
        if not time >= 0:
            raise ValueError(f"time must be >= 0, got {time!r}")
        weights = linear_weights(self._trainer, self._start, time)
        return self._trainer.network(weights)

    def predictions_at(self, x: ArrayLike, times: ArrayLike) -> Array:
        """z^lin at new inputs x (m, N_0) and increasing times (T',): (T', m), by (2.1.5).

        z_0(x) − (η/|D|)⟨∇z(x), ∇z(x_α)⟩ Θ^{-1}(1 − e^{−tΘ}) r_0. ValueError for wrong shapes.
        """
        trainer, start = self._trainer, self._start
        points = network_features(trainer.parameters, x)
        hidden = points @ start.weights.inner
        values = trainer.activation.phi(hidden)
        slopes = trainer.activation.dphi(hidden) * start.weights.outer
        cross = values @ start.values.T
        cross += (points @ trainer.trained.T) * (slopes @ start.slopes.T)
        cross *= trainer.rate * trainer.scale**2
        instants = increasing_times(times)
        drives = [start.eigen.integral(float(t), start.residual) for t in instants]
        initial = trainer.scale * (values @ start.weights.outer)
        return initial - np.array(drives) @ cross.T


def linearised(
    parameters: OneLayer,
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    gamma: float,
    eta: float,
    times: ArrayLike,
    train_bias: bool = True,
) -> Linearised:
    """The linearisation at the given parameters, trained on x (n, N_0), y (n,): exact.

    times increasing, ≥ 0. ValueError naming the argument for wrong shapes or numbers. Cost one
    evaluation of the network and its kernel, then n² per time.
    """
    instants = increasing_times(times)
    trainer = Trainer(parameters, x, y, activation, gamma, eta, train_bias)
    start = trainer.evaluate(trainer.start())
    if not np.all(np.isfinite(start.kernel)):
        raise ValueError("parameters give an output that is not finite")
    amplitudes = start.eigen.modes.T @ start.residual
    decay = np.exp(-instants[:, None] * start.eigen.rates)
    residuals = (decay * amplitudes) @ start.eigen.modes.T
    return Linearised(
        frozen(instants),
        frozen(residuals),
        frozen(0.5 * np.mean(residuals**2, axis=1)),
        frozen(start.eigen.rates),
        frozen(start.eigen.modes),
        frozen(amplitudes),
        trainer,
        start,
    )


@dataclass(frozen=True, eq=False)
class OutputSplit:
    """The change of z(x) between two networks in three parts, each (n,), read-only.

    outer: Σ ΔW^(2) σ(z^(1)(0)), what the last layer alone does.
    inner: Σ W^(2)(0) σ'(z^(1)(0)) Δz^(1), the first order in the change of the hidden layer.
    remainder: the rest, of second order. outer + inner is the linearisation. total: their sum.
    All with the factor 1/(γ√N_1).
    """

    outer: Array
    inner: Array
    remainder: Array
    total: Array


def output_split(
    before: OneLayer, after: OneLayer, x: ArrayLike, activation: Activation, *, gamma: float
) -> OutputSplit:
    """Split z(x; after) − z(x; before) at x (n, N_0) as the end of section 2.4 does.

    After training at γ = N_1^a the remainder is N_1^{2a−1} of the total, like the change of Θ.
    ValueError unless both networks have one shape. Cost n N_1 evaluations of σ and σ'.
    """
    if before.first.shape != after.first.shape or (before.bias is None) != (after.bias is None):
        raise ValueError("after must have the shape of before")
    scale = 1 / (as_positive(gamma, "gamma") * math.sqrt(before.width))
    hidden = preactivations(before, x)
    change = network_features(before, x) @ (inner_weights(after) - inner_weights(before)).T
    values = activation.phi(hidden)
    outer = scale * (values @ (after.second - before.second))
    inner = scale * ((activation.dphi(hidden) * change) @ before.second)
    total = forward(after, x, activation, gamma=gamma) - scale * (values @ before.second)
    return OutputSplit(frozen(outer), frozen(inner), frozen(total - outer - inner), frozen(total))
