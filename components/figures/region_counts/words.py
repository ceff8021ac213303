"""What page 4.2 says in words: the result sentence, the notice, the progress of the sample."""

from __future__ import annotations

import math

from components.figures.base import number
from components.figures.labels import with_error
from components.figures.region_counts.depths import LIMIT
from components.figures.region_counts.distributions import layers
from compute.experiments.region_counts import summaries
from compute.experiments.region_counts.run import Arrangement, Distance, Line, Result
from compute.experiments.region_counts.sampler import RegionSample
from compute.experiments.region_counts.setting import (
    DEEPEST,
    Params,
    cells_of,
    drawn_networks,
    network_ms,
)
from compute.sampling import Estimate, Sample


def sentence(
    params: Params, result: Result, sample: Sample[RegionSample] | None, _frame: int | None
) -> str:
    """The result of the tab in front, in one sentence."""
    if result.distance is not None:
        return _distance(params, result.distance, sample)
    if params.bias_variance == 0 and (params.inputs == 1 or result.line is not None):
        return (
            f"Without biases all zeros of {params.neurons} neurons are at x = 0: the line has two "
            "pieces."
        )
    if result.line is not None:
        return _line(result.line, sample)
    parts = result.arrangements
    first, last = parts[0], parts[-1]
    if not math.isfinite(last.regions):
        return (
            f"Without biases the folds of {params.neurons} neurons all run through the origin, and "
            f"one layer cuts the window into {2 * params.neurons} regions."
        )
    if params.figure == "depth":
        return (
            f"{params.neurons} neurons{_window(params)}, mean number of regions: one layer "
            f"{_regions(parts, 0, sample)}, {DEEPEST} layers {_regions(parts, -1, sample)}."
        )
    if params.figure == "growth":
        found = _found(parts, -1, sample)
        share = last.regions if found is None else found.value
        return (
            f"Regions of {params.neurons} neurons in {layers(last.cell.layers)}: "
            f"{_regions(parts, -1, sample)}, {number(share / last.zaslavsky, 2)} of the most that "
            "lines can make."
        )
    other = "" if last is first else f"; {_shape(last.widths)}: {_regions(parts, -1, sample)}"
    return f"Mean number of regions. {_shape(first.widths)}: {_regions(parts, 0, sample)}{other}."


def _found(
    parts: tuple[Arrangement, ...], place: int, sample: Sample[RegionSample] | None
) -> Estimate | None:
    """The mean number of regions of a cell, where it has been measured."""
    state = None if sample is None else sample.current.cells[place]
    return summaries.regions(state) if state is not None and state.networks > 1 else None


def _regions(
    parts: tuple[Arrangement, ...], place: int, sample: Sample[RegionSample] | None
) -> str:
    """What was measured, and what is known: exactly of one layer, else in the limit."""
    found, part = _found(parts, place, sample), parts[place]
    how = "exact" if part.cell.layers == 1 else LIMIT
    if found is None:
        return f"{number(part.regions)} ({how})"
    return f"{with_error(found)} ({how}: {number(part.regions)})"


def _line(part: Line, sample: Sample[RegionSample] | None) -> str:
    whole = sum(n * float(zeros) for n, zeros in zip(part.widths, part.whole, strict=True))
    pieces = f"{number(1 + whole, 4)} (exact)"
    state = None if sample is None else sample.current.cells[-1]
    if state is not None and state.networks > 1:
        pieces = f"{with_error(summaries.regions(state), 4)} (exact: {number(1 + whole, 4)})"
    return (
        f"{_shape(part.widths)}, pieces of the line: {pieces}; zeros of a neuron of layer "
        f"{part.whole.size}: {number(float(part.whole[-1]), 4)} (exact)."
    )


def _distance(params: Params, part: Distance, sample: Sample[RegionSample] | None) -> str:
    if not math.isfinite(float(part.density[0, 0])):
        return "Without biases all folds run through the origin: the density there is infinite."
    first = (
        f"Length per area of a neuron at the origin: layer 1 {number(float(part.density[0, 0]))}"
    )
    if params.deep == 1:
        return f"{first}, exactly."
    deepest = f"{number(float(part.density[-1, 0]))}"
    state = None if sample is None else sample.current.cells[0]
    if state is None or state.networks < 2:
        return f"{first} (exact), layer {params.deep} {deepest} ({LIMIT})."
    value, error = (a[-1, 0] for a in summaries.ring_density(state, part.edges, part.widths))
    inner = with_error(Estimate(float(value), float(error), state.networks))
    return f"{first} (exact), layer {params.deep} {inner} ({LIMIT}: {deepest})."


def _shape(widths: tuple[int, ...]) -> str:
    wide = str(widths[0]) if len(set(widths)) == 1 else f"{widths[0]} and {widths[-1]}"
    return f"{layers(len(widths))} of {wide}"


def _window(params: Params) -> str:
    square = "²" if params.inputs == 2 else ""
    return f" in [−{params.half_width:g}, {params.half_width:g}]{square}"


def notice(
    params: Params, _result: Result, _sample: Sample[RegionSample] | None, _frame: int | None
) -> str:
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
    e = summaries.regions(last)
    if params.figure == "line":
        return f"{text}; {with_error(e, 4)} pieces of the line"
    depth = layers(cells_of(params)[-1].layers)
    return f"{text}; {depth}: N = {with_error(e, 4)}"
