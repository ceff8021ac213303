"""What page 2.3 says in words: result, notice, progress."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number, plural
from components.figures.labels import of_part
from compute.experiments.mean_field.flows import DRAWN, Cloud
from compute.experiments.mean_field.run import Result
from compute.experiments.mean_field.sampler import Approximation, Chaos, Drawn, Theory, widths
from compute.experiments.mean_field.setting import Params
from compute.experiments.mean_field.ways import Ways
from compute.experiments.one_layer_fields import STEEP
from compute.sampling import Sample


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result in words."""
    return of_part(
        params, result, cloud=_cloud, ways=_ways, theory=_chaos, approximation=_approximation
    )


def _cloud(params: Params, part: Cloud) -> str:
    text = (
        f"{plural(params.width, 'neuron')}: by t = {number(float(part.times[-1]))} the loss goes "
        f"from {number(float(part.loss[0]))} to {number(float(part.loss[-1]))}; they move by "
        f"{number(float(part.movement[-1]), 2)}"
    )
    if math.isfinite(part.atom_distance):
        text += f" and end {number(part.atom_distance, 2)} from the target's own neuron"
    return text + "."


def _ways(params: Params, part: Ways) -> str:
    text = (
        f"{plural(params.particles, 'neuron')}, two ways: they differ by at most "
        f"{number(float(part.gap.max()), 2)}"
    )
    if part.data_count > 1 and math.isfinite(part.speed_ratio):
        text += f"; on the printed loss they run {number(part.speed_ratio, 4)} times as fast"
    return text + "."


def _chaos(_params: Params, part: Theory) -> str:
    text = f"{part.widths[0]} to {part.widths[-1]} neurons against {part.reference}: "
    if part.dimension == 2:
        middle = math.sqrt(part.widths[0] * part.widths[-1])
        slope = number(-0.5 + 0.5 / math.log(middle), 2)
        return text + (
            f"all err by 1/√N₁, but clouds in the plane by √(log N₁/N₁): slope {slope} here."
        )
    return text + (
        f"an output is one average, but two clouds must match everywhere in d = {part.dimension}."
    )


def _approximation(params: Params, part: Approximation) -> str:
    if part.constant < 1e-24:
        return (
            f"Networks drawn from μ with v = {number(params.tilt)} are their mean: they do not err."
        )
    return (
        f"Networks drawn from μ with v = {number(params.tilt)} err by "
        f"√({number(part.constant)}/N₁) on average: "
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
