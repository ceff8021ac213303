"""How the claims of section 3.2 are judged at any setting.

A check uses what `run` and the sampler have already computed, and is None where the setting says
nothing about its claim: most are about Gaussian weights, and none about the law of log X is
judged by a sample that was drawn from that law.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from compute.claims import Check, Statement, Verdict, sampled
from compute.experiments.linear_products.law import Law
from compute.experiments.linear_products.product import (
    Params,
    Result,
    log_mean,
    route_of,
    widths,
)
from compute.experiments.linear_products.sampling import (
    ImageSample,
    LawSample,
    has_frames,
    has_overlaps,
    has_traces,
)
from compute.experiments.linear_products.weights import OVERLAP
from compute.linear_products import log_norm_moments, lyapunov_exponents
from compute.sampling import Estimate, Moments, Sample

Checker = Callable[[Params, Result, Sample[Any] | None], Check | None]

# Kolmogorov's √n·distance: exceeded by chance once in a thousand times, and as often as five
# standard errors are.
KOLMOGOROV_AGREE, KOLMOGOROV_REFUTE = 1.9495, 2.7447
# Mean of the two Lyapunov exponents of 2 × 2 matrices with uniform entries of variance ½:
# ½ E log|w_1 w_4 − w_2 w_3|, by quadrature.
UNIFORM_PAIR = -0.517268718
# Fourth cumulant of an entry of variance 1.
_KURTOSIS = {"gaussian": 0.0, "sign": -2.0, "uniform": -1.2, "student": 6.0}
# Rounding of a sample in which every draw is the same number.
_ROUNDING = 1e-9


def layer_mean(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E 9: the mean of ½ log(χ²_N/N) against −1/(2N) − 1/(6N²) and −1/(4N)."""
    law = _tested(params, result)
    if law is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        f"mean of ½ log(χ²/N) over the {n.size} layers",
        sample,
        lambda s: _rescaled(_log_norm(s).centred_estimate(), 1 / n.size, -law.offset / n.size),
        Statement("corrected −1/(2N) − 1/(6N²)", float(np.mean(-1 / (2 * n) - 1 / (6 * n**2)))),
        Statement("as printed −1/(4N)", float(np.mean(-1 / (4 * n)))),
        bias=float(np.mean(1 / (15 * n**4))),
    )


def layer_variance(
    params: Params, result: Result, sample: Sample[LawSample] | None
) -> Check | None:
    """E 9: the variance of ½ log(χ²_N/N) against 1/(2N) + 1/(2N²) and 1/(4N)."""
    if _tested(params, result) is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        f"variance of ½ log(χ²/N), mean over the {n.size} layers",
        sample,
        lambda s: _rescaled(_log_norm(s).variance_estimate(), 1 / n.size),
        Statement("corrected 1/(2N) + 1/(2N²)", float(np.mean(1 / (2 * n) + 1 / (2 * n**2)))),
        Statement("as printed 1/(4N)", float(np.mean(1 / (4 * n)))),
        bias=float(np.mean(1 / (3 * n**3))),
    )


def lognormal_mean(
    params: Params, result: Result, sample: Sample[LawSample] | None
) -> Check | None:
    """E 10: the mean of log X against −β/2 and −β/4 (the printed β has no output layer)."""
    law = _tested(params, result)
    if law is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        "mean of log X",
        sample,
        lambda s: _log_norm(s).centred_estimate(),
        Statement("corrected −β/2", law.offset - law.beta / 2),
        Statement("as printed −β/4", law.offset - law.hidden_beta / 4),
        bias=float(np.sum(1 / (6 * n**2))),
    )


def lognormal_variance(
    params: Params, result: Result, sample: Sample[LawSample] | None
) -> Check | None:
    """E 10: the variance of log X against β/2 and β/4."""
    law = _tested(params, result)
    if law is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        "variance of log X",
        sample,
        lambda s: _log_norm(s).variance_estimate(),
        Statement("corrected β/2", law.beta / 2),
        Statement("as printed β/4", law.hidden_beta / 4),
        bias=float(np.sum(1 / (2 * n**2))),
    )


def output_layer(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E 11: the mean of log X is a sum over all L+1 layers, not over the hidden ones."""
    law = _tested(params, result)
    if law is None:
        return None
    hidden = law.offset + log_norm_moments(widths(params)[:-1])[0]
    return sampled(
        "mean of log X",
        sample,
        lambda s: _log_norm(s).centred_estimate(),
        Statement("exact, all L + 1 layers", law.mean),
        Statement("exact, hidden layers only", hidden),
        Statement("as printed −β/4", law.offset - law.hidden_beta / 4),
    )


def chi_square_law(at: tuple[int, ...] = ()) -> Checker:
    """(3.2.3): the distribution function of log X; only at widths (N_0, …, N_{L+1}) where given."""

    def check(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
        law = _tested(params, result)
        if law is None or (at and (params.inputs, *widths(params)) != at):
            return None
        statements = (
            Statement("law (3.2.3)", 0.0),
            Statement("lognormal as printed", law.printed_gap),
        )
        return _kolmogorov(law, sample, statements)

    return check


def mean_norm(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E‖z‖² = C_W^{L+1} N_{L+1}/N_0, for any law of the weights; E 8: L+1 factors, not L."""
    mean = _plain_mean(params, result)
    if mean is None:
        return None
    rivals = (Statement("with L factors", mean / params.weight_variance),)
    return sampled(
        "mean of ‖z‖²",
        sample,
        lambda s: _rescaled(s.square.mean_estimate(), mean),
        Statement("C_W to the power L + 1, times N_L₊₁/N₀", mean),
        *(rivals if params.weight_variance != 1 else ()),
        bias=_ROUNDING * mean,
    )


def prefactor(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E 7: the last factor is W^{(L+1)}/√N_L; with the printed 1/N_L the mean falls by N_L."""
    mean, last = _plain_mean(params, result), widths(params)[-2]
    if mean is None or last == 1:
        return None
    return sampled(
        "mean of ‖z‖²",
        sample,
        lambda s: _rescaled(s.square.mean_estimate(), mean),
        Statement("factor 1/√N_L", mean),
        Statement("factor 1/N_L as printed", mean / last),
        bias=_ROUNDING * mean,
    )


def deep_mean(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E‖z‖² is not zero at large β, but no sample tells: the mean lives in rare networks."""
    if result.law is None or result.law.beta < 5:
        return None
    return sampled(
        "sample mean of ‖z‖² over E‖z‖²",
        sample,
        lambda s: s.square.mean_estimate(),
        Statement("the true mean", 1.0),
    )


def covariance(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """Cov(z_i(x), z_i(x')) = x·x'/N_0 at every L (C_W = 1); E 7: with 1/N_L it would vanish."""
    if result.law is None or params.weight_variance != 1 or not has_overlaps(params):
        return None
    predicted = OVERLAP / params.inputs
    last = widths(params)[-2]
    rivals = (Statement("with the printed 1/N_L", predicted / last),)
    return sampled(
        "covariance of the outputs at x·x' = ½",
        sample,
        lambda s: s.overlap.centred_estimate(),
        Statement("x·x'/N₀", predicted),
        *(rivals if last > 1 else ()),
        bias=_ROUNDING,
    )


def largest_exponent(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """Newman's μ_1, the mean of one term of (3.2.3), against the printed −1/(4N)."""
    if result.spectrum is None or not has_frames(params) or params.entries != "gaussian":
        return None
    return sampled(
        "largest Lyapunov exponent",
        sample,
        lambda s: s.top.centred_estimate(),
        Statement("½[ψ(N/2) − log(N/2)]", float(lyapunov_exponents(params.width)[0])),
        Statement("as printed −1/(4N)", -1 / (4 * params.width)),
    )


def exponent_spread(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """μ_1 − μ_N = ½[ψ(N/2) − ψ(½)] by Newman's formula."""
    if result.spectrum is None or not has_frames(params) or params.width == 1:
        return None
    if params.entries != "gaussian":
        return None
    exponents = lyapunov_exponents(params.width)
    return sampled(
        "largest minus smallest Lyapunov exponent",
        sample,
        lambda s: s.spread.centred_estimate(),
        Statement("½[ψ(N/2) − ψ(½)]", float(exponents[0] - exponents[-1])),
    )


def free_moment(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """The second moment L+2 of the Fuss–Catalan law, for any law of the weights.

    The bias is the leading correction in 1/N: F(F+1)/2 from pairings, F κ from the kurtosis.
    """
    if result.spectrum is None or not has_traces(params):
        return None
    factors = params.depth + 1
    bias = factors * ((factors + 1) / 2 + abs(_KURTOSIS[params.entries])) / params.width
    return sampled(
        "mean fourth power of the singular values",
        sample,
        lambda s: s.second.mean_estimate(),
        Statement("free probability, L + 1 factors", factors + 1.0),
        Statement("free probability, L factors", float(factors)),
        bias=bias,
    )


def exponents_differ(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """Uniform entries do not have Newman's exponents: exact for the mean of the two at N = 2."""
    if result.spectrum is None or params.width != 2 or params.entries != "uniform":
        return None
    return sampled(
        "mean of the two Lyapunov exponents",
        sample,
        lambda s: s.average.centred_estimate(),
        Statement("uniform entries ½ E log|det W|", UNIFORM_PAIR),
        Statement("if they were universal", float(lyapunov_exponents(2).mean())),
        bias=_ROUNDING,
    )


def squared_image(
    params: Params, result: Result, sample: Sample[ImageSample] | None
) -> Check | None:
    """E 6: E‖Wu‖² = N for a matrix with N rows, not N/N'."""
    if result.direction is None or params.inputs == 1:
        return None
    return sampled(
        "mean of ‖Wu‖²",
        sample,
        lambda s: s.square.mean_estimate(),
        Statement("corrected N", float(params.width)),
        Statement("as printed N/N′", params.width / params.inputs),
        bias=_ROUNDING * params.width,
    )


def independent(params: Params, result: Result, sample: Sample[ImageSample] | None) -> Check | None:
    """(3.2.1): for Gaussian W the norm of Wu knows nothing of its direction."""
    if result.direction is None or params.entries != "gaussian" or params.width == 1:
        return None
    return sampled(
        "correlation of log‖Wu‖ with Σ v⁴",
        sample,
        lambda s: s.correlation(),
        Statement("independent", 0.0),
    )


def dependent(params: Params, result: Result, sample: Sample[ImageSample] | None) -> Check | None:
    """For ±1 entries it does: the correlation by counting all sign matrices, where few."""
    few = params.inputs * params.width <= 12 and min(params.inputs, params.width) > 1
    if result.direction is None or params.entries != "sign" or not few:
        return None
    return sampled(
        "correlation of log‖Wu‖ with Σ v⁴",
        sample,
        lambda s: s.correlation(),
        Statement("counted over all sign matrices", sign_correlation(params.inputs, params.width)),
        Statement("independent", 0.0),
    )


@cache
def sign_correlation(inputs: int, width: int) -> float:
    """Correlation of log‖Wu‖ with Σ v_i⁴ over all sign matrices (width, inputs), u_j ∝ e^{−j/2}."""
    u = np.exp(-0.5 * np.arange(inputs))
    rows = np.array(list(itertools.product((-1.0, 1.0), repeat=inputs))) @ (u / np.linalg.norm(u))
    images = np.array(list(itertools.product(rows, repeat=width)))
    norms = np.linalg.norm(images, axis=1)
    concentration = np.sum((images / norms[:, None]) ** 4, axis=1)
    return float(np.corrcoef(np.log(norms), concentration)[0, 1])


def _tested(params: Params, result: Result) -> Law | None:
    """The law, where Gaussian weights are multiplied and so put it to the test."""
    if params.entries != "gaussian" or result.law is None or route_of(params) != "weights":
        return None
    return result.law


def _plain_mean(params: Params, result: Result) -> float | None:
    """E‖z‖² where it is a number and weights are multiplied."""
    if result.law is None or route_of(params) != "weights" or abs(log_mean(params)) > 300:
        return None
    return math.exp(log_mean(params))


def _log_norm(state: LawSample) -> Moments:
    if state.log_norm is None:
        raise LookupError("every network sent the input to zero")
    return state.log_norm


def _rescaled(e: Estimate, factor: float, shift: float = 0.0) -> Estimate:
    return replace(e, value=factor * e.value + shift, standard_error=factor * e.standard_error)


def _unless_crude(
    quantity: str,
    sample: Sample[LawSample] | None,
    estimate: Callable[[LawSample], Estimate],
    claimed: Statement,
    rival: Statement,
    *,
    bias: float,
) -> Check:
    """`sampled`, but undecided where the neglected terms are as large as what is to be told."""
    if 5 * bias < abs(claimed.predicted - rival.predicted):
        return sampled(quantity, sample, estimate, claimed, rival, bias=bias)
    now = Estimate(math.nan, math.nan, 0) if sample is None else estimate(sample.current)
    error = math.hypot(now.standard_error, bias)
    reason = "the layers are so narrow that the neglected terms count"
    return Check(quantity, now.value, error, True, (claimed, rival), reason)


def _kolmogorov(
    law: Law, sample: Sample[LawSample] | None, statements: Sequence[Statement]
) -> Check:
    """Judge the largest distance of the sample's distribution function from the exact one.

    A statement that predicts the distance d says that it is d up to Kolmogorov's √n law.
    """
    quantity = "largest distance from the exact distribution function"
    if sample is None:
        return Check(quantity, math.nan, math.nan, False, tuple(statements), "no sample yet")
    now = sample.current
    measured, tolerance = now.distance(law.cdf), KOLMOGOROV_AGREE / math.sqrt(now.drawn)
    rival = statements[1].predicted
    if rival < 2 * tolerance:
        needed = math.ceil((2 * KOLMOGOROV_AGREE / rival) ** 2 / 100) * 100
        reason = f"the rivals are too close: about {needed} networks needed"
        return Check(quantity, measured, tolerance, False, tuple(statements), reason)

    def judge(statement: Statement) -> Verdict:
        if abs(measured - statement.predicted) <= tolerance:
            return Verdict.AGREES
        far = [
            math.sqrt(s.drawn) * abs(s.distance(law.cdf) - statement.predicted) >= KOLMOGOROV_REFUTE
            for s in sample.checkpoints[-2:]
        ]
        return Verdict.REFUTED if len(far) == 2 and all(far) else Verdict.UNDECIDED

    judged = tuple(replace(s, verdict=judge(s)) for s in statements)
    reason = "" if judged[0].verdict != Verdict.UNDECIDED else "at the edge of what chance does"
    return Check(quantity, measured, tolerance, False, judged, reason)
