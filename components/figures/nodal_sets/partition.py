"""Page 4.1: the partition with its folds, and what its script needs beside them.

The polygons of the cells are drawn by assets/edition/nodal/, into the same figure.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from components.figures.base import Figure, Trace, axis, figure, plural
from components.figures.nodal_sets.colours import PALETTES, depth_colour, palette
from components.figures.nodal_sets.lines import BELOW
from components.figures.packed import typed
from components.theme import LIGHT
from compute.experiments.nodal_sets.cells import Cells, region_codes
from compute.experiments.nodal_sets.raster import FIRST_SHADE, PIXELS
from compute.experiments.nodal_sets.run import Result
from compute.experiments.nodal_sets.setting import Params, Window
from compute.partition.strands import Strands

Array = NDArray[np.float64]

# Cells are pale in every look, so what lies on them is dark in every look. Pieces of a bent
# hyperplane take turns in so many colours.
_INK, _PAPER = LIGHT["text"], LIGHT["background"]
_ROLES = ("measurement", "printed", "theory", "agrees", "refuted", "undecided")
PIECES = tuple(LIGHT[role] for role in _ROLES)
_DENSE = 600
LOCAL = ("colour", "layers", "neuron", "arrows")


def partition(params: Params, result: Result, _sample: Any) -> Figure:
    """Folds by layer, the chosen neuron's pieces, the line; cells come in the browser."""
    x_min, x_max, y_min, y_max = result.window
    layout: dict[str, Any] = {}
    if result.raster is not None:
        picture = png(result.raster.rows, params.colour, params.depth)
        corner = {"xref": "x", "yref": "y", "x": x_min, "y": y_max}
        size = {"sizex": x_max - x_min, "sizey": y_max - y_min, "sizing": "stretch"}
        layout["images"] = [{"source": picture, "layer": "below", **corner, **size}]
    bare = {"constrain": "domain", "zeroline": False, "showgrid": False}
    return figure(
        _title(result),
        axis("x<sub>1</sub>", range=(x_min, x_max)) | bare | {"constraintoward": "left"},
        axis("x<sub>2</sub>", range=(y_min, y_max)) | bare | {"scaleanchor": "x"},
        [
            *(_folds(params, result, layer) for layer in range(1, params.depth + 1)),
            *(_piece(params, result, k) for k in range(len(PIECES))),
            _arrows(),
            _scale(),
            _line(params),
        ],
        dragmode="pan",
        hovermode=False,
        legend=BELOW | {"y": -0.1, "bgcolor": _PAPER, "font": {"color": _INK}},
        **layout,
    )


def _title(result: Result) -> str:
    layers = len(result.widths)
    cut = "cut" if result.neurons > 1 else "cuts"
    where = "one layer" if layers == 1 else f"{layers} layers"
    neurons, cells = plural(result.neurons, "neuron"), plural(result.cells, "cell")
    return f"{neurons} in {where} {cut} the window into {cells}"


def joined(strands: Strands, kept: ArrayLike) -> tuple[Array, Array]:
    """x and y of the strands that are `kept`, with a gap behind each."""
    chosen = np.flatnonzero(kept)
    if chosen.size == 0:
        return np.empty(0), np.empty(0)
    gap = np.full((1, 2), np.nan)
    parts = [
        part
        for k in chosen.tolist()
        for part in (strands.points[strands.offsets[k] : strands.offsets[k + 1]], gap)
    ]
    points = np.concatenate(parts)
    return points[:, 0], points[:, 1]


def _trace(name: str, mode: str, x: Any, y: Any, **look: Any) -> Trace:
    """Marks that answer no pointer: the page's script does."""
    drawn = {"type": "scatter", "mode": mode, "x": x, "y": y, "name": name}
    return drawn | {"hoverinfo": "skip", "showlegend": False} | look


def _folds(params: Params, result: Result, layer: int) -> Trace:
    """The curves of one layer; above 5000 cells they are in the image, and here is their name."""
    bounds = np.cumsum((0, *result.widths))
    neuron = result.strands.neuron
    inside = (neuron >= bounds[layer - 1]) & (neuron < bounds[layer])
    x, y = joined(result.strands, inside & (result.drawn is not None))
    # thinner where folds are many
    width = (2.4 if layer == 1 else 1.8) * max(0.5, min(1.0, math.sqrt(_DENSE / result.cells)))
    return _trace(
        f"layer {layer}",
        "lines",
        typed(x) if x.size else [None],
        typed(y) if y.size else [None],
        line={"color": depth_colour(layer, params.depth), "width": width},
        showlegend=True,
        visible=layer <= params.layers,
    )


def _piece(params: Params, result: Result, colour: int) -> Trace:
    """Pieces of the chosen neuron's zero set, every sixth one."""
    strands = result.strands
    mine = (strands.neuron == params.neuron - 1) & (strands.component % len(PIECES) == colour)
    x, y = ([None if np.isnan(v) else float(v) for v in values] for values in joined(strands, mine))
    return _trace("chosen neuron", "lines", x, y, line={"color": PIECES[colour], "width": 5})


def _arrows() -> Trace:
    """Room for the arrows that point to where a neuron is on."""
    arrow = {"symbol": "arrow", "size": 16, "angle": [], "color": _INK}
    return _trace("side that is on", "markers", [], [], marker=arrow)


def _scale() -> Trace:
    """Room for a colour bar."""
    return _trace("scale", "markers", [None], [None], marker={"color": [0], "showscale": False})


def _line(params: Params) -> Trace:
    """The line of the slice, with its two ends to drag."""
    ink = {"color": _INK, "width": 2.5}
    two = params.line[:2]
    return _trace(
        "line of the slice",
        "lines+markers",
        [p[0] for p in two],
        [p[1] for p in two],
        line=ink,
        marker={"size": 15, "color": _PAPER, "line": ink},
    )


def png(rows: bytes, colour: str, depth: int) -> str:
    """The address of a picture with one byte a pixel: folds by layer, then shades."""
    table = bytearray(3 * 256)
    for layer in range(1, depth + 1):
        table[3 * layer : 3 * layer + 3] = bytes.fromhex(depth_colour(layer, depth)[1:])
    table[3 * FIRST_SHADE :] = palette(colour, depth).tobytes()

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", PIXELS, PIXELS, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", bytes(table)), (b"IDAT", rows), (b"IEND", b""))
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*parts) for parts in chunks)
    return "data:image/png;base64," + base64.b64encode(whole).decode()


def local(_params: Params, result: Result) -> tuple[str, ...]:
    """What the browser can show by itself: all but what needs another image."""
    return LOCAL if result.drawn is not None else ("arrows",)


def packed(array: ArrayLike, dtype: str) -> dict[str, str]:
    """An array as the page's script reads it."""
    values = np.ascontiguousarray(array, dtype=f"<{dtype}")
    return {"dtype": dtype, "bdata": base64.b64encode(values.tobytes()).decode()}


def extra(params: Params, result: Result) -> dict[str, Any]:
    """The network, for hovering; polygons and values of the cells, unless they are too many."""
    strands = result.strands
    parts = [a for w, b in zip(*result.net, strict=True) for a in (w.ravel(), b)]
    return {
        "widths": list(result.widths),
        "window": list(result.window),
        "network": packed(np.concatenate(parts), "f8"),
        "components": packed(result.components, "i2"),
        "loops": packed(result.loops, "i2"),
        "lengths": packed(result.length_by_neuron, "f4"),
        "output": list(result.output_range),
        "gradient": list(result.gradient_range),
        "palettes": {name: packed(palette(name, params.depth), "u1") for name in PALETTES},
        "strands": {
            "offsets": packed(strands.offsets, "i4"),
            "neuron": packed(strands.neuron, "i2"),
            "component": packed(strands.component, "i2"),
            "points": packed(strands.points, "f4"),
        },
        "cells": None if result.drawn is None else _packed_cells(result.drawn, result.window),
    }


def _packed_cells(cells: Cells, window: Window) -> dict[str, Any]:
    # values at the corner of the window: single precision is for what is seen in it
    corner = np.array([window[0], window[2]])
    at_corner = cells.maps[:, 2] + cells.maps[:, :2] @ corner
    return {
        "offsets": packed(cells.offsets, "i4"),
        "ring": packed(cells.ring, "u2"),
        "corners": packed(cells.corners - corner, "f4"),
        "maps": packed(np.column_stack([cells.maps[:, :2], at_corner]), "f4"),
        "codes": packed(cells.codes, "u1"),
        "last": packed(cells.last, "u1"),
        "region": packed(region_codes(cells.codes, cells.region), "u1"),
    }
