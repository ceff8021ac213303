"""A neuron's zero set as polylines, with the connected piece that each belongs to."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """A polyline on which a neuron vanishes: part of the component-th piece of its zero set."""

    points: Array
    """(k, 2); closed if the first is the last; one point where the zero is isolated."""
    component: int


def _labels(links: dict[int, list[int]]) -> dict[int, int]:
    """Connected piece of every vertex, numbered in the order of the smallest vertex."""
    labels: dict[int, int] = {}
    pieces = 0
    for start in sorted(links):
        if start in labels:
            continue
        piece, pieces = pieces, pieces + 1
        labels[start] = piece
        stack = [start]
        while stack:
            for w in links[stack.pop()]:
                if w not in labels:
                    labels[w] = piece
                    stack.append(w)
    return labels


def _linked(ends: NDArray[np.int32]) -> dict[int, list[int]]:
    links: dict[int, list[int]] = defaultdict(list)
    for a, c in ends.tolist():
        links[a].append(c)
        links[c].append(a)
    return links


def trace(
    ends: NDArray[np.int32], shown: NDArray[np.bool_], lonely: NDArray[np.int32], points: Array
) -> list[Curve]:
    """Polylines through the `shown` among the edges `ends` (k, 2), cut where not two edges meet.

    All edges join components. `lonely` (i,) are zeros on no edge, `points` (V, 2) the positions.
    Cost: O(k log k).
    """
    labels = _labels(_linked(ends))
    links = _linked(ends[shown])
    unused = {(min(a, c), max(a, c)) for a, c in ends[shown].tolist()}
    tips = [v for v in links if len(links[v]) != 2]
    curves = []
    for start in [*tips, *links]:
        for following in links[start]:
            if (min(start, following), max(start, following)) not in unused:
                continue
            path = _follow(start, following, links, unused)
            curves.append(Curve(points[path], labels[start]))
    pieces = len(set(labels.values()))
    curves += [Curve(points[[v]], pieces + i) for i, v in enumerate(lonely.tolist())]
    return curves


def _follow(
    start: int, following: int, links: dict[int, list[int]], unused: set[tuple[int, int]]
) -> list[int]:
    """Walk on through vertices where two edges meet, using each edge once."""
    path = [start, following]
    unused.discard((min(start, following), max(start, following)))
    while len(links[path[-1]]) == 2 and path[-1] != start:
        here = path[-1]
        onward = [w for w in links[here] if (min(here, w), max(here, w)) in unused]
        if not onward:
            break
        unused.discard((min(here, onward[0]), max(here, onward[0])))
        path.append(onward[0])
    return path
