"""Figures of page 2.5, layers that learn at different speeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import BELOW, Figure, axis, dots, figure, level, line, named, reach
from components.figures.labels import on_logs
from compute.experiments.leaving_the_kernel_regime.run import EPSILONS, Scales, Times
from compute.experiments.leaving_the_kernel_regime.setting import Params

COMPONENTS = ("constant", "linear", "quadratic")
_DASHES = ("solid", "dash", "dashdot")
_SYMBOLS = ("circle", "diamond", "square")


def _clock(part: Scales) -> dict[str, Any]:
    known = np.append(part.times[np.isfinite(part.times)], part.predicted[:2])
    known = known[np.isfinite(known)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.1, 10.0)
    return axis("time t", log=True, range=(low / 30, high * 20), steady=True)


def risk(_params: Params, part: Scales, _sample: Any) -> Figure:
    """The risk on a logarithmic clock."""
    kept = part.time > 0
    time, hover = part.time[kept], "t = %{x:.3g}<br>risk %{y:.4g}"
    top = 1.1 * float(max(part.risk.max(), 1e-9))
    return figure(
        "The risk on a logarithmic clock",
        _clock(part),
        axis("risk ½ Σ r<sub>k</sub>²", range=(0, top)),
        [line(time, part.risk[kept], "theory", "risk", hover)],
    )


def learned(_params: Params, part: Scales, _sample: Any) -> Figure:
    """How much of each component is learned, with the half-times and their closed forms."""
    kept = part.time > 0
    time = part.time[kept]
    data = []
    for k, name in enumerate(COMPONENTS):
        look = {"color": "@theory", "width": 2.2, "dash": _DASHES[k]}
        hover = f"t = %{{x:.3g}}<br>{name}: %{{y:.3f}} learned"
        data.append(line(time, part.learned[kept, k], "theory", name, hover, line=look))
    seen = np.isfinite(part.times)
    half = np.full(int(seen.sum()), 0.5)
    data.append(dots(part.times[seen], half, "half-times T₀, T₁, T₂", "T = %{x:.4g}"))
    law = part.predicted[np.isfinite(part.predicted)]
    look = {"color": "@bound", "symbol": "line-ns-open", "size": 18, "line": {"width": 2}}
    data.append(
        dots(law, np.full(law.size, 0.5), "closed forms", "T = %{x:.4g}", role="bound", marker=look)
    )
    data.append(level([time[0], time[-1]], 1.0, "bound", "1"))
    order = [COMPONENTS[k] for k in np.argsort(part.times) if np.isfinite(part.times[k])]
    title = ", then ".join(order) if order else "nothing yet"
    return figure(
        f"Half learned: {title}",
        _clock(part),
        axis("share learned", range=(-0.1, 1.5)),
        named(data[:-1]) + data[-1:],
        **BELOW,
    )


def times(_params: Params, part: Times, _sample: Any) -> Figure:
    """T_0, T_1, T_2 against ε with the closed forms."""
    hover = "ε = %{x:.1g}<br>T = %{y:.4g}"
    data, notes = [], []
    for k, symbol in enumerate(_SYMBOLS):
        y = part.measured[:, k]
        seen = np.isfinite(y)
        name = f"T{'₀₁₂'[k]}, {COMPONENTS[k]}"
        data.append(dots(EPSILONS[seen], y[seen], name, hover, symbol=symbol))
        if seen[0]:
            notes.append(on_logs(EPSILONS[0], y[0], name, "measurement", -12, yanchor="middle"))
    for k, words in enumerate(("ε log 2/σ₀²", "integral")):
        closed = part.predicted[:, k]
        seen = np.isfinite(closed) & (EPSILONS < 5)
        data.append(line(EPSILONS[seen], closed[seen], "theory", f"T{'₀₁'[k]}: {words}", hover))
    if np.isfinite(part.measured[0, 2]):
        guide = part.measured[0, 2] * (EPSILONS / EPSILONS[0]) ** 0.25
        data.append(line(EPSILONS[:8], guide[:8], "bound", "slope ¼", hover))
    return figure(
        "Three powers of ε: 1, ½ with a logarithm, ¼",
        axis("speed ratio ε", log=True, range=(2e-11, 300)),
        axis("half-time T", log=True, range=reach([part.measured[np.isfinite(part.measured)]])),
        named(data),
        annotations=notes,
        **BELOW,
    )
