"""What page 2.1 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number, plural
from compute.experiments.initialisation.circle import BLOCK, CircleSample
from compute.experiments.initialisation.run import Result, one_width
from compute.experiments.initialisation.sampler import networks_at
from compute.experiments.initialisation.samples import (
    KERNEL_WIDTHS,
    KernelSample,
    OutputSample,
    PairSample,
)
from compute.experiments.initialisation.setting import ACTIVATIONS, Params, scale_of
from compute.sampling import Sample


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    name = dict(ACTIVATIONS)[params.activation]
    opening = f"{plural(params.width, 'neuron')}, {name}, γ = {number(scale_of(params))}:"
    if result.output is not None:
        dead = ""
        if result.output.atom > 1e-4:
            dead = (
                f", and {number(100 * result.output.atom, 2)}\u00a0% of the networks give exactly 0"
            )
        return (
            f"{opening} the output has variance {number(result.output.limit)} and excess kurtosis "
            f"{number(result.output.kurtosis)}{dead}."
        )
    if result.functions is not None:
        part = result.functions
        relative = part.covariances(part.sample)[:, 0] / part.covariance[0]
        return (
            f"{opening} the conditional variances of the five networks lie between "
            f"{number(float(relative.min()), 2)} and {number(float(relative.max()), 2)} of the "
            f"limit{_so_far(params)}."
        )
    if result.width is not None:
        root = math.sqrt(params.width)
        kernel, printed = result.width.spreads[1, 0] / root, result.width.spreads[2, 0] / root
        return (
            f"{opening} the tangent kernel at (x, x) varies by {number(100 * kernel)}\u00a0% of "
            f"its mean; (2.1.9) as printed would say {number(100 * printed)}\u00a0%."
        )
    if result.table is not None:
        return (
            f"{opening} with η = {number(params.eta)} the mean tangent kernel at (x, x) is "
            f"{number(result.table.here)}; with η = γ² it is {number(result.table.unit)}."
        )
    assert result.outputs is not None
    return (
        f"{opening} two outputs are uncorrelated, but their squares have correlation "
        f"{number(result.outputs.here)}."
    )


def _so_far(params: Params) -> str:
    return f" after the first {BLOCK} neurons" if params.width > BLOCK else ""


def notice(params: Params, _result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What is shown instead of what was asked for; '' where nothing is."""
    if params.figure == "width" and one_width(params) < params.width:
        return (
            f"Numerical gradients of {params.width} neurons take too long: the last figure is of a "
            f"network of {one_width(params)}."
        )
    said = []
    if params.figure in {"output", "outputs"}:
        drawn = networks_at(params, params.width)
        if drawn < params.networks:
            said.append(
                f"{params.networks} networks of {params.width} neurons take too long: {drawn} are "
                "drawn."
            )
        if params.activation == "exp" and params.norm > 1:
            said.append(
                "exp has tails that no affordable sample reaches: sampled variances and "
                "correlations are too small here, and claims stay undecided."
            )
    return " ".join(said)


def progress(params: Params, sample: Sample[Any]) -> str:
    """How far the sample is, and the present standard error."""
    state = sample.current
    if isinstance(state, CircleSample):
        return f"{state.neurons} of {params.width} neurons of each network"
    if isinstance(state, OutputSample):
        e = state.square.mean_estimate()
        return f"{state.drawn} networks; γ² Var z {number(e.value)} ± {number(e.standard_error, 2)}"
    if isinstance(state, PairSample):
        at = state.widths.tolist().index(float(params.width))
        e = state.correlation(at)
        return f"{e.count} networks at N₁ = {params.width}" + (
            f"; correlation {number(e.value)} ± {number(e.standard_error, 2)}"
            if math.isfinite(e.value)
            else ""
        )
    assert isinstance(state, KernelSample)
    slope = state.slope(3)
    text = f"{int(state.drawn.sum())} networks"
    if math.isfinite(slope.value) and params.figure == "width":
        return f"{text}; slope {number(slope.value)} ± {number(slope.standard_error, 2)}"
    return f"{text}, {KERNEL_WIDTHS[0]} to {KERNEL_WIDTHS[-1]} wide"
