"""What page 1.1 says in words: result, warning, progress."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.labels import of_part
from compute.experiments.piecewise_linear.error import Error
from compute.experiments.piecewise_linear.run import Draw, Hats, Random, Result
from compute.experiments.piecewise_linear.sampler import Breakpoints
from compute.experiments.piecewise_linear.setting import Params
from compute.sampling import Sample


def sentence(
    params: Params, result: Result, sample: Sample[Breakpoints] | None, _frame: int | None
) -> str:
    """The result in words."""
    text = of_part(params, result, draw=_draw, random=_random, error=_error, hats=_hats)
    if params.figure == "random" and sample is not None:
        mean = sample.current.estimate()
        text += (
            f"; {sample.current.count} networks of this width have {number(mean.value, 4)} ± "
            f"{number(mean.standard_error, 2)} on average"
        )
    return text + "."


def _draw(_params: Params, part: Draw) -> str:
    m, least = len(part.knots), part.smallest
    head = f"m = {plural(m, 'breakpoint')}, smallest N₁ = {least}"
    slope = number(float(part.slopes[0]), 4)
    if not m:
        if not least:
            return f"{head}: a constant is the output bias alone"
        return f"{head}: a straight line of slope {slope} goes up or down on both sides"
    if not part.decided:
        return (
            f"m = {plural(m, 'breakpoint')}, smallest N₁ is {m} or {least}, not decided: there are "
            f"2{_power(m)} sums of jumps to try"
        )
    if part.left is None:
        return (
            f"{head}: none of 2{_power(m)} sums of jumps is −s₀ = {_minus(part)}, "
            "so one neuron mirrors the first"
        )
    if not part.left:
        return f"{head}: the first slope is 0, so the neurons face right"
    some = ", ".join(str(i + 1) for i in part.left)
    return f"{head}: the jumps at knots {some} add up to −s₀ = {_minus(part)}, so these face left"


def _minus(part: Draw) -> str:
    return number(-float(part.slopes[0]), 4)


def _power(m: int) -> str:
    return str(m).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _random(params: Params, part: Random) -> str:
    return (
        f"This network of {plural(params.width, 'neuron')} has "
        f"{plural(part.breakpoints.size, 'breakpoint')} in [−{params.window:g}, {params.window:g}]"
    )


def _error(params: Params, part: Error) -> str:
    text = (
        f"With {params.pieces} pieces the error is {number(part.shown[0])} for evenly "
        f"spaced knots and {number(part.shown[1])} for graded ones"
    )
    if params.target == "square":
        text += (
            f"; hats composed {part.depths[-1]} times, {3 * part.depths[-1]} neurons together, "
            f"have {number(float(part.deep[-1]))}"
        )
    if np.isnan(part.law).all():
        text += "; f has a corner, a jump or a place where f″ is not bounded: no law is drawn"
    return text


def _hats(params: Params, part: Hats) -> str:
    neurons = 2 * params.depth
    return (
        f"{neurons} neurons in {plural(params.depth, 'layer')} draw {part.pieces[-1]} pieces; "
        f"random networks of this shape have {number(float(part.random[-1, 0]))} ± "
        f"{number(float(part.random[-1, 1]), 2)}; one hidden layer of {neurons} neurons has room "
        f"for {neurons + 1}"
    )


def warning(params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What the page has to say about corners that share one place."""
    if result.draw is None:
        return ""
    shared = len(params.knots) - len(result.draw.corners)
    if shared:
        return "Some corners have one x: the line goes through their mean."
    return ""


def progress(_params: Params, sample: Sample[Breakpoints]) -> str:
    """How far the measurement is."""
    mean = sample.current.estimate()
    return f"{sample.current.count} networks; breakpoints to ± {number(mean.standard_error, 2)}"
