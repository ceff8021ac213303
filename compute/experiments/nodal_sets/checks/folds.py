"""How the claims of §4.1 are judged: a check is None where the setting says nothing about it.

Every count is made a second time by a route of `counting`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compute.claims import Check, Statement, exact
from compute.experiments.nodal_sets.checks import counting
from compute.experiments.nodal_sets.run import Result
from compute.experiments.nodal_sets.setting import Params, ends
from compute.partition.inputs import as_network
from compute.partition.segments import slice_network

# Beyond so many cells a second count takes longer than an answer may.
_COUNTABLE = 2000


def _in_general_position(params: Params) -> bool:
    return params.network != "hats" and params.bias_variance > 0


def line_arrangement(params: Params, result: Result, _sample: Any) -> Check | None:
    """One layer: its cells are those of N_1 lines, and N_1 is the n that is printed (E 58)."""
    if params.depth > 1 or params.network == "hats":
        return None
    return exact(
        f"cells in the window under {result.widths[0]} neurons",
        float(result.cells),
        Statement(
            "1 + lines + crossings", float(counting.arrangement_cells(result.net, result.window))
        ),
        tolerance=0,
    )


def whole_plane(params: Params, result: Result, _sample: Any) -> Check | None:
    """Zaslavsky's count for lines in general position, and the minimum printed for it (E 29)."""
    if not _in_general_position(params):
        return None
    n = result.widths[0]
    return exact(
        f"regions of the plane under the {n} lines of layer 1",
        float(result.plane.regions[-1]),
        Statement("1 + N + N(N − 1)/2", 1 + n + n * (n - 1) / 2),
        Statement("min{2ᴺ, N²/2}, as printed", min(2.0**n, n * n / 2)),
        tolerance=0,
    )


def zero_bias(params: Params, result: Result, _sample: Any) -> Check | None:
    """Without biases the lines meet in one point: 2N sectors (E 59)."""
    if params.network == "hats":
        return None
    n = result.widths[0]
    printed = 1 + n + n * (n - 1) / 2
    rivals = (Statement("1 + N + N(N − 1)/2, as printed", printed),) if n > 2 else ()
    return exact(
        f"regions of the plane under {n} lines without biases",
        float(result.plane.central[-1]),
        Statement("2N", 2.0 * n),
        *rivals,
        tolerance=0,
    )


def sectors(params: Params, result: Result, _sample: Any) -> Check | None:
    """Without biases z is homogeneous at any depth: every cell is a sector."""
    x_min, x_max, y_min, y_max = result.window
    inside = x_min < 0 < x_max and y_min < 0 < y_max
    if params.network == "hats" or params.bias_variance > 0 or not inside:
        return None
    rays = counting.border_breakpoints(result.net, result.window)
    return exact(
        f"cells of {params.depth} layers without biases",
        float(result.cells),
        Statement("rays that reach the border", float(max(rays, 1))),
        tolerance=0,
    )


def euler(_params: Params, result: Result, _sample: Any) -> Check | None:
    """V − E + F = 2 with the outside as a face."""
    if result.drawn is None:
        return None
    return exact(
        "V − E + F, counted from the polygons",
        float(counting.euler(result.drawn)),
        Statement("Euler", 2.0),
        tolerance=0,
    )


def two_partitions(_params: Params, result: Result, _sample: Any) -> Check | None:
    """Linear regions and nodal cells are two partitions (E 57)."""
    if result.drawn is None or result.cells > _COUNTABLE:
        return None
    rivals: tuple[Statement, ...] = ()
    if result.cells != result.regions:
        rivals = (Statement("nodal cells, were both one", float(result.cells)),)
    return exact(
        "pieces on which the gradient is one",
        float(counting.merged(result.net, result.drawn)),
        Statement("linear regions", float(result.regions)),
        *rivals,
        tolerance=0,
    )


def fold_distance(params: Params, result: Result, _sample: Any) -> Check | None:
    """How far a first-layer fold lies from the origin: (4.0.1) against (4.1.1) (E 56)."""
    if not _in_general_position(params):
        return None
    shown = np.flatnonzero(result.strands.neuron < result.widths[0])
    if shown.size == 0:
        return None
    # the longest line is known best
    offsets = result.strands.offsets
    lines = [result.strands.points[offsets[k] : offsets[k + 1]] for k in shown]
    longest = max(range(len(lines)), key=lambda k: float(np.hypot(*(lines[k][-1] - lines[k][0]))))
    i = int(result.strands.neuron[shown[longest]])
    bias, weight = result.net.biases[0][i], result.net.weights[0][i]
    raw = float(np.hypot(*weight)) * 2**0.5
    printed = abs(float(bias)) / raw
    return exact(
        f"distance of the fold of neuron {i + 1} from the origin",
        counting.line_distance(lines[longest]),
        Statement("√N₀ |b|/‖W‖, by (4.0.1)", 2**0.5 * printed),
        Statement("|b|/‖W‖, by (4.1.1) as printed", printed),
        tolerance=1e-7 * max(params.size, printed),
    )


def weight_index(params: Params, result: Result, _sample: Any) -> Check | None:
    """Layer 2 is made by W^(2), not by W^(1) (E 26)."""
    if params.depth == 1:
        return None
    width = result.widths[0]
    rivals: tuple[Statement, ...] = ()
    if width != 2:
        rivals = (Statement("N₀ = 2, the columns of W⁽¹⁾ as printed", 2.0),)
    return exact(
        "numbers that layer 2 reads",
        float(counting.depends_on(result.net, 1)),
        Statement("N₁, the columns of W⁽²⁾", float(width)),
        *rivals,
        tolerance=0,
    )


def slice_pieces(params: Params, result: Result, _sample: Any) -> Check | None:
    """A line changes cell where a neuron along it turns on or off."""
    line = ends(params)
    if line is None or result.drawn is None or not _in_general_position(params):
        return None
    part = counting.clipped(result.window, *line)
    if part is None:
        return None
    network = as_network(list(result.net.weights[:-1]), list(result.net.biases[:-1]), 2)
    return exact(
        "cells that the line changes to on its way through the window",
        float(counting.crossed(result.drawn, *part)),
        Statement(
            "neurons turned on or off along it",
            float(slice_network(network, *part).position.size - 2),
        ),
        tolerance=0,
    )


def composed_hats(params: Params, result: Result, _sample: Any) -> Check | None:
    """4L neurons can make 4^L cells: the worst case is exponential in depth."""
    if params.network != "hats" or result.window != (0.0, 1.0, 0.0, 1.0):
        return None
    depth = params.depth
    return exact(
        f"cells of [0, 1]² under {4 * depth} neurons in {depth} layers",
        float(result.cells),
        Statement("4ᴸ", 4.0**depth),
        Statement("1 + n + n(n − 1)/2, one layer of n = 4L", _one_layer_most(depth)),
        tolerance=0,
    )


def _one_layer_most(depth: int) -> float:
    n = 4 * depth
    return 1 + n + n * (n - 1) / 2
