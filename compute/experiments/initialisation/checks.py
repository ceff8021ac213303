"""How the claims of section 2.1.1 are judged at any setting.

A check uses what `run` and the sampler have computed, and is None where the setting says nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Check, Statement, exact, sampled, undecided
from compute.estimates import weighted_slope
from compute.experiments.initialisation.run import Result
from compute.experiments.initialisation.samples import (
    KERNEL_WIDTHS,
    KernelSample,
    OutputSample,
    PairSample,
)
from compute.experiments.initialisation.setting import (
    Params,
    cosine_of,
    power_of,
    scale_of,
    variance_of,
)
from compute.sampling import Estimate, Moments, Sample

# The claim is a slope of −½ ± 0.05, and *agrees* means within 3.5 of these.
SLOPE_SLACK = 0.05 / 3.5
# Rounding where every draw is the same number.
_ROUNDING = 1e-9


def same_neuron(
    params: Params, result: Result, sample: Sample[OutputSample] | None
) -> Check | None:
    """(2.1.7) on the diagonal: Cov(z_i(x), z_i(x')) = x·x'/N_0."""
    if result.output is None:
        return None
    return sampled(
        "covariance of z_i(x) and z_i(x′), mean over neurons",
        sample,
        lambda s: _counted(s.same),
        Statement("x·x′/N₀", variance_of(params) * cosine_of(params)),
    )


def other_neuron(
    params: Params, result: Result, sample: Sample[OutputSample] | None
) -> Check | None:
    """(2.1.7) off it: different neurons are independent."""
    if result.output is None or params.width < 2:
        return None
    return sampled(
        "covariance of z_i(x) and z_i₊₁(x′), mean over neurons",
        sample,
        lambda s: _counted(s.other),
        Statement("independent", 0.0),
    )


def prefactor(params: Params, result: Result, sample: Sample[OutputSample] | None) -> Check | None:
    """E 3: the variance of (2.1.1) with 1/√N_1, not with 1/√N_0."""
    if result.output is None:
        return None
    printed = result.variance * params.width / params.inputs
    return sampled(
        "γ² times the variance of the output (2.1.1)",
        sample,
        lambda s: s.square.mean_estimate(),
        Statement("prefactor 1/(γ√N₁)", result.variance),
        Statement("prefactor 1/(γ√N₀) as printed", printed),
        bias=_ROUNDING * result.variance,
    )


def kernel_index(
    _params: Params, result: Result, sample: Sample[OutputSample] | None
) -> Check | None:
    """E 48: the output's covariance is one step of (3.3.1), which Chapter 3 calls K^(1)."""
    if result.output is None:
        return None
    return sampled(
        "γ² times the variance of the output",
        sample,
        lambda s: s.square.mean_estimate(),
        Statement("K⁽¹⁾ of Chapter 3", result.steps[0]),
        Statement("K⁽²⁾ of Chapter 3", result.steps[1]),
        bias=_ROUNDING * result.variance,
    )


def kurtosis(_params: Params, result: Result, sample: Sample[OutputSample] | None) -> Check | None:
    """A Gaussian with a random variance: 3 Var S/(E S)², not 0."""
    if result.output is None:
        return None
    return sampled(
        "excess kurtosis of the output",
        sample,
        lambda s: s.kurtosis(),
        Statement("mixture, 3 Var S/(E S)²", result.output.kurtosis),
        Statement("Gaussian, as in the limit", 0.0),
        bias=_ROUNDING,
    )


def covariance_mean(
    _params: Params, result: Result, sample: Sample[KernelSample] | None
) -> Check | None:
    """The conditional covariance has the limit as its mean, here at (x, x')."""
    return _mean(result, sample, 1, "mean conditional covariance at (x, x′), times γ²")


def ntk_mean(params: Params, result: Result, sample: Sample[KernelSample] | None) -> Check | None:
    """(2.1.10), at (x, x')."""
    return _mean(result, sample, 4, "mean tangent kernel at (x, x′), times γ²/η")


def _mean(
    result: Result, sample: Sample[KernelSample] | None, entry: int, quantity: str
) -> Check | None:
    if result.width is None:
        return None
    limits = result.width.limits
    limit, unit = limits[entry // 3, entry % 3], limits[entry // 3, 0]
    label = "E[σσ′]" if entry < 3 else "(2.1.10)"

    def measured(s: KernelSample) -> Estimate:
        e = s.pooled(entry)
        return replace(e, value=limit + unit * e.value, standard_error=unit * e.standard_error)

    return sampled(
        quantity, sample, measured, Statement(label, float(limit)), bias=float(_ROUNDING * unit)
    )


def covariance_slope(
    _params: Params, result: Result, sample: Sample[KernelSample] | None
) -> Check | None:
    """Its fluctuation falls like N_1^(−½)."""
    return _slope(result, sample, 0, "slope of log deviation of the conditional covariance")


def ntk_slope(_params: Params, result: Result, sample: Sample[KernelSample] | None) -> Check | None:
    """The tangent kernel's too."""
    return _slope(result, sample, 3, "slope of log deviation of the tangent kernel")


def _slope(
    result: Result, sample: Sample[KernelSample] | None, entry: int, quantity: str
) -> Check | None:
    if result.width is None or result.width.spreads[entry // 3, 0] == 0:
        return None
    return sampled(
        quantity,
        sample,
        lambda s: s.slope(entry),
        Statement("−½", -0.5),
        bias=SLOPE_SLACK,
    )


def ntk_spread(
    _params: Params, result: Result, sample: Sample[KernelSample] | None
) -> Check | None:
    """E 4 in the law of the kernel: (W^(2))² makes it fluctuate more."""
    if result.width is None or result.width.spreads[1, 0] == 0:
        return None
    return sampled(
        "√N₁ times the relative deviation of the tangent kernel at (x, x)",
        sample,
        lambda s: s.spread(3),
        Statement("with (W⁽²⁾)²", float(result.width.spreads[1, 0])),
        Statement("(2.1.9) as printed", float(result.width.spreads[2, 0])),
        bias=0.002 * float(result.width.spreads[1, 0]),
    )


def ntk_formula(params: Params, result: Result, _sample: Any) -> Check | None:
    """E 4: (2.1.9) needs (W_i^(2))², by numerical gradients of one network."""
    part = result.width
    if part is None:
        return None
    at = part.at if abs(cosine_of(params)) > 0.05 else 0
    where = "(x, x′)" if at == part.at else "(x, x)"
    size = float(np.abs(part.corrected).max())
    quantity = f"tangent kernel at {where}, N₁ = {part.neurons}, numerical gradients"
    measured, tolerance = float(part.numerical[at]), 1e-8 * size
    said = (
        Statement("with (W⁽²⁾)²", float(part.corrected[at])),
        Statement("(2.1.9) as printed", float(part.printed[at])),
    )
    if part.crossed:
        reason = "a difference crosses a kink"
        return undecided(quantity, measured, *said, tolerance=tolerance, reason=reason)
    return exact(quantity, measured, *said, tolerance=tolerance)


def learning_rate(
    params: Params, result: Result, sample: Sample[KernelSample] | None
) -> Check | None:
    """(2.1.11): ⟨∇z, ∇z⟩ falls like γ^(−2), so η must grow like γ²."""
    table = result.table
    if table is None or power_of(params) < 0.05:
        return None
    scales = np.array([scale_of(params, w) for w in KERNEL_WIDTHS])

    def measured(s: KernelSample) -> Estimate:
        mean, error = (values[:, 3] for values in s.means())
        used = (s.drawn >= 30) & (mean > -1)
        if used.sum() < 3:
            return Estimate(math.nan, math.nan, int(s.drawn.sum()))
        kernel = table.unit * params.eta / scales[used] ** 2 * (1 + mean[used])
        relative = np.maximum(error[used] / (1 + mean[used]), 1e-9)
        slope, inexact = weighted_slope(np.log(scales[used]), np.log(kernel), relative)
        return Estimate(-slope, inexact, int(s.drawn.sum()), s.share(3, 100))

    return sampled(
        "exponent b of η ~ γᵇ that keeps the mean tangent kernel of order 1",
        sample,
        measured,
        Statement("η = Θ(γ²)", 2.0),
        bias=1e-3,
    )


def squares(params: Params, result: Result, sample: Sample[PairSample] | None) -> Check | None:
    """Two outputs share their random covariance: independent in the limit only."""
    part = result.outputs
    if part is None:
        return None

    def measured(s: PairSample) -> Estimate:
        return s.correlation(int(np.argmin(np.abs(s.widths - params.width))))

    return sampled(
        f"correlation of the squares of two outputs, N₁ = {params.width}",
        sample,
        measured,
        Statement("shared hidden layer", part.here),
        Statement("independent, as in the limit", 0.0),
        bias=_ROUNDING,
    )


def _counted(moments: Moments | None) -> Estimate:
    """The mean, undecided while it rests on few networks."""
    if moments is None:
        return Estimate(math.nan, math.nan, 0)
    return replace(moments.centred_estimate(), effective=float(moments.count))
