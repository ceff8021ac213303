"""The planar graph of a partition: a half-edge structure in flat arrays that compiled code grows.

Half-edge h runs along its edge h >> 1; its twin is h ^ 1. Every half-edge has its face on the
left, so a cell's ring is counter-clockwise. Face 0 is the outside of the window, face 1 the first
cell. A face that is cut keeps its number on the side where the neuron is positive; the other
side is a new face that remembers where it was born. That history locates points and tells the
parent of every cell in every layer.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled, inlined

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
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
# columns of Mesh.more, and the bits of its flags
NEURON: Final = 0
LINK: Final = 1
FLAGS: Final = 2
FLIPS: Final = 1
CURVE: Final = 2
# entries of Mesh.count
VERTICES: Final = 0
EDGES: Final = 1
FACES: Final = 2
EXTRA: Final = 3
ISOLATED: Final = 4
FAILED: Final = 5
# values of Mesh.count[FAILED]: 0, a neuron's number + 1, or
TOO_MANY: Final = -1
OVERFLOW: Final = -2

BORDER: Final = -1
OUTSIDE: Final = 0


class Mesh(NamedTuple):
    """Rows beyond the counts are reserve. V vertices, E edges, F faces with the outside."""

    points: Floats
    """(V, 2) relative to the window's centre."""
    spoke: Ints
    """(V,) a half-edge that leaves the vertex."""
    half: Ints
    """(2E, 4) origin, next, previous, face."""
    edge: Ints
    """(E, 2) the neuron whose cut made the edge or BORDER; the first of its entries in `more`, or -1."""
    face: Ints
    """(F, 5) a half-edge; the face it was cut from; the neuron that did; two scratch columns."""
    more: Ints
    """(·, 3) linked lists of further neurons that vanish on an edge: neuron, next entry, flags."""
    isolated: Ints
    """(·, 2) neuron and vertex, where the neuron vanishes at the vertex and on no edge there."""
    count: Counts
    """(6,) vertices, edges, faces, entries of `more`, of `isolated`, failure."""


@compiled
def empty_mesh(cells: int) -> Mesh:
    """Room for about `cells` cells."""
    return Mesh(
        np.empty((cells + 16, 2)),
        np.empty(cells + 16, np.int32),
        np.empty((4 * cells + 64, 4), np.int32),
        np.empty((2 * cells + 32, 2), np.int32),
        np.empty((cells + 16, 5), np.int32),
        np.empty((16, 3), np.int32),
        np.empty((16, 2), np.int32),
        np.zeros(6, np.int64),
    )


@compiled
def start(mesh: Mesh, half_width: float, half_height: float) -> None:
    """One cell: the window, counter-clockwise from its lower left corner."""
    mesh.count[:] = 0
    mesh.count[VERTICES] = 4
    mesh.count[EDGES] = 4
    mesh.count[FACES] = 2
    for i in range(4):
        following, before = (i + 1) % 4, (i + 3) % 4
        mesh.points[i, 0] = half_width if i in {1, 2} else -half_width
        mesh.points[i, 1] = half_height if i >= 2 else -half_height
        mesh.spoke[i] = 2 * i
        mesh.half[2 * i] = np.array([i, 2 * following, 2 * before, 1])
        mesh.half[2 * i + 1] = np.array([following, 2 * before + 1, 2 * following + 1, OUTSIDE])
        mesh.edge[i] = np.array([BORDER, -1])
    mesh.face[OUTSIDE] = np.array([1, -1, -1, -1, -1])
    mesh.face[1] = np.array([0, -1, -1, -1, -1])


@compiled
def _longer(array: Ints, rows: int) -> Ints:
    longer = np.empty((rows, array.shape[1]), np.int32)
    longer[: array.shape[0]] = array
    return longer


@compiled
def reserve(mesh: Mesh, vertices: int, edges: int, faces: int) -> Mesh:
    """The mesh with room for that many more; half as much again where it must grow."""
    v = mesh.count[VERTICES] + vertices
    e = mesh.count[EDGES] + edges
    f = mesh.count[FACES] + faces
    points, spoke, half, edge, face = mesh.points, mesh.spoke, mesh.half, mesh.edge, mesh.face
    if v > points.shape[0]:
        room = v + v // 2
        points = np.empty((room, 2))
        points[: mesh.points.shape[0]] = mesh.points
        spoke = np.empty(room, np.int32)
        spoke[: mesh.spoke.shape[0]] = mesh.spoke
    if e > edge.shape[0]:
        edge = _longer(edge, e + e // 2)
        half = _longer(half, 2 * (e + e // 2))
    if f > face.shape[0]:
        face = _longer(face, f + f // 2)
    return Mesh(points, spoke, half, edge, face, mesh.more, mesh.isolated, mesh.count)


@compiled
def reserve_labels(mesh: Mesh, entries: int, isolated: int) -> Mesh:
    """The same for second labels of edges and for isolated zeros."""
    x, i = mesh.count[EXTRA] + entries, mesh.count[ISOLATED] + isolated
    more, lonely = mesh.more, mesh.isolated
    if x > more.shape[0]:
        more = _longer(more, x + x // 2)
    if i > lonely.shape[0]:
        lonely = _longer(lonely, i + i // 2)
    return Mesh(
        mesh.points, mesh.spoke, mesh.half, mesh.edge, mesh.face, more, lonely, mesh.count
    )


@inlined
def split(mesh: Mesh, edge: int, vertex: int) -> int:
    """Put `vertex` on `edge` = a → c, which becomes a → vertex; the new edge is vertex → c."""
    half = mesh.half
    there, back = 2 * edge, 2 * edge + 1
    added = mesh.count[EDGES]
    mesh.count[EDGES] = added + 1
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
    mesh.spoke[vertex] = ahead
    if mesh.spoke[end] == back:
        mesh.spoke[end] = home
    return added


@inlined
def cut(mesh: Mesh, into: int, out: int, neuron: int) -> int:
    """Cut a face from the end of half-edge `into` to the end of `out`; the new edge.

    The ring from the end of `into` to the end of `out`, the neuron's negative side, becomes the
    new face. The new edge's first half runs from the one end to the other on the positive side.
    """
    half, face = mesh.half, mesh.face
    old, new = half[into, FACE], mesh.count[FACES]
    mesh.count[FACES] = new + 1
    added = mesh.count[EDGES]
    mesh.count[EDGES] = added + 1
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
