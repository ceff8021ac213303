"""Claims of page 2.5; how each is judged: `checks`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compute.claims import Claim, Fault
from compute.experiments.leaving_the_kernel_regime import checks, faults
from compute.experiments.leaving_the_kernel_regime.setting import Params

VECTORS = "gradient descent on real vectors u and v"
TRAINED = "gradient descent of whole networks, one number per random start"
FLOW = "the flow of all neurons, integrated, no expansion in ε"
_FINAL = Params(figure="final")
_NETS = Params(figure="networks", neurons=64, networks=120)
_WIDTH = Params(figure="width", neurons=16, data=6, networks=140)


def _claim(
    key: str,
    statement: str,
    route: str,
    params: Params,
    check: Any,
    *wrongs: Fault,
    batches: int = 0,
) -> Claim:
    return Claim(
        key=key,
        section="2",
        statement=statement,
        route=route,
        params=params,
        check=check,
        faults=wrongs,
        batches=batches,
    )


CLAIMS = (
    _claim(
        "catapult_two_numbers",
        r"Gradient descent on $f=u\cdot v/\sqrt n$ is a map of two numbers at any width: "
        r"$\varphi'=\varphi(1-\kappa+\varphi^2)$, $\kappa'=\kappa+\varphi^2(\kappa-4)$ with "
        r"$\kappa=\eta\lambda$, $\varphi=\eta f/\sqrt n$.",
        VECTORS,
        Params(),
        checks.two_numbers,
        faults.STEP,
    ),
    _claim(
        "catapult_rises",
        r"The loss rises at its first step where $\eta\lambda_0>2+\varphi_0^2$: 2 for wide ones.",
        f"{VECTORS}, by bisection",
        replace(_FINAL, width=50),
        checks.rising,
        faults.STEP,
    ),
    _claim(
        "catapult_diverges",
        r"It diverges where $\eta\lambda_0>4$, at any width.",
        f"{VECTORS}, by bisection",
        _FINAL,
        checks.diverging,
        faults.STEP,
    ),
    _claim(
        "catapult_lands_flat",
        r"Where large steps come to rest, $\eta\lambda<2$: the minimum is flat enough for them.",
        f"{VECTORS} at 13 step sizes",
        _FINAL,
        checks.flat,
        faults.CURVATURE,
    ),
    _claim(
        "catapult_order_n",
        r"On its way a catapult's loss reaches the order $n$.",
        f"{VECTORS} of six lengths",
        _FINAL,
        checks.order_n,
        faults.PREFACTOR,
    ),
    _claim(
        "catapult_edge_of_networks",
        "Networks with one hidden layer diverge near 4, too: more data do not carry them farther.",
        TRAINED,
        replace(_NETS, activation="tanh", data=16),
        checks.edge,
        faults.SHARPNESS,
        batches=120,
    ),
    _claim(
        "catapult_networks_land_flat",
        r"ReLU networks that start at $\eta\lambda_0=3$ end below 2.",
        TRAINED,
        _NETS,
        checks.landing,
        faults.SHARPNESS,
        batches=120,
    ),
    _claim(
        "small_steps_are_lazy",
        r"At $\gamma=1$ and small steps the kernel's change dies with the width …",
        TRAINED,
        replace(_WIDTH, kappa=1.0),
        checks.lazy,
        faults.LARGER,
        batches=420,
    ),
    _claim(
        "large_steps_are_not",
        r"… at $\eta\lambda_0=3$ it does not: large steps leave the kernel regime at any width.",
        TRAINED,
        _WIDTH,
        checks.thrown,
        faults.SHARPNESS,
        batches=420,
    ),
    _claim(
        "constant_half_time",
        r"A fast outer layer learns the constant first: $T_0=\epsilon\log 2/\sigma_0^2$.",
        FLOW,
        Params(figure="scales"),
        checks.first_half,
        faults.OUTER,
    ),
    _claim(
        "linear_half_time",
        r"Then the linear part: $T_1=\int_0^{\tau_*}\frac{d\tau}{1-M(\tau)}$ with "
        r"$M=\bar a^2\tau+\frac12\sqrt\epsilon\,\mathrm{Var}(a_0)\sinh(2\tau/\sqrt\epsilon)$ where "
        r"$\sigma_1=\varphi_1=1$, of order $\sqrt\epsilon\log(1/\epsilon)$.",
        FLOW,
        Params(figure="times"),
        checks.second_half,
        faults.OUTER,
    ),
    _claim(
        "quadratic_half_time",
        r"Then the quadratic part: $T_2\sim\epsilon^{1/4}$.",
        FLOW,
        Params(figure="times"),
        checks.third_slope,
        faults.INNER,
    ),
    _claim(
        "reversed_order",
        r"With a fast inner layer, $\epsilon=100$, the order is another: linear, quadratic, "
        "constant.",
        FLOW,
        Params(figure="scales", epsilon=100.0),
        checks.reversed_order,
        faults.EXCHANGED,
    ),
)
