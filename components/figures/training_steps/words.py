"""What page 1.2 says in words: result, warning, progress."""

from __future__ import annotations

import numpy as np

from components.figures.base import number, plural
from components.figures.training_steps.inside import NAMES, looked_at
from components.figures.training_steps.training import Drawn, predictors
from compute.experiments.training_steps.run import Result
from compute.experiments.training_steps.sampler import Trained
from compute.experiments.training_steps.setting import SWEPT, Params, on_line
from compute.sampling import Sample


def sentence(params: Params, result: Result, sample: Drawn, frame: int | None) -> str:
    """The result of the tab in front, in one sentence."""
    start = result.start
    if start.largest.min() <= 0:
        return "No step can be taken from this start."
    if sample is None or not len(sample.current.at):
        largest = float(start.largest[0])
        chosen = f"ηλ_max is {number(params.rate)} at η = {number(params.rate / largest)} and 2"
        return (
            f"At the start the loss is {number(start.loss[0])} and λ_max is {number(largest)}: "
            f"{'ηλ_max is 2' if params.figure == 'rates' else chosen} at η = "
            f"{number(2 / largest)}."
        )
    now = sample.current
    if frame is not None:
        played = predictors(start, sample)[0]
        at = int(np.flatnonzero(now.at == played[frame])[0])
        burst = np.isfinite(now.lost[0]) and frame == len(played) - 1
        return (
            f"After {plural(int(now.at[at]), 'step')} of η = {number(now.eta[0])} the training "
            f"loss is {number(now.train[at, 0])}, the test loss {number(now.test[at, 0])}."
        ) + " This rate diverged: that is the last finite step." * bool(burst)
    if params.figure == "rates":
        return _rates(now)
    if params.figure == "compare":
        parts = [f"{name} {_end(now, k)}" for k, name in enumerate(NAMES)]
        return f"After {plural(_steps(now), 'step')}: {'; '.join(parts)}."
    seen = f" Layer {looked_at(params)[0]} is drawn." if params.figure == "neurons" else ""
    if np.isfinite(now.lost[0]):
        return f"This rate {_end(now, 0)}.{seen}"
    return (
        f"After {plural(_steps(now), 'step')} of η = {number(now.eta[0])} the training loss is "
        f"{number(now.train[-1, 0])}, the test loss {number(now.test[-1, 0])}.{seen}"
    )


def _steps(now: Trained) -> int:
    return int(now.at[-1])


def _end(now: Trained, k: int) -> str:
    if np.isfinite(now.lost[k]):
        last = int(now.lost[k]) - 1
        if last < 0:
            return "diverged before its first step"
        value = number(float(now.losses[last, k]))
        return f"diverged: the last finite step is {last}, with loss {value}"
    return f"has loss {number(float(now.train[-1, k]))}"


def _rates(now: Trained) -> str:
    lost = np.isfinite(now.lost)
    if not lost.any():
        return f"After {plural(_steps(now), 'step')} no rate up to {SWEPT[-1]:g} has diverged."
    first = int(np.flatnonzero(lost)[0])
    return (
        f"The first rate that diverged is ηλ_max = {SWEPT[first]:g}, its last finite step "
        f"{max(int(now.lost[first]) - 1, 0)}."
    )


def notice(params: Params, result: Result, sample: Drawn, _frame: int | None) -> str:
    """What has to be known of this setting; '' where nothing."""
    notes = []
    if result.start.largest.min() <= 0:
        return "At θ₀ the gradient of z vanishes (dead neurons), or z leaves the range of a float."
    lost = sample is not None and np.isfinite(sample.current.lost[0])
    if lost and params.figure in {"training", "neurons"}:
        edge = 2 * (1 + params.momentum)
        ratio, limit = f"ηλ_max = {number(params.rate)}", f"2(1 + β) = {number(edge)}"
        if params.rate > edge:
            notes.append(
                f"Why: {ratio} is above {limit}: steps overshoot, and no catapult flattened the "
                "valley in time. Take ηλ_max below 2."
            )
        else:
            notes.append(f"It diverged at {ratio}, below {limit}: λ_max is that of the start.")
    if params.dataset == "points" and len(params.points) < 2:
        notes.append("Fewer than two own points: the points (−1, −1) and (1, 1) are used.")
    if params.figure == "training" and params.width == 1 and not on_line(params):
        notes.append("One neuron per layer draws a function of one direction only.")
    return " ".join(notes)


def progress(params: Params, sample: Sample[Trained]) -> str:
    """How far training is."""
    now = sample.current
    done = len(now.losses)
    if not np.isinf(now.lost).any():
        return f"{done} of {params.steps} steps; diverged"
    return f"{done} of {params.steps} steps; loss {number(float(now.train[-1, 0]))}"
