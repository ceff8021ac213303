"""Figures of page 2.4 along the exponent a, from the kernel regime to the mean-field regime."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import BELOW, Array, Figure, Trace, axis, dots, figure, line
from components.figures.ntk_vs_mean_field.sweep import head, reach
from compute.experiments.ntk_vs_mean_field.run import Result
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import Params
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Sample

_PARTS = (
    ("outer", "W<sup>(2)</sup> alone", "circle", "bound"),
    ("inner", "first order in Δz<sup>(1)</sup>", "diamond", "text"),
    ("remainder", "remainder", "square", "measurement"),
)


def strip(params: Params, result: Result, sample: Sample[Sweep] | None) -> Figure:
    """Test error, above, and relative kernel change, below, against a."""
    part = result.strip
    assert part is not None
    x = axis("exponent a:  0 kernel regime, ½ mean field", range=(-0.015, 0.515))
    above = _along(params, result, sample, "test_error")
    below = _along(params, result, sample, "kernel_change")
    changes = np.concatenate([np.ravel(t) for t in below[1]])
    errors = np.concatenate([np.ravel(t) for t in above[1]])
    low, high = reach([changes[changes > 0]] if np.any(changes > 0) else [])
    data = [t | {"showlegend": True} for t in above[0]] + [t | {"yaxis": "y2"} for t in below[0]]
    marks = [_marker(a, name) for a, name in ((params.exponent_a, "A"), (params.exponent_b, "B"))]
    lines = [
        {
            "type": "line",
            "x0": a,
            "x1": a,
            "y0": 0,
            "y1": 1,
            "xref": "x",
            "yref": "paper",
            "line": {"color": "@bound", "width": 1.5, "dash": "dot"},
        }
        for a in (params.exponent_a, params.exponent_b)
    ]
    return figure(
        "From lazy to rich: click to put side A there",
        x | {"anchor": "y2", "dtick": 0.1},
        axis("test error on [−2, 2]", range=(0, 1.15 * max(float(errors.max()), 1e-6)), steady=True)
        | {"domain": (0.53, 1.0)},
        data,
        yaxis2=axis("kernel change", log=True, range=(low, high), steady=True)
        | {"domain": (0.0, 0.47)},
        shapes=lines,
        annotations=marks,
        meta={"click": {"x": "exponent_a"}},
        legend=BELOW["legend"],
        margin={"t": 74} | BELOW["margin"],
    )


def _marker(a: float, name: str) -> dict[str, Any]:
    return head(a, f"<b>{name}</b>") | {"xref": "x", "xanchor": "center"}


def _along(
    params: Params, result: Result, sample: Sample[Sweep] | None, name: str
) -> tuple[list[Trace], list[Array]]:
    """One network's values as a faint line; the sample's geometric means as dots."""
    part = result.strip
    assert part is not None
    own = part.measured[:, AT[name]]
    hover = "a = %{x:.2f}<br>%{y:.4g}"
    traces = [
        line(
            part.exponents,
            own,
            "faint",
            f"the network of seed {params.seed}",
            hover,
            mode="lines+markers",
            marker={"color": "@faint", "size": 6},
        )
    ]
    heights = [own]
    if sample is not None:
        state = sample.current
        mean, error = state.mean(name)[:, 0], state.error(name)[:, 0]
        seen = np.isfinite(mean)
        heights.append(mean[seen])
        words = f"geometric mean of up to {int(state.counts.max())} networks"
        traces.append(dots(part.exponents[seen], mean[seen], words, hover, error=error[seen]))
    return traces, heights


def split(params: Params, result: Result, sample: Sample[Sweep] | None) -> Figure:
    """The three parts of the change of z^(2), as shares of it, against a."""
    part = result.strip
    assert part is not None
    data: list[Trace] = []
    notes = []
    tops = [1.0]
    for name, words, symbol, role in _PARTS:
        colour = f"@{role}"
        own = part.measured[:, AT[name]]
        y, error = own, None
        if sample is not None:
            mean = sample.current.mean(name)[:, 0]
            y = np.where(np.isfinite(mean), mean, own)
            error = sample.current.error(name)[:, 0]
        data.append(
            dots(
                part.exponents,
                y,
                words,
                "a = %{x:.2f}<br>%{y:.3g} of the change",
                error=error,
                role=role,
                mode="lines+markers",
                line={"color": colour, "width": 2},
                marker={"color": colour, "size": 8, "symbol": symbol},
            )
        )
        tops.append(float(y.max()))
        notes.append(
            {
                "x": 0.5,
                "y": float(y[-1]),
                "text": words,
                "font": {"color": colour},
                "xanchor": "left",
                "xshift": 10,
                "showarrow": False,
            }
        )
    top = 1.12 * min(max(tops), 20.0)
    return figure(
        "Who changes the output: last layer, hidden layer to first order, or neither",
        axis("exponent a", range=(-0.015, 0.7)) | {"tickvals": [0, 0.1, 0.2, 0.3, 0.4, 0.5]},
        axis("part of the change of z<sup>(2)</sup>, rms", range=(0, top)),
        data,
        annotations=notes,
    )
