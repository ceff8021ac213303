"""How the claims of page 2.5 are judged: None where the setting says nothing about a claim."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Check, Statement, at_least, at_most, exact, sampled
from compute.estimates import slope_weights
from compute.experiments.leaving_the_kernel_regime.run import EPSILONS, GROWING, Result
from compute.experiments.leaving_the_kernel_regime.setting import Params
from compute.sampling import Sample

# Rounding errors grow along a chaotic path, so that it is compared at its beginning.
_COMPARED, _LARGE = 12, 1e6
_FAST, _SLOWEST_LAW = 0.1, 1
WIDEST_EDGE = 5.5


def two_numbers(params: Params, result: Result, _sample: Any) -> Check | None:
    """Descent on vectors is the map of two numbers."""
    part = result.map
    if part is None or params.start == 0:
        return None
    f = np.abs(part.exact[: _COMPARED + 1, 0])
    at = int(np.argmax(np.where(f < _LARGE, f, 0)[1:])) + 1
    return exact(
        f"f after {at} steps on real vectors of length {params.width}",
        float(part.vectors[at, 0]),
        Statement("the map of two numbers", float(part.exact[at, 0])),
        Statement("linearised: without its last term", float(part.linear[at])),
        tolerance=1e-9 * max(abs(params.start), float(f[at])),
    )


def rising(params: Params, result: Result, _sample: Any) -> Check | None:
    """The loss rises at first from κ_0 = 2 + φ_0² on."""
    part = result.final
    if part is None or params.start == 0 or math.isnan(part.threshold):
        return None
    return exact(
        f"ηλ₀ from which the loss of vectors of length {part.width} rises at the first step",
        part.rising,
        Statement("2 + φ₀²", part.threshold),
        tolerance=1e-4,
    )


def diverging(params: Params, result: Result, _sample: Any) -> Check | None:
    """It diverges from κ_0 = 4 on."""
    if result.final is None or params.start == 0:
        return None
    return exact(
        "ηλ₀ from which 3000 steps on vectors of length 100 do not bring the loss down",
        result.final.diverging,
        Statement("4", 4.0),
        tolerance=1e-3,
    )


def flat(params: Params, result: Result, _sample: Any) -> Check | None:
    """Where descent comes to rest, κ < 2."""
    if result.final is None or params.start == 0:
        return None
    return exact(
        "largest final ηλ of vectors that came to rest, ηλ₀ from 0.5 to 3.7",
        float(np.nanmax(result.final.measured)),
        at_most("2", 2.0),
        tolerance=1e-9,
    )


def order_n(params: Params, result: Result, _sample: Any) -> Check | None:
    """The largest loss on the way is of order n."""
    if result.final is None or not (2.6 <= params.kappa <= 3.2 and 0.5 <= params.start <= 1.5):
        return None
    return exact(
        "slope of the largest loss against n, vectors of length 100 to 102 400",
        float(slope_weights(GROWING) @ np.log(result.final.growth)),
        Statement("1: of order n", 1.0),
        Statement("0: of order 1", 0.0),
        tolerance=0.05,
    )


def edge(params: Params, _result: Result, sample: Sample[Any] | None) -> Check | None:
    """Networks with more data have no larger edge."""
    if params.figure != "networks" or params.data < 16 or params.neurons < 64:
        return None
    if params.target != "random":
        return None
    return sampled(
        f"largest ηλ₀ up to which a network converges, mean over starts, |D| = {params.data}",
        sample,
        lambda s: s.edge.mean_estimate(),
        at_most("5.5", WIDEST_EDGE),
    )


def landing(params: Params, _result: Result, sample: Sample[Any] | None) -> Check | None:
    """A network that was thrown at κ_0 = 3 lands below 2."""
    if params.figure != "networks" or params.neurons < 64 or params.activation != "relu":
        return None
    if params.target != "random" or not 4 <= params.data <= 16:
        return None
    return sampled(
        "final ηλ of networks that started at 3, mean over starts",
        sample,
        lambda s: s.last(),
        at_most("2", 2.0),
    )


def lazy(params: Params, _result: Result, sample: Sample[Any] | None) -> Check | None:
    """At small steps and γ = 1 the kernel's change dies with the width."""
    return _slope(params, sample, at_most("−½", -0.5)) if params.kappa <= 1 else None


def thrown(params: Params, _result: Result, sample: Sample[Any] | None) -> Check | None:
    """At κ_0 = 3 it does not."""
    if not 2.8 <= params.kappa <= 3.2:
        return None
    return _slope(params, sample, at_least("−¼", -0.25))


def _slope(params: Params, sample: Sample[Any] | None, said: Statement) -> Check | None:
    if params.figure != "width" or params.exponent > 0 or params.activation not in ("relu", "tanh"):
        return None
    if params.target != "random" or not 4 <= params.data <= 12:
        return None
    words = "slope of the kernel's change against N₁ = 16 … 512, mean over starts"
    return sampled(words, sample, lambda s: s.slope_estimate(), said)


def first_half(params: Params, result: Result, _sample: Any) -> Check | None:
    """T_0 = (ε/σ_0²) log 2."""
    part = result.scales
    if part is None or params.epsilon > _FAST * params.sigma0**2:
        return None
    law = float(part.predicted[0])
    return exact(
        "T₀, when the constant component is half learned",
        float(part.times[0]),
        Statement("ε log 2/σ₀²", law),
        tolerance=law * (2 * params.epsilon * _strength(params) + 1e-5),
    )


def _strength(params: Params) -> float:
    """How strongly the other components pull while the first is learned."""
    pull = params.sigma1 * params.phi1 + params.sigma2 * params.phi2
    return float((1 + pull) ** 2 * (1 + 1 / params.phi0) / params.sigma0**4)


def second_half(params: Params, result: Result, _sample: Any) -> Check | None:
    """T_1 by its integral, at ε = 10⁻⁷."""
    part = result.times
    # elsewhere the quadratic part may come before the linear one, or with it
    usual = params.sigma0 == params.sigma1 == params.sigma2 == 1 and params.phi1 >= max(
        0.5, params.phi2
    )
    if part is None or params.particles < 10 or not usual:
        return None
    law, mean = float(part.predicted[_SLOWEST_LAW, 1]), params.phi0 / params.sigma0
    epsilon, quadratic = EPSILONS[_SLOWEST_LAW], params.sigma2 * params.phi2
    size = 1 + 4 * mean**2 + quadratic * params.phi1 / params.sigma1
    return exact(
        "T₁ at ε = 10⁻⁷, when the linear component is half learned",
        float(part.measured[_SLOWEST_LAW, 1]),
        Statement("integral with the mean weight held at φ₀/σ₀", law),
        Statement("as if the mean grew, too", float(part.pooled[_SLOWEST_LAW])),
        tolerance=law * 4 * math.sqrt(epsilon) * size,
    )


def reversed_order(params: Params, result: Result, _sample: Any) -> Check | None:
    """A fast inner layer: the linear part first, then the quadratic one, the constant last."""
    part = result.scales
    plain = Params(figure="scales", particles=params.particles, epsilon=params.epsilon)
    usual = params.particles >= 10 and replace(params, seed=plain.seed) == plain
    if part is None or params.epsilon < 50 or not usual:
        return None
    constant, linear, quadratic = part.times.tolist()
    return exact(
        "smaller of T₀/T₂ and T₂/T₁",
        min(constant / quadratic, quadratic / linear),
        at_least("1: linear, quadratic, constant", 1.0),
        tolerance=0.0,
    )


def third_slope(params: Params, result: Result, _sample: Any) -> Check | None:
    """T_2 ~ ε^¼."""
    part = result.times
    plain = Params(figure="times", particles=params.particles)
    if part is None or params.particles < 100 or params != plain:
        return None
    return exact(
        "slope of T₂ against ε, from 10⁻⁸ to 10⁻⁶",
        float(slope_weights(EPSILONS[:3]) @ np.log(part.measured[:3, 2])),
        Statement("¼", 0.25),
        Statement("½, as for T₁", 0.5),
        tolerance=0.03,
    )
