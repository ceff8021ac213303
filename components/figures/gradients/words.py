"""What page 3.5 says in words: the result, what is not known at a setting, the progress."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number, plural
from components.figures.gradients.law import quantiles
from components.figures.labels import of_part, plus_minus, with_error
from compute.experiments.gradients.run import FAR, UNSEEN, Kernel, Law, Layers, Result, Step
from compute.experiments.gradients.setting import ACTIVATIONS, EXACT, Params, layers_are_exact
from compute.sampling import Estimate, Sample

Found = Sample[Any] | None


def sentence(params: Params, result: Result, sample: Found, _frame: int | None) -> str:
    """The result of the tab in front: what was measured first, theory beside it."""
    state = None if sample is None else sample.current
    where = f"{dict(ACTIVATIONS)[params.activation]}, {params.width} wide, {params.depth} deep"
    said = of_part(params, result, state, law=_law, layers=_layers, kernel=_kernel, step=_step)
    return f"{where}: {said}."


def _law(_params: Params, part: Law, state: Any) -> str:
    known = math.isfinite(part.dead)
    exact = number(part.mean) + (" exact" if known else " at infinite width")
    if state is None:
        return f"the mean of ‖∇ₓz‖² is {exact}"
    mean = state.square.mean_estimate().scaled(part.mean)
    text = f"‖∇ₓz‖² has mean {with_error(mean)} ({exact})"
    median = float(quantiles(state, part.edges)[1])
    if math.isfinite(median):
        text += f", median {number(median)}"
        if known:
            text += f" ({number(max(float(part.quantiles[1, -1]), 0.0))})"
    if state.dead.mean > 0 or part.dead > 1e-6:
        dead = with_error(state.dead.mean_estimate().scaled(100))
        text += f"; {dead} % are dead" + (f" ({number(100 * part.dead)})" if known else "")
    return text


def _layers(params: Params, part: Layers, state: Any) -> str:
    last = params.depth + 1
    if state is None:
        ends = (number(float(part.wide[at])) for at in (0, -1))
        return f"at infinite width ‖∂z/∂W‖² is {' in layer 1 and '.join(ends)} in layer {last}"
    if state.apart is None or state.apart.count < 2:
        return f"{plural(state.drawn, 'network')}, {state.alive} of them alive"
    drift = with_error(state.apart.centred_estimate())
    exact = " (0 exact)" if layers_are_exact(params) else ""
    return (
        f"log ‖∂z/∂W‖² of layer {last} minus that of layer 1 has mean {drift}{exact} "
        f"in {state.alive} living networks"
    )


def _kernel(params: Params, part: Kernel, state: Any) -> str:
    scale, known = float(part.scales[-1]), layers_are_exact(params)
    exact = f"{number(scale)} {'exact' if known else 'at infinite width'}"
    start = f"at K₀ = {number(params.weight_variance + params.bias_variance)} "
    if state is None:
        return f"{start}the mean of Θ is {exact}"
    mean = with_error(state.mean[-1].mean_estimate().scaled(scale))
    text = f"{start}Θ of {plural(state.drawn, 'network')} has mean {mean} ({exact})"
    ratio, error = (float(values[-1]) for values in state.fluctuations())
    if math.isfinite(ratio):
        text += f", deviation {plus_minus(ratio, error)} of it"
        if known:
            text += f" ({number(float(part.fluctuation.there[-1]))})"
    return text


def _step(_params: Params, part: Step, state: Any) -> str:
    exact = -float(part.loss.there[-1])
    theory = f" ({number(exact)} exact)" if math.isfinite(exact) else ""
    if state is None:
        return f"what a first step does to Θ is measured{theory}"
    change = with_error(state.change[-1].centred_estimate())
    return (
        f"the first step changes Θ by {change} of itself per time 1/E Θ{theory}, "
        f"{plural(state.drawn, 'network')}"
    )


def notice(params: Params, _result: Result, sample: Found, _frame: int | None) -> str:
    """What is not known at this setting, and what no sample can tell."""
    name, said = dict(ACTIVATIONS)[params.activation], []
    if params.activation not in EXACT:
        said.append(
            f"No exact law is known for {name} at finite width: dots are measured, dotted lines "
            "are the limit of infinite width."
        )
    elif params.bias_variance > 0 and params.figure != "law":
        said.append(
            "With biases the exact statements of this tab fail: dots are measured, dotted lines "
            "are the limit of infinite width. Biases are drawn, not trained."
        )
    if params.figure in {"kernel", "step"} and params.depth >= UNSEEN * params.width:
        said.append(
            "From L/N = ½ on networks too rare to be drawn carry much of the mean square of Θ: "
            "hollow dots may be far off, whatever their error bars say."
        )
    if params.figure == "law" and params.depth >= FAR * params.width:
        said.append(
            f"From L/N = {FAR:g} on networks too rare to be drawn carry even the mean of ‖∇ₓz‖²: "
            "measured means are too small as a rule."
        )
    lost = getattr(sample.current, "lost", 0) if sample is not None else 0
    if lost:
        said.append(f"A step threw {plural(lost, 'network')} out of the range of numbers.")
    dead = getattr(sample.current, "dead", None) if sample is not None else None
    if dead is not None and dead.mean == 1:
        said.append("Every network drawn is dead at x: its gradient is 0.")
    return " ".join(said)


def progress(params: Params, sample: Sample[Any]) -> str:
    """How far the sample is, with the present standard error."""
    state = sample.current
    text = f"{state.drawn} of {params.networks} real networks"
    if params.figure == "law":
        return f"{text}; mean of ‖∇ₓz‖² to ± {_share(state.square.mean_estimate())}"
    if params.figure == "layers":
        return f"{text}, {state.alive} of them alive"
    if params.figure == "kernel":
        return f"{text}; mean of Θ to ± {_share(state.mean[-1].mean_estimate())}"
    error = state.change[-1].centred_estimate().standard_error
    return text + (f"; change to ± {number(error, 2)}" if math.isfinite(error) else "")


def _share(e: Estimate) -> str:
    if not (e.value > 0 and math.isfinite(e.standard_error)):
        return "an unknown share"
    return f"{number(100 * e.standard_error / e.value, 2)} %"
