"""How the claims of §3.3.3 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from typing import Any

from compute.claims import Check, Statement, exact, sampled, undecided
from compute.experiments.gp_kernels.published import PRINTED, computed
from compute.experiments.gp_kernels.run import Array, Result
from compute.experiments.gp_kernels.sampler import Networks, measured_layers
from compute.experiments.gp_kernels.setting import Params
from compute.experiments.gp_kernels.shaped import Shaped
from compute.sampling import Sample

# The rate at which 1 − C falls is measured below this, and how far above χ's foresight.
_RATE_GAP, _TRANSIENT = 1e-7, 1e3
# Share of the limit that the extrapolation may leave open.
_LARGEST_EXTRAPOLATION = 0.02


def _is(params: Params, activation: str, weight_variance: float) -> bool:
    return (
        params.figure == "depth"
        and params.activation == activation
        and params.weight_variance == weight_variance
        and params.bias_variance == 0
    )


def linear_constant(
    params: Params, result: Result, sample: Sample[Networks] | None
) -> Check | None:
    """K^(ℓ) = K^(0) at C_W = 1."""
    if not _is(params, "linear", 1.0):
        return None
    return sampled(
        f"mean of the measured variance in layer {measured_layers(params)}",
        sample,
        Networks.deepest_estimate,
        Statement("constant in depth", result.variance0),
    )


def relu_variance(params: Params, _result: Result, sample: Sample[Networks] | None) -> Check | None:
    """C_W/2 per layer from C_W‖x‖²/N_0, not from ‖x‖²/N_0 (E 14)."""
    if params.activation != "relu" or params.figure != "depth" or params.bias_variance > 0:
        return None
    if params.first_layer == "plain" or params.weight_variance == 1:
        return None
    growth = (params.weight_variance / 2) ** measured_layers(params)
    return sampled(
        f"mean of the measured variance in layer {measured_layers(params)}",
        sample,
        Networks.deepest_estimate,
        Statement("K⁽⁰⁾ = C_W‖x‖²/N₀", growth * params.weight_variance * params.norm),
        Statement("K⁽⁰⁾ = ‖x‖²/N₀ as printed", growth * params.norm),
    )


def relu_gap_law(params: Params, result: Result, _sample: Any) -> Check | None:
    """ℓ²(1 − C) → 9/(2κ²): 9π²/2 for ReLU (E 16)."""
    depth = result.depth
    if depth is None or not math.isfinite(depth.law) or result.gap0 <= 0:
        return None
    n = params.depth
    # θ = 3π/(ℓ + 3/2 log ℓ + 3π/θ_0 + O(1)): the gap is below its law by twice that share.
    slack = 2 * (1.5 * math.log(n) + math.sqrt(depth.law / result.gap0) + 3) / n
    if slack > 0.5:
        return None
    return exact(
        f"ℓ²(1 − C) at ℓ = {n}",
        n * n * float(depth.gap[-1]),
        Statement("limit 9/(2κ²)", depth.law),
        tolerance=depth.law * slack,
    )


def tanh_variance_step(params: Params, result: Result, _sample: Any) -> Check | None:
    """K' = K − 2K² + (17/3)K³, not K + 2K² (E 17)."""
    depth = result.depth
    if depth is None or not _is(params, "tanh", 1.0) or params.depth < 20:
        return None
    before, after = (math.exp(float(v)) for v in depth.log_variance[-2:])
    return exact(
        f"(K′ − K)/K² at K = {before:.4g}",
        (after - before) / before**2,
        Statement("K − 2K² + 17K³/3", -2 + 17 * before / 3),
        Statement("K + 2K² as printed", 2.0),
        tolerance=40 * before**2 + 1e-10 / before,
    )


def tanh_law(params: Params, result: Result, _sample: Any) -> Check | None:
    """2ℓK → 1 at C_W = 1."""
    depth = result.depth
    if depth is None or not _is(params, "tanh", 1.0) or params.depth < 100:
        return None
    n = params.depth
    return exact(
        f"2ℓK at ℓ = {n}",
        2 * n * math.exp(float(depth.log_variance[-1])),
        Statement("limit", 1.0),
        tolerance=(0.5 * math.log(n) + 1 / result.variance0 + 1) / n,
    )


def tanh_correlation(params: Params, result: Result, _sample: Any) -> Check | None:
    """At C_W = 1 the correlation has a limit below 1 (E 41)."""
    depth = result.depth
    if depth is None or not _is(params, "tanh", 1.0) or params.depth < 100:
        return None
    if not 0.01 <= result.gap0 <= 1:
        return None
    early = params.depth // 10
    return exact(
        f"C at ℓ = {params.depth}",
        1 - float(depth.gap[-1]),
        Statement(f"stays as at ℓ = {early}", 1 - float(depth.gap[early])),
        Statement("degenerate as printed", 1.0),
        # Per layer C moves by O(K²) = O(1/(4ℓ²)): the sum from `early` on is below this.
        tolerance=0.25 / early,
    )


def order_rate(params: Params, result: Result, _sample: Any) -> Check | None:
    """In the ordered phase the gap shrinks by χ per layer."""
    depth = result.depth
    if depth is None or depth.fixed.phase != "ordered" or not 0 < depth.fixed.variance < math.inf:
        return None
    if math.isfinite(depth.law) or result.gap0 <= 0 or not 0 < depth.fixed.chi < 1:
        return None
    # the last layer whose gap is a number that a float can hold, as far as χ tells
    at = min(
        params.depth - 1, math.floor(math.log(1e-110 / result.gap0) / math.log(depth.fixed.chi))
    )
    foreseen = result.gap0 * depth.fixed.chi**at
    if at < 1 or foreseen > _RATE_GAP:
        return None
    quantity, said = f"(1 − C) of layer {at + 1} over layer {at}", Statement("χ", depth.fixed.chi)
    gap, after = float(depth.gap[at]), float(depth.gap[at + 1])
    measured = after / gap if gap > 0 else math.nan
    # A kink in σ makes the next term √(1 − C); the first layers may be slower than χ.
    tolerance = 1e-8 + 2 * math.sqrt(_TRANSIENT * foreseen)
    step = abs(float(depth.log_variance[at + 1] - depth.log_variance[at]))
    if gap > _TRANSIENT * foreseen or step > 1e-10:
        return undecided(
            quantity, measured, said, tolerance=tolerance, reason="the first layers still count"
        )
    return exact(quantity, measured, said, tolerance=tolerance)


def chaos_fixed_point(params: Params, result: Result, _sample: Any) -> Check | None:
    """In the chaotic phase every correlation below 1 ends at the same C*."""
    depth = result.depth
    if depth is None or depth.fixed.phase != "chaotic" or result.gap0 <= 0:
        return None
    if not 0 < depth.fixed.variance < math.inf or params.depth < 10:
        return None
    quantity, measured = f"1 − C at ℓ = {params.depth}", float(depth.gap[-1])
    said, tolerance = Statement("fixed point 1 − C*", depth.fixed.gap), 1e-5
    if abs(measured - float(depth.gap[-2])) > 1e-7:
        reason = "the correlation still moves"
        return undecided(quantity, measured, said, tolerance=tolerance, reason=reason)
    return exact(quantity, measured, said, tolerance=tolerance)


def edge(_params: Params, result: Result, _sample: Any) -> Check | None:
    """χ = 1 on the curve C_W = 1/E σ'², C_b = q* − C_W E σ²."""
    if result.plane is None or not math.isfinite(result.plane.edge_chi):
        return None
    return exact(
        "gap after one layer over the gap before, on the edge at q* = 1",
        result.plane.edge_chi,
        Statement("χ", 1.0),
        tolerance=1e-6,
    )


def shaped_limit(params: Params, result: Result, _sample: Any) -> Check | None:
    """(3.3.7) with t³ and without the spurious 1/L (E 18, 19)."""
    return _shaped(params, result) if params.psi <= 0 else None


def shaped_blow_up(params: Params, result: Result, _sample: Any) -> Check | None:
    """For ψ > 0 the limit exists up to τ* = 1/(2ψK_0) only (E 20)."""
    return _shaped(params, result) if params.psi > 0 else None


def _extrapolated(values: Array) -> float:
    """The limit in 1/L from depths L, 2L, 4L, 8L, by Richardson's rule twice."""
    linear = 2 * values[1:] - values[:-1]
    return float((4 * linear[-1] - linear[-2]) / 3)


def _extrapolation_error(params: Params, part: Shaped) -> float:
    """What Richardson's rule leaves, as a share of the limit.

    The rule's third order at steps of ψK/L, the share by which a layer moves the largest kernel
    on the way: at most 0.74 of its cube was seen over the sliders, and 2 is allowed.
    """
    step = abs(params.psi) * max(params.norm, part.limit_at_probe) / params.depth
    return 2 * step**3 + 1e-9


def _shaped(params: Params, result: Result) -> Check | None:
    part = result.shaped
    if part is None or params.psi == 0 or part.probe == 0:
        return None
    error = _extrapolation_error(params, part)
    if error > _LARGEST_EXTRAPOLATION:
        return None
    printed_ode = result.variance0 / (
        1 - 2 * params.psi * part.probe * result.variance0 / params.depth
    )
    printed_linear = result.variance0 * (1 + params.psi / (3 * params.depth)) ** (
        2 * part.probe * params.depth
    )
    return exact(
        f"K at τ = {part.probe:.3g}, extrapolated from L = {params.depth} and its doubles",
        _extrapolated(part.at_probe),
        Statement("(3.3.7), cube, no 1/L", part.limit_at_probe),
        Statement("(3.3.6) as printed", printed_ode),
        Statement("t + ψt/(3L) as printed", printed_linear),
        tolerance=error * part.limit_at_probe,
    )


def shaped_correlation(params: Params, result: Result, _sample: Any) -> Check | None:
    """(3.3.7) leaves the correlation where it was."""
    part = result.shaped
    if part is None or params.psi == 0 or part.probe == 0:
        return None
    error = _extrapolation_error(params, part)
    if error > _LARGEST_EXTRAPOLATION:
        return None
    return exact(
        f"1 − C at τ = {part.probe:.3g}, extrapolated",
        _extrapolated(part.gap_at_probe),
        Statement("1 − C⁽⁰⁾", result.gap0),
        tolerance=error * result.gap0 + 1e-9,
    )


def printed(params: Params, _result: Result, _sample: Any, *, name: str) -> Check | None:
    """A number of `published`: said where the page's own ψ shapes nothing."""
    if params.figure != "shaped" or params.psi != 0:
        return None
    said = Statement("as printed in google-deepmind/dks", PRINTED[name])
    return exact(name.replace("_", " "), computed()[name], said, tolerance=1e-8)
