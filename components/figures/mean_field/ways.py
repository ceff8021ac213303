"""Figures of page 2.3: the same motion as particles and as parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    axis,
    dots,
    figure,
    level,
    line,
    number,
    together,
)
from components.figures.labels import on_logs
from components.figures.mean_field.widths import fine
from components.figures.trained import time_axis
from compute.experiments.mean_field.setting import Params
from compute.experiments.mean_field.ways import Ways, agreement


def both(_params: Params, part: Ways, _sample: object) -> Figure:
    """W^(2) of a few neurons: particles, parameters, and parameters on the printed loss."""
    times = part.times[1:]
    hover = {"hovertemplate": "t = %{x:.3g}<br>W⁽²⁾ = %{y:.4f}<extra>%{customdata}</extra>"}

    def all_of(values: Array, name: str) -> tuple[Array, Array, dict[str, Any]]:
        named = [(times, row, f"{name}, neuron {i + 1}") for i, row in enumerate(values[1:].T)]
        x, y, names = together(named)
        return x, y, names | hover | {"showlegend": True}

    printed, particles = "parameters, loss ½Σ as printed", "particles"
    parameters = "parameters, loss ½|D|⁻¹Σ"
    x, y, more = all_of(part.outer_printed, printed)
    data = [line(x, y, "printed", printed, **more)]
    x, y, more = all_of(part.outer_particles, particles)
    data.append(line(x, y, "theory", particles, **more))
    x, y, more = all_of(part.outer_parameters, parameters)
    data.append(dots(x, y, parameters, **more))
    return figure(
        "Particles and parameters are one motion; the printed loss runs |D| times as fast",
        time_axis(times),
        axis("second weight W<sub>i</sub><sup>(2)</sup>"),
        data,
        **BELOW,
    )


def gaps(params: Params, part: Ways, _sample: object) -> Figure:
    """The difference between particles and parameters against time."""
    times = part.times[1:]
    hover = "t = %{x:.3g}<br>difference %{y:.2g}"
    gap = np.maximum(part.gap[1:], 1e-17)
    printed = np.where(part.printed_gap[1:] > 0, part.printed_gap[1:], np.nan)
    data = [
        line(times, printed, "printed", "loss ½Σ, as printed", hover),
        level(times, agreement(params), "bound", "tolerance", hover),
        dots(times, gap, "loss ½|D|⁻¹Σ", hover),
    ]
    low = min(1e-13, 0.3 * float(gap.min()))
    high = 30 * max(1.0, float(np.nanmax(part.printed_gap)))
    end = times[-1]
    notes = [
        on_logs(end, agreement(params), "tolerance", "bound"),
        on_logs(end, gap[-1], "loss ½|D|⁻¹Σ", "measurement", yshift=6),
    ]
    if math.isfinite(printed[-1]):
        notes.append(on_logs(end, printed[-1], "loss ½Σ, as printed", "printed"))
    return figure(
        f"The two ways differ by at most {number(float(part.gap.max()), 2)}",
        time_axis(times),
        axis("largest difference", log=True, range=(low, high), steady=True),
        data,
        annotations=notes,
    )


def losses(_params: Params, part: Ways, _sample: object) -> Figure:
    """The loss along both parameter flows."""
    times = part.times[1:]
    hover = "t = %{x:.3g}<br>loss %{y:.4g}"
    kept = np.concatenate([part.loss, part.printed_loss])
    kept = kept[np.isfinite(kept) & (kept > 0)]
    low = max(1e-12, 0.5 * float(kept.min(initial=1.0)))
    high = max(2 * float(kept.max(initial=1e-3)), 10 * low)
    data = [
        line(times, part.printed_loss[1:], "printed", "on ½Σ, as printed", hover),
        dots(times, part.loss[1:], "on ½|D|⁻¹Σ", hover),
    ]
    return figure(
        "Downhill all the way", time_axis(times), fine("loss ½|D|⁻¹ Σ(z − y)²", low, high), data
    )
