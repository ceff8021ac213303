"""What page 2.3 says in words: result, notice, progress."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number, plural
from components.figures.labels import with_error
from compute.experiments.mean_field.flows import DRAWN, Cloud
from compute.experiments.mean_field.run import Result
from compute.experiments.mean_field.sampler import Approximation, Chaos, Drawn, Theory, widths
from compute.experiments.mean_field.setting import Params
from compute.experiments.mean_field.ways import Ways
from compute.experiments.one_layer_fields import STEEP
from compute.sampling import Estimate, Sample


def sentence(params: Params, result: Result, sample: Sample[Any] | None, frame: int | None) -> str:
    """The result in words: of the frame in front, of the sample where there is one."""
    if result.cloud is not None:
        return _cloud(params, result.cloud, -1 if frame is None else frame)
    if result.ways is not None:
        return _ways(params, result.ways)
    if result.theory is not None:
        return _chaos(result.theory, None if sample is None else sample.current)
    assert result.approximation is not None
    return _approximation(params, result.approximation, None if sample is None else sample.current)


def _cloud(params: Params, part: Cloud, frame: int) -> str:
    text = (
        f"{plural(params.width, 'neuron')}: by t = {number(float(part.times[frame]))} the loss "
        f"goes from {number(float(part.loss[0]))} to {number(float(part.loss[frame]))}; they move "
        f"by {number(float(part.movement[frame]), 2)}"
    )
    if math.isfinite(part.atom_distance):
        text += f", and in the end are {number(part.atom_distance, 2)} from the target's own neuron"
    return text + "."


def _ways(params: Params, part: Ways) -> str:
    text = (
        f"{plural(params.particles, 'neuron')}, two ways: they differ by at most "
        f"{number(float(part.gap.max()), 2)}"
    )
    if part.data_count > 1 and math.isfinite(part.speed_ratio):
        text += f"; on the printed loss they run {number(part.speed_ratio, 4)} times as fast"
    return text + "."


def _chaos(part: Theory, now: Chaos | None) -> str:
    """Slopes as they were measured, beside what is expected at the widths that are compared."""
    neurons, clouds = "", ""
    if now is not None:
        neurons = _slope(now.path.slope(part.widths))
        clouds = _slope(now.cloud.slope(part.cloud_widths))
    if part.dimension == 2:
        first, last = (math.log(part.cloud_widths[k]) for k in (0, -1))
        slope = -0.5 + 0.5 * (math.log(last) - math.log(first)) / (last - first)
        law = f"{number(slope, 2)} for bounded densities"
    else:
        law = f"limit −1/{part.dimension}"
    return (
        f"Slopes in the width: {neurons}of the distance from {part.reference} neurons (limit −½), "
        f"{clouds}of that of two clouds ({law})."
    )


def _slope(found: Estimate) -> str:
    known = math.isfinite(found.value) and math.isfinite(found.standard_error)
    return f"{with_error(found)} " if known else ""


def _approximation(params: Params, part: Approximation, now: Drawn | None) -> str:
    if part.constant < 1e-24:
        return (
            f"Networks drawn from μ with v = {number(params.tilt)} are their mean: they do not err."
        )
    measured = "" if now is None else f"{with_error(now.constant())}, exactly "
    return (
        f"Networks drawn from μ with v = {number(params.tilt)} err by √(c/N₁) on average, c = "
        f"{measured}{number(part.constant)}: "
        f"{number(math.sqrt(part.constant / params.width), 2)} at N₁ = {params.width}."
    )


def notice(params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What stands between this cloud and its target, and what is not drawn."""
    part = result.cloud or result.ways
    if part is not None:
        flow = "The flow" if result.cloud else "Steep neurons are fast: the integration"
        said = [part.obstruction, part.stopped and f"{flow} {part.stopped}."]
        if result.cloud and params.width > DRAWN:
            said.append(f"Drawn are the first {DRAWN} of {params.width} neurons; all are trained.")
        return " ".join(filter(None, said))
    if params.figure == "approximation" and params.activation in STEEP:
        return "Rare neurons carry the mean square here: its samples tell little."
    return ""


def progress(params: Params, sample: Sample[Chaos] | Sample[Drawn]) -> str:
    """How far the sample is."""
    state = sample.current
    if isinstance(state, Drawn):
        constant = state.constant()
        return (
            f"{state.error.count} networks of each width; N₁ times the mean square error "
            f"{number(constant.value)} ± {number(constant.standard_error, 2)}"
        )
    slope = state.path.slope(widths(params))
    if not math.isfinite(slope.value):
        return f"{state.path.count} repetition"
    return (
        f"{state.path.count} repetitions, {state.path.networks + state.cloud.networks} networks "
        f"trained; slope of the neurons {number(slope.value)} ± {number(slope.standard_error, 2)}"
    )
