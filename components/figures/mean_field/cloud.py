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
    frame_trace,
    frames,
    line,
    number,
)
from components.theme import SIGN_SCALE
from compute.experiments.mean_field.flows import Cloud
from compute.experiments.mean_field.run import Result
from compute.experiments.mean_field.setting import WINDOW, Params
from compute.experiments.one_layer_fields import REACH

TRAILS = 48
HOLLOW = {"color": "rgba(0,0,0,0)", "line": {"color": "@text", "width": 2}, "size": 10}
# The four shades of W^(2) on the circle: strongly negative to strongly positive.
_SHADES = ((0, "W⁽²⁾ < −1"), (1, "−1 to 0"), (3, "0 to 1"), (4, "W⁽²⁾ > 1"))
_SYMBOLS = ("triangle-down", "triangle-down", "triangle-up", "triangle-up")


def cloud_of(result: Result) -> Cloud:
    """The cloud of the tab in front."""
    assert result.cloud is not None
    return result.cloud


# ---- the cloud -----------------------------------------------------------------------


def neurons(params: Params, result: Result, _sample: Any) -> Figure:
    """Neurons as points of the plane, with the paths of the first few."""
    part = cloud_of(result)
    line_case = params.inputs == "line"
    second = -1 if line_case else 1
    x, y = part.neurons[..., 0], part.neurons[..., second]
    names = (
        ("first weight W<sup>(1)</sup>", "second weight W<sup>(2)</sup>")
        if line_case
        else (
            "first weight W<sub>1</sub><sup>(1)</sup>",
            "first weight W<sub>2</sub><sup>(1)</sup>",
        )
    )
    data: list[Trace] = [
        line(
            *_trails(x, y), "faint", "paths", hoverinfo="skip", line={"color": "@faint", "width": 1}
        )
    ]
    data += _points(part) if line_case else _shaded(part)
    if not line_case:
        data.append(_input_circle(part))
    if len(part.atoms):
        data.append(_target_atoms(part, second))
    reach_x, reach_y = _reach(x, part.atoms[:, 0]), _reach(y, part.atoms[:, second])
    if line_case:
        ranges, more = ((-reach_x, reach_x), (-reach_y, reach_y)), {}
    else:
        reach = max(reach_x, reach_y)
        ranges, more = (
            ((-reach, reach), (-reach, reach)),
            {"scaleanchor": "x", "constrain": "domain"},
        )
    return figure(
        _cloud_title(params, part),
        axis(names[0], range=ranges[0], steady=True)
        | ({} if line_case else {"constrain": "domain"}),
        axis(names[1], range=ranges[1], steady=True) | more,
        data,
        showlegend=not line_case or len(part.atoms) > 0,
        legend={"orientation": "v"},
    )


def _trails(x: Array, y: Array) -> tuple[Array, Array]:
    """The paths of the first neurons as one line with gaps."""
    gap = np.full((1, min(TRAILS, x.shape[1])), np.nan)
    joined = (np.concatenate([v[:, :TRAILS], gap]).T.ravel() for v in (x, y))
    first, second = joined
    return first, second


def _points(part: Cloud) -> list[Trace]:
    last = part.neurons[-1]
    return [
        dots(
            last[:, 0],
            last[:, -1],
            "neuron",
            "W⁽¹⁾ = %{x:.3f}<br>W⁽²⁾ = %{y:.3f}",
            marker={"color": "@measurement", "size": 7, "opacity": 0.75},
            cliponaxis=True,
        )
    ]


def _shaded(part: Cloud) -> list[Trace]:
    made = []
    for shade, (x, y) in enumerate(_by_shade(part)):
        place, text = _SHADES[shade]
        made.append(
            dots(
                x[-1],
                y[-1],
                text,
                "W⁽¹⁾ = (%{x:.3f}, %{y:.3f})",
                marker={
                    "color": SIGN_SCALE[place][1],
                    "symbol": _SYMBOLS[shade],
                    "size": 10 if shade in {0, 3} else 8,
                    "line": {"color": "@muted", "width": 0.8},
                },
                showlegend=True,
                cliponaxis=True,
            )
        )
    return made


def _by_shade(part: Cloud) -> list[tuple[Array, Array]]:
    """Positions (T, m) of the neurons of each shade; nan for the others."""
    outer = part.neurons[..., -1]
    bounds = (-math.inf, -1.0, 0.0, 1.0, math.inf)
    made = []
    for low, high in pairwise(bounds):
        inside = (outer >= low) & (outer < high)
        x, y = (np.where(inside, part.neurons[..., k], np.nan) for k in (0, 1))
        made.append((x, y))
    return made


def _input_circle(part: Cloud) -> Trace:
    angle = 0.5 * math.pi * part.data_u
    radius = math.sqrt(2)
    return dots(
        radius * np.cos(angle),
        radius * np.sin(angle),
        "inputs of the data",
        "datum at %{customdata[0]:.0f}°<br>y = %{customdata[1]:.3f}",
        customdata=[
            [float(a), float(b)] for a, b in zip(np.degrees(angle), part.data_y, strict=True)
        ],
        marker=HOLLOW,
        showlegend=True,
    )


def _target_atoms(part: Cloud, second: int) -> Trace:
    return dots(
        part.atoms[:, 0],
        part.atoms[:, second],
        "the target's own neurons",
        "target: (%{x:.2f}, %{y:.2f})",
        marker={
            "color": "@theory",
            "size": 17,
            "symbol": "star",
            "line": {"color": "@background", "width": 1.5},
        },
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
        return "Neurons as particles: directions turn, W<sup>(2)</sup> grows or shrinks"
    seen = ", seen along b" if params.bias else ""
    if len(part.atoms):
        return f"The cloud learns the function, not the target's neurons{seen}"
    return f"Every neuron is a particle, and every particle moves{seen}"


def neuron_frames(params: Params, result: Result) -> dict[str, Any]:
    """The training times of :func:`neurons`."""
    part = cloud_of(result)
    if params.inputs == "line":
        places = {"neuron": (part.neurons[..., 0], part.neurons[..., -1])}
    else:
        names = (text for _, text in _SHADES)
        places = dict(zip(names, _by_shade(part), strict=True))
    moving = []
    for name, (x, y) in places.items():
        moving += [frame_trace(name, "x", x), frame_trace(name, "y", y)]
    return frames("t =", time_names(part.times), *moving)


def time_names(times: Array) -> list[str]:
    """Times as the player names them."""
    return [number(float(t), 2) for t in times]


# ---- its output ----------------------------------------------------------------------


def output(params: Params, result: Result, _sample: Any) -> Figure:
    """Data, target, first and present output."""
    part = cloud_of(result)
    line_case = params.inputs == "line"
    unit = 1.0 if line_case else 90.0
    at, hover = unit * part.grid, "%{x:.3g}: z = %{y:.3f}"
    # own points say nothing beyond their corners, which a grid would cut
    order = np.argsort(part.data_u)
    own = unit * part.data_u[order], part.data_y[order]
    target = own if params.target == "own" else (at, part.target)
    data = [
        line(*target, "faint", "target", hover, line={"color": "@faint", "width": 5}),
        line(at, part.outputs[0], "bound", "at t = 0", hover),
        line(
            at,
            part.outputs[-1],
            "measurement",
            "output",
            hover,
            line={"color": "@measurement", "width": 3},
        ),
        dots(unit * part.data_u, part.data_y, "data", "%{x:.3g}: y = %{y:.3f}", marker=HOLLOW),
    ]
    x_axis = (
        axis("input x", range=(-WINDOW, WINDOW))
        if line_case
        else axis("angle of the input (degrees)", range=(-90 * REACH, 90 * REACH)) | {"dtick": 90}
    )
    low, high = _span(part)
    return figure(
        _output_title(part),
        x_axis,
        axis("output z<sup>(2)</sup>(x)", range=(low, high), steady=True),
        [t | {"showlegend": True} for t in data],
        **BELOW,
    )


def _span(part: Cloud) -> tuple[float, float]:
    """Low and high: target, data and outputs, but not the wildest of these."""
    known = np.concatenate([part.target, part.data_y])
    reach = 2.0 * max(float(np.abs(known).max()), 0.4)
    joined = np.concatenate([known, part.outputs.ravel()])
    low, high = max(float(joined.min()), -reach), min(float(joined.max()), reach)
    room = 0.06 * (high - low) + 0.05
    return low - room, high + room


def _output_title(part: Cloud) -> str:
    if part.obstruction:
        return "The output stops short of the target"
    size = 0.5 * float(np.mean(part.data_y**2))
    if part.loss[-1] < 0.05 * min(part.loss[0], size):
        return "The cloud's average has become the target"
    return "The cloud's average is on its way to the target"


def output_frames(_params: Params, result: Result) -> dict[str, Any]:
    """The training times of :func:`output`."""
    part = cloud_of(result)
    return frames("t =", time_names(part.times), frame_trace("output", "y", part.outputs))


def own_points(params: Params, result: Result) -> dict[str, Any]:
    """The data as points, for the clicks that change them."""
    part = cloud_of(result)
    pairs = zip(part.data_u, part.data_y, strict=True)
    points = [[round(float(a), 4), round(float(b), 4)] for a, b in pairs]
    return {"points": points, "unit": 1 if params.inputs == "line" else 90}
