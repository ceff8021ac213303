"""The planar graph of a partition: a half-edge structure in flat arrays that compiled code grows.

Half-edge h runs along its edge h >> 1; its twin is h ^ 1. Every half-edge has its face on the
left, so a cell's ring is counter-clockwise. Face 0 is the outside of the window, face 1 the first
cell. A face that is cut keeps its number on the side where the neuron is positive; the other
side is a new face that remembers where it was born. That history locates points and tells the
parent of every cell in every layer.
"""

from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from compute.compiled import internal, lean, lean_inlined

Index = TypeVar("Index", np.int32, np.uint32)
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Indices = NDArray[np.uint32]
Words = NDArray[np.uint64]
Counts = NDArray[np.int64]

# columns of Mesh.half
ORIGIN: Final = 0
NEXT: Final = 1
PREVIOUS: Final = 2
FACE: Final = 3
# columns of Mesh.edge
LABEL: Final = 0
MORE: Final = 1
# columns of Mesh.face
START: Final = 0
PARENT: Final = 1
CUTTER: Final = 2
PENDING: Final = 3
MARK: Final = 4
# columns of Mesh.more
NEURON: Final = 0
LINK: Final = 1
CURVE: Final = 2
# entries of Mesh.used
VERTICES: Final = 0
EDGES: Final = 1
FACES: Final = 2
EXTRA: Final = 3
ISOLATED: Final = 4
FAILED: Final = 5
# values of Mesh.used[FAILED]: 0, a neuron's number + 1, or
TOO_MANY: Final = -1
OVERFLOW: Final = -2

BORDER: Final = -1
OUTSIDE: Final = 0


class Mesh(NamedTuple):
    """Rows beyond the counts are reserve. V vertices, E edges, F faces with the outside."""

    points: Floats
    """(V, 2) relative to the window's centre."""
    spoke: Ints
    """(V, 1) a half-edge that leaves the vertex."""
    half: Indices
    """(2E, 4) origin, next, previous, face; unsigned, as signed indices may count from the end."""
    edge: Ints
    """(E, 2) the neuron whose cut made the edge or BORDER; its first entry in `more` or −1."""
    face: Ints
    """(F, 5) a half-edge; the face it was cut from; the neuron that did; two scratch columns."""
    more: Ints
    """(·, 3) linked lists of further neurons that vanish on an edge: neuron, next entry, and 1
    where the edge is part of the neuron's curve."""
    isolated: Ints
    """(·, 2) neuron and vertex, where the neuron vanishes at the vertex and on no edge there."""
    used: Counts
    """(6,) vertices, edges, faces, entries of `more`, of `isolated`, failure."""


@internal
def empty_mesh(cells: int) -> Mesh:
    """Room for about `cells` cells."""
    return Mesh(
        np.empty((cells + 16, 2)),
        np.empty((cells + 16, 1), np.int32),
        np.empty((4 * cells + 64, 4), np.uint32),
        np.empty((2 * cells + 32, 2), np.int32),
        np.empty((cells + 16, 5), np.int32),
        np.empty((16, 3), np.int32),
        np.empty((16, 2), np.int32),
        np.zeros(6, np.int64),
    )


@lean
def start(mesh: Mesh, half_width: float, half_height: float) -> None:
    """One cell: the window, counter-clockwise from its lower left corner."""
    half = mesh.half
    for i in range(mesh.used.size):
        mesh.used[i] = 0
    mesh.used[VERTICES] = 4
    mesh.used[EDGES] = 4
    mesh.used[FACES] = 2
    for i in range(4):
        following, before = (i + 1) % 4, (i + 3) % 4
        mesh.points[i, 0] = half_width if 1 <= i <= 2 else -half_width
        mesh.points[i, 1] = half_height if i >= 2 else -half_height
        mesh.spoke[i, 0] = 2 * i
        mesh.edge[i, LABEL], mesh.edge[i, MORE] = BORDER, -1
        half[2 * i, ORIGIN], half[2 * i + 1, ORIGIN] = i, following
        half[2 * i, NEXT], half[2 * i + 1, NEXT] = 2 * following, 2 * before + 1
        half[2 * i, PREVIOUS], half[2 * i + 1, PREVIOUS] = 2 * before, 2 * following + 1
        half[2 * i, FACE], half[2 * i + 1, FACE] = 1, OUTSIDE
    for face in range(2):
        for column in range(1, mesh.face.shape[1]):
            mesh.face[face, column] = -1
    mesh.face[OUTSIDE, START], mesh.face[1, START] = 1, 0


@internal
def longer_ints(array: NDArray[Index], rows: int) -> NDArray[Index]:
    """A copy with so many rows, the new ones not set."""
    # loops, because a slice assignment compiles ten times as long
    longer = np.empty((rows, array.shape[1]), array.dtype)
    for i in range(array.shape[0]):
        for k in range(array.shape[1]):
            longer[i, k] = array[i, k]
    return longer


@internal
def longer_floats(array: Floats, rows: int) -> Floats:
    """The same for numbers."""
    longer = np.empty((rows, array.shape[1]))
    for i in range(array.shape[0]):
        for k in range(array.shape[1]):
            longer[i, k] = array[i, k]
    return longer


@internal
def reserve_cuts(mesh: Mesh, edges: int, faces: int) -> Mesh:
    """The mesh with room for that many more; half as much again where it must grow."""
    e = mesh.used[EDGES] + edges
    f = mesh.used[FACES] + faces
    half, edge, face = mesh.half, mesh.edge, mesh.face
    if e > edge.shape[0]:
        edge = longer_ints(edge, e + e // 2)
        half = longer_ints(half, 2 * (e + e // 2))
    if f > face.shape[0]:
        face = longer_ints(face, f + f // 2)
    return Mesh(mesh.points, mesh.spoke, half, edge, face, mesh.more, mesh.isolated, mesh.used)


@internal
def reserve_vertices(mesh: Mesh, vertices: int) -> Mesh:
    """The same for vertices."""
    v = mesh.used[VERTICES] + vertices
    points, spoke = mesh.points, mesh.spoke
    if v > points.shape[0]:
        points = longer_floats(points, v + v // 2)
        spoke = longer_ints(spoke, v + v // 2)
    return Mesh(points, spoke, mesh.half, mesh.edge, mesh.face, mesh.more, mesh.isolated, mesh.used)


@internal
def reserve_labels(mesh: Mesh, labels: int, lonely: int) -> Mesh:
    """The same for further labels of edges and for isolated zeros."""
    x = mesh.used[EXTRA] + labels
    i = mesh.used[ISOLATED] + lonely
    more, isolated = mesh.more, mesh.isolated
    if x > more.shape[0]:
        more = longer_ints(more, x + x // 2)
    if i > isolated.shape[0]:
        isolated = longer_ints(isolated, i + i // 2)
    return Mesh(mesh.points, mesh.spoke, mesh.half, mesh.edge, mesh.face, more, isolated, mesh.used)


@lean_inlined
def split(mesh: Mesh, edge: int, vertex: int) -> int:
    """Put `vertex` on `edge` = a → c, which becomes a → vertex; the new edge is vertex → c."""
    half = mesh.half
    there, back = 2 * edge, 2 * edge + 1
    added = int(mesh.used[EDGES])
    mesh.used[EDGES] = added + 1
    ahead, home = 2 * added, 2 * added + 1
    end = half[back, ORIGIN]
    following, before = half[there, NEXT], half[back, PREVIOUS]
    half[ahead, ORIGIN] = vertex
    half[ahead, NEXT] = following
    half[ahead, PREVIOUS] = there
    half[ahead, FACE] = half[there, FACE]
    half[home, ORIGIN] = end
    half[home, NEXT] = back
    half[home, PREVIOUS] = before
    half[home, FACE] = half[back, FACE]
    half[there, NEXT] = ahead
    half[following, PREVIOUS] = ahead
    half[back, PREVIOUS] = home
    half[before, NEXT] = home
    half[back, ORIGIN] = vertex
    mesh.edge[added, LABEL] = mesh.edge[edge, LABEL]
    mesh.edge[added, MORE] = mesh.edge[edge, MORE]
    mesh.spoke[vertex, 0] = ahead
    if mesh.spoke[end, 0] == back:
        mesh.spoke[end, 0] = home
    return added


@lean_inlined
def cut(mesh: Mesh, into: int, out: int, neuron: int) -> int:
    """Cut a face from the end of half-edge `into` to the end of `out`; the new edge.

    The ring from the end of `into` to the end of `out`, the neuron's negative side, becomes the
    new face. The new edge's first half runs from the one end to the other on the positive side.
    """
    half, face = mesh.half, mesh.face
    old, new = half[into, FACE], mesh.used[FACES]
    mesh.used[FACES] = new + 1
    added = int(mesh.used[EDGES])
    mesh.used[EDGES] = added + 1
    near, far = 2 * added, 2 * added + 1
    first, after = half[into, NEXT], half[out, NEXT]
    half[near, ORIGIN] = half[first, ORIGIN]
    half[near, NEXT] = after
    half[near, PREVIOUS] = into
    half[near, FACE] = old
    half[far, ORIGIN] = half[after, ORIGIN]
    half[far, NEXT] = first
    half[far, PREVIOUS] = out
    half[far, FACE] = new
    half[into, NEXT] = near
    half[after, PREVIOUS] = near
    half[out, NEXT] = far
    half[first, PREVIOUS] = far
    h = first
    while h != far:
        half[h, FACE] = new
        h = half[h, NEXT]
    mesh.edge[added, LABEL] = neuron
    mesh.edge[added, MORE] = -1
    face[old, START] = near
    face[new, START] = far
    face[new, PARENT] = old
    face[new, CUTTER] = neuron
    face[old, PENDING] = -1
    face[new, PENDING] = -1
    face[old, MARK] = neuron
    face[new, MARK] = neuron
    return added
