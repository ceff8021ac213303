"""Figures of page 2.5, the catapult of two vectors: the plane, one path, where it lands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    at_end,
    axis,
    dots,
    figure,
    heatmap,
    level,
    line,
    named,
    number,
    reach,
)
from components.figures.labels import on_paper
from components.figures.orders import Order, Words
from components.theme import DEPTH_SCALE
from compute.experiments.leaving_the_kernel_regime.run import (
    ALONG,
    CHECKED,
    DRAWN_WIDTHS,
    PLANE_KAPPA,
    PLANE_SQUARED,
    Final,
    Map,
)
from compute.experiments.leaving_the_kernel_regime.setting import Params

KAPPA = "step × curvature ηλ"
KAPPA0 = "step × curvature at the start ηλ₀"
STEP = "step"
_SHOWN = 1e12
_DASHES = ("solid", "dash", "dot")


def upright(x: float, words: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """A dotted vertical line over the whole plot, and its label at the top."""
    look = {"color": "@bound", "width": 1.5, "dash": "dot"}
    ends = {"x0": x, "x1": x, "y0": 0, "y1": 1, "xref": "x", "yref": "paper"}
    note = on_paper(x, 1.0, words or number(x), xref="x", xanchor="center")
    return {"type": "line", **ends, "line": look}, note


def plane(params: Params, part: Map, _sample: Any) -> Figure:
    """The plane of κ and φ², shaded by where κ ends, with one path in it."""
    kappa, squared = _scaled(params, part, part.exact)
    real, reals = _scaled(params, part, part.vectors)
    shown = (kappa < 6) & (squared > PLANE_SQUARED[0]) & (squared < PLANE_SQUARED[-1])
    seen = (real < 6) & (reals > PLANE_SQUARED[0]) & (reals < PLANE_SQUARED[-1])
    place = "ηλ = %{x:.3f}<br>η²f²/n = %{y:.3g}"
    bound = np.linspace(0.05, 6, 120)
    marks = [upright(2.0), upright(4.0)]
    data = [
        heatmap(
            PLANE_KAPPA,
            PLANE_SQUARED,
            part.shade,
            "final ηλ",
            f"{place}<br>ends at ηλ = %{{z:.3f}}<extra></extra>",
            scale=DEPTH_SCALE,
            ends=(0, 2),
            bar={"title": {"text": "final ηλ", "side": "right"}},
        ),
        line(bound, bound**2 / 4, "bound", "ηλ = 2η|f|/√n", "no vectors above"),
        line(kappa[shown], squared[shown], "theory", "map of two numbers", place),
        dots(real[seen], reals[seen], "real vectors", place, size=7),
    ]
    return figure(
        "One step after another, in the plane of two numbers",
        axis(KAPPA, range=(0, 6)),
        axis("squared output η²f²/n", log=True, range=(PLANE_SQUARED[0], PLANE_SQUARED[-1])),
        data,
        shapes=[shape for shape, _ in marks],
        annotations=[note for _, note in marks],
        margin={"t": 74},
    )


def _scaled(params: Params, part: Map, path: Array) -> tuple[Array, Array]:
    """κ and φ² along a path of (f, λ)."""
    with np.errstate(over="ignore"):
        return part.eta * path[:, 1], (part.eta * path[:, 0]) ** 2 / params.width


def _path(part: Map) -> tuple[Array, Array]:
    """The steps that are drawn: until the path is gone."""
    f = np.abs(part.exact[:, 0])
    count = int(np.argmax(f > _SHOWN)) if np.any(f > _SHOWN) else f.size
    return np.arange(float(count)), f[:count]


def loss(params: Params, part: Map, _sample: Any) -> Figure:
    """f²/2 against the step: map, real vectors, linearisation."""
    steps, f = _path(part)
    hover = "step %{x}<br>loss %{y:.4g}"
    real = np.abs(part.vectors[: f.size, 0])
    exact, real = f**2 / 2, np.where(real < _SHOWN, real, np.nan) ** 2 / 2
    straight = np.abs(part.linear[: f.size])
    straight = np.where(straight < _SHOWN, straight, np.nan) ** 2 / 2
    top = max(float(exact.max()), 1e-3)
    low = max(float(min(exact[exact > 0], default=1e-3)), 1e-12)
    data = [
        line(steps, exact, "theory", "map of two numbers", hover),
        line(steps, straight, "printed", "linearised", hover),
        dots(steps, real, "real vectors", hover, size=6),
        level([0, max(steps[-1], 1)], params.width, "bound", "n", "n = %{y}"),
    ]
    return figure(
        _phase(part),
        axis(STEP, range=(0, max(steps[-1], 1))),
        axis("loss f²/2", log=True, range=(low / 3, max(top, params.width) * 5), steady=True),
        named(data),
    )


def _phase(part: Map) -> Words:
    if part.exact[0, 0] == 0:
        return "An output of 0 has no gradient: nothing moves"
    peak = float(np.max(part.exact[:, 0] ** 2)) / float(part.exact[0, 0] ** 2)
    if math.isinf(part.end):
        return "Divergence: the loss leaves for good"
    if peak > 1:
        return f"Catapult: the loss goes up {number(peak)} times, then down"
    return "Gradual: the loss goes down from the first step"


def curvature(_params: Params, part: Map, _sample: Any) -> Figure:
    """ηλ against the step."""
    steps, _ = _path(part)
    hover = "step %{x}<br>ηλ = %{y:.4f}"
    exact, real = (part.eta * path[: steps.size, 1] for path in (part.exact, part.vectors))
    data = [
        line(steps, exact, "theory", "map", hover),
        dots(steps, real, "vectors", hover, size=6),
        level([0, max(steps[-1], 1)], 2.0, "bound", "2"),
        level([0, max(steps[-1], 1)], 4.0, "bound", "4"),
    ]
    title = Order(
        "The curvature falls on the way", "map", "falls", otherwise="The curvature on the way"
    )
    top = min(max(4.5, 1.1 * float(exact.max())), 10.0)
    return figure(
        (title,), axis(STEP, range=(0, max(steps[-1], 1))), axis(KAPPA, range=(0, top)), data
    )


def ends(params: Params, part: Final, _sample: Any) -> Figure:
    """Final ηλ against ηλ_0, at four widths, with real vectors."""
    hover = "ηλ₀ = %{x:.3f}<br>final ηλ = %{y:.4f}"
    data = []
    for y, width, dash in zip(part.ends, DRAWN_WIDTHS, _DASHES, strict=False):
        look = {"color": "@theory", "width": 1.6, "dash": dash}
        data.append(line(ALONG, _finite(y), "theory", f"n = {width}", hover, line=look))
    said = f"real vectors, n = {part.width}"
    data += [
        dots(CHECKED, part.measured, said, hover),
        level([0, 4.2], 2.0, "bound", "2", showlegend=False),
    ]
    marks = [upright(2.0), upright(4.0), upright(params.kappa, "here")]
    zone = {"type": "rect", "x0": 3.2, "x1": 4.0, "y0": 0, "y1": 1, "yref": "paper"}
    fill = {"fillcolor": "@faint", "opacity": 0.2, "line": {"width": 0}, "layer": "below"}
    kept = marks if 0.3 < abs(params.kappa - 3) < 1.2 and params.kappa < 4.2 else marks[:2]
    return figure(
        (
            Order(
                "Past 2 the path lands below 2",
                said,
                "below",
                (2.0,),
                slack=0,
                otherwise="Where the path lands",
            ),
        ),
        axis(KAPPA0, range=(0, 4.2)),
        axis("final ηλ", range=(0, 2.2)),
        named(data[:-1]) + data[-1:],
        shapes=[shape for shape, _ in kept] + [zone | fill],
        annotations=[note for _, note in kept] + [at_end(3.97, 2.1, "erratic", "text")],
        **BELOW | {"margin": {"t": 74, "b": 96}},
    )


def _finite(y: Array) -> Array:
    return np.where(np.isfinite(y), y, np.nan)


def peaks(_params: Params, part: Final, _sample: Any) -> Figure:
    """Largest loss on the way over n."""
    hover = "ηλ₀ = %{x:.3f}<br>largest loss / n = %{y:.4f}"
    data = []
    for y, width, dash in zip(part.peaks, DRAWN_WIDTHS, _DASHES, strict=False):
        look = {"color": "@theory", "width": 1.6, "dash": dash}
        data.append(line(ALONG, _finite(y), "theory", f"n = {width}", hover, line=look))
    data.append(dots(CHECKED, part.measured_peaks, f"real vectors, n = {part.width}", hover))
    heights = [y[np.isfinite(y)] for y in part.peaks]
    return figure(
        "The largest loss of a catapult is of order n",
        axis(KAPPA0, range=(0, 4.2)),
        axis("largest loss over n", log=True, range=reach(heights), steady=True),
        named(data),
        **BELOW,
    )
