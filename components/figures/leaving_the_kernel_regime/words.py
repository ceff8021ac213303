"""What page 2.5 says in words: the result sentence, the notice, the progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.labels import of_part
from components.figures.leaving_the_kernel_regime.scales import COMPONENTS
from compute.experiments.leaving_the_kernel_regime.run import (
    Final,
    Map,
    Network,
    Result,
    Scales,
    Times,
)
from compute.experiments.leaving_the_kernel_regime.sampler import KAPPAS, NAMES, STRIPS, Edge
from compute.experiments.leaving_the_kernel_regime.setting import ACTIVATIONS, Params
from compute.sampling import Sample


def sentence(params: Params, result: Result, sample: Sample[Any] | None, _frame: int | None) -> str:
    """The result of the tab in front."""
    if sample is not None and params.figure == "networks":
        return _edge(params, sample.current)
    if sample is not None and params.figure == "width":
        return _change(params, sample)
    return of_part(
        params,
        result,
        map=_map,
        final=_final,
        networks=_network,
        scales=_scales,
        times=_times,
        width=lambda p, _: (
            f"Random starts are trained at γ = N₁^{p.exponent:g}, ηλ₀ = {p.kappa:g}."
        ),
    )


def _map(params: Params, part: Map) -> str:
    said = f"ηλ₀ = {params.kappa:g}, n = {params.width}, f₀ = {params.start:g}: "
    if params.start == 0:
        return f"{said}the output is 0 and never moves."
    gone = np.abs(part.vectors[:, 0]) > 1e12
    if gone.any():
        return f"{said}the loss of the vectors is beyond 10²⁴ at step {int(np.argmax(gone))}."
    top = float(np.max(part.vectors[:, 0] ** 2)) / 2
    last = part.eta * float(part.vectors[-1, 1])
    limit = "diverges" if math.isinf(part.end) else f"ends at {number(part.end, 4)}"
    return (
        f"{said}the largest loss is {number(top)} = {number(top / params.width)} n; "
        f"ηλ = {number(last, 4)} after {params.steps} steps, the map {limit}."
    )


def _final(params: Params, part: Final) -> str:
    if params.start == 0:
        return "An output of 0 never moves: choose another start."
    return (
        f"Real vectors of length {part.width}: the loss goes up at first from ηλ₀ = "
        f"{number(part.rising, 5)} on (2 + φ₀²: {number(part.threshold, 5)}), and for good from "
        f"{number(part.diverging, 5)} on (length 100)."
    )


def _network(params: Params, part: Network) -> str:
    name = dict(ACTIVATIONS)[params.activation]
    said = f"{name}, N₁ = {params.neurons}, |D| = {params.data}, ηλ₀ = {params.kappa:g}: "
    if part.diverged:
        last = int(np.argmax(part.loss >= part.loss[-1])) - 1
        return f"{said}diverged; the last step with a usable loss is {max(last, 0)}."
    dead = round(part.dead * params.neurons)
    return (
        f"{said}the loss goes from {number(float(part.loss[0]))} to "
        f"{number(float(part.loss[-1]))}, "
        f"ηλ ends at {number(float(part.kappa[-1]))}; {plural(dead, 'dead neuron')}."
    )


def _edge(params: Params, now: Edge) -> str:
    edge, at = now.edge.mean_estimate(), KAPPAS.index(3.0)
    last, error = (float(v[at]) for v in now.end())
    lost = int(now.dead.sum())
    return (
        f"{edge.count} starts, |D| = {params.data}: they converge up to ηλ₀ = "
        f"{_with_error(edge.value, edge.standard_error)}; from 3 they end at "
        f"{_with_error(last, error)}; {plural(lost, 'network')} converged with only dead neurons."
    )


def _with_error(value: float, error: float) -> str:
    if not math.isfinite(value):
        return "no value yet"
    return f"{number(value)} ± {number(error, 2)}" if math.isfinite(error) else number(value)


def _change(params: Params, sample: Sample[Any]) -> str:
    slope = sample.current.slope_estimate()
    mean, error = sample.current.mean(NAMES.index("neurons"))
    return (
        f"a = {params.exponent:g}, ηλ₀ = {params.kappa:g}: at N₁ = "
        f"{STRIPS['neurons'][-1]:g} the "
        f"kernel changes by {_with_error(float(mean[-1]), float(error[-1]))} of itself; slope "
        f"against N₁ {_with_error(slope.value, slope.standard_error)}."
    )


def _scales(params: Params, part: Scales) -> str:
    said = ", ".join(
        f"{name} at {number(float(t))}" if math.isfinite(t) else f"{name} not by the horizon"
        for name, t in zip(COMPONENTS, part.times, strict=True)
    )
    return (
        f"ε = {number(params.epsilon)}: half learned are {said}; closed forms "
        f"T₀ = {number(float(part.predicted[0]))}, T₁ = {number(float(part.predicted[1]))}."
    )


def _times(_params: Params, part: Times) -> str:
    first, second = part.measured[2], part.predicted[2]
    found = ", ".join(f"T{'₀₁₂'[k]} = {number(float(first[k]))}" for k in range(3))
    return (
        f"At ε = 10⁻⁶ the flow has {found}; closed forms {number(float(second[0]))} and "
        f"{number(float(second[1]))}."
    )


def notice(params: Params, result: Result, sample: Sample[Any] | None, _frame: int | None) -> str:
    """What stopped, what is dead, where no curve is promised."""
    if result.map is not None and 3.2 < params.kappa < 4:
        return (
            "From about 3.2 to 4 the path is chaotic before it lands: a small change moves its end."
        )
    if result.networks is not None and result.networks.dead == 1:
        return "Here the network has only dead neurons at the data: no gradient is left."
    if result.scales is not None and not result.scales.ended:
        return "The flow needs more steps than are allowed: the curves end early."
    if params.figure == "width" and sample is not None and params.kappa > 3.5:
        return "Networks that diverge or do not learn their data are left out."
    return ""


def progress(_params: Params, sample: Sample[Any]) -> str:
    """How far the sample is."""
    now = sample.current
    if isinstance(now, Edge):
        edge = now.edge.mean_estimate()
        text = plural(edge.count, "start")
        if not math.isfinite(edge.standard_error):
            return text
        return f"{text}; edge to ± {number(edge.standard_error, 2)}"
    slope = now.slope_estimate()
    known = f"; slope to ± {number(slope.standard_error, 2)}" if slope.count > 1 else ""
    return f"{int(now.tried.max())} starts{known}"
