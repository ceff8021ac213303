"""What page 2.1 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number, plural
from components.figures.labels import with_error
from compute.experiments.initialisation.circle import BLOCK, Circle, CircleSample
from compute.experiments.initialisation.law import Law
from compute.experiments.initialisation.run import Pair, Result, Table, one_width
from compute.experiments.initialisation.sampler import networks_at
from compute.experiments.initialisation.samples import (
    KERNEL_WIDTHS,
    KernelSample,
    OutputSample,
    PairSample,
)
from compute.experiments.initialisation.setting import ACTIVATIONS, Params, scale_of
from compute.experiments.initialisation.settle import Settle
from compute.sampling import Estimate, Sample


def sentence(params: Params, result: Result, sample: Sample[Any] | None, _frame: int | None) -> str:
    """The result of the tab in front, in one sentence."""
    name = dict(ACTIVATIONS)[params.activation]
    opening = f"{plural(params.width, 'neuron')}, {name}, γ = {number(scale_of(params))}"
    return f"{opening}: {_said(params, result, sample)}."


def _said(params: Params, result: Result, sample: Sample[Any] | None) -> str:
    if result.output is not None:
        return _output(params, result.output)
    if result.functions is not None:
        return _functions(params, result.functions)
    if result.width is not None:
        return _width(params, result.width)
    if result.table is not None:
        return _table(params, result.table)
    assert result.outputs is not None
    return _outputs(params, result.outputs, sample)


def _output(_params: Params, law: Law) -> str:
    dead = ""
    if law.atom > 1e-4:
        dead = f", and {number(100 * law.atom, 2)}\u00a0% of the networks give exactly 0"
    return (
        f"the output has variance {number(law.limit)} and excess kurtosis "
        f"{number(law.kurtosis)}{dead}"
    )


def _functions(params: Params, part: Circle) -> str:
    relative = part.covariances(part.sample)[:, 0] / part.covariance[0]
    so_far = f" after the first {BLOCK} neurons" if params.width > BLOCK else ""
    return (
        f"the conditional variances of the five networks lie between "
        f"{number(float(relative.min()), 2)} and {number(float(relative.max()), 2)} of the "
        f"limit{so_far}"
    )


def _width(params: Params, part: Settle) -> str:
    kernel, printed = 100 * part.spreads[1:, 0] / math.sqrt(params.width)
    return (
        f"the tangent kernel at (x, x) varies by {number(kernel)}\u00a0% of "
        f"its mean; (2.1.9) as printed would say {number(printed)}\u00a0%"
    )


def _table(params: Params, part: Table) -> str:
    return (
        f"with η = {number(params.eta)} the mean tangent kernel at (x, x) is "
        f"{number(part.here)}; with η = γ² it is {number(part.unit)}"
    )


def _outputs(params: Params, part: Pair, sample: Sample[PairSample] | None) -> str:
    said = number(part.here)
    if sample is not None:
        now = _squares(params, sample.current)
        said = f"{with_error(now)} (exactly {said})" if math.isfinite(now.value) else said
    return f"two outputs are uncorrelated, but their squares have correlation {said}"


def _squares(params: Params, state: PairSample) -> Estimate:
    """The measured correlation at the page's width."""
    return state.correlation(state.widths.tolist().index(float(params.width)))


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


def progress(
    params: Params, sample: Sample[CircleSample | OutputSample | PairSample | KernelSample]
) -> str:
    """How far the sample is, and the present standard error."""
    state = sample.current
    if isinstance(state, CircleSample):
        return f"{state.neurons} of {params.width} neurons of each network"
    if isinstance(state, OutputSample):
        return f"{state.drawn} networks; γ² Var z {with_error(state.square.mean_estimate())}"
    if isinstance(state, PairSample):
        e = _squares(params, state)
        known = f"; correlation {with_error(e)}" if math.isfinite(e.value) else ""
        return f"{e.count} networks at N₁ = {params.width}{known}"
    total = sum(networks_at(params, width) for width in KERNEL_WIDTHS)
    drawn = f"{state.networks} of {total} networks"
    slope = state.slope(3)
    if math.isfinite(slope.value) and params.figure == "width":
        return f"{drawn}; slope {with_error(slope)}"
    return f"{drawn}, {KERNEL_WIDTHS[0]} to {KERNEL_WIDTHS[-1]} wide"
