"""Figures of page 4.1: valid at every setting, and what the script is sent is what was computed."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from dash._utils import to_json

import app
from components.answer import answer
from components.figures.nodal_sets import partition as figures
from components.figures.nodal_sets.colours import PALETTES, depth_colour, palette
from components.figures.nodal_sets.words import notice, sentence
from compute.experiments.nodal_sets import Params, run
from compute.experiments.nodal_sets.raster import FIRST_SHADE, PIXELS, SHADES
from tests.figures import coloured

assert app.server  # pages register themselves with the app
from pages.chapter_4.nodal_sets import PAGE  # noqa: E402

MANY = Params(width=50, neuron=110)
SETTINGS = [p.params for p in PAGE.presets] + [
    MANY,
    replace(MANY, colour="region", layers=1),
    Params(depth=1, width=1),
    Params(network="own", depth=2, width_1=1, width_2=1, neuron=2),
    Params(bias_variance=0, weight_variance=0.2, size=0.01, centre_x=3),
    Params(line=()),
    Params(neuron=384),
]


def unpacked(array: dict[str, str]) -> Any:
    """The numbers the script reads."""
    return np.frombuffer(base64.b64decode(array["bdata"]), np.dtype(array["dtype"]))


@pytest.mark.parametrize("params", SETTINGS)
def test_figures_are_valid(params: Params) -> None:
    result = run(params)
    for plot in PAGE.plots:
        spec = plot.draw(params, result, None)
        go.Figure(coloured(spec))
        assert spec["data"]
        json.loads(to_json(spec))


@pytest.mark.parametrize("params", SETTINGS)
def test_the_partition_has_the_traces_that_its_script_counts_on(params: Params) -> None:
    """Folds by layer, six for pieces, arrows, scale, line."""
    result = run(params)
    traces = figures.partition(params, result, None)["data"]
    depth = len(result.widths)
    assert [t["name"] for t in traces[:depth]] == [f"layer {k + 1}" for k in range(depth)]
    assert [t["name"] for t in traces[depth + 6 :]] == [
        "side that is on",
        "scale",
        "line of the slice",
    ]
    assert [t["visible"] for t in traces[:depth]] == [k < params.layers for k in range(depth)]
    lit = sum(v is not None for t in traces[depth : depth + 6] for v in t["x"])
    chosen = result.strands.neuron == params.neuron - 1
    assert lit == int(np.diff(result.strands.offsets)[chosen].sum())


def test_folds_have_the_length_of_their_layer() -> None:
    params = Params(depth=3, width=9)
    result = run(params)
    layer = np.repeat([1, 2, 3], 9)
    for k, trace in enumerate(figures.partition(params, result, None)["data"][:3]):
        x, y = unpacked(trace["x"]), unpacked(trace["y"])
        length = np.nansum(np.hypot(np.diff(x.astype(float)), np.diff(y.astype(float))))
        assert length == pytest.approx(result.length_by_neuron[layer == k + 1].sum(), rel=1e-5)


def test_what_the_script_is_sent_is_the_network_and_its_cells() -> None:
    params = Params(size=2, centre_x=1.5, centre_y=-0.5)
    result = run(params)
    sent = figures.extra(params, result)
    network = unpacked(sent["network"])
    first = network[: 3 * 8]
    np.testing.assert_array_equal(first[:16].reshape(8, 2), result.net.weights[0])
    np.testing.assert_array_equal(network[-1:], result.net.biases[-1])
    assert network.size == sum(w.size + b.size for w, b in zip(*result.net, strict=True))
    cells = sent["cells"]
    assert cells is not None
    assert result.drawn is not None
    corner = np.array([result.window[0], result.window[2]])
    corners = unpacked(cells["corners"]).reshape(-1, 2)
    np.testing.assert_allclose(corners + corner, result.drawn.corners, atol=1e-6)
    np.testing.assert_array_equal(unpacked(cells["ring"]), result.drawn.ring)
    maps = unpacked(cells["maps"]).reshape(-1, 3)
    middle = np.add.reduceat(result.drawn.corners[result.drawn.ring], result.drawn.offsets[:-1])
    middle /= np.diff(result.drawn.offsets)[:, None]
    z = (result.drawn.maps * np.column_stack([middle, np.ones(len(middle))])).sum(axis=1)
    seen = (maps[:, :2] * (middle - corner)).sum(axis=1) + maps[:, 2]
    np.testing.assert_allclose(seen, z, atol=1e-5)
    np.testing.assert_array_equal(unpacked(sent["components"]), result.components)


def test_cells_of_one_region_have_one_code() -> None:
    params = next(p.params for p in PAGE.presets if p.label == "Deep and narrow")
    result = run(params)
    assert result.drawn is not None
    assert result.regions < result.cells
    codes = unpacked(figures.extra(params, result)["cells"]["region"])
    pairs = set(zip(result.drawn.region.tolist(), codes.tolist(), strict=True))
    assert len(pairs) == result.regions


@pytest.mark.parametrize("name", PALETTES)
def test_palettes_have_a_shade_for_every_byte(name: str) -> None:
    for depth in (1, 3, 6):
        shades = palette(name, depth)
        assert shades.shape == (SHADES, 3)
        assert shades.dtype == np.uint8
        if name not in ("pattern", "region"):
            assert np.abs(np.diff(shades.astype(int), axis=0)).max() < 25
        assert len(np.unique(shades, axis=0)) > 30


def test_deeper_folds_are_darker() -> None:
    for depth in (2, 4, 6):
        colours = [bytes.fromhex(depth_colour(k, depth)[1:]) for k in range(1, depth + 1)]
        grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in colours]
        assert grey == sorted(grey, reverse=True)


def test_an_image_is_a_png() -> None:
    """Signature, header, palette, and rows behind right check sums."""
    result = run(MANY)
    (image,) = figures.partition(MANY, result, None)["layout"]["images"]
    raw = base64.b64decode(image["source"].removeprefix("data:image/png;base64,"))
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(raw):
        (size,) = struct.unpack(">I", raw[at : at + 4])
        kind, data = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + size]
        assert struct.unpack(">I", raw[at + 8 + size : at + 12 + size])[0] == zlib.crc32(
            kind + data
        )
        chunks[kind] = data
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (PIXELS, PIXELS)
    assert len(chunks[b"PLTE"]) == 3 * (FIRST_SHADE + SHADES)
    assert len(zlib.decompress(chunks[b"IDAT"])) == PIXELS * (PIXELS + 1)


def test_above_5000_cells_no_polygon_is_sent() -> None:
    result = run(MANY)
    sent = figures.extra(MANY, result)
    assert sent["cells"] is None
    assert figures.local(MANY, result) == ("arrows",)
    assert "image" in notice(MANY, result, None, None)
    everything = replace(MANY, depth=6, width=64)
    size = len(to_json(figures.extra(everything, run(everything))))
    assert size < 300_000


def test_the_default_answer_is_small_and_most_of_it_needs_no_other() -> None:
    given = answer(PAGE, Params())
    assert len(to_json(given)) < 60_000
    assert given["local"] == ("colour", "layers", "neuron", "arrows")


def test_words() -> None:
    params = Params(depth=1, width=3, seed=216)
    result = run(params)
    said = sentence(params, result, None, None)
    assert said.startswith("N_A = 7 nodal cells, 7 linear regions; Z_A = ")
    v, e = result.vertices, result.edges
    assert f"V − E + F = {v} − {e} + 8 = 2" in said
    assert notice(params, result, None, None) == ""
    assert "two different points" in notice(replace(params, line=()), result, None, None)
    more = replace(params, line=((0, 0), (1, 1), (2, 0)))
    assert "first two points" in notice(more, result, None, None)
    one = run(Params(depth=1, width=1, size=0.01))
    assert "1 nodal cell, 1 linear region;" in sentence(Params(), one, None, None)
