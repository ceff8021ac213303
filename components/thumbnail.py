"""Thumbnails: a page's default figure as a small SVG without words, for the map.

Made from the same dict that the page draws, so the map never shows what a page does not. What a
thumbnail understands: lines, markers, error bars, fills, bars, heat maps and straight shapes.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from components.figures.base import Figure, Trace
from components.figures.packed import decoded
from components.theme import LOOKS

Array = NDArray[np.float64]

WIDTH, HEIGHT, MARGIN = 300, 132, 7
MOST_POINTS, MOST_DOTS = 160, 60
RASTER = (100, 44)
DASHES = {"dash": "6 4", "dot": "1.5 3.5", "dashdot": "6 3 1.5 3", "longdash": "9 4"}
CURVES = {"scatter", "scattergl"}
RASTERS = {"heatmap", "contour", "heatmapgl"}


def thumbnail(figure: Figure, look: str) -> str:
    """The figure as an image address; '' where there is nothing a thumbnail can draw."""
    view = _View(figure, LOOKS[look])
    marks = "".join(view.draw())
    if not marks:
        return ""
    frame = (
        f'<path d="M{MARGIN} {MARGIN}V{HEIGHT - MARGIN}H{WIDTH - MARGIN}" fill="none" '
        f'stroke="{LOOKS[look]["border"]}"/>'
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><clipPath id="c"><rect x="{MARGIN}" y="{MARGIN}" '
        f'width="{WIDTH - 2 * MARGIN}" height="{HEIGHT - 2 * MARGIN}"/></clipPath>'
        f'<g clip-path="url(#c)" stroke-linejoin="round">{marks}</g>{frame}</svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe=" '=/:;,.()<>-")


def tells(figure: Figure) -> bool:
    """Whether there is more to see than level and upright lines."""
    for trace in filter(_drawable, figure["data"]):
        x, y = decoded(trace.get("x")), decoded(trace.get("y"))
        if trace.get("type") in RASTERS or (np.abs(np.diff(x) * np.diff(y)) > 0).any():
            return True
    return False


class _View:
    """The first pair of axes of a figure, and the colours of a look."""

    def __init__(self, figure: Figure, colours: dict[str, str]) -> None:
        self.colours = colours
        self.layout = figure["layout"]
        self.traces = [t for t in figure["data"] if _drawable(t)]
        self.log = {a: self.layout.get(f"{a}axis", {}).get("type") == "log" for a in "xy"}
        self.range = {a: self._range(a) for a in "xy"}

    def draw(self) -> Iterator[str]:
        """Every trace, then the shapes, as SVG elements."""
        for trace in self.traces:
            kind = trace.get("type", "scatter")
            if kind in RASTERS:
                yield self._raster(trace)
            elif kind == "bar":
                yield from self._bars(trace)
            else:
                yield from self._curve(trace)
        if self.traces:
            yield from filter(None, map(self._shape, self.layout.get("shapes", ())))

    # ---- from data to the picture

    def _numbers(self, trace: Trace, axis: str) -> Array:
        values = decoded(trace.get(axis))
        other = decoded(trace.get("y" if axis == "x" else "x"))
        if not values.size and trace.get("type", "scatter") in CURVES | {"bar"}:
            values = np.arange(other.size, dtype=np.float64)
        return self._scaled(values, axis)

    def _scaled(self, values: Array, axis: str) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.log10(values) if self.log[axis] else values
        return np.where(np.isfinite(scaled), scaled, np.nan)

    def _range(self, axis: str) -> tuple[float, float]:
        given = self.layout.get(f"{axis}axis", {}).get("range")
        if given is not None and None not in given:
            return float(given[0]), float(given[1])
        parts = [self._numbers(t, axis).ravel() for t in self.traces]
        found = np.concatenate(parts) if parts else np.zeros(0)
        found = found[np.isfinite(found)]
        if axis == "y" and any(t.get("type") == "bar" for t in self.traces):
            found = np.append(found, 0.0)
        if not found.size:
            return 0.0, 1.0
        low, high = float(found.min()), float(found.max())
        pad = 0.0 if any(t.get("type") in RASTERS for t in self.traces) else 0.05 * (high - low)
        return (low - pad, high + pad) if high > low else (low - 0.5, high + 0.5)

    def _pixels(self, values: Array, axis: str) -> Array:
        low, high = self.range[axis]
        share = (values - low) / (high - low)
        size = WIDTH if axis == "x" else HEIGHT
        at = MARGIN + (share if axis == "x" else 1 - share) * (size - 2 * MARGIN)
        return np.clip(at, -size, 2 * size)

    def _colour(self, value: Any, role: str = "theory") -> str:
        if isinstance(value, str):
            name = value[1:] if value.startswith("@") else ""
            return self.colours.get(name, self.colours[role] if name else value)
        return self.colours[role]

    # ---- marks

    def _curve(self, trace: Trace) -> Iterator[str]:
        x = self._pixels(self._numbers(trace, "x"), "x")
        y = self._pixels(self._numbers(trace, "y"), "y")
        mode = trace.get("mode", "lines")
        style = trace.get("line", {})
        colour = self._colour(style.get("color"))
        if trace.get("fill") in {"toself", "tozeroy", "tonexty"} and x.size:
            fill = self._colour(trace.get("fillcolor") or style.get("color"), "faint")
            yield f'<path d="{self._filled(trace, x, y)}" fill="{fill}" fill-opacity=".35"/>'
        if "lines" in mode and style.get("width", 2) > 0:
            dash = DASHES.get(style.get("dash", ""), "")
            path = _path(*_thinned(x, y, MOST_POINTS))
            if path:
                yield (
                    f'<path d="{path}" fill="none" stroke="{colour}" '
                    f'stroke-width="{min(0.8 * style.get("width", 2), 2.2):.1f}"'
                    + (f' stroke-dasharray="{dash}"' if dash else "")
                    + "/>"
                )
        if "markers" in mode:
            yield from self._dots(trace, x, y)

    def _filled(self, trace: Trace, x: Array, y: Array) -> str:
        x, y = _thinned(x, y, MOST_POINTS)
        path = _path(x, y)
        if trace["fill"] == "tozeroy" and path:
            zero = float(self._pixels(np.zeros(1), "y")[0])
            kept = x[np.isfinite(x + y)]
            path += f"L{kept[-1]:.1f} {zero:.1f}L{kept[0]:.1f} {zero:.1f}"
        return path + "Z" if path else ""

    def _dots(self, trace: Trace, x: Array, y: Array) -> Iterator[str]:
        marker = trace.get("marker", {})
        colour = self._colour(marker.get("color"), "measurement")
        size = marker.get("size", 6)
        radius = min(0.3 * float(size), 3.4) if isinstance(size, int | float) else 2.0
        step = max(1, math.ceil(x.size / MOST_DOTS))
        error = decoded(trace.get("error_y", {}).get("array"))
        if error.size == y.size and not self.log["y"]:
            low, high = self.range["y"]
            reach = np.abs(error / (high - low)) * (HEIGHT - 2 * MARGIN)
            bars = "".join(
                f"M{a:.1f} {b - r:.1f}V{b + r:.1f}"
                for a, b, r in zip(x[::step], y[::step], reach[::step], strict=True)
                if math.isfinite(a + b + r)
            )
            yield f'<path d="{bars}" stroke="{colour}"/>'
        # Dots are strokes of no length with round ends: one element for all of them.
        points = "".join(
            f"M{a:.1f} {b:.1f}h0"
            for a, b in zip(x[::step], y[::step], strict=True)
            if math.isfinite(a + b)
        )
        if points:
            yield (
                f'<path d="{points}" stroke="{colour}" stroke-width="{2 * radius:.1f}" '
                'stroke-linecap="round"/>'
            )

    def _bars(self, trace: Trace) -> Iterator[str]:
        x, y = self._numbers(trace, "x"), self._numbers(trace, "y")
        if not x.size:
            return
        given = decoded(trace.get("width"))
        gap = float(np.median(np.diff(x))) if x.size > 1 else 1.0
        width = given if given.size == x.size else np.full(x.size, 0.9 * gap)
        left, right = self._pixels(x - width / 2, "x"), self._pixels(x + width / 2, "x")
        top = self._pixels(y, "y")
        zero = float(self._pixels(np.array([self.range["y"][0] if self.log["y"] else 0.0]), "y")[0])
        path = "".join(
            f"M{a:.1f} {zero:.1f}V{t:.1f}H{b:.1f}V{zero:.1f}Z"
            for a, b, t in zip(left, right, top, strict=True)
            if math.isfinite(a + b + t)
        )
        colour = self._colour(trace.get("marker", {}).get("color"), "measurement")
        yield f'<path d="{path}" fill="{colour}" fill-opacity=".5"/>'

    def _raster(self, trace: Trace) -> str:
        z = decoded(trace.get("z"))
        if z.ndim != 2 or not z.size:
            return ""
        columns, rows = RASTER
        i = self._nearest(trace, "x", columns, z.shape[1])
        j = self._nearest(trace, "y", rows, z.shape[0])[::-1]
        shade = z[np.ix_(j, i)]
        finite = z[np.isfinite(z)]
        low = trace.get("zmin", finite.min() if finite.size else 0.0)
        high = trace.get("zmax", finite.max() if finite.size else 1.0)
        share = np.clip((shade - low) / (high - low if high > low else 1.0), 0, 1)
        png = _png(self._shades(trace.get("colorscale"), share))
        return (
            f'<image x="{MARGIN}" y="{MARGIN}" width="{WIDTH - 2 * MARGIN}" '
            f'height="{HEIGHT - 2 * MARGIN}" preserveAspectRatio="none" href="{png}"/>'
        )

    def _nearest(self, trace: Trace, axis: str, pixels: int, size: int) -> NDArray[np.intp]:
        low, high = self.range[axis]
        at = low + (np.arange(pixels) + 0.5) / pixels * (high - low)
        nodes = self._scaled(decoded(trace.get(axis)), axis)
        if nodes.size != size:
            nodes = np.arange(size, dtype=np.float64)
        nearest: NDArray[np.intp] = np.abs(
            np.nan_to_num(nodes, nan=np.inf)[None, :] - at[:, None]
        ).argmin(axis=1)
        return nearest

    def _shades(self, scale: Any, share: Array) -> NDArray[np.uint8]:
        stops = [(float(s), self._colour(c)) for s, c in scale] if isinstance(scale, list) else []
        if not stops or any(len(c) != 7 for _, c in stops):
            stops = [(0.0, self.colours["background"]), (1.0, self.colours["theory"])]
        rgb = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for _, c in stops])
        at = [s for s, _ in stops]
        back = [int(self.colours["background"][k : k + 2], 16) for k in (1, 3, 5)]
        channels = [
            np.where(np.isfinite(share), np.interp(share, at, rgb[:, k]), back[k]) for k in range(3)
        ]
        return np.stack(channels, axis=-1).round().astype(np.uint8)

    def _shape(self, shape: dict[str, Any]) -> str:
        if shape.get("type") != "line" or not {"x0", "x1", "y0", "y1"} <= shape.keys():
            return ""
        ends = []
        for axis in "xy":
            low, high = self.range[axis]
            paper = shape.get(f"{axis}ref", axis) == "paper"
            values = np.array([shape[f"{axis}0"], shape[f"{axis}1"]], dtype=np.float64)
            ends.append(
                self._pixels(
                    low + values * (high - low) if paper else self._scaled(values, axis), axis
                )
            )
        colour = self._colour(shape.get("line", {}).get("color"), "bound")
        return (
            f'<path d="{_path(*ends)}" stroke="{colour}" stroke-dasharray="1.5 3.5"/>'
            if np.isfinite(ends).all()
            else ""
        )


def _drawable(trace: Trace) -> bool:
    kind = trace.get("type", "scatter")
    return (
        kind in CURVES | RASTERS | {"bar"}
        and trace.get("visible", True) is True
        and trace.get("xaxis", "x") == "x"
        and trace.get("yaxis", "y") == "y"
    )


def _thinned(x: Array, y: Array, most: int) -> tuple[Array, Array]:
    """At most `most` points, evenly by index, gaps and the last point kept."""
    if x.size <= most or np.isnan(x + y).sum() > most / 4:
        return x, y
    kept = np.unique(np.append(np.linspace(0, x.size - 1, most), np.flatnonzero(np.isnan(x + y))))
    index = kept.round().astype(int)
    return x[index], y[index]


def _path(x: Array, y: Array) -> str:
    """A polyline with its gaps, in tenths of a pixel."""
    parts = []
    pen = "M"
    for a, b in zip(x, y, strict=True):
        if math.isfinite(a + b):
            parts.append(f"{pen}{a:.1f} {b:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(parts) if len(parts) > 1 else ""


def _png(pixels: NDArray[np.uint8]) -> str:
    """An RGB image of shape (rows, columns, 3) as a data address."""
    rows, columns, _ = pixels.shape
    lines = b"".join(b"\0" + pixels[j].tobytes() for j in range(rows))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()
