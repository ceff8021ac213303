"""What page 3.5 says in words: the result, what is not known at a setting, the progress."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.gradients.law import quantiles
from compute.experiments.gradients.run import UNSEEN, Kernel, Law, Layers, Result, Step
from compute.experiments.gradients.setting import ACTIVATIONS, EXACT, Params, layers_are_exact
from compute.sampling import Estimate, Sample

Found = Sample[Any] | None


def sentence(params: Params, result: Result, sample: Found, _frame: int | None) -> str:
    """The result of the tab in front: what was measured first, theory beside it."""
    state = None if sample is None else sample.current
    part = getattr(result, params.figure)
    start = f"K₀ = {number(params.weight_variance + params.bias_variance)}"
    name = dict(ACTIVATIONS)[params.activation]
    where = f"{name}, {params.width} wide, {params.depth} deep, {start}"
    return f"{where}: {_SAID[params.figure](params, part, state)}."


def _law(params: Params, part: Law, state: Any) -> str:
    known = math.isfinite(part.dead)
    exact = number(part.mean) + (" exact" if known else " at infinite width")
    if state is None:
        return f"the mean of ‖∇ₓz‖² is {exact}"
    mean = state.square.mean_estimate().scaled(part.mean)
    median = float(quantiles(state, part.edges)[1])
    text = f"over {plural(state.drawn, 'network')} ‖∇ₓz‖² has mean {_with_error(mean)} ({exact})"
    if math.isfinite(median):
        text += f" and median {number(median)}"
        if known and part.quantiles[1, -1] > 0:
            text += f" ({number(float(part.quantiles[1, -1]))} exact)"
    if state.dead.mean > 0 or part.dead > 1e-6:
        dead = _with_error(state.dead.mean_estimate())
        text += f"; a share {dead} is dead" + (f" ({number(part.dead)} exact)" if known else "")
    return text


def _layers(params: Params, part: Layers, state: Any) -> str:
    last = params.depth + 1
    if state is None:
        return (
            f"at infinite width ‖∂z/∂W‖² is {number(float(part.wide[0]))} in layer 1 and "
            f"{number(float(part.wide[-1]))} in layer {last}"
        )
    if state.apart is None or state.apart.count < 2:
        return f"{plural(state.drawn, 'network')}, {state.alive} of them alive"
    drift = _with_error(state.apart.centred_estimate())
    own = "" if not layers_are_exact(params) else " (0 exact)"
    return (
        f"over {state.alive} living networks log ‖∂z/∂W‖² in layer {last} minus that in layer 1 "
        f"has mean {drift}{own}"
    )


def _kernel(params: Params, part: Kernel, state: Any) -> str:
    scale, second = float(part.scales[-1]), float(part.second[-1])
    known = math.isfinite(second) or layers_are_exact(params)
    exact = f"{number(scale)} {'exact' if known else 'at infinite width'}"
    if state is None:
        return f"the mean of Θ is {exact}"
    mean = state.mean[-1].mean_estimate().scaled(scale)
    text = f"over {plural(state.drawn, 'network')} Θ has mean {_with_error(mean)} ({exact})"
    ratio, error = state.fluctuations()
    if np.isfinite(ratio[-1]):
        text += f" and deviates by {number(float(ratio[-1]))} ± {number(float(error[-1]), 2)} of it"
        if known:
            text += f" ({number(math.sqrt(second - 1) if second < math.inf else second)} exact)"
    return text


def _step(params: Params, part: Step, state: Any) -> str:
    exact = float(part.drift[-1])
    theory = f" ({number(exact)} exact)" if math.isfinite(exact) else ""
    if state is None:
        return (
            "Θ changes by " + (number(exact) if theory else "nobody knows what") + " per time 1/Θ"
        )
    change = _with_error(state.change[-1].centred_estimate())
    return (
        f"over {plural(state.drawn, 'network')} the first step changes Θ by {change} of itself per "
        f"time 1/E Θ{theory}"
    )


_SAID: dict[str, Callable[[Params, Any, Any], str]] = {
    "law": _law,
    "layers": _layers,
    "kernel": _kernel,
    "step": _step,
}


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
            "From L/N = ½ on the mean square of Θ is carried by networks too rare to be drawn: "
            "hollow dots cannot tell."
        )
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


def _with_error(e: Estimate) -> str:
    if not math.isfinite(e.standard_error):
        return number(e.value)
    return f"{number(e.value)} ± {number(e.standard_error, 2)}"
