"""An independent slow route: the nodal partition of a small integer network in exact fractions.

Cells are clipped one by one as polygons, without a shared graph and without a tolerance. Edges
are then cut at every vertex that lies on them, so that vertices and edges can be counted, and
every quantity is read off from exact values of the network.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt

Point = tuple[Fraction, Fraction]
Edge = tuple[Point, Point]


def pre_activations(weights, biases, point: Point) -> list[Fraction]:
    """z of all neurons at a point."""
    values, inputs = [], list(point)
    for weight, bias in zip(weights, biases, strict=True):
        z = [
            Fraction(int(b)) + sum(Fraction(int(w)) * h for w, h in zip(row, inputs, strict=True))
            for row, b in zip(weight, bias, strict=True)
        ]
        values += z
        inputs = [max(value, Fraction(0)) for value in z]
    return values


def _clip(polygon: list[Point], values: list[Fraction]) -> list[list[Point]]:
    """The one or two parts of a convex polygon on which a function, affine on it, has one sign."""
    if min(values) >= 0 or max(values) <= 0:
        return [polygon]
    parts: list[list[Point]] = []
    for sign in (1, -1):
        part = []
        for i, (p, z) in enumerate(zip(polygon, values, strict=True)):
            q, y = polygon[i - 1], values[i - 1]
            if z * y < 0:
                t = y / (y - z)
                part.append((q[0] + t * (p[0] - q[0]), q[1] + t * (p[1] - q[1])))
            if sign * z >= 0:
                part.append(p)
        parts.append(part)
    return parts


def _area(polygon: list[Point]) -> Fraction:
    return (
        sum(
            (polygon[i - 1][0] * p[1] - p[0] * polygon[i - 1][1] for i, p in enumerate(polygon)),
            Fraction(0),
        )
        / 2
    )


def _pieces(vertices: set[Point], edges: set[Edge]) -> int:
    parents = {v: v for v in vertices}

    def root(v: Point) -> Point:
        while parents[v] != v:
            v = parents[v]
        return v

    for a, c in edges:
        parents[root(a)] = root(c)
    return sum(parents[v] == v for v in vertices)


def _between(p: Point, a: Point, c: Point) -> bool:
    """Whether p lies strictly inside the segment."""
    cross = (c[0] - a[0]) * (p[1] - a[1]) - (c[1] - a[1]) * (p[0] - a[0])
    along = (c[0] - a[0]) * (p[0] - a[0]) + (c[1] - a[1]) * (p[1] - a[1])
    return cross == 0 and 0 < along < (c[0] - a[0]) ** 2 + (c[1] - a[1]) ** 2


@dataclass
class Exact:
    """The same quantities as NodalPartition, from fractions."""

    vertex_count: int
    edge_count: int
    region_count: int
    length_by_neuron: list[float]
    components_by_neuron: list[int]
    total_length: float
    patterns_and_areas: list[tuple[tuple[bool, ...], float]]


def exact_partition(weights, biases, window) -> Exact:
    """Partition of an integer window by integer weights; O(E V), some seconds at 500 cells."""
    x0, x1, y0, y1 = (Fraction(side) for side in window)
    cells: list[list[Point]] = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]]
    for neuron in range(sum(len(b) for b in biases)):
        parts = []
        for cell in cells:
            values = [pre_activations(weights, biases, p)[neuron] for p in cell]
            parts += _clip(cell, values)
        cells = parts
    assert sum(_area(cell) for cell in cells) == (x1 - x0) * (y1 - y0)
    vertices = {p for cell in cells for p in cell}
    sides: dict[Edge, list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        for i, p in enumerate(cell):
            a, c = sorted((cell[i - 1], p))
            chain = [a, *sorted(v for v in vertices if _between(v, a, c)), c]
            for pair in pairwise(chain):
                sides[pair].append(number)
    values = {p: pre_activations(weights, biases, p) for p in vertices}
    middles = [
        (sum(p[0] for p in cell) / len(cell), sum(p[1] for p in cell) / len(cell)) for cell in cells
    ]
    signs = [pre_activations(weights, biases, p) for p in middles]
    size = {e: sqrt((e[0][0] - e[1][0]) ** 2 + (e[0][1] - e[1][1]) ** 2) for e in sides}
    lengths, components = [], []
    for j in range(len(signs[0])):
        zeros = {p for p in vertices if values[p][j] == 0}
        along = {e for e in sides if e[0] in zeros and e[1] in zeros}
        components.append(_pieces(zeros, along))
        curve = [e for e in along if len(sides[e]) == 2 and any(signs[c][j] != 0 for c in sides[e])]
        lengths.append(sum(size[e] for e in curve))
    return Exact(
        len(vertices),
        len(sides),
        len(cells),
        lengths,
        components,
        sum(size[e] for e in sides if len(sides[e]) == 2),
        sorted(
            (tuple(z > 0 for z in s), float(_area(c))) for s, c in zip(signs, cells, strict=True)
        ),
    )
