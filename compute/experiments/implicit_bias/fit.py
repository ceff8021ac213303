"""Benign and harmful overfitting on the circle: strong frequencies, and weak ones that share.

Least-norm interpolation with weights λ_k per frequency. The strong ones, 0…K, have λ = 1; M weak
ones have w/M each. Many of them act on the strong part like a ridge w (Bartlett et al. 2020), and
carry the noise in spikes at the data; few of them have to bend everything to reach the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.implicit_bias.setting import Params
from compute.sampling import stream

Array = NDArray[np.float64]

COUNTS = (4, 6, 8, 10, 12, 15, 20, 30, 50, 80, 120, 200, 400, 800, 1500, 3000)
TURN = np.linspace(0.0, 2 * math.pi, 481)


@dataclass(frozen=True)
class Fit:
    """Two interpolants of the same data, `few` and `many` weak frequencies (numbers of them).

    `x`, `y` (n,) the data, `truth`, `harmful`, `benign`, `ridge` (m,) at the angles `turn`,
    the data's among them;
    `risk_harmful`, `risk_benign`, `risk_ridge` are mean squares of the distance from the truth.
    `counts`, `risks` (k,) along M. `apart` is how far the weights of the data are from those of
    ridge regression, relative; `apart_most` a bound on it from the points alone (inf where M is
    too small for one).
    """

    few: int
    many: int
    x: Array
    y: Array
    turn: Array
    truth: Array
    harmful: Array
    benign: Array
    ridge: Array
    risk_harmful: float
    risk_benign: float
    risk_ridge: float
    counts: NDArray[np.int64]
    risks: Array
    apart: float
    apart_most: float


def fit(params: Params) -> Fit:
    """Everything tab "fit" shows. Cost: O(n³) for each of some 16 values of M."""
    n, k = params.samples, params.strong
    rng = stream(params.seed, "circle")
    x = 2 * math.pi * (np.arange(n) + rng.uniform(0.2, 0.8, n)) / n
    y = _truth(x, k) + math.sqrt(params.noise) * rng.standard_normal(n)
    # with 2(K + M) + 1 features there are at least n: the data can be reached
    few = max(1, math.ceil((n - 1) / 2) - k)
    many = max(params.weak, few)
    turn = np.sort(np.concatenate([TURN, x]))
    counts = sorted({few, many, *(c for c in COUNTS if c > few)})
    found = [_interpolant(params, x, y, m) for m in counts]
    apart = x[:, None] - x
    alone = strong_kernel(apart, k) + params.share * np.eye(n)
    ridge = np.asarray(np.linalg.solve(alone, y), dtype=np.float64)
    (harmful, at_few), (benign, at_many) = (found[counts.index(m)] for m in (few, many))
    return Fit(
        few=few,
        many=many,
        x=x,
        y=y,
        turn=turn,
        truth=_truth(turn, k),
        harmful=_drawn(params, turn, x, harmful, few),
        benign=_drawn(params, turn, x, benign, many),
        ridge=strong_kernel(turn[:, None] - x, k) @ ridge,
        risk_harmful=at_few,
        risk_benign=at_many,
        risk_ridge=_risk(params, x, ridge, 0),
        counts=np.array(counts),
        risks=np.array([risk for _, risk in found]),
        apart=float(np.linalg.norm(benign - ridge)) / max(float(np.linalg.norm(ridge)), 1e-300),
        apart_most=_bound(apart, many),
    )


def _truth(x: Array, strong: int) -> Array:
    return np.asarray(np.cos(x) + 0.5 * np.sin(strong * x))


def cosines(apart: Array, first: int, last: int) -> Array:
    """Σ cos(kθ), k = first…last."""
    half = np.sin(apart / 2)
    close = np.abs(half) < 1e-12
    safe = np.where(close, 1.0, half)
    summed = (np.sin((last + 0.5) * apart) - np.sin((first - 0.5) * apart)) / (2 * safe)
    return np.where(close, float(last - first + 1), summed)


def strong_kernel(apart: Array, strong: int) -> Array:
    """1 + Σ cos(kθ), k = 1…K."""
    return 1 + cosines(apart, 1, strong)


def _weak_kernel(params: Params, apart: Array, count: int) -> Array:
    first, last = params.strong + 1, params.strong + count
    return params.share / count * cosines(apart, first, last)


def _interpolant(params: Params, x: Array, y: Array, count: int) -> tuple[Array, float]:
    """The weights of the data (n,), and the mean square distance of the function from the truth."""
    apart = x[:, None] - x
    kernel = strong_kernel(apart, params.strong) + _weak_kernel(params, apart, count)
    weights = np.asarray(np.linalg.solve(kernel, y), dtype=np.float64)
    return weights, _risk(params, x, weights, count)


def _drawn(params: Params, turn: Array, x: Array, weights: Array, count: int) -> Array:
    apart = turn[:, None] - x
    kernel = strong_kernel(apart, params.strong) + _weak_kernel(params, apart, count)
    return np.asarray(kernel @ weights)


def _risk(params: Params, x: Array, weights: Array, count: int) -> float:
    """By Parseval: what is wrong in the strong frequencies, and all of the weak ones."""
    k = np.arange(1, params.strong + 1)
    cosine, sine = np.cos(np.outer(k, x)) @ weights, np.sin(np.outer(k, x)) @ weights
    cosine[0] -= 1.0
    sine[-1] -= 0.5
    risk = float(weights.sum()) ** 2 + 0.5 * float(cosine @ cosine + sine @ sine)
    if count:
        first, last = params.strong + 1, params.strong + count
        spread = weights @ cosines(x[:, None] - x, first, last) @ weights
        risk += 0.5 * (params.share / count) ** 2 * max(float(spread), 0.0)
    return risk


def _bound(apart: Array, count: int) -> float:
    """|c − c_ridge|/|c_ridge| ≤ q/(1 − q): each weak kernel is at most w/(M |sin(θ/2)|) off its
    diagonal, and the ridge system's inverse at most 1/w."""
    half = np.abs(np.sin(apart / 2))
    np.fill_diagonal(half, np.inf)
    q = float((1 / (count * half)).sum(axis=1).max())
    return q / (1 - q) if q < 1 else math.inf
