"""Two outputs of a wide network, §3.3: their normal law, and the kernel along their difference."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.kernels import correlation_gap

Array = NDArray[np.float64]

_POINTS = 121


def level_ellipses(covariance: Array, shares: Sequence[float]) -> Array:
    """Where the density of N(0, covariance) is level with such shares inside: (k, 2, 121).

    covariance (2, 2), singular ones too; nan where it is not finite.
    """
    finite = bool(np.isfinite(covariance).all())
    values, vectors = np.linalg.eigh(covariance if finite else np.eye(2))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    turn = np.linspace(0, 2 * np.pi, _POINTS)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    ellipses = np.array([math.sqrt(-2 * math.log(1 - p)) * root @ circle for p in shares])
    return ellipses if finite else np.full_like(ellipses, np.nan)


def outside(pairs: Array, covariance: Array, share: float) -> int:
    """How many of the pairs (c, 2) lie outside the ellipse with such a share inside; none where
    the covariance (2, 2) is not finite."""
    finite = bool(np.isfinite(covariance).all())
    inverse = np.linalg.pinv(covariance) if finite else np.zeros((2, 2))
    squares = np.einsum("ci,ij,cj->c", pairs, inverse, pairs)
    return int(np.count_nonzero(squares > -2 * math.log(1 - share)))


def difference_kernel(
    norm: float,
    correlation: float,
    depth: int,
    activation: Activation,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> float:
    """K_v = K(x,x) − 2K(x,x') + K(x',x') in layer `depth`, v = (1, −1), by (3.3.1).

    Both inputs have ‖x‖²/N_0 = norm; correlation: the cosine between them. From 1 − ρ, which keeps
    all digits of close inputs; at most e^700.
    """
    given = {"weight_variance": weight_variance, "bias_variance": bias_variance}
    moved = weight_variance * norm
    variance0, apart = bias_variance + moved, moved * (1 - correlation)
    log_variance, gap = correlation_gap(variance0, apart / variance0, depth, activation, **given)
    return 2 * math.exp(min(float(log_variance[-1]), 700.0)) * float(gap[-1])
