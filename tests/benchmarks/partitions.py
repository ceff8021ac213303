"""Exact partitions of the plane, beside regioncam: the fastest public program that makes them.

Both partition the same networks by turns, and every count must be equal. Ours has the cells, their
patterns, and every neuron's length and components. regioncam has cells, and always the affine maps
of all layers; nobody asks it for the rest, which it does not know: its edges name no neuron.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import numpy as np
import regioncam

from compute.partition import NodalPartition, nodal_partition
from compute.regions.statistics import Ensemble, sample_regions
from tests.benchmarks.outside import ROOT
from tests.benchmarks.table import Row, faster
from tests.benchmarks.timing import Times, once, side_by_side

RADIUS = 3.0
WINDOW = (-RADIUS, RADIUS, -RADIUS, RADIUS)
NETWORKS = 10
# What is short is done more often.
TURN_MS, TURNS = 20.0, 25
# widths, and how many times as fast as the rival: without and with the output's affine maps.
GOALS = (
    ((16, 16), 4, 2),
    ((32, 32), 4, 2),
    ((32,) * 3, 10, 2),
    ((64,) * 3, 10, 2),
)
MANY, MANY_WIDTHS = 1000, (16, 16)
RIVAL = f"regioncam {version('regioncam')}"
COMPILE = """
import time
import numpy as np
from compute.partition import nodal_partition
from compute.regions.statistics import Ensemble, sample_regions

begun = time.perf_counter(), time.process_time()
nodal_partition([np.eye(2)], [np.ones(2)], window=(-3, 3, -3, 3)).patterns
print(time.perf_counter() - begun[0], time.process_time() - begun[1])
sample_regions(Ensemble((4, 4)), 2, np.random.default_rng(0), half_width=3.0)
print(time.perf_counter() - begun[0], time.process_time() - begun[1])
"""

Layer = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
Layers = list[Layer]
Network = tuple[list[np.ndarray[Any, Any]], list[np.ndarray[Any, Any]], Layer]


def rows() -> Iterator[Row]:
    """One network at a time, a thousand of them, up to 36 000 cells, and the first compilation."""
    for widths, goal, goal_maps in GOALS:
        yield from _networks(widths, goal, goal_maps)
    yield _many()
    for depth in range(1, 7):
        yield _scaling((64,) * depth)
    yield from _first_calls()


def network(widths: tuple[int, ...], seed: int) -> Layers:
    """Hidden layers and a last one with one output, drawn as in (4.0.1), 1/√N inside."""
    rng, found, m = np.random.default_rng(seed), [], 2
    for n in (*widths, 1):
        found.append((rng.standard_normal((n, m)) * np.sqrt(2 / m), rng.standard_normal(n)))
        m = n
    return found


def listed(layers: Layers) -> Network:
    """As ours reads them: weights, biases, and the layer of the output."""
    weights, biases = zip(*layers[:-1], strict=True)
    return list(weights), list(biases), layers[-1]


def measured(network: Network) -> NodalPartition:
    """Cells with their patterns, every neuron's length and components."""
    found = nodal_partition(network[0], network[1], window=WINDOW)
    assert len(found.patterns) == found.region_count
    assert found.length_by_neuron.size == found.components_by_neuron.size
    return found


def ours(network: Network) -> int:
    """The number of cells, when all that has been measured."""
    return measured(network).region_count


def ours_with_maps(network: Network) -> int:
    """The same with the output's affine map on every cell."""
    return len(measured(network).output_maps(*network[2]).offset)


def rival(layers: Layers) -> int:
    """regioncam's cells, from networks in its own layout."""
    other = regioncam.Regioncam(RADIUS)
    for weight, bias in layers[:-1]:
        other.linear(weight, bias)
        other.relu()
    return int(other.num_faces)


def rival_with_maps(layers: Layers) -> int:
    """The same with the output layer, whose maps it then has."""
    other = regioncam.Regioncam(RADIUS)
    for weight, bias in layers[:-1]:
        other.linear(weight, bias)
        other.relu()
    other.linear(*layers[-1])
    return len(other.face_outputs)


def transposed(layers: Layers) -> Layers:
    """As regioncam reads them: inputs × outputs, float32."""
    return [(np.ascontiguousarray(w.T, dtype=np.float32), b.astype(np.float32)) for w, b in layers]


def _networks(widths: tuple[int, ...], goal: int, goal_maps: int) -> Iterator[Row]:
    drawn = [network(widths, seed) for seed in range(NETWORKS)]
    mine = [listed(layers) for layers in drawn]
    theirs = [transposed(layers) for layers in drawn]
    counts = [ours(one) for one in mine]
    assert counts == [rival(layers) for layers in theirs]
    assert counts == [ours_with_maps(one) for one in mine]
    work = f"{list(widths)}, {np.mean(counts):.0f} cells: patterns, lengths, components"
    yield _row(work, ours, rival, mine, theirs, "cells", goal)
    work, name = "  the same with the output’s affine maps", "cells and maps"
    yield _row(work, ours_with_maps, rival_with_maps, mine, theirs, name, goal_maps)


def _row(
    work: str,
    own: Callable[[Network], int],
    other: Callable[[Layers], int],
    mine: list[Network],
    theirs: list[Layers],
    name: str,
    goal: float,
) -> Row:
    """All networks in every turn, so that neither is slowed by what the other left behind."""
    often = max(1, round(TURN_MS / once(lambda: [other(layers) for layers in theirs])))
    turn = often * len(mine)
    a, b = side_by_side(
        lambda: [own(one) for one in mine * often],
        lambda: [other(layers) for layers in theirs * often],
        TURNS if often > 1 else 5,
    )
    return faster(work, a.per(turn), b.per(turn), f"{RIVAL}: {name}", goal)


def _many() -> Row:
    ensemble = Ensemble(MANY_WIDTHS)
    numbers = ensemble.draw(MANY, np.random.default_rng(5))
    n, m = MANY_WIDTHS
    theirs = []
    for p in numbers:
        split = np.split(p, np.cumsum((2 * n, n, n * m)))
        layers = [(split[0].reshape(n, 2), split[1]), (split[2].reshape(m, n), split[3])]
        theirs.append(transposed([*layers, layers[-1]]))

    def batch() -> Any:
        return sample_regions(ensemble, MANY, np.random.default_rng(5), half_width=RADIUS)

    total = sum(rival(layers) for layers in theirs)
    assert round(batch().regions.mean * MANY) == total
    a, b = side_by_side(batch, lambda: [rival(layers) for layers in theirs], 5)
    work = f"{MANY} × {list(MANY_WIDTHS)}, drawn and measured, one thread"
    return faster(work, a, b, f"{RIVAL}: cells", 3)


def _scaling(widths: tuple[int, ...]) -> Row:
    layers = network(widths, 0)
    mine, theirs = listed(layers), transposed(layers)
    count = ours(mine)
    assert count == rival(theirs)
    a = Times(tuple(once(lambda: ours(mine)) for _ in range(3)))
    b = Times((once(lambda: rival(theirs)),))
    return faster(f"  64 wide, {len(widths)} deep: {count} cells", a, b, f"{RIVAL}: cells", None)


def _first_calls() -> Iterator[Row]:
    """Seconds to the first answer with no machine code on disk, on the clock and of processor."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-c", COMPILE],
            env=os.environ | {"NUMBA_CACHE_DIR": cache},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
    for name, printed in zip(
        ("one partition", "and a batch of networks"), done.stdout.splitlines(), strict=True
    ):
        clock, processor = (float(n) for n in printed.split())
        yield Row(f"first compilation: {name}", f"{clock:.1f} s ({processor:.1f} s CPU)")
