"""Which neurons are on in which cell: read off the signs at the vertices, chunk by chunk.

No neuron of a chunk changes sign in a cell when all have cut, so that it is on in a cell where it
is positive at one of its vertices. Cells that later chunks cut off inherit what their parents had.
"""

from typing import NamedTuple

import numpy as np

from compute.compiled import internal, lean
from compute.partition.lists import CHUNK, POSITIVE
from compute.partition.mesh import EDGES, FACE, FACES, ORIGIN, PARENT, Counts, Mesh, Words


class Marks(NamedTuple):
    """What each chunk left behind."""

    chunks: Counts
    """(K + 1, 2) number of the first neuron and end of the entries in `signs`, from chunk 1 on."""
    signs: Words
    """(·,) one word a face, chunk after chunk."""


@internal
def empty_marks(bounds: Counts, room: int) -> Marks:
    """Room for a network whose layers begin at neurons `bounds`, and for so many faces."""
    chunks = 1
    for depth in range(bounds.size - 1):
        chunks += (bounds[depth + 1] - bounds[depth] + CHUNK - 1) // CHUNK
    return Marks(np.zeros((chunks, 2), np.int64), np.empty(room, np.uint64))


@lean
def _read(mesh: Mesh, signs: Words, words: Words, begin: int) -> None:
    half = mesh.half
    for face in range(mesh.used[FACES]):
        words[begin + face] = np.uint64(0)
    for h in range(2 * mesh.used[EDGES]):
        words[begin + half[h, FACE]] |= signs[half[h, ORIGIN], POSITIVE]


@internal
def mark(mesh: Mesh, signs: Words, marks: Marks, chunk: int, neuron: int) -> Marks:
    """Note the signs of the chunk, from 1 on, that begins with that neuron."""
    begin = marks.chunks[chunk - 1, 1]
    end = begin + mesh.used[FACES]
    words = marks.signs
    if end > words.size:
        words = np.empty(2 * end, np.uint64)
        for i in range(begin):
            words[i] = marks.signs[i]
    marks.chunks[chunk, 0], marks.chunks[chunk, 1] = neuron, end
    _read(mesh, signs, words, begin)
    return Marks(marks.chunks, words)


@lean
def gather(mesh: Mesh, marks: Marks, patterns: Words) -> None:
    """Set bit j & 63 of word j >> 6 of `patterns` (cells, ⌈n/64⌉), all 0, where neuron j is on."""
    face, signs, chunks = mesh.face, marks.signs, marks.chunks
    known = 1
    for chunk in range(1, chunks.shape[0]):
        begin, count = chunks[chunk - 1, 1], chunks[chunk, 1] - chunks[chunk - 1, 1] - 1
        word, shift = chunks[chunk, 0] >> 6, np.uint64(chunks[chunk, 0] & 63)
        for cell in range(known, count):
            for k in range(word + 1):
                patterns[cell, k] = patterns[face[cell + 1, PARENT] - 1, k]
        known = count
        for cell in range(count):
            patterns[cell, word] |= signs[begin + cell + 1] << shift
        if shift > 0 and word + 1 < patterns.shape[1]:
            for cell in range(count):
                patterns[cell, word + 1] |= signs[begin + cell + 1] >> (np.uint64(64) - shift)
