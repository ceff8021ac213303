"""What page 3.4 says in words: result, warning, progress. K_0 stands in each of them."""

from __future__ import annotations

import math

import numpy as np

from components.figures.base import number, plural
from components.figures.finite_width.laws import verdict
from components.figures.labels import of_part, plus_minus, with_error
from compute.experiments.finite_width.critical import Critical
from compute.experiments.finite_width.density import TAIL, Density
from compute.experiments.finite_width.observable import DEPTHS, Observable
from compute.experiments.finite_width.run import Cumulant, Result
from compute.experiments.finite_width.sampler import Networks
from compute.experiments.finite_width.setting import (
    ACTIVATIONS,
    FUNCTIONS,
    TRUSTED,
    Params,
    variances,
)
from compute.sampling import Estimate, Sample

Drawn = Sample[Networks] | None


def sentence(params: Params, result: Result, sample: Drawn, _frame: int | None) -> str:
    """The result in words: the sample leads where there is one."""
    name, start = dict(ACTIVATIONS)[params.activation], f"K₀ = {params.variance0:g}"
    if params.figure == "observable":
        start = f"{dict(ACTIVATIONS)[params.law]} networks, {start}"
    elif params.figure == "critical":
        start = f"{name}, {start}"
    else:
        used = variances(params)
        given = f"C_W = {number(used.weight, 5)}, C_b = {number(used.bias, 5)}"
        start = f"{name}, {given}, {start}, {params.width} wide, {params.depth} deep"
    said = {"cumulant": _cumulant, "critical": _critical, "density": _density}
    return f"{start}: {of_part(params, result, sample, observable=_observable, **said)}."


def _cumulant(params: Params, part: Cumulant, sample: Drawn) -> str:
    cut = part.layers.size < params.depth
    behind = f" behind {plural(part.layers.size, 'layer')}" if cut else ""
    if params.figure == "neurons":
        return _neurons(params, part, sample)
    leading, printed, exact = (float(v[0, -1]) for v in (part.leading, part.printed, part.exact))
    theory = f"(3.4.1) {number(leading)}, printed {number(printed)}"
    if math.isfinite(exact):
        theory = f"exact {number(exact)}, {theory}"
    # one line, before a sample too: what stands below must not move
    if sample is None:
        return f"κ₄/K²{behind}: {theory}"
    now = sample.current.estimate()
    value = with_error(now)
    if not sample.current.told(part.effective)[0, -1]:
        value += " (tail not sampled)"
    text = f"κ₄/K² = {value}{behind}; {theory}"
    if params.figure == "width" and leading <= TRUSTED:
        end, error, _ = sample.current.extrapolated(part.widths)
        text += f"; N κ₄/K² goes to {plus_minus(end, error)} at 1/N = 0, where (3.4.1) says "
        text += number(leading * params.width)
    if leading > TRUSTED and now.value > 3 * leading:
        text += f". The sample is {number(now.value / leading, 2)} times the recursion"
    return text


def _neurons(params: Params, part: Cumulant, sample: Drawn) -> str:
    leading, shift = float(part.leading[0, -1]), float(part.shift[-1])
    theory = f"{number(leading)} and {number(shift)} by (3.4.1)"
    if sample is None:
        return f"Cov(z_i², z_j²)/K² and N(G − K)/K are {theory}"
    pair = "there are no two neurons"
    if params.width > 1:
        shared = with_error(sample.current.deepest("covariance"))
        pair = f"two neurons have Cov(z_i², z_j²)/K² = {shared}"
    moved = sample.current.deepest("shift").scaled(params.width)
    return f"{pair}, and N(G − K)/K = {with_error(moved)}; {theory}"


def _density(params: Params, part: Density, sample: Drawn) -> str:
    exact, normal, first = part.tail
    theory = f"{number(normal)} by the Gaussian, {number(first)} to first order"
    if math.isfinite(exact):
        theory = f"{number(exact)} by the exact law, {theory}"
    event = f"|z| > {TAIL:g}√K"
    if sample is None or not sample.current.count[0]:
        return f"P({event}) is {theory}"
    share = Estimate.share(sample.current.beyond, sample.current.count[0])
    dead = f"; {plural(int(sample.current.dead[0]), 'network')} dead, counted at 0"
    dead = dead if sample.current.dead[0] else ""
    return f"{event} in {with_error(share)} of {share.count} networks; {theory}{dead}"


def _critical(_params: Params, part: Critical, _sample: Drawn) -> str:
    text = f"{'slope ' if part.chosen.solved else ''}{verdict(part.chosen)}"
    if math.isfinite(part.half[0]):
        kernel, weight, bias, slope = (number(v, 6) for v in part.half)
        text += f". Both susceptibilities are 1 at K* = {kernel}, C_W = {weight}, C_b = {bias}, "
        text += f"with slope {slope}"
    return text


def _observable(params: Params, part: Observable, _sample: Drawn) -> str:
    function = dict(FUNCTIONS)[params.function]
    if not np.isfinite(part.slope).all():
        return f"with the exact κ₄, (3.4.2) is exact for f = {function} at each width drawn"
    slopes = ", ".join(number(s, 4) for s in part.slope)
    printed = ", ".join(number(s) for s in part.printed_slope)
    depths = ", ".join(map(str, DEPTHS))
    return (
        f"for f = {function} the error of (3.4.2) goes like N to the {slopes} at L = {depths}; "
        f"with the printed prefactor, to the {printed}"
    )


def warning(params: Params, result: Result, sample: Drawn, _frame: int | None) -> str:
    """Where leading order is not to be trusted, no solution exists, or numbers leave the range."""
    said = []
    used = variances(params)
    if params.figure not in {"critical", "observable"} and used.reason:
        where = "its limit K → 0 is shown" if used.critical else "nothing is tuned here"
        reason = used.reason.replace("-", "−")
        said.append(f"No solution at K₀ = {params.variance0:g}: {reason}; {where}.")
    part = result.cumulant
    leading = 0.0 if part is None else float(part.leading[0, -1])
    # the first two tabs mark it in the figure
    if leading > TRUSTED and params.figure in {"width", "neurons"}:
        said.append(
            f"At K₀ = {params.variance0:g} and N = {params.width}, κ₄/K² = {number(leading)} "
            f"is above {TRUSTED}: leading order in 1/N is not to be trusted here."
        )
    if part is not None and part.layers.size < params.depth:
        said.append(
            f"Behind layer {part.layers.size} the kernel is beyond a float; the curves end there."
        )
    if sample is not None and sample.current.dead[0] and params.figure != "density":
        dead, count = int(sample.current.dead[0]), int(sample.current.count[0])
        said.append(f"{dead} of {count} networks are dead; they are counted, with K̂ = 0.")
    return " ".join(said)


def progress(_params: Params, sample: Sample[Networks]) -> str:
    """How far the measurement is."""
    text, e = f"{int(sample.current.count[0])} networks", sample.current.estimate()
    if not (math.isfinite(e.standard_error) and e.value > 0):
        return text
    return f"{text}; κ₄/K² to ± {number(100 * e.standard_error / e.value, 2)} %"
