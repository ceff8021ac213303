"""Figures of page 4.2: more neurons, distance from the origin, and one input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    beside,
    figure,
    level,
    line,
    measured,
    middles,
    reach,
)
from components.figures.labels import on_logs, width_axis
from components.figures.orders import Order
from components.figures.region_counts.depths import (
    CELLS,
    LIMIT,
    Arrangements,
    Found,
    Notes,
    amount,
    bound_words,
)
from components.figures.region_counts.distributions import SYMBOLS, layers, shares
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Distance, Line
from compute.experiments.region_counts.setting import Params

NEURONS = "neurons ΣN"
_NEAREST = 1e-4
_LAYER_SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up")


def regions_by_neurons(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Mean N_A against the number of neurons, log–log."""
    words = "most that lines can make" if params.inputs == 2 else "1 + ΣN"
    bound = np.array([a.zaslavsky for a in parts]), words
    data, notes, heights = _by_neurons(parts, sample, "regions", "N_A", bound=bound)
    return figure(
        _power_title(parts, sample, "regions", "Regions"),
        _neuron_axis(parts),
        axis(f"mean {CELLS}", log=True, range=reach(heights)),
        data,
        annotations=notes,
    )


def _power_title(parts: Arrangements, sample: Found, what: str, noun: str) -> str:
    """How a mean grows from the second largest to the largest networks, measured or by its law."""
    size, powers = len(_counts(parts)), []
    value = np.array([getattr(a, what) for a in parts])
    if sample is not None and summaries.enough(sample.current):
        value = summaries.by_cell(sample.current, getattr(summaries, what))[0]
    for last in range(size - 1, len(parts), size) if size > 1 else ():
        share = parts[last].cell.neurons / parts[last - 1].cell.neurons
        powers.append(float(np.log(value[last] / value[last - 1])) / math.log(share))
    if not powers or not np.isfinite(powers).all():
        return f"{noun} against the number of neurons"
    said = [
        f"(ΣN)<sup>{power:.2f}</sup> in {layers(part.cell.layers)}"
        for power, part in zip(powers, parts[size - 1 :: size], strict=True)
    ]
    return f"{noun}: {', '.join(said)}"


def prefactor(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Mean N_A over what the whole plane has at most, about (ΣN)²/2; over ΣN for one input."""
    x = np.array(_counts(parts), dtype=np.float64)
    unit = x * x / 2 if params.inputs == 2 else x
    words = "(ΣN)²/2" if params.inputs == 2 else "ΣN"
    data, notes, heights = _by_neurons(parts, sample, "regions", f"N_A over {words}", unit)
    top = max((float(np.nanmax(h)) for h in heights if h.size), default=1.0)
    return figure(
        f"The factor in front: regions over {words}",
        _neuron_axis(parts),
        axis(f"mean N<sub>A</sub> / {words}", range=(0, 1.15 * top)),
        data,
        annotations=[n | {"y": 10 ** n["y"]} for n in notes],
    )


def length_by_neurons(params: Params, parts: Arrangements, sample: Found) -> Figure:
    """Mean Z_A against the number of neurons, with the bound of Theorem 4.2.1."""
    bound = np.array([a.bound for a in parts]), bound_words(params)
    data, notes, heights = _by_neurons(parts, sample, "length", "Z_A", bound=bound)
    return figure(
        _power_title(parts, sample, "length", "Nodal sets"),
        _neuron_axis(parts),
        axis(f"mean {amount(params)}", log=True, range=reach(heights)),
        data,
        annotations=notes,
    )


def _by_neurons(
    parts: Arrangements,
    sample: Found,
    what: str,
    name: str,
    unit: Array | float = 1.0,
    *,
    bound: tuple[Array, str] | None = None,
) -> tuple[list[Trace], Notes, list[Array]]:
    """Law and measurement of both arrangements over `unit`, labels at the ends, all heights.

    `bound` is the height of one for every arrangement, and its name.
    """
    x = np.array(_counts(parts), dtype=np.float64)
    data: list[Trace] = []
    notes: Notes = []
    heights: list[Array] = []
    hover = f"ΣN = %{{x}}<br>{name} = %{{y:.4g}}"
    columns = None
    if sample is not None:
        columns = summaries.by_cell(sample.current, getattr(summaries, what))
    for place, start in enumerate(range(0, len(parts), x.size)):
        group = parts[start : start + x.size]
        law = np.array([getattr(a, what) for a in group]) / unit
        depth = layers(group[0].cell.layers)
        end = float(law[-1])
        if np.isfinite(law).all():
            role, how = ("theory", "exact") if group[0].cell.layers == 1 else ("bound", LIMIT)
            data.append(line(x, law, role, f"{depth}, {how}", hover))
            heights.append(law)
            if role == "bound":
                notes.append(on_logs(x[0], law[0], LIMIT, "bound", 10, yanchor="top"))
        if columns is not None:
            value, error = (column[start : start + x.size] / unit for column in columns)
            kept = value > 0
            look: dict[str, Any] = {"log": True, "size": 9, "symbol": SYMBOLS[place % 2]}
            data.append(measured(x[kept], value[kept], error[kept], depth, hover, **look))
            heights.append(value[kept])
            end = float(value[-1]) if kept[-1] else end
        if np.isfinite(end):
            notes.append(_note(x[-1], end, depth, "text", 10, yshift=-9 if place else 9))
    if bound is not None and np.isfinite(bound[0]).all():
        height, words = bound[0][: x.size], bound[1]
        data.append(line(x, height, "bound", words, "ΣN = %{x}<br>%{y:.4g}"))
        middle = x.size // 2
        notes.append(on_logs(x[middle], height[middle], words, "bound", -8, yanchor="bottom"))
        heights.append(height)
    return data, notes, heights


def _counts(parts: Arrangements) -> list[int]:
    first = parts[0].cell.layers
    return [a.cell.neurons for a in parts if a.cell.layers == first]


def _neuron_axis(parts: Arrangements) -> dict[str, Any]:
    x = _counts(parts)
    return width_axis(NEURONS, x, 1 / 1.3, max(1.6, (x[-1] / x[0]) ** 0.25))


def _note(x: float, y: float, text: str, role: str, shift: float, **more: Any) -> dict[str, Any]:
    return on_logs(x, max(y, 1e-12), text, role, shift, yanchor="middle", **more)


def density_by_distance(params: Params, part: Distance, sample: Found) -> Figure:
    """Length per area and neuron against the distance from the origin, layer by layer."""
    hover = "r = %{x:.3g}<br>density %{y:.4g}"
    data: list[Trace] = []
    notes: Notes = []
    heights = [np.zeros(1)]
    for layer, law in enumerate(part.density, 1):
        if not np.isfinite(law).all():
            continue
        role, how = ("theory", "exact") if layer == 1 else ("bound", LIMIT)
        data.append(line(part.points, law, role, f"layer {layer}, {how}", hover))
        place = {"yanchor": "middle"} | beside(-6)
        notes.append(at_end(0, float(law[0]), f"layer {layer}", role, **place))
        heights.append(law)
    if np.isfinite(part.bound[0]) and params.weight_variance == 2:
        bound = float(part.bound[0]), bound_words(params)
        data.append(_across(part, *bound))
        notes.insert(0, at_end(params.half_width, *bound, "bound"))
        heights.append(part.bound[:1])
    state = None if sample is None else sample.current.cells[0]
    if state is not None:
        value, error = summaries.ring_density(state, part.edges, part.widths)
        for layer, rings in enumerate(value):
            name, symbol = f"layer {layer + 1}", _LAYER_SYMBOLS[layer % 6]
            found = middles(part.edges), rings, error[layer], name, hover
            data.append(measured(*found, size=7, symbol=symbol))
            heights.append(rings)
    if not data:
        data.append(_across(part, 0.0, "no law where there are no biases"))
    top = max(float(h.max()) for h in heights) or 1.0
    how_long = "Length of folds against the distance from the origin"
    return figure(
        (Order("Folds are densest at the origin", "layer 1, exact", "falls", otherwise=how_long),),
        axis("distance r from the origin", range=(-0.09 * params.half_width, params.half_width)),
        axis("length per area and neuron", range=(0, 1.15 * top)),
        data,
        annotations=notes,
    )


def _across(part: Distance, height: float, name: str) -> Trace:
    return level(part.points, height, "bound", name, name + ": %{y:.4g}")


def gradients(params: Params, part: Distance, sample: Found) -> Figure:
    """E‖∇ẑ^(ℓ)‖² of a neuron of every layer and of the output: 2, not 1 as printed."""
    x = np.arange(1, part.gradients.size + 1)
    hover = "layer %{x}<br>%{y:.4g}"
    data = [line(x, part.gradients, "theory", "C_W (C_W/2)^(ℓ−1)", hover)]
    notes = [at_end(x[-1] - 0.5, float(part.gradients[-1]), "exact", "theory")]
    top = float(part.gradients.max())
    if params.weight_variance == 2:
        data.append(line(x, np.ones_like(x), "printed", "as printed: 1", hover))
        notes.append(at_end(x[-1] - 0.5, 1.0, "as printed: 1", "printed"))
    if sample is not None and sample.current.gradients is not None:
        squares = sample.current.gradients.squares
        value, error = summaries.columns(m.mean_estimate() for m in squares)
        data.append(measured(x, value, error, "measured", hover))
        top = max(top, float(value.max()))
    return figure(
        "Mean squared gradient, at any input and width",
        axis("layer ℓ; the last is the output", range=(0.7, x[-1] + 0.3)) | _whole(x),
        axis("E‖∇z<sup>(ℓ)</sup>‖²", range=(0, 1.25 * top)),
        data,
        annotations=notes,
    )


def zeros_by_layer(params: Params, part: Line, sample: Found) -> Figure:
    """Zeros per neuron, on the whole line and in the window, layer by layer."""
    x = np.arange(1, part.whole.size + 1)
    at = float(x[-1])
    hover = "layer %{x}<br>zeros per neuron %{y:.5g}"
    window = f"in [−{params.half_width:g}, {params.half_width:g}]"
    data = [
        line(x, part.whole, "theory", "whole line, exact: ∏(1 − 2^−N_k)", hover),
        line(x, part.window, "bound", f"{window}, limit of wide layers; exact for 1", hover),
    ]
    side = {"yanchor": "middle"} | beside(12)
    notes = [
        at_end(at, float(part.whole[-1]), "whole line", "theory", **side),
        at_end(at, float(part.window[-1]), f"{window}, wide limit", "bound", **side),
    ]
    if sample is not None:
        for state, name, symbol in zip(
            sample.current.cells, (window, "whole line"), SYMBOLS[::-1], strict=True
        ):
            if state is not None:
                found = summaries.zeros_by_layer(state, part.widths)
                data.append(measured(x, *found, name, hover, size=9, symbol=symbol))
    return figure(
        "A neuron has one zero on the line at most, on average, however deep",
        axis("layer ℓ", range=(0.7, at + max(0.8, 0.35 * at))) | _whole(x),
        axis("zeros per neuron", range=(0, 1.15)),
        data,
        annotations=notes,
    )


def _whole(x: Array) -> dict[str, Any]:
    """Ticks at the layers only."""
    return {"tickvals": x.tolist(), "ticktext": [str(n) for n in x.tolist()]}


def zero_distribution(_params: Params, part: Line, sample: Found) -> Figure:
    """Share of the last layer's neurons with 0, 1, 2, … zeros on the whole line."""
    state = None if sample is None else sample.current.cells[1]
    depth = len(part.widths)
    if state is None:
        data = [level([0, 8], 1, "faint", "no network yet", hoverinfo="skip")]
        most, low = 6, _NEAREST
    else:
        name = f"neuron of layer {depth}"
        found, seen, share = shares(state, part.widths, name, "%{x} zeros")
        data = [found]
        most, low = max(3, int(seen[-1])), float(share.min()) / 3
    title = "A line has one zero" if depth == 1 else "None, one or several: at most one on average"
    return figure(
        title,
        axis(f"zeros of a neuron of layer {depth}, whole line", range=(-0.6, most + 0.6)),
        axis("share of neurons", log=True, range=(min(low, 0.1), 3.0)),
        data,
    )
