"""What page 2.4 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.labels import of_part
from compute.experiments.ntk_vs_mean_field.run import First, Result, Sides, Strip
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Params
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Sample


def sentence(params: Params, result: Result, _sample: Sample[Any] | None, frame: int | None) -> str:
    """The result of the tab in front, in one sentence; of the moment that is played."""
    tabs = {"particles": _particles, "kernel": _kernel}
    if params.figure in tabs and result.sides is not None:
        return tabs[params.figure](params, result.sides, -1 if frame is None else frame)
    return of_part(params, result, strip=_strip, first=_first, sides=_outputs)


def _strip(params: Params, part: Strip) -> str:
    first, last = part.measured[0], part.measured[-1]
    error, change = AT["test_error"], AT["kernel_change"]
    return (
        f"{params.width} wide, from a = 0 to ½: the kernel's change goes from "
        f"{_percent(first[change])} to {_percent(last[change])}, the test error goes from "
        f"{number(first[error], 2)} to {number(last[error], 2)}."
    )


def _first(params: Params, part: First) -> str:
    speed = params.shows == "speed"
    moves, far = ("start", "fast") if speed else ("move", "far")
    at = AT["hidden_speed" if speed else "hidden_movement"]
    lazy, _, rich = part.measured[:, -1, at] / part.measured[:, 0, at]
    return (
        f"Four times as wide, one network: pre-activations {moves} {number(lazy, 2)} times as "
        f"{far} at γ = 1, {number(rich, 2)} times at γ = √N₁."
    )


def _kernel(_params: Params, sides: Sides, now: int) -> str:
    a, b = sides
    return (
        f"By t = {number(a.times[now])} the kernel has changed by {_percent(a.kernel_change[now])} "
        f"in A and by {_percent(b.kernel_change[now])} in B; its alignment with yyᵀ goes from "
        f"{_share(a.alignment[0])} to {_share(a.alignment[now])} and to "
        f"{_share(b.alignment[now])}."
    )


def _particles(params: Params, sides: Sides, now: int) -> str:
    hidden = [number(side.hidden_movement[now], 2) for side in sides]
    output = [number(side.output_movement[now], 2) for side in sides]
    return (
        f"{plural(params.width, 'neuron')}: by t = {number(sides[0].times[now])} pre-activations "
        f"move by {hidden[0]} in A and {hidden[1]} in B, the output by {output[0]} and {output[1]}."
    )


def _outputs(params: Params, sides: Sides) -> str:
    (a, linear_a), (b, linear_b) = ([number(e, 2) for e in side.test_error] for side in sides)
    return (
        f"{params.width} wide, t = {params.time:g}: test error {a} in A (linearised {linear_a})"
        f", {b} in B (linearised {linear_b})."
    )


def _percent(share: float) -> str:
    return f"{number(100 * float(share), 2)} %"


def _share(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "no value"


def notice(params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """Why nothing fits, what stopped, what stands in for missing points; '' otherwise."""
    said = []
    if params.target == "own" and not params.points:
        said.append("There are no points of your own yet: four stand in. Click on the figure.")
    if result.obstacle:
        said.append(f"No width and no γ can fit these data. {result.obstacle}")
    for name, side in zip("AB", result.sides or (), strict=False):
        if side.reason:
            said.append(f"Side {name} was {side.reason}; later times repeat its last state.")
    return " ".join(said)


def progress(params: Params, sample: Sample[Sweep]) -> str:
    """How many networks are trained, and the present standard error."""
    state = sample.current
    done = int(state.counts.min())
    text = f"{done} of {params.networks} starts"
    if params.figure == "width" and done > 1:
        slopes = [state.slope(a, "hidden_movement") for a in EXPONENTS]
        worst = max(e.standard_error for e in slopes)
        text += f"; slopes of z⁽¹⁾ known to {number(worst, 1)}"
    if params.figure == "phase" and done > 1:
        mean, error = state.mean("test_error"), state.error("test_error")
        text += f"; test error known to {_percent(float(np.nanmax(error / mean)))}"
    return text
