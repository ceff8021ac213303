"""Figures of page 2.2, the kernel regime: training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, axis, dots, figure, line, number, together
from components.figures.labels import on_logs, on_paper
from components.figures.orders import Order, Words
from components.figures.playing import frame_trace
from components.figures.trained import over_time, own_points, time_axis
from compute.experiments.ntk_regime.setting import Params
from compute.experiments.ntk_regime.training import Training
from compute.experiments.one_layer_fields import KINKED

PLACES = {
    "circle": "angle φ of the input on the circle",
    "line": "input x",
    "points": "input x",
    "sphere": "number of the datum",
}
# The picture of a decaying quantity ends this far below its start.
FLOOR = 1e-10
PROMISED = "L₀ exp(−2t inf λ<sub>min</sub>)"
LINEARISED = "linearisation (2.1.5)"
_MODES = 5
# Dots stand apart: on a curve every third point, of a mode every second moment.
_APART, _MOMENTS = 3, 2


def predictions(params: Params, part: Training, _sample: object) -> Figure:
    """The network and its linearisation at the last time, with the data."""
    linear, network = _outputs(part)
    place = part.data.grid_place if len(part.data.grid_place) else part.data.place
    hover = "%{x:.3f}: z = %{y:.4f}"
    flat = not len(part.data.grid_place)
    bar = {"size": 18, "symbol": "line-ew-open", "color": "@theory", "line": {"width": 3}}
    marks: dict[str, Any] = {"mode": "markers", "marker": bar} if flat else {}
    ring = {"size": 13, "symbol": "circle-open", "color": "@text"}
    dotted = _dotted(part)
    data = [
        line(place, linear[-1], "theory", LINEARISED, hover, **marks),
        dots(place[dotted], network[-1, dotted], _network(params), hover, size=9 if flat else 7),
        dots(
            part.data.place,
            part.data.targets,
            "training data",
            "%{x:.3f}: y = %{y:.4f}",
            marker=ring | {"line": {"width": 2.5, "color": "@text"}},
        ),
    ]
    drawn = np.concatenate([linear.ravel(), network.ravel(), part.data.targets])
    low, high = float(drawn.min()), float(drawn.max())
    margin = 0.08 * (high - low) + 1e-6
    across: tuple[float, float] = (place[0], place[-1])
    if params.dataset == "circle":
        across = (0, 2 * math.pi)
    if flat:
        across = (0.5, place[-1] + 0.5)
    return figure(
        _prediction_title(part),
        axis(PLACES[params.dataset], range=across) | _angles(params),
        axis("output z(x)", range=(low - margin, high + 2.5 * margin), steady=True),
        data,
        annotations=[
            _key(0.01, "— linearised", "theory"),
            _key(0.4, "● network", "measurement"),
            _key(0.75, "○ data", "text"),
        ],
    )


def _key(share: float, text: str, role: str) -> dict[str, Any]:
    """One entry of the key, in a row along the top inside the figure."""
    return on_paper(share, 1.0, text, yanchor="top", font={"color": f"@{role}"})


def _angles(params: Params) -> dict[str, Any]:
    if params.dataset != "circle":
        return {}
    stops = [k * math.pi / 2 for k in range(5)]
    return {"tickvals": stops, "ticktext": ["0", "π/2", "π", "3π/2", "2π"]}


def _outputs(part: Training) -> tuple[Array, Array]:
    """(T, G) of linearisation and network; at the data themselves where there is no line."""
    if len(part.data.grid_place):
        return part.linear_predictions, part.predictions
    return part.linear_residuals + part.data.targets, part.residuals + part.data.targets


def _dotted(part: Training) -> slice:
    """Where the network's output is marked; at every datum where there is no line."""
    return slice(None, None, _APART if len(part.data.grid_place) else 1)


def _prediction_title(part: Training) -> str:
    linear, network = _outputs(part)
    apart = float(np.abs(linear - network).max())
    size = float(np.abs(linear - linear[0]).max())
    if apart > 0.3 * size:
        return "Far from its linearisation: it learns in another way"
    if apart > 0.08 * size:
        return f"Off its linearisation by {number(100 * apart / size, 2)} % of what it learns"
    return "The network stays close to its linearisation, all the way"


def prediction_frames(params: Params, part: Training) -> dict[str, Any] | None:
    """The same over training."""
    linear, network = _outputs(part)
    return over_time(
        part.times,
        frame_trace(LINEARISED, "y", linear),
        frame_trace(_network(params), "y", network[:, _dotted(part)]),
        digits=3,
    )


def _network(params: Params) -> str:
    return f"network, N₁ = {params.width}"


def own_data(params: Params, part: Training) -> dict[str, Any]:
    """What the script of the first figure needs: the points that a click adds to."""
    on_line = params.dataset in {"line", "points"}
    return {"points": own_points(part.data.place, part.data.targets) if on_line else None}


def modes(_params: Params, part: Training, _sample: object) -> Figure:
    """The residual in the eigenvectors of Θ_0, mode by mode."""
    top = max(float(np.abs(part.shares).max()), 1e-12)
    low = 1e-5 * top
    curves, moments = [], []
    notes: list[dict[str, Any]] = []
    shown = np.unique(np.linspace(0, len(part.rates) - 1, min(_MODES, len(part.rates))).round())
    for k in shown.astype(int):
        rate = float(part.rates[k])
        name = f"mode {k + 1}, λ = {number(rate)}"
        curve = np.abs(part.curves[:, k])
        dot = np.abs(part.shares[1::_MOMENTS, k])
        times = part.times[1::_MOMENTS]
        curves.append((part.curve_times, curve, name))
        moments.append((times, dot, f"network, {name}"))
        if k in (shown[0], shown[len(shown) // 2], shown[-1]):
            notes += _rate_label(part.curve_times, curve, rate, low * 4.0 ** (1 + len(notes)))
    hover = {"hovertemplate": "t = %{x:.4g}<br>%{y:.4g}<extra>%{customdata}</extra>"}
    x, y, names = together(curves)
    at, size, networks = together(moments)
    data = [
        line(x, y, "theory", "linearisation", **names, **hover),
        dots(at, size, "network", size=5, **networks, **hover),
    ]
    name = "residual in mode k, |u<sub>k</sub>·(z − y)|"
    return figure(
        _mode_title(part, top),
        time_axis(part.curve_times),
        axis(name, log=True, range=(low, 2 * top), steady=True),
        data,
        annotations=notes,
    )


def _mode_title(part: Training, top: float) -> str:
    linear = np.exp(-part.times[:, None] * part.rates) * part.shares[0]
    if float(np.abs(part.shares - linear).max()) < 0.1 * top:
        return "Each mode learns at its own rate, e<sup>−λt</sup>"
    return "Each mode of the linearisation learns at its own rate, e<sup>−λt</sup>"


def _rate_label(times: Array, curve: Array, rate: float, height: float) -> list[dict[str, Any]]:
    """λ beside its curve where that falls to `height`, or at its end; none where it is lower."""
    seen = np.flatnonzero(curve > height)
    if not seen.size:
        return []
    at = int(seen[-1])
    shift = -8 if at > 0.8 * len(times) else 8
    return [on_logs(times[at], curve[at], f"λ = {number(rate, 2)}", "theory", shift)]


def loss(params: Params, part: Training, _sample: object) -> Figure:
    """Loss of network and linearisation, with the bound of Lemma 2.2.2."""
    start = max(float(part.loss[0]), 1e-30)
    hover = "t = %{x:.4g}<br>%{y:.4g}"

    times = part.times[1:]
    data = [
        line(times, part.linear_loss[1:], "theory", "linearisation", hover),
        line(times, part.bound[1:], "bound", PROMISED, hover),
        dots(times, part.loss[1:], _network(params), hover),
    ]
    notes = []
    drawn = np.flatnonzero(part.bound > 0.3 * start)
    if drawn.size:
        at = int(drawn[-1])
        place = max(part.times[at], part.times[min(1, at)], 1e-9)
        notes.append(on_logs(place, part.bound[at], "bound", "bound", xanchor="left"))
    return figure(
        _loss_title(params, part),
        time_axis(part.curve_times),
        axis("loss ½|D|⁻¹ Σ (z − y)²", log=True, range=(FLOOR * start, 3 * start), steady=True),
        data,
        annotations=notes,
    )


def _loss_title(params: Params, part: Training) -> Words:
    plain = "The loss, and what λ<sub>min</sub> promises of it"
    if params.activation in KINKED or part.least[-1] == 0:
        return plain
    kept = "The loss keeps what λ<sub>min</sub> promises"
    return (Order(kept, _network(params), "between", (0.0, PROMISED), otherwise=plain),)
