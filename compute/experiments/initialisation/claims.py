"""Claims of section 2.1.1: what is random at initialisation, printed and corrected."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.initialisation import checks
from compute.experiments.initialisation.setting import Params

WEIGHTS = "outputs (2.1.1) of networks with every weight drawn"
GRADIENTS = "gradients of drawn networks, multiplied over all parameters"
NUMERICAL = "fourth-order differences of the output in every parameter"

_OUTPUT = Params(networks=100_000)
_WIDTH = Params(figure="width")

CLAIMS = (
    Claim(
        "preactivation_covariance",
        "2.1.1",
        r"(2.1.7): $z^{(1)}_i(x)$ and $z^{(1)}_i(x')$ have covariance $K^{(0)}=x\cdot x'/N_0$.",
        "products of pre-activations of drawn networks",
        _OUTPUT,
        checks.same_neuron,
        batches=4,
    ),
    Claim(
        "preactivation_independence",
        "2.1.1",
        r"(2.1.7): pre-activations of different neurons are uncorrelated.",
        "products of pre-activations of drawn networks",
        _OUTPUT,
        checks.other_neuron,
        batches=4,
    ),
    Claim(
        "output_prefactor",
        "2.1.1",
        r"The display after (2.1.6) needs $\frac{1}{\gamma\sqrt{N_1}}$: the output's variance does "
        r"not grow with $N_1$.",
        WEIGHTS,
        _OUTPUT,
        checks.prefactor,
        batches=4,
        errata=(3,),
    ),
    Claim(
        "output_kernel_index",
        "2.1.1",
        r"The limit $K^{(2)}$ of the output's covariance is $K^{(1)}$ in Chapter 3's numbering: "
        r"one step of (3.3.1).",
        WEIGHTS,
        _OUTPUT,
        checks.kernel_index,
        batches=4,
        errata=(48,),
    ),
    Claim(
        "output_mixture",
        "2.1.1",
        r"Given $W^{(1)}$ the output is Gaussian; without it, a mixture: its excess kurtosis is "
        r"$3\,\mathrm{Var}\,S/(\mathbb E S)^2\propto 1/N_1$ (ReLU: $15/N_1$), not $0$.",
        WEIGHTS,
        _OUTPUT,
        checks.kurtosis,
        batches=4,
    ),
    Claim(
        "conditional_covariance_limit",
        "2.1.1",
        r"The conditional covariance has mean $\frac{1}{\gamma^2}\mathbb E[\sigma(z_1(x))\,"
        r"\sigma(z_1(x'))]$.",
        "first layers of drawn networks",
        _WIDTH,
        checks.covariance_mean,
        batches=12,
    ),
    Claim(
        "conditional_covariance_slope",
        "2.1.1",
        r"It becomes deterministic: its fluctuation falls like $N_1^{-1/2}$ (slope within $0.05$).",
        "first layers of drawn networks, 4 to 4096 wide",
        _WIDTH,
        checks.covariance_slope,
        batches=12,
    ),
    Claim(
        "ntk_formula",
        "2.1.1",
        r"(2.1.9) needs $(W^{(2)}_i)^2$ before $\frac{x\cdot x'}{N_0}\sigma'\sigma'$. (Here "
        r"$\mathrm{NTK}=\eta\langle\nabla z,\nabla z\rangle$ as in (2.1.8); the $\Theta$ of the "
        r"next pages is $\mathrm{NTK}/|\mathcal D|$.)",
        NUMERICAL,
        Params(figure="width", activation="tanh"),
        checks.ntk_formula,
        errata=(4,),
    ),
    Claim(
        "ntk_fluctuation_size",
        "2.1.1",
        r"That factor shows in the spread too: the tangent kernel varies more than (2.1.9) as "
        r"printed would.",
        GRADIENTS,
        _WIDTH,
        checks.ntk_spread,
        batches=12,
        errata=(4,),
    ),
    Claim(
        "ntk_mean",
        "2.1.1",
        r"(2.1.10) is right as printed: $(W^{(2)}_i)^2$ has mean $1$.",
        GRADIENTS,
        _WIDTH,
        checks.ntk_mean,
        batches=12,
    ),
    Claim(
        "ntk_initial_slope",
        "2.1.1",
        r"The tangent kernel at initialisation fluctuates like $N_1^{-1/2}$ (slope within $0.05$).",
        GRADIENTS,
        _WIDTH,
        checks.ntk_slope,
        batches=12,
    ),
    Claim(
        "ntk_learning_rate",
        "2.1.1",
        r"(2.1.11): the tangent kernel stays of order $1$ if and only if $\eta=\Theta(\gamma^2)$.",
        GRADIENTS,
        Params(figure="table", scaling="root"),
        checks.learning_rate,
        batches=12,
    ),
    Claim(
        "outputs_dependent",
        "2.1.1",
        r"Two outputs of one hidden layer are uncorrelated, but independent in the limit only: "
        r"their squares have correlation $v/(2+3v)$, $v=\mathrm{Var}\,S/(\mathbb E S)^2$.",
        "two outputs of networks with every weight drawn",
        Params(figure="outputs"),
        checks.squares,
        batches=6,
    ),
)
