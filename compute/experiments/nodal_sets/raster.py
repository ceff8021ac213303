"""A picture of a partition with more cells than vectors are drawn for: one byte a pixel.

Bytes below FIRST_SHADE are folds, by layer; the others are shades, whose meaning the colouring
tells. Rows are kept compressed, each behind a byte 0, as a PNG file wants them.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled
from compute.partition.mesh import Counts, Floats, Ints

PIXELS = 1100
FIRST_SHADE = 16
SHADES = 240
Bytes = NDArray[np.uint8]


def rows(
    corners: Floats, rings: tuple[Counts, Ints], plane: Floats, edges: Ints, layer: Ints
) -> bytes:
    """The picture's rows, top first, each behind a byte 0, compressed.

    `corners` (V, 2) lie in [0, 1]²; `plane` (cells, 3) is each cell's shade in [0, 1] as an
    affine map of them; `edges` (E, 2) are drawn as folds of their `layer` (E,) from 1, or not,
    where that is 0. Cost O(pixels + E √pixels).
    """
    image = np.zeros((PIXELS, PIXELS + 1), np.uint8)
    _fill(image, corners, *rings, plane)
    _draw(image, corners, edges, layer)
    return zlib.compress(image.data, 1)


@compiled
def _fill(image: Bytes, corners: Floats, offsets: Counts, vertices: Ints, plane: Floats) -> None:
    """Every pixel whose centre lies in a cell gets the cell's shade there. Cells are convex."""
    n = image.shape[0]
    for cell in range(offsets.size - 1):
        start, end = offsets[cell], offsets[cell + 1]
        bottom, top = 1.0, 0.0
        for i in range(start, end):
            y = corners[vertices[i], 1]
            bottom, top = min(bottom, y), max(top, y)
        a, b, c = plane[cell, 0], plane[cell, 1], plane[cell, 2]
        first, last = int(np.ceil(bottom * n - 0.5)), int(np.floor(top * n - 0.5))
        for row in range(max(first, 0), min(last, n - 1) + 1):
            y = (row + 0.5) / n
            low, high = 1.0, 0.0
            for i in range(start, end):
                p, q = vertices[i], vertices[i + 1 if i + 1 < end else start]
                py, qy = corners[p, 1], corners[q, 1]
                if (py <= y) == (qy <= y):
                    continue
                x = corners[p, 0] + (y - py) / (qy - py) * (corners[q, 0] - corners[p, 0])
                low, high = min(low, x), max(high, x)
            begin, stop = int(np.ceil(low * n - 0.5)), int(np.floor(high * n - 0.5))
            for column in range(max(begin, 0), min(stop, n - 1) + 1):
                shade = a * (column + 0.5) / n + b * y + c
                level = int(min(max(shade, 0.0), 1.0) * (SHADES - 1) + 0.5)
                image[n - 1 - row, column + 1] = FIRST_SHADE + level


@compiled
def _draw(image: Bytes, corners: Floats, edges: Ints, layer: Ints) -> None:
    """Folds, one pixel wide, deeper ones under earlier ones."""
    n = image.shape[0]
    for i in range(edges.shape[0] - 1, -1, -1):
        if layer[i] == 0:
            continue
        x, y = n * corners[edges[i, 0], 0], n * corners[edges[i, 0], 1]
        dx, dy = n * corners[edges[i, 1], 0] - x, n * corners[edges[i, 1], 1] - y
        steps = int(max(abs(dx), abs(dy))) + 1
        for k in range(steps + 1):
            t = k / steps
            column, row = int(x + t * dx), int(y + t * dy)
            if 0 <= column < n and 0 <= row < n:
                image[n - 1 - row, column + 1] = layer[i]
