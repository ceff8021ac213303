"""Figures of page 1.3, linear networks: modes, loss, and how long they wait."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Figure,
    axis,
    dots,
    figure,
    level,
    line,
    number,
    reach,
)
from components.figures.orders import Order
from compute.experiments.overparameterisation.modes import DEEPEST, Linear
from compute.experiments.overparameterisation.setting import Params

TIME = "time t/τ"


def modes(params: Params, part: Linear, _sample: Any) -> Figure:
    """q_kᵀ(W_D…W_1)p_k of real matrices over time, the law through them."""
    data, end = [], float(part.time[-1])
    for k, (time, strength) in enumerate(part.laws, 1):
        # where the law ends it is at its limit, and stays there
        at = np.append(time[time < end], end)
        height = np.interp(at, time, strength)
        name = f"law, mode {k}"
        data.append(line(at, height, "theory", name, "t = %{x:.3g}<br>a = %{y:.4g}"))
    every = max(1, part.time.size // 40) if part.laws else 1
    for k, s in enumerate(part.strengths):
        hover = f"mode {k + 1}<br>t = %{{x:.3g}}<br>a = %{{y:.4g}}"
        for path in part.modes[:, ::every, k]:
            if part.laws:
                data.append(dots(part.time[::every], path, f"mode {k + 1}", hover, size=6))
            else:
                data.append(
                    line(part.time, path, "measurement", f"mode {k + 1}", hover, opacity=0.6)
                )
        data.append(level([0, end], float(s), "bound", f"s{k + 1}", "s = %{y:.3g}"))
    title = "Modes of the product, one after another"
    if params.layers == 1:
        title = "One layer: the modes start together"
    return figure(
        title,
        axis(TIME, range=(0, end)),
        axis("strength of the mode a", range=(-0.2, 1.08 * float(part.strengths[0]))),
        data,
    )


def loss(params: Params, part: Linear, _sample: Any) -> Figure:
    """The loss over time: from plateau to plateau."""
    end = [0.0, float(part.time[-1])]
    data = []
    for k, height in enumerate(part.plateaus):
        words = f"plateau, {k} modes learned" if k != 1 else "plateau, 1 mode learned"
        data.append(level(end, float(height), "bound", words, "%{y:.4g}"))
    if part.laws:
        data.append(line(part.time, part.law_loss, "theory", "law", "t = %{x:.3g}<br>%{y:.4g}"))
        every = max(1, part.time.size // 60)
        at, path = part.time[::every], part.loss[0, ::every]
        data.append(dots(at, path, "real matrices", "t = %{x:.3g}<br>%{y:.4g}", size=6))
    else:
        data += [
            line(
                part.time,
                path,
                "measurement",
                "real matrices",
                "t = %{x:.3g}<br>%{y:.4g}",
                opacity=0.6,
            )
            for path in part.loss
        ]
    low = max(1e-4 * float(part.plateaus[0]), 1e-6)
    title = Order("The loss falls", "real matrices", "falls", otherwise="The loss")
    levels = f", by the levels {', '.join(number(float(p)) for p in part.plateaus)}"
    return figure(
        (title, levels),
        axis(TIME, range=tuple(end)),
        axis(
            "loss ½‖S − W<sub>D</sub>…W<sub>1</sub>‖²",
            log=True,
            range=(low, 3 * float(part.plateaus[0])),
        ),
        data,
    )


def waiting(params: Params, part: Linear, _sample: Any) -> Figure:
    """When a mode is half learned, against the number of layers."""
    depths = np.arange(1, DEEPEST + 1)
    data = []
    for k in range(part.strengths.size):
        name = f"law, s = {number(float(part.strengths[k]))}"
        data.append(line(depths, part.waits[:, k], "theory", name, "D = %{x}<br>t = %{y:.4g}"))
    seen = np.isfinite(part.half)
    if seen.any():
        x = np.full(int(seen.sum()), params.layers)
        data.append(dots(x, part.half[seen], "real matrices", "D = %{x}<br>t = %{y:.4g}", size=9))
    title = Order(
        f"The last mode's waiting time grows with the depth (a₀ = {params.start:g})",
        f"law, s = {number(float(part.strengths[-1]))}",
        "rises",
        otherwise=f"Waiting time against depth (a₀ = {params.start:g})",
    )
    return figure(
        (title,),
        axis("layers D", range=(0.7, DEEPEST + 0.3)) | {"dtick": 1},
        axis("time to half, t/τ", log=True, range=reach([part.waits], 0.7, 1.5)),
        data,
    )
