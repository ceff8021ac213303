"""A network of any fixed depth L in training: what Theorem 2.2.1 is about beyond one layer.

NTK parameterisation, every parameter standard normal at first,

    z^(1) = W^(1)x/√N_0 + b^(1),   z^(ℓ+1) = W^(ℓ+1)σ(z^(ℓ))/√N_ℓ + b^(ℓ+1),
    z     = W^(L+1)σ(z^(L))/(γ√N_L),

which at L = 1 is the network of compute.one_layer with a bias. With A^(ℓ) the inputs of layer ℓ
as above (and a 1 for the bias) and δ^(ℓ) = ∂z/∂z^(ℓ), the Jacobian's rows are the δ_α^(ℓ)A_α^(ℓ)ᵀ:

    Θ = (η/|D|) [Σ_ℓ (δ^(ℓ)δ^(ℓ)ᵀ) ∘ (A^(ℓ)A^(ℓ)ᵀ) + c² S Sᵀ],   c = 1/(γ√N_L), S = σ(z^(L)).

Training moves a matrix by one rank per datum and step, so W_t − W_0 is kept in its factors: a
step of a network 1024 wide then costs reading W_0, and never writes a matrix of that size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.arguments import as_positive_int
from compute.training.gram import gram
from compute.training.one_layer import as_positive, as_targets, features, frozen
from compute.training.tangent_space import Eigen

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DeepNetwork:
    """θ, read-only: layers ℓ = 1…L, each (N_ℓ, N_{ℓ−1} + 1) with b^(ℓ) last; outer (N_L,).

    ValueError unless the shapes agree and every number is finite.
    """

    layers: tuple[Array, ...]
    outer: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(frozen(layer) for layer in self.layers))
        object.__setattr__(self, "outer", frozen(self.outer))
        if not self.layers or any(m.ndim != 2 or m.shape[1] < 2 for m in self.layers):
            raise ValueError("layers must be one or more arrays (N_l, N_{l-1} + 1)")
        wanted = [m.shape[0] + 1 for m in self.layers[:-1]]
        if wanted != [m.shape[1] for m in self.layers[1:]]:
            raise ValueError("layers must have one column per neuron below, and one for the bias")
        if self.outer.shape != (len(self.layers[-1]),):
            raise ValueError(f"outer must have shape ({len(self.layers[-1])},)")
        if not all(np.all(np.isfinite(part)) for part in (*self.layers, self.outer)):
            raise ValueError("layers and outer must be finite")

    @property
    def depth(self) -> int:
        """L."""
        return len(self.layers)

    @property
    def input_dim(self) -> int:
        """N_0."""
        return int(self.layers[0].shape[1]) - 1

    def vector(self) -> Array:
        """θ as one vector (P,): the layers row by row, then W^(L+1)."""
        return np.concatenate([*(layer.ravel() for layer in self.layers), self.outer])

    def with_vector(self, vector: Array) -> DeepNetwork:
        """The network of the same shape whose `vector()` is the given (P,)."""
        stops = np.cumsum([layer.size for layer in self.layers])
        parts = np.split(vector, stops)
        shaped = zip(parts[:-1], self.layers, strict=True)
        return DeepNetwork(tuple(p.reshape(layer.shape) for p, layer in shaped), parts[-1])


def sample_deep(widths: Sequence[int], input_dim: int, rng: np.random.Generator) -> DeepNetwork:
    """All parameters independent standard normal; widths N_1 … N_L. Cost 10 ns per number.

    ValueError or TypeError unless widths and input_dim are positive integers.
    """
    sizes = [as_positive_int(input_dim, "input_dim")]
    sizes += [as_positive_int(width, "widths") for width in widths]
    layers = [rng.standard_normal((n, m + 1)) for m, n in pairwise(sizes)]
    return DeepNetwork(tuple(layers), rng.standard_normal(sizes[-1]))


def deep_forward(
    network: DeepNetwork, x: ArrayLike, activation: Activation, *, gamma: float
) -> Array:
    """z(x): shape (n,) for x (n, N_0). ValueError for a wrong x or γ."""
    below = features(x, network.input_dim, bias=True)
    for layer in network.layers[:-1]:
        below = _inputs(activation.phi(below @ layer.T))
    values = activation.phi(below @ network.layers[-1].T)
    return values @ network.outer / (as_positive(gamma, "gamma") * math.sqrt(len(network.outer)))


def _inputs(values: Array) -> Array:
    """(σ/√N, 1): what the next layer takes."""
    return np.column_stack([values / math.sqrt(values.shape[1]), np.ones(len(values))])


@dataclass(frozen=True, eq=False)
class DeepWeights:
    """Where training is: layer ℓ is W_0 + Lᵀ R, (L, R) = moved[ℓ], (K, N_ℓ) and (K, N_{ℓ−1} + 1);
    outer (N_L,) itself."""

    moved: tuple[tuple[Array, Array], ...]
    outer: Array

    def distance(self, other: DeepWeights) -> float:
        """‖θ − θ'‖, without forming a matrix."""
        apart = self.outer - other.outer
        total = float(apart @ apart)
        for (left, right), (left_other, right_other) in zip(self.moved, other.moved, strict=True):
            both, inputs = np.vstack([left, -left_other]), np.vstack([right, right_other])
            total += float(np.vdot(both @ both.T, inputs @ inputs.T))
        return math.sqrt(max(total, 0.0))


@dataclass(frozen=True, eq=False)
class DeepPoint:
    """One parameter with what the flow needs of it.

    inputs, signals: A^(ℓ) (|D|, N_{ℓ−1} + 1) and δ^(ℓ) (|D|, N_ℓ) of every layer; values: S.
    residual (|D|,), kernel (|D|, |D|) and its spectrum as in compute.training.tangent_space.
    """

    weights: DeepWeights
    inputs: tuple[Array, ...]
    signals: tuple[Array, ...]
    values: Array
    residual: Array
    kernel: Array
    eigen: Eigen

    @property
    def loss(self) -> float:
        """½|D|⁻¹ Σ (z − y)²."""
        return 0.5 * float(np.mean(self.residual**2))


class DeepTrainer:
    """A network at θ_0, its data, γ and η: evaluates what training makes of it, and moves it.

    Its points serve compute.training.exponential_midpoint. ValueError for wrong shapes or numbers.
    """

    def __init__(
        self,
        network: DeepNetwork,
        x: ArrayLike,
        y: ArrayLike,
        activation: Activation,
        gamma: float,
        eta: float,
    ) -> None:
        self.network, self.activation = network, activation
        self.features = features(x, network.input_dim, bias=True)
        self.targets = as_targets(y, len(self.features))
        self.scale = 1 / (as_positive(gamma, "gamma") * math.sqrt(len(network.outer)))
        self.rate = as_positive(eta, "eta") / len(self.features)

    def start(self) -> DeepWeights:
        """θ_0."""
        still = [(np.empty((0, n)), np.empty((0, m))) for n, m in self._shapes()]
        return DeepWeights(tuple(still), self.network.outer)

    def _shapes(self) -> list[tuple[int, ...]]:
        return [layer.shape for layer in self.network.layers]

    def trained(self, weights: DeepWeights) -> DeepNetwork:
        """The weights as a network."""
        pairs = zip(self.network.layers, weights.moved, strict=True)
        return DeepNetwork(tuple(w + left.T @ right for w, (left, right) in pairs), weights.outer)

    def evaluate(self, weights: DeepWeights) -> DeepPoint:
        """Residual, A, δ, Θ and its spectrum. A result that is not finite has a nan kernel.

        Cost: twice |D| ΣN_ℓN_{ℓ−1} multiplications.
        """
        inputs, slopes = [self.features], []
        layers = tuple(zip(self.network.layers, weights.moved, strict=True))
        for layer, (left, right) in layers:
            hidden = inputs[-1] @ layer.T
            hidden += (inputs[-1] @ right.T) @ left
            slopes.append(self.activation.dphi(hidden))
            values = self.activation.phi(hidden)
            inputs.append(_inputs(values))
        signals = [self.scale * weights.outer * slopes[-1]]
        for (layer, (left, right)), slope in zip(layers[:0:-1], slopes[-2::-1], strict=True):
            pulled = signals[0] @ layer
            pulled += (signals[0] @ left.T) @ right
            signals.insert(0, pulled[:, :-1] * slope / math.sqrt(slope.shape[1]))
        kernel = self.scale**2 * gram(values)
        for below, signal in zip(inputs, signals, strict=False):
            kernel += gram(below) * gram(signal)
        kernel *= self.rate
        residual = self.scale * (values @ weights.outer) - self.targets
        usable = np.all(np.isfinite(kernel)) and np.all(np.isfinite(residual))
        kernel = kernel if usable else np.full_like(kernel, np.nan)
        eigen = Eigen.of(kernel) if usable else Eigen(kernel[0], kernel)
        return DeepPoint(
            weights, tuple(inputs[:-1]), tuple(signals), values, residual, kernel, eigen
        )

    def release(self, point: DeepPoint) -> None:
        """Nothing is kept for reuse: the arrays of a point are small beside the matrices."""

    def move(self, start: DeepWeights, tangent: DeepPoint, integral: Array) -> DeepWeights:
        """start − (η/|D|) Jᵀq, J taken at the point `tangent`, q = `integral` (|D|,)."""
        drive = -self.rate * integral
        moved = [
            (np.vstack([left, drive[:, None] * signal]), np.vstack([right, below]))
            for (left, right), signal, below in zip(
                start.moved, tangent.signals, tangent.inputs, strict=True
            )
        ]
        return DeepWeights(tuple(moved), start.outer + self.scale * drive @ tangent.values)

    def jacobian(self, point: DeepPoint) -> Array:
        """∇_θ z, (|D|, P) in the order of `DeepNetwork.vector`: for checks of small networks."""
        layers = zip(point.signals, point.inputs, strict=True)
        parts = [(s[:, :, None] * a[:, None, :]).reshape(len(s), -1) for s, a in layers]
        return np.concatenate([*parts, self.scale * point.values], axis=1)


def linear_deep(trainer: DeepTrainer, start: DeepPoint, time: float) -> DeepWeights:
    """θ_t^lin = θ_0 − (η/|D|) J_0ᵀ ∫_0^t e^{−sΘ_0} r_0 ds, section 2.2: exact."""
    return trainer.move(start.weights, start, start.eigen.integral(time, start.residual))
