"""Figures of page 2.1, the mean tangent kernel against η, γ and the width."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    axis,
    dots,
    figure,
    line,
    measured,
    number,
    reach,
)
from components.figures.initialisation.outputs import widths_axis
from components.figures.labels import on_logs
from components.figures.packed import typed
from components.theme import LIGHT, SIGN_SCALE
from compute.experiments.initialisation.run import Table
from compute.experiments.initialisation.samples import KERNEL_WIDTHS, KernelSample
from compute.experiments.initialisation.setting import Params, scale_of
from compute.sampling import Sample


def table(params: Params, part: Table, _sample: object) -> Figure:
    """E NTK(x, x) over η and γ, as a table one can click."""
    scales, etas = _borders(part.scales), _borders(part.etas)
    data: list[Trace] = [
        {
            "type": "heatmap",
            "x": typed(scales),
            "y": typed(etas),
            "z": typed(np.log10(part.values)),
            "meta": "log10",
            "text": [[number(v, 2) for v in row] for row in part.values.tolist()],
            "zmin": -4,
            "zmax": 4,
            "colorscale": SIGN_SCALE,
            "name": "E NTK",
            "showscale": False,
            "hovertemplate": "E NTK = %{text}<extra>click to take this η</extra>",
        }
    ]
    ends, (low, high) = scales[[0, -1]], etas[[0, -1]]
    # the cells are pale there, whatever the look
    outline = {"color": LIGHT["text"], "width": 2.5, "dash": "dot"}
    data.append(
        line(ends, ends**2, "bound", "η = γ²", line=outline, hoverinfo="skip", hovertemplate=None)
    )
    data.append(_cells(part))
    scale = scale_of(params)
    if ends[0] <= scale <= ends[1] and low <= params.eta <= high:
        marker = {"size": 15, "color": "@measurement", "line": {"color": "@background", "width": 2}}
        text = f"here<br>γ = %{{x:.4g}}, η = %{{y:.4g}}<br>E NTK = {part.here:.4g}"
        data.append(dots([scale], [params.eta], "the present point", text, marker=marker))
    return figure(
        "Mean of NTK(x, x): of order 1 only along η = γ² (dotted)",
        axis("output scale γ", log=True, range=ends) | _ticks(part.scales),
        axis("learning rate η", log=True, range=(low, high)) | _ticks(part.etas),
        data,
        meta={"click": {"y": "eta"}},
    )


def _cells(part: Table) -> Trace:
    """The numbers in the cells; light where the cell is dark, whatever the look."""
    scales, etas = np.meshgrid(part.scales, part.etas)
    values = part.values.ravel()
    dark = np.abs(np.log10(values)) > 1.6
    return {
        "type": "scatter",
        "mode": "text",
        # Up and left of the middle, where neither the dotted line nor the present point is.
        "x": typed(scales.ravel() / 1.15),
        "y": typed(etas.ravel() * 2),
        "text": [number(v, 2).replace(" × ", "·") for v in values.tolist()],
        "textposition": "middle center",
        "textfont": {"color": ["#ffffff" if d else "#1c1b19" for d in dark.tolist()]},
        "name": "E NTK",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _ticks(values: Array) -> dict[str, Any]:
    texts = ["1/16" if v < 1 else f"{v:.0f}" for v in values]
    return {"tickvals": values.tolist(), "ticktext": texts}


def _borders(stops: Array) -> Array:
    inner = np.sqrt(stops[1:] * stops[:-1])
    return np.concatenate([[stops[0] ** 2 / inner[0]], inner, [stops[-1] ** 2 / inner[-1]]])


def kernel_against_width(
    params: Params, part: Table, sample: Sample[KernelSample] | None
) -> Figure:
    """E NTK(x, x) against the width, with η as set and with η = γ²."""
    hover = "N₁ = %{x}<br>E NTK = %{y:.4g}"
    data = [
        line(part.widths, part.matched, "bound", "η = γ²", hover),
        line(part.widths, part.fixed, "theory", f"η = {params.eta:g}", hover),
    ]
    if sample is not None:
        mean, error = (values[:, 3] for values in sample.current.means())
        limit = np.array([part.unit * params.eta / scale_of(params, w) ** 2 for w in KERNEL_WIDTHS])
        seen = np.isfinite(error)
        found = np.array(KERNEL_WIDTHS)[seen], (limit * (1 + mean))[seen], (limit * error)[seen]
        data.append(measured(*found, "mean over networks", "N₁ = %{x}<br>mean %{y:.4g}"))
    title = "With η fixed and γ growing, the tangent kernel dies out"
    if np.ptp(part.fixed) < 1e-9 * part.fixed[0]:
        title = "At γ = 1 any fixed η keeps the tangent kernel of order 1"
    notes = [
        on_logs(part.widths[10], curve[10], text, role, 6)
        for curve, text, role in (
            (part.fixed, f"η = {params.eta:g}", "theory"),
            (part.matched, "η = γ²", "bound"),
        )
    ]
    same = abs(math.log10(part.fixed[10] / part.matched[10])) < 0.15
    return figure(
        title,
        widths_axis(),
        axis(
            "mean tangent kernel E NTK(x, x)",
            log=True,
            range=reach([part.matched, part.fixed], 1 / 4, 4),
        ),
        data,
        annotations=notes[:1] if same else notes,
    )
