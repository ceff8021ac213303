"""Claims of §2.3: particles are parameters, the cloud flows downhill, wide clouds agree."""

from __future__ import annotations

import math
from typing import Any

from compute.claims import Check, Claim, Statement, exact, sampled
from compute.experiments.mean_field.run import Result
from compute.experiments.mean_field.sampler import DRAWN_WIDTHS, Chaos, Drawn, cloud_widths, widths
from compute.experiments.mean_field.setting import Params
from compute.experiments.mean_field.ways import agreement
from compute.experiments.one_layer_fields import ODD, STEEP
from compute.sampling import Estimate, Sample

# Widths of 8 to 512 are not infinite: their exponents are off by about this.
FINITE_WIDTH = 0.03
# For how long the exponents are claimed: the constant in front of them grows with time.
CLAIMED_TIME = 5.0


def particles(params: Params, result: Result, _sample: Any) -> Check | None:
    """(2.3.7)–(2.3.8) is the flow on ½|D|⁻¹Σ; on ½Σ as printed it is not (E 5)."""
    ways = result.ways
    if ways is None:
        return None
    return exact(
        "largest difference of a coordinate of a neuron, particles − parameters",
        float(ways.gap.max()),
        Statement("with 1/|D| in the loss", 0.0),
        tolerance=agreement(params),
    )


def data_factor(_params: Params, result: Result, _sample: Any) -> Check | None:
    """Without 1/|D| in the loss the speeds differ by |D| (E 5)."""
    ways = result.ways
    if ways is None or ways.data_count == 1 or not math.isfinite(ways.speed_ratio):
        return None
    return exact(
        "velocity of W⁽²⁾ under (2.3.6), over the right side of (2.3.8)",
        ways.speed_ratio,
        Statement("|D|", float(ways.data_count)),
        Statement("1, as printed", 1.0),
        tolerance=1e-6 * ways.data_count,
    )


def monotone(_params: Params, result: Result, _sample: Any) -> Check | None:
    """Along a gradient flow the loss never rises."""
    ways = result.ways
    if ways is None:
        return None
    return exact(
        "largest rise of the loss from one time to the next",
        ways.rise,
        Statement("none", 0.0),
        tolerance=1e-8 * float(ways.loss[0]) + 1e-15,
    )


def descent(params: Params, result: Result, _sample: Any) -> Check | None:
    """−dL/dt = ∫|velocity|²dρ: steepest descent in W_2, not a transport at constant speed."""
    ways = result.ways
    if ways is None or ways.speed < 1e-6 * float(ways.loss[0]):
        return None
    rivals: tuple[Statement, ...] = ()
    if math.isfinite(ways.constant_speed):
        rivals = (Statement("(W₂/t)², optimal transport as printed", ways.constant_speed),)
    return exact(
        f"−dL/dt at t = {ways.times[ways.probe]:.3g}",
        ways.descent,
        Statement("mean square speed of the neurons", ways.speed),
        *rivals,
        tolerance=1e-3 * ways.speed,
    )


def odd_activation(params: Params, result: Result, _sample: Any) -> Check | None:
    """An odd σ without bias gives odd functions only (E 37)."""
    cloud = result.cloud
    if cloud is None or params.activation not in ODD or params.bias or params.target == "own":
        return None
    printed = "z = f, as printed for every continuous f"
    rivals: tuple[Statement, ...] = ()
    if cloud.target_asymmetry > 0.01:
        rivals = (Statement(printed, cloud.target_asymmetry),)
    return exact(
        f"largest |z(x) + z(−x)| at t = {cloud.times[-1]:g}",
        cloud.asymmetry,
        Statement("σ odd: z odd", 0.0),
        *rivals,
        tolerance=1e-9,
    )


def _claimed(params: Params) -> bool:
    return params.figure == "chaos" and params.horizon <= CLAIMED_TIME


def coupled_path(params: Params, _result: Result, sample: Sample[Chaos] | None) -> Check | None:
    """The first neurons of a narrow network stay N^(−½) close to themselves in a wide one."""
    # A linear network on the line has only one number to learn, and its tails decide.
    if not _claimed(params) or params.tame == "linear":
        return None

    def slope(state: Chaos) -> Estimate:
        return state.path.slope(widths(params))

    return sampled(
        "exponent of the coupled distance",
        sample,
        slope,
        Statement("−½", -0.5),
        bias=FINITE_WIDTH,
    )


def coupled_output(params: Params, _result: Result, sample: Sample[Chaos] | None) -> Check | None:
    """So do the outputs."""
    if not _claimed(params) or params.tame == "linear":
        return None

    def slope(state: Chaos) -> Estimate:
        return state.output.slope(widths(params))

    return sampled(
        "exponent of the distance of outputs",
        sample,
        slope,
        Statement("−½", -0.5),
        bias=FINITE_WIDTH,
    )


def wasserstein(params: Params, result: Result, sample: Sample[Chaos] | None) -> Check | None:
    """Clouds as sets agree only like N^(−1/d)."""
    known = result.theory
    if known is None or not math.isfinite(known.cloud_exponent) or not _claimed(params):
        return None
    if params.widest < 64:
        return None

    def slope(state: Chaos) -> Estimate:
        return state.cloud.slope(cloud_widths(params))

    return sampled(
        f"exponent of W₂ between two trained clouds, d = {known.dimension}",
        sample,
        slope,
        Statement("−1/d", known.cloud_exponent),
        Statement("−½, as the outputs", -0.5),
        bias=FINITE_WIDTH,
    )


def approximation_rate(
    params: Params, _result: Result, sample: Sample[Drawn] | None
) -> Check | None:
    """(2.3.3): N_1 atoms drawn from μ miss f by N_1^(−½)."""
    # the squares of a steep σ have tails that no affordable sample shows
    if params.figure != "approximation" or params.tilt == 0 or params.activation in STEEP:
        return None
    return sampled(
        "exponent of the root mean square error",
        sample,
        lambda state: state.error.slope(DRAWN_WIDTHS),
        Statement("−½", -0.5),
    )


def approximation_constant(
    params: Params, result: Result, sample: Sample[Drawn] | None
) -> Check | None:
    """N_1 E(f_{N_1} − f)² = Var[W^(2) σ(z)]."""
    part = result.approximation
    if part is None or params.tilt == 0 or params.activation in STEEP:
        return None
    return sampled(
        f"N₁ times the mean square error, N₁ = {DRAWN_WIDTHS[-1]}",
        sample,
        Drawn.constant,
        Statement("Var[W⁽²⁾σ(z)]", part.constant),
    )


_WAYS = Params(figure="ways")
_CHAOS = Params(figure="chaos", inputs="circle", replicates=50)
_COUPLED = "two networks with the same first neurons, both trained; reference 32 times wider"

CLAIMS = (
    Claim(
        "particles_are_parameters",
        "2.3.2",
        r"(2.3.7)–(2.3.8) is gradient flow on $\mathcal L=\frac1{2|\mathcal D|}\sum\Delta^2$: "
        "particles are parameters.",
        "two integrations that share no equation",
        _WAYS,
        particles,
        errata=(5,),
    ),
    Claim(
        "speed_on_the_printed_loss",
        "2.3.2",
        r"With the loss $\frac12\sum\Delta^2$ of (2.3.6) parameters run $|\mathcal D|$ times "
        "faster than (2.3.8).",
        "differences of the printed loss",
        _WAYS,
        data_factor,
        errata=(5,),
    ),
    Claim(
        "loss_never_rises",
        "2.3.2",
        "The loss never rises along the flow.",
        "Runge–Kutta of order 8 on all parameters",
        _WAYS,
        monotone,
    ),
    Claim(
        "descent_in_wasserstein",
        "2.3.2",
        r"$-\dot{\mathcal L}=\int|\dot X|^2d\rho_t$: steepest descent in the Wasserstein-2 "
        "metric, not optimal transport.",
        "differences in time of loss and neurons",
        _WAYS,
        descent,
        errata=(39,),
    ),
    Claim(
        "odd_activation_without_bias",
        "2.3.1",
        "An odd σ without bias draws odd functions only, at any width.",
        "outputs of the trained network",
        Params(target="hat"),
        odd_activation,
        errata=(37,),
    ),
    Claim(
        "coupled_neurons",
        "2.3.2",
        r"Neurons stay $O(N_1^{-1/2})$ close to themselves in a wider network.",
        _COUPLED,
        _CHAOS,
        coupled_path,
        batches=1000,
    ),
    Claim(
        "coupled_outputs",
        "2.3.2",
        r"Outputs stay $O(N_1^{-1/2})$ close to those of a wider network.",
        _COUPLED,
        _CHAOS,
        coupled_output,
        batches=1000,
    ),
    Claim(
        "clouds_in_wasserstein",
        "2.3.2",
        r"$W_2$ of two independent trained clouds falls only like $N_1^{-1/d}$, $d=N_0+1>2$.",
        "optimal assignment of the neurons",
        _CHAOS,
        wasserstein,
        batches=1000,
    ),
    Claim(
        "approximation_rate",
        "2.3.1",
        r"(2.3.3): $N_1$ neurons drawn from $\mu$ approximate its function to $N_1^{-1/2}$.",
        "networks drawn neuron by neuron",
        Params(figure="approximation"),
        approximation_rate,
        batches=1000,
    ),
    Claim(
        "approximation_constant",
        "2.3.1",
        r"$N_1\,\mathbb E\,(f_{N_1}-f)^2=\mathrm{Var}[W^{(2)}\sigma(z)]$ at every width.",
        "networks drawn neuron by neuron; the variance by one quadrature",
        Params(figure="approximation"),
        approximation_constant,
        batches=1000,
    ),
)
