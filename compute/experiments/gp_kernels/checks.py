"""How the claims of §3.3.3 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from typing import Any

from compute.claims import Check, Statement, exact, sampled
from compute.experiments.gp_kernels.run import Array, Result
from compute.experiments.gp_kernels.sampler import Networks, measured_layers
from compute.experiments.gp_kernels.setting import Params
from compute.sampling import Sample


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
    if depth is None or depth.phase != "ordered" or not 0 < depth.fixed_variance < math.inf:
        return None
    small = (depth.gap > 1e-120) & (depth.gap < 1e-7)
    if not small[:-1].any() or math.isfinite(depth.law):
        return None
    at = int(small[:-1].nonzero()[0][-1])
    moved = abs(math.expm1(float(depth.log_variance[at]) - math.log(depth.fixed_variance)))
    if depth.gap[at + 1] <= 0 or moved > 1e-9:
        return None
    return exact(
        f"(1 − C) of layer {at + 1} over layer {at}",
        float(depth.gap[at + 1] / depth.gap[at]),
        Statement("χ", depth.chi),
        # A kink in σ makes the next term √(1 − C).
        tolerance=1e-8 + 2 * math.sqrt(float(depth.gap[at])),
    )


def chaos_fixed_point(params: Params, result: Result, _sample: Any) -> Check | None:
    """In the chaotic phase every correlation below 1 ends at the same C*."""
    depth = result.depth
    if depth is None or depth.phase != "chaotic" or result.gap0 <= 0:
        return None
    if not 0 < depth.fixed_variance < math.inf or params.depth < 10:
        return None
    step = abs(float(depth.gap[-1] - depth.gap[-2]))
    if step > 1e-7:
        return None
    return exact(
        f"1 − C at ℓ = {params.depth}",
        float(depth.gap[-1]),
        Statement("fixed point 1 − C*", depth.fixed_gap),
        tolerance=1e-5,
    )


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


def _extrapolated(values: Array) -> tuple[float, float]:
    """(limit in 1/L, its uncertainty) from depths L, 2L, 4L, 8L, by Richardson's rule twice."""
    linear = 2 * values[1:] - values[:-1]
    first, second = (4 * linear[1:] - linear[:-1]) / 3
    # both rules, since either change may be small by accident
    changes = 2 * abs(second - first), abs(linear[-1] - linear[-2]) / 2
    return float(second), float(max(changes))


def _shaped(params: Params, result: Result) -> Check | None:
    part = result.shaped
    if part is None or params.psi == 0 or part.probe == 0:
        return None
    measured, error = _extrapolated(part.at_probe)
    if not error < 0.02 * part.limit_at_probe:
        return None
    printed_ode = result.variance0 / (
        1 - 2 * params.psi * part.probe * result.variance0 / params.depth
    )
    printed_linear = result.variance0 * (1 + params.psi / (3 * params.depth)) ** (
        2 * part.probe * params.depth
    )
    return exact(
        f"K at τ = {part.probe:.3g}, extrapolated from L = {params.depth} and its doubles",
        measured,
        Statement("(3.3.7), cube, no 1/L", part.limit_at_probe),
        Statement("(3.3.6) as printed", printed_ode),
        Statement("t + ψt/(3L) as printed", printed_linear),
        tolerance=error + 1e-9 * part.limit_at_probe,
    )


def shaped_correlation(params: Params, result: Result, _sample: Any) -> Check | None:
    """(3.3.7) leaves the correlation where it was."""
    part = result.shaped
    if part is None or params.psi == 0 or part.probe == 0:
        return None
    measured, error = _extrapolated(part.gap_at_probe)
    if not error <= 0.02 * result.gap0:
        return None
    return exact(
        f"1 − C at τ = {part.probe:.3g}, extrapolated",
        measured,
        Statement("1 − C⁽⁰⁾", result.gap0),
        tolerance=error + 1e-9,
    )
