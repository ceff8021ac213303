"""How the claims of §3.3 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from typing import Any

import scipy

from compute.claims import Check, Checker, Statement, at_most, exact, sampled
from compute.experiments.deep_networks import PIECEWISE_LINEAR
from compute.experiments.gp_limit.run import (
    CORRELATIONS,
    FREQUENCIES,
    MOMENT_WIDTHS,
    NEAR,
    PROBE,
    Result,
)
from compute.experiments.gp_limit.samples import ORDERS, KernelSample
from compute.experiments.gp_limit.setting import BOUNDED, Params, activation_of, exact_law
from compute.output_law import PER_LAYER, centred_kernel_moment
from compute.sampling import Estimate, Sample

Drawn = Sample[Any] | None


def growth(params: Params, result: Result, _sample: Any) -> Check | None:
    """σ grows at most like |x|^k for some k; the printed condition asks for k = 0 (E 13)."""
    if result.kernel is None or params.activation not in (*PIECEWISE_LINEAR, "gelu"):
        return None
    ends = [abs(float(activation_of(params).phi(x))) for x in (1e3, 1e4)]
    return exact(
        "powers of ten by which |σ(x)| grows from x = 10³ to 10⁴",
        math.log10(ends[1] / ends[0]),
        at_most("(1 + |x|)⁻ᵏ|σ(x)| bounded, k = 1", 1.0),
        at_most("(1 + |x|⁻ᵏ)|σ(x)| bounded as printed, any k", 0.0),
        tolerance=0.01,
    )


def _output_variance(params: Params, result: Result, sample: Drawn, said: str) -> Check | None:
    part = result.kernel
    if part is None or params.activation not in PIECEWISE_LINEAR:
        return None
    return sampled(
        "mean of the squared output",
        sample,
        lambda s: s.deepest.mean_estimate(),
        Statement(said, float(part.variance[-1])),
        Statement("(3.3.1) as printed", float(part.printed[-1])),
    )


def first_layer(params: Params, result: Result, sample: Drawn) -> Check | None:
    """K^(0) = C_W x·x'/N_0 (E 14): exact at every width for piecewise linear σ."""
    if params.bias_variance > 0 or params.weight_variance == 1:
        return None
    return _output_variance(params, result, sample, "K⁽⁰⁾ = C_W‖x‖²/N₀")


def biases(params: Params, result: Result, sample: Drawn) -> Check | None:
    """C_b in every layer (E 15): exact at every width for piecewise linear σ."""
    if params.bias_variance == 0:
        return None
    return _output_variance(params, result, sample, "C_b in every layer")


def limit(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E K̂^(L)(x, x') → K^(L)(x, x'): exact in the first layer, then up to a bias of order 1/N."""
    part = result.kernel
    if part is None or params.activation in PIECEWISE_LINEAR or math.isnan(part.shift):
        return None

    def covariance(s: KernelSample) -> Estimate:
        mean, error, _ = s.kernels()
        return Estimate(float(mean[-1, 1]), float(error[-1, 1]), s.count)

    return sampled(
        f"mean of K̂(x, x′) in layer {params.depth}",
        sample,
        covariance,
        Statement("(3.3.1) from K⁽⁰⁾ = C_b + C_W x·x′/N₀", float(part.covariance[-1])),
        Statement("(3.3.1) as printed", float(part.printed_covariance[-1])),
        bias=abs(part.shift) / params.width,
    )


def output_law(params: Params, result: Result, sample: Drawn) -> Check | None:
    """P(|z| ≤ ½√K) from the exact law of one output, against the Gaussian's."""
    if result.joint is None or not exact_law(params):
        return None
    return sampled(
        "share of outputs within ½ √K",
        sample,
        lambda s: s.near.mean_estimate(),
        Statement("exact law", result.joint.near),
        Statement("Gaussian limit", float(1 - 2 * scipy.special.ndtr(-NEAR))),
    )


def one_layer(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E z(x)z(x') = K^(1)(x, x') behind one hidden layer, for any σ at every width."""
    if result.joint is None or params.depth > 1 or not math.isfinite(result.variance):
        return None
    said = Statement("K⁽¹⁾ of (3.3.1)", float(result.joint.kernel[0, 1]))
    return sampled("mean of z(x)z(x′)", sample, lambda s: s.product.centred_estimate(), said)


def dead_share(params: Params, result: Result, sample: Drawn) -> Check | None:
    """ReLU networks without biases whose output is 0: 1 − (1 − 2^{−N})^L."""
    if result.joint is None or exact_law(params) != "relu" or result.joint.dead < 1e-3:
        return None
    return sampled(
        "share of networks with output 0",
        sample,
        lambda s: Estimate.share(s.dead, s.drawn),
        Statement("1 − (1 − 2⁻ᴺ)ᴸ", result.joint.dead),
    )


def transform_law(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E e^{−iξz} of a linear or ReLU network, (3.3.4) exact, against its limit (3.3.3)."""
    part = result.transform
    if part is None or not exact_law(params):
        return None
    return sampled(
        f"mean of cos(ξz), ξ = {FREQUENCIES[PROBE]:g}/√K",
        sample,
        lambda s: s.probe.centred_estimate(),
        Statement("exact", float(part.exact[PROBE])),
        Statement("Gaussian limit", float(part.limit[PROBE])),
    )


def transform_given(params: Params, result: Result, sample: Drawn) -> Check | None:
    """(3.3.4): cos(ξz) and e^{−ξ²K̂/2} have the same mean, network by network drawn."""
    if result.transform is None or not 0 < result.variance < math.inf:
        return None
    return sampled(
        f"mean of cos(ξz) − exp(−ξ²K̂/2), ξ = {FREQUENCIES[PROBE]:g}/√K",
        sample,
        lambda s: s.apart.centred_estimate(),
        Statement("(3.3.4)", 0.0),
    )


def moment_slope(order: int) -> Checker:
    """The k-th centred moment of K̂ falls like N^{−⌈k/2⌉} over N = 256…4096, not like N^{−k/2}."""

    def check(params: Params, result: Result, _sample: Any) -> Check | None:
        part = result.moments
        known = exact_law(params) and params.observable == "square"
        if part is None or not known or params.depth > 3:
            return None
        return exact(
            f"slope of the centred moment k = {order} over N = 256…4096",
            float(part.slopes[1, ORDERS.index(order)]),
            Statement("−⌈k/2⌉", -math.ceil(order / 2)),
            Statement("−k/2", -order / 2),
            tolerance=0.1,
        )

    return check


def second_moment(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E(K̂/K − 1)² at N = 16: Π(1 + c/N) − 1, beside its leading term cL/N."""
    if result.moments is None or not exact_law(params) or params.observable != "square":
        return None
    name, width, at = exact_law(params), 16, MOMENT_WIDTHS.index(16)
    return sampled(
        f"second centred moment at N = {width}",
        sample,
        lambda s: s.estimate(2, at),
        Statement("exact", centred_kernel_moment([width] * params.depth, name, 2)),
        Statement("leading term cL/N", PER_LAYER[name] * params.depth / width),
    )


def odd_moments(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Odd σ at orthogonal inputs: the third moment of K̂(x, x') vanishes at every width."""
    odd = params.activation in ("linear", *BOUNDED) and params.bias_variance == 0
    if result.moments is None or not odd or params.observable != "product" or params.angle != 90:
        return None
    return sampled(
        f"third centred moment of K̂(x, x′)/K(x, x) at N = {MOMENT_WIDTHS[0]}",
        sample,
        lambda s: s.estimate(3, 0),
        Statement("0 by symmetry", 0.0),
    )


def along(correlation: float) -> Checker:
    """N Var(K̂_v)/K_v² for v = (1, −1) in the first layer, exact for piecewise linear σ."""
    at = int(abs(CORRELATIONS - correlation).argmin())

    def check(params: Params, result: Result, sample: Drawn) -> Check | None:
        part = result.inputs
        if part is None or math.isnan(part.exact[at]):
            return None
        return sampled(
            f"N Var(K̂_v)/K_v² at ρ = {correlation:g}",
            sample,
            lambda s: s.along[at].variance_estimate().scaled(params.width),
            Statement("exact", float(part.exact[at])),
        )

    return check
