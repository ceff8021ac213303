"""What page 2.2 says in words: result, warning, progress."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import number, plural
from compute.experiments.ntk_regime.run import Params, Result, activation_of, data_of, size_of
from compute.experiments.ntk_regime.sampler import (
    APART,
    Swept,
    expected_slopes,
    swept_count,
    widths_of,
)
from compute.experiments.one_layer_fields import KINKED
from compute.sampling import Sample
from compute.training.approximation import obstruction


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    if result.training is not None:
        part = result.training
        apart = float(np.abs(part.residuals - part.linear_residuals).max())
        return (
            f"At t = {number(part.times[-1])} the loss is {number(float(part.loss[-1]), 2)}, the "
            f"linearisation’s {number(float(part.linear_loss[-1]), 2)}; on the data they were "
            f"never more than {number(apart, 2)} apart."
        )
    if result.movement is not None:
        move = result.movement
        share = float(move.change[-1] / move.start_rates[0])
        return (
            f"Training moves the kernel by {number(100 * share, 2)} % of its largest eigenvalue, "
            f"the parameters by {number(float(move.moved[-1]), 2)}; they end "
            f"{number(float(move.apart[-1]), 2)} from the linearisation’s."
        )
    if result.eigenvalues is not None:
        return _eigenvalue_sentence(result)
    if result.metric is not None:
        rates = result.metric.rates[0]
        return (
            f"Inputs {params.angle:g}° apart: the metric’s axes differ by a factor "
            f"{number(float(np.sqrt(rates[1] / max(rates[0], 1e-300))), 3)}, the rates of learning "
            f"by {number(float(rates[1] / max(rates[0], 1e-300)), 3)}."
        )
    if result.lemma is not None:
        part_of_lemma = result.lemma
        return (
            f"η = {params.rate:g}: ½Σ(z − y)² falls at rate {number(part_of_lemma.half_rate, 4)}, "
            f"Σ(z − y)² at {number(part_of_lemma.square_rate, 4)}; a⁴ is still at "
            f"{number(float(part_of_lemma.quartic[-1]))} of its start at t = 100."
        )
    slope, kernel = expected_slopes(params)
    widths = widths_of(params)
    return (
        f"L = {params.layers}, widths {widths[0]} to {widths[-1]}, {_gamma(params)}: expected "
        f"slopes {number(slope)} for the distance from the linearisation, {number(kernel)} for the "
        "kernel."
    )


def _gamma(params: Params) -> str:
    names = {0.0: "γ = 1", 0.5: "γ = √N₁"}
    return names.get(params.exponent, f"γ = N₁ to the {params.exponent:g}")


def _eigenvalue_sentence(result: Result) -> str:
    part = result.eigenvalues
    assert part is not None
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
        notes += _of_depth(params)
    if params.figure != "metric" and params.dataset == "points" and len(params.points) < 2:
        notes.append("Fewer than two own points: the points (−1, −1) and (1, 1) are used.")
    if params.activation in KINKED and params.figure != "metric":
        notes.append(
            "σ has a kink: Θ jumps whenever a datum crosses one, so flows are good to 1 % only."
        )
    data = data_of(params, curves=False)
    why = obstruction(activation_of(params), data.inputs, data.targets, bias=True)
    return " ".join([*notes, why]).strip()


def _of_depth(params: Params) -> list[str]:
    """What deep networks do not do at these widths."""
    if params.activation in {"exp", "cubic"}:
        return ["σ of σ grows beyond what can be trained: such networks are left out."]
    return ["The limit is farther off here: at widths up to 1024 the slopes still bend."]


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
