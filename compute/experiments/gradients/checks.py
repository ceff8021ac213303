"""How the claims of page 3.5 are judged: None where the setting says nothing about a claim."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compute.claims import Check, Checker, Statement, exact, sampled
from compute.claims.kolmogorov import kolmogorov
from compute.estimates import bin_distance
from compute.experiments.gradients.run import UNSEEN, Result
from compute.experiments.gradients.sampler import STEP_BIAS, LayersSample
from compute.experiments.gradients.setting import EXACT, Params, layers_are_exact
from compute.gradients import tangent_kernel_second_moment, tangent_kernel_second_moment_limit
from compute.output_law import PER_LAYER
from compute.sampling import Estimate, Moments, Sample

Drawn = Sample[Any] | None

_GRADIENT, _LAYER = "mean of ‖∇ₓz‖²", "‖∂z/∂W‖²"
# L/N from which the first order is told from the whole.
_TOLD = 0.1
# Widths at which the sums over layers are held against their limit.
_WIDE = 400


def at(*settings: Params) -> Callable[[Params], bool]:
    """Whether a setting is one of these, whatever its seed and sample size; all are where none is
    named."""
    return lambda params: (
        not settings
        or any(replace(params, seed=s.seed, networks=s.networks) == s for s in settings)
    )


def gradient_mean(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E‖∇ₓz‖² = C_W (C_W E σ'²)^L: 2 where the notes print 1 (E 27)."""
    law = result.law
    if law is None or params.activation not in EXACT:
        return None
    rivals = (Statement("first layer of variance 1, as printed", law.printed_mean),)
    return _unless_deep(
        params,
        _GRADIENT,
        sample,
        lambda s: s.square,
        Statement("all weights of variance C_W", law.mean),
        *(rivals if params.weight_variance != 1 else ()),
        scale=law.mean,
    )


def gradient_fourth(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E‖∇ₓz‖⁴ over the mean squared: (1 + 2/N₀) Π(1 + c/N)."""
    law = result.law
    if law is None or not math.isfinite(law.fourth):
        return None
    return _unless_deep(
        params,
        "mean of ‖∇ₓz‖⁴ over (E‖∇ₓz‖²)²",
        sample,
        lambda s: s.fourth,
        Statement("(1 + 2/N₀) Π(1 + c/N)", law.fourth),
    )


def gradient_law(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The distribution function of ‖∇ₓz‖² is that of gated chi-squares."""
    law = result.law
    if law is None or not law.cdf.size:
        return None
    apart = float(abs(law.printed_cdf - law.cdf).max())
    rivals = (Statement("with the printed mean", apart),)
    return kolmogorov(
        "largest distance from the exact distribution function",
        sample,
        lambda s: bin_distance(s.counts, law.cdf),
        lambda s: s.drawn,
        Statement("chi-squares, gated", 0.0),
        *(rivals if apart > 0 else ()),
    )


def dead_networks(params: Params, result: Result, sample: Drawn) -> Check | None:
    """P(∇ₓz = 0) = 1 − (1 − 2^−N)^L, and biases do not help."""
    if result.law is None or params.activation != "relu":
        return None
    return sampled(
        "share of networks with gradient 0",
        sample,
        lambda s: _common(s.dead),
        Statement("1 − (1 − 2⁻ᴺ)ᴸ", result.law.dead),
    )


def layer_law(place: str) -> Checker:
    """The law of ‖∂z/∂W^(ℓ)‖² in the "first", "middle" or "last" layer is one and the same."""

    def check(params: Params, result: Result, sample: Drawn) -> Check | None:
        part = result.layers
        if part is None or not part.cdf.size:
            return None
        layer = {"first": 0, "middle": params.depth // 2, "last": params.depth}[place]
        return kolmogorov(
            f"largest distance of {_LAYER} in layer {layer + 1} from the law of every layer",
            sample,
            lambda s: bin_distance(s.counts[layer], part.cdf),
            lambda s: s.drawn,
            Statement("the same law in every layer", 0.0),
        )

    return check


def layers_alike(params: Params, result: Result, sample: Drawn) -> Check | None:
    """log ‖∂z/∂W^(L+1)‖² − log ‖∂z/∂W^(1)‖² has mean 0: nothing vanishes with the layer."""
    if result.layers is None or not layers_are_exact(params):
        return None

    def estimate(state: LayersSample) -> Estimate:
        return Estimate.unknown() if state.apart is None else state.apart.centred_estimate()

    return sampled(
        f"mean of log {_LAYER} in layer {params.depth + 1} minus that in layer 1",
        sample,
        estimate,
        Statement("no drift with the layer", 0.0),
    )


def kernel_mean(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E Θ = (L+1)K₀/C_W (C_W E σ'²)^L at every width."""
    part = result.kernel
    if part is None or not layers_are_exact(params):
        return None
    scale = float(part.scales[-1])
    return _unless_deep(
        params,
        "mean of Θ",
        sample,
        lambda s: s.mean[-1],
        Statement("as at infinite width", scale),
        Statement("one layer less", scale * params.depth / (params.depth + 1)),
        scale=scale,
    )


def kernel_second(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E Θ²/(E Θ)² by the sums over layers; *undecided* where no sample can tell."""
    part = result.kernel
    if part is None or not layers_are_exact(params):
        return None
    return _unless_deep(
        params,
        "mean of Θ² over (E Θ)²",
        sample,
        lambda s: s.square[-1],
        Statement("exact at this width", float(part.second[-1])),
    )


def kernel_limit(params: Params, result: Result, _sample: Any) -> Check | None:
    """E Θ²/(E Θ)² at fixed L/N tends to e^{ct}[⅓ + …]: widths 400 and 800, extrapolated in 1/N."""
    if result.kernel is None or not layers_are_exact(params):
        return None
    name, ratio = EXACT[params.activation], params.depth / params.width
    if not 0.1 <= ratio <= 2 or (_WIDE * params.depth) % params.width:
        return None
    deep = round(_WIDE * ratio)
    once, twice = (tangent_kernel_second_moment((k * _WIDE,) * (k * deep), name) for k in (1, 2))
    limit = tangent_kernel_second_moment_limit(ratio, name)
    # What the rule leaves is of order 1/N²: 93 L/N times that was seen, 200 are allowed.
    return exact(
        f"E Θ²/(E Θ)² at L/N = {ratio:.3g}, extrapolated from widths {_WIDE} and {2 * _WIDE}",
        2 * twice - once,
        Statement("limit", limit),
        Statement("without its prefactor, e^(cL/N)", math.exp(PER_LAYER[name] * ratio)),
        tolerance=200 * ratio / _WIDE**2 * limit,
    )


def step_drift(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The mean change of Θ in the first step, at every depth that is measured together."""
    part = result.step
    if part is None or not layers_are_exact(params):
        return None
    rivals = (Statement("first order in L/N", -part.slope * params.depth / params.width),)
    drift = -float(part.loss.there[-1])
    return _unless_deep(
        params,
        "mean change of Θ per time, over (E Θ)²",
        sample,
        lambda s: s.change[-1],
        Statement("exact", drift),
        *(rivals if params.depth >= _TOLD * params.width else ()),
        signed=True,
        bias=STEP_BIAS * abs(drift),
    )


def _unless_deep(
    params: Params,
    quantity: str,
    sample: Drawn,
    moments: Callable[[Any], Moments],
    *statements: Statement,
    signed: bool = False,
    scale: float = 1.0,
    bias: float = 0.0,
) -> Check:
    """`sampled`, but undecided where L/N is so large that the mean is not in any sample."""

    def estimate(state: Any) -> Estimate:
        found = moments(state)
        return (_steady(found) if signed else found.mean_estimate()).scaled(scale)

    if sample is None or params.depth < UNSEEN * params.width:
        return sampled(quantity, sample, estimate, *statements, bias=bias)
    now = estimate(sample.current)
    reason = f"L/N is {UNSEEN:g} or more: networks too rare to be drawn carry the mean"
    return Check(quantity, now.value, now.standard_error, True, statements, reason)


def _steady(moments: Moments) -> Estimate:
    """A mean of numbers of either sign, with the share that the largest has of their spread."""
    found = moments.centred_estimate()
    spread = moments.m2
    share = moments.largest**2 / spread if spread > 0 else 0.0
    effective = spread**2 / moments.m4 if moments.m4 > 0 else float(moments.count)
    return replace(found, largest_share=share, effective=effective)


def _common(moments: Moments) -> Estimate:
    """A share; undecided until it rests on a hundred networks that have what is counted."""
    found = moments.centred_estimate()
    return replace(found, effective=min(moments.mean, 1 - moments.mean) * moments.count)
