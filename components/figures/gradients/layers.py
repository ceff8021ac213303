"""Figures of page 3.5: ‖∂z/∂W^(ℓ)‖² layer by layer, and what its spread is made of."""

from __future__ import annotations

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    beside,
    dots,
    figure,
    line,
    measured,
    named,
    nice_step,
    together,
)
from components.figures.gradients.levels import ends, look_of, name_of
from components.figures.orders import Order
from compute.estimates import bin_quantiles
from compute.experiments.gradients.run import LEVELS, Layers
from compute.experiments.gradients.sampler import LayersSample
from compute.experiments.gradients.setting import Params
from compute.sampling import Sample

Found = Sample[LayersSample] | None

LAYER = "layer ℓ"
SQUARE = "squared gradient ‖∂z/∂W<sup>(ℓ)</sup>‖²"
MEDIAN, MEASURED = "median, exact", "median, measured"
# Layers that are drawn as dots, at most.
_DOTS = 34
_TITLE = (
    Order(
        "The law is the same in every layer",
        MEDIAN,
        "still",
        otherwise="Squared gradients, layer by layer",
    ),
    Order("; measured medians follow it", MEASURED, "follows", (MEDIAN,), slack=0),
)
PRODUCT, BACK, FORTH = "∂z/∂W<sup>(ℓ)</sup>", "∂z/∂z<sup>(ℓ)</sup>", "σ(z<sup>(ℓ−1)</sup>)"
_SPREAD_TITLE = (
    Order(
        "The spread of the signal rises forwards",
        f"{FORTH}, exact",
        "rises",
        otherwise="The spread over networks, layer by layer",
    ),
    Order(", that of the error falls", f"{BACK}, exact", "falls"),
    Order(", their product keeps its own", f"{PRODUCT}, exact", "still"),
)


def by_layer(params: Params, part: Layers, sample: Found) -> Figure:
    """Quantiles over networks in every layer, and a few networks on their own."""
    layers, hover = np.arange(1.0, part.wide.size + 1), "layer %{x}: %{y:.3g}"
    data: list[Trace] = []
    notes = []
    shown = [part.wide]
    if sample is not None and sample.current.paths.size:
        # a dead network has no place on a logarithmic axis
        alive = [path for path in sample.current.paths if np.isfinite(path).all()]
        if alive:
            series = [(layers, np.exp(p), f"network {i}") for i, p in enumerate(alive, 1)]
            x, y, more = together(series)
            words = "%{customdata}, layer %{x}: %{y:.3g}"
            data.append(line(x, y, "faint", "a few networks", words, **more))
    limit = "mean, infinitely wide"
    data.append(line(layers, part.wide, "bound", limit, hover))
    for level, height in zip(LEVELS, part.quantiles, strict=False):
        if height > 0:
            word, exact = name_of(level), height * part.wide
            data.append(line(layers, exact, "theory", f"{word}, exact", hover, line=look_of(level)))
            place = beside(8) | {"yanchor": "middle"}
            end = float(layers[-1]), float(exact[-1])
            notes.append(at_end(*end, word, "theory", log_y=True, **place))
            shown.append(exact)
    if sample is not None:
        every = max(1, -(-layers.size // _DOTS))
        for level, (y, error) in zip(LEVELS, _quantiles(part, sample.current), strict=True):
            kept = np.isfinite(y) & (y > 0) & (np.arange(y.size) % every == 0)
            if kept.any():
                bars, name = np.minimum(error[kept], 0.9 * y[kept]), f"{name_of(level)}, measured"
                data.append(dots(layers[kept], y[kept], name, hover, error=bars, size=6))
                shown.append(y[kept])
    # none at the labels, where no layer is
    step = max(1, int(nice_step(layers.size / 5)))
    ticks = {"tickvals": list(range(step, layers.size + 1, step))}
    return figure(
        _TITLE,
        axis(LAYER, range=(0.5, 1.08 * layers.size + 0.5)) | ticks,
        axis(SQUARE, log=True, range=ends(shown, 0.2, 5)),
        data,
        annotations=notes,
    )


def _quantiles(part: Layers, state: LayersSample) -> list[tuple[Array, Array]]:
    """Measured quantiles and their standard errors, (L+1,) each; nan where they are not known."""
    error = np.sqrt(LEVELS * (1 - LEVELS) / state.drawn)
    levels = np.concatenate([LEVELS, LEVELS - error, LEVELS + error])
    middle, low, high = np.exp(bin_quantiles(state.counts, part.edges, levels)).reshape(3, 3, -1)
    half = (high - low) / 2
    return [(m * part.wide, h * part.wide) for m, h in zip(middle, half, strict=True)]


def spread(params: Params, part: Layers, sample: Found) -> Figure:
    """Variance over networks of the logarithms of the two factors and of their product."""
    layers, hover = np.arange(1.0, part.wide.size + 1), "layer %{x}: variance %{y:.3g}"
    data: list[Trace] = []
    every = max(1, -(-layers.size // _DOTS))
    found = None if sample is None or sample.current.alive < 3 else sample.current.log_variance()
    looks = ((PRODUCT, "circle", "solid"), (BACK, "diamond", "dashdot"), (FORTH, "square", "dot"))
    for k, (name, symbol, dash) in enumerate(looks):
        if np.isfinite(part.variances[k]).all():
            look = {"color": "@theory", "width": 2.5, "dash": dash}
            data.append(
                line(layers, part.variances[k], "theory", f"{name}, exact", hover, line=look)
            )
        if found is not None:
            y, error = found[0][k][::every], found[1][k][::every]
            drawn = layers[::every], y, error, f"{name}, measured"
            data.append(measured(*drawn, hover, size=6, symbol=symbol))
    if not data:
        data.append(line(layers, np.zeros_like(layers), "bound", "no network yet", hover))
    tops = [part.variances[np.isfinite(part.variances)]]
    if found is not None:
        tops.append(found[0].ravel())
    top = max((float(t.max()) for t in tops if t.size), default=1.0) or 1.0
    return figure(
        _SPREAD_TITLE,
        axis(LAYER, range=(0.5, layers.size + 0.5)),
        axis("variance of the logarithm of the square", range=(0, 1.15 * top)),
        named(data),
        **BELOW,
    )
