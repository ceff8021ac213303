"""Named data sets of section 1.2: functions on the line, and two classes in the plane.

A data set is a function of (name, count, noise, seed): inputs and noise come from streams of their
own, so a larger count keeps the first points, and noise scales without being drawn anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int
from compute.arrays import read_only
from compute.sampling import stream

Array = NDArray[np.float64]

REACH: Final = 1.0
_TURNS: Final = 1.5


def _bumps(x: Array) -> Array:
    centres, heights = np.array([-0.6, -0.1, 0.5]), np.array([1.0, -0.8, 0.7])
    return np.asarray(np.exp(-(((x[:, None] - centres) / 0.15) ** 2)) @ heights)


LINE: Final[dict[str, Callable[[Array], Array]]] = {
    "sine": lambda x: np.sin(math.pi * x),
    "step": lambda x: np.where(x < 0, -1.0, 1.0),
    "hat": lambda x: 2 * np.maximum(1 - 2 * np.abs(x), 0.0) - 1,
    "polynomial": lambda x: 4 * x**3 - 3 * x,
    "bumps": _bumps,
}
PLANE: Final = ("moons", "spiral", "xor", "stripes", "parity")
NAMES: Final = (*LINE, *PLANE)


@dataclass(frozen=True)
class Dataset:
    """inputs x (n, N_0), N_0 = 1 or 2, and targets y (n,): values, or ±1 in the plane."""

    inputs: Array
    targets: Array

    @property
    def dimension(self) -> int:
        """N_0."""
        return int(self.inputs.shape[1])


def make_dataset(
    name: str, count: int, *, noise: float = 0.0, seed: int = 0, split: str = "train"
) -> Dataset:
    """`count` points of the data set of this name, read-only; splits draw independently.

    sine, step, hat, polynomial, bumps: x uniform in [−1, 1], y = f(x) + noise·N(0, 1). moons,
    spiral, xor, stripes, parity: x in the plane, about [−1, 1]², with y = ±1; noise moves the
    inputs of moons and spiral, and those of the others after they have got their label.
    ValueError for another name or a negative noise. Cost: 0.1 µs per point.
    """
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
    count = as_positive_int(count, "count")
    if not (math.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise must be finite and >= 0, got {noise!r}")
    rng = stream(seed, f"dataset {split}")
    drawn = rng.random((count, 2))
    shift = stream(seed, f"noise {split}").standard_normal((count, 2))
    if name in LINE:
        x = REACH * (2 * drawn[:, 0] - 1)
        return read_only(Dataset(x[:, None], LINE[name](x) + noise * shift[:, 0]))
    points, labels = _plane(name, drawn)
    return read_only(Dataset(points + noise * shift, labels))


def clean_target(name: str, x: ArrayLike) -> Array:
    """f(x) at x (m,) for a data set on the line: (m,). ValueError for one in the plane."""
    if name not in LINE:
        raise ValueError(f"name must be one of {', '.join(LINE)}, got {name!r}")
    return LINE[name](np.asarray(x, dtype=np.float64))


def _plane(name: str, drawn: Array) -> tuple[Array, Array]:
    """Points (n, 2) and their labels ±1 from uniform numbers (n, 2)."""
    labels = np.where(np.arange(len(drawn)) % 2 == 0, 1.0, -1.0)
    if name == "moons":
        angle = math.pi * drawn[:, 0]
        arc = np.column_stack([0.6 * np.cos(angle) - 0.3, 0.6 * np.sin(angle) - 0.15])
        # the other moon is this one turned by half a turn about the middle
        return labels[:, None] * arc, labels
    if name == "spiral":
        radius = 0.1 + 0.85 * np.sqrt(drawn[:, 0])
        angle = 2 * math.pi * _TURNS * radius + np.where(labels > 0, 0.0, math.pi)
        return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), labels
    points = REACH * (2 * drawn - 1)
    if name == "xor":
        return points, np.where(points[:, 0] * points[:, 1] >= 0, 1.0, -1.0)
    if name == "stripes":
        return points, np.where(np.sin(2 * math.pi * (points[:, 0] + points[:, 1])) >= 0, 1.0, -1.0)
    cells = np.floor(2 * (points + REACH)).astype(int).sum(axis=1)
    return points, np.where(cells % 2 == 0, 1.0, -1.0)
