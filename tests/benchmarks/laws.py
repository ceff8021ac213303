"""Outputs of deep ReLU networks: drawn and exact, beside multiplied weights and Meijer's G."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.networks import sample_outputs
from compute.output_law import draw_outputs, output_density
from compute.output_law.inversion import _kept
from tests.benchmarks.table import Row, faster
from tests.benchmarks.timing import short, side_by_side

NETWORKS, WIDTH, DEPTH = 2000, 64, 32
WIDTHS = [WIDTH] * DEPTH
POINTS = np.geomspace(1e-2, 8.0, 400)
# Meijer's G takes its time: it is asked for every so many points, and for few layers.
EVERY, FEW = 20, [3, 4, 6]


def rows() -> Iterator[Row]:
    """Two routes to two thousand outputs, then the density at 400 points."""
    rng = np.random.default_rng(6)
    relu = get_activation("relu")
    for name, route, goal in (
        ("exact law", lambda: draw_outputs(WIDTHS, "relu", NETWORKS, rng), 200),
        (
            "z | z",
            lambda: sample_outputs([[1.0]], WIDTHS, relu, NETWORKS, rng, weight_variance=2.0),
            20,
        ),
    ):
        mine, rival = side_by_side(route, lambda: multiplied(rng), 3)
        work = f"{NETWORKS} outputs of ReLU networks, {WIDTH} × {DEPTH}: {name}"
        yield faster(work, mine, rival, "multiplied weights", goal)
    yield _density()


def multiplied(rng: np.random.Generator) -> NDArray[np.float64]:
    """The outputs at one input, every weight drawn; in blocks that stay in the cache."""
    outputs = []
    for _ in range(NETWORKS // 100):
        h = np.sqrt(0.5) * np.maximum(rng.standard_normal((100, WIDTH, 1)), 0.0) * np.sqrt(2)
        for _ in range(DEPTH - 1):
            weights = rng.standard_normal((100, WIDTH, WIDTH))
            h = np.maximum(np.sqrt(2 / WIDTH) * (weights @ h), 0.0)
        last = rng.standard_normal((100, 1, WIDTH))
        outputs.append((np.sqrt(2 / WIDTH) * (last @ h)).ravel())
    return np.concatenate(outputs)


def _density() -> Row:
    asked = POINTS[::EVERY]

    def mine() -> NDArray[np.float64]:
        _kept.cache_clear()  # as at widths that have not been asked for before
        return output_density(POINTS, FEW, "linear")

    own, some = side_by_side(mine, lambda: [meijer(z) for z in asked], 3)
    error = np.max(np.abs(mine()[::EVERY] / np.array([meijer(z) for z in asked]) - 1))
    rival = type(some)(tuple(EVERY * run for run in some.runs))
    work = f"density of a linear output at {len(POINTS)} points, widths {FEW}"
    return faster(
        work,
        own,
        rival,
        f"mpmath's meijerg: {len(asked)} points, times {EVERY}",
        100,
        f", off by {short(error)}",
    )


def meijer(z: float) -> float:
    """The density by Meijer's G (Zavatone-Veth and Pehlevan 2021)."""
    argument = mpmath.mpf(float(z)) ** 2 / 2
    for n in FEW:
        argument *= mpmath.mpf(n) / 2
    shapes = [0.5, *(n / 2 for n in FEW)]
    gammas = mpmath.fprod(mpmath.gamma(s) for s in shapes)
    return float(mpmath.meijerg([[], []], [shapes, []], argument) / (z * gammas))
