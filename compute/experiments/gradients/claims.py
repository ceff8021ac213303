"""Claims of page 3.5: what depth does to gradients and to the tangent kernel, and where to test it.

Every sample multiplies real weight matrices, forwards and backwards. How each is judged: `checks`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from compute.claims import Claim, where
from compute.experiments.gradients import checks, faults
from compute.experiments.gradients.setting import Params

WEIGHTS = "real weight matrices, gradients by going back through them"
STEPS = "real gradient steps of ± 0.03/E Θ from real weights, central difference"

_BOTTOM = Params(width=3, depth=5, inputs=4, networks=100_000)
_WIDE = Params(width=16, depth=8, inputs=10, networks=10_000)
_BIASED = Params(width=6, depth=4, inputs=3, bias_variance=1.0, networks=20_000)
_LINEAR = Params(
    activation="linear", width=6, depth=6, inputs=5, weight_variance=1.0, networks=20_000
)
_LAYERS = Params(figure="layers", networks=20_000)
_LAYERS_LINEAR = replace(_LAYERS, activation="linear", width=5, depth=10, weight_variance=1.0)
_LAYERS_WIDE = Params(figure="layers", width=24, depth=24, inputs=6, networks=3000)
_KERNEL = Params(figure="kernel", width=24, depth=6, networks=20_000)
_KERNEL_NARROW = Params(figure="kernel", width=12, depth=3, inputs=5, networks=50_000)
_KERNEL_LINEAR = replace(
    _KERNEL_NARROW, activation="linear", width=8, inputs=8, weight_variance=1.0
)
_STEP = Params(figure="step", width=16, depth=2, networks=50_000)
_STEP_NARROW = Params(figure="step", width=6, depth=1, inputs=3, networks=50_000)
_STEP_LINEAR = replace(_STEP, activation="linear", depth=3, weight_variance=1.0, target=1.0)

_drawn = partial(Claim, section="3", route=WEIGHTS)

CLAIMS = (
    _drawn(
        key="gradient_mean",
        statement=(
            r"$\mathbb E\lVert\nabla_x z\rVert^2=2$ for ReLU with all weights of variance $2$: the "
            r"first layer has no gate. The notes print $1$."
        ),
        params=Params(width=16, depth=4, networks=10_000),
        check=checks.gradient_mean,
        faults=(faults.WEIGHTS, faults.FIRST),
        batches=4,
        errata=(27,),
    ),
    _drawn(
        key="input_gradient_fourth",
        statement=(
            r"$\mathbb E\lVert\nabla_x z\rVert^4=4\,(1+\frac2{N_0})\prod_\ell(1+\frac5{N_\ell})$ "
            "for ReLU."
        ),
        params=Params(width=32, depth=6, inputs=8, networks=20_000),
        check=checks.gradient_fourth,
        faults=(faults.WEIGHTS, faults.FIRST),
        batches=16,
    ),
    _drawn(
        key="gradient_law",
        statement=(
            r"$\lVert\nabla_x z\rVert^2\overset{d}{=}\frac{C_W}{N_0}\chi^2_{N_0}\prod_\ell"
            r"\frac{C_W}{N_\ell}\chi^2_{B_\ell}$, $B_\ell\sim\mathrm{Bin}(N_\ell,\frac12)$."
        ),
        params=_WIDE,
        check=checks.gradient_law,
        faults=(faults.WEIGHTS, faults.FIRST, faults.GATE, faults.NEURON),
        batches=8,
        errata=(27,),
    ),
    _drawn(
        key="gradient_law_narrow",
        statement="The same law where no limit helps, and one network in two is dead: width 3.",
        params=_BOTTOM,
        check=where(checks.at(_BOTTOM), checks.gradient_law),
        faults=(faults.WEIGHTS, faults.GATE, faults.NEURON),
        batches=4,
    ),
    _drawn(
        key="gradient_law_biases",
        statement="Biases leave that law as it is: fair signs make every gate fair.",
        params=_BIASED,
        check=where(checks.at(_BIASED), checks.gradient_law),
        faults=(faults.WEIGHTS, faults.GATE, faults.NEURON),
        batches=4,
    ),
    _drawn(
        key="gradient_law_linear",
        statement=r"Without gates $B_\ell=N_\ell$: the law of (3.2.3), read backwards.",
        params=_LINEAR,
        check=where(checks.at(_LINEAR), checks.gradient_law),
        faults=(faults.WEIGHTS, faults.NEURON),
        batches=4,
    ),
    _drawn(
        key="dead_gradients",
        statement=r"A share $1-(1-2^{-N})^L$ of ReLU networks has no gradient at $x$ at all.",
        params=Params(width=4, depth=6, networks=20_000),
        check=checks.dead_networks,
        faults=(faults.GATE, faults.NEURON),
        batches=4,
    ),
    *(
        _drawn(
            key=f"layer_law_{place}",
            statement=(
                rf"$\lVert\partial z/\partial W^{{(\ell)}}\rVert^2$ has the law of all layers, "
                rf"$\frac{{K_0}}{{C_W}}\prod_k\frac{{C_W}}{{N_k}}\chi^2_{{B_k}}$, in the {place} "
                rf"layer ({network})."
            ),
            params=params,
            check=where(checks.at(params), checks.layer_law(place)),
            faults=(faults.WEIGHTS, *more),
            batches=8,
        )
        for place, network, params, more in (
            ("first", "ReLU, 8 wide, 8 deep", _LAYERS, (faults.SIGNAL, faults.GATE)),
            ("middle", "linear, 5 wide, 10 deep", _LAYERS_LINEAR, (faults.SIGNAL, faults.NEURON)),
            ("last", "ReLU, 24 wide, 24 deep", _LAYERS_WIDE, (faults.GATE, faults.NEURON)),
        )
    ),
    _drawn(
        key="layers_alike",
        statement=(
            r"Nothing explodes or vanishes *with the layer*: $\log\lVert\partial z/\partial "
            r"W^{(L+1)}\rVert^2-\log\lVert\partial z/\partial W^{(1)}\rVert^2$ has mean $0$."
        ),
        params=_LAYERS,
        check=checks.layers_alike,
        faults=(faults.SIGNAL,),
        batches=8,
    ),
    _drawn(
        key="kernel_mean",
        statement=r"$\mathbb E\,\Theta=(L+1)K_0/C_W$ at every width, as at infinite width.",
        params=Params(figure="kernel", width=8, depth=3, networks=50_000),
        check=checks.kernel_mean,
        faults=(faults.WEIGHTS, faults.SIGNAL),
        batches=8,
    ),
    *(
        _drawn(
            key=key,
            statement=(
                r"$\mathbb E\,\Theta^2/(\mathbb E\,\Theta)^2$ is the sum over pairs of layers, "
                rf"exact at every width ({network})."
            ),
            params=params,
            check=where(checks.at(*at), checks.kernel_second),
            faults=(faults.SIGNAL, faults.WEIGHTS),
            batches=24,
        )
        for key, network, params, at in (
            ("kernel_second", "ReLU, 24 wide, 6 deep", _KERNEL, ()),
            ("kernel_second_narrow", "ReLU, 12 wide, 3 deep", _KERNEL_NARROW, (_KERNEL_NARROW,)),
            ("kernel_second_linear", "linear, 8 wide, 3 deep", _KERNEL_LINEAR, (_KERNEL_LINEAR,)),
        )
    ),
    _drawn(
        key="kernel_limit",
        statement=(
            r"At fixed $t=L/N$ it tends to $e^{5t}\,[\frac13+\frac43(a-1+e^{-a})/a^2]$, $a=6t$: it "
            "grows exponentially in depth over width."
        ),
        route="sums over layers at widths 400 and 800, extrapolated in 1/N",
        params=Params(figure="kernel", width=32, depth=16, networks=500),
        check=checks.kernel_limit,
        faults=(faults.RECURSION,),
    ),
    *(
        _drawn(
            key=key,
            statement=(
                r"The first step changes $\mathbb E\,\Theta$ by $-(\mathbb E\,\Theta)^2\,[\prod"
                r"(1+\frac c{N_\ell})-\mathbb E\,\Theta^2/(\mathbb E\,\Theta)^2]$ per time, "
                rf"whatever $y$ ({network})."
            ),
            route=STEPS,
            params=params,
            check=where(checks.at(*at), checks.step_drift),
            faults=(faults.HALF_STEP, faults.SIGNAL),
            batches=24,
        )
        for key, network, params, at in (
            ("step_drift", "ReLU, 16 wide, 2 deep", _STEP, ()),
            ("step_drift_narrow", "ReLU, 6 wide, 1 deep", _STEP_NARROW, (_STEP_NARROW,)),
            ("step_drift_linear", "linear, 16 wide, 3 deep, y = 1", _STEP_LINEAR, (_STEP_LINEAR,)),
        )
    ),
)
