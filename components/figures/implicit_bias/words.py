"""What page 1.4 says in words: result, warning, progress."""

from __future__ import annotations

import math

import numpy as np

from components.figures.base import number, plural
from components.figures.implicit_bias.plane import played_steps
from compute.experiments.implicit_bias.checks import ENOUGH, HONEST
from compute.experiments.implicit_bias.fit import Fit
from compute.experiments.implicit_bias.problems import counts, used
from compute.experiments.implicit_bias.run import Alpha, Line, Margin, Plane, Result, Risk, unfitted
from compute.experiments.implicit_bias.sampler import Measured
from compute.experiments.implicit_bias.setting import Params
from compute.experiments.implicit_bias.turning import EARLY, FIRST, Turn
from compute.sampling import Sample

Drawn = Sample[Measured] | None
# A peak stands out among so many numbers of features on either side.
NEAR = 6


def sentence(params: Params, result: Result, sample: Drawn, frame: int | None) -> str:
    """The result in words."""
    if result.plane is not None:
        return _plane(params, result.plane, frame)
    if result.descent is not None:
        return _descent(params, result.descent, sample)
    if result.fit is not None:
        return _fit(params, result.fit)
    if result.alpha is not None:
        return _alpha(params, result.alpha, sample)
    if result.margin is not None:
        return _margin(result.margin, frame)
    if result.turn is not None:
        return _turn(params, result.turn, sample)
    assert result.line is not None
    return _line(params, result.line, sample)


def _plane(params: Params, part: Plane, frame: int | None) -> str:
    step = len(part.path) - 1 if frame is None else int(played_steps(part)[frame])
    place = part.path[step]
    away = float(np.linalg.norm(place - part.limit))
    return (
        f"After {plural(step, 'step')} the loss is {number(float(part.loss[step]))} and θ is "
        f"{number(away)} from θ₀ + Φ⁺(y − Φθ₀), whose norm is "
        f"{number(float(np.linalg.norm(part.limit)))}; the least is "
        f"{number(float(np.linalg.norm(part.least)))}."
    )


def _descent(params: Params, part: Risk, sample: Drawn) -> str:
    p = used(params)
    exact = f"the exact mean is {number(part.here)}"
    if sample is None or sample.current.risks is None:
        return f"P = {p} features for {params.samples} data: {exact}."
    risks, place = sample.current.risks, counts(params).index(p)
    first, median, third = (float(q) for q in risks.quartiles()[:, place])
    text = (
        f"P = {p} features for {params.samples} data, {risks.count} data sets: the median risk is "
        f"{number(median)}, quartiles {number(first)} and {number(third)}"
    )
    if abs(p - params.samples) >= HONEST:
        mean = risks.moments[place].mean_estimate()
        text += f"; the mean is {number(mean.value)} ± {number(mean.standard_error, 2)}, {exact}"
        return text + "."
    return f"{text}; {exact}, and no sample's error bar would be honest here."


def _fit(params: Params, part: Fit) -> str:
    return (
        f"{params.samples} noisy data, fitted exactly: mean square error "
        f"{number(part.risk_harmful)} with {part.few} weak frequencies, "
        f"{number(part.risk_benign)} with {part.many}; ridge regression on the strong ones, which "
        f"does not interpolate, has {number(part.risk_ridge)}."
    )


def _alpha(params: Params, part: Alpha, sample: Drawn) -> str:
    error = float(np.sum((part.limit - part.truth) ** 2))
    dense = float(np.sum((part.dense - part.truth) ** 2))
    text = ""
    trained = () if sample is None else sample.current.diagonal
    for network in trained:
        if network.alpha == params.alpha:
            off = float(np.sum((network.beta - part.truth) ** 2))
            text = f"the trained network's squared error is {number(off)}, "
    return (
        f"α = {params.alpha:g}: {text}the limit's squared error is {number(error)}, that of the "
        f"least ℓ² norm {number(dense)}."
    )


def _margin(part: Margin, frame: int | None) -> str:
    k = part.log_times.size - 1 if frame is None else frame + 1
    return (
        f"At t = 10^{number(float(part.log_times[k]) / math.log(10))} the flow's direction is "
        f"{number(float(part.error[k]))} from that of the largest margin, by ŵ log t + w̃ "
        f"{number(float(part.predicted[k]))}; its margin is "
        f"{number(float((part.rows @ part.path[k]).min() / np.linalg.norm(part.path[k])), 4)}, "
        f"the largest {number(float(1 / np.linalg.norm(part.w_hat)), 4)}."
    )


def _turn(params: Params, part: Turn, sample: Drawn) -> str:
    turns = sample.current.turns if sample is not None else None
    if turns is None or turns.count < 2:
        narrow, wide = part.sines[0, EARLY], part.sines[-1, EARLY]
        return (
            f"At t = ½ the gradient's angle to the first row space has the sine "
            f"{number(float(narrow), 2)} at {part.widths[0]:g} neurons, {number(float(wide), 2)} "
            f"at {part.widths[FIRST - 1]:g}."
        )
    slope = turns.slope()
    return (
        f"{turns.count} starts: at t = ½ the sine of the gradient's angle to the first row space "
        f"goes like N₁ to the power {number(slope.value)} ± {number(slope.standard_error, 2)}; "
        f"a − ½ is {number(params.exponent - 0.5)}."
    )


def _line(params: Params, part: Line, sample: Drawn) -> str:
    theory = (
        f"{number(part.variation_kernel)} in the kernel regime, "
        f"{number(part.variation_random)} where only the outer layer is trained, and "
        f"{number(part.least)} for straight pieces"
    )
    lines = () if sample is None else sample.current.lines
    if not lines:
        return f"The total variation of the slope is {theory}."
    variation = float(np.median([n.variation for n in lines]))
    knots = float(np.median([n.knots for n in lines]))
    return (
        f"{plural(len(lines), 'network')} trained from α = {params.scale:g}: total variation of "
        f"the slope {number(variation)} (median), {number(knots, 2)} effective kinks; {theory}."
    )


def warning(params: Params, result: Result, sample: Drawn, _frame: int | None) -> str:
    """What the page has to say about descent that diverges and networks that do not arrive."""
    if result.plane is not None and len(result.plane.path) <= params.steps:
        last = len(result.plane.path) - 1
        return f"Descent diverges: after step {last} the parameters leave the picture."
    if result.plane is not None and params.rate >= 1 + params.momentum:
        return "The learning rate is beyond 2(1 + β)/λ: descent does not converge."
    if result.alpha is not None and params.samples > params.features:
        return f"A diagonal network with {params.features} features is given as many data."
    if result.descent is not None:
        return _no_peak(params, sample)
    if result.line is None:
        return ""
    few = len({x for x, _ in params.points}) < 2
    stands = "Two places are the least: six stand in. Click on the figure." if few else ""
    if sample is None:
        return stands
    late = sum(n.loss > 3e-6 for n in sample.current.lines)
    dead = sum(n.dead for n in sample.current.lines)
    text = f"{plural(late, 'network')} had not reached the data in 60 000 steps. " if late else ""
    if dead:
        text += f"{plural(dead, 'neuron')} ended dead: no datum switches them on."
    return f"{stands} {text}".strip()


def _no_peak(params: Params, sample: Drawn) -> str:
    """Why the median has no peak at P = |D|, or not its highest point; "" where it has."""
    n, most = params.samples, params.features
    if most < n - 1:
        return f"No peak, and why: D = {most} features for {n} data never become too many."
    if sample is None or sample.current.risks is None or sample.current.risks.count < ENOUGH:
        return ""
    median = sample.current.risks.quartiles()[1]
    away = np.array(counts(params)) - n
    peak = float(median[np.abs(away) <= 1].max())
    beside = median[(np.abs(away) > 1) & (np.abs(away) <= NEAR)]
    if peak > float(median[np.abs(away) > 1].max(initial=0.0)):
        return ""
    low = peak > float(beside.max(initial=0.0))
    rest = unfitted(params, min(n, most))
    if rest == 0:
        return "No peak, and why: σ² = 0 and all features are used, so there is nothing to magnify."
    highest = int(np.argmax(median))
    beyond = "the shortest interpolant keeps a part |D|/P of the signal"
    why = beyond if away[highest] > 0 else "features are missing"
    return (
        f"{'A low peak' if low else 'No peak'} at P = |D|, and why: a peak magnifies the noise "
        f"and what unused features carry, here {number(rest)}. The median is largest at P = "
        f"{counts(params)[highest]}, {number(float(median[highest]))}: {why}."
    )


def progress(params: Params, sample: Sample[Measured]) -> str:
    """How far the measurement is."""
    now = sample.current
    if now.risks is not None:
        place = counts(params).index(used(params))
        if abs(used(params) - params.samples) < HONEST:
            return f"{now.risks.count} data sets"
        mean = now.risks.moments[place].mean_estimate()
        share = 100 * mean.standard_error / mean.value if mean.value > 0 else math.nan
        text = f"{now.risks.count} data sets"
        return f"{text}; mean to ± {number(share, 2)} %" if math.isfinite(share) else text
    if now.turns is not None:
        return f"{now.turns.count} of {plural(params.starts, 'start')}"
    return plural(len(now.lines) + len(now.diagonal), "network") + " trained"
