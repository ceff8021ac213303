"""What page 2.4 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import Array, number, plural
from components.figures.labels import of_part
from components.figures.ntk_vs_mean_field.sweep import told_slope
from compute.experiments.ntk_vs_mean_field.run import First, Result, Sides, Strip
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Params
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Sample


def sentence(params: Params, result: Result, sample: Sample[Any] | None, frame: int | None) -> str:
    """The result of the tab in front, in one sentence; of the moment that is played."""
    tabs = {"particles": _particles, "kernel": _kernel}
    if params.figure in tabs and result.sides is not None:
        return tabs[params.figure](params, result.sides, -1 if frame is None else frame)
    said = _measured(params, sample.current) if sample is not None else ""
    return said or of_part(params, result, strip=_strip, first=_first, sides=_outputs)


def _measured(params: Params, state: Sweep) -> str:
    """What the sample says of both ends; '' while it has less than two networks of either."""
    if params.figure == "phase":
        if state.counts[[0, -1]].min() < 2:
            return ""
        change, error = (
            [f"{number(m)} ± {number(e, 2)}" for m, e in zip(*ends, strict=True)]
            for ends in (_ends(state, "kernel_change", 100), _ends(state, "test_error", 1))
        )
        return (
            f"{params.width} wide, from a = 0 to ½: the kernel's change goes from {change[0]} % to "
            f"{change[1]} %, the test error from {error[0]} to {error[1]}."
        )
    if state.starts[[0, -1]].min() < 2:
        return ""
    lazy, rich = (told_slope(state.slope(a, _moving(params))) for a in (0.0, 0.5))
    what = "initial velocities" if params.shows == "speed" else "movements"
    few, many = int(state.starts.min()), int(state.starts.max())
    return (
        f"{'' if few == many else f'{few} to '}{many} starts: {what} of z⁽¹⁾ go like N₁ to the "
        f"power {lazy} at γ = 1, {rich} at γ = √N₁."
    )


def _ends(state: Sweep, name: str, unit: float) -> tuple[Array, Array]:
    """Means and errors at a = 0 and ½."""
    return unit * state.mean(name)[[0, -1], 0], unit * state.error(name)[[0, -1], 0]


def _moving(params: Params) -> str:
    return "hidden_speed" if params.shows == "speed" else "hidden_movement"


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
    at = AT[_moving(params)]
    lazy, _, rich = part.measured[:, -1, at] / part.measured[:, 0, at]
    return (
        f"Twice as wide, one network: pre-activations {moves} {number(lazy, 2)} times as "
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


def notice(params: Params, result: Result, sample: Sample[Any] | None, _frame: int | None) -> str:
    """Why nothing fits, what stopped, what stands in for missing points; '' otherwise."""
    said = []
    if params.target == "own" and not params.points:
        said.append("There are no points of your own yet: four stand in. Click on the figure.")
    if result.obstacle:
        said.append(f"No width and no γ can fit these data. {result.obstacle}")
    for name, side in zip("AB", result.sides or (), strict=False):
        if side.reason:
            said.append(f"Side {name} was {side.reason}; later times repeat its last state.")
    alone = result.strip or result.first
    early = alone.measured[..., AT["reached"]] if alone else np.ones(1)
    if early.min() < 1:
        said.append(
            f"The network of seed {params.seed} used up its steps before t = {params.time:g} at "
            f"{int((early < 1).sum())} of {early.size} places, first at "
            f"t = {number(params.time * float(early.min()), 2)}: there it is drawn as it was then."
        )
    if sample is not None and sample.current.stopped.any():
        told = f"{int(sample.current.stopped.sum())} of {int(sample.current.tried.sum())} networks"
        said.append(f"{told} used up their steps before t = {params.time:g}: no mean has them.")
    return " ".join(said)


def progress(params: Params, sample: Sample[Sweep]) -> str:
    """How many networks are trained, and the present standard error."""
    state = sample.current
    done = int(state.tried.min())
    text = f"{done} of {params.networks} starts"
    if params.figure == "width" and state.starts.min() > 1:
        slopes = [state.slope(a, "hidden_movement") for a in EXPONENTS]
        worst = max(e.standard_error for e in slopes)
        text += f"; slopes of z⁽¹⁾ known to {number(worst, 1)}"
    if params.figure == "phase" and state.counts.max() > 1:
        mean, error = state.mean("test_error"), state.error("test_error")
        text += f"; test error known to {_percent(float(np.nanmax(error / mean)))}"
    return text
