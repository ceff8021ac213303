"""What page 2.2 says in words: result, warning, progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.labels import of_part, with_error
from components.figures.orders import ERRORS
from compute.experiments.ntk_regime.lemma import Lemma
from compute.experiments.ntk_regime.positivity import Positivity
from compute.experiments.ntk_regime.run import Result
from compute.experiments.ntk_regime.sampler import (
    APART,
    CHANGE,
    Swept,
    expected_slopes,
    swept_count,
)
from compute.experiments.ntk_regime.setting import Params, activation_of, data_of, size_of
from compute.experiments.ntk_regime.training import Metric, Movement, Training
from compute.experiments.one_layer_fields import KINKED
from compute.sampling import Sample
from compute.training.approximation import obstruction


def sentence(
    params: Params, result: Result, sample: Sample[Swept] | None, frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    if params.figure == "width":
        return _width(params, sample)
    if _dead(result):
        return "Every neuron is off at every datum: Θ₀ = 0, and nothing that is trained can move."
    if result.training is not None:
        return _training(result.training, frame)
    return of_part(
        params,
        result,
        movement=_movement,
        eigenvalues=_eigenvalues,
        metric=_metric,
        lemma=_lemma,
    )


def _dead(result: Result) -> bool:
    """Whether the kernel is 0 at the start."""
    largest = []
    if result.training is not None:
        largest.append(result.training.rates[0])
    if result.movement is not None:
        largest.append(result.movement.start_rates[0])
    if result.metric is not None:
        largest.append(result.metric.rates[0, 1])
    return bool(largest) and max(largest) <= 0


def _training(part: Training, frame: int | None) -> str:
    """Of the moment in front, up to which network and linearisation are compared."""
    now = len(part.times) - 1 if frame is None else frame
    apart = float(np.abs(part.residuals - part.linear_residuals)[: now + 1].max())
    return (
        f"At t = {number(part.times[now])} the loss is {number(part.loss[now], 2)}, the "
        f"linearisation’s {number(part.linear_loss[now], 2)}; on the data they were "
        f"never more than {number(apart, 2)} apart."
    )


def _movement(_params: Params, part: Movement) -> str:
    share = 100 * part.change[-1] / part.start_rates[0]
    return (
        f"Training moves the kernel by {number(share, 2)} % of its largest eigenvalue, "
        f"the parameters by {number(part.moved[-1], 2)}; they end "
        f"{number(part.apart[-1], 2)} from the linearisation’s."
    )


def _metric(params: Params, part: Metric) -> str:
    ratio = part.ratio
    if not math.isfinite(ratio):
        return (
            f"Inputs {params.angle:g}° apart: Θ₀ has rank 1, the metric is a line, and what is "
            "perpendicular to it is not learned."
        )
    return (
        f"Inputs {params.angle:g}° apart: at the start the metric’s axes differ by a factor "
        f"{number(ratio**0.5, 3)}, the rates of learning by {number(ratio, 3)}."
    )


def _lemma(params: Params, part: Lemma) -> str:
    return (
        f"η = {params.rate:g}: ½Σ(z − y)² falls at rate {number(part.half_rate, 4)}, "
        f"Σ(z − y)² at {number(part.square_rate, 4)}; a⁴ is still at "
        f"{number(part.quartic[-1])} of its start at t = 100."
    )


def _eigenvalues(_params: Params, part: Positivity) -> str:
    if part.limit == 0:
        return (
            f"|D| = {part.size}: E Θ has only {part.rank} eigenvalues above rounding; its smallest "
            "one is 0 to every digit, and Lemma 2.2.2 promises nothing."
        )
    widest = float(part.by_width[:, -1].mean())
    return (
        f"|D| = {part.size}: the smallest eigenvalue of E Θ is {number(part.limit)}; real networks "
        f"of {part.widths[-1]:.0f} neurons have {number(widest)} on average."
    )


def _width(params: Params, sample: Sample[Swept] | None) -> str:
    expected = expected_slopes(params)
    names = {0.0: "γ = 1", 0.5: "γ = √N₁"}
    gamma = names.get(params.exponent, f"γ = N₁ to the {params.exponent:g}")
    return (
        f"Slopes at {gamma}: {_slope(sample, APART, expected[0])} of the distance from the "
        f"linearisation, {_slope(sample, CHANGE, expected[1])} of the kernel’s change."
    )


def _slope(sample: Sample[Swept] | None, which: int, expected: float) -> str:
    """What was measured, the limit of wide networks, and whether they are wide enough."""
    if sample is None or sample.current.counted < 2:
        return f"{number(expected)} (limit)"
    found = sample.current.slope(which)
    off = abs(found.value - expected) > ERRORS * found.standard_error
    return f"{with_error(found)} (limit {number(expected)}{', still off' if off else ''})"


def notice(params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What has to be known of this setting; '' where nothing."""
    if params.figure in {"lemma", "eigenvalues"}:
        return ""
    notes = []
    part = result.training or result.movement or result.metric
    if part is not None and part.reason:
        notes.append(f"Training ended early: {part.reason}.")
    if params.figure == "width" and size_of(params) > swept_count(params):
        notes.append(f"The sweep trains on the first {swept_count(params)} data.")
    if params.figure == "width" and params.layers > 1:
        notes.append(_of_depth(params))
    if params.figure != "metric" and params.dataset == "points" and len(params.points) < 2:
        notes.append("Fewer than two own points: the points (−1, −1) and (1, 1) are used.")
    if params.activation in KINKED and params.figure != "metric":
        notes.append(
            "σ has a kink: Θ jumps whenever a datum crosses one, so flows are good to 1 % only."
        )
    data = data_of(params, curves=False)
    why = obstruction(activation_of(params), data.inputs, data.targets, bias=True)
    return " ".join([*notes, why]).strip()


def _of_depth(params: Params) -> str:
    """What deep networks do not do at these widths."""
    if params.activation in {"exp", "cubic"}:
        return "σ of σ grows beyond what can be trained: such networks are left out."
    return "The limit is farther off here: at widths up to 1024 the slopes still bend."


def progress(params: Params, sample: Sample[Swept]) -> str:
    """How far the sweep is."""
    state = sample.current
    skipped = f", {state.skipped} left out (too slow)" if state.skipped else ""
    drawn = plural(state.drawn, "seed" if params.layers == 1 else "network")
    slope = state.slope(APART)
    if not slope.count or not np.isfinite(slope.standard_error):
        return f"{drawn}{skipped}"
    return (
        f"{drawn}{skipped}; slope of sup‖θ − θ^lin‖ "
        f"{number(slope.value, 3)} ± {number(slope.standard_error, 2)}"
    )
