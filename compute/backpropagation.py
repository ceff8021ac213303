"""Given networks of any depth at given inputs: loss, gradients and tangent kernel, §1.2.

z^(ℓ) = m_ℓ W^(ℓ) σ(z^(ℓ−1)) + b^(ℓ), with the multipliers m_ℓ of a parameterisation. Written for
checks and for single evaluations; what trains is compute.training.descent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation, get_activation

Array = NDArray[np.float64]

PARAMETERISATIONS = ("ntk", "standard", "mean_field")


def multipliers(widths: Sequence[int], parameterisation: str) -> Array:
    """What multiplies W^(1), …, W^(L+1), (L+1,); widths: N_0, …, N_{L+1}. §1.2 and (3.1.1).

    "ntk": N_{ℓ−1}^{−1/2}; "standard": 1; "mean_field": as "ntk", but 1/N_L in the last layer.
    """
    if parameterisation not in PARAMETERISATIONS:
        raise ValueError(
            f"parameterisation must be one of {', '.join(PARAMETERISATIONS)}, "
            f"got {parameterisation!r}"
        )
    below = np.array(widths[:-1], dtype=np.float64)
    if parameterisation == "standard":
        return np.ones(len(below))
    scale = 1 / np.sqrt(below)
    if parameterisation == "mean_field":
        scale[-1] = 1 / below[-1]
    return np.asarray(scale)


@np.errstate(over="ignore", invalid="ignore", under="ignore")
def loss_and_gradient(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation | str,
    parameterisation: str = "ntk",
) -> tuple[float, list[Array], list[Array]]:
    """½|D|⁻¹ Σ ‖z − y‖² and its gradients with respect to every W^(ℓ) and b^(ℓ), §1.2.

    weights: (N_ℓ, N_{ℓ−1}), biases: (N_ℓ,), ℓ = 1 … L+1; x (n, N_0); y (n, N_{L+1}), or (n,) for
    one output. The loss (1.2.2) with ℓ = (y − z)² is twice this one. Biases have no multiplier.
    What overflows is inf or nan, without a warning.
    ValueError for shapes that do not fit or numbers that are not finite. Cost: 6 n Σ N_ℓ N_{ℓ−1}.
    """
    network = _Network(weights, biases, x, activation, parameterisation)
    residual = network.outputs - network.targets(y)
    count = len(residual)
    signal = residual / count
    dw: list[Array] = []
    db: list[Array] = []
    for layer in range(len(network.weights) - 1, -1, -1):
        dw.insert(0, network.scales[layer] * (signal.T @ network.inputs[layer]))
        db.insert(0, signal.sum(axis=0))
        if layer:
            pulled = network.scales[layer] * (signal @ network.weights[layer])
            signal = pulled * network.slopes[layer - 1]
    return 0.5 * float(np.vdot(residual, residual)) / count, dw, db


@np.errstate(over="ignore", invalid="ignore", under="ignore")
def output_kernel(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    x: ArrayLike,
    activation: Activation | str,
    parameterisation: str = "ntk",
    rates: tuple[ArrayLike, ArrayLike] | None = None,
) -> Array:
    """J R Jᵀ/|D| of all outputs at all data, (n N_{L+1}, n N_{L+1}): η times it is Θ of chapter 2.

    rates: what multiplies η in every layer, of its weights and of its bias, (L+1,) each; None
    means 1. Arguments as `loss_and_gradient`. Cost: n² Σ N_ℓ, J is never formed.
    """
    network = _Network(weights, biases, x, activation, parameterisation)
    layers = len(network.weights)
    of_weights, of_biases = rates if rates is not None else (np.ones(layers), np.ones(layers))
    count, outputs = network.outputs.shape
    signal = np.broadcast_to(np.eye(outputs), (count, outputs, outputs))
    kernel = np.zeros((count * outputs, count * outputs))
    for layer in range(layers - 1, -1, -1):
        below, scale = network.inputs[layer], float(network.scales[layer])
        gram = scale**2 * float(np.asarray(of_weights)[layer]) * (below @ below.T)
        gram = gram + float(np.asarray(of_biases)[layer])
        flat = signal.reshape(count * outputs, -1)
        kernel += np.repeat(np.repeat(gram, outputs, axis=0), outputs, axis=1) * (flat @ flat.T)
        if layer:
            pulled = scale * (signal @ network.weights[layer])
            signal = pulled * network.slopes[layer - 1][:, None, :]
    return np.asarray(kernel / count)


def largest_stable_learning_rate(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    x: ArrayLike,
    activation: Activation | str,
    parameterisation: str = "ntk",
    momentum: float = 0.0,
) -> float:
    """2(1 + β)/λ_max(J Jᵀ/|D|): above it descent on the linearised network diverges; inf for J = 0.

    Heavy ball: z² − (1 + β − ηλ)z + β has its roots within the unit circle below it, 0 <= β < 1.
    A network itself does not diverge there. Arguments and cost as `output_kernel`; n³ more.
    """
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum!r}")
    kernel = output_kernel(weights, biases, x, activation, parameterisation)
    largest = float(np.linalg.eigvalsh(kernel)[-1])
    return 2 * (1 + momentum) / largest if largest > 0 else math.inf


class _Network:
    """A network at its inputs: what comes into every layer, σ' of every hidden one, outputs."""

    def __init__(
        self,
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike],
        x: ArrayLike,
        activation: Activation | str,
        parameterisation: str,
    ) -> None:
        sigma = get_activation(activation) if isinstance(activation, str) else activation
        self.weights = [np.asarray(w, dtype=np.float64) for w in weights]
        shifts = [np.asarray(b, dtype=np.float64) for b in biases]
        points = np.asarray(x, dtype=np.float64)
        if points.ndim != 2 or points.size == 0 or not np.all(np.isfinite(points)):
            raise ValueError(f"x must be a finite matrix (n, N_0), got shape {points.shape}")
        widths = [points.shape[1], *(len(b) for b in shifts)]
        wanted = [(after, before) for before, after in pairwise(widths)]
        if not wanted or [w.shape for w in self.weights] != wanted:
            raise ValueError(f"weights must have the shapes {wanted}, one per bias and input")
        if not all(np.all(np.isfinite(part)) for part in (*self.weights, *shifts)):
            raise ValueError("weights and biases must be finite")
        self.scales = multipliers(widths, parameterisation)
        self.inputs, self.slopes = [points], []
        for layer, (w, b) in enumerate(zip(self.weights, shifts, strict=True)):
            z = self.scales[layer] * (self.inputs[-1] @ w.T) + b
            if layer < len(self.weights) - 1:
                self.slopes.append(sigma.dphi(z))
                self.inputs.append(sigma.phi(z))
        self.outputs = z

    def targets(self, y: ArrayLike) -> Array:
        """y as (n, N_{L+1})."""
        given = np.asarray(y, dtype=np.float64)
        given = given[:, None] if given.ndim == 1 else given
        if given.shape != self.outputs.shape or not np.all(np.isfinite(given)):
            raise ValueError(f"y must be finite numbers {self.outputs.shape}, got {given.shape}")
        return given
