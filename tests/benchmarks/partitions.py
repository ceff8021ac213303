"""Exact partitions of the plane, beside regioncam: the fastest public program that makes them.

Both partition the same networks in turns, and every count must be equal. Ours also has patterns;
regioncam always makes the affine maps of all layers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np
import regioncam

from components.settings import HERE
from compute.partition import nodal_partition
from compute.regions.statistics import Ensemble, sample_regions
from tests.benchmarks.table import Row, Times, once, short, side_by_side

RADIUS = 3.0
WINDOW = (-RADIUS, RADIUS, -RADIUS, RADIUS)
SEEDS, REPEATS = 3, 25
# widths, and how many times faster than the rival: bare, and with the output's affine maps.
GOALS = (
    ((16, 16), 4, 2),
    ((32, 32), 4, 2),
    ((32,) * 3, 10, 2),
    ((64,) * 3, 10, 2),
)
MANY, MANY_WIDTHS = 1000, (16, 16)
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

Layers = list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]


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


def ours(layers: Layers) -> int:
    """Cells, with their patterns."""
    weights, biases = zip(*layers[:-1], strict=True)
    found = nodal_partition(list(weights), list(biases), window=WINDOW)
    assert found.patterns.shape[0] == found.region_count
    return found.region_count


def ours_with_maps(layers: Layers) -> int:
    """The same with the output's affine map on every cell."""
    weights, biases = zip(*layers[:-1], strict=True)
    found = nodal_partition(list(weights), list(biases), window=WINDOW)
    assert found.patterns.shape[0] == found.region_count
    return len(found.output_maps(*layers[-1]).offset)


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
    drawn = [network(widths, seed) for seed in range(SEEDS)]
    theirs = [transposed(layers) for layers in drawn]
    counts = [ours(layers) for layers in drawn]
    assert counts == [rival(layers) for layers in theirs]
    assert counts == [ours_with_maps(layers) for layers in drawn]
    mean = f"{np.mean(counts):.0f} cells"
    for words, mine, other, wanted in (
        (f"partition of {list(widths)}, {mean}", ours, rival, f"≥ {goal}×"),
        ("  with the output’s affine maps", ours_with_maps, rival_with_maps, f"≥ {goal_maps}×"),
    ):
        a, b = side_by_side(
            lambda mine=mine: [mine(layers) for layers in drawn],
            lambda other=other: [other(layers) for layers in theirs],
            REPEATS if counts[0] < 2000 else 5,
        )
        yield _row(words, a, b, wanted, SEEDS)


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
    return _row(f"{MANY} × {list(MANY_WIDTHS)}, drawn too, one thread", a, b, "≤ ⅓ of its time")


def _scaling(widths: tuple[int, ...]) -> Row:
    layers = network(widths, 0)
    theirs = transposed(layers)
    count = ours(layers)
    assert count == rival(theirs)
    a = Times(tuple(once(lambda: ours(layers)) for _ in range(3)))
    b = Times((once(lambda: rival(theirs)),))
    return _row(f"  64 wide, {len(widths)} deep: {count} cells", a, b, "–")


def _row(words: str, mine: Times, other: Times, wanted: str, networks: int = 1) -> Row:
    """Best against best: whatever else the machine does only ever adds."""
    best, its = min(mine.runs) / networks, min(other.runs) / networks
    measured = f"{short(best)} ms, {its / best:.1f}×"
    return Row(words, measured, wanted, f"{short(its)} ms, regioncam {version('regioncam')}")


def _first_calls() -> Iterator[Row]:
    """Seconds to the first answer with no machine code on disk, on the clock and of processor."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-c", COMPILE],
            env=os.environ | {"NUMBA_CACHE_DIR": cache},
            cwd=HERE,
            capture_output=True,
            check=True,
            text=True,
        )
    for name, printed in zip(
        ("one partition", "and a batch of networks"), done.stdout.splitlines(), strict=True
    ):
        clock, processor = (float(n) for n in printed.split())
        yield Row(f"first compilation: {name}", f"{clock:.1f} s ({processor:.1f} s CPU)", "< 15 s")
