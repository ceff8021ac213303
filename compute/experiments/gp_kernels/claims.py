"""Claims of §3.3.3: what depth does to the kernel, printed and corrected.

How each is judged: `checks`.
"""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.gp_kernels import checks
from compute.experiments.gp_kernels.sampler import LAYERS
from compute.experiments.gp_kernels.setting import Params

RECURSION = "iterated kernel recursion (3.3.1), no expansion"

_TANH = Params(activation="tanh", weight_variance=1.0)
_SHAPED = Params(figure="shaped", activation="cubic", weight_variance=1.0, depth=100)

CLAIMS = (
    Claim(
        "linear_constant",
        "3.3.3",
        r"Linear networks at $C_W = 1$: the kernel does not change with depth.",
        "real weight matrices, exact at every width",
        Params(activation="linear", weight_variance=1.0, depth=LAYERS, networks=1000),
        checks.linear_constant,
        batches=1000,
    ),
    Claim(
        "relu_variance",
        "3.3.3",
        r"ReLU multiplies the variance by $C_W/2$ per layer, from $K^{(0)} = C_W\|x\|^2/N_0$: "
        r"(3.3.1) starts without $C_W$.",
        "real weight matrices, exact at every width",
        Params(networks=1000),
        checks.relu_variance,
        batches=1000,
        errata=(14,),
    ),
    Claim(
        "relu_gap_law",
        "3.3.3",
        r"ReLU: $1 - C^{(\ell)} \sim 9\pi^2/(2\ell^2)$, whatever $C_W$.",
        RECURSION,
        Params(depth=10_000),
        checks.relu_gap_law,
        errata=(16,),
    ),
    Claim(
        "tanh_variance_step",
        "3.3.3",
        r"tanh at $C_W = 1$: $K' = K - 2K^2 + O(K^3)$; the notes print a plus.",
        "quadrature of (3.3.1), no expansion",
        _TANH,
        checks.tanh_variance_step,
        errata=(17,),
    ),
    Claim(
        "tanh_law",
        "3.3.3",
        r"tanh at $C_W = 1$: $K^{(\ell)} \sim 1/(2\ell)$.",
        RECURSION,
        Params(activation="tanh", weight_variance=1.0, depth=10_000),
        checks.tanh_law,
    ),
    Claim(
        "tanh_correlation",
        "3.3.3",
        "tanh at $C_W = 1$: only the variance dies. The correlation keeps a limit below 1.",
        RECURSION,
        _TANH,
        checks.tanh_correlation,
        errata=(41,),
    ),
    Claim(
        "order_rate",
        "3.3.3",
        r"Order: $1 - C^{(\ell)}$ shrinks by the factor $\chi = C_W\,\mathbb{E}\,\sigma'^2$ per "
        "layer.",
        RECURSION,
        Params(activation="tanh", bias_variance=0.3, weight_variance=1.0, depth=100),
        checks.order_rate,
    ),
    Claim(
        "chaos_fixed_point",
        "3.3.3",
        "Chaos: every correlation below 1 ends at the same fixed point.",
        RECURSION,
        Params(
            activation="tanh",
            weight_variance=4.0,
            bias_variance=0.3,
            correlation=0.99,
            depth=200,
        ),
        checks.chaos_fixed_point,
    ),
    Claim(
        "edge_of_chaos",
        "3.3.3",
        r"The edge: $C_W = 1/\mathbb{E}\,\sigma'^2$ and $C_b = q^* - C_W\,\mathbb{E}\,\sigma^2$ "
        r"give $\chi = 1$.",
        "one layer on a gap of 10⁻⁹, at the fixed point found from K = 2",
        Params(figure="plane", activation="tanh", weight_variance=1.76, bias_variance=0.05),
        checks.edge,
    ),
    Claim(
        "shaped_limit",
        "3.3.3",
        r"Shaped networks, $t + \psi t^3/(3L)$: $K^{(\tau)} = K^{(0)}/(1 - 2\psi\tau K^{(0)})$.",
        "recursion at depths L, 2L, 4L, 8L, extrapolated in 1/L",
        _SHAPED,
        checks.shaped_limit,
        errata=(18, 19),
    ),
    Claim(
        "shaped_blow_up",
        "3.3.3",
        r"For $\psi > 0$ that kernel exists only up to $\tau^* = 1/(2\psi K^{(0)})$.",
        "recursion at depths L, 2L, 4L, 8L, extrapolated in 1/L, at 0.9 τ*",
        Params(figure="shaped", activation="cubic", weight_variance=1.0, psi=0.5, depth=1000),
        checks.shaped_blow_up,
        errata=(20,),
    ),
    Claim(
        "shaped_correlation",
        "3.3.3",
        "(3.3.7) leaves the correlation of two inputs where it was.",
        "recursion at depths L, 2L, 4L, 8L, extrapolated in 1/L",
        _SHAPED,
        checks.shaped_correlation,
    ),
)
