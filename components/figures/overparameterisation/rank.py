"""Figures of page 1.3, ranks and singular values of Jacobians, patterns of ReLU neurons."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    axis,
    dots,
    figure,
    heatmap,
    level,
    line,
    named,
)
from components.figures.labels import on_paper
from components.figures.orders import Order
from components.theme import SIGN_SCALE
from compute.experiments.overparameterisation.run import Patterns, Rank
from compute.experiments.overparameterisation.setting import Params

PARAMETERS = "number of parameters P"


def bound_of(params: Params) -> str:
    """What the line of generic ranks is, in symbols."""
    return {"relu": "bound min(P − ΣN, |D|)", "linear": "exact rank"}.get(
        params.activation, "min(P, |D|)"
    )


def rank_against_parameters(params: Params, part: Rank, _sample: Any) -> Figure:
    """Ranks of drawn networks against P, with the step at P = |D|."""
    name, role = bound_of(params), "bound" if params.activation == "relu" else "theory"
    data = [line(part.parameters, part.generic, role, name, "P = %{x}<br>%{y}")]
    means = part.ranks.mean(axis=1)
    if part.patterns.size:
        hover = "P = %{x}<br>mean rank of the patterns %{y:.3g}"
        exact = part.patterns.mean(axis=1)
        data.append(line(part.parameters, exact, "theory", "exact, by patterns", hover))
    spread = np.repeat(part.parameters, part.ranks.shape[1])
    look = {"opacity": 0.35, "customdata": np.repeat(part.widths, part.ranks.shape[1]).tolist()}
    hover = "N = %{customdata}, P = %{x}<br>rank %{y}"
    data.append(dots(spread, part.ranks.ravel(), "one network", hover, size=6, **look))
    data.append(dots(part.parameters, means, "mean rank", "P = %{x}<br>mean rank %{y:.4g}"))
    top = 1.12 * max(params.data_count, 4)
    most = [float(part.parameters[0]), float(part.parameters[-1])]
    data.append(level(most, params.data_count, "bound", "|D|", "|D| = %{y}"))
    at = {"x0": params.data_count, "x1": params.data_count, "y0": 0, "y1": 1, "yref": "paper"}
    look_at = {"color": "@bound", "width": 1.5, "dash": "dot"}
    title: Any = Order(
        "The rank follows min(P, |D|): it stops growing at P = |D|",
        "mean rank",
        "follows",
        (name,),
        otherwise="The rank of the Jacobian, and what bounds it",
    )
    if part.patterns.size:
        title = Order(
            "The rank of a ReLU network is what the patterns of its neurons say",
            "mean rank",
            "follows",
            ("exact, by patterns",),
            otherwise="The rank of a ReLU network, and what bounds it",
        )
    if params.activation == "linear":
        title = Order(
            "A linear network of any width has few ranks to offer",
            "mean rank",
            "follows",
            (name,),
            otherwise="The rank of a linear network",
        )
    return figure(
        (title,),
        axis(PARAMETERS, range=(0, 1.04 * most[1])),
        axis("rank of D<sub>θ</sub>z", range=(0, top)),
        named(data),
        shapes=[{"type": "line", **at, "line": look_at}],
        **BELOW,
    )


def singular_values(params: Params, part: Rank, _sample: Any) -> Figure:
    """Singular values over the largest of the chosen width's networks, and what counts as 0."""
    n, m = part.values.shape
    at = np.arange(1, m + 1)
    with np.errstate(divide="ignore"):
        values = np.where(part.values > 0, part.values, np.nan)
    shown = np.maximum(values, 1e-19)
    data = [
        dots(np.tile(at, n), shown.ravel(), "networks", "number %{x}<br>σ/σ₁ = %{y:.2g}", size=5),
        line(at, _middle(shown), "faint", "median", "number %{x}<br>%{y:.2g}"),
        level([1, m], part.floor, "bound", "counts as 0 below", "%{y:.1e}"),
    ]
    lost = int(np.sum(part.values[0] <= part.floor))
    title = f"At width {params.width} the first network has {m - lost} of {m} singular values"
    return figure(
        f"{title} above rounding",
        axis("number of the singular value", range=(0, m + 1)),
        axis("singular value over the largest", log=True, range=(1e-20, 3)),
        data,
    )


def _middle(values: Array) -> Array:
    return np.asarray(np.median(values, axis=0))


def patterns(params: Params, part: Patterns, _sample: Any) -> Figure:
    """Which neuron of the first network is on at which datum."""
    neurons, data = part.on.shape
    order = np.lexsort(part.on.T)
    rows = [np.flatnonzero(order == k)[0] for k in range(neurons)]
    notes = [
        on_paper(1.0, float(row), reason, yref="y", xanchor="left", yanchor="middle", xshift=6)
        for reason, row in zip(part.reasons, rows, strict=True)
        if reason
    ]
    colours = heatmap(
        np.arange(1, data + 1),
        np.arange(neurons),
        part.on[order].astype(float),
        "on",
        "datum %{x}, row %{y}<br>on: %{z}<extra></extra>",
        scale=SIGN_SCALE,
        ends=(-1, 2),
        bar={},
        showscale=False,
    )
    return figure(
        f"Which of {neurons} neurons is on at which of {data} data",
        axis("data, by their first coordinate", range=(0.5, data + 0.5)),
        axis("neurons, by their patterns", range=(-0.5, neurons - 0.5)) | {"showticklabels": False},
        [colours],
        annotations=notes,
        margin={"r": 96},
    )


# The losses in the order in which they are taken off, with the names of what is left.
LOSSES = (
    ("after the scale of every neuron", 1),
    ("after dead neurons", 2),
    ("after repeated patterns", 3),
    ("after neurons always on", 4),
)


def where_parameters_go(params: Params, part: Patterns, _sample: Any) -> Figure:
    """From P down to the rank: what each reason takes, against P."""
    left = part.parameters.astype(float)
    data = [line(part.parameters, left, "bound", "P", "P = %{x}")]
    dashes = ("dash", "dashdot", "longdash", "solid")
    for (name, column), dash in zip(LOSSES, dashes, strict=True):
        left = left - part.lost[:, column]
        look = {"color": "@muted", "width": 1.6, "dash": dash}
        data.append(line(part.parameters, left, "faint", name, "P = %{x}<br>%{y:.3g}", line=look))
    rank = part.lost[:, 0]
    data.append(line(part.parameters, rank, "theory", "rank", "P = %{x}<br>mean rank %{y:.3g}"))
    data.append(level(part.parameters, params.data_count, "bound", "|D|", "|D| = %{y}"))
    title = Order(
        "The rank stays below P, and every parameter that is lost has a reason",
        "rank",
        "below",
        ("P",),
        otherwise="Where the parameters go",
    )
    top = 1.05 * float(part.parameters[-1])
    return figure(
        (title,), axis(PARAMETERS), axis("what is left", range=(0, top)), named(data), **BELOW
    )
