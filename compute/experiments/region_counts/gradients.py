"""Squared gradients of random ReLU networks, by the chain rule on real weights: section 4.2.

The expected nodal volume is bounded by the mean squared gradient (E 27, E 44). Nothing here knows
its law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compute.regions.statistics import Ensemble
from compute.sampling import Moments

_NUMBERS, _MOST = 1_000_000, 1000


@dataclass(frozen=True)
class Gradients:
    """At one input, of one neuron of every hidden layer and of the output: L + 1 in all.

    squares: moments of ‖∇ẑ^(ℓ)‖² for ℓ = 1, …, L + 1.  fourth: of ‖∇z^(L+1)‖⁴.
    """

    squares: tuple[Moments, ...]
    fourth: Moments


def sample_gradients(ensemble: Ensemble, half_width: float, rng: np.random.Generator) -> Gradients:
    """Gradients of up to 1000 networks of two inputs and one output at (a/2, a/4).

    Weights and biases are drawn as in (4.0.1). Cost: 10 to 30 ms.
    """
    fan_in, fan_out = (2, *ensemble.widths), (*ensemble.widths, 1)
    most = max(m * n for m, n in zip(fan_in, fan_out, strict=True))
    size = max(20, min(_MOST, _NUMBERS // most))
    active = np.broadcast_to(np.array([half_width / 2, half_width / 4]), (size, 2))
    slopes = np.broadcast_to(np.eye(2), (size, 2, 2))
    squares = []
    for m, n in zip(fan_in, fan_out, strict=True):
        weight = rng.standard_normal((size, n, m)) * math.sqrt(ensemble.weight_variance / m)
        bias = rng.standard_normal((size, n)) * math.sqrt(ensemble.bias_variance)
        z = np.einsum("knm,km->kn", weight, active) + bias
        gradient = weight @ slopes
        squares.append((gradient[:, 0] ** 2).sum(axis=1))
        active = np.maximum(z, 0.0)
        slopes = gradient * (z > 0)[:, :, None]
    return Gradients(tuple(Moments.of(s) for s in squares), Moments.of(squares[-1] ** 2))
