"""Claims of §3.3.3: what depth does to the kernel, printed and corrected.

How each is judged: `checks`.
"""

from __future__ import annotations

from functools import partial

from compute.claims import Claim
from compute.experiments.gp_kernels import checks, faults
from compute.experiments.gp_kernels.sampler import LAYERS
from compute.experiments.gp_kernels.setting import Params

RECURSION = "iterated kernel recursion (3.3.1), no expansion"

_TANH = Params(activation="tanh", weight_variance=1.0)
_PRINTED = Params(figure="shaped", activation="cubic", weight_variance=1.0, depth=100, psi=0.0)
_SHAPED = Params(figure="shaped", activation="cubic", weight_variance=1.0, depth=100)

# Printed by the authors of [MBD+21], `published` says where: what of, and what it is.
_SHAPERS = (
    ("relu_slope", "ReLU less its mean", r"$\chi = \pi/(\pi - 1) = 1.46694$"),
    ("leaky_relu_slope", "slopes $a$ and 1, network slope 1.2", "$a = 0.87613$"),
    ("leaky_relu_shift", "slopes $a$ and 1, network slope 1.2", "the mean is $0.049419$"),
    ("leaky_relu_scale", "slopes $a$ and 1, network slope 1.2", r"$\gamma = 1.06518$"),
    ("tat_slope", "slopes $a$ and 1, correlation 0 to ¾", "$a = 0.62918$"),
    ("tanh_inner_scale", r"$\tanh(\alpha t + \beta)$, network slope 1.2", r"$\alpha = 0.074611$"),
    ("tanh_inner_shift", r"$\tanh(\alpha t + \beta)$, network slope 1.2", r"$\beta = 0.55669$"),
    ("tanh_shift", r"$\tanh(\alpha t + \beta)$, network slope 1.2", "the mean is $0.50344$"),
    ("gelu_inner_scale", r"GELU of $\alpha t + \beta$, network slope 1.2", r"$\alpha = 0.070433$"),
    ("gelu_inner_shift", r"GELU of $\alpha t + \beta$, network slope 1.2", r"$\beta = 0.25949$"),
)

CLAIMS = (
    Claim(
        key="linear_constant",
        section="3.3.3",
        statement=r"Linear networks at $C_W = 1$: the kernel does not change with depth.",
        route="real weight matrices, exact at every width",
        params=Params(activation="linear", weight_variance=1.0, depth=LAYERS, networks=1000),
        check=checks.linear_constant,
        faults=(faults.WEIGHTS,),
        batches=1000,
    ),
    Claim(
        key="relu_variance",
        section="3.3.3",
        statement=(
            r"ReLU multiplies the variance by $C_W/2$ per layer, from $K^{(0)} = C_W\|x\|^2/N_0$: "
            r"(3.3.1) starts without $C_W$."
        ),
        route="real weight matrices, exact at every width",
        params=Params(networks=1000),
        check=checks.relu_variance,
        faults=(faults.WEIGHTS,),
        batches=1000,
        errata=(14,),
    ),
    Claim(
        key="relu_gap_law",
        section="3.3.3",
        statement=r"ReLU: $1 - C^{(\ell)} \sim 9\pi^2/(2\ell^2)$, whatever $C_W$.",
        route=RECURSION,
        params=Params(depth=10_000),
        check=checks.relu_gap_law,
        faults=(faults.KERNEL, faults.GAP),
        errata=(16,),
    ),
    Claim(
        key="tanh_variance_step",
        section="3.3.3",
        statement=r"tanh at $C_W = 1$: $K' = K - 2K^2 + O(K^3)$; the notes print a plus.",
        route="quadrature of (3.3.1), no expansion",
        params=_TANH,
        check=checks.tanh_variance_step,
        faults=(faults.KERNEL,),
        errata=(17,),
    ),
    Claim(
        key="tanh_law",
        section="3.3.3",
        statement=r"tanh at $C_W = 1$: $K^{(\ell)} \sim 1/(2\ell)$.",
        route=RECURSION,
        params=Params(activation="tanh", weight_variance=1.0, depth=10_000),
        check=checks.tanh_law,
        faults=(faults.KERNEL,),
    ),
    Claim(
        key="tanh_correlation",
        section="3.3.3",
        statement=(
            "tanh at $C_W = 1$: only the variance dies. The correlation keeps a limit below 1."
        ),
        route=RECURSION,
        params=_TANH,
        check=checks.tanh_correlation,
        faults=(faults.KERNEL, faults.GAP),
        errata=(41,),
    ),
    Claim(
        key="order_rate",
        section="3.3.3",
        statement=(
            r"Order: $1 - C^{(\ell)}$ shrinks by the factor $\chi = C_W\,\mathbb{E}\,\sigma'^2$ "
            r"per "
            "layer."
        ),
        route=RECURSION,
        params=Params(activation="tanh", bias_variance=0.3, weight_variance=1.0, depth=100),
        check=checks.order_rate,
        faults=(faults.KERNEL, faults.GAP),
    ),
    Claim(
        key="chaos_fixed_point",
        section="3.3.3",
        statement="Chaos: every correlation below 1 ends at the same fixed point.",
        route=RECURSION,
        params=Params(
            activation="tanh",
            weight_variance=4.0,
            bias_variance=0.3,
            correlation=0.99,
            depth=200,
        ),
        check=checks.chaos_fixed_point,
        faults=(faults.KERNEL, faults.GAP),
    ),
    Claim(
        key="edge_of_chaos",
        section="3.3.3",
        statement=(
            r"The edge: $C_W = 1/\mathbb{E}\,\sigma'^2$ and $C_b = q^* - "
            r"C_W\,\mathbb{E}\,\sigma^2$ give $\chi = 1$."
        ),
        route="one layer on a gap of 10⁻⁹, at the fixed point found from K = 2",
        params=Params(figure="plane", activation="tanh", weight_variance=1.76, bias_variance=0.05),
        check=checks.edge,
        faults=(faults.KERNEL, faults.GAP),
    ),
    Claim(
        key="shaped_limit",
        section="3.3.3",
        statement=(
            r"Shaped networks, $t + \psi t^3/(3L)$: $K^{(\tau)} = K^{(0)}/(1 - 2\psi\tau K^{(0)})$."
        ),
        route="recursion at depths L, 2L, 4L, 8L, extrapolated in 1/L",
        params=_SHAPED,
        check=checks.shaped_limit,
        faults=(faults.KERNEL, faults.PSI),
        errata=(18, 19),
    ),
    Claim(
        key="shaped_blow_up",
        section="3.3.3",
        statement=r"For $\psi > 0$ that kernel exists only up to $\tau^* = 1/(2\psi K^{(0)})$.",
        route="recursion at depths L, 2L, 4L, 8L, extrapolated in 1/L, at 0.9 τ*",
        params=Params(
            figure="shaped", activation="cubic", weight_variance=1.0, psi=0.5, depth=1000
        ),
        check=checks.shaped_blow_up,
        faults=(faults.PSI,),
        errata=(20,),
    ),
    Claim(
        key="shaped_correlation",
        section="3.3.3",
        statement="(3.3.7) leaves the correlation of two inputs where it was.",
        route="recursion at depths L, 2L, 4L, 8L, extrapolated in 1/L",
        params=_SHAPED,
        check=checks.shaped_correlation,
        faults=(faults.GAP,),
    ),
    *(
        Claim(
            key=f"printed_{name}",
            section="3.3.3",
            statement=f"Shaping, as printed with [MBD+21]: {of}: {number}.",
            route="our duals and root finding; theirs is quadrature and bisection to 10⁻⁸",
            params=_PRINTED,
            check=partial(checks.printed, name=name),
            faults=(faults.RELU if name == "relu_slope" else faults.BLOCK,),
        )
        for name, of, number in _SHAPERS
    ),
)
