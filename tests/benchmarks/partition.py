"""The partition engine beside regioncam, the fastest public one, on the same networks.

Ours is float64, with patterns, lengths and components of every neuron; regioncam is float32 and
keeps the affine maps of every layer, so the rows with output maps compare like with like. Both
must count the same cells, or there is no row.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import regioncam
from numpy.typing import NDArray

from compute.partition import NodalPartition, nodal_partition
from compute.region_statistics import Ensemble, sample_regions
from tests.benchmarks.table import Row, Times, once, short, side_by_side, timed

Weights = list[NDArray[np.float64]]
REACH = 3.0
WINDOW = (-REACH, REACH, -REACH, REACH)
GOALS = {(16, 16): "≥ 4 times", (32, 32): "≥ 4 times"} | {(n, n, n): "≥ 10 times" for n in (32, 64)}
COMPILE = """from compute.partition import nodal_partition
nodal_partition([[[1.0, 0.0]]], [[0.5]], window=(-1, 1, -1, 1))"""


def network(widths: Sequence[int], seed: int) -> tuple[Weights, Weights]:
    """Weights N(0, 2/fan-in), biases N(0, 1), as in section 4.2."""
    rng = np.random.default_rng(seed)
    sizes = (2, *widths)
    weights = [rng.standard_normal((n, m)) * np.sqrt(2 / m) for m, n in pairwise(sizes)]
    return weights, [rng.standard_normal(n) for n in widths]


def for_regioncam(weights: Weights, biases: Weights) -> list[tuple[Any, Any]]:
    """The same layers as the rival takes them; the conversion is not in its time."""
    return [
        (np.ascontiguousarray(weight.T, np.float32), bias.astype(np.float32))
        for weight, bias in zip(weights, biases, strict=True)
    ]


def by_regioncam(layers: list[tuple[Any, Any]]) -> regioncam.Regioncam:
    """The rival's partition of the same window."""
    made = regioncam.Regioncam(REACH)
    for weight, bias in layers:
        made.linear(weight, bias)
        made.relu()
    return made


def rows() -> Iterator[Row]:
    """One network, a thousand networks, growth, and the first compilation."""
    for widths, goal in GOALS.items():
        yield from _one(widths, goal)
    yield _thousand((16, 16), 1000)
    for depth in range(1, 7):
        yield _growth((64,) * depth)
    yield _compilation()


def _one(widths: tuple[int, ...], goal: str) -> Iterator[Row]:
    weights, biases = network(widths, 0)
    layers = for_regioncam(weights, biases)
    head = np.random.default_rng(9).standard_normal((1, widths[-1]))

    def ours() -> NodalPartition:
        return nodal_partition(weights, biases, window=WINDOW)

    def with_maps() -> object:
        return ours().output_maps(head, np.zeros(1))

    def rival() -> regioncam.Regioncam:
        return by_regioncam(layers)

    cells = agreed(ours(), rival())
    for what, mine, wanted in (
        ("patterns, lengths, components", ours, goal),
        ("the same and the output's maps", with_maps, "≥ 2 times"),
    ):
        a, b = side_by_side(mine, rival, 25)
        yield Row(
            f"{list(widths)}, {cells} cells: {what}",
            f"{a}, {short(b.median / a.median)} times as fast",
            wanted,
            f"{b}, regioncam",
        )


def agreed(ours: NodalPartition, rival: regioncam.Regioncam) -> int:
    """The number of cells; AssertionError where the two engines differ."""
    assert ours.region_count == rival.num_faces
    return ours.region_count


def _thousand(widths: tuple[int, ...], count: int) -> Row:
    """Drawing the weights is in our time, not in the rival's."""
    ensemble = Ensemble(widths)
    drawn = [for_regioncam(*network(widths, seed)) for seed in range(count)]

    def ours() -> object:
        return sample_regions(ensemble, count, np.random.default_rng(0), half_width=REACH)

    def rival() -> list[int]:
        return [by_regioncam(one).num_faces for one in drawn]

    a, b = side_by_side(ours, rival, 5)
    return Row(
        f"{count} networks {list(widths)}, one thread",
        f"{a}, {short(b.median / a.median)} times as fast",
        "≥ 3 times",
        f"{b}, regioncam",
    )


def _growth(widths: tuple[int, ...]) -> Row:
    weights, biases = network(widths, 0)
    layers = for_regioncam(weights, biases)
    found = nodal_partition(weights, biases, window=WINDOW)
    a = timed(lambda: nodal_partition(weights, biases, window=WINDOW), 5)
    b = Times((once(lambda: by_regioncam(layers)),))
    name = f"64 wide, {len(widths)} deep: {found.region_count} cells"
    return Row(name, str(a), "–", f"{b}, regioncam")


def _compilation() -> Row:
    """A new process without any compiled code, and one that finds it on disk."""
    with tempfile.TemporaryDirectory() as empty:
        environment = os.environ | {"NUMBA_CACHE_DIR": empty}
        seconds = []
        for _ in range(2):
            start = time.monotonic()
            subprocess.run([sys.executable, "-c", COMPILE], env=environment, check=True)
            seconds.append(time.monotonic() - start)
    return Row(
        "first compilation of the engine, in a new process",
        f"{seconds[0]:.1f} s; {seconds[1]:.1f} s from disk",
        "< 15 s",
    )
