"""How the claims of §3.3 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy

from compute.claims import Check, Statement, at_most, exact, sampled
from compute.experiments.deep_networks import PIECEWISE_LINEAR
from compute.experiments.gp_limit.run import (
    CORRELATIONS,
    FREQUENCIES,
    MOMENT_WIDTHS,
    NEAR,
    PROBE,
    RATE_WIDTHS,
    Result,
)
from compute.experiments.gp_limit.setting import BOUNDED, Params, activation_of, exact_law
from compute.gaussian_limit import ORDERS
from compute.output_law import (
    LEADING,
    PER_LAYER,
    distance_to_normal,
    leading_total_variation,
    limiting_distance,
)
from compute.sampling import Estimate, Sample

Drawn = Sample[Any] | None
# The width at which one number is judged: both are drawn there and known exactly.
COMPARED = 16
_FREQUENCY = f"ξ = {FREQUENCIES[PROBE]:g}/√K"


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


def output_variance(params: Params, result: Result, sample: Drawn) -> Check | None:
    """K^(0) = C_W x·x'/N_0 (E 14), C_b in every layer (E 15): piecewise linear σ, every width."""
    part, biased = result.kernel, params.bias_variance > 0
    if part is None or params.activation not in PIECEWISE_LINEAR:
        return None
    if not biased and params.weight_variance == 1:
        return None
    said = "C_b in every layer" if biased else "K⁽⁰⁾ = C_W‖x‖²/N₀"
    return sampled(
        "mean of the squared output",
        sample,
        lambda s: s.deepest.mean_estimate(),
        Statement(said, float(part.variance[-1])),
        Statement("(3.3.1) as printed", float(part.printed[-1])),
    )


def limit(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E K̂^(L)(x, x') → K^(L)(x, x'): exact in the first layer, then up to a bias of order 1/N."""
    part = result.kernel
    if part is None or params.activation in PIECEWISE_LINEAR or math.isnan(part.shift):
        return None
    return sampled(
        f"mean of K̂(x, x′) in layer {params.depth}",
        sample,
        lambda s: s.kernels.estimate(-1, 1),
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
    said = Statement("1 − (1 − 2⁻ᴺ)ᴸ", result.joint.dead)
    quantity = "share of networks with output 0"
    return sampled(quantity, sample, lambda s: Estimate.share(s.dead, s.drawn), said)


def transform_law(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E e^{−iξz} of a linear or ReLU network, (3.3.4) exact, against its limit (3.3.3)."""
    part = result.transform
    if part is None or not exact_law(params):
        return None
    return sampled(
        f"mean of cos(ξz), {_FREQUENCY}",
        sample,
        lambda s: s.probe.centred_estimate(),
        Statement("exact", float(part.exact[PROBE])),
        Statement("Gaussian limit", float(part.limit[PROBE])),
    )


def transform_given(_params: Params, result: Result, sample: Drawn) -> Check | None:
    """(3.3.4): cos(ξz) and e^{−ξ²K̂/2} have the same mean, network by network drawn."""
    if result.transform is None or not 0 < result.variance < math.inf:
        return None
    quantity, said = f"mean of cos(ξz) − exp(−ξ²K̂/2), {_FREQUENCY}", Statement("(3.3.4)", 0.0)
    return sampled(quantity, sample, lambda s: s.apart.centred_estimate(), said)


def moment_slope(params: Params, result: Result, _sample: Any, *, order: int) -> Check | None:
    """The k-th centred moment of K̂ falls like N^{−⌈k/2⌉} over N = 256…4096, not like N^{−k/2}."""
    part = result.moments
    if part is None or not part.known or params.depth > 3:
        return None
    return exact(
        f"slope of the centred moment k = {order} over N = 256…4096",
        float(part.slopes[1, ORDERS.index(order)]),
        Statement("−⌈k/2⌉", -math.ceil(order / 2)),
        Statement("−k/2", -order / 2),
        tolerance=0.1,
    )


def second_moment(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E(K̂/K − 1)² at N = 16: Π(1 + c/N) − 1, beside its leading term cL/N."""
    part = result.moments
    if part is None or not part.known:
        return None
    leading = PER_LAYER[exact_law(params)] * params.depth / COMPARED
    return sampled(
        f"second centred moment at N = {COMPARED}",
        sample,
        lambda s: s.estimate(2, MOMENT_WIDTHS.index(COMPARED)),
        Statement("exact", float(part.exact[0, part.widths == COMPARED][0])),
        Statement("leading term cL/N", leading),
    )


def odd_moments(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Odd σ at orthogonal inputs: the third moment of K̂(x, x') vanishes at every width."""
    odd = params.activation in ("linear", *BOUNDED) and params.bias_variance == 0
    if result.moments is None or not odd or params.observable != "product" or params.angle != 90:
        return None
    quantity = f"third centred moment of K̂(x, x′)/K(x, x) at N = {MOMENT_WIDTHS[0]}"
    return sampled(quantity, sample, lambda s: s.estimate(3, 0), Statement("0 by symmetry", 0.0))


def along(params: Params, result: Result, sample: Drawn, *, correlation: float) -> Check | None:
    """N Var(K̂_v)/K_v² for v = (1, −1) in the first layer, exact for piecewise linear σ."""
    part, at = result.inputs, int(abs(CORRELATIONS - correlation).argmin())
    if part is None or math.isnan(part.exact[at]):
        return None
    return sampled(
        f"N Var(K̂_v)/K_v² at ρ = {correlation:g}",
        sample,
        lambda s: s.along[at].variance_estimate().scaled(params.width),
        Statement("exact", float(part.exact[at])),
    )


# ---- how fast ----------------------------------------------------------------------------------


def _shallow(params: Params, result: Result, most: float) -> bool:
    """Whether cL ≤ most: leading orders hold at the widths that are fitted."""
    name = exact_law(params)
    return result.rate is not None and bool(name) and PER_LAYER[name] * params.depth <= most


def law_slope(params: Params, result: Result, _sample: Any) -> Check | None:
    """All four distances fall like 1/N."""
    if result.rate is None or not _shallow(params, result, 15) or params.outputs > 1:
        return None
    return exact(
        "slope of the distance over N = 128…4096",
        result.rate.slope,
        Statement("−1", -1.0),
        Statement("−½, as of a sum", -0.5),
        tolerance=0.05,
    )


def leading_constant(
    params: Params, result: Result, _sample: Any, *, several: bool
) -> Check | None:
    """distance/(κ_4/K²) at N = 4096: Edgeworth's constant; of m outputs, in total variation, about
    0.121 m."""
    part, leading = result.rate, LEADING[params.metric]
    count = params.outputs if params.metric == "total_variation" else 1
    if part is None or several != (count > 1) or not count * part.shares[-1] <= 0.05:
        return None
    said = [Statement("leading order", leading)]
    if several:
        together = Statement(f"m = {count}", leading_total_variation(count))
        said = [together, Statement("that of one output", leading)]
    share = float(part.shares[-1])
    return exact(
        f"distance over κ₄/K² at N = {part.widths[-1]}",
        float(part.law[-1]) / share,
        *said,
        # the next order is r times as large, m r for m outputs
        tolerance=3 * (count + 1) * share * said[0].predicted + 1e-5,
    )


def collapse(params: Params, result: Result, _sample: Any) -> Check | None:
    """At fixed v = cL/N both families have the distance D(v) of the lognormal mixture."""
    part, ratio = result.rate, PER_LAYER["linear"] / PER_LAYER["relu"]
    layers = round(params.depth / ratio)
    if part is None or 2 * layers != 5 * params.depth:
        return None
    widest, relu = int(part.widths[-1]), float(part.relu[-1])
    linear = distance_to_normal([widest] * layers, "linear", params.metric)
    both = limiting_distance(float(part.spread_relu[-1]), params.metric)
    return exact(
        f"linear network of {layers} layers over ReLU network of {params.depth}, N = {widest}",
        linear / relu,
        Statement("both D(v)", both / relu),
        Statement("same depth, same law", ratio),
        tolerance=0.01,
    )


def fixed_slope(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The law of one fixed network comes closer like N^{−½}."""
    if not _shallow(params, result, 5):
        return None
    return sampled(
        "slope of a fixed network's distance over N = 16…256",
        sample,
        lambda s: s.slope(np.array(RATE_WIDTHS[1:], dtype=np.float64)),
        Statement("−½", -0.5),
        Statement("−1", -1.0),
        bias=0.03,
    )


def fixed_distance(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Mean distance of a fixed network's law at N = 16, exact, beside that of the mixture."""
    part, name = result.rate, exact_law(params)
    if part is None or not name:
        return None
    at = int(np.flatnonzero(part.widths == COMPARED)[0])
    together: float = getattr(part, name)[at]
    return sampled(
        f"mean distance of a fixed network at N = {COMPARED}",
        sample,
        lambda s: s.estimate(RATE_WIDTHS.index(COMPARED)),
        Statement("exact", float(part.fixed[at])),
        Statement("of all networks together", float(together)),
        bias=3e-5 * float(part.fixed_leading[at]),
    )
