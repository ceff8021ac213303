"""Claims of section 2.1.1: what is random at initialisation, printed and corrected."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.initialisation import checks, faults
from compute.experiments.initialisation.setting import Params

WEIGHTS = "outputs (2.1.1) of networks with every weight drawn"
GRADIENTS = "gradients of drawn networks, multiplied over all parameters"
NUMERICAL = "fourth-order differences of the output in every parameter"

_OUTPUT = Params(networks=100_000)
_WIDTH = Params(figure="width")

CLAIMS = (
    Claim(
        key="preactivation_covariance",
        section="2.1.1",
        statement=(
            r"(2.1.7): $z^{(1)}_i(x)$ and $z^{(1)}_i(x')$ have covariance $K^{(0)}=x\cdot x'/N_0$."
        ),
        route="products of pre-activations of drawn networks",
        params=_OUTPUT,
        check=checks.same_neuron,
        faults=(faults.WEIGHTS,),
        batches=4,
    ),
    Claim(
        key="preactivation_independence",
        section="2.1.1",
        statement=r"(2.1.7): pre-activations of different neurons are uncorrelated.",
        route="products of pre-activations of drawn networks",
        params=_OUTPUT,
        check=checks.other_neuron,
        faults=(faults.SHARED,),
        batches=4,
    ),
    Claim(
        key="output_prefactor",
        section="2.1.1",
        statement=(
            r"The display after (2.1.6) needs $\frac{1}{\gamma\sqrt{N_1}}$: the output's variance "
            r"does not grow with $N_1$."
        ),
        route=WEIGHTS,
        params=_OUTPUT,
        check=checks.prefactor,
        faults=(faults.WEIGHTS,),
        batches=4,
        errata=(3,),
    ),
    Claim(
        key="output_kernel_index",
        section="2.1.1",
        statement=(
            r"The limit $K^{(2)}$ of the output's covariance is $K^{(1)}$ in Chapter 3's "
            r"numbering: one step of (3.3.1)."
        ),
        route=WEIGHTS,
        params=_OUTPUT,
        check=checks.kernel_index,
        faults=(faults.WEIGHTS,),
        batches=4,
        errata=(48,),
    ),
    Claim(
        key="output_mixture",
        section="2.1.1",
        statement=(
            r"Given $W^{(1)}$ the output is Gaussian; without it, a mixture: its excess kurtosis "
            r"is $3\,\mathrm{Var}\,S/(\mathbb E S)^2\propto 1/N_1$ (ReLU: $15/N_1$), not $0$."
        ),
        route=WEIGHTS,
        params=_OUTPUT,
        check=checks.kurtosis,
        faults=(faults.SHARED,),
        batches=4,
    ),
    Claim(
        key="conditional_covariance_limit",
        section="2.1.1",
        statement=(
            r"The conditional covariance has mean $\frac{1}{\gamma^2}\mathbb E[\sigma(z_1(x))\,"
            r"\sigma(z_1(x'))]$."
        ),
        route="first layers of drawn networks",
        params=_WIDTH,
        check=checks.covariance_mean,
        faults=(faults.WEIGHTS,),
        batches=12,
    ),
    Claim(
        key="conditional_covariance_slope",
        section="2.1.1",
        statement=(
            r"It becomes deterministic: its fluctuation falls like $N_1^{-1/2}$ (slope within "
            r"$0.05$)."
        ),
        route="first layers of drawn networks, 4 to 4096 wide",
        params=_WIDTH,
        check=checks.covariance_slope,
        faults=(faults.SHARED,),
        batches=12,
    ),
    Claim(
        key="ntk_formula",
        section="2.1.1",
        statement=(
            r"(2.1.9) needs $(W^{(2)}_i)^2$ before $\frac{x\cdot x'}{N_0}\sigma'\sigma'$. (Here "
            r"$\mathrm{NTK}=\eta\langle\nabla z,\nabla z\rangle$ as in (2.1.8); the $\Theta$ of "
            r"the next pages is $\mathrm{NTK}/|\mathcal D|$.)"
        ),
        route=NUMERICAL,
        params=Params(figure="width", activation="tanh"),
        check=checks.ntk_formula,
        faults=(faults.GRADIENT,),
        errata=(4,),
    ),
    Claim(
        key="ntk_fluctuation_size",
        section="2.1.1",
        statement=(
            r"That factor shows in the spread too: the tangent kernel varies more than (2.1.9) as "
            r"printed would."
        ),
        route=GRADIENTS,
        params=_WIDTH,
        check=checks.ntk_spread,
        faults=(faults.WEIGHTS, faults.SHARED),
        batches=12,
        errata=(4,),
    ),
    Claim(
        key="ntk_mean",
        section="2.1.1",
        statement=r"(2.1.10) is right as printed: $(W^{(2)}_i)^2$ has mean $1$.",
        route=GRADIENTS,
        params=_WIDTH,
        check=checks.ntk_mean,
        faults=(faults.WEIGHTS,),
        batches=12,
    ),
    Claim(
        key="ntk_initial_slope",
        section="2.1.1",
        statement=(
            r"The tangent kernel at initialisation fluctuates like $N_1^{-1/2}$ (slope within "
            r"$0.05$)."
        ),
        route=GRADIENTS,
        params=_WIDTH,
        check=checks.ntk_slope,
        faults=(faults.SHARED,),
        batches=12,
    ),
    Claim(
        key="ntk_learning_rate",
        section="2.1.1",
        statement=(
            r"(2.1.11): the tangent kernel stays of order $1$ if and only if "
            r"$\eta=\Theta(\gamma^2)$."
        ),
        route=GRADIENTS,
        params=Params(figure="table", scaling="root"),
        check=checks.learning_rate,
        faults=(faults.GAMMA,),
        batches=12,
    ),
    Claim(
        key="outputs_dependent",
        section="2.1.1",
        statement=(
            r"Two outputs of one hidden layer are uncorrelated, but independent in the limit only: "
            r"their squares have correlation $v/(2+3v)$, $v=\mathrm{Var}\,S/(\mathbb E S)^2$."
        ),
        route="two outputs of networks with every weight drawn",
        params=Params(figure="outputs"),
        check=checks.squares,
        faults=(faults.SHARED, faults.ALIKE),
        batches=6,
    ),
)
