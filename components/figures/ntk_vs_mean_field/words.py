"""What page 2.4 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural
from compute.experiments.ntk_vs_mean_field.run import Result, Side
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Params
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Sample


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    if result.strip is not None:
        first, last = result.strip.measured[0], result.strip.measured[-1]
        error, change = AT["test_error"], AT["kernel_change"]
        return (
            f"{params.width} wide, from a = 0 to ½: the kernel's change goes from "
            f"{_percent(first[change])} to {_percent(last[change])}, the test error goes from "
            f"{number(first[error], 2)} to {number(last[error], 2)}."
        )
    if result.first is not None:
        narrow, wide = result.first.measured[:, 0], result.first.measured[:, -1]
        name = "hidden_speed" if params.shows == "speed" else "hidden_movement"
        ratios = [number(float(wide[k, AT[name]] / narrow[k, AT[name]]), 2) for k in (0, 2)]
        return (
            "Four times as wide, one network: pre-activations "
            f"{'start' if params.shows == 'speed' else 'move'} {ratios[0]} times as "
            f"{'fast' if params.shows == 'speed' else 'far'} at γ = 1, "
            f"{ratios[1]} times at γ = √N₁."
        )
    assert result.sides is not None
    a, b = result.sides
    if params.figure == "kernel":
        return (
            f"By t = {params.time:g} the kernel has changed by {_percent(a.kernel_change[-1])} in "
            f"A and by {_percent(b.kernel_change[-1])} in B; its alignment with yyᵀ goes from "
            f"{_share(a.alignment[0])} to {_share(a.alignment[-1])} and to "
            f"{_share(b.alignment[-1])}."
        )
    if params.figure == "particles":
        return (
            f"{plural(params.width, 'neuron')}: pre-activations move by "
            f"{number(float(a.hidden_movement[-1]), 2)} in A and "
            f"{number(float(b.hidden_movement[-1]), 2)} in B, the output by "
            f"{number(float(a.output_movement[-1]), 2)} and "
            f"{number(float(b.output_movement[-1]), 2)}."
        )
    assert a.test_error is not None
    assert b.test_error is not None
    return (
        f"{params.width} wide, t = {params.time:g}: test error "
        f"{number(float(a.test_error[0]), 2)} in A (linearised {number(float(a.test_error[1]), 2)})"
        f", {number(float(b.test_error[0]), 2)} in B "
        f"(linearised {number(float(b.test_error[1]), 2)})."
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
        said += _stopped(name, side)
    return " ".join(said)


def _stopped(name: str, side: Side) -> list[str]:
    if not side.reason:
        return []
    return [f"Side {name} was {side.reason}; later times repeat its last state."]


def progress(params: Params, sample: Sample[Any]) -> str:
    """How many networks are trained, and the present standard error."""
    state: Sweep = sample.current
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
