"""How the claims of §3.4 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Check, Statement, at_least, exact, sampled
from compute.experiments.deep_networks import PIECEWISE_LINEAR
from compute.experiments.finite_width.critical import FOLLOWED
from compute.experiments.finite_width.density import TAIL
from compute.experiments.finite_width.run import Array, Cumulant, Result
from compute.experiments.finite_width.sampler import Networks
from compute.experiments.finite_width.setting import TRUSTED, Params
from compute.sampling import Estimate, Sample

Drawn = Sample[Networks] | None
# Slopes of log error against log N, from N = 50 to 800: L/N is 0.06 at most.
_SLOPE = 0.1
_ORDER = "slope of log error in log N, the worst of L = 1, 2, 3"


def _honest(part: Cumulant, networks: Networks, found: Estimate) -> Estimate:
    """What is measured of κ_4/K², on no more draws of any width than count by the exact law."""
    counting = float((networks.count * part.effective[:, -1]).min())
    known = networks.estimate().counting(counting / float(networks.count[0]))
    return replace(known, value=found.value, standard_error=found.standard_error)


def _extrapolated(params: Params, part: Cumulant, sample: Drawn, per_layer: bool) -> Check | None:
    """N κ_4/K² of three widths, on a straight line to 1/N = 0."""
    leading = float(part.leading[0, -1])
    if params.figure == "neurons" or leading > TRUSTED:
        return None
    unit = params.width / (params.depth if per_layer else 1)

    def estimate(networks: Networks) -> Estimate:
        value, error, _ = networks.extrapolated(part.widths)
        found = Estimate(value, error, int(networks.count[0]))
        return _honest(part, networks, found.scaled(unit / params.width))

    return sampled(
        f"N κ₄/K²{'/L' if per_layer else ''} behind {params.depth} layers, 1/N → 0",
        sample,
        estimate,
        Statement("(3.4.1), ½ and K⁽ˡ⁻¹⁾", leading * unit),
        Statement("as printed", float(part.printed[0, -1]) * unit),
        # what is left of third order in 1/N, as a share: at most half the square of κ₄/K²
        bias=0.5 * leading**2 * leading * unit,
    )


def recursion(params: Params, result: Result, sample: Drawn) -> Check | None:
    """(3.4.1) has C_W/2 in its square, and kernel K^(ℓ−1) (E 21)."""
    part = result.cumulant
    if part is None or params.activation in PIECEWISE_LINEAR or params.depth < 2:
        return None
    return _extrapolated(params, part, sample, per_layer=False)


def slope(params: Params, result: Result, sample: Drawn) -> Check | None:
    """κ_4/K² = C L/N at order 1/N, at every depth, for piecewise linear σ (E 43)."""
    part = result.cumulant
    if part is None or params.bias_variance or params.depth < 2:
        return None
    if params.activation not in PIECEWISE_LINEAR:
        return None
    return _extrapolated(params, part, sample, per_layer=True)


def layer_index(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Behind one layer κ_4 = C_W² Var σ²/N at K^(0), not at K^(1) (E 23); exact at every width."""
    part = result.cumulant
    if part is None or params.figure != "cumulant" or params.depth > 1:
        return None
    if params.route != "weights" or params.activation in PIECEWISE_LINEAR:
        return None
    return sampled(
        f"N κ₄/K² behind one layer, N = {params.width}",
        sample,
        lambda networks: networks.estimate().scaled(params.width),
        Statement("σ² at K⁽⁰⁾", float(part.leading[0, 0]) * params.width),
        Statement("σ² at K⁽¹⁾ as printed", float(part.printed[0, 0]) * params.width),
    )


def exact_law(params: Params, result: Result, sample: Drawn) -> Check | None:
    """κ_4/K² at three widths is that of the exact law, whose leading order alone is too small."""
    part = result.cumulant
    if part is None or params.figure not in {"cumulant", "collapse"}:
        return None
    if params.depth == 1 and params.route == "layers":  # nothing is drawn that counts
        return None
    law, leading = part.exact[:, -1], part.leading[:, -1]

    def estimate(networks: Networks) -> Estimate:
        value, error = (found[:, -1] / law for found in networks.ratio())
        spread = float(np.sqrt((error**2).sum())) / law.size
        return _honest(part, networks, Estimate(float(value.mean()), spread, law.size))

    return sampled(
        f"κ₄/K² over the exact law, mean of N = {', '.join(map(str, part.widths))}",
        sample,
        estimate,
        Statement("exact law", 1.0),
        Statement("leading order", float((leading / law).mean())),
    )


def dead_counted(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Dead networks belong to the law: without them κ_4/K² would be (1 + r)P − 1."""
    part = result.cumulant
    if part is None or params.activation != "relu" or params.route != "weights":
        return None
    if params.figure != "cumulant" or params.bias_variance > 0 or params.width > 6:
        return None
    law, alive = float(part.exact[0, -1]), (1 - 2.0**-params.width) ** params.depth
    return sampled(
        f"κ₄/K² of all networks, N = {params.width}",
        sample,
        lambda s: _honest(part, s, s.deepest("ratio")),
        Statement("dead ones counted", law),
        Statement("dead ones dropped", (1 + law) * alive - 1),
    )


def criticality(_params: Params, result: Result, _sample: Any) -> Check | None:
    """C_W m'(K) = 1 keeps a change of K; the printed condition halves it (E 22)."""
    part = result.critical
    if part is None or not part.chosen.solved:
        return None
    return exact(
        "dK′/dK of one layer at the tuned C_W, by differences",
        part.growth,
        Statement("(C_W/2) E ∂²σ² = 1", 1.0),
        Statement("C_W E ∂²σ² = 1 as printed", 0.5),
        tolerance=1e-6,
    )


def half_stable(params: Params, result: Result, _sample: Any) -> Check | None:
    """GELU has both susceptibilities 1 at K* = (3 + √17)/2."""
    part = result.critical
    if part is None or params.activation != "gelu":
        return None
    return exact(
        "K where m′ = E σ′², by a search",
        part.half[0],
        Statement("(3 + √17)/2", (3 + math.sqrt(17)) / 2),
        tolerance=1e-9,
    )


def fading_slope(params: Params, result: Result, _sample: Any) -> Check | None:
    """tanh and its class have no fixed K > 0: slope ⅔, and only as L → ∞ (E 43)."""
    part = result.critical
    if part is None or not part.chosen.fading:
        return None
    return exact(
        f"N κ₄/(L K²) at L = {FOLLOWED}, iterated",
        part.chosen.slope,
        Statement("⅔ as L → ∞", 2 / 3),
        Statement("2, that of a fixed small K", 2.0),
        # K ~ c/ℓ(1 + O(log ℓ/ℓ)), and the start is forgotten like 1/(K_0 ℓ)
        tolerance=(math.log(FOLLOWED) + 1 + 1 / params.variance0) / FOLLOWED,
    )


def tail(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The share of outputs beyond 3√K is that of the exact law."""
    part = result.density
    if part is None or not math.isfinite(part.tail[0]):
        return None
    return sampled(
        f"share of outputs beyond {TAIL:g}√K",
        sample,
        lambda networks: Estimate.share(networks.beyond, networks.count[0]),
        Statement("exact law", part.tail[0]),
        Statement("Gaussian", part.tail[1]),
        Statement("first order", part.tail[2]),
    )


def covariance(params: Params, result: Result, sample: Drawn) -> Check | None:
    """κ_4 is the covariance of z_i² and z_j², a third of the fourth cumulant of z_i."""
    part = result.cumulant
    if part is None or params.figure != "neurons":
        return None
    law = float(part.exact[0, -1])
    if not math.isfinite(law) or params.width < 2:
        return None
    return sampled(
        f"Cov(z_i², z_j²)/K² behind {params.depth} layers",
        sample,
        lambda s: _honest(part, s, s.deepest("covariance")),
        Statement("κ₄/K²", law),
        Statement("3κ₄/K², of one neuron", 3 * law),
        Statement("0, independent neurons", 0.0),
    )


def dressed(params: Params, result: Result, sample: Drawn) -> Check | None:
    """G moves off K by κ_4: cumulants of order 2 do not close among themselves (E 42)."""
    part = result.cumulant
    if part is None or params.figure != "neurons" or float(part.leading[0, -1]) > TRUSTED:
        return None
    shift = float(part.shift[-1])
    if shift == 0:
        return None
    return sampled(
        f"N(G − K)/K behind {params.depth} layers, N = {params.width}",
        sample,
        lambda s: s.deepest("shift").scaled(params.width),
        Statement("½C_W m″κ₄, carried on", shift),
        Statement("0, by orders ≤ 2 alone", 0.0),
        # the next order in 1/N, as a share: twice κ₄/K²
        bias=2 * float(part.leading[0, -1]) * abs(shift),
    )


def leading_fails(params: Params, result: Result, sample: Drawn) -> Check | None:
    """GELU at C_W = 2: the kernel dies, rare networks carry κ_4, and 1/N is no small number."""
    part = result.cumulant
    if part is None or params.figure != "width" or params.activation != "gelu":
        return None
    leading = float(part.leading[0, -1])
    if leading < 1:
        return None
    return sampled(
        f"κ₄/K² over (3.4.1), N = {params.width}",
        sample,
        lambda networks: networks.estimate().scaled(1 / leading),
        at_least("leading order is off by more than 5 times", 5.0),
        Statement("leading order", 1.0),
    )


def _worst(slopes: Array, predicted: float) -> float:
    return float(slopes[np.argmax(np.abs(slopes - predicted))])


def order(params: Params, result: Result, _sample: Any, *, function: str) -> Check | None:
    """(3.4.2) errs like N⁻² where its fourth cumulant is κ_4^(ℓ)."""
    part = result.observable
    if part is None or params.function != function or not np.isfinite(part.slope).all():
        return None
    said = Statement("N⁻² with κ₄⁽ˡ⁾", -2.0)
    return exact(_ORDER, _worst(part.slope, -2), said, tolerance=_SLOPE)


def prefactor(_params: Params, result: Result, _sample: Any) -> Check | None:
    """With the printed κ_4^(ℓ+1) the error is of order N⁻¹ (E 24)."""
    part = result.observable
    if part is None or not np.isfinite(part.slope).all():
        return None
    return exact(
        _ORDER,
        _worst(part.printed_slope, -1),
        Statement("N⁻¹ with κ₄⁽ˡ⁺¹⁾", -1.0),
        Statement("N⁻² as printed", -2.0),
        tolerance=4 * _SLOPE,
    )


def fourth_power(params: Params, result: Result, _sample: Any) -> Check | None:
    """(3.4.2) is exact for z⁴."""
    part = result.observable
    if part is None or params.function != "fourth":
        return None
    return exact(
        "largest relative error of (3.4.2)",
        float(part.error.max()),
        Statement("0", 0.0),
        tolerance=1e-12,
    )
