"""Claims of §2.3: particles are parameters, the cloud flows downhill, wide clouds agree.

How each is judged: `checks`.
"""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.mean_field import checks, faults
from compute.experiments.mean_field.setting import Params

_WAYS = Params(figure="ways")
_CHAOS = Params(figure="chaos", inputs="circle", replicates=50)
_COUPLED = "two networks with the same first neurons, both trained; reference 32 times wider"

CLAIMS = (
    Claim(
        key="particles_are_parameters",
        section="2.3.2",
        statement=(
            r"(2.3.7)–(2.3.8) is gradient flow on $\mathcal L=\frac1{2|\mathcal D|}\sum\Delta^2$: "
            "particles are parameters."
        ),
        route="two integrations that share no equation",
        params=_WAYS,
        check=checks.particles,
        faults=(faults.FAST,),
        errata=(5,),
    ),
    Claim(
        key="speed_on_the_printed_loss",
        section="2.3.2",
        statement=(
            r"With the loss $\frac12\sum\Delta^2$ of (2.3.6) parameters run $|\mathcal D|$ times "
            "faster than (2.3.8)."
        ),
        route="differences of the printed loss",
        params=_WAYS,
        check=checks.data_factor,
        faults=(faults.OUTPUT,),
        errata=(5,),
    ),
    Claim(
        key="loss_never_rises",
        section="2.3.2",
        statement="The loss never rises along the flow.",
        route="Runge–Kutta of order 8 on all parameters",
        params=_WAYS,
        check=checks.monotone,
        faults=(faults.FAST, faults.LABEL, faults.SIGN),
    ),
    Claim(
        key="descent_in_wasserstein",
        section="2.3.2",
        statement=(
            r"$-\dot{\mathcal L}=\int|\dot X|^2d\rho_t$: steepest descent in the Wasserstein-2 "
            "metric, not optimal transport."
        ),
        route="differences in time of loss and neurons",
        params=_WAYS,
        check=checks.descent,
        faults=(faults.FAST,),
        errata=(39,),
    ),
    Claim(
        key="odd_activation_without_bias",
        section="2.3.1",
        statement="An odd σ without bias draws odd functions only, at any width.",
        route="outputs of the trained network",
        params=Params(target="hat"),
        check=checks.odd_activation,
        faults=(faults.BIAS,),
        errata=(37,),
    ),
    Claim(
        key="coupled_neurons",
        section="2.3.2",
        statement=r"Neurons stay $O(N_1^{-1/2})$ close to themselves in a wider network.",
        route=_COUPLED,
        params=_CHAOS,
        check=checks.coupled_path,
        faults=(faults.GAMMA, faults.STRANGERS),
        batches=1000,
    ),
    Claim(
        key="coupled_outputs",
        section="2.3.2",
        statement=r"Outputs stay $O(N_1^{-1/2})$ close to those of a wider network.",
        route=_COUPLED,
        params=_CHAOS,
        check=checks.coupled_output,
        faults=(faults.GAMMA,),
        batches=1000,
    ),
    Claim(
        key="clouds_in_wasserstein",
        section="2.3.2",
        statement=(
            r"$W_2$ of two independent trained clouds falls only like $N_1^{-1/d}$, $d=N_0+1>2$."
        ),
        route="optimal assignment of the neurons",
        params=_CHAOS,
        check=checks.wasserstein,
        faults=(faults.FLAT, faults.ORDER),
        batches=1000,
    ),
    Claim(
        key="approximation_rate",
        section="2.3.1",
        statement=(
            r"(2.3.3): $N_1$ neurons drawn from $\mu$ approximate its function to $N_1^{-1/2}$."
        ),
        route="networks drawn neuron by neuron",
        params=Params(figure="approximation"),
        check=checks.approximation_rate,
        faults=(faults.FEWER,),
        batches=1000,
    ),
    Claim(
        key="approximation_constant",
        section="2.3.1",
        statement=r"$N_1\,\mathbb E\,(f_{N_1}-f)^2=\mathrm{Var}[W^{(2)}\sigma(z)]$ at every width.",
        route="networks drawn neuron by neuron; the variance by one quadrature",
        params=Params(figure="approximation"),
        check=checks.approximation_constant,
        faults=(faults.FEWER,),
        batches=1000,
    ),
)
