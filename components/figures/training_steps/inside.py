"""Figures of page 1.2: neurons, weights and gradients, layer by layer; rates; parameterisations."""

from __future__ import annotations

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    axis,
    dots,
    figure,
    heatmap,
    line,
    middles,
    named,
    reach,
    together,
)
from components.figures.trained import HOLLOW
from components.figures.training_steps.training import CAP, SCALE, Drawn, predictors, seen
from compute.experiments.training_steps.run import Start
from compute.experiments.training_steps.setting import (
    SIDE,
    SWEPT,
    Params,
    activation_of,
    on_line,
)
from compute.training.descent import Networks, outputs

NAMES = ("NTK", "standard", "mean field")
_SYMBOLS = ("circle", "square", "diamond")
_DASHES = ("solid", "dash", "dot")


def _now(part: Start, sample: Drawn) -> Networks:
    return part.networks if sample is None else sample.current.networks


def looked_at(params: Params) -> tuple[int, int]:
    """The layer and the neuron that are drawn, from 1."""
    return min(params.layer, params.depth), min(params.neuron, params.width)


def neurons(params: Params, part: Start, sample: Drawn) -> Figure:
    """What each neuron of a layer says: curves on the line, the chosen one's map in the plane."""
    layer, neuron = looked_at(params)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        found = outputs(_now(part, sample), part.grid, activation_of(params))[1][layer - 1][0]
    h = np.clip(np.nan_to_num(found.astype(np.float64)), -1e6, 1e6)
    title = f"Neurons of layer {layer} as functions; neuron {neuron} is thick"
    if on_line(params):
        x = part.grid[:, 0]
        crowd, y, names = together(
            [(x, h[:, k], f"neuron {k + 1}") for k in range(min(params.width, 64))]
        )
        hover = {"hovertemplate": "%{customdata}<br>x = %{x:.2f}: %{y:.3f}<extra></extra>"}
        data = [
            line(crowd, y, "faint", "neurons", **names, **hover),
            line(x, h[:, neuron - 1], "measurement", f"neuron {neuron}")
            | {"line": {"color": "@measurement", "width": 4}},
        ]
        return figure(title, axis("input x"), axis(f"activation σ(z) in layer {layer}"), data)
    # neighbours of the chosen neuron, in a mosaic: 4 by 4
    shown = min(16, params.width)
    first = (neuron - 1) // shown * shown
    columns = 4 if shown > 4 else shown
    rows = -(-shown // columns)
    mosaic = np.full((rows * (SIDE + 1), columns * (SIDE + 1)), np.nan)
    words = np.full(mosaic.shape, "", dtype=object)
    for k in range(min(shown, params.width - first)):
        i, j = divmod(k, columns)
        place = (
            slice(i * (SIDE + 1), i * (SIDE + 1) + SIDE),
            slice(j * (SIDE + 1), j * (SIDE + 1) + SIDE),
        )
        mosaic[place] = h[:, first + k].reshape(SIDE, SIDE)
        words[place] = f"neuron {first + k + 1}"
    top = max(float(np.nanmax(np.abs(mosaic))), 1e-9)
    across = np.arange(float(mosaic.shape[1])), np.arange(float(mosaic.shape[0]))
    data = [
        heatmap(*across, mosaic, "activation maps", "%{text}<br>σ(z) = %{z:.3f}<extra></extra>",
                scale=SCALE, ends=(-top, top), bar={"title": {"text": "σ(z)"}},
                text=words.tolist())
    ]  # fmt: skip
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False}
    last = min(first + shown, params.width)
    return figure(
        f"Activation maps of neurons {first + 1} to {last} of layer {layer}, over the plane",
        axis("each map: input x₁") | bare,
        axis("each map: input x₂") | bare | {"scaleanchor": "x"},
        data,
    )


def weights(_params: Params, part: Start, sample: Drawn) -> Figure:
    """Histogram of the weights of every layer, in units of their spread at the start."""
    edges = np.linspace(-4, 4, 33)
    data = []
    pairs = zip(part.networks.weights, _now(part, sample).weights, strict=True)
    for layer, (before, after) in enumerate(pairs, start=1):
        spread = max(float(np.sqrt(np.mean(np.square(before[0], dtype=np.float64)))), 1e-12)
        share = np.nan_to_num(after[0].astype(np.float64).ravel() / spread)
        counts = np.histogram(np.clip(share, -3.99, 3.99), edges)[0] / share.size
        data.append(
            line(middles(edges), layer + 0.9 * counts / max(counts.max(), 1e-9), "measurement",
                 f"layer {layer}", f"layer {layer}: share %{{text}}", line={
                     "color": "@measurement", "shape": "hvh", "width": 1.8},
                 text=[f"{c:.3f}" for c in counts])
        )  # fmt: skip
    ticks = list(range(1, len(data) + 1))
    return figure(
        "Weights, layer by layer, in units of their size at the start",
        axis("weight / root mean square at the start", range=(-4, 4)),
        axis("layer ℓ", range=(0.8, len(data) + 1.1)) | {"tickvals": ticks},
        data,
    )


def gradients(_params: Params, part: Start, _sample: Drawn) -> Figure:
    """Norm of the gradient by layer at θ_0."""
    layers = np.arange(1.0, len(part.gradient) + 1)
    data = [dots(layers, seen(part.gradient), "‖∂L/∂w‖", "layer %{x}: %{y:.4g}", size=10)]
    return figure(
        "The first gradient, layer by layer",
        axis("layer ℓ", range=(0.5, len(layers) + 0.5)) | {"tickvals": layers.tolist()},
        axis("norm ‖∂L/∂w<sup>(ℓ)</sup>‖", log=True, range=reach([seen(part.gradient)])),
        data,
    )


def rates(params: Params, part: Start, sample: Drawn) -> Figure:
    """Largest and last loss by learning rate, with the predicted limits."""
    c, hover = np.array(SWEPT), "ηλ = %{x}<br>%{y:.4g} of the start"
    data = []
    shown = [np.array([0.1, 10.0])]
    if sample is not None and len(sample.current.losses):
        now = sample.current
        first = np.maximum(part.loss, 1e-12)
        fine = np.isinf(now.lost)
        with np.errstate(invalid="ignore"):
            peak = np.fmax.reduce(now.losses, axis=0, initial=0.0) / first
        last = np.where(fine, now.train[-1] / first, np.nan)
        shown = [np.minimum(np.nan_to_num(peak), 1e9), seen(last[fine])]
        data = [
            dots(c, seen(last), "loss now", hover),
            dots(c[fine], seen(peak[fine]), "largest so far", hover, symbol="triangle-up",
                 role="text"),
            dots(c[~fine], np.minimum(seen(peak[~fine]), CAP), "largest, then diverged",
                 hover, symbol="x", role="printed", size=11),
        ]  # fmt: skip
    low, high = reach(shown)
    limit = 2 * (1 + params.momentum)
    data.append(line([limit] * 2, [low, high], "theory", "2(1 + β): no catapult below", " "))
    data.append(line([4, 4], [low, high], "bound", "about 4: catapults end", " "))
    return figure(
        "What this network did at each learning rate",
        axis("learning rate η λ<sub>max</sub>", log=True, range=(0.4, 15)),
        axis("loss, in units of its start", log=True, range=(low, high)),
        named(data),
        **BELOW,
    )


def compared_loss(params: Params, part: Start, sample: Drawn) -> Figure:
    """Training losses of the three parameterisations."""
    hover = "step %{x}<br>loss = %{y:.4g}"
    curves: list[Array] = [seen(part.loss)]
    data = []
    for k, name in enumerate(NAMES):
        x, y = np.zeros(1), seen(part.loss[k : k + 1])
        if sample is not None:
            x, y = sample.current.at, seen(sample.current.train[:, k])
        curves.append(y[np.isfinite(y)])
        look = {"color": "@measurement", "width": 1, "dash": _DASHES[k]}
        marks = {"mode": "lines+markers", "symbol": _SYMBOLS[k], "size": 6, "line": look}
        data.append(dots(x, seen(y), name, hover, **marks))
    return figure(
        "One draw, one relative rate, three parameterisations",
        axis("step t", range=(0, params.steps)),
        axis("training loss", log=True, range=reach(curves), steady=True),
        named(data),
        **BELOW,
    )


def compared(params: Params, part: Start, sample: Drawn) -> Figure:
    """The three predictors."""
    steps, drawn = predictors(part, sample)
    title = f"Three predictors of one draw, step {steps[-1]:.0f}"
    if on_line(params):
        x = part.grid[:, 0]
        data = [
            dots(x, np.clip(drawn[-1, k], -1e3, 1e3), name, "x = %{x:.2f}: %{y:.3f}", mode="lines",
                 line={"color": "@measurement", "width": 2.5, "dash": _DASHES[k]})
            for k, name in enumerate(NAMES)
        ]  # fmt: skip
        data.append(dots(part.train.inputs[:, 0], part.train.targets, "data", marker=HOLLOW))
        top = 1.3 * max(float(np.abs(part.train.targets).max()), 1.0)
        return figure(title, axis("input x"), axis("output z(x)", range=(-top, top)), named(data),
                      **BELOW)  # fmt: skip
    gap = np.full((SIDE, 1), np.nan)
    tiles = [np.clip(drawn[-1, k], -1.5, 1.5).reshape(SIDE, SIDE) for k in range(3)]
    mosaic = np.hstack([tiles[0], gap, tiles[1], gap, tiles[2]])
    across = np.arange(float(mosaic.shape[1])), np.arange(float(SIDE))
    data = [heatmap(*across, mosaic, "predictors", "z = %{z:.3f}<extra></extra>", scale=SCALE,
                    ends=(-1.5, 1.5), bar={"title": {"text": "z"}})]  # fmt: skip
    ticks = {"tickvals": [SIDE // 2 + k * (SIDE + 1) for k in range(3)], "ticktext": list(NAMES)}
    return figure(
        title, axis("parameterisation; each map: input x₁") | ticks,
        axis("input x₂") | {"showticklabels": False, "scaleanchor": "x"}, data,
    )  # fmt: skip
