"""Figures of page 1.4, two parameters and one datum: the path falls onto the line of minimisers."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import BELOW, Array, Figure, axis, dots, figure, level, line, named
from components.figures.orders import Order
from components.figures.playing import frame_trace, frames
from compute.experiments.implicit_bias.run import Plane
from compute.experiments.implicit_bias.setting import Params

REACH = 3.4
_BOUND = 6.0
MINIMISERS, ROW = "minimisers", "θ₀ + row space"
PATH, NOW, LIMIT = "descent", "now", "θ₀ + Φ⁺(y − Φθ₀)"


def played_steps(part: Plane, most: int = 60) -> Array:
    """Which steps are frames."""
    last = len(part.path) - 1
    spread = np.geomspace(1, last + 1, min(most, last + 1)) - 1
    return np.unique(spread.round().astype(int))


def _minimisers(part: Plane) -> tuple[Array, Array]:
    along = np.array([-part.features[0, 1], part.features[0, 0]])
    along = along / np.linalg.norm(along)
    reach = np.array([-8.0, 8.0])
    return part.least[0] + reach * along[0], part.least[1] + reach * along[1]


def parameters(params: Params, part: Plane, _sample: Any) -> Figure:
    """The plane of parameters: line of minimisers, path, its end; played over the steps."""
    hover = "θ₁ = %{x:.3f}<br>θ₂ = %{y:.3f}"
    row = part.features[0] / np.linalg.norm(part.features[0])
    start = part.path[0]
    ends = start + np.array([[-8.0], [8.0]]) * row
    path, minimisers = np.clip(part.path, -60, 60), _minimisers(part)
    data = [
        line(minimisers[0], minimisers[1], "theory", MINIMISERS, "a line of perfect fits"),
        line(ends[:, 0], ends[:, 1], "bound", ROW, hoverinfo="skip"),
        dots(path[:, 0], path[:, 1], PATH, f"step %{{customdata}}<br>{hover}", size=5)
        | {
            "mode": "lines+markers",
            "line": {"color": "@measurement", "width": 2},
            "customdata": list(range(len(path))),
        },
        dots(part.limit[:1], part.limit[1:], LIMIT, hover, role="theory", size=14, symbol="x"),
        dots(
            part.least[:1],
            part.least[1:],
            "least norm",
            hover,
            role="text",
            size=12,
            symbol="diamond-open",
        ),
        dots([start[0]], [start[1]], "start", hover, role="text", size=10, symbol="circle-open"),
        dots([path[-1, 0]], [path[-1, 1]], NOW, hover, size=13),
    ]
    title = "Descent walks straight to the nearest perfect fit: click to start elsewhere"
    if params.ridge > 0:
        title = "A ridge bends the path off the row space, towards 0: click to start elsewhere"
    return figure(
        title,
        axis("constant θ<sub>1</sub>", range=(-REACH, REACH)),
        axis("slope θ<sub>2</sub>", range=(-REACH, REACH)) | {"scaleanchor": "x"},
        [*named(data[:1]), data[1], *named(data[2:4]), *data[4:]],
        meta={"click": {"x": "intercept", "y": "slope"}},
        **BELOW,
    )


def parameter_frames(_params: Params, part: Plane) -> dict[str, Any] | None:
    """The steps of :func:`parameters`."""
    kept = played_steps(part)
    if kept.size < 2:
        return None
    path = np.clip(part.path, -60, 60)
    walked = np.stack([np.where(np.arange(len(path))[:, None] <= k, path, np.nan) for k in kept])
    now = path[kept]
    return frames(
        "step",
        [str(k) for k in kept],
        frame_trace(PATH, "x", walked[:, :, 0]),
        frame_trace(PATH, "y", walked[:, :, 1]),
        frame_trace(NOW, "x", now[:, :1]),
        frame_trace(NOW, "y", now[:, 1:]),
    )


def functions(params: Params, part: Plane, _sample: Any) -> Figure:
    """The learned line through the datum, beside where it started and the one of least norm."""
    x = np.array([-2.2, 2.2])
    hover = "x = %{x:.2f}<br>z = %{y:.3f}"

    def drawn(theta: Array) -> Array:
        return np.asarray(np.clip(theta[0] + theta[1] * x, -_BOUND * 10, _BOUND * 10))

    data = [
        line(x, drawn(part.path[0]), "faint", "start", hover),
        line(x, drawn(part.limit), "theory", "limit", hover),
        line(x, drawn(part.least), "bound", "least norm", hover),
        line(x, drawn(part.path[-1]), "measurement", "learned", hover),
    ]
    datum = dots([params.datum_x], [params.datum_y], "datum", hover, role="text", size=11)
    return figure(
        "One datum, many lines: where descent starts decides which",
        axis("input x", range=(-2.2, 2.2)),
        axis("output z(x) = θ<sub>1</sub> + θ<sub>2</sub>x", range=(-_BOUND, _BOUND)),
        [*named(data), datum],
        **BELOW,
    )


def function_frames(_params: Params, part: Plane) -> dict[str, Any] | None:
    """The steps of :func:`functions`."""
    kept = played_steps(part)
    if kept.size < 2:
        return None
    x = np.array([-2.2, 2.2])
    learned = part.path[kept, :1] + part.path[kept, 1:] * x
    learned = np.clip(learned, -_BOUND * 10, _BOUND * 10)
    return frames("step", [str(k) for k in kept], frame_trace("learned", "y", learned))


def parts(_params: Params, part: Plane, _sample: Any) -> Figure:
    """|θ_∥| and |θ_⊥| over the steps."""
    steps = np.arange(len(part.path))
    row, across = (np.linalg.norm(v, axis=1) for v in (part.row, part.across))
    hover = "step %{x}<br>%{y:.4f}"
    last = max(len(steps) - 1, 1)
    end = float(np.linalg.norm(part.least))
    top = 1.2 * max(min(float(row.max()), 20.0), float(across[0]), end, 0.1)
    return figure(
        [
            "θ∥ learns; θ⊥, which no datum sees, ",
            Order("stays", "|θ⊥|", "still", otherwise="is shrunk by the ridge"),
        ],
        axis("step t", range=(0, last)),
        axis("length", range=(0, top)),
        named(
            [
                dots(steps, np.minimum(row, 1e3), "|θ∥|", hover, size=5),
                dots(steps, across, "|θ⊥|", hover, size=5, role="text", symbol="diamond-open"),
                level([0, last], end, "theory", "|θ∥| of every perfect fit", "%{y:.4f}"),
            ]
        ),
        **BELOW,
    )
