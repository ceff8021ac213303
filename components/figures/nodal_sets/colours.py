"""Colours of page 4.1, for vectors and images alike: 240 shades a colouring, folds by depth."""

from __future__ import annotations

import colorsys
from functools import cache

import numpy as np
from numpy.typing import NDArray

from components.theme import DEPTH_SCALE, SIGN_SCALE
from compute.experiments.nodal_sets.raster import SHADES

Shades = NDArray[np.uint8]

# Folds lie on top, so cells are pale, and the scale of depth leaves out its palest end.
_GRADIENT = ("#fbfaf6", "#d5e3ee", "#9cc3de", "#5c9cc8")
PALETTES = ("output", "pattern", "gradient", "layer", "region")


# The middle half of the scale of signs.
_OUTPUT = [(2 * float(str(p)) - 0.5, str(c)) for p, c in SIGN_SCALE[1:-1]]
_DEPTH = [(float(str(p)), str(c)) for p, c in DEPTH_SCALE]


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)


def _along(stops: list[tuple[float, str]], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) colours of a scale at places in [0, 1]."""
    places, colours = [p for p, _ in stops], np.array([_rgb(c) for _, c in stops])
    return np.column_stack([np.interp(at, places, colours[:, k]) for k in range(3)])


def depth_colour(layer: int, depth: int) -> str:
    """The colour of folds of layer 1 … depth."""
    place = np.array([0.3 + 0.7 * (layer - 1) / max(depth - 1, 1)])
    red, green, blue = _along(_DEPTH, place)[0].round().astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


@cache
def palette(name: str, depth: int) -> Shades:
    """(240, 3) the shades of a colouring, from its least to its largest value."""
    at = np.linspace(0, 1, SHADES)
    if name == "output":
        colours = _along(_OUTPUT, at)
    elif name == "gradient":
        colours = _along([(k / 3, c) for k, c in enumerate(_GRADIENT)], at)
    elif name == "layer":
        shown = ["#ffffff", *(depth_colour(layer, depth) for layer in range(1, depth + 1))]
        stops = [(k / depth, c) for k, c in enumerate(shown)]
        colours = 255 - 0.45 * (255 - _along(stops, at))
    else:
        colours = np.array([_pastel(k) for k in range(SHADES)])
    return colours.round().astype(np.uint8)


def _pastel(k: int) -> tuple[float, float, float]:
    """Neighbouring codes get hues far apart, and lightness as well for those who see no hue."""
    hue = k * 0.6180339887 % 1.0
    red, green, blue = colorsys.hls_to_rgb(hue, 0.76 + 0.03 * (k * 7 % 6), 0.5)
    return 255 * red, 255 * green, 255 * blue
