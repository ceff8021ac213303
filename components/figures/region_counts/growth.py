"""Figures of page 4.2: more neurons, distance from the origin, and one input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, at_end, axis, dots, figure, line
from components.figures.region_counts.depths import CELLS, Found, amount, bound_words
from components.figures.region_counts.distributions import SYMBOLS, layers
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Result
from compute.experiments.region_counts.setting import Params

NEURONS = "neurons ΣN"
_NEAREST = 1e-4


def regions_by_neurons(params: Params, result: Result, sample: Found) -> Figure:
    """Mean N_A against the number of neurons, log–log."""
    data, notes, heights = _by_neurons(result, sample, "regions", np.ones(1), "N_A")
    x = _counts(result)
    most = np.array([a.zaslavsky for a in result.arrangements[: x.size]])
    words = "most that lines can make" if params.inputs == 2 else "1 + ΣN"
    hover = "ΣN = %{x}<br>%{y:.4g}"
    data.append(line(x, most, "bound", words, hover))
    heights.append(most)
    low, high = _reach(heights)
    middle = x.size // 2
    notes.append(_note(x[middle], float(most[middle]), words, "bound", xanchor="right", xshift=-8))
    return figure(
        _growth_title(params, result),
        _neuron_axis(x),
        axis(f"mean {CELLS}", log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def _growth_title(params: Params, result: Result) -> str:
    """What the law of the first depth does between its two largest networks."""
    if params.inputs == 1 or params.bias_variance == 0:
        return "At every depth regions grow like the number of neurons"
    size = _counts(result).size
    first, last = result.arrangements[max(size - 2, 0)], result.arrangements[size - 1]
    share = last.cell.neurons / first.cell.neurons
    power = math.log(last.regions / first.regions) / math.log(share) if share > 1 else 2.0
    if power > 1.7:
        return "At every depth regions grow like the square of the number of neurons"
    return f"In so small a window regions grow like the number of neurons to the {power:.1f}"


def prefactor(params: Params, result: Result, sample: Found) -> Figure:
    """Mean N_A over what the whole plane has at most, about (ΣN)²/2; over ΣN for one input."""
    x = _counts(result)
    unit = x * x / 2 if params.inputs == 2 else x
    words = "(ΣN)²/2" if params.inputs == 2 else "ΣN"
    data, notes, heights = _by_neurons(result, sample, "regions", unit, f"N_A over {words}")
    top = max((float(np.nanmax(h)) for h in heights if h.size), default=1.0)
    return figure(
        "What depth changes is the factor in front",
        _neuron_axis(x),
        axis(f"mean N<sub>A</sub> / {words}", range=(0, 1.15 * top)),
        data,
        annotations=[n | {"y": 10 ** n["y"]} for n in notes],
    )


def length_by_neurons(params: Params, result: Result, sample: Found) -> Figure:
    """Mean Z_A against the number of neurons, with the bound of Theorem 4.2.1."""
    data, notes, heights = _by_neurons(result, sample, "length", np.ones(1), "Z_A")
    x = _counts(result)
    bound = np.array([a.bound for a in result.arrangements[: x.size]])
    if np.isfinite(bound).all():
        words = bound_words(params)
        data.append(line(x, bound, "bound", words, "ΣN = %{x}<br>%{y:.4g}"))
        heights.append(bound)
        side = {"xanchor": "right", "xshift": -8}
        notes.append(_note(x[x.size // 2], float(bound[x.size // 2]), words, "bound", **side))
    low, high = _reach(heights)
    return figure(
        "The nodal set grows in proportion to the neurons",
        _neuron_axis(x),
        axis(f"mean {amount(params)}", log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def _by_neurons(
    result: Result, sample: Found, what: str, unit: Array, name: str
) -> tuple[list[Trace], list[dict[str, Any]], list[Array]]:
    """Law and measurement of both arrangements over `unit`; labels at the ends; all heights."""
    x = _counts(result)
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    heights: list[Array] = []
    hover = f"ΣN = %{{x}}<br>{name} = %{{y:.4g}}"
    measured = None
    if sample is not None:
        measured = summaries.by_cell(sample.current, getattr(summaries, what))
    for place, start in enumerate(range(0, len(result.arrangements), x.size)):
        group = result.arrangements[start : start + x.size]
        law = np.array([getattr(a, what) for a in group]) / unit
        depth = layers(group[0].cell.layers)
        exact = "exact" if group[0].cell.layers == 1 else "limit of wide layers"
        end = float(law[-1])
        if np.isfinite(law).all():
            role = "theory" if exact == "exact" else "bound"
            data.append(line(x, law, role, f"{depth}, {exact}", hover))
            heights.append(law)
        if measured is not None:
            value, error = (part[start : start + x.size] / unit for part in measured)
            kept = value > 0
            marker = {"color": "@measurement", "size": 9, "symbol": SYMBOLS[place % 2]}
            label = hover + " ± %{error_y.array:.2g}"
            errors = np.minimum(error[kept], 0.9 * value[kept])
            data.append(dots(x[kept], value[kept], depth, label, error=errors, marker=marker))
            heights.append(value[kept])
            end = float(value[-1]) if kept[-1] else end
        if np.isfinite(end):
            beside = {"xanchor": "left", "xshift": 10, "yshift": -9 if place else 9}
            notes.append(_note(x[-1], end, depth, "text", **beside))
    return data, notes, heights


def _counts(result: Result) -> Array:
    first = result.arrangements[0].cell.layers
    counts = [a.cell.neurons for a in result.arrangements if a.cell.layers == first]
    return np.array(counts, dtype=np.float64)


def _neuron_axis(x: Array) -> dict[str, Any]:
    made = axis(NEURONS, log=True, range=(x[0] / 1.3, x[-1] * max(1.6, (x[-1] / x[0]) ** 0.25)))
    return made | {"tickvals": x.tolist(), "ticktext": [f"{n:.0f}" for n in x]}


def _note(x: float, y: float, text: str, role: str, **more: Any) -> dict[str, Any]:
    place = {"log_x": True, "log_y": True, "yanchor": "middle"} | more
    return at_end(float(x), max(y, 1e-12), text, role, **place)


def _reach(heights: Sequence[Array]) -> tuple[float, float]:
    joined = np.concatenate([h[h > 0] for h in heights] or [np.ones(1)])
    return (0.5 * float(joined.min()), 2 * float(joined.max())) if joined.size else (0.5, 2.0)


def density_by_distance(params: Params, result: Result, sample: Found) -> Figure:
    """Length per area and neuron against the distance from the origin, layer by layer."""
    part = result.distance
    assert part is not None
    hover = "r = %{x:.3g}<br>density %{y:.4g}"
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    firsts: list[dict[str, Any]] = []
    heights = [np.zeros(1)]
    for layer, law in enumerate(part.density):
        if not np.isfinite(law).all():
            continue
        words = f"layer {layer + 1}, " + ("exact" if layer == 0 else "limit of wide layers")
        role = "bound" if layer else "theory"
        data.append(line(part.points, law, role, words, hover))
        beside = {"yanchor": "middle", "xshift": -6}
        firsts.append(at_end(0, float(law[0]), f"layer {layer + 1}", role, **beside))
        heights.append(law)
    if np.isfinite(part.bound[0]) and params.weight_variance == 2:
        words = bound_words(params)
        data.append(_across(part.points, float(part.bound[0]), words, "bound"))
        notes.append(at_end(params.half_width, float(part.bound[0]), words, "bound"))
        heights.append(part.bound[:1])
    state = None if sample is None else sample.current.cells[0]
    if state is not None:
        value, error = summaries.ring_density(state, part.edges, result.arrangements[0])
        middle = 0.5 * (part.edges[1:] + part.edges[:-1])
        for layer in range(len(value)):
            label = hover + " ± %{error_y.array:.2g}"
            symbol = ("circle", "square", "diamond", "cross", "x", "triangle-up")[layer % 6]
            marker = {"color": "@measurement", "size": 7, "symbol": symbol}
            found = dots(
                middle, value[layer], f"layer {layer + 1}", label, error=error[layer], marker=marker
            )
            data.append(found)
            heights.append(value[layer])
    if not data:
        data.append(_across(part.points, 0.0, "no law where there are no biases", "bound"))
    top = max(float(h.max()) for h in heights) or 1.0
    return figure(
        "Folds are densest at the origin; deeper layers are spread wider",
        axis("distance r from the origin", range=(-0.09 * params.half_width, params.half_width)),
        axis("length per area and neuron", range=(0, 1.15 * top)),
        data,
        annotations=notes + firsts,
    )


def _across(points: Array, height: float, name: str, role: str) -> Trace:
    return line([points[0], points[-1]], [height, height], role, name, name + ": %{y:.4g}")


def gradients(params: Params, result: Result, sample: Found) -> Figure:
    """E‖∇ẑ^(ℓ)‖² of a neuron of every layer and of the output: 2, not 1 as printed."""
    part = result.distance
    assert part is not None
    x = np.arange(1, part.gradients.size + 1)
    hover = "layer %{x}<br>%{y:.4g}"
    data = [line(x, part.gradients, "theory", "C_W (C_W/2)^(ℓ−1)", hover)]
    notes = [at_end(x[-1] - 0.5, float(part.gradients[-1]), "exact", "theory")]
    top = float(part.gradients.max())
    if params.weight_variance == 2:
        data.append(line(x, np.ones_like(x), "printed", "as printed: 1", hover))
        notes.append(at_end(x[-1] - 0.5, 1.0, "as printed: 1", "printed"))
    if sample is not None and sample.current.gradients is not None:
        found = [m.mean_estimate() for m in sample.current.gradients.squares]
        value = np.array([e.value for e in found])
        label = hover + " ± %{error_y.array:.2g}"
        error = [e.standard_error for e in found]
        data.append(dots(x, value, "measured", label, error=error))
        top = max(top, float(value.max()))
    return figure(
        "Mean squared gradient, at any input and width",
        axis("layer ℓ; the last is the output", range=(0.7, x[-1] + 0.3)) | _whole(x),
        axis("E‖∇z<sup>(ℓ)</sup>‖²", range=(0, 1.25 * top)),
        data,
        annotations=notes,
    )


def zeros_by_layer(params: Params, result: Result, sample: Found) -> Figure:
    """Zeros per neuron, on the whole line and in the window, layer by layer."""
    part = result.line
    assert part is not None
    x = np.arange(1, part.whole.size + 1)
    a = params.half_width
    hover = "layer %{x}<br>zeros per neuron %{y:.5g}"
    window = f"in [−{a:g}, {a:g}]"
    data = [
        line(x, part.whole, "theory", "whole line, exact: ∏(1 − 2^−N_k)", hover),
        line(x, part.window, "bound", f"{window}, limit of wide layers; exact for 1", hover),
    ]
    at = float(x[-1])
    side = {"xanchor": "left", "yanchor": "middle", "xshift": 12}
    notes = [
        at_end(at, float(part.whole[-1]), "whole line", "theory", **side),
        at_end(at, float(part.window[-1]), f"{window}, wide limit", "bound", **side),
    ]
    if sample is not None:
        for place, (state, name) in enumerate(
            zip(sample.current.cells, (window, "whole line"), strict=True)
        ):
            if state is None:
                continue
            value, error = summaries.zeros_by_layer(state, result.arrangements[place].widths)
            marker = {"color": "@measurement", "size": 9, "symbol": SYMBOLS[1 - place]}
            label = hover + " ± %{error_y.array:.2g}"
            data.append(dots(x, value, name, label, error=error, marker=marker))
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


def zero_distribution(_params: Params, result: Result, sample: Found) -> Figure:
    """Share of the last layer's neurons with 0, 1, 2, … zeros on the whole line."""
    a = result.arrangements[1]
    state = None if sample is None else sample.current.cells[1]
    depth = a.cell.layers
    if state is None:
        data = [line([0, 8], [1, 1], "faint", "no network yet", hoverinfo="skip")]
        most, low = 6, _NEAREST
    else:
        share, error = summaries.component_shares(state, depth - 1, a.widths[-1])
        seen = np.flatnonzero(share > 0)
        label = "%{x} zeros<br>share %{y:.3g} ± %{error_y.array:.2g}"
        errors = np.minimum(error[seen], 0.9 * share[seen])
        data = [dots(seen, share[seen], f"neuron of layer {depth}", label, error=errors)]
        most, low = max(3, int(seen[-1])), float(share[seen].min()) / 3
    title = "A line has one zero" if depth == 1 else "None, one or several: at most one on average"
    return figure(
        title,
        axis(f"zeros of a neuron of layer {depth}, whole line", range=(-0.6, most + 0.6)),
        axis("share of neurons", log=True, range=(min(low, 0.1), 3.0)),
        data,
    )
