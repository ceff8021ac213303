"""How fast this machine is, beside the one on which the work of the runs was estimated.

`Experiment.work` says milliseconds of a *reference machine*. The factor measures, on four small
pieces of the kinds of work that runs are made of, how many times longer this machine takes. It is
measured once, at warm-up, and never while somebody waits. Until then it is 1: tests and the command
line, which measure nothing, refuse the same settings everywhere.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled

Array = NDArray[np.float64]

# Milliseconds that each piece takes on the reference machine: one on which the median of 33 runs of
# 50 to 300 ms, over all pages, took what its estimate says. A new estimate is measured relative to
# them; they change only together with every estimate.
REFERENCE_MS: Final = {"compiled": 0.86, "vectors": 1.0, "matrices": 0.86, "python": 0.59}
# Beyond that it is no speed but a fault of the clock, or a machine that cannot serve a class.
FASTEST: Final = 0.5
SLOWEST: Final = 8.0
TRIES: Final = 10


@dataclass
class Machine:
    """The machine that serves; `factor` is None until it has been measured."""

    factor: float | None = None


machine = Machine()


def machine_factor() -> float:
    """How many times longer this machine takes than the reference; 1 until it is measured."""
    return 1.0 if machine.factor is None else machine.factor


def measured_factor() -> float:
    """Measure it: some 40 ms, and the time to load compiled code at the first call.

    The best of several tries counts, piece by piece, for a busy machine is not a slow one.
    """
    ratios = [best_ms(piece) / REFERENCE_MS[name] for name, piece in PIECES.items()]
    return min(max(math.prod(ratios) ** (1 / len(ratios)), FASTEST), SLOWEST)


def best_ms(piece: Callable[[], object]) -> float:
    """The shortest of several tries, the first of which, that loads and fills, does not count."""
    piece()
    found = math.inf
    for _ in range(TRIES):
        start = time.perf_counter()
        piece()
        found = min(found, time.perf_counter() - start)
    return 1e3 * found


@compiled
def _recursion(layers: int, points: Array) -> float:
    """Kernels of a deep network at some points, one scalar step after another."""
    total = 0.0
    for point in points:
        variance, gap = 1.0, point
        for _ in range(layers):
            slope = math.sqrt(gap * (2.0 - gap))
            turn = math.atan2(slope, 1.0 - gap)
            gap = gap - (slope - turn * (1.0 - gap)) / math.pi if gap > 1e-9 else gap
            variance = 0.9 * variance + 0.1
        total += gap * variance
    return total


_POINTS = np.linspace(0.1, 0.9, 25)
# As long as its copies fit into the cache: the memory is what busy neighbours slow down most.
_VECTOR = np.linspace(-3.0, 3.0, 12_000)
_MATRIX = np.cos(np.arange(96.0 * 96.0)).reshape(96, 96)


def _compiled_loop() -> float:
    return _recursion(1000, _POINTS)


def _vectors() -> float:
    outputs = _VECTOR
    for _ in range(5):
        outputs = np.tanh(0.7 * outputs + 0.1)
        outputs = (1.0 - outputs * outputs) * _VECTOR
    return float(outputs.sum())


def _matrices() -> float:
    product = _MATRIX
    for _ in range(8):
        product = _MATRIX @ product / 96.0
    return float(np.linalg.eigvalsh(product @ product.T)[-1])


def _python() -> float:
    total = np.zeros(8)
    for step in range(200):
        total = total + np.exp(-total) * (0.5 / (1 + step))
        total = np.maximum(total, 0.0)
    return float(total.sum())


PIECES: Final[dict[str, Callable[[], float]]] = {
    "compiled": _compiled_loop,
    "vectors": _vectors,
    "matrices": _matrices,
    "python": _python,
}
