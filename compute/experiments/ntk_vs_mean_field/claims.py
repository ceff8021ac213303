"""Claims of section 2.4: how movement depends on the width, in both regimes and between them.

How each is judged: `checks`.
"""

from __future__ import annotations

from compute.claims import Claim, Statement
from compute.experiments.ntk_vs_mean_field import faults
from compute.experiments.ntk_vs_mean_field.checks import factor, frozen_side, slope
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Params

TRAINED = (
    "gradient flow of whole networks at six widths, one slope per random start; "
    "0.03 allowed for finite widths"
)
SWEEP = Params(figure="width", activation="gelu", time=50.0, networks=100)
SPEED = Params(figure="width", activation="gelu", time=50.0, networks=100, shows="speed")
WIDER = Params(figure="width", activation="gelu", time=50.0, networks=100, widest=2048)
BATCHES = 300
NEURONS = Params(figure="particles", width=64, time=30.0)


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
        faults=(faults.EXPONENT,),
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
        faults=(faults.EXPONENT,),
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
        faults=(faults.PREFACTOR if layer == "output" else faults.EXPONENT,),
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
        faults=(faults.EXPONENT,) if exponent == 0 else (faults.EXPONENT, faults.LAZY),
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
        faults=(faults.VELOCITY, faults.FORMULA),
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
        faults=(faults.VELOCITY, faults.FORMULA),
        errata=(52,),
    ),
)
