"""Figures of page 2.4 along the exponent a, from the kernel regime to the mean-field regime."""

from __future__ import annotations

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    axis,
    dots,
    figure,
    line,
    named,
    reach,
)
from components.figures.labels import on_paper
from components.figures.ntk_vs_mean_field.outputs import end_label
from compute.experiments.ntk_vs_mean_field.run import Strip
from compute.experiments.ntk_vs_mean_field.sampler import Sweep, sampled_exponents
from compute.experiments.ntk_vs_mean_field.setting import Params
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Sample

_PARTS = (
    ("outer", "W<sup>(2)</sup> alone", "circle", "bound"),
    ("inner", "first order in Δz<sup>(1)</sup>", "diamond", "text"),
    ("remainder", "remainder", "square", "measurement"),
)


def strip(params: Params, part: Strip, sample: Sample[Sweep] | None) -> Figure:
    """Test error, above, and relative kernel change, below, against a."""
    x = axis("exponent a:  0 kernel regime, ½ mean field", range=(-0.015, 0.515))
    errors, above = _along(params, part, sample, "test_error")
    changes, below = _along(params, part, sample, "kernel_change")
    shown = reach([changes]) if np.any(changes > 0) else (0.01, 1.0)
    top = 1.15 * max(float(errors.max()), 1e-6)
    at = (params.exponent_a, params.exponent_b)
    look = {"xref": "x", "xanchor": "center", "align": "left"}
    marks = [on_paper(a, 1.0, f"<b>{side}</b>", **look) for side, a in zip("AB", at, strict=True)]
    dotted = {"color": "@bound", "width": 1.5, "dash": "dot"}
    across = {"type": "line", "y0": 0, "y1": 1, "xref": "x", "yref": "paper", "line": dotted}
    return figure(
        "From lazy to rich: click to put side A there",
        x | {"anchor": "y2", "dtick": 0.1},
        axis("test error on [−2, 2]", range=(0, top), steady=True) | {"domain": (0.53, 1.0)},
        [*named(above), *(trace | {"yaxis": "y2"} for trace in below)],
        yaxis2=axis("kernel change", log=True, range=shown, steady=True) | {"domain": (0.0, 0.47)},
        shapes=[across | {"x0": a, "x1": a} for a in at],
        annotations=marks,
        meta={"click": {"x": "exponent_a"}},
        legend=BELOW["legend"],
        margin={"t": 74} | BELOW["margin"],
    )


def _along(
    params: Params, part: Strip, sample: Sample[Sweep] | None, name: str
) -> tuple[Array, list[Trace]]:
    """What is drawn: one network's values as a faint line, hollow where it stopped early, the
    sample's geometric means as dots; and all heights."""
    own = part.measured[:, AT[name]]
    hover, seed = "a = %{x:.2f}<br>%{y:.4g}", f"the network of seed {params.seed}"
    symbols = ["circle" if t == 1 else "circle-open" for t in part.measured[:, AT["reached"]]]
    marker = {"color": "@faint", "size": 6, "symbol": symbols}
    dotted = {"mode": "lines+markers", "marker": marker}
    network = line(part.exponents, own, "faint", seed, hover, **dotted)
    if sample is None:
        return own, [network]
    state = sample.current
    mean, error = state.mean(name)[:, 0], state.error(name)[:, 0]
    seen = np.isfinite(mean)
    words = f"geometric mean of up to {int(state.counts.max())} networks"
    means = dots(sampled_exponents(params)[seen], mean[seen], words, hover, error=error[seen])
    return np.append(own, mean[seen]), [network, means]


def split(params: Params, part: Strip, sample: Sample[Sweep] | None) -> Figure:
    """The three parts of the change of z^(2), as shares of it, against a."""
    data: list[Trace] = []
    notes = []
    tops = [1.0]
    for name, words, symbol, role in _PARTS:
        x, y, error = part.exponents, part.measured[:, AT[name]], None
        if sample is not None:
            every, mean = sampled_exponents(params), sample.current.mean(name)[:, 0]
            alone = np.full(len(every), np.nan)
            alone[np.searchsorted(every, x)] = y
            drawn = np.where(np.isfinite(mean), mean, alone)
            there = np.isfinite(drawn)
            x, y, error = every[there], drawn[there], sample.current.error(name)[there, 0]
        data.append(
            dots(
                x,
                y,
                words,
                "a = %{x:.2f}<br>%{y:.3g} of the change",
                error=error,
                role=role,
                symbol=symbol,
                mode="lines+markers",
                line={"color": f"@{role}", "width": 2},
            )
        )
        tops.append(float(y.max()))
        notes.append(end_label(0.5, float(y[-1]), words, f"@{role}", 10))
    top = 1.12 * min(max(tops), 20.0)
    return figure(
        "Who changes the output: last layer, hidden layer to first order, or neither",
        axis("exponent a", range=(-0.015, 0.7)) | {"tickvals": [0, 0.1, 0.2, 0.3, 0.4, 0.5]},
        axis("part of the change of z<sup>(2)</sup>, rms", range=(0, top)),
        data,
        annotations=notes,
    )
