"""The problems of page 1.4, drawn or set: what is fitted, and the truth behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compute.experiments.implicit_bias.setting import BENT, Params
from compute.implicit_bias import max_margin
from compute.sampling import stream

Array = NDArray[np.float64]

TRIANGLE = ((0.0, 1.0), (4.0, -2.0), (2.0, 2.0), (-1.0, 3.0))
MIRRORED = ((1.0, 0.5), (1.0, -0.5), (2.0, 1.5), (2.0, -1.5))


def signal(params: Params) -> Array:
    """β (D,): β_j² falls like j^−a, |β|² = 1."""
    size = np.arange(1, params.features + 1) ** (-params.decay / 2)
    return np.asarray(size / np.linalg.norm(size))


def counts(params: Params) -> tuple[int, ...]:
    """The numbers of features that are drawn: at most 40, with |D|, its neighbours, P and D."""
    n, most = params.samples, params.features
    near = [n + k for k in (-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6)]
    spread = np.unique(np.geomspace(1, most, 26).round().astype(int))
    wanted = {*near, *spread.tolist(), used(params)}
    return tuple(sorted(p for p in wanted if 1 <= p <= most))


def used(params: Params) -> int:
    """P, not beyond D."""
    return min(params.used, params.features)


def sparse_problem(params: Params) -> tuple[Array, Array, Array]:
    """X (n, d) with N(0, 1/n) entries, y = Xβ and β (d,) with k entries ±1; n ≤ d, k ≤ d."""
    rng = stream(params.seed, "sparse")
    d = params.features
    n = min(params.samples, d)
    x = rng.standard_normal((n, d)) / np.sqrt(n)
    beta = np.zeros(d)
    k = min(params.sparse, d)
    beta[:k] = np.where(np.arange(k) % 2, -1.0, 1.0)
    return x, x @ beta, beta


def rows_of(params: Params) -> Array:
    """z (n, 2), the rows y_i x_i: separable by construction.

    Random ones are drawn again until two of them carry the margin, clearly before the others.
    """
    if params.data != "random":
        return np.array(TRIANGLE if params.data == "triangle" else MIRRORED)
    for attempt in range(200):
        z = stream(params.seed, "rows", attempt).standard_normal((20, 2)) * (1.0, 1.5) + (2.0, 0.5)
        z = z[z @ (0.9, 0.3) > 0.4]
        w_hat, multipliers = max_margin(z)
        margins = np.sort(z @ w_hat)
        if np.sum(multipliers > 0.05 * multipliers.max()) == 2 and margins[2] > 1.1:
            return np.asarray(z)
    return np.array(TRIANGLE)


def line_data(params: Params) -> tuple[Array, Array]:
    """Own points in rising order of x, the first of those that share an x: (n,), (n,).

    Those of the default where that leaves fewer than two.
    """
    kept: dict[float, float] = {}
    for x, y in params.points:
        kept.setdefault(x, y)
    if len(kept) < 2:
        kept = dict(BENT)
    ordered = sorted(kept)
    return np.array(ordered), np.array([kept[x] for x in ordered])
