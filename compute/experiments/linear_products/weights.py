"""What real weight matrices say, entry by entry drawn: measurements for the claims of section 3.2.

Nothing here knows a law that a claim tests.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compute.linear_products.matrix_products import draw_entries

Array = NDArray[np.float64]

# cos 60°: the overlap x·x' of the two inputs whose outputs are correlated.
OVERLAP = 0.5
_FRAMES, _STEPS, _BURN_IN = 64, 300, 20
_BLOCK = 1 << 18


def overlaps(
    inputs: int, widths: Sequence[int], count: int, entries: str, rng: np.random.Generator
) -> Array:
    """z(x)·z(x')/N_{L+1} at C_W = 1 of `count` networks, (count,).

    x and x' have length 1 and are 60° apart; inputs ≥ 2, widths are N_1, …, N_{L+1}.
    """
    x = np.full(inputs, 1 / math.sqrt(inputs))
    across = np.zeros(inputs)
    across[:2] = 1 / math.sqrt(2), -1 / math.sqrt(2)
    pair = np.stack([x, OVERLAP * x + math.sqrt(1 - OVERLAP**2) * across], axis=1)
    at_once = max(1, _BLOCK // max(inputs, *widths) ** 2)
    found = []
    for start in range(0, count, at_once):
        z = np.broadcast_to(pair, (min(at_once, count - start), inputs, 2))
        for rows in widths:
            matrices = draw_entries(entries, (len(z), rows, z.shape[1]), rng)
            z = matrices @ z / math.sqrt(z.shape[1])
        found.append((z[:, :, 0] * z[:, :, 1]).mean(axis=1))
    return np.concatenate(found)


def frame_exponents(width: int, entries: str, rng: np.random.Generator) -> Array:
    """Growth per factor of the axes of 64 frames carried along by 300 matrices, (64, width).

    QR factorisations of the real matrices times the frame; no Bartlett factors. The first 20
    steps, which still know where the frame began, are dropped. Cost: 25 ms at width 4.
    """
    frame = np.broadcast_to(np.eye(width), (_FRAMES, width, width))
    total = np.zeros((_FRAMES, width))
    for step in range(_BURN_IN + _STEPS):
        matrices = draw_entries(entries, (_FRAMES, width, width), rng) / math.sqrt(width)
        frame, r = np.linalg.qr(matrices @ frame)
        if step >= _BURN_IN:
            pivots = np.abs(np.diagonal(r, axis1=1, axis2=2))
            total += np.log(np.maximum(pivots, np.finfo(np.float64).tiny))
    return total / _STEPS


def second_moments(
    width: int, factors: int, count: int, entries: str, rng: np.random.Generator
) -> Array:
    """Σ s_i⁴/N of `count` products P, as the trace of (P Pᵀ)²/N, (count,)."""
    found = np.empty(count)
    for i in range(count):
        product = np.eye(width)
        for _ in range(factors):
            product = draw_entries(entries, (width, width), rng) @ product / math.sqrt(width)
        gram = product @ product.T
        found[i] = np.sum(gram * gram) / width
    return found
