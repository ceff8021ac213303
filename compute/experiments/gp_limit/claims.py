"""Claims of §3.3: the limit, its kernel as printed and corrected, and how fast it is reached.

How each is judged: `checks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from compute.claims import Claim, where
from compute.experiments.gp_limit import checks, faults
from compute.experiments.gp_limit.setting import FAST, ODD, Params

WEIGHTS = "real weight matrices"
EXACT = "exact law by inverting its moments"

_KERNEL = Params(figure="kernel", width=16, depth=2, norm=1.75, networks=20_000)
_SMOOTH = replace(_KERNEL, activation="tanh", weight_variance=1.5, bias_variance=0.1, norm=1.0)
_LINEAR = Params(activation="linear", weight_variance=1.0, width=4, depth=2)
_NARROW = Params(width=3, depth=2)
_MOMENTS = Params(figure="moments", depth=1)
_CLOSE = Params(figure="inputs", depth=1, width=8, networks=50_000)

_claim = partial(Claim, section="3.3")
_drawn = partial(_claim, route=WEIGHTS, batches=64)
_against_law = partial(_drawn, route=f"{WEIGHTS} against the {EXACT}", faults=(faults.LAYER,))
_counted = partial(_claim, route=EXACT, faults=(faults.DISTANCE,))


def _like(wanted: Params) -> Callable[[Params], bool]:
    """Networks of the same σ; of ReLU, which may be dead, those that are as narrow or as wide."""
    either, narrow = wanted.activation == "linear", wanted.width < 10
    return lambda p: p.activation == wanted.activation and (either or (p.width < 10) == narrow)


CLAIMS = (
    _claim(
        key="growth",
        statement=(
            r"The theorem asks that $(1+|x|)^{-k}|\sigma(x)|$ be bounded for some $k$; as printed, "
            r"$(1+|x|^{-k})|\sigma(x)|$, ReLU would fail."
        ),
        route="values of σ at 10³ and 10⁴",
        params=_KERNEL,
        check=checks.growth,
        faults=(faults.CUBE,),
        errata=(13,),
    ),
    _drawn(
        key="first_layer",
        statement=r"(3.3.1) starts from $K^{(0)} = C_W\,x\cdot x'/N_0$; the notes print no $C_W$.",
        route=f"{WEIGHTS}, exact at every width",
        params=_KERNEL,
        check=where(lambda p: p.bias_variance == 0, checks.output_variance),
        faults=(faults.HEAVY,),
        errata=(14,),
    ),
    _drawn(
        key="biases",
        statement=r"With biases $C_b$ is added in every layer of (3.3.1), the first included.",
        route=f"{WEIGHTS}, exact at every width",
        params=replace(_KERNEL, bias_variance=0.5),
        check=where(lambda p: p.bias_variance > 0, checks.output_variance),
        faults=(faults.HEAVY,),
        errata=(15,),
    ),
    _drawn(
        key="limit",
        statement=r"$\widehat K^{(L)}(x,x')$ tends to the kernel of (3.3.1) for any such $\sigma$.",
        route=f"{WEIGHTS}; beyond the first layer a bias of order 1/N, computed",
        params=replace(_SMOOTH, depth=3, width=64),
        check=checks.limit,
        faults=(faults.LOUD,),
        errata=(14, 15),
    ),
    *(
        _against_law(
            key=f"law_{name}",
            statement=rf"One output of {words} has its exact law, not yet the Gaussian one.",
            params=params,
            check=where(_like(params), checks.output_law),
        )
        for name, words, params in (
            ("linear", "a linear network", _LINEAR),
            ("narrow", "a narrow ReLU network", _NARROW),
            ("relu", "a ReLU network", Params(width=16, depth=4)),
        )
    ),
    _drawn(
        key="one_layer",
        statement=r"One hidden layer: $\mathbb{E}\,z(x)z(x') = K^{(1)}(x,x')$ at every width.",
        params=replace(_SMOOTH, figure="joint", depth=1),
        check=checks.one_layer,
        faults=(faults.LOUD,),
    ),
    _drawn(
        key="dead_share",
        statement=r"A share $1-(1-2^{-N})^L$ of ReLU networks without biases gives 0.",
        params=_NARROW,
        check=checks.dead_share,
        faults=(faults.LAYER, faults.NEURON),
    ),
    _against_law(
        key="transform_law",
        section="3.3.2",
        statement=r"$\mathbb{E}\,e^{-i\xi z}$ is that of the exact law at width $N$.",
        params=Params(figure="transform"),
        check=checks.transform_law,
    ),
    _drawn(
        key="transform_given",
        section="3.3.2",
        statement=(
            r"(3.3.4): $\mathbb{E}\,e^{-i\xi z} = \mathbb{E}\,e^{-\xi^2\widehat K/2}$ at any width."
        ),
        route=f"{WEIGHTS}: the output and K̂ of the same networks",
        params=replace(_SMOOTH, figure="transform", networks=50_000),
        check=checks.transform_given,
        faults=(faults.LAST,),
    ),
    *(
        _claim(
            key=f"moment_{order}",
            section="3.3.1",
            statement=rf"(3.3.2) at $k = {order}$: the centred moment falls like $N^{{-{power}}}$.",
            route="exact rational moments of the layers' factors",
            params=_MOMENTS,
            check=partial(checks.moment_slope, order=order),
            faults=(faults.MOMENT,),
        )
        for order, power in ((3, 2), (5, 3))
    ),
    _drawn(
        key="second_moment",
        section="3.3.1",
        statement=r"$\mathbb{E}(\widehat K/K-1)^2 = (1+c/N)^L - 1$, $c = 2$ (linear), 5 (ReLU).",
        params=replace(_MOMENTS, depth=3, networks=100_000),
        check=checks.second_moment,
        faults=(faults.LAYER,),
    ),
    _drawn(
        key="odd_moments",
        section="3.3.1",
        statement=(
            r"(3.3.2) is an upper bound: for odd $\sigma$ at orthogonal inputs odd moments vanish."
        ),
        params=ODD,
        check=checks.odd_moments,
        faults=(faults.EVEN,),
    ),
    _counted(
        key="law_slope",
        statement=r"The law of an output approaches the Gaussian like $1/N$.",
        params=FAST,
        check=checks.law_slope,
    ),
    _counted(
        key="leading_constant",
        statement=r"Its distance is $\kappa_4/K^2$ times a constant, in each metric.",
        params=replace(FAST, metric="wasserstein_2"),
        check=partial(checks.leading_constant, several=False),
    ),
    _counted(
        key="many_outputs",
        statement=r"For $m$ outputs that constant grows like $m$: $N$ must beat $L\,N_{L+1}$.",
        params=replace(FAST, outputs=10),
        check=partial(checks.leading_constant, several=True),
    ),
    _counted(
        key="collapse",
        statement=r"Only $v = cL/N$ counts: linear and ReLU networks meet on one curve $D(v)$.",
        params=replace(FAST, depth=100),
        check=checks.collapse,
        faults=(faults.RELU_ONLY,),
    ),
    _drawn(
        key="fixed_slope",
        section="3.3.2",
        statement=r"One fixed network approaches it like $N^{-1/2}$ only.",
        route=f"{WEIGHTS}, and the law N(0, K̂) of each",
        params=FAST,
        check=checks.fixed_slope,
        faults=(faults.SQUARED,),
    ),
    _against_law(
        key="fixed_distance",
        section="3.3.2",
        statement=r"A fixed network's mean distance is that of the exact law of $\widehat K$.",
        params=FAST,
        check=checks.fixed_distance,
    ),
    *(
        _drawn(
            key=f"along_{name}",
            section="3.3.1",
            statement=(
                rf"Inputs that are {words} cost nothing: along $v = (1,-1)$ "
                r"$N\,\mathrm{Var}\,\widehat K_v/K_v^2$ is of order 1."
            ),
            params=_CLOSE,
            check=partial(checks.along, correlation=correlation),
            faults=(faults.LAYER,),
        )
        for name, words, correlation in (
            ("close", "nearly equal", 0.999),
            ("orthogonal", "orthogonal", 0.0),
            ("opposite", "opposite", -1.0),
        )
    ),
)
