"""Claims of §1.3.1: what a full rank needs, and what descent makes of it. Judged in `checks`."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.overparameterisation import checks, faults
from compute.experiments.overparameterisation.setting import Params

_SVD = "singular values of the Jacobians of drawn networks"
_FLOW = "real matrices, 3 inputs, 5 hidden neurons, 3 outputs, by Runge–Kutta steps"
_STARTS = Params(figure="starts", steps=10_000, starts=400)

CLAIMS = (
    Claim(
        key="loss_chain_rule",
        section="1.3.1",
        statement=r"$\nabla_\theta\mathcal{L} = (D_\theta z)^T\nabla_z\mathcal{L}$.",
        route="the loss itself at complex parameters, along a random direction; no derivative of σ",
        params=Params(depth=2),
        check=checks.chain_rule,
        faults=(faults.NOISE,),
    ),
    Claim(
        key="smooth_rank",
        section="1.3.1",
        statement=(
            r"tanh and GELU, every layer 3 wide or wider: the Jacobian has rank $\min(P, |D|)$ at "
            "random parameters (1.3.4)."
        ),
        route=_SVD,
        params=Params(),
        check=checks.smooth_rank,
        faults=(faults.TWINS,),
    ),
    Claim(
        key="relu_rank_bound",
        section="1.3.1",
        statement=(
            r"ReLU: the rank is at most $\min(P - \sum_\ell N_\ell, |D|)$, for every "
            "neuron's scale is free."
        ),
        route=_SVD,
        params=Params(activation="relu", depth=2),
        check=checks.relu_bound,
        faults=(faults.NOISE,),
    ),
    Claim(
        key="relu_pattern_rank",
        section="1.3.1",
        statement=(
            r"One hidden ReLU layer: the rank is the dimension of the span of $1$, $p_k$ and "
            r"$p_k x_j$ over the distinct activation patterns $p_k$."
        ),
        route=f"{_SVD}; patterns are signs alone",
        params=Params(activation="relu"),
        check=checks.relu_patterns,
        faults=(faults.SHIFT,),
    ),
    Claim(
        key="linear_network_rank",
        section="1.3.1",
        statement=r"Linear networks, one output: rank $1 + \min(|D| - 1, N_0)$, however wide.",
        route=_SVD,
        params=Params(activation="linear"),
        check=checks.linear_rank,
        faults=(faults.NOISE,),
    ),
    Claim(
        key="linear_half_times",
        section="1.3.1",
        statement=(
            r"From a small aligned start every mode of $D$ linear layers follows "
            r"$\tau\dot a = D\,a^{2-2/D}(s - a)$."
        ),
        route=_FLOW,
        params=Params(figure="linear"),
        check=checks.linear_modes,
        faults=(faults.TARGET,),
    ),
    Claim(
        key="linear_sigmoids",
        section="1.3.1",
        statement=(
            r"Two linear layers: the loss is $\tfrac12\sum_k(s_k - a_k)^2$ with sigmoids "
            r"$a_k(t)$; between two of them it rests near $\tfrac12\sum_{k>j}s_k^2$."
        ),
        route=_FLOW,
        params=Params(figure="linear", ratio=3.0, start=1e-4),
        check=checks.linear_loss,
        faults=(faults.TARGET,),
    ),
    Claim(
        key="enough_parameters",
        section="1.3.1",
        statement=(
            r"tanh, $N_0 = 8$, $|D| = 16$: at $P/|D| \ge 3$ at least 95 % of all starts reach a "
            r"loss of $10^{-4}$ within 10 000 steps."
        ),
        route="gradient descent on real networks",
        params=_STARTS,
        check=checks.enough,
        faults=(faults.SHORT,),
        batches=400,
    ),
    Claim(
        key="too_few_parameters",
        section="1.3.1",
        statement="The same at $P < |D|$: at most 5 % do.",
        route="gradient descent on real networks",
        params=_STARTS,
        check=checks.too_few,
        faults=(faults.EASY,),
        batches=400,
    ),
)
