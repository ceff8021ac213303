"""Which edges does each neuron cross? Linked lists that are kept while edges are being cut.

Signs of up to 64 neurons of a layer at one vertex are two words (positive, negative; neither bit
where the neuron vanishes there). The neurons that change sign along an edge are then a handful
of bit operations on its two ends, so that no neuron ever looks at an edge which it does not cross.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.compiled import internal, lean_inlined
from compute.partition.mesh import longer_ints

Ints = NDArray[np.int32]
Words = NDArray[np.uint64]
Counts = NDArray[np.int64]

CHUNK: Final = 64
POSITIVE: Final = 0
NEGATIVE: Final = 1
CROSSING: Final = 0
VANISHING: Final = 1
NODES: Final = 0
HITS: Final = 1

ZERO_WORD: Final = np.uint64(0)
ONE: Final = np.uint64(1)
_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
_TOP_SIX: Final = np.uint64(58)


def _positions() -> Counts:
    positions = np.empty(64, np.int64)
    for bit in range(64):
        positions[((int(_DE_BRUIJN) << bit) & (2**64 - 1)) >> 58] = bit
    return positions


_POSITION: Final = _positions()


class Lists(NamedTuple):
    """For each neuron of a chunk a list of edges that it may cross and of its zero vertices."""

    heads: Ints
    """(64, 2) first node of the list of crossed edges and of the list of zeros, or -1."""
    sizes: Counts
    """(64, 2) their lengths."""
    nodes: Ints
    """(·, 2) item and next node."""
    used: Counts
    """(2,) nodes in use; hits of a cut that waits to be finished, or −1."""


@internal
def empty_lists(nodes: int) -> Lists:
    """Lists with room for so many nodes."""
    return Lists(
        np.empty((64, 2), np.int32),
        np.empty((64, 2), np.int64),
        np.empty((nodes, 2), np.int32),
        np.zeros(2, np.int64),
    )


@internal
def reserve_nodes(lists: Lists, nodes: int) -> Lists:
    """The lists with room for that many more nodes."""
    need = lists.used[NODES] + nodes
    longer = longer_ints(lists.nodes, need + need // 2)
    return Lists(lists.heads, lists.sizes, longer, lists.used)


@lean_inlined
def push(lists: Lists, bit: int, kind: int, item: int) -> None:
    """Put an edge or a vertex on the list of the chunk's neuron `bit`."""
    node = lists.used[NODES]
    lists.used[NODES] = node + 1
    lists.nodes[node, 0] = item
    lists.nodes[node, 1] = lists.heads[bit, kind]
    lists.heads[bit, kind] = node
    lists.sizes[bit, kind] += 1


@lean_inlined
def lowest(word: np.uint64) -> int:
    """Position of the lowest bit that is set in a word other than 0."""
    isolated = word & (~word + ONE)
    return _POSITION[(isolated * _DE_BRUIJN) >> _TOP_SIX]  # type: ignore[no-any-return]


@lean_inlined
def push_all(lists: Lists, word: np.uint64, kind: int, item: int) -> None:
    """Put the item on the list of every neuron whose bit is set."""
    while word != ZERO_WORD:
        push(lists, lowest(word), kind, item)
        word &= word - ONE


@lean_inlined
def crossing(signs: Words, a: int, c: int) -> np.uint64:
    """The neurons that are positive at one of two vertices and negative at the other."""
    return (signs[a, POSITIVE] & signs[c, NEGATIVE]) | (signs[a, NEGATIVE] & signs[c, POSITIVE])  # type: ignore[no-any-return]
