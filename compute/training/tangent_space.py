"""A one-layer network in training: residual, factors of its Jacobian, and Θ, at one parameter.

Everything in chapter 2 that moves parameters moves them along −(η/|D|) Jᵀq with some q (|D|,).
J (|D|, P) is never formed: with x̃ the features, S = σ(z^(1)) and V = W^(2) σ'(z^(1)), both
(|D|, N_1), and c = 1/(γ√N_1),

    Θ = (η/|D|) c² [S Sᵀ + (x̃x̃ᵀ) ∘ (V Vᵀ)],     Jᵀq = c (V(qx̃), qS).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.activations.fast_tanh import tanh_and_slope
from compute.activations.layer_maps import TANH
from compute.compiled import compiled, internal, summed
from compute.training.gram import gram
from compute.training.one_layer import (
    OneLayer,
    as_positive,
    as_targets,
    inner_weights,
    network_features,
)

Array = NDArray[np.float64]

_BLOCK, _COLUMNS = 1 << 16, 512


@dataclass(frozen=True, eq=False)
class Weights:
    """inner (N_0, N_1) or (N_0 + 1, N_1) with the bias last; outer (N_1,)."""

    inner: Array
    outer: Array

    def distance(self, other: Weights) -> float:
        """‖θ − θ'‖."""
        inner, outer = self.inner - other.inner, self.outer - other.outer
        return math.sqrt(float(np.vdot(inner, inner) + np.vdot(outer, outer)))

    def extrapolated(self, coarse: Weights) -> Weights:
        """(4θ − θ_coarse)/3: θ of half the steps, without the leading error of both."""
        inner, outer = self.inner - coarse.inner, self.outer - coarse.outer
        return Weights(self.inner + inner / 3, self.outer + outer / 3)


@dataclass(frozen=True, eq=False)
class Eigen:
    """A symmetric positive matrix: rates (n,) ascending, ≥ 0, and modes (n, n)."""

    rates: Array
    modes: Array

    @staticmethod
    def of(matrix: Array) -> Eigen:
        """Eigendecomposition of one matrix. Cost 20 µs at n = 16, 1 ms at n = 64."""
        # what np.linalg.eigh calls, too, after checks that cost as much as a small matrix
        rates, modes, failed = scipy.linalg.lapack.dsyevd(matrix, lower=1)
        if failed:
            raise np.linalg.LinAlgError("eigenvalues did not converge")
        # below this a rate is rounding: e^{−tλ} must not decay where nothing moves
        rates[rates <= 4e-16 * len(rates) * rates[-1]] = 0.0
        return Eigen(rates, modes)

    def decay(self, time: float, vector: Array) -> Array:
        """e^{−tΘ}v."""
        return _decay(self.rates, self.modes, float(time), vector)

    def integral(self, time: float, vector: Array) -> Array:
        """∫_0^t e^{−sΘ}v ds, without the modes at rest if t = ∞: Jᵀ takes those to 0 anyway."""
        return _integral(self.rates, self.modes, float(time), vector)


@compiled
def _along(mode: Array, weight: float, vector: Array, result: Array) -> None:
    """Add weight ⟨mode, v⟩ mode."""
    share = 0.0
    for i in range(len(mode)):
        share += mode[i] * vector[i]
    for i in range(len(mode)):
        result[i] += weight * share * mode[i]


@compiled
def _decay(rates: Array, modes: Array, time: float, vector: Array) -> Array:
    result = np.zeros(len(rates))
    for k in range(len(rates)):
        _along(modes[:, k], math.exp(-time * rates[k]), vector, result)
    return result


@compiled
def _integral(rates: Array, modes: Array, time: float, vector: Array) -> Array:
    result = np.zeros(len(rates))
    for k in range(len(rates)):
        weight = time if math.isfinite(time) else 0.0
        if rates[k] > 0.0:
            weight = -math.expm1(-time * rates[k]) / rates[k]
        _along(modes[:, k], weight, vector, result)
    return result


@dataclass(eq=False)
class Point:
    """One parameter with what the flow needs of it; `values`, `slopes` are S and V above."""

    weights: Weights
    values: Array
    slopes: Array
    residual: Array
    kernel: Array
    eigen: Eigen

    @property
    def loss(self) -> float:
        """½|D|⁻¹ Σ (z − y)²."""
        return 0.5 * float(self.residual @ self.residual) / len(self.residual)


class Trainer:
    """A dataset, an activation, γ and η: evaluates networks and moves them.

    It owns the (|D|, N_1) arrays of its points, because allocating them anew costs more than
    filling them; `release` gives a point's arrays back.
    """

    def __init__(
        self,
        parameters: OneLayer,
        x: ArrayLike,
        y: ArrayLike,
        activation: Activation,
        gamma: float,
        eta: float,
        train_bias: bool = True,
    ) -> None:
        self.features = network_features(parameters, x)
        self.targets = as_targets(y, len(self.features))
        self.activation = activation
        self.parameters = parameters
        self.scale = 1 / (as_positive(gamma, "gamma") * math.sqrt(parameters.width))
        self.rate = as_positive(eta, "eta") / len(self.features)
        self.trained = self.features.copy()
        if parameters.bias is not None and not train_bias:
            self.trained[:, -1] = 0.0
        self.gram = self.trained @ self.trained.T
        self._spare: list[tuple[Array, Array]] = []

    def start(self) -> Weights:
        """θ_0."""
        inner = np.ascontiguousarray(inner_weights(self.parameters).T)
        return Weights(inner, self.parameters.second)

    def network(self, weights: Weights) -> OneLayer:
        """The weights as a network."""
        bias = None if self.parameters.bias is None else weights.inner[-1]
        return OneLayer(weights.inner[: self.parameters.input_dim].T, weights.outer, bias)

    def evaluate(self, weights: Weights) -> Point:
        """Residual, S, V, Θ and its spectrum. A result that is not finite has a nan kernel."""
        shape = len(self.features), len(weights.outer)
        values, slopes = self._spare.pop() if self._spare else (np.empty(shape), np.empty(shape))
        block = max(64, _BLOCK // len(values))
        for start in range(0, values.shape[1], block):
            part = slice(start, start + block)
            value, slope = values[:, part], slopes[:, part]
            np.matmul(self.features, weights.inner[:, part], out=value)
            _activate(self.activation, value, slope)
        residual, kernel, size = _tangent(
            values, slopes, weights.outer, self.targets, self.gram, self.scale, self.rate
        )
        if not math.isfinite(size):
            kernel = np.full_like(kernel, np.nan)
            return Point(weights, values, slopes, residual, kernel, Eigen(kernel[0], kernel))
        return Point(weights, values, slopes, residual, kernel, Eigen.of(kernel))

    def release(self, point: Point) -> None:
        """The point's arrays may be reused."""
        self._spare.append((point.values, point.slopes))

    def move(self, start: Weights, tangent: Point, integral: Array) -> Weights:
        """start − (η/|D|) Jᵀq, J taken at the point `tangent`, q = `integral` (|D|,)."""
        drive = (-self.rate * self.scale) * integral
        inner, outer = start.inner.copy(), start.outer.copy()
        _add(inner, outer, self.trained, drive, tangent.slopes, tangent.values)
        return Weights(inner, outer)

    def hidden_movement(self, start: Weights, end: Weights) -> float:
        """Root mean square over neurons and data of the change of z^(1)."""
        change = end.inner - start.inner
        moments = change @ change.T / change.shape[1]
        mean = float(np.einsum("nd,de,ne->", self.features, moments, self.features))
        return math.sqrt(max(mean, 0.0) / len(self.features))


@compiled
def _tangent(
    values: Array,
    slopes: Array,
    outer: Array,
    targets: Array,
    inputs: Array,
    scale: float,
    rate: float,
) -> tuple[Array, Array, float]:
    """r, Θ and the sum of all their numbers from S, σ' and x̃x̃ᵀ; σ' in `slopes` becomes V."""
    residual, size = np.empty(len(values)), 0.0
    for i in range(len(values)):
        residual[i] = scale * _scaled(values[i], slopes[i], outer) - targets[i]
        size += residual[i]
    kernel, second = gram(values), gram(slopes)
    for i in range(len(values)):
        for j in range(len(values)):
            kernel[i, j] = rate * scale**2 * (kernel[i, j] + inputs[i, j] * second[i, j])
            size += kernel[i, j]
    return residual, kernel, size


@summed
def _scaled(values: Array, slopes: Array, outer: Array) -> float:
    """⟨σ, W^(2)⟩ of one datum; its σ' times W^(2) in place."""
    total = 0.0
    for k in range(len(outer)):
        total += values[k] * outer[k]
        slopes[k] *= outer[k]
    return total


@compiled
def _add(
    inner: Array, outer: Array, inputs: Array, drive: Array, slopes: Array, values: Array
) -> None:
    """Add Σ_i q_i x̃_i V_i to `inner` and Σ_i q_i S_i to `outer`, along columns in the cache."""
    for start in range(0, len(outer), _COLUMNS):
        stop = min(start + _COLUMNS, len(outer))
        for i in range(len(drive)):
            _add_row(outer[start:stop], drive[i], values[i, start:stop])
            for d in range(len(inner)):
                _add_row(inner[d, start:stop], drive[i] * inputs[i, d], slopes[i, start:stop])


@internal
def _add_row(total: Array, weight: float, row: Array) -> None:
    for k in range(len(total)):
        total[k] += weight * row[k]


def _activate(activation: Activation, values: Array, slopes: Array) -> None:
    """From z in `values`: σ(z) into `values` and σ'(z) into `slopes`, (n, m), rows contiguous."""
    if activation.family == TANH:
        if values.flags.c_contiguous and slopes.flags.c_contiguous:
            values, slopes = values.reshape(1, -1), slopes.reshape(1, -1)
        for row, slope in zip(values, slopes, strict=True):
            tanh_and_slope(row, activation.a, row, slope)
        return
    slopes[:] = activation.dphi(values)
    values[:] = activation.phi(values)


def linear_weights(trainer: Trainer, start: Point, time: float) -> Weights:
    """θ_t^lin = θ_0 − (η/|D|) J_0ᵀ ∫_0^t e^{−sΘ_0} r_0 ds, section 2.2: exact."""
    return trainer.move(start.weights, start, start.eigen.integral(time, start.residual))
