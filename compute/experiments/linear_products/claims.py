"""Claims of section 3.2: what the notes say of products of random matrices, and where to test it.

Every measurement multiplies real weight matrices. How each is judged: `checks`.
"""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.linear_products import faults
from compute.experiments.linear_products.checks import law, matrices
from compute.experiments.linear_products.setting import Params

WEIGHTS = "real weight matrices, multiplied layer by layer"
FRAMES = "real matrices, QR factorisation of a frame after each; no Bartlett factors"
IMAGES = "real matrices W applied to a fixed unit vector u"


def _law(
    inputs: int, width: int, depth: int, outputs: int, samples: int, **more: float | str
) -> Params:
    return Params(
        inputs=inputs,
        width=width,
        depth=depth,
        outputs=outputs,
        samples=samples,
        route="weights",
        **more,  # type: ignore[arg-type]
    )


TEN_WIDE = _law(10, 10, 10, 10, 100_000)
CRITICAL = _law(32, 32, 31, 32, 10_000)

CLAIMS = (
    Claim(
        key="log_norm_mean",
        section="3.2",
        statement=(
            r"A layer of width $N$ adds to $\log X$ a term with mean "
            r"$-\frac{1}{2N}-\frac{1}{6N^2}$, twice what is printed: it is close to 0, not to 1."
        ),
        route=WEIGHTS,
        params=TEN_WIDE,
        check=law.layer_mean,
        faults=(faults.WEIGHTS, faults.NEURON, faults.LAYER),
        batches=4,
        errata=(9, 12),
    ),
    Claim(
        key="log_norm_variance",
        section="3.2",
        statement=(
            r"The variance of that term is $\frac{1}{2N}+\frac{1}{2N^2}$, twice what is printed."
        ),
        route=WEIGHTS,
        params=TEN_WIDE,
        check=law.layer_variance,
        faults=(faults.NEURON, faults.LAYER, faults.UNIFORM),
        batches=4,
        errata=(9,),
    ),
    Claim(
        key="lognormal_law",
        section="3.2",
        statement=(
            r"Between wide layers $\log X$ is nearly $\mathcal N(-\frac\beta2,\frac\beta2)$: its "
            r"mean. ($\mathbb E X^2$ is the same under both laws and cannot tell, and "
            r"$\mathbb E X^4$ cannot be sampled once $\beta\ge1$.)"
        ),
        route=WEIGHTS,
        params=CRITICAL,
        check=law.lognormal_mean,
        faults=(faults.WEIGHTS, faults.NEURON, faults.NARROW),
        batches=8,
        errata=(10,),
    ),
    Claim(
        key="lognormal_variance",
        section="3.2",
        statement=r"The same law's variance, $\frac\beta2$ and not $\frac\beta4$.",
        route=WEIGHTS,
        params=CRITICAL,
        check=law.lognormal_variance,
        faults=(faults.NEURON, faults.NARROW),
        batches=8,
        errata=(10,),
    ),
    Claim(
        key="output_layer",
        section="3.2",
        statement=r"The sum in (3.2.3), and so $\beta$, runs over the output layer too.",
        route=WEIGHTS,
        params=_law(3, 10, 8, 4, 100_000),
        check=law.output_layer,
        faults=(faults.WEIGHTS, faults.NEURON, faults.LAYER),
        batches=4,
        errata=(11,),
    ),
    Claim(
        key="chi_square_law",
        section="3.2",
        statement=r"(3.2.3): $\log X$ is a sum of independent log chi-squares, one per layer.",
        route=WEIGHTS,
        params=_law(16, 16, 16, 16, 30_000),
        check=law.chi_square_law(),
        faults=(faults.WEIGHTS, faults.NEURON, faults.UNIFORM),
        batches=8,
    ),
    Claim(
        key="chi_square_law_narrow",
        section="3.2",
        statement=r"(3.2.3) where no limit helps: width 3, depth 5.",
        route=WEIGHTS,
        params=_law(3, 3, 5, 3, 300_000),
        check=law.chi_square_law(at=(3,) * 7),
        faults=(faults.WEIGHTS, faults.NEURON, faults.UNIFORM),
        batches=2,
    ),
    Claim(
        key="chi_square_law_uneven",
        section="3.2",
        statement=r"(3.2.3) with unequal widths: 3, 8, 2, 5.",
        route=WEIGHTS,
        params=_law(3, 8, 2, 5, 300_000, taper="bottleneck", neck=2),
        check=law.chi_square_law(at=(3, 8, 2, 5)),
        faults=(faults.WEIGHTS, faults.NEURON, faults.UNIFORM),
        batches=2,
    ),
    Claim(
        key="mean_norm_preserved",
        section="3.2",
        statement=(
            r"$\mathbb E\lVert z^{(L+1)}\rVert^2=C_W^{L+1}N_{L+1}/N_0$ at $\lVert x\rVert=1$, "
            r"whatever the law of the weights: $L+1$ factors, unchanged at $C_W=1$."
        ),
        route=WEIGHTS,
        params=_law(3, 30, 2, 2, 100_000, weight_variance=1.5),
        check=law.mean_norm,
        faults=(faults.WEIGHTS, faults.LAYER),
        batches=4,
        errata=(8,),
    ),
    Claim(
        key="prefactor",
        section="3.2",
        statement=r"The last factor of (3.2.2) is $W^{(L+1)}/\sqrt{N_L}$, not $W^{(L+1)}/N_L$.",
        route=WEIGHTS,
        params=_law(3, 30, 2, 2, 100_000),
        check=law.prefactor,
        faults=(faults.WEIGHTS, faults.LAYER),
        batches=4,
        errata=(7,),
    ),
    Claim(
        key="mean_norm_deep",
        section="3.2",
        statement=(
            r"At $\beta=10$ the mean of $\lVert z\rVert^2$ is still $1$, but all networks except "
            r"one in a hundred carry less than a fiftieth of it: few samples show the rest."
        ),
        route=WEIGHTS,
        params=_law(10, 10, 99, 10, 30_000),
        check=law.deep_mean,
        faults=(faults.WEIGHTS,),
        batches=8,
    ),
    Claim(
        key="gp_limit_covariance",
        section="3.2",
        statement=(
            r"At $C_W=1$ the outputs at two inputs have covariance $x\cdot x'/N_0$ at every depth."
        ),
        route=WEIGHTS + ", two inputs 60° apart",
        params=_law(4, 40, 4, 10, 30_000),
        check=law.covariance,
        faults=(faults.WEIGHTS, faults.LARGE),
        batches=8,
        errata=(7,),
    ),
    Claim(
        key="lyapunov",
        section="3.2",
        statement=(
            r"At fixed width the norm of a vector grows by $\mu_1=\frac12[\psi(\frac N2)-"
            r"\log\frac N2]$ per layer (Newman)."
        ),
        route=FRAMES,
        params=Params(figure="spectrum", width=4, depth=64),
        check=matrices.largest_exponent,
        faults=(faults.WEIGHTS, faults.UNIFORM),
        batches=4,
    ),
    Claim(
        key="lyapunov_spread",
        section="3.2",
        statement=(
            r"All exponents differ: $\mu_i=\frac12[\psi(\frac{N-i+1}2)-\log\frac N2]$; the two "
            r"ends of the spectrum part by $\mu_1-\mu_N$ per layer."
        ),
        route=FRAMES,
        params=Params(figure="spectrum", width=4, depth=64),
        check=matrices.exponent_spread,
        faults=(faults.UNIFORM,),
        batches=4,
    ),
    Claim(
        key="universality",
        section="3.2",
        statement=(
            r"Fixed depth, wide layers: the spectrum is Fuss–Catalan for every law of the weights "
            r"(here: its second moment, Student-t weights)."
        ),
        route="traces of products of real matrices, 256 wide",
        params=Params(figure="spectrum", width=256, depth=2, entries="student"),
        check=matrices.free_moment,
        faults=(faults.WEIGHTS, faults.MATRIX),
        batches=24,
    ),
    Claim(
        key="lyapunov_not_universal",
        section="3.2",
        statement=(
            r"Fixed width, deep: the Lyapunov exponents do depend on the law of the weights "
            r"(here: uniform weights at width 2)."
        ),
        route=FRAMES,
        params=Params(figure="spectrum", width=2, depth=64, entries="uniform"),
        check=matrices.exponents_differ,
        faults=(faults.WEIGHTS, faults.GAUSSIAN),
        batches=4,
    ),
    Claim(
        key="norm_law",
        section="3.2",
        statement=r"(3.2.1): $\lVert Wu\rVert^2$ is $\chi^2_N$; its mean is $N$, not $N/N'$.",
        route=IMAGES,
        params=Params(figure="direction", inputs=3, width=5, samples=1_000_000),
        check=matrices.squared_image,
        faults=(faults.WEIGHTS,),
        batches=4,
        errata=(6,),
    ),
    Claim(
        key="norm_direction",
        section="3.2",
        statement=(
            r"(3.2.1): for Gaussian $W$ the norm of $Wu$ is independent of the direction "
            r"$v=Wu/\lVert Wu\rVert$."
        ),
        route=IMAGES,
        params=Params(figure="direction", inputs=4, width=4, samples=1_000_000),
        check=matrices.independent,
        faults=(faults.UNIFORM,),
        batches=4,
    ),
    Claim(
        key="norm_direction_signs",
        section="3.2",
        statement=r"For $\pm1$ weights norm and direction do depend on each other.",
        route=IMAGES,
        params=Params(figure="direction", inputs=3, width=3, samples=1_000_000, entries="sign"),
        check=matrices.dependent,
        faults=(faults.UNIFORM, faults.GAUSSIAN),
        batches=2,
    ),
)
