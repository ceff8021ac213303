"""How the claims about depth and width together are judged at any setting, and None elsewhere.

The limits are those of N → ∞ at L/N = t. What a network of width N differs by is declared as a
bias of order 1/N; its constants were seen at N = 25 and 50, and are rounded up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compute.claims import Check, Checker, Statement, exact, sampled
from compute.covariance_sde import alignment_probability, inverse_angle_moments
from compute.experiments.depth_and_width.run import Result
from compute.experiments.depth_and_width.sampler import Networks
from compute.experiments.depth_and_width.setting import (
    Params,
    depth_of,
    kink_of,
    shape_of,
    strength_of,
)
from compute.linear_products import log_norm_moments
from compute.sampling import Estimate, Moments, Sample

Drawn = Sample[Networks] | None


def _last(of: Callable[[Moments], Estimate]) -> Callable[[Networks], Estimate]:
    """An estimate from the networks that live in layer L; nothing from none."""
    return lambda s: Estimate.unknown() if s.last is None else of(s.last)


def _time(params: Params) -> float:
    return depth_of(params) / params.width


def correlation(spread: bool) -> Checker:
    """E ρ_t or Var ρ_t of the diffusion, by its forward equation; width first Var ρ_t is 0."""

    def check(params: Params, result: Result, sample: Drawn) -> Check | None:
        part = result.density
        if part is None or shape_of(params) == "relu" or strength_of(params) > 0:
            return None
        predicted = part.deviation[-1] ** 2 if spread else part.mean[-1]
        what = "variance of ρ over networks" if spread else "mean of ρ"
        one = (Statement("width first: one ρ for all", 0.0),) if spread else ()
        return sampled(
            f"{what} in layer {depth_of(params)}",
            sample,
            _last(Moments.variance_estimate if spread else Moments.centred_estimate),
            Statement(f"limit at L/N = {_time(params):.3g}", float(predicted)),
            *one,
            bias=(1.0 if spread else 1.5) / params.width,
        )

    return check


def log_variance_mean(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E log V = −t, −5t/2 for unshaped ReLU; exact at every width for linear networks."""
    part = result.variance
    if part is None or strength_of(params) > 0:
        return None
    at, shape, predicted = _time(params), shape_of(params), float(part.mean[-1])
    label, bias = f"limit at L/N = {at:.3g}", 0.0
    if shape == "linear":
        label = "ψ(N/2) − log(N/2) per layer"
        exactly = 2 * log_norm_moments([params.width] * depth_of(params))[0]
        predicted = math.log(params.variance) + exactly
    else:
        bias = (0.5 + 2 * kink_of(params) ** 2) * at / params.width
        bias = 6 * at / params.width if shape == "relu" else bias
        bias += 2 * abs(strength_of(params)) * params.variance / params.width
    return sampled(
        f"mean of log V in layer {depth_of(params)}",
        sample,
        _last(Moments.centred_estimate),
        Statement(label, predicted),
        *_width_first(float(part.wide[-1])),
        bias=bias,
    )


def _width_first(number: float) -> tuple[Statement, ...]:
    return (Statement("width first", number),) if math.isfinite(number) else ()


def explosion(ever: bool) -> Checker:
    """P(exploded ever) as far as L/N reaches, width first 1 (E 20); or by t, with the next order in
    1/N, by which networks of width N are late."""

    def check(params: Params, result: Result, sample: Drawn) -> Check | None:
        part, n = result.explosion, params.width
        if part is None or strength_of(params) <= 0:
            return None
        late, by = float(part.late[-1]), Statement("its limit N → ∞", float(part.share[-1]))
        said = [Statement(f"next order in 1/N at L/N = {_time(params):.3g}", late), by]
        # the order after that, as it was seen at N = 25 and 50
        bias = min(15 * max(1.0, params.strength * params.variance) / n**2, 1.0)
        if ever:
            said, bias = [Statement("1 − exp(−gV₀)", part.ever)], 2.0 / n + max(part.ever - late, 0)
            if part.times[-1] > 1.2 * part.blow_up:
                said.append(Statement("width first: certain", 1.0))
        return sampled(
            f"share of networks that have exploded by layer {depth_of(params)}",
            sample,
            lambda s: s.exploded.centred_estimate(),
            *said,
            bias=bias,
        )

    return check


def arcsine(params: Params, result: Result, sample: Drawn) -> Check | None:
    """E arcsin ρ stays what it was, in every layer of a linear network and at every width."""
    if result.alignment is None:
        return None
    return sampled(
        f"mean of arcsin ρ in layer {depth_of(params)}",
        sample,
        lambda s: Estimate.unknown() if s.arcs is None else s.arcs.centred_estimate(),
        Statement("arcsin ρ₀", math.asin(params.correlation)),
    )


def alignment(params: Params, result: Result, sample: Drawn) -> Check | None:
    """P(ρ → +1) = 1 − arccos(ρ_0)/π, as far as L/N reaches."""
    part = result.alignment
    if part is None:
        return None
    limit = float(alignment_probability(params.correlation))
    return sampled(
        f"share of networks with ρ > 0 in layer {depth_of(params)}",
        sample,
        lambda s: Estimate.unknown() if s.above is None else s.above.centred_estimate(),
        Statement("1 − arccos(ρ₀)/π", limit),
        Statement("ρ as it was, width first", float(params.correlation > 0)),
        bias=1.5 * abs(part.positive - limit),
    )


def angle_median(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The median of log X, X = 3π/(Nθ), by the equation with the next order in 1/N."""
    part = result.angle
    if part is None:
        return None
    return sampled(
        f"median of log X, X = 3π/(Nθ), in layer {depth_of(params)}",
        sample,
        lambda s: s.median_estimate(part.edges),
        Statement("diffusion with the next order", math.log(float(part.predicted[-1, 1]))),
        *_width_first(math.log(float(part.wide[-1]))),
        bias=(1 + 3 * _time(params)) / params.width,
    )


def inverse_angle_mean(_params: Params, result: Result, _sample: Any) -> Check | None:
    """E X_t = (e^(2t) − 1)/2: closed form against forward equation."""
    part = result.angle
    if part is None:
        return None
    time = float(part.times[-1])
    return exact(
        f"E X at L/N = {time:.3g}, from the forward equation",
        part.limit_mean,
        Statement("(e²ᵗ − 1)/2", inverse_angle_moments(time)[0]),
        Statement("t, width first", time),
        # cells as wide as a share of the spread, weighted by e^w
        tolerance=(1e-3 + 2e-3 * time**2) * inverse_angle_moments(time)[0],
    )
