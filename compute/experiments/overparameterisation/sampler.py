"""Gradient descent from many starts: how often does it reach a loss of 10⁻⁴?

One hidden layer in the NTK parameterisation, z = W₂σ(W₁x/√N₀ + b₁)/√N + b₂, everything standard
normal at first, on Gaussian data and targets, new for every start, by θ ← θ − η∇L, L = ½|D|⁻¹Σ(z −
y)². A batch holds one start of every width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled
from compute.experiments.overparameterisation.setting import Params, start_widths
from compute.sampling import Estimate, Sampler, merge, merged_by, stream, values_and_errors

Array = NDArray[np.float64]

GOAL = 1e-4
# Beyond this descent has diverged, and stops.
LARGEST = 1e12
_CODES = {"linear": 0, "relu": 1, "tanh": 2, "gelu": 3}
# Nanoseconds per neuron, datum and step, and per weight of it.
_NS = {"linear": 8.0, "relu": 8.0, "tanh": 22.0, "gelu": 45.0}
_NS_WEIGHT = 2.5


def _joined(first: Array, second: Array) -> Array:
    return np.concatenate([first, second])


@dataclass(frozen=True)
class Starts:
    """Final losses of n starts at k widths, (n, k): at most `GOAL` where descent arrived, inf where
    it diverged."""

    losses: Array = field(metadata=merged_by(_joined))

    def share(self, place: int) -> Estimate:
        """The share of starts that arrive at the width of that place.

        Its error is that of (k + 1)/(n + 2): where all of a few arrive, it is not 0.
        """
        arrived = (self.losses[:, place] <= GOAL).astype(float)
        n, value = len(arrived), float(arrived.mean())
        likely = (n * value + 1) / (n + 2)
        error = math.sqrt(likely * (1 - likely) / n)
        return Estimate(value, error, n)

    def shares(self) -> tuple[Array, Array]:
        """Shares and their standard errors, (k,) each."""
        return values_and_errors(self.share(k) for k in range(self.losses.shape[1]))


def start_ms(params: Params) -> float:
    """Milliseconds of a batch: smooth networks with parameters to spare arrive early."""
    smooth = params.activation in ("tanh", "gelu")
    used = min(params.steps, 800 + 0.1 * params.steps) if smooth else 0.6 * params.steps
    each = _NS[params.activation] + _NS_WEIGHT * params.start_dim
    return 1e-6 * used * params.start_data * sum(start_widths(params)) * each


def batch(params: Params, index: int) -> Starts:
    """One start of every width."""
    found = []
    for n in start_widths(params):
        rng = stream(params.seed, f"start of width {n}", index)
        x = rng.standard_normal((params.start_data, params.start_dim)) / math.sqrt(params.start_dim)
        y = rng.standard_normal(params.start_data)
        inner = rng.standard_normal((n, params.start_dim + 1))
        outer = rng.standard_normal(n + 1)
        found.append(
            descend(x, y, inner, outer, _CODES[params.activation], params.rate, params.steps)
        )
    return Starts(np.array([found]))


SAMPLER: Sampler[Params, Starts] = Sampler(batch, merge, batches=lambda params: params.starts)


@compiled
def descend(
    x: Array, y: Array, inner: Array, outer: Array, code: int, rate: float, steps: int
) -> float:
    """The loss after gradient descent of at most so many steps, less where it reaches `GOAL`.

    x (|D|, N₀), divided by √N₀; inner (N, N₀ + 1) and outer (N + 1,), biases last, are changed.
    """
    count, dim, width = len(y), x.shape[1], len(inner)
    scale = 1.0 / math.sqrt(width)
    h, slope, residual = np.empty((count, width)), np.empty((count, width)), np.empty(count)
    loss = 0.0
    for t in range(steps + 1):
        loss = 0.0
        for i in range(count):
            z = outer[width]
            for k in range(width):
                u = inner[k, dim]
                for j in range(dim):
                    u += inner[k, j] * x[i, j]
                if code == 0:
                    h[i, k], slope[i, k] = u, 1.0
                elif code == 1:
                    h[i, k], slope[i, k] = (u, 1.0) if u > 0 else (0.0, 0.0)
                elif code == 2:
                    h[i, k] = math.tanh(u)
                    slope[i, k] = 1.0 - h[i, k] * h[i, k]
                else:
                    phi = 0.5 * (1.0 + math.erf(u / math.sqrt(2.0)))
                    h[i, k] = u * phi
                    slope[i, k] = phi + u * math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
                z += scale * outer[k] * h[i, k]
            residual[i] = z - y[i]
            loss += residual[i] * residual[i]
        loss *= 0.5 / count
        if not loss <= LARGEST:
            return math.inf
        if loss <= GOAL or t == steps:
            break
        for k in range(width):
            pulled = 0.0
            old = outer[k]
            for i in range(count):
                force = rate / count * residual[i]
                pulled += force * h[i, k]
                drive = force * scale * old * slope[i, k]
                for j in range(dim):
                    inner[k, j] -= drive * x[i, j]
                inner[k, dim] -= drive
            outer[k] = old - scale * pulled
        outer[width] -= rate * residual.mean()
    return loss
