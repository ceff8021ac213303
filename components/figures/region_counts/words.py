"""What page 4.2 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math
from typing import Any

from components.figures.base import number
from components.figures.region_counts.depths import LIMIT
from components.figures.region_counts.distributions import layers
from compute.experiments.region_counts.run import Arrangement, Distance, Line, Result
from compute.experiments.region_counts.sampler import RegionSample
from compute.experiments.region_counts.setting import (
    DEEPEST,
    Params,
    cells_of,
    drawn_networks,
    network_ms,
)
from compute.sampling import Sample


def sentence(
    params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    if result.distance is not None:
        return _distance(params, result.distance)
    if params.bias_variance == 0 and (params.inputs == 1 or result.line is not None):
        return (
            f"Without biases all zeros of {params.neurons} neurons are at x = 0: the line has two "
            "pieces."
        )
    if result.line is not None:
        return _line(result.line)
    first, last = result.arrangements[0], result.arrangements[-1]
    if not math.isfinite(last.regions):
        return (
            f"Without biases the folds of {params.neurons} neurons all run through the origin, and "
            f"one layer cuts the window into {2 * params.neurons} regions."
        )
    if params.figure == "depth":
        return (
            f"{params.neurons} neurons: one layer makes {number(first.regions)} regions"
            f"{_window(params)} on average, exactly; {DEEPEST} layers make {number(last.regions)} "
            f"in the {LIMIT}."
        )
    if params.figure == "growth":
        limit = "" if last.cell.layers == 1 else f", in the {LIMIT}"
        return (
            f"{params.neurons} neurons in {layers(last.cell.layers)}{limit}: "
            f"{number(last.regions / last.zaslavsky, 2)} of what as many lines can make at most"
            f"{_window(params)}."
        )
    other = "" if last is first else f"; {_shape(last.widths)}: {_expected(last)}"
    return f"{_shape(first.widths)}{_window(params)}: {_expected(first)}{other}."


def _expected(a: Arrangement) -> str:
    how = "exactly" if a.cell.layers == 1 else f"in the {LIMIT}"
    return f"E N = {number(a.regions)} and E Z = {number(a.length)}, {how}"


def _line(part: Line) -> str:
    whole = sum(n * float(zeros) for n, zeros in zip(part.widths, part.whole, strict=True))
    return (
        f"{_shape(part.widths)}: a neuron of layer {part.whole.size} has "
        f"{number(float(part.whole[-1]), 4)} zeros on the line on average, and the line "
        f"has {number(1 + whole, 4)} pieces."
    )


def _distance(params: Params, part: Distance) -> str:
    if not math.isfinite(float(part.density[0, 0])):
        return "Without biases all folds run through the origin: the density there is infinite."
    deepest = f"{number(float(part.density[-1, 0]))} in layer {params.deep} of a wide network"
    more = f" and {deepest}" if params.deep > 1 else ""
    return (
        f"At the origin a first-layer neuron has length {number(float(part.density[0, 0]))} per "
        f"area, exactly,{more}; at r = {params.half_width:g} it is "
        f"{number(float(part.density[0, -1]))}."
    )


def _shape(widths: tuple[int, ...]) -> str:
    wide = str(widths[0]) if len(set(widths)) == 1 else f"{widths[0]} and {widths[-1]}"
    return f"{layers(len(widths))} of {wide}"


def _window(params: Params) -> str:
    square = "²" if params.inputs == 2 else ""
    return f" in [−{params.half_width:g}, {params.half_width:g}]{square}"


def notice(params: Params, _result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What is drawn instead of what was asked for; '' where nothing is."""
    short = [c for c in cells_of(params) if drawn_networks(params, c) < params.networks]
    if not short:
        return ""
    worst = max(short, key=lambda c: network_ms(params, c))
    return (
        f"{params.networks} networks of {worst.neurons} neurons in {layers(worst.layers)} would "
        f"take about {number(1e-3 * params.networks * network_ms(params, worst), 2)} s: "
        f"{drawn_networks(params, worst)} of that size are drawn."
    )


def progress(params: Params, sample: Sample[RegionSample]) -> str:
    """How far the sample is, with the present standard error."""
    state = sample.current
    wanted = sum(drawn_networks(params, c) for c in cells_of(params))
    text = f"{state.networks} of {wanted}"
    last = state.cells[-1]
    if last is None or last.networks < 2:
        return text
    e = last.regions.mean_estimate()
    if params.figure == "line":
        return f"{text}; {number(e.value, 4)} ± {number(e.standard_error, 2)} pieces of the line"
    depth = layers(cells_of(params)[-1].layers)
    return f"{text}; {depth}: N = {number(e.value, 4)} ± {number(e.standard_error, 2)}"
