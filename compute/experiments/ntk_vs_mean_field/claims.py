"""Claims of section 2.4: how movement depends on the width, in both regimes and between them.

Slopes are fitted to trained networks; no law of large width enters the measurement. Finite
widths bend the log–log lines, most at a = ¼, where the initial output dies only like N_1^{−¼}:
a slope of 0.03 is allowed for that, so that a statement agrees within 0.1; twice as
much for the remainder of the split, which is a small difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compute.claims import Check, Claim, Statement, exact, sampled
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

TRAINED = (
    "gradient flow of whole networks at six widths, one slope per random start; "
    "0.03 allowed for finite widths"
)
SWEEP = Params(figure="width", activation="gelu", time=50.0, networks=100)
SPEED = Params(figure="width", activation="gelu", time=50.0, networks=100, shows="speed")
WIDER = Params(figure="width", activation="gelu", time=50.0, networks=100, widest=2048)
BATCHES = 300
NEURONS = Params(figure="particles", width=64, time=30.0)


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
        ready = sample is not None and sample.current.counts[EXPONENTS.index(exponent)] > 1
        return sampled(
            words,
            sample if ready else None,
            lambda s: s.slope(exponent, name),
            *statements,
            bias=BENDING.get(name, 0.03),
        )

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


def _name(exponent: float) -> str:
    return {0.0: "0", 0.25: "¼", 0.5: "½"}[exponent]


def _law(exponent: float) -> str:
    return {0.0: r"a=0", 0.25: r"a=\frac14", 0.5: r"a=\frac12"}[exponent]


def _movement(exponent: float) -> Claim:
    key = {0.0: "kernel", 0.25: "between", 0.5: "mean_field"}[exponent]
    return Claim(
        key=f"hidden_movement_{key}",
        section="2.4",
        statement=(
            r"With $\gamma=N_1^a$ each pre-activation moves by $N_1^{a-\frac12}$ in training: here "
            rf"${_law(exponent)}$."
        ),
        route=TRAINED,
        params=SWEEP,
        check=slope(
            "hidden_movement",
            exponent,
            f"slope of the movement of z⁽¹⁾ against N₁, a = {_name(exponent)}",
            Statement("a − ½", exponent - 0.5),
        ),
        batches=BATCHES,
    )


def _kernel(exponent: float) -> Claim:
    key = {0.0: "kernel", 0.25: "between", 0.5: "mean_field"}[exponent]
    rival = (Statement("−½, were the bound from (2.2.7) attained", -0.5),) if exponent == 0 else ()
    more = r"; (2.2.7) only bounds it by $N_1^{-1/2}$" if exponent == 0 else ""
    return Claim(
        key=f"kernel_change_{key}",
        section="2.4",
        statement=(
            r"The kernel's relative change is of order $N_1^{2a-1}$: here "
            rf"${_law(exponent)}${more}."
        ),
        route=TRAINED,
        params=SWEEP,
        check=slope(
            "kernel_change",
            exponent,
            f"slope of the kernel's change against N₁, a = {_name(exponent)}",
            Statement("2a − 1", 2 * exponent - 1),
            *rival,
        ),
        batches=BATCHES,
    )


def _speed(layer: str, exponent: float, predicted: float, statement: str) -> Claim:
    key = "kernel" if exponent == 0 else "mean_field"
    symbol = "z⁽¹⁾" if layer == "hidden" else "z⁽²⁾"
    return Claim(
        key=f"{layer}_speed_{key}",
        section="2.4",
        statement=statement,
        route="difference quotients of the trained networks over a time of 1/1000",
        params=SPEED,
        check=slope(
            f"{layer}_speed",
            exponent,
            f"slope of d{symbol}/dt at t = 0 against N₁, a = {_name(exponent)}",
            Statement("N₁ to the power", predicted),
        ),
        batches=BATCHES,
    )


def _rest(exponent: float, statement: str) -> Claim:
    key = "kernel" if exponent == 0 else "mean_field"
    rival = (Statement("a − ½, if its terms did not cancel", -0.5),) if exponent == 0 else ()
    return Claim(
        key=f"remainder_{key}",
        section="2.4",
        statement=statement,
        route=TRAINED.replace("0.03", "0.06"),
        params=WIDER,
        check=slope(
            "remainder",
            exponent,
            f"slope of the share beyond first order against N₁, a = {_name(exponent)}",
            Statement("2a − 1", 2 * exponent - 1),
            *rival,
        ),
        batches=BATCHES,
    )


CLAIMS = (
    *(_movement(a) for a in EXPONENTS),
    *(_kernel(a) for a in EXPONENTS),
    _speed(
        "output",
        0.0,
        0.0,
        r"In the kernel regime $\frac{d}{dt}z^{(2)}$ is of order 1 at $t=0$ …",
    ),
    _speed("output", 0.5, 0.0, r"… and in the mean-field regime too: the output does not see $a$."),
    _speed(
        "hidden",
        0.0,
        -0.5,
        r"In the kernel regime $\frac{d}{dt}z^{(1)}_i$ is of order $1/\sqrt{N_1}$ at $t=0$ …",
    ),
    _speed("hidden", 0.5, 0.0, r"… and of order 1 in the mean-field regime."),
    _rest(
        0.0,
        r"In the kernel regime the first order in the change of all weights suffices: the rest of "
        r"the change of $z^{(2)}$ falls like $N_1^{-1}$.",
    ),
    _rest(0.5, r"In the mean-field regime the rest is a fixed share, at every width."),
    Claim(
        key="frozen_right_side",
        section="2.4",
        statement=(
            r"The first display of §2.4 has $t$ on the left and $0$ on the right; it holds with "
            r"the same time on both sides."
        ),
        route="velocities of four neurons from differences of the loss, before and after training",
        params=NEURONS,
        check=frozen_side,
        errata=(52,),
    ),
    Claim(
        key="factor_of_the_data",
        section="2.4",
        statement=(
            r"Its factor $1/|\mathcal D|$ belongs to the loss $\frac{1}{2|\mathcal D|}\sum$, which "
            r"is not the one printed in (2.3.6)."
        ),
        route="velocities of four neurons from differences of the loss at t = 0",
        params=NEURONS,
        check=factor,
        errata=(52,),
    ),
)
