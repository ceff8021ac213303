"""What page 1.3 says in words: result, warning, progress."""

from __future__ import annotations

import numpy as np

from components.figures.base import number, plural
from components.figures.labels import of_part
from compute.experiments.overparameterisation.modes import Linear
from compute.experiments.overparameterisation.run import Patterns, Rank, Result, Widths
from compute.experiments.overparameterisation.sampler import Starts
from compute.experiments.overparameterisation.setting import ACTIVATIONS, Params, count
from compute.sampling import Sample


def sentence(
    params: Params, result: Result, sample: Sample[Starts] | None, _frame: int | None
) -> str:
    """The result in words."""
    if result.starts is not None:
        return _starts(params, result.starts, sample)
    return of_part(params, result, rank=_rank, patterns=_patterns, linear=_linear)


def _rank(params: Params, part: Rank) -> str:
    here = part.ranks[int(np.flatnonzero(part.widths == params.width)[0])]
    low, high = int(here.min()), int(here.max())
    found = f"{low}" if low == high else f"{low} to {high}"
    name = dict(ACTIVATIONS)[params.activation]
    end = _idle(params, part) if part.idle else f"full rank would be {params.data_count}"
    return (
        f"{name}, N₀ = {params.input_dim}, {plural(params.depth, 'hidden layer')} "
        f"{params.width} wide: "
        f"{len(here)} networks with P = {count(params, params.width)} parameters have rank {found} "
        f"on |D| = {params.data_count} data; {end}."
    )


def _idle(params: Params, part: Rank) -> str:
    """What of P costs ReLU networks rank, counted over all of them."""
    dead, always, repeated, layers = (
        sum(getattr(idle, field) for idle in part.idle)
        for field in ("dead", "always_on", "repeated", "layers")
    )
    said = (
        (dead, plural(dead, "dead neuron")),
        (always, f"{always} always on"),
        (repeated, plural(repeated, "repeated pattern")),
        (layers, plural(layers, "dead layer")),
    )
    found = ", ".join(words for count, words in said if count)
    free = f"P counts {plural(params.depth * params.width, 'free scale')}"
    return f"{free}, and in sum {found}" if found else free


def _patterns(params: Params, part: Patterns) -> str:
    here = part.here
    each = params.input_dim + 1
    total = here.rank + here.rescaling + here.dead + here.repeated + here.always_on + here.dependent
    reasons = (
        f"{here.rescaling} to the scales of the neurons",
        f"{here.dead} to {plural(here.dead // each, 'dead neuron')}",
        f"{here.repeated} to {plural(here.repeated // each, 'repeated pattern')}",
        f"{here.always_on} to neurons that are always on",
        f"{here.dependent} to patterns that depend on one another or hold too few data",
    )
    counts = (here.rescaling, here.dead, here.repeated, here.always_on, here.dependent)
    lost = ", ".join(said for said, number_lost in zip(reasons, counts, strict=True) if number_lost)
    return f"Of P = {total} parameters the rank keeps {here.rank}: lost are {lost}."


def _linear(params: Params, part: Linear) -> str:
    s = ", ".join(number(float(v)) for v in part.strengths)
    law = ", ".join(number(float(t), 4) for t in part.waits[params.layers - 1])
    if params.aligned == "random":
        first = part.half[:, 0]
        known = first[np.isfinite(first)]
        when = f"at {number(float(np.median(known)))} (median)" if known.size else "never here"
        return (
            f"{plural(params.layers, 'layer')}, {len(first)} random starts of variance "
            f"{params.start:g}: mode 1 of strengths {s} is half learned {when}."
        )
    found = [number(float(t), 4) if np.isfinite(t) else "not here" for t in part.half[0]]
    return (
        f"{plural(params.layers, 'layer')}, a₀ = {params.start:g}: modes of strength {s} are half "
        f"learned at t/τ = {', '.join(found)}; the law says {law}."
    )


def _starts(params: Params, part: Widths, sample: Sample[Starts] | None) -> str:
    name = dict(ACTIVATIONS)[params.activation]
    setting = f"{name}, N₀ = {params.start_dim}, |D| = {params.start_data}, η = {params.rate:g}"
    ends = f"P/|D| from {number(float(part.ratios[0]))} to {number(float(part.ratios[-1]))}"
    if sample is None:
        return f"{setting}: no start has been tried yet at {ends}."
    share, error = sample.current.shares()
    place = int(np.searchsorted(part.ratios, 3.0).clip(0, len(share) - 1))
    known = f" ± {number(float(error[place]), 2)}" if np.isfinite(error[place]) else ""
    return (
        f"{setting}: at P/|D| = {number(float(part.ratios[place]))} a share of "
        f"{number(float(share[place]))}{known} of {plural(len(sample.current.losses), 'start')} "
        f"comes to a loss of 10⁻⁴ within {params.steps} steps; at {number(float(part.ratios[0]))} "
        f"it is {number(float(share[0]))}."
    )


def warning(
    params: Params, result: Result, sample: Sample[Starts] | None, _frame: int | None
) -> str:
    """Where a number is not what it seems."""
    part = result.rank
    if part is not None and bool((part.gaps < 1e3).any()) and params.activation != "linear":
        return (
            "Some singular values run through the level of rounding without a gap: the rank that "
            "is counted there is one of double precision, not of the network."
        )
    if sample is not None and result.starts is not None:
        lost = int(np.sum(np.isinf(sample.current.losses)))
        if lost:
            return f"{plural(lost, 'start')} of {sample.current.losses.size} diverged at this rate."
    return ""


def progress(_params: Params, sample: Sample[Starts]) -> str:
    """How far the measurement is."""
    _, error = sample.current.shares()
    text = f"{plural(len(sample.current.losses), 'start')} of every width"
    worst = float(np.nanmax(error)) if np.isfinite(error).any() else float("nan")
    return f"{text}; shares to ± {number(worst, 2)}" if np.isfinite(worst) else text
