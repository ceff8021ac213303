"""What page 1.5 says in words: result, notice, progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.feature_learning.training import over_runs
from compute.experiments.feature_learning.curve import Curve
from compute.experiments.feature_learning.networks import Climb, Training
from compute.experiments.feature_learning.run import Flow, Limit, Result, Single
from compute.experiments.feature_learning.sampler import DIMENSIONS, Escapes
from compute.experiments.feature_learning.setting import DATA_SIZES, TARGETS, Params, runs
from compute.sampling import Sample

Drawn = Sample[Any] | None


def sentence(params: Params, result: Result, sample: Drawn, frame: int | None) -> str:
    """The result in words: what is measured leads, where there is something."""
    state = None if sample is None else sample.current
    if isinstance(state, Training):
        return _features(state, frame) if params.figure == "features" else _learning(state)
    if isinstance(state, Curve):
        return _by_data(params, state)
    if isinstance(state, Escapes):
        return _escaped(params, state)
    if isinstance(state, Climb):
        return _climbed(params, state)
    part: Any = result.single or result.flow or result.limit
    if isinstance(part, Single):
        return (
            f"{TARGETS[params.target][0]}, N₀ = {params.input_dim}: exponent {part.exponent}; the "
            f"best affine function leaves an error of {number(part.linear)}."
        )
    if isinstance(part, Flow):
        low, high = part.counts[0, -1], part.counts[2, -1]
        return (
            f"At d = {DIMENSIONS[-1]} the flow needs {number(low)} samples for k = 1 and "
            f"{number(high)} for k = 3."
        )
    assert isinstance(part, Limit)
    return (
        f"At N₀ = ∞ and t = {number(params.stairs_time)} the risk of the staircase is "
        f"{number(float(part.risk[0, -1]))}, that of parity {number(float(part.risk[1, -1]))}."
    )


def _learning(state: Training) -> str:
    step, test = int(state.steps[-1]), state.test[-1]
    if not np.all(np.isfinite(test)):
        last = state.steps[np.isfinite(state.test).all(axis=1)][-1]
        return f"Training has diverged: the last finite errors are those of step {last}."
    gains = state.gain()
    span = number(float(gains.min()), 2)
    if len(gains) > 1:
        span += f" to {number(float(gains.max()), 2)}"
    return (
        f"Step {step}: test error {number(float(test.mean()))}{_error(test)}; the best ridge on "
        f"the start's features errs {span} times as much ({plural(len(gains), 'network')})."
    )


def _error(values: Any) -> str:
    if len(values) < 2:
        return ""
    return f" ± {number(float(np.std(values, ddof=1)) / math.sqrt(len(values)), 2)}"


def _by_data(params: Params, state: Curve) -> str:
    said = []
    for values in (state.network, state.ridge):
        mean, error = over_runs(values)
        known = np.flatnonzero(np.isfinite(mean))
        if not known.size:
            return f"{TARGETS[params.target][0]}: no network is trained to step {params.steps} yet."
        ends = [f"{_plus(mean[k], error[k])} at |D| = {DATA_SIZES[k]}" for k in known[[0, -1]]]
        said.append(" and ".join(dict.fromkeys(ends)))
    return (
        f"Step {params.steps}: the networks' test error is {said[0]}; the best ridge's {said[1]}."
    )


def _plus(value: float, error: float) -> str:
    known = f" ± {number(float(error), 2)}" if math.isfinite(error) else ""
    return number(float(value)) + known


def _features(state: Training, frame: int | None) -> str:
    at = len(state.steps) - 1 if frame is None else min(frame, len(state.steps) - 1)
    share, newest = state.kernel[:, 0], int(state.steps[-1])
    if not math.isfinite(float(share[1])):
        return f"Step {newest}: training has diverged."
    return (
        f"Step {int(state.steps[at])}: the mean |cos∠(W, u)|, weighted by strength, is "
        f"{number(_turned(state, at), 2)}, {number(_turned(state, 0), 2)} at the start; the "
        f"kernel's first eigenvector holds {number(float(share[1]), 2)} of the target at step "
        f"{newest}; {number(float(share[0]), 2)} at the start."
    )


def _turned(state: Training, at: int) -> float:
    cosine, strength = (np.abs(a[at].astype(np.float64)) for a in (state.cosine, state.strength))
    return float(cosine @ strength / max(float(strength.sum()), 1e-12))


def _escaped(params: Params, state: Escapes) -> str:
    median, error = state.median()
    said = [
        f"{number(float(median[i, -1]))} ± {number(float(error[i, -1]), 2)} for k = {k}"
        for i, k in ((0, 1), (1, 2), (2, 3))
        if math.isfinite(median[i, -1] + error[i, -1])
    ]
    if not said:
        return f"At d = {DIMENSIONS[-1]} too few neurons have found u to tell a median."
    return f"Median samples until ⟨u, w⟩ = ½ at d = {DIMENSIONS[-1]}: {', '.join(said)}."


def _climbed(params: Params, state: Climb) -> str:
    stairs, parity = state.risk[-1]
    return (
        f"N₀ = {params.stairs_dim}, t = {number(float(state.times[-1]))}: the risk of the "
        f"staircase is {number(float(stairs.mean()))}{_error(stairs)}, that of parity "
        f"{number(float(parity.mean()))}{_error(parity)}."
    )


def notice(params: Params, _result: Result, sample: Drawn, _frame: int | None) -> str:
    """What is not what it seems."""
    state = None if sample is None else sample.current
    if isinstance(state, Training):
        if not np.all(np.isfinite(state.test[-1])):
            return "The learning rate is beyond what this network can bear: take a smaller η."
        if runs(params) < 3:
            return f"Networks of this size: only {plural(runs(params), 'run')} is measured."
    if isinstance(state, Curve) and np.isinf(state.network).any():
        return "Where no dot of a network stands, its training has diverged: take a smaller η."
    return ""


def progress(params: Params, sample: Sample[Any]) -> str:
    """How far the sample is."""
    state = sample.current
    if isinstance(state, Curve):
        done = int(np.sum(~np.isnan(state.network)))
        return f"{done} of {plural(state.network.size, 'network')} are trained"
    if isinstance(state, Training):
        return f"step {int(state.steps[-1])} of {params.steps}, {plural(runs(params), 'network')}"
    if isinstance(state, Climb):
        end = number(params.stairs_time)
        count = plural(2 * runs(params), "network")
        return f"t = {number(float(state.times[-1]))} of {end}, {count}"
    slope = state.steepening()
    return (
        f"{plural(len(state.counts), 'neuron')}, {state.lost()} lost; power of d for k = 3 less "
        f"that for k = 1: "
        f"{number(slope.value, 2)} ± {number(slope.standard_error, 2)}"
    )
