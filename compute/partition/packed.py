"""All arrays of a small partition in one block of memory.

To make or to return an array costs Python as much time as a few cells; a block is one, and its
parts are looked up when they are asked for, as most never are.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from compute.compiled import internal
from compute.partition.mesh import FACES, Counts, Floats, Mesh, Words


class Places(NamedTuple):
    """Where each part begins, in words of 64 bits."""

    stages: int
    pieces: int
    lengths: int
    patterns: int
    points: int
    half: int
    edge: int
    face: int
    spoke: int
    more: int
    isolated: int
    end: int


def places(room: int, neurons: int, layers: int) -> Places:
    """The parts for about `room` cells; the counts of what is used come first."""
    stages = 6
    pieces = stages + 3 * layers
    lengths = pieces + 2 * neurons
    patterns = lengths + 2 * neurons
    points = patterns + room * ((neurons + 63) // 64)
    half = points + 2 * (room + 16)
    edge = half + 4 * (2 * room + 32)
    face = edge + 2 * room + 32
    spoke = face + (5 * (room + 16) + 1) // 2
    more = spoke + (room + 17) // 2
    isolated = more + 24
    return Places(
        stages,
        pieces,
        lengths,
        patterns,
        points,
        half,
        edge,
        face,
        spoke,
        more,
        isolated,
        isolated + 16,
    )


def mesh_in(block: Counts, at: Places, room: int) -> Mesh:
    """The mesh, with room for about that many cells."""
    v, e = room + 16, 2 * room + 32
    return Mesh(
        block[at.points : at.half].view(np.float64).reshape(v, 2),
        block[at.spoke : at.more].view(np.int32)[:v].reshape(v, 1),
        block[at.half : at.edge].view(np.uint32).reshape(2 * e, 4),
        block[at.edge : at.face].view(np.int32).reshape(e, 2),
        block[at.face : at.spoke].view(np.int32)[: 5 * v].reshape(v, 5),
        block[at.more : at.isolated].view(np.int32).reshape(16, 3),
        block[at.isolated : at.end].view(np.int32).reshape(16, 2),
        block[:6],
    )


def lengths_in(block: Counts, at: Places) -> Floats:
    """`CurveMeasures.lengths`."""
    return block[at.lengths : at.patterns].view(np.float64).reshape(2, -1)


def pieces_in(block: Counts, at: Places) -> Counts:
    """`CurveMeasures.pieces`."""
    return block[at.pieces : at.lengths].reshape(2, -1)


def patterns_in(block: Counts, at: Places, neurons: int) -> Words:
    """The patterns, one row for each of the cells that there is room for."""
    words = (neurons + 63) // 64
    return block[at.patterns : at.points].view(np.uint64).reshape(-1, words)


places_inside = internal(places)
mesh_inside = internal(mesh_in)
lengths_inside = internal(lengths_in)
pieces_inside = internal(pieces_in)
patterns_inside = internal(patterns_in)


class Packed:
    """What `Measured` is of a larger partition, to a reader: views of a block."""

    def __init__(self, room: int, neurons: int, layers: int) -> None:
        self.room = room
        self.neurons = neurons
        self.places = places(room, neurons, layers)
        self.block = np.empty(self.places.end, np.int64)

    @property
    def used(self) -> Counts:
        """The counts of what there is in the mesh."""
        return self.block[:6]

    @property
    def stages(self) -> Counts:
        """(L, 3) as in `Measured`."""
        return self.block[self.places.stages : self.places.pieces].reshape(-1, 3)

    @property
    def patterns(self) -> Words:
        """(cells, ⌈n/64⌉)"""
        cells = int(self.block[FACES]) - 1
        return patterns_in(self.block, self.places, self.neurons)[:cells]

    @property
    def lengths(self) -> Floats:
        """As in `CurveMeasures`."""
        return lengths_in(self.block, self.places)

    @property
    def pieces(self) -> Counts:
        """As in `CurveMeasures`."""
        return pieces_in(self.block, self.places)

    @cached_property
    def mesh(self) -> Mesh:
        """Its views, made once."""
        return mesh_in(self.block, self.places, self.room)
