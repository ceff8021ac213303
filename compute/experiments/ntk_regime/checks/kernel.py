"""Checks of §2.2 on the kernel at initialisation and on the models of the lemma."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compute.claims import Check, Statement, at_most, exact
from compute.experiments.ntk_regime.lemma import SLOW
from compute.experiments.ntk_regime.positivity import NULL, ROUNDING
from compute.experiments.ntk_regime.run import Result
from compute.experiments.ntk_regime.setting import Params
from compute.experiments.one_layer_fields import KINKED

# Share of λ_min(E Θ), and for how many data: five networks of 4096 neurons were within 0.05.
POSITIVE_WITHIN, _WIDE_FOR = 0.1, 8


def positive_limit(params: Params, result: Result, _sample: Any) -> Check | None:
    """λ_min(Θ_0) → λ_min(E Θ).

    λ_min(Θ_0) is nearly a mean over 4096 · 5 neurons of positive numbers, a few times λ_min large:
    it is within a few percent, wherever λ_min is more than rounding. More data need more neurons.
    """
    part = result.eigenvalues
    if part is None or not part.limit > 0 or params.activation in {"exp", "cubic"}:
        return None
    if part.size > _WIDE_FOR:
        return None
    return exact(
        f"λ_min(Θ₀) at N₁ = {part.widths[-1]:.0f}, mean of {len(part.by_width)} networks",
        float(part.by_width[:, -1].mean()),
        Statement("λ_min(E Θ)", part.limit),
        tolerance=POSITIVE_WITHIN * part.limit + ROUNDING * len(part.by_width) * part.limit_trace,
    )


def concentration(params: Params, result: Result, _sample: Any) -> Check | None:
    """Θ_0 is a mean of N_1 independent matrices: its distance from E Θ has slope −½."""
    part = result.eigenvalues
    if part is None or params.activation in {"exp", "cubic"}:
        return None
    size = np.log(np.sqrt(np.mean(part.distances**2, axis=0)))
    return exact(
        "slope of ‖Θ₀ − E Θ‖ against N₁, log–log",
        float(np.polyfit(np.log(part.widths), size, 1)[0]),
        Statement("−½", -0.5),
        # five networks that grow: measured spread of the slope 0.05
        tolerance=0.25,
    )


def mean_kernel(params: Params, result: Result, _sample: Any) -> Check | None:
    """(2.2.6) needs η/γ² (E 50)."""
    part = result.eigenvalues
    if part is None or params.activation in {"exp", "cubic"}:
        return None
    # at η = γ² both are the same
    printed = Statement("(2.2.6) as printed, without", part.printed_trace)
    rivals = () if params.rate == 1 else (printed,)
    return exact(
        "trace of Θ₀, mean over all neurons drawn",
        part.trace,
        Statement("(2.2.6) with η/γ²", part.limit_trace),
        *rivals,
        tolerance=5 * part.trace_error,
    )


def polynomial_rank(_params: Params, result: Result, _sample: Any) -> Check | None:
    """A polynomial σ of degree p makes polynomials of degree p only: λ_min = 0 beyond them."""
    part = result.eigenvalues
    if part is None or not part.size > part.dimension:
        return None
    return exact(
        f"eigenvalues of E Θ above {NULL:g} of the largest, |D| = {part.size}",
        float(part.rank),
        Statement("dimension of the polynomials", part.dimension),
        Statement("|D|: positive definite", float(part.size)),
        tolerance=0.5,
    )


def angle_law(params: Params, result: Result, _sample: Any) -> Check | None:
    """λ_min(E Θ) falls like δ² for smooth σ and like δ with a kink, δ the smallest angle."""
    part = result.eigenvalues
    if part is None or part.size > 4 or params.activation in {"linear", "cubic", "exp"}:
        return None
    low = part.by_angle[:3]
    seen = bool(np.all(low > 0))
    return exact(
        "slope of λ_min(E Θ) against the smallest angle, log–log",
        float(np.polyfit(np.log(part.angles[:3]), np.log(low), 1)[0]) if seen else math.nan,
        Statement("1, a kink" if params.activation in KINKED else "2, smooth", _power(params)),
        tolerance=0.05,
    )


def _power(params: Params) -> float:
    return 1.0 if params.activation in KINKED else 2.0


def half_rate(params: Params, result: Result, _sample: Any) -> Check | None:
    """½a², μ = 1: the sharp rate is 2δ, TK containing η already (E 34)."""
    part = result.lemma
    if part is None:
        return None
    delta = SLOW * params.rate
    twice = Statement("cη with c = 2μδ: η twice", 2 * delta * params.rate)
    return exact(
        f"−d log L/dt of ½Σ(z − y)², η = {params.rate:g}",
        part.half_rate,
        Statement("2μδ, μ = 1", 2 * delta),
        *(() if params.rate == 1 else (twice,)),
        tolerance=1e-4 * delta,
    )


def square_rate(params: Params, result: Result, _sample: Any) -> Check | None:
    """a², μ = 2: the rate is 4δ (E 34)."""
    part = result.lemma
    if part is None:
        return None
    delta = SLOW * params.rate
    return exact(
        f"−d log L/dt of Σ(z − y)², η = {params.rate:g}",
        part.square_rate,
        Statement("2μδ, μ = 2", 4 * delta),
        Statement("2δ, as for ½Σ(z − y)²", 2 * delta),
        tolerance=1e-4 * delta,
    )


def strict_convexity(_params: Params, result: Result, _sample: Any) -> Check | None:
    """ℓ = a⁴ is strictly convex and decays like t^{−2} only (E 33)."""
    part = result.lemma
    if part is None:
        return None
    early = int(np.searchsorted(part.power, 0.1, sorter=np.arange(len(part.power))[::-1]))
    at = len(part.power) - 1 - early
    pace = math.log(float(part.quartic[at])) / float(part.times[at])
    return exact(
        f"log₁₀ of L_t/L_0 for ℓ = a⁴ at t = {part.times[-1]:g}",
        math.log10(float(part.quartic[-1])),
        Statement("(1 + 8ηt)⁻²: a power", math.log10(float(part.power[-1]))),
        Statement("e^(−ct), as printed, c from the start", pace * part.times[-1] / math.log(10)),
        tolerance=1e-3,
    )


def kernel_factor(params: Params, result: Result, _sample: Any) -> Check | None:
    """z = θ²: the corrected bound is an equality, the printed one too small (E 35)."""
    part = result.lemma
    if part is None:
        return None
    corrected = float(part.corrected[-1])
    return exact(
        "change of TK for z = θ², trained from z = ¼ to 9/4",
        float(part.change[-1]),
        Statement("with 2η²|D| max‖∇z‖, attained", corrected),
        at_most("as printed", float(part.printed[-1])),
        tolerance=1e-5 * corrected,
    )
