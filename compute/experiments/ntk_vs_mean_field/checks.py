"""How the claims of section 2.4 are judged.

Slopes are fitted to trained networks; no law of large width enters the measurement. Finite
widths bend the log–log lines, most at a = ¼, where the initial output dies only like N_1^{−¼}:
a slope of 0.03 is allowed for that, so that a statement agrees within 0.1; twice as
much for the remainder of the split, which is a small difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Check, Statement, exact, sampled
from compute.experiments.ntk_vs_mean_field.run import Result
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Array, Params
from compute.sampling import Sample

BENDING = {"remainder": 0.06}
SMOOTH = ("tanh", "erf", "gelu")
# What is of second order bends more, and the longer the more.
BENT = ("kernel_change", "remainder")
LONGEST, LONGEST_BENT = 100.0, 50.0
NARROWEST = {"remainder": 2048}
_CLOSE = 1e-4

Judge = Callable[[Params, Result, Sample[Sweep] | None], Check | None]


def slope(name: str, exponent: float, words: str, *statements: Statement) -> Judge:
    """A check of the slope of a quantity against the width at one exponent.

    It says nothing where the limit is far: narrow networks, long times, kinks, no bias (where
    the kernel is degenerate); for an odd σ at a = ¼, where kernel and remainder at these widths
    grow too fast for their leading order.
    """

    def judge(params: Params, _result: Result, sample: Sample[Sweep] | None) -> Check | None:
        longest = LONGEST_BENT if name in BENT else LONGEST
        far = params.widest < NARROWEST.get(name, 1024) or params.time > longest
        if params.figure != "width" or far or params.activation not in SMOOTH or not params.bias:
            return None
        if params.target == "own":
            return None
        if name in BENT and 0 < exponent < 0.5 and params.activation != "gelu":
            return None
        at = EXPONENTS.index(exponent)
        ready = sample is not None and sample.current.starts[at] > 1
        check = sampled(
            words,
            sample if ready else None,
            lambda s: s.slope(exponent, name),
            *statements,
            bias=BENDING.get(name, 0.03),
        )
        if sample is None or not sample.current.stopped[at].any():
            return check
        # who stopped is not just anybody: what is left is no fair sample
        stopped, tried = (int(n[at].sum()) for n in (sample.current.stopped, sample.current.tried))
        reason = f"{stopped} of {tried} networks stopped before t"
        return replace(check, statements=statements, reason=reason)

    return judge


def frozen_side(params: Params, result: Result, _sample: Any) -> Check | None:
    """E 52: the display of §2.4 holds with both sides at one time, not with t on the left only."""
    if result.sides is None or result.sides[0].neurons is None:
        return None
    neurons = result.sides[0].neurons
    first = neurons.formula_start
    if _inner(first, first) == 0:
        return None
    return exact(
        "velocity of z⁽¹⁾ at the end, along the right-hand side at t = 0",
        _along(neurons.measured_end, first),
        Statement("right-hand side at the same time", _along(neurons.formula_end, first)),
        Statement("as printed: t on the left, 0 on the right", 1.0),
        tolerance=_CLOSE,
    )


def factor(params: Params, result: Result, _sample: Any) -> Check | None:
    """E 52: 1/|D| belongs to ½|D|⁻¹Σ; the loss ½Σ of (2.3.6) moves |D| times as fast."""
    if result.sides is None or result.sides[0].neurons is None:
        return None
    neurons, count = result.sides[0].neurons, len(result.x)
    if _inner(neurons.formula_start, neurons.formula_start) == 0 or count == 1:
        return None
    # the velocity is linear in the loss, and ½Σ is |D| times the loss that was differenced
    return exact(
        "velocity of z⁽¹⁾ on the loss ½Σ, over the printed right-hand side",
        count * _along(neurons.measured_start, neurons.formula_start),
        Statement("|D|: the 1/|D| is that of the loss ½|D|⁻¹Σ", float(count)),
        Statement("as printed, with the loss ½Σ of (2.3.6)", 1.0),
        tolerance=_CLOSE * count,
    )


def _inner(a: Array, b: Array) -> float:
    return float(np.vdot(a, b))


def _along(a: Array, b: Array) -> float:
    return _inner(a, b) / _inner(b, b)
