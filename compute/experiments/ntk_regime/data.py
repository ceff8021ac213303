"""The data of page 2.2: nested sequences of points, so that a larger |D| only adds some."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.one_layer_fields import REACH
from compute.sampling import stream

Array = NDArray[np.float64]

SPHERE_DIM = 16
_GOLDEN = 0.6180339887498949
_GRID = 97


@dataclass(frozen=True)
class Data:
    """Inputs x (n, N_0), targets y (n,), and where a picture puts them.

    place (n,): x itself, the angle on the circle, or the number of the datum. grid_place (G,)
    and grid (G, N_0): new inputs for the curves, G = 0 where inputs have no line to lie on.
    """

    inputs: Array
    targets: Array
    place: Array
    grid_place: Array
    grid: Array


def dataset(
    name: str, count: int, points: Sequence[tuple[float, float]], seed: int, *, curves: bool = True
) -> Data:
    """The data of this name: "circle", "line", "sphere" or "points". Cost some 10 µs."""
    if name == "circle":
        angle: Array = 2 * math.pi * ((np.arange(float(count)) * _GOLDEN) % 1)
        turn = np.linspace(0, 2 * math.pi, _GRID if curves else 0)
        return Data(on_circle(angle), np.cos(2 * angle), angle, turn, on_circle(turn))
    if name == "sphere":
        x = stream(seed, "sphere").standard_normal((count, SPHERE_DIM))
        x *= math.sqrt(SPHERE_DIM) / np.linalg.norm(x, axis=1)[:, None]
        number = np.arange(1.0, count + 1)
        return Data(x, np.sign(x[:, 0] * x[:, 1]), number, np.empty(0), np.empty((0, SPHERE_DIM)))
    if name == "points":
        pairs = np.array(points, dtype=np.float64).reshape(-1, 2)
        x, y = pairs[:, 0], pairs[:, 1]
    else:
        x = REACH * (2 * _van_der_corput(count) - 1)
        y = np.sin(2 * x)
    ends = np.linspace(-1.25 * REACH, 1.25 * REACH, _GRID if curves else 0)
    return Data(x[:, None], y, x, ends, ends[:, None])


def on_circle(angle: Array) -> Array:
    """Inputs in the plane with ‖x‖² = N_0 = 2: (n, 2)."""
    return math.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])


def _van_der_corput(count: int) -> Array:
    """The first numbers of the base-2 sequence ½, ¼, ¾, ⅛, …, (count,)."""
    number = np.arange(1, count + 1)
    values, unit = np.zeros(count), 0.5
    while np.any(number):
        values += unit * (number & 1)
        number, unit = number >> 1, unit / 2
    return values
