"""Figures of page 2.3: the cloud of neurons and its output in time."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

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
    number,
)
from components.figures.mean_field.inputs import input_axis, unit_of
from components.figures.playing import frame_trace
from components.figures.trained import HOLLOW, over_time, tamed
from components.figures.trained import own_points as points_of
from components.theme import SIGN_SCALE
from compute.experiments.mean_field.flows import Cloud
from compute.experiments.mean_field.setting import Params

TRAILS = 48
# The four shades of W^(2) on the circle: strongly negative to strongly positive.
_SHADES = ((0, "W⁽²⁾ < −1"), (1, "−1 to 0"), (3, "0 to 1"), (4, "W⁽²⁾ > 1"))
_SYMBOLS = ("triangle-down", "triangle-down", "triangle-up", "triangle-up")


# ---- the cloud -----------------------------------------------------------------------


def neurons(params: Params, part: Cloud, _sample: object) -> Figure:
    """Neurons as points of the plane, with the paths of the first few."""
    on_line = params.inputs == "line"
    second = -1 if on_line else 1
    x, y = part.neurons[..., 0], part.neurons[..., second]
    look = {"hoverinfo": "skip", "line": {"color": "@faint", "width": 1}}
    data: list[Trace] = [line(*_trails(x, y), "faint", "paths", **look)]
    data += [_points(part)] if on_line else [*_shaded(part), _input_circle(part)]
    if len(part.atoms):
        data.append(_target_atoms(part, second))
    reach_x, reach_y = _reach(x, part.atoms[:, 0]), _reach(y, part.atoms[:, second])
    names = ["first weight W<sup>(1)</sup>", "second weight W<sup>(2)</sup>"]
    if not on_line:
        names = [f"first weight W<sub>{k}</sub><sup>(1)</sup>" for k in (1, 2)]
        reach_x = reach_y = max(reach_x, reach_y)
    across = axis(names[0], range=(-reach_x, reach_x), steady=True)
    up = axis(names[1], range=(-reach_y, reach_y), steady=True)
    if not on_line:
        across |= {"constrain": "domain"}
        up |= {"scaleanchor": "x", "constrain": "domain"}
    return figure(
        _cloud_title(params, part),
        across,
        up,
        data,
        showlegend=not on_line or len(part.atoms) > 0,
        legend={"orientation": "v"},
    )


def _trails(x: Array, y: Array) -> tuple[Array, Array]:
    """The paths of the first neurons as one line with gaps."""
    gap = np.full((1, min(TRAILS, x.shape[1])), np.nan)
    first, second = (np.concatenate([v[:, :TRAILS], gap]).T.ravel() for v in (x, y))
    return first, second


def _points(part: Cloud) -> Trace:
    last, hover = part.neurons[-1], "W⁽¹⁾ = %{x:.3f}<br>W⁽²⁾ = %{y:.3f}"
    marker = {"color": "@measurement", "size": 7, "opacity": 0.75}
    return dots(last[:, 0], last[:, -1], "neuron", hover, marker=marker, cliponaxis=True)


def _shaded(part: Cloud) -> list[Trace]:
    made = []
    for shade, (x, y) in enumerate(_by_shade(part)):
        place, text = _SHADES[shade]
        marker = {
            "color": SIGN_SCALE[place][1],
            "symbol": _SYMBOLS[shade],
            "size": 10 if shade in {0, 3} else 8,
            "line": {"color": "@muted", "width": 0.8},
        }
        hover = "W⁽¹⁾ = (%{x:.3f}, %{y:.3f})"
        made.append(dots(x[-1], y[-1], text, hover, marker=marker, cliponaxis=True))
    return named(made)


def _by_shade(part: Cloud) -> list[tuple[Array, Array]]:
    """Positions (T, m) of the neurons of each shade; nan for the others."""
    outer = part.neurons[..., -1]
    made = []
    for low, high in pairwise((-math.inf, -1.0, 0.0, 1.0, math.inf)):
        inside = (outer >= low) & (outer < high)
        x, y = (np.where(inside, part.neurons[..., k], np.nan) for k in (0, 1))
        made.append((x, y))
    return made


def _input_circle(part: Cloud) -> Trace:
    angle = 0.5 * math.pi * part.data_u
    return dots(
        math.sqrt(2) * np.cos(angle),
        math.sqrt(2) * np.sin(angle),
        "inputs of the data",
        "datum at %{customdata[0]:.0f}°<br>y = %{customdata[1]:.3f}",
        customdata=np.column_stack([np.degrees(angle), part.data_y]).tolist(),
        marker=HOLLOW,
        showlegend=True,
    )


def _target_atoms(part: Cloud, second: int) -> Trace:
    star = {"color": "@theory", "size": 17, "symbol": "star"}
    return dots(
        part.atoms[:, 0],
        part.atoms[:, second],
        "the target's own neurons",
        "target: (%{x:.2f}, %{y:.2f})",
        marker=star | {"line": {"color": "@background", "width": 1.5}},
        showlegend=True,
    )


def _reach(values: Array, more: Array) -> float:
    """Half the width of an axis: all but the farthest few, and the target's neurons."""
    far = float(np.quantile(np.abs(values), 0.998))
    return 1.1 * max(far, float(np.abs(more).max(initial=0.0)), 1.0)


def _cloud_title(params: Params, part: Cloud) -> str:
    if part.obstruction:
        return "No cloud of any size draws this target: see the notice above"
    if params.inputs == "circle":
        return "Neurons as particles: directions of W<sup>(1)</sup>, shades of W<sup>(2)</sup>"
    seen = ", seen along b" if params.bias else ""
    if len(part.atoms):
        return f"The cloud of neurons and the target's own{seen}"
    return f"Every neuron is a particle of the cloud{seen}"


def neuron_frames(params: Params, part: Cloud) -> dict[str, Any] | None:
    """The training times of :func:`neurons`."""
    if params.inputs == "line":
        places = {"neuron": (part.neurons[..., 0], part.neurons[..., -1])}
    else:
        names = (text for _, text in _SHADES)
        places = dict(zip(names, _by_shade(part), strict=True))
    moving = [
        frame_trace(name, attribute, values)
        for name, pair in places.items()
        for attribute, values in zip("xy", pair, strict=True)
    ]
    return over_time(part.times, *moving)


# ---- its output ----------------------------------------------------------------------


def output(params: Params, part: Cloud, _sample: object) -> Figure:
    """Data, target, first and present output."""
    unit = unit_of(params)
    at, hover = unit * part.grid, "%{x:.3g}: z = %{y:.3f}"
    # own points say nothing beyond their corners, which a grid would cut
    order = np.argsort(part.data_u)
    own = unit * part.data_u[order], part.data_y[order]
    target = own if params.target == "own" else (at, part.target)
    wide, thick = {"color": "@faint", "width": 5}, {"color": "@measurement", "width": 3}
    data = [
        line(*target, "faint", "target", hover, line=wide),
        line(at, part.outputs[0], "bound", "at t = 0", hover),
        line(at, part.outputs[-1], "measurement", "output", hover, line=thick),
        dots(unit * part.data_u, part.data_y, "data", "%{x:.3g}: y = %{y:.3f}", marker=HOLLOW),
    ]
    known = np.concatenate([part.target, part.data_y])
    shown = tamed([known, part.outputs], 2.0 * max(float(np.abs(known).max()), 0.4))
    return figure(
        "",
        input_axis(params),
        axis("output z<sup>(2)</sup>(x)", range=shown, steady=True),
        named(data),
        **BELOW,
    )


def output_title(_params: Params, part: Cloud, _sample: object, frame: int | None) -> str:
    """How much of the loss is left in the frame in front."""
    now = -1 if frame is None else frame
    share = float(part.loss[now]) / (float(part.loss[0]) or 1.0)
    at = f"t = {number(float(part.times[now]))}"
    return f"The cloud's average at {at}: {number(100 * share, 2)} % of the loss is left"


def output_frames(_params: Params, part: Cloud) -> dict[str, Any] | None:
    """The training times of :func:`output`."""
    return over_time(part.times, frame_trace("output", "y", part.outputs))


def own_points(params: Params, part: Cloud) -> dict[str, Any]:
    """The data as points, for the clicks that change them."""
    return {"points": points_of(part.data_u, part.data_y), "unit": int(unit_of(params))}
