"""How the claims of §2.3 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from typing import Any

from compute.claims import Check, Statement, exact, sampled, undecided
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
    if ways is None or ways.data_count == 1:
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
    if ways is None:
        return None
    rivals: tuple[Statement, ...] = ()
    if math.isfinite(ways.constant_speed):
        rivals = (Statement("(W₂/t)², optimal transport as printed", ways.constant_speed),)
    quantity, tolerance = f"−dL/dt at t = {ways.times[ways.probe]:.3g}", 1e-3 * ways.speed
    said = Statement("mean square speed of the neurons", ways.speed), *rivals
    if max(ways.speed, abs(ways.descent)) < 1e-6 * float(ways.loss[0]):
        reason = "nothing moves any more"
        return undecided(quantity, ways.descent, *said, tolerance=tolerance, reason=reason)
    return exact(quantity, ways.descent, *said, tolerance=tolerance)


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
