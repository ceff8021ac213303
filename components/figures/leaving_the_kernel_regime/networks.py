"""Figures of page 2.5 from real networks: large steps, and what leaves the kernel regime."""

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
    level,
    line,
    measured,
    named,
    reach,
)
from components.figures.labels import at_last
from components.figures.leaving_the_kernel_regime.catapult import KAPPA, KAPPA0, STEP
from compute.experiments.leaving_the_kernel_regime.run import REGULAR, Network, Strips
from compute.experiments.leaving_the_kernel_regime.sampler import KAPPAS, NAMES, STRIPS
from compute.experiments.leaving_the_kernel_regime.setting import Params
from compute.sampling import Sample

_GONE = 1e12


def path(params: Params, part: Network, _sample: Any) -> Figure:
    """Loss, above, and ηλ, below, of one network against the step."""
    shown = part.loss <= _GONE
    steps = np.arange(part.loss.size)
    top = axis("loss", log=True, range=reach([part.loss[shown]]), steady=True)
    size = min(max(4.5, 1.1 * float(part.kappa.max())), 10.0)
    below = axis(KAPPA, range=(0, size))
    hover = "step %{x}<br>%{y:.4g}"
    look = {"mode": "lines+markers"}
    colour = {"line": {"color": "@measurement", "width": 1.2}}
    data = [
        dots(steps[shown], part.loss[shown], "loss", hover, size=5, **look, **colour),
        dots(steps, part.kappa, "ηλ", hover, size=5, yaxis="y2", **look, **colour),
        level([0, steps[-1]], 2.0, "bound", "2", yaxis="y2"),
    ]
    title = "One network: loss and curvature"
    if part.diverged:
        title = "One network: it diverges"
    elif part.dead == 1:
        title = "One network: its neurons are dead, the fit is no catapult's"
    return figure(
        title,
        axis(STEP, range=(0, steps[-1])) | {"anchor": "y2"},
        top | {"domain": (0.53, 1.0)},
        data,
        yaxis2=below | {"domain": (0.0, 0.47)},
    )


def share(params: Params, _part: Network, sample: Sample[Any] | None) -> Figure:
    """Against ηλ_0: shares of starts that converge, of those that are dead, and of dead neurons."""
    data = [
        line([at, at], [0, 1], "bound", f"ηλ₀ = {at}", hoverinfo="skip", showlegend=False)
        for at in (2, 4)
    ]
    if sample is not None:
        now = sample.current
        mean, error = now.share()
        hover, look = "ηλ₀ = %{x}<br>share %{y:.3f}", {"role": "printed"}
        neurons = now.neurons / np.where(now.converged > 0, now.converged, np.nan)
        some = "dead neurons, of networks that converge"
        data += named(
            [
                measured(KAPPAS, mean, error, "networks that converge", hover),
                dots(KAPPAS, now.dead / now.tried, "dead networks", hover, symbol="x", **look),
                dots(KAPPAS, neurons, some, hover, symbol="diamond-open", **look),
            ]
        )
    return figure(
        "How many networks large steps leave behind",
        axis(KAPPA0, range=(0, 8.2)),
        axis("share", range=(-0.03, 1.05)),
        data,
        **BELOW,
    )


def landing(_params: Params, part: Network, sample: Sample[Any] | None) -> Figure:
    """Final ηλ of those that converge and live, beside the law of two vectors."""
    hover = "ηλ₀ = %{x:.3f}<br>final ηλ = %{y:.3f}"
    law = np.where(np.isfinite(part.law), part.law, np.nan)
    data = [
        *named([line(REGULAR, law, "theory", "two vectors, f₀ = 1, n = N₁", hover)]),
        level([0, 8.2], 2.0, "bound", "2"),
        line([0, 2], [0, 2], "bound", "unchanged", hoverinfo="skip"),
    ]
    if sample is not None:
        mean, error = sample.current.end()
        seen = np.isfinite(mean)
        at, said = np.array(KAPPAS)[seen], "networks, mean of those that live"
        data += named([measured(at, mean[seen], error[seen], said, hover)])
    return figure(
        "Where the networks land",
        axis(KAPPA0, range=(0, 8.2)),
        axis("final ηλ", range=(0, 3)),
        data,
        **BELOW,
    )


_AXES = {
    "exponent": axis("exponent a of γ = N₁<sup>a</sup>", range=(-0.03, 0.53)),
    "kappa": axis(KAPPA0, range=(0, 3.7)),
    "neurons": axis("hidden neurons N₁", log=True, range=(12, 700)),
}
_TITLES = {
    "exponent": "Scale: the kernel's change against γ",
    "kappa": "Step: the kernel's change against η",
    "neurons": "Width: the kernel's change against N₁",
}


def along(name: str) -> Any:
    """The figure of one strip: kernel change after training against γ, η or N_1."""
    place = NAMES.index(name)

    def build(params: Params, _part: Strips, sample: Sample[Any] | None) -> Figure:
        data: list[Any] = []
        notes: list[Any] = []
        heights: list[Array] = []
        if sample is not None:
            mean, error = sample.current.mean(place)
            seen = np.isfinite(mean)
            heights = [mean[seen]]
            at, hover = np.array(STRIPS[name])[seen], "%{x}<br>‖ΔΘ‖/‖Θ₀‖ = %{y:.3g}"
            said = "geometric mean over starts"
            data = [measured(at, mean[seen], error[seen], said, hover, log=True)]
            if name == "neurons" and seen.sum() > 2:
                guide = mean[seen][0] * at[0] / at
                heights.append(guide)
                data.append(line(at, guide, "bound", "slope −1"))
                notes.append(at_last(at, guide, "slope −1", "bound", -8, yanchor="top"))
        low, high = reach(heights, 0.5, 2.0) if any(h.size for h in heights) else (0.01, 2.0)
        here = [float(getattr(params, name))] * 2
        data.append(line(here, [low, high], "bound", "here", hoverinfo="skip"))
        return figure(
            _TITLES[name],
            _AXES[name],
            axis("kernel change ‖ΔΘ‖/‖Θ₀‖", log=True, range=(low, high), steady=True),
            data,
            annotations=notes,
        )

    return build
